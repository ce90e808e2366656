"""The one-channel ring: closed form over numerical points, and the map over all energies."""

import numpy as np
import traitlets

from ...transport import ChainRing
from ...widgets import COLORS, SEQUENTIAL, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import slider
from ._rings import FLUX_LABEL, G_LABEL

_POINTS = np.linspace(0, 2, 41)
_LINE = np.linspace(0, 2, 401)
_ENERGIES = np.linspace(-1.98, 1.98, 199)
_MAP_FLUX = np.linspace(0, 2, 161)


class OneChannelExplorer(Explorer):
    """g(flux) of two chains between two junctions: one formula, and a matrix that agrees.

    Make the arms equal and go to half a flux quantum; then change one arm by a single site. On the
    map, bright lines are levels of the ring.
    """

    name, title = "ab_chain", "One channel, one formula"
    computed_by = (ChainRing,)
    columns = ("ring_flux", "numerical", "closed_form")

    path = (
        Stop(
            "Two equal arms of nine sites. What is g at half a flux quantum, and does it depend "
            "on the energy? Move along the map.",
            "It is zero at every energy: both paths arrive with the same length of arrow and "
            "opposite signs, since the energy changes both alike. No path around can repair it.",
            {"upper": 9, "lower": 9, "energy": -0.8},
        ),
        Stop(
            "Now one arm is longer by a single site. Which part of the map stays dark?",
            "None. The two arrows of the numerator, sin kLᵤ and sin kLₗ, now differ in length at "
            "nearly all energies, and arrows of different length never cancel, whatever the flux. "
            "One atom is enough.",
            {"upper": 9, "lower": 9},
            {"upper": 10},
        ),
    )

    upper = traitlets.Int(9).tag(control=slider("Upper arm", "sites", 1, 40, 1))
    lower = traitlets.Int(12).tag(control=slider("Lower arm", "sites", 1, 40, 1))
    energy = traitlets.Float(-0.8).tag(control=slider("Energy", "t", -1.95, 1.95, 0.01))

    def prepare(self):
        figure = new_figure(8.6, 4.6)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1])
        self._curve = style_axes(left, FLUX_LABEL, G_LABEL, grid=True)
        self._map = style_axes(right, FLUX_LABEL, "energy E (t)", "g at every energy")
        self._line = left.plot(
            [], [], color=COLORS["orange"], lw=5, alpha=0.7, label="closed form"
        )[0]
        self._dots = left.plot([], [], "o", color=COLORS["blue"], ms=5.5, label="matrix")[0]
        left.set(xlim=(0, 2), ylim=(-0.02, 1.16))
        left.legend(loc="upper center", ncol=2)
        self._image = right.imshow(
            np.zeros((len(_ENERGIES), len(_MAP_FLUX))),
            extent=(0, 2, _ENERGIES[0], _ENERGIES[-1]),
            aspect="auto",
            vmin=0,
            vmax=1,
            cmap=SEQUENTIAL,
        )
        figure.colorbar(self._image, ax=right, label="g (e²/h)")
        self._here = right.axhline(0, color=COLORS["red"], lw=1.8)
        live = LiveFigure(figure)
        live.animated(self._image, self._here, self._line, self._dots)
        live.on_drag(right, lambda x, y: setattr(self, "energy", _on_grid(y)))
        return live

    def compute(self, upper, lower, energy):
        ring = ChainRing(upper, lower)
        return {
            "ring_flux": _POINTS,
            "numerical": ring.conductance(energy, _POINTS),
            "closed_form": ring.closed_form(energy, _POINTS),
            "line": ring.closed_form(energy, _LINE),
            "map": self._everywhere(upper, lower),
        }

    def _everywhere(self, upper, lower):
        if (upper, lower) != getattr(self, "_map_of", None):
            self._map_values = ChainRing(upper, lower).closed_form(_ENERGIES[:, None], _MAP_FLUX)
            self._map_of = (upper, lower)
        return self._map_values

    def draw(self, data, state):
        self._line.set_data(_LINE, data["line"])
        self._dots.set_data(data["ring_flux"], data["numerical"])
        self._image.set_data(data["map"])
        self._here.set_ydata([state["energy"]] * 2)
        difference = np.abs(data["numerical"] - data["closed_form"]).max()
        self.readout = (
            f"largest difference between matrix and formula: <b>{difference:.0e}</b> e²/h"
        )
        return (
            f"Conductance of a one-channel ring with arms of {state['upper']} and "
            f"{state['lower']} sites at energy {state['energy']:.2f}: between "
            f"{data['line'].min():.2f} and {data['line'].max():.2f} e²/h; points and formula agree."
        )


def _on_grid(energy):
    return round(min(max(energy, -1.95), 1.95), 2)
