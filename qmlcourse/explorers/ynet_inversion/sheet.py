"""Classical and quantum: the sheet with and without wave functions, and its thickness."""

from functools import lru_cache

import numpy as np
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, choice, new_figure, slider, style_axes
from ...ynet import thickness
from ._wires import stored
from .walk import COLOURS

_SETS = ("with", "without")
_NAMES = ("with wave functions", "antidots only")


class SheetExplorer(Explorer):
    """Two autoencoders of the same wires; one saw the wave functions, one the antidots only."""

    name = "ynet_sheet"
    title = "How thick is the sheet?"
    look_for = (
        "Both clouds are made of the same wires. Change the number of neighbours over which the "
        "thickness is measured: is the layer with wave functions thicker at every scale?"
    )

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
        ax = style_axes(axes[2], "neighbours", "thickness (median)", "third over second eigenvalue",
                        grid=True)  # fmt: skip
        colours = (COLORS["blue"], COLORS["orange"])
        self._curves = [ax.plot([], [], color=c, label=n)[0]
                        for c, n in zip(colours, _NAMES, strict=True)]  # fmt: skip
        self._dots = [ax.plot([], [], "o", color=c, ms=10, mec="white")[0] for c in colours]
        ax.set(xlim=(5, 122), ylim=(0, 1))
        ax.legend(fontsize=10.5, loc="upper right")
        live = LiveFigure(figure)
        live.animated(*self._clouds, *self._curves, *self._dots)
        return live

    def compute(self, neighbours, colour, turn):
        angle = np.deg2rad(turn)
        views = []
        for name in _SETS:
            flat = _map(name)
            view = np.stack([flat[:, 0] * np.cos(angle) - flat[:, 2] * np.sin(angle),
                             flat[:, 1] + 0.25 * flat[:, 2] * np.cos(angle)], 1)  # fmt: skip
            views.append(view / np.abs(view).max())
        here = [float(np.median(thickness(_points(name), neighbours))) for name in _SETS]
        return {"views": views, "here": here, "colours": [_colours(n, colour) for n in _SETS],
                "curves": [_curve(name) for name in _SETS]}  # fmt: skip

    def draw(self, data, state):
        for n, cloud in enumerate(self._clouds):
            values = data["colours"][n]
            cloud.set_offsets(data["views"][n])
            cloud.set_array(values)
            cloud.set_clim(*np.quantile(values, (0.02, 0.98)))
            self._curves[n].set_data(_COUNTS, data["curves"][n])
            self._dots[n].set_data([state["neighbours"]], [data["here"][n]])
        means, spreads = _seeds()
        self.readout = (
            f"thickness over {state['neighbours']} neighbours: <b>{data['here'][0]:.3f}</b> with, "
            f"<b>{data['here'][1]:.3f}</b> without wave functions. Five seeds, all wires, 30 "
            f"neighbours: {means[0]:.3f} ± {spreads[0]:.3f} and {means[1]:.3f} ± {spreads[1]:.3f}"
        )
        return (
            "Maps of latent points of an autoencoder trained with wave functions and of one "
            "trained on antidots only; thicknesses "
            f"{data['here'][0]:.3f} and {data['here'][1]:.3f}."
        )

    def table(self, data, state):
        return {"neighbours": np.array(_COUNTS), "with": np.array(data["curves"][0]),
                "without": np.array(data["curves"][1])}  # fmt: skip


_COUNTS = (8, 12, 20, 30, 50, 80, 120)


def _row(name):
    return stored()["thickness"][name][0]


@lru_cache(maxsize=4)
def _points(name):
    return np.array(_row(name)["points"])


@lru_cache(maxsize=4)
def _curve(name):
    return [float(np.median(thickness(_points(name), count))) for count in _COUNTS]


@lru_cache(maxsize=4)
def _map(name):
    flat = np.array(_row(name)["map"])
    return flat / np.abs(flat).max()


@lru_cache(maxsize=8)
def _colours(name, colour):
    if colour == "interference":
        return np.array(_row(name)["interference"])
    return np.array(_row(name)["antidots"])[:, {"x": 0, "y": 1}[colour]]


@lru_cache(maxsize=1)
def _seeds():
    """Mean and spread of the thickness over seeds, with and without wave functions."""
    values = [[row["thickness"] for row in stored()["thickness"][name]] for name in _SETS]
    return [np.mean(v) for v in values], [np.std(v, ddof=1) for v in values]
