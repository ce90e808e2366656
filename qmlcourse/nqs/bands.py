"""Quasiparticle bands: take out or put in one electron of known momentum.

The states c_{ki}|psi> (a hole) and c+_{ki}|psi> (a particle) span a small space; the Hamiltonian
in it is a generalised eigenproblem that is not orthogonal, H v = E S v. With an exact |psi> this
is the extended Koopmans theorem; adding one more electron-hole pair (2h1p, 2p1h) lets the other
electrons give way. After N. Yoshioka, W. Mizukami and F. Nori, Communications Physics 4, 106
(2021).
"""

from dataclasses import dataclass

import numpy as np

from .mean_field import hartree_fock
from .sector import Sector, move

ORDERS = ("1", "2")
_FILTER = 1e-7
_LOOK = 16


@dataclass(frozen=True, eq=False)
class Bands:
    """Energies to take out and to put in one electron, by momentum.

    momentum : (momentum,) indices of the electron's momentum
    removal : (momentum,) E(N-1, K - k) - E(N), the ionisation potential, hartree; nan if not asked
    addition : (momentum,) E(N+1, K + k) - E(N), minus the electron affinity, hartree
    removal_weight, addition_weight : (momentum,) share of the state that is one bare hole or
        particle, between 0 and 1, relative to the best that |psi> allows at this momentum
    """

    momentum: np.ndarray
    removal: np.ndarray
    addition: np.ndarray
    removal_weight: np.ndarray
    addition_weight: np.ndarray

    @property
    def valence(self):
        """(momentum,) energies of the holes as they are drawn: minus the removal energies."""
        return -self.removal

    @property
    def conduction(self):
        """(momentum,) energies of the particles."""
        return self.addition

    @property
    def gap(self):
        """Fundamental gap: least removal plus least addition energy, hartree."""
        return float(np.nanmin(self.removal) + np.nanmin(self.addition))


def quasiparticle_bands(crystal, state, order=1, spin="down", pick="lowest"):
    """Bands from a trained or exact state.

    Parameters
    ----------
    crystal : Crystal; the one of the state is used where the state knows it
    state : GroundState, Exact, or (sector, amplitudes, energy)
    order : 1 for the space of one hole or particle, 2 to add one electron-hole pair (2h1p, 2p1h)
    spin : which electron is taken or added: 'up' or 'down'
    pick : 'lowest' energy of each momentum, or 'heaviest': the state that is most of all one bare
        hole or particle, where another one with less weight lies below it

    Returns
    -------
    Bands

    Raises
    ------
    ValueError : unknown order or pick, a state of another crystal

    Notes
    -----
    In a periodic cell neither number alone has an absolute meaning: `crystal.madelung` adds to
    the removal energy and to the addition energy by half each, and so to the gap as a whole.
    With an exact |psi> the subspace energies lie above the exact ones, so the gap is too wide.
    """
    if str(order) not in ORDERS:
        raise ValueError(f"order must be 1 or 2, not {order}.")
    _check(pick)
    sector, psi, energy = _parts(crystal, state)

    def solve(other, simple, k, change):
        more = (
            _with_pairs(sector, other, psi, k, change, spin, simple) if int(order) == 2 else simple
        )
        return _subspace(more, other.hamiltonian())

    return _bands(sector, psi, energy, spin, pick, solve)


def exact_bands(crystal, state, spin="down", pick="lowest"):
    """The same from exact diagonalisation with one electron less and one more.

    In large sectors 'heaviest' looks at the 16 lowest states of each momentum.
    """
    _check(pick)
    sector, psi, energy = _parts(crystal, state)

    def solve(other, simple, k, change):
        return other.ground_state(1 if pick == "lowest" else _LOOK)

    return _bands(sector, psi, energy, spin, pick, solve)


def koopmans_bands(crystal, electrons=None):
    """Hartree-Fock's answer: orbital energies of frozen orbitals (Koopmans)."""
    found = hartree_fock(crystal, electrons)
    hole = np.where(found.occupied, -found.levels, np.nan)
    particle = np.where(found.occupied, np.nan, found.levels)
    with np.errstate(all="ignore"):
        removal = np.array([_least(row) for row in hole])
        addition = np.array([_least(row) for row in particle])
    k = np.arange(crystal.momenta)
    return Bands(
        k,
        removal,
        addition,
        np.where(np.isnan(removal), np.nan, 1.0),
        np.where(np.isnan(addition), np.nan, 1.0),
    )


def _check(pick):
    if pick not in ("lowest", "heaviest"):
        raise ValueError(f"pick must be 'lowest' or 'heaviest', not {pick!r}.")


def _bands(sector, psi, energy, spin, pick, solve):
    """Bands from solve(neighbour, simple vectors, k, change) -> ascending energies, states."""
    momenta = sector.crystal.momenta
    found = np.full((2, 2, momenta), np.nan)  # (hole or particle, energy or weight, momentum)
    for k in range(momenta):
        for side, change in enumerate((-1, 1)):
            other = _neighbour(sector, k, change, spin)
            if other is None:
                continue
            simple = _simple(sector, other, psi, k, change, spin)
            values, states = solve(other, simple, k, change)
            if not len(values):
                continue
            weights = [_weight(simple, one) for one in states]
            best = 0 if pick == "lowest" else int(np.argmax(weights))
            found[side, :, k] = values[best] - energy, weights[best]
    (removal, hole), (addition, particle) = found
    return Bands(np.arange(momenta), removal, addition, hole, particle)


def _subspace(vectors, matrix):
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


def _weight(simple, state):
    """Share of a state that lies along bare holes or particles on psi, times their norm."""
    if not len(simple):
        return np.nan
    return float((np.abs(simple.conj() @ state) ** 2).sum() / np.linalg.norm(state) ** 2)


def _parts(crystal, state):
    if isinstance(state, tuple):
        sector, psi, energy = state
    elif hasattr(state, "basis"):
        sector, psi, energy = state.basis.sector, state.amplitudes(), state.energy
    else:
        sector, psi, energy = state.sector, state.state, state.energy
    if sector.crystal.one_body.shape != crystal.one_body.shape:
        raise ValueError(f"this state belongs to {sector.crystal.name}, not to {crystal.name}.")
    return sector, psi / np.linalg.norm(psi), float(energy)


def _neighbour(sector, k, change, spin):
    """The sector that is reached by a hole (-1) or a particle (+1) of momentum k; None if empty."""
    crystal = sector.crystal
    numbers = list(sector.electrons)
    numbers[spin == "down"] += change
    if not 0 <= numbers[spin == "down"] <= crystal.orbitals:
        return None
    total = crystal.subtract(sector.momentum, k) if change < 0 else crystal.add(sector.momentum, k)
    try:
        return Sector(crystal, tuple(numbers), int(total))
    except ValueError:
        return None


def _simple(sector, other, psi, k, change, spin):
    """(band, determinant of `other`) vectors c|psi> or c+|psi> for the bands of momentum k."""
    first = k * sector.crystal.bands
    found = [
        _ladder(sector, other, psi, first + band, change, spin)
        for band in range(sector.crystal.bands)
    ]
    return np.array([v for v in found if np.linalg.norm(v) > 1e-7]).reshape(-1, other.dimension)


def _ladder(sector, other, psi, orbital, change, spin):
    """c (change -1) or c+ (change +1) of one orbital applied to psi."""
    up, down, amplitude = _apply(
        sector.up, sector.down, psi, orbital, change, spin, sector.electrons[0]
    )
    return _collect(other, up, down, amplitude)


def _collect(sector, up, down, amplitude):
    """(determinant,) vector of a sector; determinants outside it are left out."""
    out = np.zeros(sector.dimension, amplitude.dtype)
    place = sector.find(up, down)
    inside = place >= 0
    np.add.at(out, place[inside], amplitude[inside])
    return out


def _apply(up, down, psi, orbital, change, spin, electrons_up):
    bits = down if spin == "down" else up
    one = np.int64(1)
    filled = ((bits >> np.int64(orbital)) & one) == 1
    here = filled if change < 0 else ~filled
    below = np.bitwise_count(bits[here] & ((one << np.int64(orbital)) - one)).astype(np.int64)
    if spin == "down":
        below = below + electrons_up  # past all operators of spin up
    new = bits[here] ^ (one << np.int64(orbital))
    amplitude = psi[here] * (1 - 2 * (below & 1))
    return (up[here], new, amplitude) if spin == "down" else (new, down[here], amplitude)


def _with_pairs(sector, other, psi, k, change, spin, simple):
    """The simple vectors and those with one electron-hole pair of either spin on top."""
    crystal, vectors = sector.crystal, list(simple)
    step = -1 if change < 0 else 1
    for ladder in range(crystal.orbitals):
        up, down, amplitude = _apply(
            sector.up, sector.down, psi, ladder, change, spin, sector.electrons[0]
        )
        left = crystal.subtract(k, ladder // crystal.bands)  # momentum for the pair, times step
        for q in range(crystal.orbitals):
            moved = crystal.add(q // crystal.bands, left if step > 0 else crystal.subtract(0, left))
            for band in range(crystal.bands):
                p = int(moved) * crystal.bands + band
                if p == q:
                    continue
                for pair_spin in ("up", "down"):
                    vector = _pair(other, up, down, amplitude, p, q, pair_spin)
                    if vector is not None:
                        vectors.append(vector)
    return np.array(vectors).reshape(-1, other.dimension)


def _pair(other, up, down, amplitude, p, q, spin):
    new, sign, here = move(up if spin == "up" else down, p, q)
    if not here.any():
        return None
    pair = (new[here], down[here]) if spin == "up" else (up[here], new[here])
    out = _collect(other, *pair, amplitude[here] * sign[here])
    return out if np.linalg.norm(out) >= 1e-9 else None


def _least(row):
    return np.nan if np.isnan(row).all() else np.nanmin(row)
