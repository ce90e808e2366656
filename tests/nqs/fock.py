"""Operators on all occupations of a few spin orbitals, by Jordan and Wigner: a slow oracle."""

from functools import cache

import numpy as np
from scipy import sparse


@cache
def ladders(number):
    """Sparse annihilators of `number` spin orbitals, the first one slowest."""
    lower, flip = sparse.csr_array([[0.0, 1], [0, 0]]), sparse.csr_array([[1.0, 0], [0, -1]])
    found = []
    for place in range(number):
        product = sparse.eye_array(1, format="csr")
        for other in range(number):
            part = flip if other < place else lower if other == place else sparse.eye_array(2)
            product = sparse.kron(product, part, format="csr")
        found.append(product.tocsr())
    return found


def places(sector):
    """Numbers of a sector's determinants among all occupations, spin up first."""
    occupied = sector.occupations().astype(np.int64)
    return (occupied << np.arange(occupied.shape[1])[::-1]).sum(1)


def hamiltonian(crystal):
    """All of H without the core energy, normal order: c+_p c+_r c_s c_q, spin up first."""
    n = crystal.orbitals
    lower = ladders(2 * n)
    raised = [op.T.tocsr() for op in lower]
    total = sparse.csr_array((4**n, 4**n), dtype=complex)
    for p, q in zip(*np.nonzero(np.abs(crystal.h) > 1e-13), strict=True):
        for spin in (0, n):
            total = total + crystal.h[p, q] * (raised[spin + p] @ lower[spin + q])
    # what is annihilated first, c_s c_q, is shared by many elements
    taken = {(a, b): lower[a] @ lower[b] for a in range(2 * n) for b in range(2 * n) if a != b}
    for q, s in np.ndindex(n, n):
        for one in (0, n):
            for two in (0, n):
                if (two + s, one + q) not in taken:
                    continue
                left = sparse.csr_array((4**n, 4**n), dtype=complex)
                for p, r in zip(*np.nonzero(np.abs(crystal.g[:, q, :, s]) > 1e-13), strict=True):
                    if one + p != two + r:
                        element = 0.5 * crystal.g[p, q, r, s]
                        left = left + element * (raised[one + p] @ raised[two + r])
                total = total + left @ taken[two + s, one + q]
    return total
