"""Exact Kramers-Kronig transform of piecewise-linear spectral densities.

A causal function that decays is fixed by its density, S(z) = int rho(x) / (z - x) dx with
rho = -Im S / pi on the real axis from above. For a density that is linear between nodes and zero
at the two ends the integral is elementary: with slopes that change by D_i at node x_i,

    S(z) = sum_i D_i (z - x_i) ln(z - x_i).

Energies in eV throughout the package. Sign convention: retarded functions, Im S_nor <= 0, and the
sign of S_ano is fixed by Re S_ano(0) >= 0.
"""

from functools import lru_cache

import numpy as np

_KEPT = 1_000_000  # largest matrix that is kept


def nodes(count=181, edge=1.2, stretch=4.0):
    """Odd number of nodes, symmetric about 0, dense there and wide at the edges.

    Parameters
    ----------
    count : odd number of nodes
    edge : the outermost node, in eV
    stretch : how much wider the outer spacings are, as cosh(stretch)

    Returns
    -------
    (count,) array: edge sinh(stretch t) / sinh(stretch) with t evenly from -1 to 1.
    """
    if count != int(count) or count < 5 or count % 2 == 0:
        raise ValueError(f"the number of nodes is odd and 5 or more, not {count}.")
    if not (edge > 0 and stretch > 0):
        raise ValueError("the outermost node and the stretch are positive.")
    t = np.linspace(-1, 1, int(count))
    x = edge * np.sinh(stretch * t) / np.sinh(stretch)
    return (x - x[::-1]) / 2


def transform_matrix(at, energies, broadening=0.0):
    """Complex (energy, node) matrix: S(energies + i broadening) of the density's values at nodes.

    Parameters
    ----------
    at : (node,) rising nodes; the density is zero at the first and the last
    energies : (energy,) real energies
    broadening : distance from the real axis, 0 for the retarded limit

    Exact for piecewise-linear densities; second order in the spacing for smooth ones.
    """
    at, energies = np.asarray(at, float), np.asarray(energies, float)
    if at.ndim != 1 or len(at) < 3 or not (np.diff(at) > 0).all():
        raise ValueError("nodes must rise strictly, and there are three or more.")
    if broadening < 0:
        raise ValueError("the broadening must not be negative: that would be the advanced side.")
    if at.size * energies.size > _KEPT:
        return _made(at, energies, float(broadening))
    return _matrix(at.tobytes(), energies.tobytes(), float(broadening))


@lru_cache(maxsize=32)
def _matrix(at, energies, broadening):
    return _made(np.frombuffer(at), np.frombuffer(energies), broadening)


def _made(at, energies, broadening):
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


def kramers_kronig(density, at, energies, broadening=0.0):
    """The causal function of a piecewise-linear density, (..., energy) complex.

    Parameters
    ----------
    density : (..., node) values at the nodes; taken as zero at both ends
    at : (node,) nodes in eV; energies : (energy,) in eV
    broadening : imaginary part of the energies

    -Im S / pi is the density again where `energies` are nodes.
    """
    density = np.asarray(density, float)
    if density.shape[-1] != len(at):
        raise ValueError(f"there are {len(at)} nodes but {density.shape[-1]} values.")
    energies = np.atleast_1d(np.asarray(energies, float))
    block = max(_KEPT // len(at), 1)  # many energies go in pieces, so that memory stays small
    parts = [
        density @ transform_matrix(at, energies[n : n + block], broadening).T
        for n in range(0, len(energies), block)
    ]
    return np.concatenate(parts, -1)
