"""Exact Kramers-Kronig transform of piecewise-linear spectral densities.

A causal function that decays follows from its density rho = -Im Sigma / pi on the real axis,

    Sigma(z) = int rho(x) / (z - x) dx.

For a density that is linear between nodes and zero at the two ends the integral is elementary.
With D_i the change of slope at node x_i,

    Sigma(z) = sum_i D_i (z - x_i) ln(z - x_i).

Energies are in eV throughout the package. Functions are retarded, so Im Sigma_nor <= 0. The sign of
Sigma_ano is fixed by Re Sigma_ano(0) >= 0.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

_KEPT = 1_000_000  # any value: numbers in the largest matrix that is kept


def nodes(count: int = 181, edge: float = 1.2, stretch: float = 4.0) -> np.ndarray:
    """Return energies that are symmetric about zero, dense there and wide at the edges.

    Parameters
    ----------
    count
        How many, an odd number of 5 or more.
    edge
        The outermost node, in eV.
    stretch
        The outermost spacing is about cosh(stretch) times the innermost one.

    Returns
    -------
    numpy.ndarray
        Shape (count,), edge sinh(stretch t) / sinh(stretch) with t evenly from -1 to 1.

    Raises
    ------
    ValueError
        For an even or small number of nodes, or a size that is not positive.
    """
    if count != int(count) or count < 5 or count % 2 == 0:
        raise ValueError(f"the number of nodes is odd and 5 or more, not {count}.")
    if not (edge > 0 and stretch > 0):
        raise ValueError(
            f"edge and stretch of the nodes are {edge:g} and {stretch:g}; both are positive."
        )
    t = np.linspace(-1, 1, int(count))
    x = edge * np.sinh(stretch * t) / np.sinh(stretch)
    return (x - x[::-1]) / 2


def transform_matrix(at: ArrayLike, energies: ArrayLike, broadening: float = 0.0) -> np.ndarray:
    """Return the matrix that takes a density's values at nodes to the causal function.

    The result is exact for piecewise-linear densities and of second order in the spacing for smooth
    ones.

    Parameters
    ----------
    at
        Shape (node,), rising nodes in eV. The density is zero at the first and the last.
    energies
        Real energies in eV, of any shape.
    broadening
        Distance from the real axis in eV; 0 for the retarded limit.

    Returns
    -------
    numpy.ndarray
        Shape (*energies.shape, node), complex, read-only.

    Raises
    ------
    ValueError
        Where the nodes do not rise, or for a negative broadening.
    """
    at, energies = np.asarray(at, float), np.asarray(energies, float)
    if at.ndim != 1 or len(at) < 3 or not (np.diff(at) > 0).all():
        raise ValueError("nodes must rise strictly, and there are three or more.")
    if broadening < 0:
        raise ValueError(
            f"the broadening is {broadening:g}; it must not be negative, which would be the "
            "advanced side."
        )
    flat = np.ravel(energies)
    if at.size * flat.size > _KEPT:
        matrix = _made(at, flat, float(broadening))
    else:
        matrix = _matrix(at.tobytes(), flat.tobytes(), float(broadening))
    return matrix.reshape(*energies.shape, len(at))


@lru_cache(maxsize=32)
def _matrix(at: bytes, energies: bytes, broadening: float) -> np.ndarray:
    return _made(np.frombuffer(at), np.frombuffer(energies), broadening)


def _made(at: np.ndarray, energies: np.ndarray, broadening: float) -> np.ndarray:
    far = energies[:, None] - at[None, :]
    z = far + 1j * broadening
    size = np.abs(z)
    safe = np.where(size > 0, size, 1.0)
    # on the axis from above: ln of a negative number has the imaginary part pi
    angle = np.where(far < 0, np.pi, 0.0) if broadening == 0 else np.angle(z)
    kernel = z * (np.log(safe) + 1j * angle)  # (z - x) ln(z - x), which is 0 at a node
    slope = np.diff(kernel, axis=1) / np.diff(at)
    found = np.zeros(kernel.shape, complex)
    found[:, 1:-1] = np.diff(slope, axis=1)
    found.setflags(write=False)
    return found


def kramers_kronig(
    density: ArrayLike, at: ArrayLike, energies: ArrayLike, broadening: float = 0.0
) -> np.ndarray:
    """Return the causal function of a piecewise-linear density.

    -Im Sigma / pi is the density again where `energies` are nodes.

    Parameters
    ----------
    density
        Shape (..., node), values at the nodes; taken as zero at both ends.
    at
        Shape (node,), rising nodes in eV.
    energies
        Shape (energy,) in eV, or one energy.
    broadening
        Imaginary part of the energies in eV.

    Returns
    -------
    numpy.ndarray
        Shape (..., energy), complex; without the last axis for one energy.

    Raises
    ------
    ValueError
        Where the values are not as many as the nodes.
    """
    density = np.asarray(density, float)
    count = np.shape(at)[-1]
    if density.shape[-1] != count:
        raise ValueError(f"there are {count} nodes but {density.shape[-1]} values.")
    energies = np.asarray(energies, float)
    if energies.ndim == 0:
        return density @ transform_matrix(at, energies, broadening)
    block = max(_KEPT // count, 1)  # many energies go in pieces, so that memory stays small
    parts = [
        density @ transform_matrix(at, energies[n : n + block], broadening).T
        for n in range(0, len(energies), block)
    ]
    return np.concatenate(parts, -1)
