"""The Hamiltonian among the determinants of a sector, and its lowest states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from .strings import Moves

if TYPE_CHECKING:
    from .sector import Sector

_DENSE = 1200  # any value: determinants up to which a dense matrix is the fastest
_LARGEST_RESIDUAL = 1e-6  # hartree


def sector_hamiltonian(sector: Sector) -> sparse.csr_array:
    """Return the sparse Hamiltonian of a sector by Slater and Condon's rules, hartree, total.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (determinant, determinant), real where the integrals are.

    Notes
    -----
    H = sum h'_pq E_pq + 1/2 sum (pq|rs) E_pq E_rs with the excitation operators E of both spins.
    Each spin is treated among its own strings first; then an excitation of spin up times one of
    spin down, momentum by momentum: (pq|rs) without the factor 1/2, since either may come first.
    Cost and memory grow with the number of elements.
    """
    rows, columns, values = [], [], []
    for row, column, value in (*_one_spin(sector), *_both_spins(sector)):
        rows.append(row.ravel())
        columns.append(column.ravel())
        values.append(np.broadcast_to(value, row.shape).ravel())
    index = np.int32
    matrix = sparse.coo_array(
        (
            np.concatenate(values),
            (np.concatenate(rows).astype(index), np.concatenate(columns).astype(index)),
        ),
        shape=(sector.dimension,) * 2,
    ).tocsr()
    matrix.data[np.abs(matrix.data) < 1e-13] = 0
    matrix.eliminate_zeros()
    core = sparse.eye_array(sector.dimension, format="csr", dtype=matrix.dtype)
    return (matrix + sector.crystal.core_energy * core).tocsr()


def lowest_states(
    matrix: sparse.csr_array, count: int = 1, tol: float = 1e-10
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest eigenstates of a sparse Hermitian matrix.

    Parameters
    ----------
    matrix
        Shape (determinant, determinant), hartree.
    count
        How many states; all where there are fewer.
    tol
        Relative accuracy of Lanczos's iteration, which replaces the dense solution from 1,200
        determinants on.

    Returns
    -------
    energies : numpy.ndarray
        Shape (count,), hartree.
    states : numpy.ndarray
        Shape (count, determinant), normalised.

    Raises
    ------
    RuntimeError
        Where the iteration does not converge, or a residual is above 1e-6 hartree.
    """
    size = matrix.shape[0]
    count = min(count, size)
    if size <= _DENSE:
        values, vectors = np.linalg.eigh(matrix.toarray())
        return values[:count], vectors[:, :count].T
    start = np.zeros(size)
    start[matrix.diagonal().argmin()] = 1  # any value: a start near the lowest state is quick
    start += 1e-3 * np.random.default_rng(0).normal(size=size)  # any value: reaches all states
    try:
        values, vectors = eigsh(
            matrix, count, which="SA", v0=start, tol=tol, ncv=max(20, 4 * count)
        )
    except ArpackNoConvergence as error:
        raise RuntimeError(
            f"the lowest state among {size:,} determinants did not converge."
        ) from error
    order = np.argsort(values)
    values, vectors = values[order], vectors[:, order]
    wrong = np.linalg.norm(matrix @ vectors - vectors * values, axis=0).max()
    if wrong > _LARGEST_RESIDUAL:
        raise RuntimeError(
            f"a state among {size:,} determinants has the residual {wrong:.1e} hartree."
        )
    return values, vectors.T


_Elements = tuple[np.ndarray, np.ndarray, np.ndarray]


def _one_spin(sector: Sector) -> Iterator[_Elements]:
    """Rows, columns and elements of the electrons of either spin among themselves."""
    alpha, beta = sector.alpha.hamiltonian(), sector.beta.hamiltonian()
    for k in range(sector.crystal.momenta):
        ours = sector.partner == k
        size = int((sector.beta.momentum == k).sum())
        if not ours.any() or not size:
            continue
        take = ours[alpha.col]
        there = np.arange(size)
        yield (
            sector.offset[alpha.row[take], None] + there,
            sector.offset[alpha.col[take], None] + there,
            alpha.data[take, None],
        )
        take = sector.beta.momentum[beta.col] == k
        start = sector.offset[:-1][ours][:, None]
        yield (
            start + sector.rank[beta.row[take]],
            start + sector.rank[beta.col[take]],
            beta.data[take],
        )


def _both_spins(sector: Sector) -> Iterator[_Elements]:
    """Rows, columns and elements of a collision of spin up with spin down."""
    for a, b in _pairs(sector):
        g = sector.crystal.g[a.p[:, None], a.q[:, None], b.p, b.q]
        value = g * (a.sign[:, None] * b.sign)
        row = sector.offset[a.new][:, None] + sector.rank[b.new]
        column = sector.offset[a.old][:, None] + sector.rank[b.old]
        some = np.abs(value) > 1e-14
        yield row[some], column[some], value[some]


def _pairs(sector: Sector) -> Iterator[tuple[Moves, Moves]]:
    """Excitations of spin up and of spin down that together keep the total momentum."""
    crystal = sector.crystal
    up, down = sector.alpha.excitations, sector.beta.excitations
    for k in range(crystal.momenta):
        for transfer in range(crystal.momenta):
            back = int(crystal.subtract(0, transfer))
            a = up.only((sector.partner[up.old] == k) & (up.transfer == transfer))
            b = down.only((sector.beta.momentum[down.old] == k) & (down.transfer == back))
            if len(a.old) and len(b.old):
                yield a, b
