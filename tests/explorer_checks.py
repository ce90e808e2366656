"""What every explorer is held to, whatever its chapter: driven without a browser."""

import random

import pytest
from matplotlib.text import Text
from sample import SAMPLE

from qmlcourse.widgets.controls import Choice, Seed, Slider


def values_to_try(control, value):
    """Both ends and the middle of a slider, all choices, another seed."""
    if isinstance(control, Slider):
        tries = [control.low, (control.low + control.high) / 2, control.high]
        return [round(v) for v in tries] if isinstance(value, int) else tries
    if isinstance(control, Choice):
        return [known for _, known in control.options]
    if isinstance(control, Seed):
        return [value + 3]
    return [not value]


def sent(explorer):
    """What the browser draws now."""
    picture = explorer.figure.widget
    return picture.scene + picture.moving


def drive_every_control(explorer, first=None, wait=60):
    """Set each control to other values: pictures change, widgets follow, nothing fails.

    A control is tried until its picture changes, in an order that changes with the date; the sample
    "all" tries all values. `first` maps the name of a control to traits that must be set for it to
    have something to say.
    """
    assert explorer.wait(wait)
    for name, control in explorer.controls.items():
        description = explorer.traits()[name].metadata["control"]
        for other, value in (first or {}).get(name, {}).items():
            setattr(explorer, other, value)
        start = getattr(explorer, name)
        pictures = {sent(explorer)}
        tries = values_to_try(description, start)
        random.Random(f"{SAMPLE} {explorer.name} {name}").shuffle(tries)
        for value in tries:
            if len(pictures) > 1 and SAMPLE != "all":
                break
            setattr(explorer, name, value)
            assert explorer.wait(wait)
            pictures.add(sent(explorer))
            assert control.value == getattr(explorer, name)
        assert len(pictures) > 1, f"{name} changes nothing"
        setattr(explorer, name, start)
    explorer.wait(wait)
    assert explorer.errors == []


def check_words_and_table(explorer, wait=60):
    """Alt text, what to look for, CSV and bookmark are there and agree."""
    explorer.wait(wait)
    assert len(explorer.figure.widget.alt) > 40
    assert explorer.export_csv().decode().startswith(f"# {explorer.title}")
    columns = explorer.table(explorer.data, explorer.state())
    assert len({len(c) for c in columns.values()}) == 1
    again = type(explorer)()
    again.set_state(explorer.bookmark())
    assert again.state() == explorer.state()
    assert explorer.look_for
    assert explorer.title


def check_player(explorer, frames=None):
    """Some frames, or all of them, change the picture; going back to the start brings it back."""
    explorer.figure.draw()
    first, start = explorer.figure.widget.alt, getattr(explorer, explorer.counts)
    done = explorer.player.finish(frames or 10_000)
    assert done == (frames or explorer.player.total)
    assert getattr(explorer, explorer.counts) == start + done * explorer.stride
    assert explorer.figure.widget.alt != first
    explorer.player.restart()
    assert getattr(explorer, explorer.counts) == start
    assert explorer.figure.widget.alt == first
    assert explorer.errors == []


def check_number(question, right, wrong, hint):
    """A typical mistake is named, and the right number is taken."""
    asked = question()
    asked.field.value = wrong
    assert hint in repr(asked.try_now())
    asked.field.value = right
    assert asked.try_now().ok


def check_choice(question):
    """One option is right, and each is answered in its own words."""
    asked = question()
    verdicts = []
    for _, option in asked.field.options:
        asked.field.value = option
        verdicts.append(asked.try_now())
    assert sum(one.ok for one in verdicts) == 1
    assert len({one.message for one in verdicts}) == len(verdicts)


def in_sight(text):
    """Whether a text of a figure is drawn."""
    axes = text.axes
    return bool(text.get_text().strip()) and text.get_visible() and (axes is None or axes.axison)


class ExplorerChecks:
    """What the explorers of every chapter are held to; a subclass names the chapter's package.

    Attributes
    ----------
    room : module
        The package of the chapter; ``tests/explorers/conftest.py`` finds its explorers there.
    """

    def make(self, explorer_class):
        """An explorer to be tried."""
        return explorer_class()

    def first(self, explorer):
        """What must be set before a control has something to say, by the control's name."""
        return {}

    @pytest.mark.delivery(2)
    def test_every_control_changes_the_picture_and_nothing_fails(self, explorer_class):
        explorer = self.make(explorer_class)
        drive_every_control(explorer, self.first(explorer))

    @pytest.mark.delivery(1)
    def test_pictures_keep_their_type_and_their_width(self, explorer_class):
        """For a page, for the width that a laptop gives, and for a phone."""
        explorer = explorer_class()
        assert explorer.wait(60)
        figure = explorer.figure
        for room in (-1, 1200, 376):
            figure.fit(room)
            shown = [text for text in figure.figure.findobj(Text) if in_sight(text)]
            assert min(text.get_fontsize() for text in shown) * figure.figure.dpi / 72 >= 12
            renderer = figure.canvas.get_renderer()
            boxes = [ax.get_tightbbox(renderer) for ax in figure.figure.axes if ax.get_visible()]
            assert min(box.x0 for box in boxes) > -20
            assert max(box.x1 for box in boxes) < figure.widget.width + 20

    @pytest.mark.delivery(4)
    def test_alt_text_table_and_bookmark(self, explorer_class):
        check_words_and_table(explorer_class())


def walked(explorer, place, answered=True):
    """Go to a stop of an explorer's path, asked or answered; return the data on show."""
    stop = explorer.path[place]
    for values in (stop.state, stop.then)[: 1 + answered]:
        for name, value in values.items():
            setattr(explorer, name, value)
    assert explorer.wait(240)
    return explorer.data
