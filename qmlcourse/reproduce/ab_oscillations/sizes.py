"""How many rings each tier of chapter 1 computes, and which."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RingSizes:
    """The rings of one tier; lengths in lattice constants, energies in hoppings.

    Attributes
    ----------
    outer_radius, inner_radius, lead_width, disorder, energy
        The ring, as in :class:`~qmlcourse.transport.ABRing`.
    fluxes
        Number of fluxes over one flux quantum.
    chunk
        Rings that are computed and stored together.
    rings
        Rings of the average over samples.
    thermal_rings, thermal_energies
        Rings of the average over energies, and energies of each.
    energy_window
        Full width of these energies around `energy`.
    temperatures
        Values of kT.
    """

    outer_radius: float = 12.0
    inner_radius: float = 7.0
    lead_width: int = 5
    disorder: float = 2.0
    energy: float = -2.0
    fluxes: int = 16
    chunk: int = 250
    rings: int = 12_000
    thermal_rings: int = 500
    thermal_energies: int = 241
    energy_window: float = 0.6
    temperatures: tuple[float, ...] = (0.002, 0.004, 0.008, 0.016, 0.032)


TIERS = {
    "laptop": RingSizes(),
    # the same work on more rings, through torch; about an hour where torch sees no GPU
    "gpu": RingSizes(rings=1_000_000, thermal_rings=20_000, chunk=5_000),
}
