"""Why a Y: the same wires read by the Y-net, a plain network, and by looking up the nearest."""

from functools import lru_cache

import numpy as np
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider
from ...ynet import correlation, wires
from ...ynet.network import SCALE
from ._wires import Panel, rest, stored

WAYS = {
    "truth": "truth",
    "y-net": "Y-net",
    "plain": "plain network",
    "nearest": "nearest known",
    "mean": "mean picture",
}


class WhyExplorer(Explorer):
    """Stored pictures of held-out wires, drawn by networks with equal data and equal passes.

    Go through the wires, none of which was trained on. Is the plain network's picture more blurred
    than the Y-net's? Compare the bars, which count a thousand wires.
    """

    name, title = "ynet_why", "Y-net, plain network, and a look-up table"
    computed_by = (correlation, wires)
    path = (
        Stop(
            "The same wires, the same number of passes, networks of the same size. Go through the "
            "wires: can you tell the Y-net's picture from the plain network's?",
            "Hardly. The bars count a thousand wires: 0.934 for the Y-net, 0.965 for the plain "
            "network, and 0.932 for the table, which has learned nothing at all.",
            {"wire": 1, "measure": "skill"},
        ),
        Stop(
            "Now let the bars count only exact readings: every removed site right. What becomes of "
            "the table?",
            "It falls to zero: no test wire is in the table, so its nearest wire is never the "
            "same. The plain network is exact in 28 % of the cases, the Y-net in 19.",
            {"wire": 1, "measure": "skill"},
            {"measure": "exact"},
        ),
    )

    wire = traitlets.Int(1).tag(control=slider("Held-out wire", "", 1, 24, 1))
    measure = traitlets.Unicode("skill").tag(
        control=choice(
            "Bars show", {"skill": "skill", "SSIM": "ssim", "place": "position", "exact": "exact"}
        )
    )

    def prepare(self):
        figure = new_figure(11.0, 4.6)
        grid = figure.add_gridspec(2, 3, width_ratios=[1, 1, 1])
        spots = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
        self._panels = [
            Panel(figure.add_subplot(grid[spot]), name)
            for spot, name in zip(spots, WAYS.values(), strict=True)
        ]
        self._ax = figure.panel(grid[1, 2], "", "", "a thousand wires")
        names = ["Y-net", "plain", "nearest", "mean"]
        self._bars = self._ax.bar(
            range(4),
            [0] * 4,
            color=[COLORS[c] for c in ("blue", "orange", "green", "grey")],
            width=0.62,
        )
        self._dots = self._ax.plot([], [], "o", color=COLORS["black"], ms=4.5)[0]
        self._ax.set_xticks(range(4), names, fontsize=10.5)
        self._labels = [
            p.ax.text(
                0.5, -0.02, "", transform=p.ax.transAxes, ha="center", va="top", fontsize=10.5
            )
            for p in self._panels
        ]
        live = LiveFigure(figure)
        for panel in self._panels:
            live.animated(*panel.moving)
        live.animated(*self._labels, *self._bars, self._dots)
        return live

    def compute(self, wire, measure):
        pictures = _pictures()
        here = {name: pictures[name][min(wire - 1, len(pictures[name]) - 1)] for name in WAYS}
        alike = {
            name: float(correlation(p[None, 0], here["truth"][None, 0])[0])
            for name, p in here.items()
        }
        return {"pictures": here, "correlation": alike, "bars": bars(measure)}

    def draw(self, data, state):
        for panel, label, name in zip(self._panels, self._labels, WAYS, strict=True):
            density, removed = data["pictures"][name]
            panel.show(SCALE * density, rest("one", removed))
            label.set_text(
                "" if name == "truth" else f"correlation {data['correlation'][name]:.3f}"
            )
        rows = data["bars"]
        for bar, values in zip(self._bars, rows, strict=True):
            bar.set_height(np.mean(values))
        self._dots.set_data(
            np.concatenate([[n] * len(v) for n, v in enumerate(rows)]), np.concatenate(rows)
        )
        top, label = {
            "skill": (1.05, "skill"),
            "ssim": (1.05, "SSIM"),
            "exact": (1.05, "share"),
            "position": (2.0, "median error (sites)"),
        }[state["measure"]]
        if self._ax.get_ylabel() != label:
            self._ax.set(ylim=(min(0, np.min(rows[2]) * 1.1), top), ylabel=label)
            self.figure.relayout()
        means = [np.mean(v) for v in rows]
        self.readout = (
            f"{label}: Y-net <b>{means[0]:.3f}</b>, plain network <b>{means[1]:.3f}</b> "
            f"({len(rows[0])} seeds each, dots), nearest known {means[2]:.3f}, mean {means[3]:.3f}"
        )
        return (
            f"Held-out wire {state['wire']} as it is and in four readings; {label} of Y-net "
            f"{means[0]:.3f} and of the plain network {means[1]:.3f}."
        )

    def table(self, data, state):
        return {"way": np.array([*WAYS][1:]), "value": np.array([np.mean(v) for v in data["bars"]])}


def bars(measure):
    """[values of seeds] of Y-net, plain network, nearest fingerprint and mean picture."""
    rivals = stored()["rivals"]

    def of(row):
        return row["position"][1] if measure == "position" else row[measure]

    return [
        *([of(row) for row in rivals["networks"][name]] for name in ("y-net", "plain")),
        [of(rivals["floors"]["nearest fingerprint"])],
        [of(rivals["floors"]["mean picture"])],
    ]


@lru_cache(maxsize=1)
def _pictures():
    """name -> (sample, 2, x, y): density over SCALE and chance of removal."""
    rivals = stored()["rivals"]
    shown = rivals["shown"] | {
        name: rivals["networks"][name][0]["pictures"] for name in ("y-net", "plain")
    }
    return {name: np.array(shown[name], float) / 100 for name in WAYS}
