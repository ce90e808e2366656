"""Exact ground states: the truth that networks are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .crystal import Crystal
from .sector import Sector


@dataclass(frozen=True, eq=False)
class Exact:
    """Result of an exact diagonalisation.

    Attributes
    ----------
    energy, momentum : float, int
        Total energy with nuclear repulsion, in hartree, and index of the total momentum.
    state : numpy.ndarray
        Amplitudes of the determinants of `sector`, shape (determinant,), normalised.
    sector : Sector
        Lists the determinants.
    energies : tuple of float
        Lowest energy at each momentum that was asked for, hartree.
    """

    energy: float
    momentum: int
    state: np.ndarray
    sector: Sector
    energies: tuple[float, ...]


def exact_ground_state(
    crystal: Crystal,
    electrons: int | tuple[int, int] | None = None,
    momentum: int | None = None,
) -> Exact:
    """Return the lowest state, over all total momenta unless one is given.

    Parameters
    ----------
    crystal, electrons
        As for :class:`Sector`.
    momentum
        Index of a total momentum; default all of them.

    Raises
    ------
    ValueError
        As :class:`Sector`.
    RuntimeError
        Where a large sector's lowest state does not converge.
    """
    wanted = range(crystal.momenta) if momentum is None else [momentum]
    best, energies = None, []
    for k in wanted:
        sector = Sector(crystal, electrons, k)
        values, states = sector.ground_state()
        energies.append(float(values[0]))
        # equal energies at opposite momenta differ by rounding: the first one counts
        if best is None or values[0] < best[0] - 1e-10:
            best = values[0], k, states[0], sector
    return Exact(float(best[0]), int(best[1]), best[2], best[3], tuple(energies))
