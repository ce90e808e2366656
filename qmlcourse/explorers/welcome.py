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
    figure = new_figure(10.4, 4.6)
    ax = figure.subplots()
    ax.set(xlim=(-0.55, 6.55), ylim=(-1.25, 1.9))
    ax.set_axis_off()
    for n, (title, text, colour) in enumerate(_STOPS):
        ready = n + 1 in there
        ax.add_patch(
            FancyBboxPatch(
                (n - 0.4, -0.42), 0.8, 1.3, boxstyle="round,pad=0.04,rounding_size=0.08",
                fc=COLORS[colour] if ready else "white", ec=COLORS[colour], lw=2,
                ls="-" if ready else (0, (4, 3)),
            )
        )  # fmt: skip
        ink = "white" if ready else COLORS["black"]
        ax.text(
            n, 0.69, str(n + 1), ha="center", va="center", fontsize=17, weight="bold", color=ink
        )
        ax.text(n, 0.25, title, ha="center", va="center", fontsize=9.4, weight="bold", color=ink)
        ax.text(n, -0.22, text, ha="center", va="center", fontsize=8.2, color=ink)
    for start, end in _NEEDS:
        ax.add_patch(
            FancyArrowPatch(
                (start - 1 + 0.12, 0.96), (end - 1 - 0.12, 0.96), arrowstyle="-|>", lw=1.8,
                mutation_scale=16, connectionstyle="arc3,rad=-0.42", color="#666666",
            )
        )  # fmt: skip
    for n, (colour, text) in enumerate(_KINDS.items()):
        ax.plot(-0.35 + 1.42 * n, -0.95, "s", ms=10, color=COLORS[colour])
        ax.text(-0.24 + 1.42 * n, -0.95, text, va="center", fontsize=9)
    ready = ", ".join(str(n) for n in sorted(there - {0}))
    figure.alt = f"Map of the seven chapters; filled boxes are ready: chapter {ready}."
    return figure


def machine():
    """Two lines on this machine, as text."""
    return report(short=True)
