"""Classical percolation: where a cluster of neighbours first goes around the whole lattice."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .scaling import logistic_step


def percolates(
    size: int, share: float, seed: int | np.random.Generator, bonds: bool = False
) -> bool:
    """Return whether a lattice with random sites (or bonds) has a cluster between opposite faces.

    Parameters
    ----------
    size
        Edge of the cube.
    share
        Probability that a site or bond is kept.
    seed
        An integer or a generator.
    bonds
        Whether bonds are drawn instead of sites.

    Returns
    -------
    bool
        For faces that are open along the first axis and periodic walls along the others.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rng = np.random.default_rng(seed)
    number = np.arange(size**3).reshape((size,) * 3)
    kept = np.ones(number.shape, bool) if bonds else rng.random(number.shape) < share
    rows, columns = [], []
    for axis in range(3):
        here, there = number, np.roll(number, -1, axis)
        link = kept & np.roll(kept, -1, axis)
        if bonds:
            link = rng.random(number.shape) < share
        if axis == 0:
            here, there, link = here[:-1], there[:-1], link[:-1]
        rows.append(here[link])
        columns.append(there[link])
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), (size**3, size**3))
    label = connected_components(graph, directed=False)[1].reshape(number.shape)
    return bool(np.isin(label[0][kept[0]], label[-1][kept[-1]]).any())


def spanning_share(
    size: int, shares: Sequence[float], samples: int, seed: int = 0, bonds: bool = False
) -> np.ndarray:
    """Return the share of the lattices that percolate, for each probability.

    Parameters
    ----------
    size, bonds
        As in :func:`percolates`.
    shares
        Probabilities, shape (share,).
    samples
        Lattices for each.
    seed
        An integer.

    Returns
    -------
    numpy.ndarray
        Shape (share,).
    """
    found = []
    for k, share in enumerate(shares):
        rngs = [np.random.default_rng((seed, k, n)) for n in range(samples)]
        found.append(np.mean([percolates(size, share, rng, bonds) for rng in rngs]))
    return np.array(found)


def threshold(
    small: int,
    large: int,
    shares: Sequence[float],
    samples: int,
    seed: int = 0,
    bonds: bool = False,
) -> tuple[float, float]:
    """Return the classical threshold p_c and its standard error, from the crossing of two sizes.

    Parameters
    ----------
    small, large
        Edges of the cubes.
    shares, samples, seed, bonds
        As in :func:`spanning_share`, with probabilities around p_c.

    Notes
    -----
    The probability to percolate at p_c does not depend on the size: two smooth steps (logistic in
    p) cross there. The error comes from 100 binomial redraws of the counted shares.
    """
    curves = [spanning_share(size, shares, samples, seed + size, bonds) for size in (small, large)]
    rng = np.random.default_rng(seed)
    found = [_crossing(shares, *curves)]
    for _ in range(100):
        redrawn = [rng.binomial(samples, c) / samples for c in curves]
        found.append(_crossing(shares, *redrawn))
    return float(found[0]), float(np.std(found[1:]))


def _crossing(shares: ArrayLike, small: np.ndarray, large: np.ndarray) -> float:
    """Where two logistic steps are equal."""
    (a, b), (c, d) = (logistic_step(shares, y)[:2] for y in (small, large))
    # (p - a) / b = (p - c) / d
    p = (a / b - c / d) / (1 / b - 1 / d)
    return p if math.isfinite(p) else np.nan
