"""The design loop finds what the paper found; what it finds can be read."""

from collections import Counter
from dataclasses import replace

import kwant
import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    HONEYCOMB,
    TRIANGULAR,
    Lattice,
    TightBinding,
    chern_number,
    cooling,
    design,
    exchange_cluster,
    fluxes,
    gap,
    gauge_fixed,
    gauge_transformed,
    haldane,
    hall_conductivity,
    hall_objective,
    honeycomb,
    one_angle,
    ribbon,
    ribbon_bands,
    spin_texture,
    triangular,
    two_spins,
)
from qmlcourse.storage.state_file import read_state, write_state
from qmlcourse.training import LongComputation

torch.set_num_threads(1)


def wrapped(phase):
    return (phase + np.pi) % (2 * np.pi) - np.pi


def test_sixty_four_starts_rediscover_haldanes_model():
    space = honeycomb()
    run = design(hall_objective(space), space, starts=64)
    model = run.model
    assert (chern_number(model, mesh=20) == 1).all()
    assert run.value.min() > 0.305
    assert hall_conductivity(model, 0.005, mesh=40).min() > 0.999
    phases = wrapped(run.raw[:, 8:].detach().numpy())
    assert np.abs(phases - np.pi / 2).max() < 0.03 * np.pi, "Haldane's pattern, in our bonds"
    masses = np.abs(np.tanh(run.raw[:, :2].detach().numpy()))
    assert np.quantile(masses, 0.9) < 0.05
    assert masses.max() < 0.15
    assert gap(model, 1, 40)[1].min() > 1.9


def test_a_mesh_through_the_corners_is_a_trap():
    space = honeycomb()
    with pytest.warns(UserWarning, match="corners"):
        run = design(hall_objective(space, mesh=12), space, starts=64)
    found = np.array([_chern_or_zero(run.model[n]) for n in range(64)])
    assert (found == 1).mean() < 0.9


def _chern_or_zero(model):
    try:
        return chern_number(model, mesh=20)
    except ValueError:
        return 0


def test_the_triangular_lattice_reaches_six():
    space = triangular()
    assert len(space.names) == 38
    objective = hall_objective(space, mesh=10, filling=2)
    run = design(objective, space, starts=8, schedule=TRIANGULAR, seed=0)
    best = run.model[run.best]
    assert chern_number(best, [0, 1]) == 6
    assert sorted(chern_number(best, n) for n in range(4)) in ([-3, -3, 1, 5], [-5, -1, 3, 3])
    sigma = float(hall_conductivity(best, np.e, filling=2, mesh=32))
    assert 3.085 < sigma < 3.0945


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
def test_a_run_can_be_stopped_and_gone_on_with(optimizer, tmp_path):
    space = honeycomb()
    objective = hall_objective(space, mesh=8)
    options = {"starts": 3, "optimizer": optimizer}
    whole = design(objective, space, steps=12, **options)
    first = design(objective, space, steps=5, **options)
    write_state(tmp_path / "design.npz", first.state())
    held = first.state()
    first.advance()  # does not reach into the states that were taken
    for state in (held, read_state(tmp_path / "design.npz")):
        again = design(objective, space, steps=0, seed=9, **options)
        again.resume(state)
        assert again.step == 5
        for _ in range(7):
            again.advance()
        assert torch.equal(again.raw, whole.raw)
        assert np.array_equal(again.values, whole.values)
        assert again.history == whole.history
        assert np.array(again.trajectory).shape == (12, 3, 14)


def test_a_run_begins_again_from_a_state_without_steps():
    space = honeycomb()
    objective = hall_objective(space, mesh=8)
    empty = design(objective, space, starts=2, steps=0, seed=1).state()
    used = design(objective, space, starts=2, steps=3)
    used.resume(empty)
    used.advance()
    fresh = design(objective, space, starts=2, steps=1, seed=1)
    assert torch.equal(used.raw, fresh.raw)
    assert len(used.history) == len(used.values) == len(used.trajectory) == used.step == 1


def test_a_design_is_a_long_computation():
    space = honeycomb()
    objective = hall_objective(space, mesh=8)
    run = design(objective, space, starts=2, steps=0, schedule=replace(HONEYCOMB, steps=2))
    assert isinstance(run, LongComputation)
    assert not run.done
    assert run.advance() is None
    run.advance()
    assert run.done
    assert [row["beta"] for row in run.history] == [HONEYCOMB.beta(n) for n in (0, 1)]
    assert run.history[1]["best"] == max(run.values[1])
    assert run.history[1]["median"] == np.median(run.values[1])
    others = [
        design(objective, space, starts=3, steps=0),
        design(objective, space, starts=2, steps=0, optimizer="adam"),
        design(lambda model, beta: 0, triangular(), starts=2, steps=0),
    ]
    for other in others:
        with pytest.raises(ValueError, match="2 starts of 14 parameters on honeycomb with rmsprop"):
            other.resume(run.state())
    with pytest.raises(ValueError, match="belongs to another computation"):
        run.resume({})


def test_a_callback_sees_each_step_and_may_stop():
    seen = []
    space = honeycomb()
    stopped = design(
        hall_objective(space, mesh=8),
        space,
        starts=2,
        callback=lambda run: seen.append(run.step) or run.step < 4,
    )
    assert stopped.step == 4
    assert seen == [1, 2, 3, 4]


def test_the_schedule_cools_along_half_a_cosine_and_slows_down():
    beta = cooling(-2.0, -1.0, 10)
    logs = np.log([beta(n) for n in (0, 5, 10, 30)])
    assert logs == pytest.approx([-2, -1.5, -1, -1])
    assert np.log(beta(2)) == pytest.approx(-1.5 - 0.5 * np.cos(0.2 * np.pi))
    space = honeycomb()
    rates = []
    design(
        hall_objective(space, mesh=8),
        space,
        starts=1,
        steps=4,
        schedule=replace(HONEYCOMB, rate=0.5, late_rate=0.25, switch=2),
        callback=lambda run: rates.append(run.optimizer.param_groups[0]["lr"]),
    )
    assert rates == [0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
def test_steps_are_those_of_the_textbook(optimizer):
    """Maximise -sum((x - 1)^2): the gradient of what is minimised is 2 (x - 1)."""
    space = replace(honeycomb(), build=lambda raw: raw)
    run = design(
        lambda x, beta: -((x - 1) ** 2).sum(-1), space, starts=2, steps=3, optimizer=optimizer
    )
    x = space.starts(2).numpy()
    first = second = np.zeros_like(x)
    for n in (1, 2, 3):
        assert run.values[n - 1] == pytest.approx(-((x - 1) ** 2).sum(-1))
        slope = 2 * (x - 1)
        if optimizer == "rmsprop":
            second = 0.99 * second + 0.01 * slope**2
            x = x - 0.1 * slope / (np.sqrt(second) + 1e-8)
        else:
            first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
            step = first / (1 - 0.9**n) / (np.sqrt(second / (1 - 0.999**n)) + 1e-8)
            x = x - 0.1 * step
    assert run.raw.detach().numpy() == pytest.approx(x)


@pytest.mark.parametrize(
    "space", [honeycomb(), triangular(), two_spins(), exchange_cluster(), spin_texture(3)]
)
def test_starts_follow_from_their_seeds_alone(space):
    one = space.starts(3, 5)
    assert one.shape == (3, len(space.names))
    assert torch.equal(one, space.starts(3, np.random.default_rng(5)))
    many = space.starts(3, [7, 5, 7])
    assert torch.equal(many[0], many[2])
    assert torch.equal(many[:1], space.starts(1, 7))
    assert not torch.equal(many[0], many[1])
    with pytest.raises(ValueError, match="2 seeds but 3 starts"):
        space.starts(3, [1, 2])


def test_random_starts_are_uniform_between_their_bounds():
    raw = honeycomb().starts(4000).numpy()
    groups = np.split(raw, (2, 8), axis=1)
    for part, low, high in zip(groups, (-1, 0, -np.pi), (1, 1, np.pi), strict=True):
        assert low <= part.min()
        assert part.max() <= high
        assert part.mean() == pytest.approx((low + high) / 2, abs=0.02 * (high - low))
        assert part.std() == pytest.approx((high - low) / np.sqrt(12), rel=0.02)


def test_other_objectives_and_optimisers():
    space = honeycomb()

    def flatness(model, beta):
        energies = model.bands(model.lattice.mesh(8))
        return -(energies[..., 0].amax(-1) - energies[..., 0].amin(-1))

    run = design(flatness, space, starts=4, optimizer="adam", steps=30)
    assert (run.value > run.values[0]).all()
    with pytest.raises(ValueError, match="'rmsprop' or 'adam'"):
        design(flatness, space, optimizer="sgd")
    with pytest.raises(ValueError, match="at least one start"):
        design(flatness, space, starts=0)
    with pytest.raises(RuntimeError, match="not finite at step 0"):
        design(lambda model, beta: model.on_site.sum(-1) * np.nan, space, starts=1, steps=1)


def test_fluxes_of_the_one_angle_model():
    """3/4 of pi through each small triangle; the angle shows in those with second neighbours."""
    loops = fluxes(one_angle(0.1184 * np.pi))
    root = round(np.sqrt(3), 6)
    table = Counter((loop.lengths, round(float(loop.flux) / np.pi, 4)) for loop in loops)
    assert table[(1, 1, 1), -0.75] == 8
    assert table[(1, 1, root), -0.8684] == table[(1, 1, root), -0.6316] == 12
    assert table[(root, root, root), -0.6052] == table[(root, root, root), 0.1052] == 4
    assert sum(n for (sides, flux), n in table.items() if sides == (1, 1, 2) and flux == 0) == 12
    areas = {loop.lengths: loop.area for loop in loops}
    assert areas[1, 1, 1] == pytest.approx(np.sqrt(3) / 4)
    assert areas[1, 1, 2] == pytest.approx(0)


def test_no_gauge_changes_a_flux_and_a_tree_can_be_made_real():
    model = one_angle()
    turned = gauge_transformed(model, np.random.default_rng(0).uniform(-3, 3, 4))
    for a, b in zip(fluxes(model), fluxes(turned), strict=True):
        assert wrapped(a.flux - b.flux) == pytest.approx(0, abs=1e-12)
    fixed = gauge_fixed(turned)
    for a, b in zip(fluxes(model), fluxes(fixed), strict=True):
        assert wrapped(a.flux - b.flux) == pytest.approx(0, abs=1e-12)
    phase = torch.angle(fixed.hoppings).abs()
    assert (phase < 1e-12).sum() >= 3
    with pytest.raises(ValueError, match="one model at a time"):
        gauge_fixed(haldane([0.1, 0.2], 0.0, 0.1))


def test_a_gauge_is_a_diagonal_unitary_matrix():
    model, angles, k = one_angle(0.2), np.array([0.3, -1.1, 2.0, 0.7]), [[0.4, -0.9]]
    turned = gauge_transformed(model, angles).hamiltonian(k)[0].numpy()
    unitary = np.diag(np.exp(1j * angles))
    plain = model.hamiltonian(k)[0].numpy()
    assert turned == pytest.approx(unitary @ plain @ unitary.conj().T)


def test_a_fixed_gauge_has_as_many_real_bonds_as_a_tree():
    space = triangular()
    model = space.build(space.starts(1, 4))[0]
    phase = torch.angle(gauge_fixed(model).hoppings).abs()
    assert (phase < 1e-12).sum() == model.lattice.orbitals - 1
    assert (torch.angle(model.hoppings).abs() < 1e-12).sum() == 0


def test_a_tree_is_made_real_against_the_direction_of_its_bonds_too():
    """A row of three sites whose bonds point to the first one: no flux, so all become real."""
    row = Lattice([[3.0]], [[0.0], [1.0], [2.0]], [[0, 1, 0], [1, 2, 0]])
    model = TightBinding(row, 2 * np.exp(1j * np.array([0.7, -1.9])))
    found = gauge_fixed(model).hoppings
    assert torch.allclose(found, torch.full_like(found, 2))
    assert repr(model) == "TightBinding(lattice)"
    assert repr(TightBinding(row, np.ones((4, 3, 2)))) == "TightBinding(lattice, batch of 4x3)"


def test_haldanes_fluxes_cancel_over_the_hexagon():
    loops = fluxes(haldane(np.pi / 2, 0, 0.1))
    root = round(np.sqrt(3), 6)
    small = [float(loop.flux) for loop in loops if loop.lengths == (1, 1, root)]
    large = [float(loop.flux) for loop in loops if loop.lengths == (root, root, root)]
    assert len(small) == 6
    assert len(large) == 4
    assert np.allclose(small, small[0])
    assert abs(small[0]) == pytest.approx(np.pi / 2)
    assert sorted(np.sign(large)) == [-1, -1, 1, 1]


def kwant_ribbon(phi, m, t2, width):
    """A zigzag ribbon in Kwant's own words: energies at a momentum."""
    graphene = kwant.lattice.general(
        [(np.sqrt(3), 0), (np.sqrt(3) / 2, 1.5)], [(0, 0), (0, 1)], norbs=1
    )
    a, b = graphene.sublattices
    lead = kwant.Builder(kwant.TranslationalSymmetry((np.sqrt(3), 0)))
    for row in range(width):
        lead[a(0, row)], lead[b(0, row)] = m, -m
    for hop in (((0, 0), b, a), ((0, -1), b, a), ((1, -1), b, a)):
        lead[kwant.builder.HoppingKind(*hop)] = 1.0
    for cell in ((-1, 0), (1, -1), (0, 1)):
        lead[kwant.builder.HoppingKind(cell, a, a)] = t2 * np.exp(1j * phi)
        lead[kwant.builder.HoppingKind((-cell[0], -cell[1]), b, b)] = t2 * np.exp(1j * phi)
    return kwant.physics.Bands(lead.finalized())


@pytest.mark.parametrize("m", [0.0, 1.2])
def test_ribbon_bands_are_those_of_kwant(m):
    width = 12
    model = haldane(np.pi / 2, m, 0.15)
    ka, energies, _ = ribbon_bands(model, width, momenta=np.array([0.3, 2.0, np.pi, 4.4]))
    bands = kwant_ribbon(np.pi / 2, m, 0.15, width)
    for k, ours in zip(ka, energies.numpy(), strict=True):
        same = np.abs(np.sort(bands(k)) - ours).max() < 1e-9
        reversed_ = np.abs(np.sort(bands(-k)) - ours).max() < 1e-9
        assert same or reversed_


def crossings(model, width=24):
    """Edge states that cross an energy in the gap, for the lower and the upper edge: signed."""
    _, energies, edge = ribbon_bands(model, width, momenta=201)
    signs = torch.sign(energies - 0.1)
    jump = (signs[1:] - signs[:-1]) / 2
    side = (edge[1:] + edge[:-1]) / 2
    return [float((jump * (s * side > 0.3)).sum()) for s in (1, -1)]


def test_edge_modes_are_as_many_as_the_chern_number_says():
    low, high = crossings(haldane(np.pi / 2, 0.0, 0.15))
    assert abs(low) == abs(high) == 1
    assert low == -high, "opposite edges run in opposite directions"
    assert crossings(haldane(-np.pi / 2, 0.0, 0.15))[0] == -low
    assert crossings(haldane(np.pi / 2, 1.2, 0.15)) == [0, 0]
    _, energies, _ = ribbon_bands(haldane(np.pi / 2, 1.2, 0.15), 24)
    assert float(2 * energies.abs().min()) == pytest.approx(0.873, abs=0.002)


def test_bad_ribbons_are_refused():
    with pytest.raises(ValueError, match="number of cells"):
        ribbon(haldane(1, 0, 0.1), 0)
    with pytest.raises(ValueError, match="vector 0 or 1"):
        ribbon(haldane(1, 0, 0.1), 3, along=2)
