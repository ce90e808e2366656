"""The models whose transitions the networks locate, and where their phase maps lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...anderson.models import AndersonModel, BondPercolation, DopedSemiconductor, SitePercolation


@dataclass(frozen=True)
class DisorderCase:
    """A model, and where its transition is looked for.

    Attributes
    ----------
    model : callable
        Makes the model from a lattice size.
    window : tuple of float
        Lowest and highest strength of the crossing, in the model's own unit.
    energy : float
        Energy of the states, in units of the hopping.
    accepted : float or None
        Strength of the transition in T. Ohtsuki and T. Mano, J. Phys. Soc. Jpn. 89, 022001 (2020).
    """

    model: Callable[[int], Any]
    window: tuple[float, float]
    energy: float
    accepted: float | None


CASES = {
    "box": DisorderCase(AndersonModel, (11, 23), 0.0, 16.54),
    "gaussian": DisorderCase(lambda size: AndersonModel(size, "gaussian"), (3.5, 9), 0.0, 6.15),
    "cauchy": DisorderCase(lambda size: AndersonModel(size, "cauchy"), (1.8, 7), 0.0, 4.27),
    "box, flux 1/4": DisorderCase(lambda size: AndersonModel(size, flux=0.25), (12, 25), 0.0, 18.4),
    "box, random phase": DisorderCase(
        lambda size: AndersonModel(size, flux="random"), (12, 26), 0.0, 18.8
    ),
    "sites": DisorderCase(SitePercolation, (0.3, 0.62), 0.5, 0.44),
    "sites, flux 1/4": DisorderCase(
        lambda size: SitePercolation(size, 0.25), (0.28, 0.6), 0.5, None
    ),
    "bonds": DisorderCase(BondPercolation, (0.2, 0.5), 0.5, 0.33),
    "bonds, flux 1/4": DisorderCase(
        lambda size: BondPercolation(size, 0.25), (0.18, 0.48), 0.5, None
    ),
    "doped": DisorderCase(DopedSemiconductor, (0.05, 0.5), 10.4, None),
}

# strengths and energies of the phase maps; the order counts, since seeds follow from it
MAPS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "box": ((1, 26), (0, 9)),
    "gaussian": ((0.5, 10), (0, 9)),
    "cauchy": ((0.3, 8), (0, 9)),
    "box, flux 1/4": ((1, 26), (0, 9)),
    "sites": ((0.2, 0.95), (0.05, 4.5)),
    "sites, flux 1/4": ((0.2, 0.95), (0.05, 4.5)),
    "bonds": ((0.15, 0.9), (0.05, 4.5)),
    "doped": ((0.05, 0.6), (7.0, 13.0)),
    "box, random phase": ((1, 26), (0, 9)),
    "bonds, flux 1/4": ((0.15, 0.9), (0.05, 4.5)),
}
