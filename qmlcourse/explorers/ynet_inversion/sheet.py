"""Classical and quantum: the sheet with and without wave functions, and its thickness."""

from functools import lru_cache

import numpy as np
import traitlets

from ...reproduce.ynet_inversion.sizes import SHEET, TIERS
from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider, style_axes
from ...widgets.controls import toggle
from ...ynet import thickness
from ._wires import COLOURS, HIGH, LOW, colours_of, stored, turned

_SETS = ("with", "without")
_NAMES = ("with wave functions", "antidots only")
_FINE = 30  # neighbours of a patch of the dense sheet
_MANY = TIERS["laptop"].thick  # wires of it


class SheetExplorer(Explorer):
    """Two autoencoders of the same wires; one saw the wave functions, one the antidots only.

    Both clouds are made of the same wires. Change the size of the patch over which the thickness is
    measured. At which size does the interference show most?
    """

    name, title = "ynet_sheet", "How thick is the sheet?"
    computed_by = (thickness,)
    path = (
        Stop(
            "On both maps each point is a wire. Left, a network that saw the waves; middle, one "
            "that saw only where the antidot is. A sheet has a thickness, if one looks at a patch "
            "of it: how far do its points stand out, compared with its width? If interference is "
            "the thickness, which sheet must be thicker?",
            "The left one, and it is, over patches of two sites: 0.24 against 0.11, for every one "
            "of five seeds. Half a wavelength is about two sites, so this is the scale on which "
            "the waves change.",
            {"neighbours": 30, "dense": False},
        ),
        Stop(
            "Now eight times as many wires, so that a patch of thirty has a radius of 0.7 sites "
            "only. Is the left sheet still the thicker one?",
            "No, the order turns round, for all five seeds: 0.18 against 0.25. What one sees now "
            "are the jumps from one set of removed sites to the next, and the sheet without waves "
            "has more of them, since it has nothing else to tell. A thickness means something "
            "only together with the scale on which it was measured.",
            {"neighbours": 30, "dense": False},
            {"dense": True},
        ),
    )

    neighbours = traitlets.Int(30).tag(control=slider("Neighbours", "", 8, 120, 2))
    dense = traitlets.Bool(False).tag(control=toggle("Eight times as many wires"))
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
            axes[2], "radius of a patch (sites)", "thickness (median)", "how thick", grid=True
        )
        colours = (COLORS["blue"], COLORS["orange"])
        for name, label, colour in zip(_SETS, _NAMES, colours, strict=True):
            counts, mean, spread = _patches(name)
            fine = _fine(name)
            radius = np.append(_radius(_MANY, _FINE), _radius(SHEET, counts))
            mean, spread = np.append(fine.mean(), mean), np.append(fine.std(ddof=1), spread)
            ax.errorbar(radius, mean, spread, color=colour, label=label, capsize=3)
        self._dots = [ax.plot([], [], "o", color=c, ms=10, mec="white")[0] for c in colours]
        ax.set(xlim=(0.4, 4.3), ylim=(0, 0.8))
        ax.legend(loc="upper left")
        live = LiveFigure(figure)
        live.animated(*self._clouds, *self._dots)
        return live

    def compute(self, neighbours, dense, colour, turn):
        views = [turned(_map(name), turn) for name in _SETS]
        if dense:
            here, radius = [float(_fine(name)[0]) for name in _SETS], _radius(_MANY, _FINE)
        else:
            here = [float(np.median(thickness(_points(name), neighbours))) for name in _SETS]
            radius = _radius(SHEET, neighbours)
        colours = [colours_of(_row(name), colour) for name in _SETS]
        return {"views": views, "here": here, "radius": float(radius), "colours": colours}

    def draw(self, data, state):
        for n, cloud in enumerate(self._clouds):
            values = data["colours"][n]
            cloud.set_offsets(data["views"][n])
            cloud.set_array(values)
            cloud.set_clim(*np.quantile(values, (0.02, 0.98)))
            self._dots[n].set_data([data["radius"]], [data["here"][n]])
        means, spreads = _seeds(state["dense"])
        self.readout = (
            f"over patches of {data['radius']:.1f} sites: <b>{data['here'][0]:.3f}</b> with, "
            f"<b>{data['here'][1]:.3f}</b> without wave functions; five seeds, thirty neighbours: "
            f"{means[0]:.3f} ± {spreads[0]:.3f} and {means[1]:.3f} ± {spreads[1]:.3f}"
        )
        return (
            "Maps of latent points of an autoencoder trained with wave functions and of one "
            f"trained on antidots only; thicknesses over patches of {data['radius']:.1f} sites "
            f"{data['here'][0]:.3f} and {data['here'][1]:.3f}."
        )

    def table(self, data, state):
        rows = [_patches(name) for name in _SETS]
        return {
            "neighbours": rows[0][0],
            "radius_sites": _radius(SHEET, rows[0][0]),
            "with": rows[0][1],
            "without": rows[1][1],
        }


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


def _radius(wires, neighbours):
    """Radius in sites of a patch of neighbours among wires that fill the antidot's room."""
    room = np.prod(np.subtract(HIGH, LOW))
    return np.sqrt(neighbours * room / (np.pi * wires))


def _fine(name):
    """(seed,): the thickness of the dense sheet, over thirty neighbours."""
    return np.array([row["fine"] for row in stored()["thickness"][name]])


@lru_cache(maxsize=2)
def _seeds(dense=False):
    """Mean and spread of the thickness over seeds, with and without wave functions."""
    which = "fine" if dense else "thickness"
    values = [[row[which] for row in stored()["thickness"][name]] for name in _SETS]
    return [np.mean(v) for v in values], [np.std(v, ddof=1) for v in values]
