"""The pictures that open the chapter: two wires that look alike, measured once, then twice."""

import numpy as np

from ...widgets import COLORS, new_figure, style_axes
from ..shared.wire_picture import WirePicture
from . import _wires
from ._wires import FLUX_LABEL, G_LABEL, LENGTH, QUANTA, WIDTH, per_plaquette, random_places

NOISE = 0.03  # standard deviation of the simulated measurement, e^2/h
_SEED, _COUNT, _RADIUS, _MOVED = 30, 6, 2.5, 5


def pair():
    """(2, K, 3): the impurities of two wires; one of them sits one site further to the right."""
    first = np.array([(x, y, _RADIUS) for x, y in random_places(_SEED, _COUNT, _RADIUS)])
    second = first.copy()
    second[_MOVED, 0] += 1
    return np.stack([first, second])


def traces(runs=2, seed=0):
    """(wire, run, field): g of both wires as measured `runs` times, with fresh noise each time."""
    g = _wires.wire().conductance(_wires.ENERGY, per_plaquette(QUANTA), pair())
    noise = np.random.default_rng(seed).normal(size=(len(g), runs, g.shape[1]))
    return g[:, None] + NOISE * noise


def opening():
    """Figure: two wires that look alike, and one measured curve of each.

    Returns a Matplotlib figure with an alt text. The curves are computed; white noise of 0.03
    e²/h stands for the measurement.
    """
    figure = new_figure(8.8, 4.6)
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.25])
    right = figure.panel(grid[:, 1], FLUX_LABEL, G_LABEL, "one run each")
    curves = traces()
    looks = (("wire A", "blue", "-"), ("wire B", "orange", (0, (4, 1.5))))
    for n, (name, colour, dash) in enumerate(looks):
        ax = figure.panel(grid[n, 0], title=name)
        _plain(WirePicture(ax, _COUNT, LENGTH, WIDTH), pair()[n])
        right.plot(QUANTA, curves[n, 0], color=COLORS[colour], ls=dash, lw=1.8, label=name)
    right.set_xlim(0, QUANTA[-1])
    right.legend(loc="lower left")
    figure.alt = (
        "Two wires with six impurities each that look the same, and one measured curve of the "
        "conductance against the flux of each: both wiggle, and not alike."
    )
    return figure


def measured_twice():
    """Figure: each of the two wires measured twice, and how alike the curves are.

    Returns a Matplotlib figure with an alt text.
    """
    curves = traces()
    figure = new_figure(8.8, 3.9)
    alike = []
    for n, ax in enumerate(figure.subplots(1, 2, sharey=True)):
        name, colour = (("wire A", "blue"), ("wire B", "orange"))[n]
        style_axes(ax, FLUX_LABEL, G_LABEL if n == 0 else "", f"{name}, twice")
        for run, dash in enumerate(("-", ":")):
            ax.plot(
                QUANTA,
                curves[n, run],
                color=(COLORS[colour], "#222222")[run],
                ls=dash,
                lw=(3, 1.8)[run],
                label=f"run {run + 1}",
            )
        ax.set_xlim(0, QUANTA[-1])
        ax.legend(loc="lower left", ncol=2)
        alike.append(_wires.similarity(*curves[n]))
    across = _wires.similarity(curves[0, 0], curves[1, 0])
    figure.alt = (
        f"Wire A and wire B, each measured twice: two runs of one wire agree (correlation "
        f"{alike[0]:.2f} and {alike[1]:.2f}), the two wires do not ({across:.2f})."
    )
    return figure


def _plain(picture, antidots):
    """A wire without its wave."""
    size = picture.size
    picture.show(np.ones(size), np.ones(size, bool), antidots, numbered=False)
    picture.image.set_visible(False)
