"""Restricted Hartree-Fock at fixed momenta: the usual starting point and our orbitals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .crystal import Crystal


@dataclass(frozen=True, eq=False)
class MeanField:
    """Hartree-Fock solution of a closed shell.

    Attributes
    ----------
    energy : float
        Total, hartree.
    levels : numpy.ndarray
        Orbital energies, shape (momentum, band), hartree, ascending in the band.
    occupied : numpy.ndarray
        Which orbitals are filled, bool, shape (momentum, band).
    crystal : Crystal
        The same crystal in canonical orbitals.
    """

    energy: float
    levels: np.ndarray
    occupied: np.ndarray
    crystal: Crystal

    @property
    def momentum(self) -> int:
        """Return the index of the determinant's total momentum: each filled level counts twice."""
        filled = np.nonzero(self.occupied)[0]
        return int(self.crystal.index(2 * self.crystal.steps[filled].sum(0)))

    @property
    def determinant(self) -> int:
        """Return the bit mask of the occupied orbitals of either spin."""
        return int(sum(1 << int(n) for n in np.nonzero(self.occupied.ravel())[0]))


def hartree_fock(
    crystal: Crystal, electrons: int | None = None, tol: float = 1e-8, max_steps: int = 2000
) -> MeanField:
    """Return the restricted Hartree-Fock solution with orbitals of definite momentum.

    Parameters
    ----------
    crystal
        Has the integrals.
    electrons
        Even number; default that of the neutral crystal.
    tol
        Largest change of the density matrix in the last step.
    max_steps
        Most steps of the iteration.

    Raises
    ------
    ValueError
        For an odd number of electrons, or an open shell (the highest occupied and the lowest empty
        level coincide).
    RuntimeError
        Without convergence.
    """
    electrons = crystal.electrons if electrons is None else electrons
    pairs, odd = divmod(electrons, 2)
    if odd or not 0 < pairs <= crystal.orbitals:
        raise ValueError(
            f"Hartree-Fock of {crystal.name} needs an even number of 2 to {2 * crystal.orbitals} "
            f"electrons, not {electrons}."
        )
    n, b = crystal.momenta, crystal.bands
    orbitals = np.linalg.eigh(crystal.one_body)[1]
    levels = np.linalg.eigvalsh(crystal.one_body)
    density = _density(orbitals, _lowest(levels, pairs))
    for step in range(max_steps):
        fock = _fock(crystal, density)
        levels, orbitals = np.linalg.eigh(fock)
        occupied = _lowest(levels, pairs)
        new = _density(orbitals, occupied)
        change = np.abs(new - density).max()
        density = new if change < 1e-3 and step > 20 else 0.6 * new + 0.4 * density
        if change < tol:
            break
    else:
        raise RuntimeError(
            f"Hartree-Fock of {crystal.name} did not settle in {max_steps} steps; the last change "
            f"was {change:.1e}."
        )
    touching = pairs < n * b and levels[~occupied].min() - levels[occupied].max() < 1e-7
    if touching or not _even(crystal, occupied):
        raise ValueError(
            f"{crystal.name} with {electrons} electrons is an open shell: its highest occupied "
            "and lowest empty levels coincide. A ring of 4n + 2 electrons is closed."
        )
    density = _density(orbitals, occupied)
    fock = _fock(crystal, density)
    energy = crystal.core_energy + 0.5 * np.einsum("kpq,kpq->", crystal.one_body + fock, density)
    return MeanField(float(energy.real), levels, occupied, crystal.rotate(orbitals))


def canonical(crystal: Crystal) -> Crystal:
    """Return the crystal in its own Hartree-Fock orbitals; as it is when the shell is open."""
    try:
        return hartree_fock(crystal).crystal
    except ValueError:
        return crystal


def _even(crystal: Crystal, occupied: np.ndarray) -> bool:
    """As many filled bands at -k as at k, where the mesh holds both."""
    twice = 2 * np.array(crystal.twist)
    if np.abs(twice - twice.round()).max() > 1e-9:
        return True
    back = crystal.index(-crystal.steps - twice.round().astype(int))
    return bool((occupied.sum(1) == occupied.sum(1)[back]).all())


def _lowest(levels: np.ndarray, pairs: int) -> np.ndarray:
    mask = np.zeros(levels.size, bool)
    mask[np.argsort(levels, axis=None, kind="stable")[:pairs]] = True
    return mask.reshape(levels.shape)


def _density(orbitals: np.ndarray, occupied: np.ndarray) -> np.ndarray:
    """Expectation of c+_p c_q at each momentum, both spins, shape (momentum, p, q)."""
    return 2 * np.einsum("kpa,ka,kqa->kpq", orbitals.conj(), occupied.astype(float), orbitals)


def _fock(crystal: Crystal, density: np.ndarray) -> np.ndarray:
    n = np.arange(crystal.momenta)
    k, q = np.meshgrid(n, n, indexing="ij")
    direct = crystal.two_body[k, k, q]  # (k, q, p, r, s, t): (kp kr | qs qt)
    exchange = crystal.two_body[k, q, q]  # (kp qs | qt kr)
    return (
        crystal.one_body
        + np.einsum("kqprst,qst->kpr", direct, density)
        - 0.5 * np.einsum("kqpstr,qts->kpr", exchange, density)
    )
