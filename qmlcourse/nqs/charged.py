"""One electron less or more: the sectors next door, and states that span a small space there."""

from __future__ import annotations

import numpy as np

from .sector import Sector, count_determinants
from .strings import move

_NOTHING = 1e-7  # bare states of a smaller norm are left out


def neighbour_sector(sector: Sector, k: int, change: int, spin: str) -> Sector | None:
    """Return the sector with one electron of momentum k less (change -1) or more (+1).

    Parameters
    ----------
    sector
        That of the parent state.
    k
        Index of the electron's momentum.
    change
        -1 for a hole, +1 for a particle.
    spin
        ``"up"`` or ``"down"``.

    Returns
    -------
    Sector or None
        None where no determinant is left.

    Raises
    ------
    ValueError
        Where it has more determinants than can be listed.
    """
    crystal = sector.crystal
    numbers = list(sector.electrons)
    numbers[spin == "down"] += change
    if not 0 <= numbers[spin == "down"] <= crystal.orbitals:
        return None
    total = crystal.subtract(sector.momentum, k) if change < 0 else crystal.add(sector.momentum, k)
    if not count_determinants(crystal, tuple(numbers), int(total)):
        return None
    return Sector(crystal, tuple(numbers), int(total))


def bare_states(
    sector: Sector, other: Sector, psi: np.ndarray, k: int, change: int, spin: str
) -> np.ndarray:
    """Return bare holes c|psi> or particles c+|psi> of one momentum.

    Parameters
    ----------
    sector, psi
        Sector and amplitudes of the parent state.
    other, k, change, spin
        The sector that :func:`neighbour_sector` gives for these.

    Returns
    -------
    numpy.ndarray
        Shape (band, determinant of `other`), not normalised; bands that give nothing are left out.
    """
    first = k * sector.crystal.bands
    found = [
        _ladder(sector, other, psi, first + band, change, spin)
        for band in range(sector.crystal.bands)
    ]
    return np.array([v for v in found if np.linalg.norm(v) > _NOTHING]).reshape(-1, other.dimension)


def with_pairs(
    sector: Sector,
    other: Sector,
    psi: np.ndarray,
    k: int,
    change: int,
    spin: str,
    simple: np.ndarray,
) -> np.ndarray:
    """Return the bare states and those with one electron-hole pair of either spin on top.

    Parameters
    ----------
    sector, other, psi, k, change, spin
        As for :func:`bare_states`.
    simple
        What it returns.

    Returns
    -------
    numpy.ndarray
        Shape (vector, determinant of `other`), neither normalised nor independent.
    """
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


def _ladder(
    sector: Sector, other: Sector, psi: np.ndarray, orbital: int, change: int, spin: str
) -> np.ndarray:
    """c (change -1) or c+ (change +1) of one orbital applied to psi."""
    up, down, amplitude = _apply(
        sector.up, sector.down, psi, orbital, change, spin, sector.electrons[0]
    )
    return _collect(other, up, down, amplitude)


def _apply(
    up: np.ndarray,
    down: np.ndarray,
    psi: np.ndarray,
    orbital: int,
    change: int,
    spin: str,
    electrons_up: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Determinants and amplitudes of c (change -1) or c+ (change +1) applied to a state."""
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


def _pair(
    other: Sector,
    up: np.ndarray,
    down: np.ndarray,
    amplitude: np.ndarray,
    p: int,
    q: int,
    spin: str,
) -> np.ndarray | None:
    """c+_p c_q of one spin on top of a hole or particle; None where nothing is left."""
    new, sign, here = move(up if spin == "up" else down, p, q)
    if not here.any():
        return None
    pair = (new[here], down[here]) if spin == "up" else (up[here], new[here])
    out = _collect(other, *pair, amplitude[here] * sign[here])
    return out if np.linalg.norm(out) >= 1e-9 else None


def _collect(sector: Sector, up: np.ndarray, down: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
    """Vector of a sector, shape (determinant,); determinants outside it are left out."""
    out = np.zeros(sector.dimension, amplitude.dtype)
    place = sector.find(up, down)
    inside = place >= 0
    np.add.at(out, place[inside], amplitude[inside])
    return out
