"""Phase maps that the networks draw, trained at the band centre of the box model alone."""

import matplotlib
import numpy as np
import traitlets

from ...anderson import boundary
from ...widgets import COLORS, Explorer, LiveFigure, choice, new_figure, slider, style_axes
from ._states import crossings, phase_map

NAMES = {
    "box": "box",
    "Gaussian": "gaussian",
    "Cauchy": "cauchy",
    "in a field": "box, flux 1/4",
    "random phases": "box, random phase",
    "sites": "sites",
    "sites, field": "sites, flux 1/4",
    "bonds": "bonds",
    "bonds, field": "bonds, flux 1/4",
    "doped": "doped",
}
LABELS = {
    "sites": "share of sites p",
    "sites, flux 1/4": "share of sites p",
    "bonds": "share of bonds p",
    "bonds, flux 1/4": "share of bonds p",
    "doped": "concentration of impurities",
}


class MapExplorer(Explorer):
    """The probability of a metal over strength and energy, and a cut at one energy.

    Each network saw box disorder at E = 0 only. Move the cut away from E = 0. Where does the metal
    end first, and where do the five networks part?
    """

    name, title = "anderson_maps", "Phase diagrams from one training"
    computed_by = (boundary,)

    cut = traitlets.Float(0.0).tag(control=slider("Cut, share of the energy range", "", 0, 1, 0.05))
    model = traitlets.Unicode("box").tag(control=choice("Model", NAMES))
    witness = traitlets.Unicode("mean").tag(
        control=choice("Map of", {"mean of five": "mean", "spread": "spread"}), group="more"
    )

    def prepare(self):
        figure = new_figure(10.4, 4.4)
        left, right = figure.subplots(1, 2, width_ratios=[1.15, 1])
        style_axes(left, "strength", "energy |E|", "probability of a metal")
        style_axes(right, "strength", "probability of a metal", "the cut, network by network")
        colours = matplotlib.colormaps["RdYlBu"].with_extremes(bad="#DDDDDD")
        self._image = left.imshow(np.zeros((2, 2)), aspect="auto", vmin=0, vmax=1, cmap=colours)
        self._edge = left.plot([], [], "o", color=COLORS["black"], ms=4)[0]
        self._accepted = left.plot([], [], "*", color="white", mec=COLORS["black"], ms=16)[0]
        self._cut = left.plot([], [], "--", color=COLORS["black"], lw=1.4)[0]
        figure.colorbar(self._image, ax=left, fraction=0.046)
        right.axhline(0.5, color="#BBBBBB", lw=1)
        right.set_ylim(-0.03, 1.03)
        self._lines = [right.plot([], [], color=COLORS["sky"], lw=1.3)[0] for _ in range(5)]
        self._mean = right.plot([], [], "o-", color=COLORS["blue"], ms=5)[0]
        self._left, self._right, self._shown = left, right, None
        live = LiveFigure(figure)
        live.animated(self._image, self._edge, self._accepted, self._cut, *self._lines, self._mean)
        return live

    def compute(self, cut, model, witness):
        strengths, energies, p = phase_map(model)
        row = crossings()["small-12", model]
        return {
            "p": p,
            "energies": energies,
            "strengths": strengths,
            "at": round(cut * (len(energies) - 1)),
            "energy": float(energies[0] + cut * (energies[-1] - energies[0])),
            "accepted": (row["accepted"], row["energy"]),
            "edges": boundary(strengths, p),
        }

    def draw(self, data, state):
        x, y, p = data["strengths"], data["energies"], data["p"]
        if self._shown != state["model"]:
            self._shown = state["model"]
            dx, dy = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
            extent = (x[0] - dx, x[-1] + dx, y[0] - dy, y[-1] + dy)
            self._image.set_extent(extent)
            self._left.set(
                xlim=extent[:2],
                ylim=extent[2:],
                xlabel=LABELS.get(state["model"], "disorder W (t)"),
            )
            self._right.set(xlim=extent[:2], xlabel=LABELS.get(state["model"], "disorder W (t)"))
        empty = np.isnan(p).all(0)
        mean = np.where(empty, np.nan, np.nanmean(np.where(empty, 0, p), 0))
        spread = np.where(empty, np.nan, np.nanstd(np.where(empty, 0, p), 0))
        self._image.set_data(mean if state["witness"] == "mean" else 2 * spread)
        edge = data["edges"].mean(0)
        self._edge.set_data(edge, y)
        accepted, energy = data["accepted"]
        self._accepted.set_data(
            [] if accepted is None else [accepted], [] if accepted is None else [energy]
        )
        self._cut.set_data([x[0], x[-1]], [data["energy"]] * 2)
        row = p[:, data["at"]]
        for line, one in zip(self._lines, row, strict=True):
            line.set_data(x, one)
        self._mean.set_data(x, row.mean(0))
        found = data["edges"][:, data["at"]]
        words = (
            "no boundary on this cut"
            if np.isnan(found).all()
            else f"p = ½ at <b>{np.nanmean(found):.3g} ± {np.nanstd(found):.2g}</b> (five networks)"
        )
        accepted_words = "" if accepted is None else f"; star: accepted {accepted:g} at {energy:g}"
        self.readout = f"cut at |E| = <b>{y[data['at']]:.2f}</b>: {words}{accepted_words}"
        return (
            f"Map of {state['model']}; on the cut at energy {y[data['at']]:.2f}, "
            f"{words.replace('<b>', '').replace('</b>', '')}."
        )

    def table(self, data, state):
        return {"strength": data["strengths"]} | {
            f"network_{n + 1}": row for n, row in enumerate(data["p"][:, data["at"]])
        }
