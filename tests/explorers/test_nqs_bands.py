"""The explorers of chapter 6, driven without a browser: controls, numbers, players, questions."""

import numpy as np
import pytest
import torch
from explorer_checks import ExplorerChecks, check_player

from qmlcourse.explorers import nqs_bands as nqs
from qmlcourse.nqs import exact_ground_state, hydrogen_ring

torch.set_num_threads(1)


class TestExplorers(ExplorerChecks):
    room = nqs


def test_allowed_pairs_keep_the_momentum():
    explorer = nqs.HydrogenRingExplorer(atoms=6, up=1, down=2)
    data = explorer.data
    rows, columns = np.nonzero(np.nan_to_num(data["coupling"]) > 1e-12)
    assert len(rows) == data["allowed"] == 2
    assert ((rows + columns - data["a"] - data["b"]) % 6 == 0).all()
    assert data["dimension"] == 68
    explorer.atoms = 10
    assert explorer.data["dimension"] == 6352


def test_coupled_cluster_falls_below_and_the_network_does_not():
    explorer = nqs.BreakingExplorer(spacing=3.6)
    explorer.refresh()
    assert explorer.wait(60)
    table = explorer.table(explorer.data, explorer.state())
    at = explorer.data["at"]
    assert table["spacing_bohr"][at] == pytest.approx(3.6)
    exact = exact_ground_state(hydrogen_ring(6, 3.6)).energy / 6
    assert table["exact_hartree_per_atom"][at] == pytest.approx(exact, abs=1e-8)
    assert table["ccsd_t_hartree_per_atom"][at] < exact - 0.01
    assert exact - 1e-10 < explorer.data["network"] < exact + 2e-5
    assert "network <b>" in explorer.readout


def test_reconfiguration_arrives_where_the_gradient_does_not():
    explorer = nqs.StateTrainingExplorer(steps=120)
    explorer.refresh()
    good = explorer.data["error"][-1]
    assert 0 <= good < 6e-5
    assert explorer.data["overlap"] > 0.9999
    explorer.method = "gradient"
    assert explorer.data["error"][-1] > 10 * good
    explorer.method = "newton"
    assert explorer.data["error"][-1] < 1e-6
    explorer.symmetric = True
    assert explorer.data["amplitudes"] == 26


def test_the_player_runs_and_goes_back():
    check_player(nqs.StateTrainingExplorer(steps=0), 3)


def test_batches_scatter_less_than_the_variance_says_when_the_tail_is_not_drawn():
    explorer = nqs.SamplingExplorer(log_draws=8)
    data = explorer.data
    assert data["seen"].sum() < 30
    assert data["off"].std() < data["true_error"]
    explorer.sampler = "metropolis"
    assert 0 < explorer.data["acceptance"] < 0.2


def test_gaps_stand_in_the_order_that_the_bound_demands():
    explorer = nqs.QuasiparticleExplorer(show_two=True, show_exact=True)
    assert explorer.wait(60)
    bands = explorer.data["bands"]
    assert bands["exact"].gap < bands["two"].gap < bands["one"].gap
    assert bands["two"].gap - bands["exact"].gap < 1e-3
    assert "1h/1p gap too wide by" in explorer.readout
    explorer.parent = "hartree_fock"
    assert explorer.wait(60)
    bands = explorer.data["bands"]
    assert bands["one"].gap == pytest.approx(bands["hartree_fock"].gap, abs=1e-8)
    assert "1h/1p gap too narrow by <b>8.82 mHa" in explorer.readout


def test_all_stored_crystals_but_the_largest_are_within_chemical_accuracy():
    explorer = nqs.CrystalExplorer()
    for _, name in explorer.traits()["crystal"].metadata["control"].options:
        explorer.crystal = name
        assert abs(explorer.data["errors"][2]) < (1.8 if name == "graphene-2x3" else 1.594), name
        assert not explorer.errors


def test_exercises_know_right_from_wrong():
    pulled = nqs.BreakingExplorer(spacing=1.8)
    assert not nqs.questions.breaking_point(pulled).ok
    pulled.spacing = 3.1
    assert not nqs.questions.breaking_point(pulled).ok
    pulled.spacing = 2.9
    assert nqs.questions.breaking_point(pulled).ok
    energy = exact_ground_state(hydrogen_ring(4, 2.0)).energy
    assert nqs.questions.open_shell(energy).ok
    assert not nqs.questions.open_shell(energy / 4).ok
    assert not nqs.questions.open_shell(None).ok
    assert nqs.questions.stuck_start(-0.3).ok
    assert not nqs.questions.stuck_start(0.3).ok
    assert nqs.questions.compressed(0.25).ok
    assert not nqs.questions.compressed(1.0).ok
    assert not nqs.questions.compressed("many").ok
