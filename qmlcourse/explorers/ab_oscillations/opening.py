"""The picture that opens the chapter: one ring, two fluxes, two different ends."""

import matplotlib
import numpy as np

from ...widgets import SEQUENTIAL, new_figure, style_axes
from ._rings import ring

_ENERGY = -1.96
_FLUXES = (0.0, 0.5)


def opening():
    """Figure: the density on the same ring without flux and with half a flux quantum.

    Returns a Matplotlib figure with an alt text.
    """
    one = ring(14, 5, 7)
    density = one.density(_ENERGY, _FLUXES)
    g = one.conductance(_ENERGY, _FLUXES)
    figure = new_figure(8.6, 4.3)
    top = np.quantile(density[:, one.mask], 0.98)
    for ax, flux, picture, value in zip(figure.subplots(1, 2), _FLUXES, density, g, strict=True):
        colours = matplotlib.colormaps[SEQUENTIAL](np.clip(picture / top, 0, 1) ** 0.7)
        colours[~one.mask] = (1, 1, 1, 0)
        side = one.extent + 0.5
        ax.imshow(np.swapaxes(colours, 0, 1), extent=(-side, side, -side, side))
        style_axes(ax, title=f"g = {value:.2f} e²/h")
        ax.set_axis_off()
        symbol = "no field" if flux == 0 else "⊙ field here only"
        ax.text(0, 0, symbol, ha="center", va="center", fontsize=13)
        ax.annotate("in →", (-side, 0), ha="right", va="center", fontsize=12)
        ax.annotate("→ out", (side, 0), ha="left", va="center", fontsize=12)
        ax.set_xlim(-1.28 * side, 1.28 * side)
    figure.alt = (
        f"Density of electrons on one ring, twice: without field g is {g[0]:.2f}, with half a flux "
        f"quantum in the hole it is {g[1]:.2f} e²/h."
    )
    return figure
