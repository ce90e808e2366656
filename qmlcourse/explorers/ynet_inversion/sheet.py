"""Classical and quantum: the sheet with and without wave functions, and its thickness."""

from functools import lru_cache

import numpy as np
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, choice, new_figure, slider, style_axes
from ...ynet import thickness
from ._wires import COLOURS, colours_of, stored, turned

_SETS = ("with", "without")
_NAMES = ("with wave functions", "antidots only")


class SheetExplorer(Explorer):
    """Two autoencoders of the same wires; one saw the wave functions, one the antidots only.

    Both clouds are made of the same wires. Change the number of neighbours over which the thickness
    is measured. At which size of a patch does the interference show most?
    """

    name, title = "ynet_sheet", "How thick is the sheet?"
    computed_by = (thickness,)

    neighbours = traitlets.Int(30).tag(control=slider("Neighbours", "", 8, 120, 2))
    colour = traitlets.Unicode("x").tag(control=choice("Coloured by", COLOURS))
    turn = traitlets.Int(30).tag(control=slider("Turn the maps", "°", 0, 360, 5))

    def prepare(self):
        figure = new_figure(11.0, 4.0)
        axes = figure.subplots(1, 3, width_ratios=[1, 1, 1.05])
        self._clouds = []
        for ax, name in zip(axes, _NAMES, strict=False):
            style_axes(ax, title=name)
            ax.set(xticks=[], yticks=[], xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
            self._clouds.append(ax.scatter(*np.zeros((2, 2)), s=11, c=[0, 1], cmap="viridis", lw=0))
        ax = style_axes(
            axes[2], "neighbours", "thickness (median)", "third over second eigenvalue", grid=True
        )
        colours = (COLORS["blue"], COLORS["orange"])
        for name, label, colour in zip(_SETS, _NAMES, colours, strict=True):
            counts, mean, spread = _patches(name)
            ax.errorbar(counts, mean, spread, color=colour, label=label, capsize=3)
        self._dots = [ax.plot([], [], "o", color=c, ms=10, mec="white")[0] for c in colours]
        ax.set(xlim=(5, 122), ylim=(0, 1))
        ax.legend(fontsize=10.5, loc="upper right")
        live = LiveFigure(figure)
        live.animated(*self._clouds, *self._dots)
        return live

    def compute(self, neighbours, colour, turn):
        views = [turned(_map(name), turn) for name in _SETS]
        here = [float(np.median(thickness(_points(name), neighbours))) for name in _SETS]
        colours = [colours_of(_row(name), colour) for name in _SETS]
        return {"views": views, "here": here, "colours": colours}

    def draw(self, data, state):
        for n, cloud in enumerate(self._clouds):
            values = data["colours"][n]
            cloud.set_offsets(data["views"][n])
            cloud.set_array(values)
            cloud.set_clim(*np.quantile(values, (0.02, 0.98)))
            self._dots[n].set_data([state["neighbours"]], [data["here"][n]])
        means, spreads = _seeds()
        self.readout = (
            f"over {state['neighbours']} neighbours: <b>{data['here'][0]:.3f}</b> with, "
            f"<b>{data['here'][1]:.3f}</b> without wave functions; over 30, five seeds: "
            f"{means[0]:.3f} ± {spreads[0]:.3f} and {means[1]:.3f} ± {spreads[1]:.3f}"
        )
        return (
            "Maps of latent points of an autoencoder trained with wave functions and of one "
            "trained on antidots only; thicknesses "
            f"{data['here'][0]:.3f} and {data['here'][1]:.3f}."
        )

    def table(self, data, state):
        rows = [_patches(name) for name in _SETS]
        return {"neighbours": rows[0][0], "with": rows[0][1], "without": rows[1][1]}


def _row(name):
    return stored()["thickness"][name][0]


@lru_cache(maxsize=4)
def _points(name):
    return np.array(_row(name)["points"])


@lru_cache(maxsize=4)
def _patches(name):
    """(neighbours, mean thickness, its spread over seeds)."""
    rows = [row["patches"] for row in stored()["thickness"][name]]
    counts = np.array([int(count) for count in rows[0]])
    values = np.array([[row[str(count)] for count in counts] for row in rows])
    return counts, values.mean(0), values.std(0, ddof=1)


@lru_cache(maxsize=4)
def _map(name):
    return np.array(_row(name)["map"])


@lru_cache(maxsize=1)
def _seeds():
    """Mean and spread of the thickness over seeds, with and without wave functions."""
    values = [[row["thickness"] for row in stored()["thickness"][name]] for name in _SETS]
    return [np.mean(v) for v in values], [np.std(v, ddof=1) for v in values]
