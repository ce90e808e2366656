"""The explorers of chapter 6, driven without a browser: controls, numbers, players, questions."""

import numpy as np
import pytest
import torch
from explorer_checks import ExplorerChecks, check_player

from qmlcourse.explorers import nqs_bands as nqs
from qmlcourse.explorers.nqs_bands._units import HiddenUnits
from qmlcourse.explorers.nqs_bands.two_searches import _state, _to_map
from qmlcourse.nqs import RBM, Sector, exact_ground_state, hartree_fock, hydrogen_ring

torch.set_num_threads(1)


class TestExplorers(ExplorerChecks):
    room = nqs

    def first(self, explorer):
        searches = {name: {"steps": 40} for name in ("stretch", "step", "damping")}
        return {
            "nqs_two_searches": searches,
            "nqs_units": {"unit": {"units": 3}, "part": {"signs": True}},
        }.get(explorer.name, {})


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


def test_one_box_puts_both_electrons_on_one_atom_in_half_of_the_cases():
    explorer = nqs.TwoFillingsExplorer(spacing=6.0)
    waves = np.array([[1, 1], [1, -1]]) / 2**0.5  # lower and upper, at the left and right atom
    for mix in (-44.0, 0.0, 20.0):
        explorer.mix = mix
        shares = (np.cos(np.deg2rad(mix)), np.sin(np.deg2rad(mix)))
        both = sum(share * np.outer(wave, wave) for share, wave in zip(shares, waves, strict=True))
        odds = np.reshape(explorer.data["odds"], (2, 2))
        assert odds == pytest.approx(both**2)
    explorer.mix = 0.0
    assert "in <b>50 %</b>" in explorer.readout
    # far apart, two boxes are two atoms: the energy of one in this basis is -0.466582 hartree
    explorer.spacing = 8.0
    explorer.mix = round(explorer.data["best"])
    assert explorer.data["exact"] == pytest.approx(2 * -0.466582, abs=2e-4)
    assert explorer.data["energy"] - explorer.data["exact"] < 1e-3
    assert explorer.data["one"] > explorer.data["exact"] + 0.3


def test_the_button_goes_to_the_lowest_mixture():
    explorer = nqs.TwoFillingsExplorer(spacing=3.0)
    explorer._lowest()
    assert explorer.data["energy"] - explorer.data["exact"] < 1e-4
    lowest = exact_ground_state(hydrogen_ring(2, 3.0)).energy
    assert explorer.data["exact"] == pytest.approx(lowest, abs=1e-9)


def test_all_fillings_have_their_momentum_and_the_lowest_is_hartree_fock():
    data = nqs.BoxesExplorer(spacing=2.0).data
    assert len(data["energies"]) == 400
    mean = hartree_fock(hydrogen_ring(6, 2.0)).energy
    assert data["energies"][0] == pytest.approx(mean, abs=1e-9)
    for (up, down), momentum in zip(data["bits"], data["momenta"], strict=True):
        total = sum(k for bits in (up, down) for k in range(6) if bits >> k & 1)
        assert (total - momentum) % 6 == 0
    assert set(data["momenta"]) == set(range(-2, 4))
    assert data["weights"].sum() == pytest.approx(1)
    # one collision moves two electrons at most
    lowest = data["bits"][0]
    for bits, reached in zip(data["bits"], data["reached"], strict=True):
        moved = sum((int(a) & ~int(b)).bit_count() for a, b in zip(bits, lowest, strict=True))
        assert not reached or moved in (0, 2)


def test_a_click_moves_an_electron_and_stays_in_its_row():
    explorer = nqs.BoxesExplorer()
    explorer._clicked(1.1, 0.5)
    explorer._clicked(3.0, -0.9)  # the other row: nothing moves
    assert explorer.number == 1
    explorer._clicked(3.0, 0.6)
    data = explorer.data
    assert tuple(data["bits"][data["at"]]) == (0b001000 | 0b100001, 0b100011)
    assert explorer.data["momenta"][explorer.data["at"]] == 2


def test_no_list_of_amplitudes_lies_below_the_truth_and_the_slopes_are_those_of_the_energy():
    explorer = nqs.AmplitudesExplorer()
    exact = Sector(hydrogen_ring(4, 4.0), (2, 1), 1).ground_state()[0][0]
    rng = np.random.default_rng(4)
    for _ in range(20):
        values = {f"c{n}": round(v, 2) for n, v in enumerate(rng.uniform(-1, 1, 5), 2)}
        with explorer.together():
            for name, value in values.items():
                setattr(explorer, name, value)
        assert explorer.data["energy"] > exact
        assert explorer.data["off"] == pytest.approx(250 * (explorer.data["energy"] - exact))
    slope, step = explorer.data["slope"][2], 0.01
    middle = explorer.c3 = 0.2
    slope = explorer.data["slope"][2]
    energies = []
    for value in (middle - step, middle + step):
        explorer.c3 = value
        energies.append(explorer.data["energy"])
    assert (energies[1] - energies[0]) / (2 * step) == pytest.approx(slope, abs=1e-4)
    assert explorer.moved == 3


def test_six_amplitudes_are_checked_at_a_distance_that_is_not_easy():
    explorer = nqs.AmplitudesExplorer(spacing=1.0)
    assert not nqs.questions.six_amplitudes(explorer).ok
    good = {"c2": -0.32, "c3": 0.43, "c4": -0.36, "c5": 0.18, "c6": -0.04}
    assert nqs.questions.six_amplitudes(nqs.AmplitudesExplorer(**good)).ok
    assert not nqs.questions.six_amplitudes(nqs.AmplitudesExplorer(**{**good, "c3": -0.43})).ok


def test_hidden_units_are_a_boltzmann_machine_without_its_visible_part():
    random = torch.Generator().manual_seed(3)
    numbers = torch.randn(2, 18, dtype=torch.float64, generator=random)
    rows = torch.complex(*numbers).view(2, 9)
    ours = HiddenUnits(rows.flatten(), 8)
    zeros = torch.zeros(8, dtype=torch.complex128)
    theirs = RBM(torch.cat([zeros, rows[:, 0], rows[:, 1:].T.flatten()]), 8)
    spins = 1.0 - 2.0 * torch.randint(2, (6, 8), generator=random)
    spins = spins.to(torch.complex128)
    ratio = torch.exp(ours.log_amplitude(spins) - theirs.log_amplitude(spins))
    assert torch.allclose(ratio, torch.ones_like(ratio))
    b, weights = theirs.derivatives(spins)[:, 8:].split([2, 16], 1)
    expected = torch.cat([b[:, :, None], weights.view(6, 8, 2).mT], 2).reshape(6, 18)
    assert torch.allclose(ours.derivatives(spins), expected)


def test_real_units_cannot_say_minus_and_two_complex_ones_are_exact():
    explorer = nqs.UnitsExplorer(units=3, steps=100)
    assert 25 < explorer.data["off"][-1] < 25.5
    assert (explorer.data["amplitudes"].real > 0).all()
    with explorer.together():
        explorer.units, explorer.signs = 1, True
    assert 0.5 < explorer.data["off"][-1] < 1.594
    explorer.units = 2
    assert 0 <= explorer.data["off"][-1] < 0.01
    exact = Sector(hydrogen_ring(4, 1.8), momentum=2).ground_state()[1][0]
    assert abs(np.vdot(exact, explorer.data["amplitudes"])) == pytest.approx(1, abs=1e-4)


def test_a_dragged_weight_begins_a_new_run():
    explorer = nqs.UnitsExplorer(units=2, unit=2, signs=True, part="imaginary", steps=40)
    before = explorer.data["numbers"].copy()
    explorer._take(3.1, 1.5)
    assert explorer.steps == 0
    changed = np.abs(explorer.data["numbers"] - before) > 1e-3
    assert changed.sum() == 1
    assert explorer.data["numbers"][1, 3].imag == pytest.approx(1.5)
    explorer._steer(0, 10)
    assert explorer.data["numbers"][1, 3].imag == pytest.approx(2.0)
    explorer._again()
    assert explorer.weights == []


def test_reconfiguration_does_not_ask_how_a_parameter_is_called():
    explorer = nqs.TwoSearchesExplorer(steps=120, damping=-6.0)
    ways = []
    for stretch in (1.0, 3.0):
        explorer.stretch = stretch
        ways.append(explorer.data["ways"])
    plain, natural = (np.abs(ways[0][key] - ways[1][key]).max() for key in ("gradient", "sr"))
    assert natural < 1e-2 < 1 < plain
    # the map keeps the angle to the exact state
    place = np.array([[0.3, -1.2]])
    exact = _state(np.array(ways[0]["sr"][-1]))
    angle = np.rad2deg(np.arccos(_state(place)[0] @ exact))
    assert np.linalg.norm(_to_map(_state(place))) == pytest.approx(angle, abs=0.1)


def test_steps_of_both_searches_are_those_of_the_energy():
    """The first step of the plain gradient is minus eta half the slope of the energy."""
    explorer = nqs.TwoSearchesExplorer(p=0.5, q=-1.0, step=0.5, stretch=2.0)
    matrix = _hamiltonian_of_three()
    start = explorer.data["ways"]["gradient"][0]

    def energy(parameters):
        state = _state(np.array(parameters))
        return state @ matrix @ state

    step = 1e-5
    slopes = [
        (energy(start + step * unit) - energy(start - step * unit)) / (2 * step)
        for unit in np.eye(2)
    ]
    move = explorer.data["ways"]["gradient"][1] - start
    assert move == pytest.approx(-0.25 * np.array(slopes) * [1, 4], rel=1e-4)


def _hamiltonian_of_three():
    """The block of two electrons on four atoms: one filling, one pair of fillings, one filling."""
    sector = Sector(hydrogen_ring(4, 3.0), 2)
    full = sector.hamiltonian().toarray().real
    place = [int(sector.find(1 << k, 1 << (-k % 4))[0]) for k in range(4)]
    fold = np.zeros((4, 3))
    fold[place[0], 0] = fold[place[2], 2] = 1
    for k in (1, 3):
        fold[place[k], 1] = full[place[0], place[k]] / abs(full[place[0], place[1]]) / 2**0.5
    matrix = fold.T @ full @ fold
    signs = np.sign(np.linalg.eigh(matrix)[1][:, 0])
    signs = signs * signs[0]
    explorer_signs = np.sign(_state(np.zeros(2)))
    return matrix * np.outer(signs * explorer_signs, signs * explorer_signs)
