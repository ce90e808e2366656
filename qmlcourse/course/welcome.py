"""The welcome page: the map of the chapters, and the state of this machine."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from ..widgets import (
    COLORS,
    Fold,
    LiveFigure,
    Picture,
    StatusLine,
    Upload,
    guarded,
    kept,
    new_figure,
)
from ..widgets.export import csv_bytes
from ..widgets.front import Quiet
from ..widgets.guard import sentence
from ..widgets.progress_file import LARGEST
from ..widgets.words import say
from .chapters import CHAPTERS, Chapter
from .doctor import report
from .linked_map import linked_map
from .spaced_recall import SpacedRecall
from .tasks import done, results, tasks

# the colour of a subject, the same on the map and in its legend
_COLOURS = {
    "electrons that interfere": "blue",
    "electrons that get stuck": "green",
    "designed matter": "red",
    "many electrons": "orange",
    "superconductors": "purple",
}


class CourseMap(Quiet, ipywidgets.VBox):
    """The chapters on their way, and how much of each is done; it fills up by itself.

    On the page each block is a link. The figure is the still that a notebook stores.

    Attributes
    ----------
    blocks : ipywidgets.HTML
        The map on the page.
    figure : LiveFigure
        The map as a picture.
    counts : dict
        ``{chapter: (done, all)}``.
    """

    def __init__(self):
        self._tasks = tasks()
        figure = new_figure(10.0, 6.6)
        self._bars, self._words = _draw_map(figure, set(self._tasks))
        self.figure = LiveFigure(figure)
        self.counts = {}
        self.status = StatusLine()
        self.blocks = ipywidgets.HTML()
        super().__init__([self.blocks, self.status])
        self.add_class("qml")
        kept.watch(self._show)

    def close(self) -> None:
        """Take the map off the page and stop watching."""
        kept.leave(self._show)
        super().close()

    def _show(self) -> None:
        self.counts = {n: (sum(map(done, keys)), len(keys)) for n, keys in self._tasks.items()}
        for n, (there, all_) in self.counts.items():
            self._bars[n].set_width(0.8 * there / all_)
            self._words[n].set_text(f"{there} of {all_}")
        colours = {subject: COLORS[name] for subject, name in _COLOURS.items()}
        self.blocks.value = linked_map(self.counts, colours)
        said = "; ".join(f"{n}: {a} of {b}" for n, (a, b) in self.counts.items())
        self.figure.widget.alt = f"Map of the chapters, and the tasks done in each: {said}."
        notice = kept.notice()
        self.status.say(notice, "error" if notice else "note")

    def _repr_mimebundle_(self, include=None, exclude=None):
        still, metadata = self.figure._repr_mimebundle_()
        return {**still, **super()._repr_mimebundle_()[0], "text/plain": "CourseMap"}, metadata


def course_map() -> CourseMap:
    """Show the map of the course, with the progress that is kept on this machine."""
    return CourseMap()


def _draw_map(figure: Figure, there: set[int]) -> tuple[dict, dict]:
    """Draw boxes, arrows and legend; return the bars and words that follow the progress."""
    ax = figure.subplots()
    ax.set(xlim=(-0.5, 3.5), ylim=(-2.3, 1.15))
    ax.set_axis_off()
    bars, words = {}, {}
    for chapter in CHAPTERS:
        n, (x, y) = chapter.number, _place(chapter.number)
        _draw_box(ax, chapter, ready=n in there)
        ax.add_patch(Rectangle((x - 0.4, y - 0.57), 0.8, 0.07, fc="#E8E8E8", ec="none"))
        bars[n] = ax.add_patch(Rectangle((x - 0.4, y - 0.57), 0, 0.07, fc=COLORS["black"]))
        words[n] = ax.text(x, y - 0.66, "", fontsize=10.5, ha="center", va="center")
        for before in chapter.after:
            _draw_arrow(ax, before, n)
    for n, (text, colour) in enumerate(_COLOURS.items()):
        ax.plot(2.68, -1.13 - 0.19 * n, "s", ms=11, color=COLORS[colour])
        ax.text(2.78, -1.13 - 0.19 * n, text, va="center", fontsize=11.5)
    return bars, words


def _place(number: int) -> tuple[float, float]:
    """Return the middle of a chapter's box: four in a row, in the order of the course."""
    return (number - 1) % 4, -1.5 * ((number - 1) // 4)


def _draw_box(ax, chapter: Chapter, ready: bool) -> None:
    x, y = _place(chapter.number)
    colour = _COLOURS[chapter.subject]
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.4, y - 0.4),
            0.8,
            0.95,
            boxstyle="round,pad=0.03,rounding_size=0.07",
            fc=COLORS[colour] if ready else "white",
            ec=COLORS[colour],
            lw=2.2,
            ls="-" if ready else (0, (4, 3)),
        )
    )
    looks = {"ha": "center", "va": "center", "color": _ink(colour) if ready else "black"}
    ax.text(x, y + 0.42, str(chapter.number), fontsize=20, weight="bold", **looks)
    ax.text(x, y + 0.13, two_lines(chapter.title), fontsize=13, weight="bold", **looks)
    ax.text(x, y - 0.24, two_lines(chapter.subtitle), fontsize=11.5, **looks)


def _draw_arrow(ax, before: int, after: int) -> None:
    (x, _), (end, _) = _place(before), _place(after)
    ax.add_patch(
        FancyArrowPatch(
            (x + 0.12, 0.6),
            (end - 0.12, 0.6),
            arrowstyle="-|>",
            lw=1.8,
            mutation_scale=16,
            connectionstyle="arc3,rad=-0.3",
            color="#666666",
        )
    )


def two_lines(text: str) -> str:
    """Break a text at the space that makes its longer line shortest."""
    words = text.split()
    breaks = [" ".join(words[:n]) + "\n" + " ".join(words[n:]) for n in range(1, len(words))]
    return min(breaks, key=lambda one: max(map(len, one.split("\n"))), default=text)


def _ink(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour of the course."""
    return "white" if colour in ("blue", "red", "green") else COLORS["black"]


class MyProgress(Quiet, ipywidgets.VBox):
    """Take the answers along as one file, bring them back, hand results to a teacher."""

    def __init__(self):
        self.status = StatusLine()
        self.file = Upload("Bring my answers back", ".json", kept.include, LARGEST)
        self.name = ipywidgets.Text(description=say("Name on the results"), continuous_update=False)
        buttons = [
            self._button("Save my answers", self._save),
            self._button("Results for my teacher (CSV)", self._results),
        ]
        self.sure = ipywidgets.Checkbox(description=say("Yes, all of them"), indent=False)
        afresh = Fold("Start afresh", [self.sure, self._button("Set answers aside", self._afresh)])
        row = ipywidgets.HBox(buttons).add_class("qml-row")
        self._sender = Picture()  # it shows nothing; it hands files to the browser
        self._sender.layout.display = "none"
        super().__init__([row, self.name, self.file, afresh, self.status, self._sender])
        self.add_class("qml").add_class("qml-card")

    def _button(self, label: str, action: Callable[[], None]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=say(label)).add_class("qml-button")
        safely = guarded(action, lambda error: self.status.say(sentence(error), "error"))
        button.on_click(lambda _: safely())
        return button

    def _save(self) -> None:
        self._sender.offer("qmlcourse-progress.json", kept.export(), "application/json")
        self.status.say(f"{len(kept.everything())} answers are in the file.", "good")

    def _results(self) -> None:
        table = csv_bytes(results(self.name.value.strip()[:80]), ("qmlcourse results",))
        self._sender.offer("qmlcourse-results.csv", table, "text/csv")
        self.status.say("The table is on its way.", "good")

    def _afresh(self) -> None:
        if not self.sure.value:
            raise ValueError("Tick the box first: all answers of all chapters will be set aside.")
        kept.clear()
        self.sure.value = False
        self.status.say(kept.notice() or "All answers are forgotten.", "good")


def progress() -> MyProgress:
    """Show buttons that take the answers along, bring them back, and hand results to a teacher."""
    return MyProgress()


def again() -> SpacedRecall:
    """Show the questions of all chapters that are to be recalled today."""
    return SpacedRecall()


def machine() -> str:
    """Say in two lines what this machine has."""
    return report(short=True)
