"""Loops of three bonds and the fluxes through them, which no choice of gauge changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import ArrayLike

from .tight_binding import Lattice, TightBinding

Walk = tuple[tuple[int, int], ...]  # (bond, +1 or -1), -1 against its direction


@dataclass(frozen=True)
class Loop:
    """A closed path of three bonds, anticlockwise, and the flux through it.

    Attributes
    ----------
    orbitals
        The orbitals it visits.
    bonds
        (bond, +1 or -1) in order, -1 where a bond is walked against its direction.
    lengths
        Lengths of its sides, rising, in bond lengths.
    area
        Enclosed area in squared bond lengths; zero for a path along a line.
    flux
        Phase (...,) of the product of the amplitudes around it, in radians, -pi to pi.
    """

    orbitals: tuple[int, ...]
    bonds: Walk
    lengths: tuple[float, ...]
    area: float
    flux: np.ndarray


def fluxes(model: TightBinding) -> list[Loop]:
    """Return the fluxes through all loops of three bonds, modulo lattice translations.

    Together with the amplitudes they are all that a model of one orbital a site is.

    Parameters
    ----------
    model
        A model in the plane, or a batch.

    Returns
    -------
    list of Loop
        Sorted by the lengths of their sides.
    """
    phase = torch.angle(model.hoppings).detach().cpu().numpy()
    found = [
        Loop(orbitals, walk, lengths, area, wrapped(sum(s * phase[..., b] for b, s in walk)))
        for orbitals, walk, lengths, area in three_bond_walks(model.lattice)
    ]
    return sorted(found, key=lambda loop: (loop.lengths, loop.orbitals, loop.bonds))


def wrapped(phase: ArrayLike, half_turn: float = np.pi) -> np.ndarray:
    """Return phases between -half_turn (not reached) and half_turn.

    Parameters
    ----------
    phase
        Any shape.
    half_turn
        pi for phases in radians, 1 for phases in units of pi.
    """
    return -((half_turn - np.asarray(phase)) % (2 * half_turn) - half_turn)


@lru_cache(maxsize=16)
def three_bond_walks(
    lattice: Lattice,
) -> tuple[tuple[tuple[int, ...], Walk, tuple[float, ...], float], ...]:
    """Return (orbitals, walk, lengths, area) of all closed walks of three bonds, each once."""
    return tuple(_closed_walks(lattice))


def _closed_walks(
    lattice: Lattice,
) -> Iterator[tuple[tuple[int, ...], Walk, tuple[float, ...], float]]:
    moves = {n: [] for n in range(lattice.orbitals)}
    for n, (bond, step) in enumerate(zip(lattice.bonds, lattice.steps, strict=True)):
        to, start, cell = bond[0], bond[1], bond[2:]
        moves[start].append((n, 1, to, cell, step))
        moves[to].append((n, -1, start, -cell, -step))
    known = set()
    for origin in range(lattice.orbitals):
        for first in moves[origin]:
            for second, third in _continued(moves, first):
                walk = tuple((m[0], m[1]) for m in (first, second, third))
                cells = first[3] + second[3] + third[3]
                if third[2] != origin or cells.any() or _returns(walk):
                    continue
                a, b = first[4], second[4]
                area = (a[0] * b[1] - a[1] * b[0]) / 2
                walk = walk if area > -1e-9 else tuple((n, -s) for n, s in walk[::-1])
                turns = [walk[n:] + walk[:n] for n in range(3)]
                back = tuple((n, -s) for n, s in walk[::-1])
                if abs(area) < 1e-9:  # a line has no sense of rotation
                    turns += [back[n:] + back[:n] for n in range(3)]
                key = min(turns)
                if key in known:
                    continue
                known.add(key)
                sides = sorted(round(float(np.hypot(*m[4])), 6) for m in (first, second, third))
                yield (origin, first[2], second[2]), key, tuple(sides), abs(float(area))


def _continued(moves: dict[int, list], first: tuple) -> Iterator[tuple[tuple, tuple]]:
    for second in moves[first[2]]:
        for third in moves[second[2]]:
            yield second, third


def _returns(walk: Walk) -> bool:
    """Whether a step undoes the one before it."""
    following = walk[1:] + walk[:1]
    return any(a == (n, -s) for a, (n, s) in zip(walk, following, strict=True))
