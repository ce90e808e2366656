"""Topology: the same network on Chern, Weyl and Dirac phases, in space and in momentum."""

import numpy as np
import traitlets
from matplotlib.colors import ListedColormap, to_rgba_array

from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider, style_axes
from ._states import stored

NAMES = {"Chern insulator": "chern", "Weyl semimetal": "weyl", "Dirac insulator": "dirac"}
AXES = {"chern": "mass m", "weyl": "coupling of the layers", "dirac": "mass m"}
_PALETTE = ["#CFE3F1", COLORS["orange"], COLORS["green"]]
_PALE = 0.28  # how much of its colour a point keeps where the invariant is unknown


class TopologyExplorer(Explorer):
    """A network's phases over parameter and disorder beside those of an invariant.

    Compare the two maps. Then exchange real space for momentum space: which phases does the network
    tell better there? Move the cut up: where does topology end?
    """

    name, title = "anderson_topology", "Phases without an order parameter"
    made_from = "A stored result of <code>qmlcourse reproduce anderson_classification</code>."

    path = (
        Stop(
            "A plane that may be a Chern insulator. The network sees single states in real space. "
            "Where does its map agree with that of the invariant, and where not?",
            "At 83 of 100 points. It sees the waves along the edge. Where disorder mixes them with "
            "the inside of so small a plane, it loses them, while the invariant, which needs no "
            "edge, lives on.",
            {"model": "chern", "sees": "space", "cut": 0.1},
        ),
        Stop(
            "Now the Weyl semimetal. In real space the networks agree with the invariant at 71 of "
            "100 points. Will they do better with momentum?",
            "Yes, on average: 88 of 100. The points at which the gap closes are places in "
            "momentum, so there they can be seen; in real space they are spread over the crystal. "
            "But one of the five has not learned it: the spread is large.",
            {"model": "weyl", "sees": "space"},
            {"sees": "momentum"},
        ),
    )

    cut = traitlets.Float(0.1).tag(control=slider("Cut, share of the disorder", "", 0, 1, 0.05))
    model = traitlets.Unicode("chern").tag(control=choice("Model", NAMES))
    sees = traitlets.Unicode("space").tag(
        control=choice("The network sees", {"real space": "space", "momentum": "momentum"})
    )

    def prepare(self):
        figure = new_figure(10.4, 4.4)
        left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1])
        style_axes(left, "", "disorder W (t)", "the network")
        style_axes(middle, "", "", "the invariant")
        style_axes(right, "", "probability on the cut")
        colours = ListedColormap(_PALETTE).with_extremes(bad="#F2F2F2")
        self._images = [
            ax.imshow(np.zeros((2, 2)), aspect="auto", vmin=-0.5, vmax=2.5, cmap=colours)
            for ax in (left, middle)
        ]
        self._cuts = [
            ax.plot([], [], "--", color=COLORS["black"], lw=1.4)[0] for ax in (left, middle)
        ]
        line = [COLORS["blue"], COLORS["orange"], COLORS["green"]]
        self._lines = [right.plot([], [], "o-", color=c, ms=4)[0] for c in line]
        right.set_ylim(-0.03, 1.03)
        self._words = [
            right.text(0.36 * n, 1.03, "", color=c, transform=right.transAxes, weight="bold")
            for n, c in enumerate(line)
        ]
        self._axes, self._shown = (left, middle, right), None
        live = LiveFigure(figure)
        live.animated(*self._images, *self._cuts, *self._lines, *self._words)
        return live

    def compute(self, cut, model, sees):
        row = stored()["topology"][model]
        p = np.array(row["maps"][sees])  # network, strength, axis, class
        strengths = np.array(row["strengths"])
        return {
            "p": p,
            "axis": np.array(row["axis"]),
            "strengths": strengths,
            "truth": np.array(row["invariant"]["phase"]),
            "classes": row["classes"],
            "agreement": row["agreement"],
            "at": round(cut * (len(strengths) - 1)),
            "level": float(strengths[0] + cut * (strengths[-1] - strengths[0])),
        }

    def draw(self, data, state):
        x, y = data["axis"], data["strengths"]
        if self._shown != state["model"]:
            self._shown = state["model"]
            dx, dy = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
            extent = (x[0] - dx, x[-1] + dx, y[0] - dy, y[-1] + dy)
            for image in self._images:
                image.set_extent(extent)
            for ax in self._axes:
                ax.set(xlim=extent[:2], xlabel=AXES[state["model"]])
            for ax in self._axes[:2]:
                ax.set_ylim(*extent[2:])
        mean = data["p"].mean(0)
        known = data["truth"] >= 0
        said = to_rgba_array(_PALETTE)[mean.argmax(-1)]
        said[~known] = 1 - _PALE * (1 - said[~known])
        self._images[0].set_data(said)
        self._images[1].set_data(np.ma.masked_less(data["truth"], 0))
        for line in self._cuts:
            line.set_data([x[0], x[-1]], [data["level"]] * 2)
        for n, (line, words) in enumerate(zip(self._lines, self._words, strict=True)):
            if n < len(data["classes"]):
                line.set_data(x, mean[data["at"], :, n])
                words.set_text(data["classes"][n])
                words.set_x(n / len(data["classes"]))
            else:
                line.set_data([], [])
                words.set_text("")
        agreement = data["agreement"]
        own, spread = agreement[state["sees"]], agreement[f"{state['sees']} spread"]
        other = "momentum" if state["sees"] == "space" else "space"
        elsewhere = "real space" if other == "space" else other
        self.readout = (
            f"the invariant is known at {known.sum()} of {known.size} points (pale elsewhere); "
            f"five networks agree with it there at <b>{100 * own:.0f} ± {100 * spread:.0f} %</b>, "
            f"from {elsewhere} at {100 * agreement[other]:.0f} %; cut at W = {y[data['at']]:.1f}"
        )
        return (
            f"{state['model']}: the network in {state['sees']} agrees with the invariant on "
            f"{100 * own:.0f} percent of the known points; cut at disorder {data['level']:.1f}."
        )

    def table(self, data, state):
        mean = data["p"].mean(0)[data["at"]]
        return {"parameter": data["axis"]} | {
            name.replace(" ", "_"): mean[:, n] for n, name in enumerate(data["classes"])
        }
