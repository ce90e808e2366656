"""What the explorers of this chapter share: cached rings and curves, and how flux is drawn."""

from functools import lru_cache

import numpy as np

from ...transport import ABRing, thermal_average
from ...widgets import PlayableExplorer

PERIOD = np.arange(96) / 96  # fluxes of one period: g repeats exactly after one flux quantum
THERMAL_STEPS = np.linspace(-5, 5, 21)  # energies in units of kT
G_LABEL = "conductance g (e²/h)"
FLUX_LABEL = "flux through the hole Φ (h/e)"


@lru_cache(maxsize=16)
def ring(outer_radius, arm_width, lead_width, offset=0, disorder=0.0, seed=0):
    """A ring from what the sliders say: outer radius and width of the arms."""
    return ABRing(
        outer_radius,
        outer_radius - arm_width,
        lead_width,
        lead_offset=offset,
        disorder=disorder,
        seed=seed,
    )


class FluxExplorer(PlayableExplorer):
    """An explorer in which the flux grows, is dragged in a curve, or moved by arrow keys."""

    counts = "flux"
    stride = 0.02
    period = 2
    interval = 0.06
    plays = "Let the flux grow"

    def follow_flux(self, live, curve):
        """Let pointer and arrow keys move the flux, which runs along the x axis of a curve."""

        def put(flux):
            self.flux = round(min(max(flux, 0.0), float(self.period)), 2)

        live.on_drag(curve, lambda x, y: put(x))
        live.on_arrows(lambda dx, dy: put(self.flux + 0.01 * dx))


def narrow_ring(offset=0, disorder=0.0, seed=0):
    """The ring on which paths can be told apart: narrow arms, and leads with one open channel."""
    return ring(12, 3, 3, offset, disorder, seed if disorder else 0)


def warm_conductance(ring, energy, temperature, dephasing=0.0, ring_flux=PERIOD):
    """g at the given fluxes, at a temperature."""
    if temperature == 0:
        return ring.conductance(energy, ring_flux, dephasing=dephasing)
    energies = energy + temperature * THERMAL_STEPS
    energies = energies[np.abs(energies) < 4]
    curves = ring.conductance(energies, ring_flux, dephasing=dephasing)
    return thermal_average(energies, curves, temperature, fermi_energy=energy)


def two_periods(curve):
    """(flux, g) over two flux quanta from one period, the end point included."""
    return np.linspace(0, 2, 2 * len(curve) + 1), np.concatenate([curve, curve, curve[:1]])


_TOPS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8, 1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8])


def fit_top(ax, values, room=1.0, least=0.02):
    """Let the axis run from zero to a round number above the largest value times `room`.

    Axes stay as they are while the values fill at least a fifth of them: they do not jump under
    the eye, and a frame without new axes is drawn in a few ms.
    """
    largest = max(room * float(np.max(values)), least)
    top = float(_TOPS[np.searchsorted(_TOPS, largest)]) if largest < _TOPS[-1] else 1.1 * largest
    now = ax.get_ylim()[1]
    if not (now in _TOPS and now / 5 <= largest <= now):
        ax.set_ylim(0, top)
