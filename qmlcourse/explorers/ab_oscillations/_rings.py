"""What the explorers of this chapter share: cached rings and curves, and how flux is drawn."""

from functools import lru_cache

import numpy as np

from ...transport import ABRing, thermal_average

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


def warm_conductance(ring, energy, temperature, dephasing=0.0, ring_flux=PERIOD):
    """g at the given fluxes, at a temperature."""
    if temperature == 0:
        return ring.conductance(energy, ring_flux, dephasing=dephasing)
    energies = energy + temperature * THERMAL_STEPS
    energies = energies[np.abs(energies) < 4]
    curves = ring.conductance_map(energies, ring_flux, dephasing=dephasing)
    return thermal_average(energies, curves, temperature, fermi_energy=energy)


def two_periods(curve):
    """(flux, g) over two flux quanta from one period, the end point included."""
    return np.linspace(0, 2, 2 * len(curve) + 1), np.concatenate([curve, curve, curve[:1]])


def headroom(values, least=0.1):
    """Axis limits from zero to a little above the largest value."""
    return 0, 1.12 * max(float(np.max(values)), least)
