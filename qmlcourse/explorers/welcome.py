"""The welcome page: the map of the seven chapters, and the state of this machine."""

from .. import chapters
from ..doctor import report
from ..widgets import COLORS, new_figure

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


def course_map():
    """Figure: the seven chapters on their way, which ones are there, and what leads to what."""
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    there = {int(path.stem[:2]) for path in chapters.folder().glob("[0-9]*.ipynb")}
    figure = new_figure(10.0, 6.4)
    ax = figure.subplots()
    ax.set(xlim=(-0.5, 3.5), ylim=(-2.15, 1.15))
    ax.set_axis_off()
    for n, (title, text, colour) in enumerate(_STOPS):
        x, y = n % 4, -1.35 * (n // 4)
        ready = n + 1 in there
        ax.add_patch(
            FancyBboxPatch(
                (x - 0.4, y - 0.4), 0.8, 0.95, boxstyle="round,pad=0.03,rounding_size=0.07",
                fc=COLORS[colour] if ready else "white", ec=COLORS[colour], lw=2.2,
                ls="-" if ready else (0, (4, 3)),
            )
        )  # fmt: skip
        ink = "white" if ready else COLORS["black"]
        looks = {"ha": "center", "va": "center", "color": ink}
        ax.text(x, y + 0.42, str(n + 1), fontsize=20, weight="bold", **looks)
        ax.text(x, y + 0.13, title, fontsize=13, weight="bold", **looks)
        ax.text(x, y - 0.24, text, fontsize=11.5, **looks)
    for start, end in _NEEDS:
        ax.add_patch(
            FancyArrowPatch(
                (start - 1 + 0.12, 0.6), (end - 1 - 0.12, 0.6), arrowstyle="-|>", lw=1.8,
                mutation_scale=16, connectionstyle="arc3,rad=-0.3", color="#666666",
            )
        )  # fmt: skip
    for n, (colour, text) in enumerate(_KINDS.items()):
        ax.plot(2.68, -0.98 - 0.19 * n, "s", ms=11, color=COLORS[colour])
        ax.text(2.78, -0.98 - 0.19 * n, text, va="center", fontsize=11.5)
    ready = ", ".join(str(n) for n in sorted(there - {0}))
    figure.alt = f"Map of the seven chapters; filled boxes are ready: chapter {ready}."
    return figure


def machine():
    """Two lines on this machine, as text."""
    return report(short=True)
