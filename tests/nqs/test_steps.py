"""Single steps of a search against dense formulas; tangent vectors from finite differences."""

import numpy as np
import pytest
import torch

from qmlcourse.nqs import (
    RBM,
    Autoregressive,
    DirectDraws,
    Metropolis,
    SearchSettings,
    dimerised_ring,
    directions,
    hydrogen_ring,
    prepare,
)

RING = hydrogen_ring(6, 1.8)
DIMERS = dimerised_ring(3, 1.4, 2.2)


def wave(training, parameters):
    """Normalised amplitudes in the basis, written out: products of cosh, or the network's own."""
    basis = training.basis
    if isinstance(training.network, RBM):
        hidden, spins = training.network.hidden, 2.0 * basis.occupations - 1
        a, b, w = np.split(parameters, [spins.shape[1], spins.shape[1] + hidden])
        psi = np.exp(spins @ a) * np.cosh(b + spins @ w.reshape(-1, hidden)).prod(1)
        psi = psi * np.exp(basis.weight)
    else:
        state = training.network.at(torch.as_tensor(parameters))
        psi = np.exp(state.log_amplitude(training.spins).numpy())
    return psi / np.linalg.norm(psi)


def tangents(training, step=1e-6):
    """Tangent vectors of the normalised state by central differences, (amplitude, parameter)."""
    start = training.network.parameters.numpy()
    psi = wave(training, start)
    columns = []
    for place in range(len(start)):
        change = np.zeros_like(start)
        change[place] = step
        rise = (wave(training, start + change) - wave(training, start - change)) / (2 * step)
        columns.append(rise - psi * (psi.conj() @ rise))  # what only turns the phase is no motion
    return psi, np.stack(columns, 1)


def begun(kind, crystal=RING, **options):
    sizes = {"density": 0.25} if kind is RBM else {"width": 2}
    return prepare(crystal, kind, 1, **sizes, **options)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("kind", [RBM, Autoregressive])
def test_the_spectrum_of_s_is_that_of_the_metric_of_the_normalised_state(kind, symmetric):
    training = begun(kind, DIMERS, symmetric=symmetric, settings=SearchSettings(method="sr")).run(3)
    x = tangents(training)[1]
    s = x.conj().T @ x if training.network.holomorphic else (x.conj().T @ x).real
    dense = np.linalg.eigvalsh(s)[::-1]
    found = training.overlap_spectrum()
    assert (np.diff(found) <= 0).all()
    known = min(len(found), len(dense))
    assert found[:known] == pytest.approx(dense[:known], abs=1e-8)
    assert np.abs(dense[known:]).max(initial=0) < 1e-8
    assert dense[0] > 0.1


@pytest.mark.parametrize("kind", [RBM, Autoregressive])
def test_the_fidelity_of_a_small_move_follows_from_s(kind):
    """1 - |<psi|psi'>|^2 = d+ S d to second order (G. Provost and G. Vallee, 1980)."""
    training = begun(kind, settings=SearchSettings(method="sr")).run(3)
    start = training.network.parameters.numpy()
    psi, x = tangents(training)
    random = np.random.default_rng(0)
    change = 1e-4 * random.normal(size=len(start)).astype(start.dtype)
    fidelity = abs(np.vdot(psi, wave(training, start + change))) ** 2
    assert 1 - fidelity == pytest.approx(np.linalg.norm(x @ change) ** 2, rel=1e-2)


@pytest.mark.parametrize("method", ["gradient", "sr", "minsr", "newton"])
@pytest.mark.parametrize("kind", [RBM, Autoregressive])
def test_a_step_is_that_of_the_formula(kind, method):
    settings = SearchSettings(
        method=method,
        warm=0,
        begin=1e9,
        cap=1e9,
        regularisation=0.02,
        floor=0.01,
        step=0.05,
        shift=9,
    )
    training = begun(kind, DIMERS, settings=settings)
    psi, x = tangents(training)
    matrix = training.basis.matrix.toarray()
    energy = (psi.conj() @ matrix @ psi).real
    r = matrix @ psi - energy * psi
    d = np.ones(len(psi))
    if method == "newton":
        d = np.maximum(matrix.diagonal().real - energy, 0) + settings.shift
    gram, force = x.conj().T @ (d[:, None] * x), x.conj().T @ r
    if kind is Autoregressive:
        gram, force = gram.real, force.real
    known = force
    if method != "gradient":
        known = np.linalg.solve(gram + 0.02 * np.eye(len(gram)), force)
    eta = 1.0 if method == "newton" else settings.step
    before = training.network.parameters.clone()
    training.advance()
    change = (training.network.parameters - before).numpy()
    assert change == pytest.approx(-eta * known, abs=2e-6 * np.abs(known).max() + 1e-8)
    assert training.history[0]["length"] == pytest.approx(np.linalg.norm(x @ change), rel=1e-5)
    assert training.history[0]["energy"] == pytest.approx(energy, abs=1e-10)
    assert training.history[0]["variance"] == pytest.approx(np.linalg.norm(r) ** 2, rel=1e-8)


def test_a_matrix_that_is_not_positive_is_solved_all_the_same():
    """Only the lower triangle of a Hermitian matrix is given."""
    generator = torch.manual_seed(0)
    whole = torch.randn(5, 5, dtype=torch.complex128, generator=generator)
    whole = whole + whole.mH
    right = torch.randn(5, dtype=torch.complex128, generator=generator)
    assert torch.linalg.eigvalsh(whole)[0] < 0
    found = directions._solve(torch.tril(whole), right)
    assert torch.allclose(whole @ found, right)


def test_the_damping_falls_to_its_floor():
    settings = SearchSettings(regularisation=0.1, floor=0.02, decay=0.5)
    assert [settings.damping(n) for n in range(4)] == pytest.approx([0.1, 0.05, 0.025, 0.02])


def test_a_long_step_is_shortened_to_the_cap():
    settings = SearchSettings(method="gradient", step=50.0, cap=0.01)
    training = begun(RBM, settings=settings)
    psi, x = tangents(training)
    before = training.network.parameters.clone()
    training.advance()
    change = (training.network.parameters - before).numpy()
    assert np.linalg.norm(x @ change) == pytest.approx(0.01, rel=1e-6)
    assert abs(np.vdot(psi, training.psi.numpy())) ** 2 == pytest.approx(1 - 1e-4, abs=2e-6)


def test_newton_steps_never_raise_the_energy_and_trust_comes_back():
    training = prepare(hydrogen_ring(6, 3.0), RBM, 4, settings=SearchSettings(tol=1e-13)).run(120)
    energies = np.array([row["energy"] for row in training.history])
    assert (np.diff(energies[12:]) <= 1e-12).all()
    assert training.energy - training.basis.sector.ground_state()[0][0] < 1e-6


@pytest.mark.parametrize("sampler", [DirectDraws(200_000), Metropolis(200_000, 2000, 20)])
def test_rows_of_draws_estimate_force_and_metric_of_the_whole_sum(sampler):
    """X+ r and X+ X from many draws are those of the dense tangent vectors, within the noise."""
    settings = SearchSettings(method="sr")
    training = begun(RBM, hydrogen_ring(6, 3.0), symmetric=False, settings=settings).run(12)
    x = tangents(training)[1]
    r = training.residual.numpy()
    rows = sampler.rows(training)
    mean = rows.psi.conj() @ rows.residual
    assert abs(mean) < 1e-12  # the residual of draws is taken from their own mean energy
    slopes = training.network.derivatives(rows.spins).numpy()
    weights = np.abs(rows.psi.numpy()) ** 2
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    theirs = rows.psi.numpy()[:, None] * (slopes - weights @ slopes)
    force, known = theirs.conj().T @ rows.residual.numpy(), x.conj().T @ r
    metric, true = theirs.conj().T @ theirs, x.conj().T @ x
    assert np.abs(metric - true).max() < 0.03 * np.abs(true).max()
    assert np.linalg.norm(force - known) < 0.1 * np.linalg.norm(known)
