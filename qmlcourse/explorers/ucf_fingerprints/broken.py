"""Three fingerprints, one of which no wire with two leads can have."""

import numpy as np

from ...transport import DisorderedWire
from ...widgets import COLORS, new_figure, style_axes

_FIELDS = np.linspace(-0.02, 0.02, 81)  # flux quanta through one plaquette


def curves():
    """Flux, and three curves g(flux): of two wires, and one joined from both.

    Returns
    -------
    flux : numpy.ndarray
        Shape (field,), in flux quanta through one plaquette.
    conductance : numpy.ndarray
        Shape (3, field), e²/h; the third takes the first wire below zero field, the second above.
    """
    wire = DisorderedWire(40, 12)
    g = np.asarray(wire.conductance(-0.85, _FIELDS, wire.potential(1.6, seed=(3, 4))))
    shift = g[1, _FIELDS >= 0][0] - g[0, _FIELDS <= 0][-1]
    joined = np.where(_FIELDS < 0, g[0], g[1] - shift)
    return _FIELDS, np.array([g[0], g[1], joined])


def broken_curves():
    """The three curves as a picture."""
    flux, g = curves()
    figure = new_figure(
        7.0, 2.5, "Three curves of the conductance against the field, named A, B and C."
    )
    axes = figure.subplots(1, 3, sharey=True)
    for ax, name, curve in zip(axes, "ABC", g, strict=True):
        style_axes(ax, "flux through the wire (h/e)", "g (e²/h)" if name == "A" else "", name)
        ax.plot(flux * 40 * 12, curve, color=COLORS["blue"])
        ax.axvline(0, color=COLORS["grey"], lw=1, ls=":")
    return figure
