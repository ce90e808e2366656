"""The usual methods of chemistry for the same rings, by PySCF (extra `[pbc]`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class CoupledCluster:
    """What the usual methods say of a ring; nan where an iteration did not converge.

    Attributes
    ----------
    hartree_fock, ccsd, ccsd_t : float
        Hartree, total.
    removal, addition : float
        Least energies to take out and to put in one electron by EOM-CCSD, hartree; nan where they
        were not asked for.
    """

    hartree_fock: float
    ccsd: float
    ccsd_t: float
    removal: float
    addition: float


def coupled_cluster(atoms: int, spacing: float, equation_of_motion: bool = False) -> CoupledCluster:
    """Return Hartree-Fock, CCSD, CCSD(T) and EOM-CCSD of a hydrogen ring in STO-3G.

    The Hartree-Fock solution is the one of the plane waves, which is the start of all our
    determinants, also where another one lies lower.

    Parameters
    ----------
    atoms
        Number of atoms.
    spacing
        Distance of neighbours, bohr.
    equation_of_motion
        Whether the energies of one electron less and one more are computed too.

    Raises
    ------
    RuntimeError
        Without PySCF.
    """
    try:
        from pyscf import cc, gto, scf
    except ImportError as error:
        raise RuntimeError(
            "coupled cluster is computed with PySCF: pip install 'qmlcourse[pbc]' first."
        ) from error
    angles = 2 * np.pi * np.arange(atoms) / atoms
    radius = spacing / 2 / np.sin(np.pi / atoms)
    places = [("H", (radius * np.cos(a), radius * np.sin(a), 0)) for a in angles]
    mol = gto.M(atom=places, basis="sto-3g", unit="B", verbose=0)
    mean_field = scf.RHF(mol)
    mean_field.conv_tol = 1e-11
    mean_field.kernel(dm0=_plane_waves(mol, atoms))
    solver = cc.RCCSD(mean_field)
    solver.verbose, solver.max_cycle, solver.conv_tol = 0, 300, 1e-9
    solver.kernel()
    ccsd = float(solver.e_tot) if solver.converged else np.nan
    triples = ccsd + float(solver.ccsd_t()) if solver.converged else np.nan
    removal = addition = np.nan
    if equation_of_motion and solver.converged:
        removal = float(np.min(solver.ipccsd(nroots=1)[0]))
        addition = float(np.min(solver.eaccsd(nroots=1)[0]))
    return CoupledCluster(float(mean_field.e_tot), ccsd, triples, removal, addition)


def _plane_waves(mol: Any, atoms: int) -> np.ndarray:
    """Density matrix of the filled plane waves of lowest momentum."""
    waves = np.exp(2j * np.pi * np.outer(np.arange(atoms), np.arange(atoms)) / atoms)
    overlap = mol.intor("int1e_ovlp")
    norm = np.einsum("jk,jl,lk->k", waves.conj(), overlap, waves).real
    pairs = atoms // 2
    turns = np.minimum(np.arange(atoms), atoms - np.arange(atoms))
    filled = np.argsort(turns, kind="stable")[:pairs]
    chosen = waves[:, filled] / np.sqrt(norm[filled])
    return (2 * chosen @ chosen.conj().T).real
