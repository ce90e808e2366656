"""The welcome page: the map of the seven chapters, and the state of this machine."""

import ipywidgets
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
from .doctor import report
from .tasks import done, results, tasks

_STOPS = (
    ("Aharonov-Bohm\noscillations", "interference\nin a ring", "blue"),
    ("UCF\nfingerprints", "the noise that\nis a signal", "blue"),
    ("Anderson\nclassification", "a network sees\nmetal or insulator", "green"),
    ("Y-net\ninversion", "from g(B) back\nto the wave", "blue"),
    ("Haldane\nrediscovery", "gradients design\nHamiltonians", "red"),
    ("NQS\nbands", "networks as\nwave functions", "orange"),
    ("Hidden\nself-energies", "two functions out\nof one curve", "purple"),
)
_KINDS = {
    "blue": "electrons that interfere",
    "green": "electrons that get stuck",
    "red": "designed matter",
    "orange": "many electrons",
    "purple": "superconductors",
}
_NEEDS = ((1, 2), (2, 4), (3, 4))


class CourseMap(Quiet, ipywidgets.VBox):
    """The seven chapters on their way, and how much of each is done; it fills up by itself.

    Attributes
    ----------
    figure : LiveFigure
        The map.
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
        super().__init__([self.figure.widget, self.status])
        self.add_class("qml")
        kept.watch(self._show)

    def _show(self):
        self.counts = {n: (sum(map(done, keys)), len(keys)) for n, keys in self._tasks.items()}
        for n, (there, all_) in self.counts.items():
            self._bars[n].set_width(0.8 * there / all_)
            self._words[n].set_text(f"{there} of {all_}")
        said = "; ".join(f"{n}: {a} of {b}" for n, (a, b) in self.counts.items())
        self.figure.draw(f"Map of the seven chapters, and the tasks done in each: {said}.")
        notice = kept.notice()
        self.status.say(notice, "error" if notice else "note")

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(super()._repr_mimebundle_())
        still, metadata = self.figure._repr_mimebundle_()
        return {**bundle, "text/plain": "CourseMap", "image/png": still["image/png"]}, metadata


def course_map():
    """The map of the course, with the progress that is kept on this machine."""
    return CourseMap()


def _draw_map(figure, there):
    """Draw boxes, arrows and legend; return the bars and words that follow the progress."""
    ax = figure.subplots()
    ax.set(xlim=(-0.5, 3.5), ylim=(-2.3, 1.15))
    ax.set_axis_off()
    bars, words = {}, {}
    for n, (title, text, colour) in enumerate(_STOPS):
        x, y = n % 4, -1.5 * (n // 4)
        ready = n + 1 in there
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
        ax.text(x, y + 0.42, str(n + 1), fontsize=20, weight="bold", **looks)
        ax.text(x, y + 0.13, title, fontsize=13, weight="bold", **looks)
        ax.text(x, y - 0.24, text, fontsize=11.5, **looks)
        ax.add_patch(Rectangle((x - 0.4, y - 0.57), 0.8, 0.07, fc="#E8E8E8", ec="none"))
        bars[n + 1] = ax.add_patch(Rectangle((x - 0.4, y - 0.57), 0, 0.07, fc=COLORS["black"]))
        words[n + 1] = ax.text(x, y - 0.66, "", fontsize=10.5, ha="center", va="center")
    for start, end in _NEEDS:
        ax.add_patch(
            FancyArrowPatch(
                (start - 1 + 0.12, 0.6),
                (end - 1 - 0.12, 0.6),
                arrowstyle="-|>",
                lw=1.8,
                mutation_scale=16,
                connectionstyle="arc3,rad=-0.3",
                color="#666666",
            )
        )
    for n, (colour, text) in enumerate(_KINDS.items()):
        ax.plot(2.68, -1.13 - 0.19 * n, "s", ms=11, color=COLORS[colour])
        ax.text(2.78, -1.13 - 0.19 * n, text, va="center", fontsize=11.5)
    return bars, words


def _ink(colour):
    """Black or white, whichever is easier to read on a colour of the course."""
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

    def _button(self, label, action):
        button = ipywidgets.Button(description=say(label)).add_class("qml-button")
        safely = guarded(action, lambda error: self.status.say(sentence(error), "error"))
        button.on_click(lambda _: safely())
        return button

    def _save(self):
        self._sender.offer("qmlcourse-progress.json", kept.export(), "application/json")
        self.status.say(f"{len(kept.everything())} answers are in the file.", "good")

    def _results(self):
        table = csv_bytes(results(self.name.value.strip()[:80]), ("qmlcourse results",))
        self._sender.offer("qmlcourse-results.csv", table, "text/csv")
        self.status.say("The table is on its way.", "good")

    def _afresh(self):
        if not self.sure.value:
            raise ValueError("Tick the box first: all answers of all chapters will be set aside.")
        kept.clear()
        self.sure.value = False
        self.status.say(kept.notice() or "All answers are forgotten.", "good")


def progress():
    """Buttons that take the answers along, bring them back, and hand results to a teacher."""
    return MyProgress()


def machine():
    """Two lines on this machine, as text."""
    return report(short=True)
