"""Quasiparticle bands: take out or put in one electron of known momentum.

The states c_{ki}|psi> (a hole) and c+_{ki}|psi> (a particle) span a small space; the Hamiltonian
in it is a generalised eigenproblem that is not orthogonal, H v = E S v. With an exact |psi> this
is the extended Koopmans theorem; adding one more electron-hole pair (2h1p, 2p1h) lets the other
electrons give way. After N. Yoshioka, W. Mizukami and F. Nori, Communications Physics 4, 106
(2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .charged import bare_states, neighbour_sector, with_pairs
from .crystal import Crystal
from .exact import Exact
from .ground import GroundState
from .mean_field import hartree_fock
from .sector import Sector

ORDERS = ("1", "2")
_FILTER = 1e-7  # directions of the subspace with a smaller share of the largest norm are left out
_LOOK = 16  # lowest states among which the heaviest is looked for in a large sector

State = GroundState | Exact | tuple[Sector, np.ndarray, float]


@dataclass(frozen=True, eq=False)
class Bands:
    """Energies to take out and to put in one electron, by momentum.

    Attributes
    ----------
    momentum : numpy.ndarray
        Indices of the electron's momentum, shape (momentum,).
    removal : numpy.ndarray
        E(N-1, K - k) - E(N), the ionisation potential, hartree, shape (momentum,); nan where there
        is none.
    addition : numpy.ndarray
        E(N+1, K + k) - E(N), minus the electron affinity, hartree, shape (momentum,).
    removal_weight, addition_weight : numpy.ndarray
        Quasiparticle weight, between 0 and 1, shape (momentum,): the squared overlap of the charged
        state with the bare holes c|psi> or particles c+|psi> of its momentum, summed over bands.
        For one band it is |<charged|c|psi>|^2.
    """

    momentum: np.ndarray
    removal: np.ndarray
    addition: np.ndarray
    removal_weight: np.ndarray
    addition_weight: np.ndarray

    @property
    def valence(self) -> np.ndarray:
        """Return energies of the holes as they are drawn: minus `removal`, shape (momentum,)."""
        return -self.removal

    @property
    def conduction(self) -> np.ndarray:
        """Return energies of the particles, shape (momentum,)."""
        return self.addition

    @property
    def gap(self) -> float:
        """Return the fundamental gap: least removal plus least addition energy, hartree."""
        return float(np.nanmin(self.removal) + np.nanmin(self.addition))


def quasiparticle_bands(
    crystal: Crystal, state: State, order: int = 1, spin: str = "down", pick: str = "lowest"
) -> Bands:
    """Return bands from a trained or an exact state.

    Parameters
    ----------
    crystal
        The crystal; where the state knows its own, that one is used.
    state
        Parent state: a GroundState, an Exact, or (sector, amplitudes, energy).
    order
        1 for the space of one hole or particle, 2 to add one electron-hole pair (2h1p, 2p1h).
    spin
        Which electron is taken or added: ``"up"`` or ``"down"``.
    pick
        ``"lowest"`` energy of each momentum, or ``"heaviest"``: the state that is most of all one
        bare hole or particle, where another one with less weight lies below it.

    Raises
    ------
    ValueError
        For an unknown order, spin or pick, and for a state of another crystal.

    Notes
    -----
    In a periodic cell neither energy alone has an absolute meaning: `crystal.madelung` adds to the
    removal energy and to the addition energy by half each, and so to the gap as a whole.

    With an exact parent the energies of both charged states lie above the exact ones, and the
    parent's energy is exact, so the gap is too wide. With another parent its own energy is too high
    as well, and that is subtracted twice: the gap may then be too wide or too narrow.
    """
    if str(order) not in ORDERS:
        raise ValueError(f"order must be 1 or 2, not {order}.")
    _check(spin, pick)
    sector, psi, energy = _parts(crystal, state)

    def solve(
        other: Sector, simple: np.ndarray, k: int, change: int
    ) -> tuple[np.ndarray, np.ndarray]:
        more = (
            with_pairs(sector, other, psi, k, change, spin, simple) if int(order) == 2 else simple
        )
        return _subspace(more, other.hamiltonian())

    return _bands(sector, psi, energy, spin, pick, solve)


def exact_bands(crystal: Crystal, state: State, spin: str = "down", pick: str = "lowest") -> Bands:
    """Return bands by exact diagonalisation with one electron less and one more.

    Parameters
    ----------
    crystal, state, spin, pick
        As for :func:`quasiparticle_bands`; in large sectors ``"heaviest"`` looks at the 16 lowest
        states of each momentum.

    Raises
    ------
    ValueError
        For an unknown spin or pick, and for a state of another crystal.
    RuntimeError
        Where a large sector's lowest states do not converge.
    """
    _check(spin, pick)
    sector, psi, energy = _parts(crystal, state)

    def solve(
        other: Sector, simple: np.ndarray, k: int, change: int
    ) -> tuple[np.ndarray, np.ndarray]:
        return other.ground_state(1 if pick == "lowest" else _LOOK)

    return _bands(sector, psi, energy, spin, pick, solve)


def koopmans_bands(crystal: Crystal, electrons: int | None = None) -> Bands:
    """Return Hartree-Fock's answer: orbital energies of frozen orbitals (Koopmans's theorem).

    Parameters
    ----------
    crystal, electrons
        As for :func:`hartree_fock`.

    Raises
    ------
    ValueError
        For an open shell.
    """
    found = hartree_fock(crystal, electrons)
    hole = np.where(found.occupied, -found.levels, np.nan)
    particle = np.where(found.occupied, np.nan, found.levels)
    removal = np.array([_least(row) for row in hole])
    addition = np.array([_least(row) for row in particle])
    return Bands(
        np.arange(crystal.momenta),
        removal,
        addition,
        np.where(np.isnan(removal), np.nan, 1.0),
        np.where(np.isnan(addition), np.nan, 1.0),
    )


def _check(spin: str, pick: str) -> None:
    if spin not in ("up", "down"):
        raise ValueError(f"spin must be 'up' or 'down', not {spin!r}.")
    if pick not in ("lowest", "heaviest"):
        raise ValueError(f"pick must be 'lowest' or 'heaviest', not {pick!r}.")


_Solve = Callable[[Sector, np.ndarray, int, int], tuple[np.ndarray, np.ndarray]]


def _bands(
    sector: Sector, psi: np.ndarray, energy: float, spin: str, pick: str, solve: _Solve
) -> Bands:
    """Bands from solve(neighbour, simple vectors, k, change) -> ascending energies, states."""
    momenta = sector.crystal.momenta
    found = np.full((2, 2, momenta), np.nan)  # (hole or particle, energy or weight, momentum)
    for k in range(momenta):
        for side, change in enumerate((-1, 1)):
            other = neighbour_sector(sector, k, change, spin)
            if other is None:
                continue
            simple = bare_states(sector, other, psi, k, change, spin)
            values, states = solve(other, simple, k, change)
            if not len(values):
                continue
            weights = [_weight(simple, one) for one in states]
            best = 0 if pick == "lowest" else int(np.argmax(weights))
            found[side, :, k] = values[best] - energy, weights[best]
    (removal, hole), (addition, particle) = found
    return Bands(np.arange(momenta), removal, addition, hole, particle)


def _subspace(vectors: np.ndarray, matrix: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Energies in the span of (n, determinant) vectors, ascending, and (n, determinant) states."""
    if not len(vectors):
        return np.empty(0), vectors
    strength, directions = np.linalg.eigh(vectors.conj() @ vectors.T)
    keep = strength > _FILTER * strength.max()
    if strength.max() < 1e-12:
        return np.empty(0), vectors[:0]
    orthonormal = (directions[:, keep] / np.sqrt(strength[keep])).T @ vectors
    small = orthonormal.conj() @ (matrix @ orthonormal.T)
    values, states = np.linalg.eigh(0.5 * (small + small.conj().T))
    return values, states.T @ orthonormal


def _weight(simple: np.ndarray, state: np.ndarray) -> float:
    """Quasiparticle weight: squared overlap of a normalised state with bare holes or particles."""
    if not len(simple):
        return np.nan
    return float((np.abs(simple.conj() @ state) ** 2).sum())


def _parts(crystal: Crystal, state: State) -> tuple[Sector, np.ndarray, float]:
    if isinstance(state, tuple):
        sector, psi, energy = state
    elif isinstance(state, GroundState):
        sector, psi, energy = state.basis.sector, state.amplitudes(), state.energy
    else:
        sector, psi, energy = state.sector, state.state, state.energy
    if sector.crystal.one_body.shape != crystal.one_body.shape:
        raise ValueError(f"this state belongs to {sector.crystal.name}, not to {crystal.name}.")
    return sector, psi / np.linalg.norm(psi), float(energy)


def _least(row: np.ndarray) -> float:
    return np.nan if np.isnan(row).all() else np.nanmin(row)
