"""Integrals of hydrogen's 1s orbital in STO-3G: closed forms, no quantum-chemistry package.

Every orbital is a sum of three spherical Gaussians, for which all integrals are known (S. F. Boys,
Proc. R. Soc. A 200, 542 (1950)); exponents and coefficients are those of W. J. Hehre,
R. F. Stewart and J. A. Pople, J. Chem. Phys. 51, 2657 (1969), scaled by 1.24.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import erf

EXPONENTS = np.array([3.42525091, 0.62391373, 0.16885540])  # 1 / bohr^2
COEFFICIENTS = np.array([0.15432897, 0.53532814, 0.44463454])
_WEIGHTS = COEFFICIENTS * (2 * EXPONENTS / np.pi) ** 0.75
_SUM = EXPONENTS[:, None] + EXPONENTS
_RATIO = EXPONENTS[:, None] * EXPONENTS / _SUM
_PAIR = _WEIGHTS[:, None] * _WEIGHTS


def overlap_and_core(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return overlap and core Hamiltonian of protons that carry one 1s orbital each.

    Parameters
    ----------
    positions
        Shape (atom, 3), bohr.

    Returns
    -------
    overlap, core : numpy.ndarray
        Shape (atom, atom); the core Hamiltonian is kinetic energy plus the attraction by all
        protons, hartree.
    """
    apart = ((positions[:, None] - positions) ** 2).sum(-1)[..., None, None]
    base = _PAIR * (np.pi / _SUM) ** 1.5 * np.exp(-_RATIO * apart)
    core = _RATIO * (3 - 2 * _RATIO * apart) * base
    centres = _centres(positions)
    factor = _PAIR * 2 * np.pi / _SUM * np.exp(-_RATIO * apart)
    for proton in positions:
        core = core - factor * _boys(_SUM * ((centres - proton) ** 2).sum(-1))
    return base.sum((-2, -1)), core.sum((-2, -1))


def repulsion(positions: np.ndarray, first: Sequence[int]) -> np.ndarray:
    """Return the electron repulsion (ij|kl), in chemists' order, for the orbitals i in `first`.

    Parameters
    ----------
    positions
        Shape (atom, 3), bohr.
    first
        Numbers of orbitals.

    Returns
    -------
    numpy.ndarray
        Shape (len(first), atom, atom, atom), hartree.
    """
    apart = ((positions[:, None] - positions) ** 2).sum(-1)[..., None, None]
    pair = _PAIR * np.exp(-_RATIO * apart) / _SUM
    centres = _centres(positions)
    total = _SUM[:, :, None, None] + _SUM
    reduced = _SUM[:, :, None, None] * _SUM / total
    atoms = len(positions)
    found = np.empty((len(first), atoms, atoms, atoms))
    for n, i in enumerate(first):
        for j in range(atoms):
            away = ((centres[i, j][:, :, None, None] - centres[..., None, None, :, :, :]) ** 2).sum(
                -1
            )
            value = _boys(reduced * away) / np.sqrt(total)
            found[n, j] = np.einsum("ab,klcd,klabcd->kl", pair[i, j], pair, value)
    return 2 * np.pi**2.5 * found


def nuclear_repulsion(positions: np.ndarray) -> float:
    """Return the repulsion of unit charges, hartree, at positions of shape (atom, 3) in bohr."""
    apart = np.sqrt(((positions[:, None] - positions) ** 2).sum(-1))
    return float((1 / apart[np.triu_indices(len(positions), 1)]).sum())


def _centres(positions: np.ndarray) -> np.ndarray:
    """Centres of products of two Gaussians, shape (atom, atom, 3 primitives, 3 primitives, xyz)."""
    left = EXPONENTS[:, None, None] * positions[:, None, None, None, :]
    right = EXPONENTS[None, :, None] * positions[None, :, None, None, :]
    return (left + right) / _SUM[..., None]


def _boys(t: np.ndarray) -> np.ndarray:
    """Boys's function of order zero: the integral of exp(-t x^2) from 0 to 1."""
    root = np.sqrt(np.maximum(t, 1e-14))
    return np.where(t < 1e-7, 1 - t / 3, np.sqrt(np.pi) / 2 * erf(root) / root)
