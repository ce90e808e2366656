"""Hydrogen rings, from closed-form integrals: uniform and dimerised.

The nuclei lie on a circle, so a ring is a chain with curvature; rotations by one cell stand for
translations, and momenta count the turns of the phase around the ring.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from .crystal import Crystal
from .gaussians import nuclear_repulsion, overlap_and_core, repulsion
from .mean_field import canonical


def hydrogen_ring(atoms: int, spacing: float) -> Crystal:
    """Return a ring of equal bonds: one band, and one momentum an atom.

    The plane-wave sums of the atomic orbitals are the exact orbitals of Hartree-Fock, because
    no two have the same momentum.

    Parameters
    ----------
    atoms
        Even number, 2 to 24.
    spacing
        Distance of neighbours, bohr, 0.5 to 12.

    Raises
    ------
    ValueError
        For an odd number of atoms (and so of electrons), or a spacing out of range.
    """
    atoms = _whole(atoms, "atoms")
    if atoms % 2:
        raise ValueError(
            f"a ring of {atoms} atoms has an odd number of electrons; choose an even number."
        )
    if not 2 <= atoms <= 24:
        raise ValueError(f"a ring has 2 to 24 atoms here, not {atoms}.")
    _check_length(spacing, "spacing")
    angles = 2 * np.pi * np.arange(atoms) / atoms
    radius = spacing / (2 * np.sin(np.pi / atoms))
    return _bloch(f"H{atoms} ring", angles[:, None], radius, {"spacing": float(spacing)})


def dimerised_ring(cells: int, short: float, long: float) -> Crystal:
    """Return a ring of hydrogen molecules: two bands, and one momentum a molecule.

    Parameters
    ----------
    cells
        Number of molecules, 2 to 12.
    short, long
        Alternating distances of neighbours, bohr, 0.5 to 12.

    Raises
    ------
    ValueError
        For lengths or numbers out of range.
    """
    cells = _whole(cells, "cells")
    if cells == 1:
        raise ValueError("one molecule is no ring; use hydrogen_ring(2, spacing).")
    if not 2 <= cells <= 12:
        raise ValueError(f"a dimerised ring has 2 to 12 cells here, not {cells}.")
    _check_length(short, "short")
    _check_length(long, "long")

    def turn(radius: float) -> float:
        return 2 * cells * (np.arcsin(short / 2 / radius) + np.arcsin(long / 2 / radius))

    # at this radius a longer bond is a diameter, so that two of them close the circle already
    smallest = max(short, long) / 2 * (1 + 1e-12)
    radius = brentq(lambda r: turn(r) - 2 * np.pi, smallest, cells * (short + long))
    inside = 2 * np.arcsin(short / 2 / radius)
    angles = 2 * np.pi * np.arange(cells)[:, None] / cells + np.array([0.0, inside])
    crystal = _bloch(
        f"(H2){cells} ring", angles, radius, {"short": float(short), "long": float(long)}
    )
    return canonical(crystal)


def _bloch(name: str, angles: np.ndarray, radius: float, lengths: dict[str, float]) -> Crystal:
    """Crystal of 1s orbitals at (cell, atom) angles on a circle, orthonormal at each momentum."""
    cells, atoms = angles.shape
    flat = angles.ravel()
    positions = radius * np.stack([np.cos(flat), np.sin(flat), 0 * flat], -1)
    overlap, core = overlap_and_core(positions)
    phase = np.exp(2j * np.pi * np.outer(np.arange(cells), np.arange(cells)) / cells)

    def by_momentum(matrix: np.ndarray) -> np.ndarray:
        """(k, p, q) from its first row of cells: sum over cells R of exp(ikR) M[0p, Rq]."""
        return np.einsum("kR,pRq->kpq", phase, matrix[:atoms].reshape(atoms, cells, atoms))

    two = repulsion(positions, range(atoms)).reshape(atoms, *(cells, atoms) * 3)
    two = np.einsum("pAqBrCs,yA,zB,wC->yzwpqrs", two, phase, phase.conj(), phase, optimize=True)
    k1, k2, k3 = np.indices((cells,) * 3)
    two = two[k2, k3, (k1 - k2 + k3) % cells] / cells
    values, vectors = np.linalg.eigh(by_momentum(overlap))
    root = np.einsum("kpa,ka,kqa->kpq", vectors, values**-0.5, vectors.conj())
    crystal = Crystal(
        name=name,
        mesh=(cells,),
        one_body=by_momentum(core),
        two_body=two,
        core_energy=nuclear_repulsion(positions),
        electrons=cells * atoms,
        unit="atom",
        units=cells * atoms,
        provenance={"basis": "STO-3G", "geometry": "ring", **lengths},
    )
    return crystal.rotate(root)


def _whole(value: float, name: str) -> int:
    if int(value) != value:
        raise ValueError(f"{name} must be a whole number, not {value}.")
    return int(value)


def _check_length(value: float, name: str) -> None:
    if not 0.5 <= value <= 12:
        raise ValueError(f"{name} must lie between 0.5 and 12 bohr, not {value}.")
