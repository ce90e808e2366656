"""Integrals of rings against PySCF and published numbers; stored crystals; bad input."""

import numpy as np
import pytest
from pyscf import ao2mo, gto, scf

from qmlcourse.nqs import dimerised_ring, hartree_fock, hydrogen_ring, read_crystal
from qmlcourse.nqs.gaussians import nuclear_repulsion, overlap_and_core, repulsion


def ring_positions(atoms, spacing):
    angles = 2 * np.pi * np.arange(atoms) / atoms
    radius = spacing / 2 / np.sin(np.pi / atoms)
    return radius * np.stack([np.cos(angles), np.sin(angles), 0 * angles], -1)


def molecule(positions):
    atoms = [("H", tuple(place)) for place in positions]
    return gto.M(atom=atoms, basis="sto-3g", unit="B", verbose=0)


def test_integrals_of_scattered_atoms_are_those_of_pyscf():
    positions = np.random.default_rng(1).normal(size=(6, 3)) * 2
    mol = molecule(positions)
    overlap, core = overlap_and_core(positions)
    assert np.abs(overlap - mol.intor("int1e_ovlp")).max() < 1e-7
    assert np.abs(core - scf.hf.get_hcore(mol)).max() < 1e-6
    mine = repulsion(positions, range(6))
    assert np.abs(mine - mol.intor("int2e")).max() < 1e-7
    assert nuclear_repulsion(positions) == pytest.approx(mol.energy_nuc(), abs=1e-12)


@pytest.mark.parametrize(("atoms", "spacing"), [(2, 1.4), (6, 1.0), (6, 2.4), (10, 1.8)])
def test_plane_waves_are_the_orbitals_of_hartree_fock(atoms, spacing):
    theirs = scf.RHF(molecule(ring_positions(atoms, spacing))).run(conv_tol=1e-12)
    ours = hartree_fock(hydrogen_ring(atoms, spacing))
    assert ours.energy == pytest.approx(theirs.e_tot, abs=1e-8)
    assert np.sort(ours.levels.ravel()) == pytest.approx(np.sort(theirs.mo_energy), abs=1e-6)
    assert ours.momentum == 0


def test_a_dimerised_ring_has_the_integrals_of_its_atoms():
    crystal = dimerised_ring(3, 1.4, 2.2)
    assert hartree_fock(crystal).energy == pytest.approx(-3.218619, abs=1e-6)
    g = crystal.g
    assert np.abs(g - g.transpose(2, 3, 0, 1)).max() < 1e-12
    assert np.abs(g - g.transpose(1, 0, 3, 2).conj()).max() < 1e-12


def test_equal_bonds_make_the_uniform_ring():
    pairs, ring = dimerised_ring(3, 1.8, 1.8), hydrogen_ring(6, 1.8)
    assert hartree_fock(pairs).energy == pytest.approx(hartree_fock(ring).energy, abs=1e-9)


def test_integrals_in_momentum_space_are_those_of_real_space():
    crystal, mol = hydrogen_ring(6, 2.0), molecule(ring_positions(6, 2.0))
    overlap, _ = overlap_and_core(ring_positions(6, 2.0))
    waves = np.exp(2j * np.pi * np.outer(np.arange(6), np.arange(6)) / 6)
    norm = np.einsum("jk,jl,lk->k", waves.conj(), overlap, waves).real
    waves = waves / np.sqrt(norm)
    core = waves.conj().T @ scf.hf.get_hcore(mol) @ waves
    assert np.abs(core - crystal.h).max() < 1e-6
    eri = ao2mo.restore(1, mol.intor("int2e"), 6)
    eri = np.einsum("ijkl,ip,jq,kr,ls->pqrs", eri, waves.conj(), waves, waves.conj(), waves)
    assert np.abs(eri - crystal.g).max() < 1e-7


def test_a_stored_crystal_comes_back_and_a_damaged_one_is_named(tmp_path):
    crystal = hydrogen_ring(4, 2.0)
    path = tmp_path / "ring.npz"
    crystal.save(path)
    back = read_crystal(path)
    assert (back.name, back.mesh, back.electrons) == ("H4 ring", (4,), 4)
    assert np.array_equal(back.two_body, crystal.two_body)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match="not a stored crystal, or it is damaged"):
        read_crystal(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: hydrogen_ring(5, 1.8), "odd number of electrons"),
        (lambda: hydrogen_ring(6, 0.1), "between 0.5 and 12 bohr"),
        (lambda: hydrogen_ring(6.5, 1.8), "whole number"),
        (lambda: hydrogen_ring(40, 1.8), "2 to 24 atoms"),
        (lambda: dimerised_ring(1, 1.4, 2.0), "no ring"),
        (lambda: hartree_fock(hydrogen_ring(4, 1.8)), "open shell"),
        (lambda: hartree_fock(hydrogen_ring(6, 1.8), 5), "even number"),
    ],
)
def test_bad_input_is_told_in_one_sentence(make, words):
    with pytest.raises(ValueError, match=words):
        make()
