"""Sectors and exact ground states against PySCF's full configuration interaction."""

import numpy as np
import pytest
from pyscf import fci, scf
from test_crystals import molecule, ring_positions

from qmlcourse.nqs import (
    Sector,
    count_determinants,
    dimerised_ring,
    exact_ground_state,
    hartree_fock,
    hydrogen_ring,
    plain_basis,
    symmetric_basis,
)

GEOMETRIES = [
    (2, 1.4),
    (4, 1.5),
    (4, 2.5),
    (6, 1.0),
    (6, 1.8),
    (6, 2.4),
    (6, 3.2),
    (6, 4.0),
    (8, 1.6),
    (8, 2.6),
]


@pytest.mark.parametrize(("atoms", "spacing"), GEOMETRIES)
def test_exact_energies_are_those_of_fci(atoms, spacing):
    theirs = scf.RHF(molecule(ring_positions(atoms, spacing))).run()
    energy = fci.FCI(theirs).kernel()[0]
    found = exact_ground_state(hydrogen_ring(atoms, spacing))
    # PySCF may stop at a higher root of an open shell; ours is never above it
    assert found.energy < energy + 1e-7
    if atoms % 4 == 2:
        assert found.energy == pytest.approx(energy, abs=1e-7)
    assert isinstance(found.energy, float)


@pytest.mark.parametrize("crystal", [hydrogen_ring(4, 1.9), dimerised_ring(2, 1.4, 2.3)])
def test_all_energies_of_all_momenta_are_those_of_the_dense_matrix(crystal):
    """Jordan and Wigner's matrices, product by product, for four orbitals."""
    n = crystal.orbitals
    single = np.array([[0, 1], [0, 0]])
    operators = []
    for place in range(2 * n):
        parts = [np.diag([1, -1])] * place + [single] + [np.eye(2)] * (2 * n - place - 1)
        product = np.eye(1)
        for part in parts:
            product = np.kron(product, part)
        operators.append(product)
    dense = np.zeros((4**n, 4**n), complex)
    excite = [
        [[operators[s * n + p].T @ operators[s * n + q] for q in range(n)] for p in range(n)]
        for s in range(2)
    ]
    for p in range(n):
        for q in range(n):
            both = excite[0][p][q] + excite[1][p][q]
            dense += crystal.h[p, q] * both
            for r in range(n):
                for s in range(n):
                    if abs(crystal.g[p, q, r, s]) > 1e-14:
                        other = excite[0][r][s] + excite[1][r][s]
                        dense += 0.5 * crystal.g[p, q, r, s] * (both @ other)
                        if q == r:
                            dense -= (
                                0.5 * crystal.g[p, q, r, s] * (excite[0][p][s] + excite[1][p][s])
                            )
    up = sum(excite[0][p][p] for p in range(n)).diagonal()
    down = sum(excite[1][p][p] for p in range(n)).diagonal()
    for electrons in ((2, 2), (2, 1), (3, 2)):
        keep = (up == electrons[0]) & (down == electrons[1])
        whole = np.linalg.eigvalsh(dense[np.ix_(keep, keep)]) + crystal.core_energy
        ours = [
            np.linalg.eigvalsh(Sector(crystal, electrons, k).hamiltonian().toarray())
            for k in range(crystal.momenta)
        ]
        assert np.sort(np.concatenate(ours)) == pytest.approx(whole, abs=1e-10)


def test_published_sizes_and_energies():
    assert Sector(hydrogen_ring(6, 1.8)).dimension == 68
    ten = Sector(hydrogen_ring(10, 1.8))
    assert ten.dimension == 6352
    assert ten.ground_state()[0][0] == pytest.approx(-5.387103213, abs=2e-8)
    assert exact_ground_state(hydrogen_ring(6, 1.8)).energy == pytest.approx(-3.235025491, abs=1e-8)
    assert exact_ground_state(hydrogen_ring(2, 1.4)).energy == pytest.approx(-1.137276, abs=1e-6)
    assert Sector(dimerised_ring(3, 1.4, 2.2)).dimension == 136


@pytest.mark.parametrize("crystal", [hydrogen_ring(6, 1.8), dimerised_ring(3, 1.4, 2.2)])
def test_the_reference_determinant_has_the_energy_of_hartree_fock(crystal):
    found = hartree_fock(crystal)
    sector = Sector(found.crystal)
    place = sector.find(found.determinant, found.determinant)[0]
    assert sector.hamiltonian()[place, place].real == pytest.approx(found.energy, abs=1e-11)
    assert abs(sector.hamiltonian() - sector.hamiltonian().conj().T).max() < 1e-12


def test_the_cell_is_a_matter_of_taste():
    pairs = exact_ground_state(dimerised_ring(3, 2.0, 2.0))
    assert pairs.energy == pytest.approx(exact_ground_state(hydrogen_ring(6, 2.0)).energy, abs=1e-9)


def test_opposite_momenta_have_equal_energies():
    energies = exact_ground_state(hydrogen_ring(6, 1.8)).energies
    assert energies[1] == pytest.approx(energies[5], abs=1e-9)
    assert energies[2] == pytest.approx(energies[4], abs=1e-9)


def test_symmetry_keeps_the_ground_state_and_only_its_parity():
    found = hartree_fock(hydrogen_ring(10, 2.4))
    sector = Sector(found.crystal)
    place = int(sector.find(found.determinant, found.determinant)[0])
    basis = symmetric_basis(sector, place)
    assert basis.size == 1682
    assert set(basis.parities) == {"spin exchange", "inversion"}
    exact = sector.ground_state()[0][0]
    small = np.linalg.eigvalsh(basis.matrix.toarray())
    assert small[0] == pytest.approx(exact, abs=1e-9)
    unit = basis.map.T @ basis.map
    assert abs(unit - np.eye(basis.size)).max() < 1e-12
    vector = np.random.default_rng(0).normal(size=basis.size)
    whole = basis.expand(vector)
    assert basis.expand(basis.matrix @ vector) == pytest.approx(
        sector.hamiltonian() @ whole, abs=1e-9
    )
    assert plain_basis(sector).size == sector.dimension


@pytest.mark.parametrize("momentum", [0, 1])
def test_determinants_are_counted_without_a_list(momentum):
    for crystal in (hydrogen_ring(6, 1.8), dimerised_ring(3, 1.4, 2.2)):
        for electrons in (None, (3, 2)):
            listed = Sector(crystal, electrons, momentum).dimension
            assert count_determinants(crystal, electrons, momentum) == listed


def test_positions_of_determinants_are_found_or_denied():
    sector = Sector(hydrogen_ring(6, 1.8), momentum=2)
    assert np.array_equal(sector.find(sector.up, sector.down), np.arange(sector.dimension))
    other = Sector(hydrogen_ring(6, 1.8), momentum=1)
    assert (sector.find(other.up, other.down) == -1).all()
    assert sector.find(0b1111, 0b111)[0] == -1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda c: Sector(c, 5), "equal spins"),
        (lambda c: Sector(c, (7, 3)), "cannot hold"),
        (lambda c: Sector(c, 6, 6), "momenta 0 to 5"),
        (lambda c: Sector(c, (0, 0), 1), "no determinant"),
        (lambda c: Sector(hydrogen_ring(18, 2.0)), "more than the 400,000"),
    ],
)
def test_a_sector_that_cannot_be_is_told(make, words):
    with pytest.raises(ValueError, match=words):
        make(hydrogen_ring(6, 1.8))
