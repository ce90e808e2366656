"""Holes and particles against PySCF's full configuration interaction and Jordan and Wigner."""

from functools import cache

import numpy as np
import pytest
from fock import ladders, places
from pyscf import ao2mo, fci, scf
from test_crystals import molecule, ring_positions

from qmlcourse import nqs
from qmlcourse.nqs.charged import bare_states, neighbour_sector


def span_energies(crystal, sector, psi, change, k, spin, pairs):
    """Energies in the span of c|psi> and c+_p c_q c|psi>, by matrices of the whole Fock space."""
    n = crystal.orbitals
    lower = ladders(2 * n)
    raised = [op.T.tocsr() for op in lower]
    state = np.zeros(4**n, complex)
    state[places(sector)] = psi
    first = n * (spin == "down")
    act = lower if change < 0 else raised
    numbers = list(sector.electrons)
    numbers[spin == "down"] += change
    total = (sector.momentum + change * k) % crystal.momenta
    other = nqs.Sector(crystal, tuple(numbers), total)
    inside = places(other)
    vectors = []
    for orbital in range(n):
        bare = act[first + orbital] @ state
        if orbital // crystal.bands == k:
            vectors.append(bare)
        if pairs:
            for start in (0, n):
                for q in range(n):
                    taken = lower[start + q] @ bare
                    vectors += [raised[start + p] @ taken for p in range(n)]
    vectors = np.array(vectors)[:, inside]  # the projection keeps the right momentum
    values, directions = np.linalg.eigh(vectors.conj() @ vectors.T)
    keep = values > 1e-7 * values.max()
    basis = (directions[:, keep] / np.sqrt(values[keep])).T @ vectors
    return np.linalg.eigvalsh(basis.conj() @ (other.hamiltonian() @ basis.T))


@pytest.mark.parametrize("spin", ["up", "down"])
@pytest.mark.parametrize("parent", ["hartree_fock", "random"])
@pytest.mark.parametrize(
    "make", [lambda: nqs.hydrogen_ring(6, 1.8), lambda: nqs.dimerised_ring(3, 1.4, 2)]
)
def test_small_spaces_are_those_of_ladder_operators(make, parent, spin):
    found = nqs.hartree_fock(make())
    crystal = found.crystal
    sector = nqs.Sector(crystal)
    psi = np.zeros(sector.dimension, complex)
    psi[sector.find(found.determinant, found.determinant)] = 1
    if parent == "random":  # near a determinant, so that spaces stay well conditioned
        random = np.random.default_rng(3)
        psi += 0.05 * (random.normal(size=len(psi)) + 1j * random.normal(size=len(psi)))
    psi /= np.linalg.norm(psi)
    energy = (psi.conj() @ (sector.hamiltonian() @ psi)).real
    orders = (1, 2) if parent == "hartree_fock" else (1,)
    for order in orders:
        bands = nqs.quasiparticle_bands(crystal, (sector, psi, energy), order, spin=spin)
        for change, energies in ((-1, bands.removal), (1, bands.addition)):
            for k in range(crystal.momenta):
                if np.isnan(energies[k]):
                    continue
                known = span_energies(crystal, sector, psi, change, k, spin, order == 2)[0]
                assert energies[k] == pytest.approx(known - energy, abs=1e-8)


@pytest.mark.parametrize("spin", ["up", "down"])
def test_bands_that_give_nothing_make_no_bare_state(spin):
    """One determinant: a hole needs a filled orbital and a particle an empty one."""
    found = nqs.hartree_fock(nqs.dimerised_ring(3, 1.4, 2.2))
    sector, filled = nqs.Sector(found.crystal), int(found.determinant)
    psi = np.zeros(sector.dimension, complex)
    psi[sector.find(found.determinant, found.determinant)] = 1
    bands = found.crystal.bands
    for k in range(found.crystal.momenta):
        here = (filled >> (k * bands)) & (2**bands - 1)
        for change, count in ((-1, here.bit_count()), (1, bands - here.bit_count())):
            other = neighbour_sector(sector, k, change, spin)
            states = bare_states(sector, other, psi, k, change, spin)
            assert states.shape == (count, other.dimension)
            assert np.linalg.norm(states, axis=1) == pytest.approx(1)
            # an amplitude of 1e-9, such as an iterative solver leaves, is no state either
            noisy = psi + 1e-9 / np.sqrt(len(psi))
            assert len(bare_states(sector, other, noisy, k, change, spin)) == count


@cache
def charged(atoms, spacing):
    """PySCF: energies of N - 1, N, N + 1 electrons, and the weight of the lowest holes."""
    mol = molecule(ring_positions(atoms, spacing))
    theirs = scf.RHF(mol).run(conv_tol=1e-12)
    one = theirs.mo_coeff.T @ theirs.get_hcore() @ theirs.mo_coeff
    two = ao2mo.kernel(mol, theirs.mo_coeff)
    solver = fci.direct_spin1.FCI()
    solver.conv_tol = 1e-12
    half, found = atoms // 2, {}
    parent, vector = solver.kernel(one, two, atoms, (half, half))
    found["gap"] = -2 * parent
    for name, down, remove in (("removal", half - 1, True), ("addition", half + 1, False)):
        values, states = solver.kernel(one, two, atoms, (half, down), nroots=2)
        found[name] = values[0] - parent
        found["gap"] += values[0]
        assert values[1] == pytest.approx(values[0], abs=1e-7)  # at opposite momenta
        act = fci.addons.des_b if remove else fci.addons.cre_b
        bare = [act(vector, atoms, (half, half), orbital) for orbital in range(atoms)]
        found[name + "_weight"] = sum(np.vdot(s, b) ** 2 for s in states for b in bare)
    return found


@pytest.mark.parametrize("spacing", [1.2, 1.8, 2.8])
def test_exact_bands_are_those_of_pyscf_with_one_electron_less_and_more(spacing):
    crystal = nqs.hydrogen_ring(6, spacing)
    theirs = charged(6, spacing)
    bands = nqs.exact_bands(crystal, nqs.exact_ground_state(crystal, momentum=0))
    assert bands.removal.min() == pytest.approx(theirs["removal"], abs=1e-6)
    assert bands.addition.min() == pytest.approx(theirs["addition"], abs=1e-6)
    assert bands.gap == pytest.approx(theirs["gap"], abs=1e-6)
    assert bands.valence.max() == -bands.removal.min()
    highest = bands.removal < bands.removal.min() + 1e-6
    lowest = bands.addition < bands.addition.min() + 1e-6
    assert (highest.sum(), lowest.sum()) == (2, 2)
    assert bands.removal_weight[highest].sum() == pytest.approx(theirs["removal_weight"], abs=1e-5)
    assert bands.addition_weight[lowest].sum() == pytest.approx(theirs["addition_weight"], abs=1e-5)


def test_the_heaviest_state_is_picked_where_a_lighter_one_lies_below():
    crystal = nqs.hydrogen_ring(6, 1.8)
    state = nqs.exact_ground_state(crystal)
    for pick, better in (("lowest", np.argmin), ("heaviest", np.argmax)):
        bands = nqs.exact_bands(crystal, state, pick=pick)
        other = nqs.Sector(crystal, (3, 2), 1)  # a hole of m = 5 leaves m = 1
        values, states = np.linalg.eigh(other.hamiltonian().toarray())
        bare = np.zeros(other.dimension)
        for place, (up, down) in enumerate(zip(state.sector.up, state.sector.down, strict=True)):
            if down >> 5 & 1:
                below = bin(int(down) & 31).count("1")
                bare[other.find(up, down ^ 32)[0]] += (-1) ** below * state.state[place]
        weights = np.abs(states.T.conj() @ bare) ** 2
        chosen = better(values) if pick == "lowest" else better(weights)
        assert bands.removal[5] == pytest.approx(values[chosen] - state.energy, abs=1e-9)
        assert bands.removal_weight[5] == pytest.approx(weights[chosen], abs=1e-9)
    deep = nqs.exact_bands(crystal, state, pick="heaviest").addition
    assert (deep >= nqs.exact_bands(crystal, state).addition - 1e-12).all()
    assert deep.max() > nqs.exact_bands(crystal, state).addition.max() + 0.01


def test_twisted_momenta_stand_where_the_recipe_put_them():
    crystal = nqs.load_crystal("chain-8")
    assert crystal.wave_vectors()[:, 0] == pytest.approx(
        [1 / 16, 3 / 16, 5 / 16, 7 / 16, -7 / 16, -5 / 16, -3 / 16, -1 / 16]
    )
    # 95 % of the way to K, at (1/3, 2/3), folded back
    assert nqs.load_crystal("graphene-2x2-95").wave_vectors()[0] == pytest.approx(
        [0.95 / 3, 0.95 * 2 / 3 - 1]
    )
