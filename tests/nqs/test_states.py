"""Neural states and their training: slopes, equalities, exact energies, samplers, resuming."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from qmlcourse.nqs import (
    RBM,
    Autoregressive,
    DirectDraws,
    ExactSum,
    Metropolis,
    Reachable,
    SearchSettings,
    Sector,
    Selected,
    connected,
    dimerised_ring,
    exact_ground_state,
    ground_state,
    hartree_fock,
    hydrogen_ring,
    load_crystal,
    local_energies,
    natural_direction,
    prepare,
    sampled_energy,
)
from qmlcourse.nqs.operators import sparse_tensor
from qmlcourse.storage.state_file import read_state, write_state
from qmlcourse.training import LongComputation

RING = hydrogen_ring(6, 1.8)
EXACT = exact_ground_state(RING).energy


@pytest.mark.parametrize("kind", [RBM, Autoregressive])
def test_derivatives_are_differences(kind):
    training = prepare(RING, kind, 3)
    spins, state = training.spins[:7], training.network
    slopes = state.derivatives(spins)
    parameters = state.parameters
    for place in np.random.default_rng(0).choice(len(parameters), 12, replace=False):
        step = torch.zeros_like(parameters)
        step[int(place)] = 1e-5
        rise = state.moved(step).log_amplitude(spins) - state.moved(-step).log_amplitude(spins)
        assert torch.allclose(rise / 2e-5, slopes[:, int(place)], atol=1e-8)


def test_both_forms_of_stochastic_reconfiguration_are_one():
    generator = torch.Generator().manual_seed(0)
    for shape in ((40, 12), (12, 40)):
        x = torch.randn(*shape, dtype=torch.complex128, generator=generator)
        r = torch.randn(shape[0], dtype=torch.complex128, generator=generator)
        for real in (False, True):
            one = natural_direction(x, r, 1e-3, real=real, form="parameter")
            two = natural_direction(x, r, 1e-3, real=real, form="sample")
            assert torch.allclose(one, two, atol=1e-9)
    steps = [
        prepare(RING, RBM, 1, settings=SearchSettings(method=m)).run(5).network.parameters
        for m in ("sr", "minsr")
    ]
    assert torch.allclose(*steps, atol=1e-8)


@pytest.mark.parametrize("spacing", [1.0, 1.8, 2.8, 4.0])
def test_a_ring_of_six_is_solved_by_default_settings(spacing):
    crystal = hydrogen_ring(6, spacing)
    exact = exact_ground_state(crystal).energy
    for seed in range(3):
        found = ground_state(crystal, RBM, seed=seed)
        assert exact - 1e-9 < found.energy < exact + 6 * 2e-5
        assert 0 <= found.variance < 1e-5


def test_every_energy_on_the_way_lies_above_the_exact_one():
    for method in ("newton", "sr", "gradient"):
        history = prepare(RING, RBM, 0, settings=SearchSettings(method=method)).run(40).history
        energies = np.array([row["energy"] for row in history])
        assert (energies > EXACT - 1e-10).all()
        assert (np.array([row["variance"] for row in history]) >= 0).all()
        assert energies[-1] < energies[0]


def test_complex_amplitudes_are_learnt_too():
    crystal = dimerised_ring(3, 1.4, 2.2)
    found = ground_state(crystal, RBM, seed=0)
    exact = exact_ground_state(found.basis.sector.crystal)
    assert found.energy == pytest.approx(exact.energy, abs=6 * 2e-5)
    overlap = abs(np.vdot(exact.state, found.amplitudes()))
    assert overlap == pytest.approx(1, abs=1e-4)


def test_one_seed_is_one_result_and_another_seed_is_not():
    runs = [ground_state(RING, RBM, seed=s, steps=30) for s in (4, 4, 5)]
    assert runs[0].energy == runs[1].energy
    assert runs[0].history == runs[1].history
    assert runs[0].energy != runs[2].energy


def test_a_stopped_search_goes_on_as_if_never_stopped(tmp_path):
    path = tmp_path / "search.npz"
    whole = ground_state(RING, RBM, seed=2, steps=60)

    class Stop(Exception):
        pass

    def stop(training):
        if training.step == 40:
            raise Stop

    with pytest.raises(Stop):
        ground_state(RING, RBM, seed=2, steps=60, checkpoint=path, progress=stop)
    rest = ground_state(RING, RBM, seed=2, steps=60, checkpoint=path)
    assert rest.energy == whole.energy
    assert torch.equal(rest.network.parameters, whole.network.parameters)
    with pytest.raises(ValueError, match="belongs to another search"):
        ground_state(RING, RBM, seed=2, density=2, checkpoint=path)
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="holds no state that can be read"):
        ground_state(RING, RBM, seed=2, checkpoint=path)


def test_a_search_stored_by_version_1_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "search.npz"
    columns = {f"history_{key}": np.zeros(1) for key in ("energy", "variance", "length")}
    np.savez(path, parameters=np.zeros(168, complex), trust=np.array([0, 1.0]), **columns)
    with pytest.raises(ValueError, match=r"^[^.]*search\.npz holds no state that can be read"):
        ground_state(RING, RBM, seed=2, checkpoint=path)


@pytest.mark.parametrize(
    ("network", "sampler"), [(RBM, Metropolis), (RBM, DirectDraws), (Autoregressive, DirectDraws)]
)
def test_a_search_that_draws_is_resumed_too(network, sampler, tmp_path):
    settings = SearchSettings(method="sr")

    def begin():
        return prepare(RING, network, 3, settings=settings, sampler=sampler(64))

    whole, first, second = begin().run(6), begin().run(3), begin()
    assert isinstance(first, LongComputation)
    write_state(tmp_path / "half.npz", first.state())
    second.resume(read_state(tmp_path / "half.npz"))
    second.run(3)
    assert second.history == whole.history
    assert torch.equal(second.network.parameters, whole.network.parameters)


def test_a_network_is_normalised_and_draws_what_it_says():
    training = prepare(RING, Autoregressive, 1)
    log = training.network.log_amplitude(training.spins)
    assert float(torch.exp(2 * log.real).sum()) == pytest.approx(1, abs=1e-12)
    spins, counts = training.network.sample(20_000, training.generator)
    assert int(counts.sum()) == 20_000
    assert len(torch.unique(spins, dim=0)) == len(spins)
    expected = torch.exp(2 * training.network.log_amplitude(spins).real)
    wrong = (counts / 20_000 - expected) / torch.sqrt(expected / 20_000)
    assert float(wrong.abs().max()) < 5
    settings = SearchSettings(method="sr")
    found = prepare(RING, Autoregressive, 0, settings=settings).run(60)
    assert EXACT < found.energy < EXACT + 6e-3


@pytest.mark.parametrize("sampler", [DirectDraws(4000), Metropolis(4000), Selected(20), ExactSum()])
def test_samplers_agree_with_the_sum(sampler):
    training = prepare(hydrogen_ring(6, 3.0), RBM, 0, sampler=sampler).run(25)
    rows = sampler.rows(training)
    share = (rows[1].abs() ** 2).sum()
    assert float(share) == pytest.approx(1, abs=0.05)
    if hasattr(sampler, "draw"):
        mean, error = sampled_energy(training, sampler)
        assert abs(mean - training.energy) < 6 * error + 1e-6
    if isinstance(sampler, Metropolis):
        assert 0.001 < sampler.acceptance < 0.5


def test_a_cut_sum_keeps_the_fewest_determinants_that_hold_its_share():
    """Weights 1/2, 1/4, 1/8, 1/16 and 1/16, out of order; a selection takes the largest."""
    psi = torch.tensor([16.0, 4, 8, 32, 4], dtype=torch.complex128).sqrt() / 8
    numbers = torch.arange(5)
    training = SimpleNamespace(psi=psi, spins=numbers, residual=10 * numbers, diagonal=-numbers)
    for cut, wanted in ((0.51, [3]), (0.49, [3, 0]), (0.2, [3, 0, 2]), (0.1, [3, 0, 2, 1])):
        rows = ExactSum(cut).rows(training)
        assert set(rows.spins.tolist()) - {1, 4} == set(wanted) - {1, 4}  # two that weigh alike
        assert len(rows.spins) == len(wanted)
        assert torch.equal(rows.psi, psi[rows.spins])
        assert torch.equal(rows.residual, 10 * rows.spins)
        assert torch.equal(rows.diagonal, -rows.spins)
    assert set(Selected(2).rows(training).spins.tolist()) == {3, 0}
    assert len(Selected(9).rows(training).spins) == 5


def test_an_rbm_starts_near_the_reference_with_small_complex_numbers():
    reference = np.array([1, 0, 0, 1] * 10)
    state = RBM.start(reference, 0, density=1.6, bias=0.4, scale=0.03)
    assert (state.visible, state.hidden) == (40, 64)
    rest = state.parameters.clone()
    rest[:40] -= 0.4 * torch.as_tensor(2.0 * reference - 1)
    for part in (rest.real, rest.imag):
        assert float(part.std()) == pytest.approx(0.03, rel=0.05)
        assert abs(float(part.mean())) < 0.003
    assert RBM.start(np.ones(4), 0, density=0.01).hidden == 1


def test_an_autoregressive_state_starts_with_the_stated_preference():
    """Without noise: a choice of the reference is e^bias times as likely as any other allowed."""
    table = Reachable(RING, (3, 3), 0)
    reference = prepare(RING, Autoregressive, 0).basis.sector.occupations()[0]
    state = Autoregressive.start(table, 0, 2, reference, bias=1.3, scale=0.0)
    spins = torch.as_tensor(2.0 * reference[None] - 1, dtype=torch.complex128)
    allowed = table.allowed(spins.real).sum(-1)[0].numpy()
    chance = np.prod(np.exp(1.3) / (np.exp(1.3) + allowed - 1))
    assert float(state.log_amplitude(spins).real.exp() ** 2) == pytest.approx(chance)
    spread = Autoregressive.start(table, 0, 8, scale=0.2).parameters.std()
    assert float(spread) == pytest.approx(0.2, rel=0.05)


def test_progress_is_told_every_twenty_steps_and_at_the_end():
    told = []
    settings = SearchSettings(tol=1e-30)
    ground_state(RING, seed=2, steps=45, settings=settings, progress=lambda t: told.append(t.step))
    assert told == [20, 40, 45]


@pytest.mark.parametrize("kind", [RBM, Autoregressive])
@pytest.mark.parametrize("name", ["ring", "polyacetylene-3"])
def test_local_energies_need_no_list_of_the_sector(kind, name):
    crystal = RING if name == "ring" else load_crystal(name)
    training = prepare(crystal, kind, 1, symmetric=False)
    own = training.basis.sector.crystal
    known = training.energy + training.residual / training.psi
    found = local_energies(own, training.network, training.spins, chunk=20)
    assert float(((found - known).abs() / known.abs()).max()) < 1e-12


def test_draws_of_a_ring_too_large_to_list_have_finite_energies():
    crystal = hydrogen_ring(14, 2.4)
    found = hartree_fock(crystal)
    with pytest.raises(ValueError, match="more than the 400,000"):
        Sector(crystal)
    table = Reachable(crystal, (7, 7), found.momentum)
    filled = np.tile([found.determinant >> n & 1 for n in range(14)], 2)
    state = Autoregressive.start(table, 0, 4, filled, bias=6.0)
    spins, counts = state.sample(500, torch.Generator().manual_seed(0))
    share = counts / counts.sum()
    energy = float((share * local_energies(crystal, state, spins).real).sum())
    assert found.energy - 0.5 < energy < found.energy + 10
    up, down = connected(crystal, *(np.array([found.determinant]),) * 2)[1:3]
    assert len(np.unique(np.stack([up, down]), axis=1).T) > 300


def test_the_error_bar_of_exact_draws_is_the_root_of_variance_over_draws():
    # a state with even weights, since rare determinants of large local energy are never drawn
    training = prepare(hydrogen_ring(6, 3.6), RBM, 0, symmetric=False, bias=0.0)
    local = (training.residual / training.psi).real
    variance = float((training.psi.abs() ** 2 * local**2).sum())
    mean, error = sampled_energy(training, DirectDraws(20_000), seed=1)
    assert error == pytest.approx((variance / 20_000) ** 0.5, rel=0.05)
    assert abs(mean - training.energy) < 5 * error
    assert sampled_energy(training, DirectDraws(20_000), seed=1) == (mean, error)


def test_metropolis_visits_as_the_weights_say():
    training = prepare(hydrogen_ring(6, 3.6), RBM, 0, symmetric=False).run(40)
    sampler = Metropolis(40_000, chains=400, thin=30)
    sampler.draw(training)
    places, counts = sampler.draw(training)
    share = torch.zeros(training.basis.size, dtype=torch.float64)
    share[places] = counts.double() / counts.sum()
    assert float((share - training.psi.abs() ** 2).abs().sum()) < 0.05


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: ground_state(hydrogen_ring(4, 1.8), RBM, seed=0), "open shell"),
        (lambda: ground_state(RING, RBM, seed=0, electrons=5), "even number"),
        (lambda: SearchSettings(method="adam"), "no method 'adam'"),
        (lambda: SearchSettings(step=0), "step must be positive"),
        (lambda: RBM(torch.zeros(10), 4), "do not fit"),
    ],
)
def test_wrong_wishes_are_told(run, words):
    with pytest.raises(ValueError, match=words):
        run()


def test_a_search_that_did_not_arrive_says_so():
    with pytest.raises(RuntimeError, match="above the best single determinant"):
        ground_state(RING, RBM, seed=0, steps=1)


def test_an_open_shell_is_trained_when_its_momentum_is_given():
    crystal = hydrogen_ring(4, 2.0)
    exact = exact_ground_state(crystal)
    found = ground_state(crystal, RBM, seed=0, momentum=exact.momentum, symmetric=False)
    assert found.energy == pytest.approx(exact.energy, abs=1e-4)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_the_matrix_of_other_devices_is_the_same():
    training = prepare(RING, RBM, 0)
    matrix = sparse_tensor(training.basis.matrix, "cpu")
    theirs = (matrix @ training.psi[:, None])[:, 0]
    assert torch.allclose(theirs, training.matrix @ training.psi, atol=1e-12)


def test_other_devices_get_the_same_operations():
    """The meta device runs every operation without numbers: nothing is pinned to the CPU."""
    parameters = torch.zeros(12 + 12 + 144, dtype=torch.complex128, device="meta")
    spins = torch.zeros(5, 12, dtype=torch.complex128, device="meta")
    state = RBM(parameters, 12)
    slopes = state.derivatives(spins)
    assert state.moved(slopes[0]).log_amplitude(spins).device.type == "meta"
    assert slopes.shape == (5, 168)
