"""Determinants of fixed electron numbers and crystal momentum."""

from __future__ import annotations

from functools import cached_property
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from .crystal import Crystal
from .hamiltonian import lowest_states, sector_hamiltonian
from .strings import Strings, unpack

LIMIT = 400_000  # determinants that are listed one by one


class Sector:
    """All determinants of a crystal with given electron numbers and total momentum.

    Parameters
    ----------
    crystal
        Has the orbitals.
    electrons
        Even number, half of each spin, or (up, down); default that of the neutral crystal.
    momentum
        Index of the total crystal momentum.

    Raises
    ------
    ValueError
        For an odd total given as one number, more electrons than orbitals, no such momentum, no
        determinant at all, or more than 400,000 of them.

    Attributes
    ----------
    up, down : numpy.ndarray
        Bit masks of occupied orbitals, int64, shape (determinant,), ordered by up, then down.
    alpha, beta : Strings
        The strings of spin up and of spin down.
    partner : numpy.ndarray
        For each string of spin up the momentum that spin down must have, shape (alpha string,).
    offset : numpy.ndarray
        Where the determinants of each string of spin up begin, shape (alpha string + 1,).
    rank : numpy.ndarray
        Place of each string of spin down among those of its momentum, shape (beta string,).
    """

    def __init__(
        self,
        crystal: Crystal,
        electrons: int | tuple[int, int] | None = None,
        momentum: int = 0,
    ):
        self.crystal = crystal
        self.electrons = _spins(crystal, electrons)
        if not 0 <= momentum < crystal.momenta or int(momentum) != momentum:
            raise ValueError(
                f"{crystal.name} has the momenta 0 to {crystal.momenta - 1}, not {momentum}."
            )
        self.momentum = int(momentum)
        sizes = [comb(crystal.orbitals, n) for n in self.electrons]
        if sizes[0] * sizes[1] > LIMIT * crystal.momenta:
            raise ValueError(
                f"a sector of {crystal.name} has about {sizes[0] * sizes[1] // crystal.momenta:,} "
                f"determinants, more than the {LIMIT:,} listed here; use fewer momenta or atoms, "
                "or a sampler that lists none."
            )
        self.alpha = Strings(crystal, self.electrons[0])
        self.beta = Strings(crystal, self.electrons[1])
        self.partner = crystal.subtract(
            np.full(len(self.alpha.bits), self.momentum), self.alpha.momentum
        )
        groups = [np.nonzero(self.beta.momentum == k)[0] for k in range(crystal.momenta)]
        self.rank = np.empty(len(self.beta.bits), np.int64)
        for group in groups:
            self.rank[group] = np.arange(len(group))
        many = np.array([len(group) for group in groups])[self.partner]
        self.offset = np.concatenate([[0], np.cumsum(many)])
        self.up = self.alpha.bits[np.repeat(np.arange(len(many)), many)]
        self.down = self.beta.bits[np.concatenate([groups[k] for k in self.partner])]
        if not self.dimension:
            raise ValueError(f"{self} holds no determinant.")

    def __repr__(self) -> str:
        return (
            f"Sector({self.crystal.name!r}, electrons={self.electrons}, momentum={self.momentum})"
        )

    @property
    def dimension(self) -> int:
        """Return the number of determinants."""
        return len(self.up)

    def occupations(self) -> np.ndarray:
        """Return occupations of spin up, then of spin down, int8, (determinant, 2 * orbital)."""
        return unpack(self.up, self.down, self.crystal.orbitals)

    def find(self, up: ArrayLike, down: ArrayLike) -> np.ndarray:
        """Return positions of the bit masks `up` and `down`; -1 for those outside the sector."""
        a, here_a = self.alpha.find(np.atleast_1d(up))
        b, here_b = self.beta.find(np.atleast_1d(down))
        here = here_a & here_b
        a, b = np.where(here, a, 0), np.where(here, b, 0)
        here &= self.partner[a] == self.beta.momentum[b]
        return np.where(here, self.offset[a] + self.rank[b], -1)

    def hamiltonian(self) -> sparse.csr_array:
        """Return the Hamiltonian among the determinants, hartree, total; made once.

        Returns
        -------
        scipy.sparse.csr_array
            Shape (determinant, determinant), real where the integrals are; see
            :func:`qmlcourse.nqs.hamiltonian.sector_hamiltonian`.
        """
        return self._hamiltonian

    @cached_property
    def _hamiltonian(self) -> sparse.csr_array:
        return sector_hamiltonian(self)

    def ground_state(self, count: int = 1, tol: float = 1e-10) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest states.

        Parameters
        ----------
        count
            How many states; all where there are fewer.
        tol
            Relative accuracy of Lanczos's iteration in large sectors.

        Returns
        -------
        energies : numpy.ndarray
            Shape (count,), hartree, total.
        states : numpy.ndarray
            Shape (count, determinant), normalised.

        Raises
        ------
        RuntimeError
            Where the iteration does not converge.
        """
        return lowest_states(self.hamiltonian(), count, tol)


def count_determinants(
    crystal: Crystal, electrons: int | tuple[int, int] | None = None, momentum: int = 0
) -> int:
    """Return how many determinants a sector has, without listing them.

    Parameters
    ----------
    crystal, electrons, momentum
        As for :class:`Sector`.

    Notes
    -----
    Both spins' strings are sorted by momentum, and those that fit are paired.
    """
    counts = [
        np.bincount(Strings(crystal, n).momentum, minlength=crystal.momenta)
        for n in _spins(crystal, electrons)
    ]
    partner = crystal.subtract(np.full(crystal.momenta, momentum), np.arange(crystal.momenta))
    return int(counts[0] @ counts[1][partner])


def _spins(crystal: Crystal, electrons: int | tuple[int, int] | None) -> tuple[int, int]:
    """Numbers of electrons of spin up and of spin down."""
    electrons = crystal.electrons if electrons is None else electrons
    if isinstance(electrons, tuple | list):
        up, down = (int(n) for n in electrons)
    else:
        if electrons % 2:
            raise ValueError(
                f"{electrons} electrons cannot have equal spins; give an even number, or "
                "(up, down)."
            )
        up = down = int(electrons) // 2
    if not (0 <= up <= crystal.orbitals and 0 <= down <= crystal.orbitals):
        raise ValueError(
            f"{crystal.name} has {crystal.orbitals} orbitals for each spin; it cannot hold "
            f"({up}, {down}) electrons."
        )
    return up, down
