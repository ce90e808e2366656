"""A ribbon: where the bands of the bulk end, the edges begin."""

import numpy as np
import traitlets

from ...inverse_design import chern_number, haldane, ribbon_bands
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, style_axes

_QUICK, _FINE = 41, 161


class EdgeExplorer(Explorer):
    """Bands of a zigzag ribbon, coloured by the edge on which a state lives.

    At M/t₂ = 0, follow one colour through the gap: which way does it move, and where does the other
    one? Then raise M/t₂ above 5.2 and see what becomes of the crossing.
    """

    name, title = "haldane_edges", "A ribbon cut from it"
    computed_by = (chern_number, haldane, ribbon_bands)
    slow_depends = ("phi", "ratio", "width")
    path = (
        Stop(
            "A ribbon of the crystal with C = 1, sixteen cells wide: each dot is a state, grey in "
            "the bulk, coloured at an edge. Inside of the gap two lines cross. On which edges are "
            "they, and which way do they run?",
            "One on each edge. The slope of a line is the speed of its electrons: one edge runs to "
            "the right, the other to the left. C counts the lines on one edge.",
            {"phi": 0.5, "ratio": 0.0, "width": 16},
        ),
        Stop(
            "Now beyond the border, M/t₂ = 6, where C = 0. What has become of the lines in the "
            "gap?",
            "They have gone back to the bands, and nothing crosses the gap: within 0.33 t₁ of half "
            "filling there is no state. The edge knows the integer of the bulk.",
            {"phi": 0.5, "ratio": 0.0},
            {"ratio": 6.0},
        ),
        Stop(
            "And C = −1?",
            "The lines are there again, and run the other way.",
            {"phi": 0.5, "ratio": 0.0},
            {"phi": -0.5},
        ),
    )

    phi = traitlets.Float(0.5).tag(control=slider("Phase φ", "π", -1, 1, 0.05))
    ratio = traitlets.Float(0.0).tag(control=slider("M / t₂", "", -9, 9, 0.2))
    width = traitlets.Int(16).tag(control=slider("Width", "cells", 4, 24, 2))

    def prepare(self):
        figure = new_figure(8.2, 5.0)
        ax = style_axes(figure.subplots(), "momentum along the ribbon ka", "energy (t₁)", "bands")
        self._dots = ax.scatter([], [], s=9, c=[], cmap="coolwarm", vmin=-1, vmax=1)
        ax.set(xlim=(0, 2 * np.pi), ylim=(-3.3, 4.0))
        ax.set_xticks([0, np.pi, 2 * np.pi], ["0", "π", "2π"])
        for colour, words in (("#b40426", "lower edge"), ("#3b4cc0", "upper edge")):
            ax.plot([], [], "o", color=colour, label=words)
        ax.plot([], [], "o", color="#cccccc", label="bulk")
        ax.legend(loc="upper right", ncol=3)
        ax.axhline(0, color=COLORS["grey"], lw=0.8, ls=":")
        self._ax = ax
        live = LiveFigure(figure)
        live.animated(self._dots)
        return live

    def compute(self, phi, ratio, width):
        return {"chern": _chern(phi, ratio), **_bands(phi, ratio, width, _QUICK)}

    def compute_slow(self, state):
        return _bands(state["phi"], state["ratio"], state["width"], _FINE)

    def draw(self, data, state):
        energies = data["energies"]
        points = np.stack([np.repeat(data["ka"], energies.shape[1]), energies.ravel()], -1)
        order = np.argsort(np.abs(data["edge"].ravel()))
        self._dots.set_offsets(points[order])
        self._dots.set_array(data["edge"].ravel()[order])
        self._dots.set_sizes([9 if len(data["ka"]) > _QUICK else 22])
        chern = data["chern"]
        text = "undefined" if chern is None else f"{chern:d}".replace("-", "−")
        gap = data["gap"]
        nothing = f"no state of the ribbon within <b>{gap:.3f} t₁</b> of half filling"
        conducts = "the ribbon has states at half filling: its <b>edges conduct</b>"
        self.readout = f"C = <b>{text}</b>; " + (nothing if gap > 0.05 else conducts)
        return (
            f"Bands of a ribbon {state['width']} cells wide; the Chern number of the bulk is "
            f"{text} and the gap of the ribbon {gap:.3f}."
        )

    def table(self, data, state):
        return {
            "ka": np.repeat(data["ka"], data["energies"].shape[1]),
            "energy": data["energies"].ravel(),
            "edge": data["edge"].ravel(),
        }


def _bands(phi, ratio, width, momenta):
    model = haldane(np.pi * phi, 0.15 * ratio, 0.15)
    ka, energies, edge = ribbon_bands(model, width, momenta, along=1)  # zigzag edges
    energies = energies.numpy()
    gap = energies[:, width].min() - energies[:, width - 1].max()
    return {"ka": ka, "energies": energies, "edge": edge.numpy(), "gap": max(float(gap), 0.0)}


def _chern(phi, ratio):
    try:
        return chern_number(haldane(np.pi * phi, 0.15 * ratio, 0.15), mesh=24)
    except ValueError:
        return None
