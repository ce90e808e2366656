"""Fits and posteriors against automatic differentiation, dense linear algebra and SciPy."""

import numpy as np
import pytest
import torch
from scipy import linalg, optimize

from qmlcourse.self_energy import (
    BCS,
    MLP,
    ForwardModel,
    Grid,
    HiddenFermion,
    SelfEnergyFit,
    fit,
    laplace_gap_parameter,
    measured_curves,
    nodes,
    null_directions,
    posterior,
    profile,
    pseudogap,
    relative_errors,
)

torch.set_num_threads(1)
TRUTH = HiddenFermion()
BANDS = (0.0, -0.06)


@pytest.fixture(scope="module")
def settled():
    """A small fit that is taken to its optimum, with a static part."""
    data = measured_curves(TRUTH, BANDS, background=0.3)
    run = SelfEnergyFit(data, Grid(nodes(41), static=True), seed=[1, 2])
    for _ in range(200):  # further than a fit goes, which is done at a gain of 1e-4
        run.advance()
    return run


def projected(forward, parts):
    """Residual with intensity and background from NumPy's least squares, each curve alone."""
    spectrum, _, _ = forward.spectra(*forward.self_energies(*parts))
    columns = forward.columns(spectrum)[0].detach().numpy()
    found = []
    for column, data in zip(columns, forward.data.numpy(), strict=True):
        best, _ = optimize.nnls(column, data)
        found.append(data - column @ best)
    return np.stack(found)


def test_intensity_and_background_are_those_of_least_squares():
    data = measured_curves(TRUTH, BANDS, background=0.1, amplitudes=(1.0, 0.3))
    ansatz = Grid(nodes(41))
    forward = ForwardModel(data, ansatz.at)
    for seed in range(4):  # among them fits that would take a background away
        parts = ansatz.densities(ansatz.start([seed]))
        ours = forward.residual(*parts)[0].numpy()
        assert ours == pytest.approx(projected(forward, parts), abs=1e-3)
        assert forward.chi2(forward.residual(*parts))[0] == pytest.approx(
            (ours**2).sum() / data.mask.sum()
        )
    flat = measured_curves(BCS(gap=0.01), background=0.0)
    forward = ForwardModel(flat, ansatz.at)
    parts = ansatz.densities(ansatz.start([0]))
    _, found = forward.project(forward.columns(forward.spectra(*forward.self_energies(*parts))[0]))
    assert (found[..., 1] >= 0).all()
    assert forward.residual(*parts)[0].numpy() == pytest.approx(projected(forward, parts), abs=1e-3)


def test_the_optimum_is_that_of_chi_squared_and_prior(settled):
    """At the end the gradient of chi squared + raw P raw vanishes, by automatic differentiation."""
    ansatz, forward = settled.ansatz, settled.forward
    n, weight = len(ansatz.at), settled.smoothness

    def cost(raw):
        residual = forward.residual(*ansatz.densities(raw))
        u, g = raw[..., :n], raw[..., n : 2 * n]
        rough = sum((f[..., 2:] - 2 * f[..., 1:-1] + f[..., :-2]).pow(2).sum() for f in (u, g))
        return (residual**2).sum() + weight * (rough + 1e-4 * raw.pow(2).sum())

    start = ansatz.start([0])
    slopes = [
        torch.autograd.grad(cost(raw), raw)[0].norm()
        for raw in (start.requires_grad_(), settled.raw[:1].clone().requires_grad_())
    ]
    assert slopes[1] < 1e-4 * slopes[0]
    assert settled.steps > 44
    assert settled.done


def test_slopes_of_the_raw_parameters_are_finite_differences(settled):
    away = np.random.default_rng(0).normal(size=settled.raw[:1].shape)
    raw = settled.raw[:1] + 0.02 * torch.as_tensor(away)  # where the gradient is not zero
    residual, slope = settled.linearised(raw)
    value, row = settled.linearised_gap_parameter(raw)
    assert residual.shape[1:] == settled.data.counts.shape
    assert abs(value[0]) == pytest.approx(settled.gap_parameter()[0], rel=0.1)
    gradient = (slope.mT @ residual.flatten(1)[..., None])[0, :, 0]
    for place in (3, 20, 41 + 25, 82):
        change = torch.zeros_like(raw)
        change[0, place] = 1e-5
        up, down = (settled.linearised_gap_parameter(raw + s * change)[0][0] for s in (1, -1))
        assert row[0, place] == pytest.approx(float(up - down) / 2e-5, rel=1e-5, abs=1e-9)
        up, down = (
            (settled.forward.residual(*settled.ansatz.densities(raw + s * change)) ** 2).sum()
            for s in (1, -1)
        )
        assert 2 * gradient[place] == pytest.approx(float(up - down) / 2e-5, rel=1e-4, abs=1e-3)


def test_laplace_deviation_is_that_of_the_dense_curvature(settled):
    """sd^2 = g (J J + P)^-1 g, by SciPy, with a slope and a prior that are made here."""
    ansatz, raw = settled.ansatz, settled.raw[:1]
    n = len(ansatz.at)
    _, by_density = settled.forward.jacobian(*ansatz.densities(raw))

    def flat(one):
        return torch.cat([p.reshape(-1) for p in ansatz.densities(one[None])])

    inner = torch.autograd.functional.jacobian(flat, raw[0]).numpy()
    slope = by_density[0].numpy() @ inner
    second = np.diff(np.eye(n), 2, axis=0)
    prior = linalg.block_diag(second.T @ second, second.T @ second, 0.0) + 1e-4 * np.eye(2 * n + 1)
    # Re Sigma_ano(0) = -int rho / x, the static part added: hats are integrated densely
    x = (np.arange(600_000) + 0.5) * (ansatz.at[-1] / 600_000)
    hats = [np.interp(np.r_[-x, x], ansatz.at, np.eye(n)[k]) / np.r_[-x, x] for k in range(n)]
    by_node = [0.0, *(-np.sum(hats[1:-1], axis=1) * (x[1] - x[0])), 0.0]
    row = np.concatenate([np.zeros(n), by_node, [1.0]]) @ inner
    wanted = np.sqrt(row @ linalg.solve(slope.T @ slope + settled.smoothness * prior, row))
    value, sd = laplace_gap_parameter(settled, 0)
    assert sd == pytest.approx(wanted, rel=1e-4)
    assert abs(value) == pytest.approx(settled.gap_parameter()[0], rel=1e-9)
    static = settled.densities()[2][0]
    assert abs(static) > 1e-4
    assert value == pytest.approx(by_node @ settled.densities()[1][0] + static, rel=1e-4)


def test_posterior_is_the_inverse_of_prior_and_information():
    """Dense algebra on few nodes, where the prior can be inverted."""
    at, data = nodes(21), measured_curves(TRUTH, BANDS, counts=300.0)
    found = posterior(data, TRUTH, at=at, scale=0.02, length=0.25)
    here = TRUTH.components(at)
    parts = [torch.as_tensor(-v.imag[None] / np.pi) for v in (here.normal, here.anomalous)]
    for part in parts:
        part[:, [0, -1]] = 0
    zero = torch.zeros(1, dtype=torch.float64)
    _, slope = ForwardModel(data, at).jacobian(*parts, zero)
    slope = slope[0, :, :42].numpy()
    # free numbers: rho_nor inside, rho_ano on the positive side
    free = np.zeros((42, 19 + 9))
    for k in range(19):
        free[1 + k, k] = 1
    for k in range(9):
        free[21 + 11 + k, 19 + k], free[21 + 9 - k, 19 + k] = 1, -1
    t = np.arcsinh(at / 0.02)

    def near(a, b):
        return 0.02**2 * np.exp(-0.5 * ((a[:, None] - b) / 0.25) ** 2)

    prior = linalg.block_diag(
        near(t[1:-1], t[1:-1]), (near(t[11:20], t[11:20]) - near(t[11:20], -t[11:20])) / 2
    )
    seen = slope @ free
    after = linalg.inv(linalg.inv(prior) + seen.T @ seen)
    assert found.prior == pytest.approx(free @ prior @ free.T, abs=1e-12)
    assert found.covariance == pytest.approx(free @ after @ free.T, rel=1e-5, abs=1e-10)
    # directions whose standard deviation is less than half of what it was
    share = linalg.eigh(after, prior, eigvals_only=True)
    assert found.informative == (np.sqrt(share) < 0.5).sum() > 0
    before, narrowed = found.gap_parameter_deviations()
    drawn = np.random.default_rng(0).multivariate_normal(np.zeros(28), after, 4000) @ free.T
    gaps = [_gap(at, draw[21:]) for draw in drawn]
    assert np.std(gaps) == pytest.approx(narrowed, rel=0.05)
    assert narrowed < before
    middle = at[11:20]
    sd = np.pi * np.sqrt(np.diag(after))[19:]
    assert found.anomalous_deviations(middle)[1] == pytest.approx(sd, rel=1e-4)


def _gap(at, density):
    """-int rho / x for a piecewise-linear odd density, in each interval by its closed form."""
    total = 0.0
    for a, b, p, q in zip(at[10:-1], at[11:], density[10:-1], density[11:], strict=True):
        slope = (q - p) / (b - a)
        total += slope * (b - a) + (0.0 if a == 0 else (p - slope * a) * np.log(b / a))
    return -2 * total


def test_null_directions_are_the_weakest_of_the_slope(settled):
    seen, normal, anomalous = null_directions(settled, 0, count=3)
    length = (normal**2).sum(1) + (anomalous**2).sum(1)
    assert length == pytest.approx(1)
    assert anomalous == pytest.approx(-anomalous[:, ::-1], abs=1e-9)
    with torch.no_grad():
        _, slope = settled.forward.jacobian(*settled.ansatz.densities(settled.raw[:1]))
    moved = slope[0, :, :-1].numpy() @ np.concatenate([normal, anomalous], 1).T
    assert np.linalg.norm(moved, axis=0) == pytest.approx(seen, rel=1e-6, abs=1e-9)
    rng = np.random.default_rng(0)
    wave = np.exp(-0.5 * ((np.arcsinh(settled.ansatz.at / 0.02) - rng.normal()) / 0.7) ** 2)
    other = np.concatenate([wave, 0 * wave]) / np.linalg.norm(wave)
    assert np.linalg.norm(slope[0, :, :-1].numpy() @ other) > 10 * seen[0]


def test_a_start_has_converged_when_three_steps_gain_less_than_a_ten_thousandth():
    run = SelfEnergyFit(measured_curves(TRUTH), Grid(nodes(21)), seed=range(4))
    # below 0.1 the gain is measured against 0.1
    last = np.array([2.0, 2.0, 0.01, 0.01])
    gain = np.array([1.9e-4, 2.1e-4, 0.9e-5, 1.1e-5])
    for rows, expected in ((44, False), (45, True)):  # 40 steps of softening and four more
        chi2 = np.tile(last + gain, (rows, 1))
        chi2[-1] = last
        run.resume({**run.state(), "chi2": chi2})
        assert run.converged.tolist() == [expected, False, expected, False]


@pytest.mark.parametrize("held", [None, 0.03])
@pytest.mark.parametrize("ansatz", [Grid(nodes(21)), MLP(nodes(21))], ids=["grid", "network"])
def test_a_step_is_that_of_levenberg_and_marquardt(ansatz, held):
    """In NumPy: damping times the curvature's diagonal, four times more until the cost falls."""
    run = SelfEnergyFit(measured_curves(TRUTH, BANDS), ansatz, seed=[3])
    if held is not None:
        run.target = torch.full((1,), held, dtype=torch.float64)
    penalty, damping = ansatz.penalty().numpy(), 1e-2

    def cost(raw):
        raw = torch.as_tensor(raw)[None]
        residual = run.forward.residual(*ansatz.densities(raw))[0].numpy()
        miss = 0 if held is None else float(run.linearised_gap_parameter(raw)[0] - held) / 2e-4
        return (
            (residual**2).sum() + run.weight * raw[0].numpy() @ penalty @ raw[0].numpy() + miss**2
        )

    for _ in range(4):
        start = run.raw[0].numpy().copy()
        residual, slope = (part[0].numpy() for part in run.linearised(run.raw))
        gram = slope.T @ slope + run.weight * penalty
        right = slope.T @ residual.ravel() + run.weight * penalty @ start
        if held is not None:
            value, row = (part[0].numpy() for part in run.linearised_gap_parameter(run.raw))
            gram = gram + np.outer(row, row) / 2e-4**2
            right = right + row * (value - held) / 2e-4**2
        scale = np.diag(gram) if ansatz.own_scales else np.full(len(gram), np.diag(gram).mean())
        for _ in range(8):
            move = -linalg.solve(gram + np.diag(damping * scale + 1e-9), right, assume_a="pos")
            tried = start + np.clip(move, -2, 2)
            if cost(tried) < cost(start):
                start, damping = tried, max(damping / 4, 1e-8)
                break
            damping = min(damping * 4, 1e6)
        run.advance()
        assert run.raw[0].numpy() == pytest.approx(start, rel=1e-6, abs=1e-8)
        assert float(run._damping[0]) == pytest.approx(damping)


def test_the_prior_softens_to_the_one_asked_for():
    run = SelfEnergyFit(measured_curves(TRUTH), Grid(nodes(21)), seed=[0], smoothness=5.0)
    weights = [run.weight]
    for _ in range(41):
        run.advance()
        weights.append(run.weight)
    assert weights[0] == 1e4
    assert weights[20] == pytest.approx(np.sqrt(1e4 * 5.0))
    assert weights[40] == weights[41] == pytest.approx(5.0)
    assert (np.diff(weights[:41]) < 0).all()


def test_errors_are_those_of_the_two_curves(settled):
    w = np.linspace(-0.2, 0.2, 401)
    here, wanted = settled.components(w), TRUTH.components(w)
    normal, anomalous = relative_errors(settled, TRUTH)
    for n in range(2):
        far = here.normal[n].imag - wanted.normal.imag
        assert normal[n] == pytest.approx(np.linalg.norm(far) / np.linalg.norm(wanted.normal.imag))
        far = min(
            np.linalg.norm(s * here.anomalous[n].imag - wanted.anomalous.imag) for s in (1, -1)
        )
        assert anomalous[n] == pytest.approx(far / np.linalg.norm(wanted.anomalous.imag))


def test_a_truth_without_pairing_measures_errors_by_a_tenth_of_its_normal_part(settled):
    truth = pseudogap()
    w = np.linspace(-0.2, 0.2, 401)
    here, wanted = settled.components(w), truth.components(w)
    size = np.linalg.norm(wanted.normal.imag) / 10
    found = relative_errors(settled, truth)[1]
    assert found == pytest.approx(np.linalg.norm(here.anomalous.imag, axis=1) / size)


def test_fitted_counts_are_the_ones_that_leave_the_residual(settled):
    """Data minus fit, over the standard deviation, squared: chi squared a point."""
    model = settled.curves()
    assert model.shape == (2, *settled.data.counts.shape)
    assert np.isnan(model[:, ~settled.data.mask]).all()
    far = (settled.data.counts - model) ** 2 / settled.data.variance
    assert np.nansum(far, (1, 2)) / settled.data.mask.sum() == pytest.approx(settled.chi2)


def test_a_profile_rises_as_the_laplace_deviation_says():
    """Chi squared rises by some n^2 over n standard deviations; the prior has a part of it."""
    data = measured_curves(TRUTH, (0.0, -0.06, -0.15))
    run = fit(data, Grid(), seed=range(2), steps=90)
    value, sd = laplace_gap_parameter(run, run.best)
    gaps = abs(value) + 4 * sd * np.array([-1.0, 0.0, 1.0])
    found = profile(data, gaps, seed=[0], steps=1, held=60) * data.points
    rise = (found[0] + found[2]) / 2 - found[1]
    assert 0.3 * 16 < rise < 1.5 * 16
