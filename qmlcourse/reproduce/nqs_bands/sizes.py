"""What each tier of chapter 6 computes."""

from __future__ import annotations

from dataclasses import dataclass

from ...nqs.library import CRYSTALS

STORED = "nqs_bands_laptop"  # name of the shipped result of the laptop tier


@dataclass(frozen=True)
class CrystalSizes:
    """The searches of one tier.

    Attributes
    ----------
    six, ten : tuple of float
        Distances of neighbours in the curves of the rings of six and of ten atoms, bohr.
    seeds : int
        Searches of the ring of six at each distance.
    wide : float
        Hidden units for each spin orbital of the second state of the ring of ten.
    crystals : tuple of str
        Names of shipped crystals.
    exact_limit : int
        Crystals with this many determinants or more get no exact bands.
    steps : int
        Most steps of a search of the ring of ten and of a crystal.
    """

    six: tuple[float, ...] = tuple(round(1 + 0.1 * n, 1) for n in range(31))
    ten: tuple[float, ...] = (1.2, 1.5, 1.8, 2.1, 2.4, 2.7, 3.0, 3.3, 3.6)
    seeds: int = 10
    wide: float = 4.0
    crystals: tuple[str, ...] = tuple(CRYSTALS)
    exact_limit: int = 20_000
    steps: int = 200


TIERS = {
    "laptop": CrystalSizes(),
    "gpu": CrystalSizes(wide=6.0, exact_limit=60_000, steps=400),
}
