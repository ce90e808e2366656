"""Element by element: sectors, connected determinants and symmetries against Fock space."""

import numpy as np
import pytest
from fock import hamiltonian, ladders, places

from qmlcourse.nqs import Sector, connected, dimerised_ring, hartree_fock, symmetric_basis


def in_a_random_gauge(crystal):
    """The same crystal in other, complex orbitals of each momentum: nothing is real any more."""
    random = np.random.default_rng(5)
    shape = (crystal.momenta, crystal.bands, crystal.bands)
    mixed = np.linalg.qr(random.normal(size=shape) + 1j * random.normal(size=shape))[0]
    return crystal.rotate(mixed)


@pytest.fixture(scope="module")
def complex_ring():
    crystal = in_a_random_gauge(dimerised_ring(3, 1.4, 2.2))
    assert np.abs(crystal.g.imag).max() > 1e-2
    return crystal, hamiltonian(crystal)


@pytest.mark.parametrize("electrons", [(3, 3), (3, 2), (1, 4)])
def test_complex_elements_are_those_of_ladder_operators(complex_ring, electrons):
    crystal, whole = complex_ring
    for k in range(crystal.momenta):
        sector = Sector(crystal, electrons, k)
        inside = places(sector)
        known = whole[np.ix_(inside, inside)].toarray()
        known += crystal.core_energy * np.eye(len(inside))
        assert np.abs(sector.hamiltonian().toarray() - known).max() < 1e-11


def test_connected_determinants_are_the_columns_of_the_matrix(complex_ring):
    crystal, whole = complex_ring
    sector = Sector(crystal, (3, 2), 1)
    some = np.arange(0, sector.dimension, 7)
    row, up, down, value = connected(crystal, sector.up[some], sector.down[some])
    found = np.zeros((sector.dimension, len(some)), complex)
    np.add.at(found, (sector.find(up, down), row), value)
    inside = places(sector)
    known = whole[np.ix_(inside, inside[some])].toarray()
    assert np.abs(found - known).max() < 1e-11


@pytest.mark.parametrize(("cells", "parity"), [(2, 1), (3, -1)])
def test_the_parity_of_spin_exchange_is_that_of_the_operators(cells, parity):
    """Exchange of c+_p up and c+_p down, applied to the determinant of Hartree-Fock."""
    found = hartree_fock(dimerised_ring(cells, 1.4, 2.2))
    sector, n = Sector(found.crystal), found.crystal.orbitals
    place = int(sector.find(found.determinant, found.determinant)[0])
    raised = [op.T for op in ladders(2 * n)]
    filled = [p for p in range(n) if found.determinant >> p & 1]
    first = second = np.eye(4**n, 1)[:, 0]
    for p in reversed(filled):  # the vacuum is the first state; down acts first
        first, second = raised[n + p] @ first, raised[p] @ second
    for p in reversed(filled):
        first, second = raised[p] @ first, raised[n + p] @ second
    assert first @ second == parity
    assert symmetric_basis(sector, place).parities["spin exchange"] == parity
