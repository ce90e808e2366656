"""Bands: Koopmans and extended Koopmans, bounds, exact neighbours, symmetry."""

import numpy as np
import pytest

from qmlcourse.nqs import (
    RBM,
    Sector,
    dimerised_ring,
    exact_bands,
    exact_ground_state,
    ground_state,
    hartree_fock,
    hydrogen_ring,
    koopmans_bands,
    quasiparticle_bands,
)

RING = hydrogen_ring(6, 1.8)
STATE = exact_ground_state(RING)
EXACT = exact_bands(RING, STATE)


def test_published_bands_of_the_ring_of_six():
    """The values of an independent program, and of exact diagonalisation with N -+ 1."""
    assert EXACT.valence[[0, 1, 5]] == pytest.approx([-0.70726, -0.43497, -0.43497], abs=2e-5)
    assert EXACT.conduction[[2, 3, 4]] == pytest.approx([0.51742, 0.95988, 0.51742], abs=2e-5)
    simple = quasiparticle_bands(RING, STATE)
    assert simple.valence[:2] == pytest.approx([-0.79316, -0.46339], abs=2e-5)
    assert simple.conduction[2:4] == pytest.approx([0.54268, 1.14463], abs=2e-5)
    assert simple.removal_weight[:2] == pytest.approx([0.993, 0.978], abs=1e-3)
    assert simple.gap == pytest.approx(1.00607, abs=2e-5)
    pairs = quasiparticle_bands(RING, STATE, 2)
    assert pairs.gap == pytest.approx(EXACT.gap, abs=1e-3)
    assert pairs.gap == pytest.approx(0.95240, abs=2e-5)


@pytest.mark.parametrize("crystal", [RING, dimerised_ring(3, 1.4, 2.2)])
def test_on_the_hartree_fock_determinant_the_bands_are_koopmans(crystal):
    found = hartree_fock(crystal)
    sector = Sector(found.crystal)
    psi = np.zeros(sector.dimension)
    psi[sector.find(found.determinant, found.determinant)[0]] = 1
    bands = quasiparticle_bands(found.crystal, (sector, psi, found.energy))
    theirs = koopmans_bands(crystal)
    for ours, known in ((bands.removal, theirs.removal), (bands.addition, theirs.addition)):
        here = ~np.isnan(known)
        assert ours[here] == pytest.approx(known[here], abs=1e-9)
        assert np.isnan(ours[~here]).all()


@pytest.mark.parametrize("crystal", [RING, dimerised_ring(3, 1.4, 2.2), hydrogen_ring(6, 3.0)])
def test_subspace_energies_lie_above_the_exact_ones_and_pairs_bring_them_down(crystal):
    crystal = hartree_fock(crystal).crystal
    state = exact_ground_state(crystal)
    exact = exact_bands(crystal, state)
    one = quasiparticle_bands(crystal, state, 1)
    two = quasiparticle_bands(crystal, state, 2)
    for side in ("removal", "addition"):
        a, b, c = (getattr(bands, side) for bands in (exact, two, one))
        assert (a < b + 1e-8).all()
        assert (b < c + 1e-8).all()
    assert one.gap > exact.gap
    assert two.gap == pytest.approx(exact.gap, abs=1e-3)


def test_spin_and_direction_do_not_matter():
    up = quasiparticle_bands(RING, STATE, 1, spin="up")
    down = quasiparticle_bands(RING, STATE, 1, spin="down")
    assert up.removal == pytest.approx(down.removal, abs=1e-9)
    assert down.removal[1] == pytest.approx(down.removal[5], abs=1e-9)
    assert down.addition[2] == pytest.approx(down.addition[4], abs=1e-9)


def test_bare_weights_of_a_momentum_add_up_to_two_spins_of_one():
    bands = quasiparticle_bands(RING, STATE)
    assert bands.removal_weight + bands.addition_weight == pytest.approx(np.ones(6), abs=1e-9)
    assert bands.removal_weight.sum() == pytest.approx(3, abs=1e-9)  # electrons of one spin


def test_a_trained_state_gives_the_bands_of_the_exact_one():
    state = ground_state(RING, RBM, seed=0)
    for order in (1, 2):
        trained, known = (quasiparticle_bands(RING, s, order) for s in (state, STATE))
        assert trained.removal == pytest.approx(known.removal, abs=1e-5)
        assert trained.addition == pytest.approx(known.addition, abs=1e-5)


def test_wrong_wishes_are_told():
    with pytest.raises(ValueError, match="order must be 1 or 2"):
        quasiparticle_bands(RING, STATE, 3)
    with pytest.raises(ValueError, match="belongs to"):
        quasiparticle_bands(hydrogen_ring(4, 1.8), STATE)
