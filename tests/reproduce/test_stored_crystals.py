"""The shipped crystals: mean field against PySCF, energies of an independent trial, bad names."""

import numpy as np
import pytest

from qmlcourse.nqs import (
    CRYSTALS,
    RBM,
    Sector,
    exact_bands,
    exact_ground_state,
    ground_state,
    hartree_fock,
    load_crystal,
    quasiparticle_bands,
    read_crystal,
)
from qmlcourse.reproduce.nqs_bands.crystals import make
from qmlcourse.storage import shipped

# hartree per atom, full configuration interaction by another program
CHAINS = {"chain-6": -0.486133, "chain-8": -0.474821, "chain-10": -0.472885}
SIZES = {
    "chain-6": 68,
    "chain-8": 618,
    "chain-10": 6352,
    "polyacetylene-3": 136,
    "polyacetylene-4": 1236,
    "polyacetylene-5": 12704,
}


@pytest.mark.parametrize("name", list(CRYSTALS))
def test_the_stored_integrals_give_the_mean_field_of_pyscf(name):
    crystal = load_crystal(name)
    reference = crystal.provenance["reference_hartree_per_cell"]["hartree_fock"]
    found = hartree_fock(crystal)
    assert found.energy / crystal.momenta == pytest.approx(reference, abs=1e-8)
    command = shipped.about(f"crystal_{name.replace('-', '_')}")["command"]
    assert command.startswith("qmlcourse crystals")
    whole = crystal.g
    assert np.abs(whole - whole.transpose(2, 3, 0, 1)).max() < 1e-6
    assert np.abs(whole - whole.transpose(1, 0, 3, 2).conj()).max() < 1e-6


@pytest.mark.parametrize("name", CHAINS)
def test_chains_have_the_energies_of_an_independent_program(name):
    crystal = load_crystal(name)
    found = hartree_fock(crystal)
    sector = Sector(found.crystal, momentum=found.momentum)
    assert sector.dimension == SIZES[name]
    energy = exact_ground_state(found.crystal, momentum=found.momentum).energy
    assert energy / crystal.units == pytest.approx(CHAINS[name], abs=1e-6)


@pytest.mark.parametrize("name", [n for n in SIZES if n.startswith("poly")])
def test_sizes_of_the_polymer(name):
    found = hartree_fock(load_crystal(name))
    assert Sector(found.crystal, momentum=found.momentum).dimension == SIZES[name]


def test_coupled_cluster_is_near_where_it_should_be():
    """CCSD(T) of PySCF, from its own integrals, is within 0.3 mHa a cell of our exact energy."""
    for name in ("polyacetylene-3", "graphene-2x2", "lih-2x1x1"):
        crystal = load_crystal(name)
        found = hartree_fock(crystal)
        exact = exact_ground_state(found.crystal, momentum=found.momentum).energy
        triples = crystal.provenance["reference_hartree_per_cell"]["ccsd_t"]
        assert exact / crystal.momenta == pytest.approx(triples, abs=3e-4)


def test_the_polymer_is_trained_and_its_gap_is_right_to_a_millihartree():
    crystal = load_crystal("polyacetylene-3")
    found = ground_state(crystal, RBM, seed=0)
    own = found.basis.sector.crystal
    exact = exact_ground_state(own, momentum=found.basis.sector.momentum)
    assert exact.energy - 1e-9 < found.energy < exact.energy + 3 * 1e-4
    true = exact_bands(own, exact).gap
    assert quasiparticle_bands(own, found, 2).gap == pytest.approx(true, abs=1e-3)
    assert quasiparticle_bands(own, found, 1).gap > true + 0.01


@pytest.mark.delivery(3, of="stored results")
@pytest.mark.filterwarnings("ignore")  # PySCF's own
def test_a_crystal_is_made_again_by_its_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = make("polyacetylene-3", tmp_path / "out", log=lambda text: None)
    fresh, stored = hartree_fock(read_crystal(path)), hartree_fock(load_crystal("polyacetylene-3"))
    assert fresh.levels == pytest.approx(stored.levels, abs=1e-6)
    one, two = (exact_ground_state(f.crystal, momentum=f.momentum).energy for f in (fresh, stored))
    assert one == pytest.approx(two, abs=1e-6)
    kept = fresh.crystal.provenance["reference_hartree_per_cell"]
    known = stored.crystal.provenance["reference_hartree_per_cell"]
    assert kept["ccsd_t"] == pytest.approx(known["ccsd_t"], abs=1e-6)
    assert sorted(place.name for place in tmp_path.iterdir()) == ["out"]  # no scratch files


def test_an_unknown_crystal_is_told():
    with pytest.raises(ValueError, match="no crystal 'diamond' is shipped; there is chain-6"):
        load_crystal("diamond")
