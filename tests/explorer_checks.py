"""What every explorer is held to, whatever its chapter: driven without a browser."""

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
    """Set each control to all its values: pictures change, widgets follow, nothing fails.

    `first` maps the name of a control to traits that must be set for it to have something to say.
    """
    assert explorer.wait(wait)
    for name, control in explorer.controls.items():
        description = explorer.traits()[name].metadata["control"]
        for other, value in (first or {}).get(name, {}).items():
            setattr(explorer, other, value)
        start = getattr(explorer, name)
        pictures = {sent(explorer)}
        for value in values_to_try(description, start):
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
