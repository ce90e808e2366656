"""Occupations of one spin as bit strings, and what one or two electrons may do among them.

Bit n of a whole number says whether orbital n is occupied. A string stands for the creation
operators of its orbitals in ascending order, applied to the vacuum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy import sparse

from .crystal import Crystal

_NOTHING = 1e-14  # hartree: elements below this are left out


@dataclass(frozen=True, eq=False)
class Moves:
    """Single excitations <new| c+_p c_q |old> = sign among strings of one spin.

    Attributes
    ----------
    old : numpy.ndarray
        Numbers of the strings, shape (move,).
    new : numpy.ndarray
        Bit masks, or numbers of strings.
    p, q : numpy.ndarray
        Orbital that is filled, and orbital that is emptied.
    sign : numpy.ndarray
        +1 or -1.
    transfer : numpy.ndarray
        Index of the momentum of p less that of q.
    """

    old: np.ndarray
    new: np.ndarray
    p: np.ndarray
    q: np.ndarray
    sign: np.ndarray
    transfer: np.ndarray

    def only(self, mask: np.ndarray) -> Moves:
        """Return the moves that a mask, or an array of numbers, picks."""
        return Moves(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


class Strings:
    """All ways to put electrons of one spin into the orbitals, with their momenta.

    Parameters
    ----------
    crystal
        Has the orbitals and their momenta.
    count
        Number of electrons.

    Attributes
    ----------
    bits : numpy.ndarray
        Bit masks, ascending, int64, shape (string,).
    momentum : numpy.ndarray
        Index of the total momentum of each, shape (string,).
    """

    def __init__(self, crystal: Crystal, count: int):
        self.crystal = crystal
        chosen = list(combinations(range(crystal.orbitals), count))
        chosen = np.array(chosen, np.int64).reshape(len(chosen), count)
        bits = (np.int64(1) << chosen).sum(1)
        order = np.argsort(bits)
        self.bits = bits[order]
        self.momentum = crystal.index(crystal.steps[chosen[order] // crystal.bands].sum(-2))

    @cached_property
    def excitations(self) -> Moves:
        """All single excitations; `new` are numbers of strings."""
        found = moves(self.crystal, self.bits)
        return replace(found, new=np.searchsorted(self.bits, found.new))

    def hamiltonian(self) -> sparse.coo_array:
        """Return the energy of the electrons of this one spin among themselves, hartree.

        Returns
        -------
        scipy.sparse.coo_array
            Shape (string, string); without the core energy.
        """
        single = self.excitations
        column, row, value = same_spin(self.crystal, single, single.new, single, len(self.bits))
        matrix = sparse.coo_array((value, (row, column)), shape=(len(self.bits),) * 2)
        matrix.sum_duplicates()
        return matrix

    def find(self, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return positions of bit masks, and whether each is one of these strings."""
        place = np.minimum(np.searchsorted(self.bits, bits), len(self.bits) - 1)
        return place, self.bits[place] == bits


def moves(crystal: Crystal, strings: np.ndarray) -> Moves:
    """Return all single excitations c+_p c_q of bit masks of one spin; `new` are bit masks."""
    number, parts = np.arange(len(strings)), []
    for p in range(crystal.orbitals):
        for q in range(crystal.orbitals):
            new, sign, here = move(strings, p, q)
            full = np.full(int(here.sum()), 1)
            step = int(crystal.subtract(p // crystal.bands, q // crystal.bands))
            parts.append((number[here], new[here], p * full, q * full, sign[here], step * full))
    return Moves(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def move(bits: np.ndarray, p: int, q: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Apply c+_p c_q to bit masks.

    Parameters
    ----------
    bits
        Bit masks, int64, shape (n,).
    p, q
        Orbital to fill and orbital to empty.

    Returns
    -------
    new : numpy.ndarray
        Bit masks, meaningful where `here` is true.
    sign : numpy.ndarray
        +1 or -1: one change of sign for each occupied orbital between p and q.
    here : numpy.ndarray
        Whether the result is not zero.
    """
    one = np.int64(1)
    has = (bits >> q) & one == 1
    if p == q:
        return bits, np.ones(len(bits), np.int64), has
    here = has & ((bits >> p) & one == 0)
    low, high = min(p, q), max(p, q)
    between = (one << np.int64(high)) - (one << np.int64(low + 1))
    sign = 1 - 2 * (np.bitwise_count(bits & between).astype(np.int64) & 1)
    return bits ^ (one << np.int64(p)) ^ (one << np.int64(q)), sign, here


def same_spin(
    crystal: Crystal, first: Moves, middle: np.ndarray, second: Moves, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return elements of the Hamiltonian among strings of one spin, in pieces that add up.

    Parameters
    ----------
    crystal
        Has the integrals.
    first, second
        Moves on the strings that are asked for, and on those that they lead to.
    middle, size
        Number of the string that each first move leads to, and how many such strings there are.

    Returns
    -------
    old, new, value : numpy.ndarray
        Pieces of <new|H|old> in hartree, without the core energy; `new` as it stands in `second`
        and, for one electron alone, in `first`.

    Notes
    -----
    With E_pq = c+_p c_q, H = sum h'_pq E_pq + 1/2 sum (pq|rs) E_pq E_rs. Bringing the operators of
    the repulsion into this order moves a part of it to h'_pq = h_pq - 1/2 sum_r (pr|rq).
    """
    h = crystal.h - 0.5 * np.einsum("prrq->pq", crystal.g)
    still = first.only(first.transfer == 0)
    old, new, value = [still.old], [still.new], [h[still.p, still.q] * still.sign]
    for transfer in range(crystal.momenta):
        mask = first.transfer == transfer
        one = first.only(mask)
        two = second.only(second.transfer == int(crystal.subtract(0, transfer)))
        i, j = join(middle[mask], two.old, size)
        element = 0.5 * crystal.g[two.p[j], two.q[j], one.p[i], one.q[i]]
        element = element * (one.sign[i] * two.sign[j])
        some = np.abs(element) > _NOTHING
        old.append(one.old[i][some])
        new.append(two.new[j][some])
        value.append(element[some])
    return tuple(np.concatenate(part) for part in (old, new, value))


def join(left: np.ndarray, right: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs (i, j) with left[i] == right[j]; both hold numbers below `size`."""
    order = np.argsort(right, kind="stable")
    counts = np.bincount(right, minlength=size)
    starts = np.concatenate([[0], np.cumsum(counts)])
    many = counts[left]
    i = np.repeat(np.arange(len(left)), many)
    inside = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return i, order[starts[left[i]] + inside]


def unpack(up: np.ndarray, down: np.ndarray, orbitals: int) -> np.ndarray:
    """Return occupations, int8, shape (determinant, 2 * orbital), of two arrays of bit masks."""
    places = np.arange(orbitals)
    both = [(np.asarray(bits)[:, None] >> places) & 1 for bits in (up, down)]
    return np.concatenate(both, 1).astype(np.int8)
