"""Measures at their exact limits, and the witnesses against closed forms."""

import math

import kwant
import numpy as np
import pytest
import scipy.sparse
import torch

from qmlcourse.anderson import (
    AndersonModel,
    ChernInsulator,
    LayeredChernInsulator,
    SymplecticPlane,
    band_chern,
    bott_index,
    boundary,
    collapse_spread,
    density_of_states,
    eigenstates,
    fractal_dimension,
    inverse_participation,
    layer_chern,
    logistic_step,
    momentum_density,
    participation_ratio,
    scaling_fit,
    spacing_ratio,
    spanning_share,
    strong_index,
    threshold,
    transfer_matrix_length,
)
from qmlcourse.anderson.hamiltonian import LayeredHamiltonian
from qmlcourse.anderson.measures import jackson_kernel
from qmlcourse.anderson.percolation import percolates
from qmlcourse.anderson.transfer_matrix import _orthonormal
from qmlcourse.anderson.witnesses import (
    POISSON,
    level_statistics,
    mean_participation,
    share_slopes,
    slope_at,
    slope_crossing,
)
from qmlcourse.training import seeded_generator


def test_participation_at_its_limits():
    even = torch.full((1, 6, 6, 6), 1 / 216, dtype=torch.float64)
    assert float(inverse_participation(even)) == pytest.approx(1 / 216)
    assert float(participation_ratio(even)) == pytest.approx(1)
    one = torch.zeros(6, 6, 6, dtype=torch.float64)
    one[1, 2, 3] = 1
    assert float(inverse_participation(one)) == 1
    random = torch.randn(200, 12, 12, 12, dtype=torch.complex128)
    for part, limit in ((random.real, 3), (random, 2)):
        density = part.abs().square()
        density = density / density.sum((1, 2, 3), keepdim=True)
        mean = 1728 * inverse_participation(density).mean()
        assert float(mean) == pytest.approx(limit, abs=0.03)
    with pytest.raises(ValueError, match="three lattice axes"):
        inverse_participation(torch.ones(3, 3))


def test_strong_disorder_leaves_single_sites():
    hamiltonian = AndersonModel(6).sample([1e4] * 20, 1)
    shares = inverse_participation(eigenstates(hamiltonian).density)
    assert float(shares.mean()) > 0.99


def test_momentum_of_a_clean_wave_and_of_one_site():
    hamiltonian = AndersonModel(6).sample([1e3], 1)
    state = torch.zeros(1, 2, 216, dtype=torch.complex128)
    x = torch.arange(6, dtype=torch.float64)
    wave = torch.exp(2j * math.pi * (x[:, None, None] - 2 * x[None, :, None]) / 6)
    state[0, 0] = wave.expand(6, 6, 6).flatten() / 216**0.5
    state[0, 1, 17] = 1
    density = momentum_density(state, hamiltonian)
    assert float(density[0, 0, 4, 1, 3]) == pytest.approx(1)
    assert torch.allclose(density[0, 1], torch.full((6, 6, 6), 1 / 216, dtype=torch.float64))


def test_dimensions_of_powers():
    sizes = [6, 8, 12]
    assert fractal_dimension(sizes, [s**-1.3 for s in sizes]) == pytest.approx(1.3)
    with pytest.raises(ValueError, match="two sizes"):
        fractal_dimension([6], [0.1])


def test_slopes_tell_the_phases():
    slopes = []
    for strength in (5.0, 30.0):
        means = []
        for size in (6, 8, 10):
            found = eigenstates(AndersonModel(size).sample([strength] * 60, size), 0.0, 2)
            means.append(float(inverse_participation(found.density).mean()))
        slopes.append(fractal_dimension((6, 8, 10), means))
    # an independent run of the same sizes and more gave 2.89 and 0.34
    assert 2.6 < slopes[0] < 3.05
    assert 0.1 < slopes[1] < 0.65


@pytest.mark.parametrize(("complex_", "limit"), [(False, 0.5307), (True, 0.5996)])
def test_spacing_ratio_of_random_matrices(complex_, limit):
    matrix = torch.randn(400, 60, 60, dtype=torch.complex128 if complex_ else torch.float64)
    levels = torch.linalg.eigvalsh(matrix + matrix.mH)[:, 15:45]
    assert float(spacing_ratio(levels).mean()) == pytest.approx(limit, abs=0.01)


def test_spacing_ratio_of_free_levels():
    levels = torch.rand(400, 100, dtype=torch.float64)
    assert float(spacing_ratio(levels).mean()) == pytest.approx(POISSON, abs=0.005)
    with pytest.raises(ValueError, match="three levels"):
        spacing_ratio(levels[:, :2])


def test_levels_repel_in_the_metal_alone():
    found = level_statistics(AndersonModel(8), 0.0, [8.0, 60.0], 40, 3)
    metal, insulator = found.ratio - [0.5307, POISSON]
    assert abs(metal) < 4 * found.ratio_error[0]
    assert abs(insulator) < 4 * found.ratio_error[1] + 0.01
    assert found.log_share[0] < -4 < -1 < found.log_share[1]


def test_spins_repel_by_pairs():
    found = level_statistics(SymplecticPlane(8), 1.0, [3.0], 24, 5, pairs=True)
    # Atas et al. for the symplectic class, and what a plane of 10 x 10 adds
    assert abs(found.ratio[0] - 0.6762) < 4 * found.ratio_error[0] + 0.01


def test_the_error_of_ratios_is_the_spread_of_independent_samples():
    found = level_statistics(AndersonModel(10, dimensions=2), 0.0, [5.0] * 200, 2, 5)
    stated = np.sqrt(np.mean(found.ratio_error**2))
    assert abs(stated / found.ratio.std(ddof=1) - 1) < 4 * math.sqrt(2 / 400)


def test_a_seed_for_each_sample_draws_one_pattern_for_all_strengths():
    model, strengths, seeds = AndersonModel(6), [8.0, 40.0], [3, 8, 5]
    found = mean_participation(model, 0.0, strengths, 3, seeds)
    for strength, value in zip(strengths, found, strict=True):
        states = eigenstates(model.sample([strength] * 3, seeds), 0.0, 4)
        assert value == pytest.approx(float(inverse_participation(states.density).mean()))
    # an integer is the start of one stream, and a generator is that stream
    one = mean_participation(model, 0.0, strengths, 3, 4)
    assert np.array_equal(one, mean_participation(model, 0.0, strengths, 3, seeded_generator(4)))
    assert not np.array_equal(one, found)
    with pytest.raises(ValueError, match="2 integers for 3 samples"):
        level_statistics(model, 0.0, strengths, 3, seeds[:2])


def test_density_of_states():
    hamiltonian = AndersonModel(10).sample([60.0] * 4, 1)
    value = density_of_states(hamiltonian, [0.0], moments=128, seed=2)
    assert float(value) == pytest.approx(1 / 60, rel=0.1)
    hamiltonian = AndersonModel(8).sample([8.0] * 6, 1)
    levels = torch.linalg.eigvalsh(hamiltonian.dense())
    counted = float((levels.abs() < 0.5).double().mean())
    value = density_of_states(hamiltonian, np.linspace(-0.5, 0.5, 11), seed=2)
    assert float(value.mean()) == pytest.approx(counted, rel=0.08)
    with pytest.raises(ValueError, match="outside"):
        density_of_states(hamiltonian, [40.0])


@pytest.mark.parametrize("moments", [3, 64, 257])
def test_the_kernel_is_that_of_kwant(moments):
    right = kwant.kpm.jackson_kernel(np.ones(moments))
    assert np.abs(jackson_kernel(moments).numpy() - right).max() < 1e-14


@pytest.mark.parametrize("model", [AndersonModel(4, flux=0.25), LayeredChernInsulator(3)], ids=str)
def test_the_density_of_states_is_that_of_kwant(model):
    hamiltonian = model.sample([3.0], 2)
    matrix = hamiltonian.dense()[0].numpy()
    reach = float(hamiltonian.on_site.abs().amax()) + 6.5
    energies = np.linspace(-0.8, 0.9, 18) * reach
    # all unit vectors, so that its trace is exact; the same width of the kernel
    exact = kwant.kpm.SpectralDensity(
        scipy.sparse.csr_matrix(matrix),
        vector_factory=np.eye(len(matrix), dtype=complex),
        num_vectors=None,
        num_moments=48,
        bounds=(-reach, reach),
        eps=1e-12,
    )
    right = exact(energies).real * hamiltonian.orbitals  # an average over the states
    own = density_of_states(hamiltonian, energies, moments=48, vectors=3000, seed=4)
    assert np.abs(own.numpy() - right).max() < 0.02 * right.max()
    one = density_of_states(hamiltonian, float(energies[3]), moments=48, vectors=3000, seed=4)
    assert one.shape == ()
    assert float(one) == pytest.approx(float(own[3]))


def test_the_error_of_bars_is_the_spread_of_independent_runs():
    runs = 600
    found = transfer_matrix_length(AndersonModel(3), 0.0, [12.0] * runs, 400, 2, seed=11)
    spread = float(found.reduced.std())
    stated = float(found.error.square().mean().sqrt())
    # each is known to 1 / sqrt(2 runs): five standard deviations of the ratio
    assert abs(stated / spread - 1) < 5 / math.sqrt(runs)


@pytest.mark.parametrize("width", [3, 4])
def test_a_clean_bar_outside_its_band_has_a_closed_form(width):
    found = transfer_matrix_length(AndersonModel(width), 9.0, [0.0], length=2000, bars=2)
    # the slowest transverse mode, of energy 4
    assert float(found.reduced[0]) == pytest.approx(1 / (math.acosh(2.5) * width), rel=1e-3)


def test_columns_too_alike_for_their_squares_are_turned_by_householder():
    """Growth by the QR of the whole frame; columns as alike as 1e-9 leave no Cholesky factor."""
    generator = torch.manual_seed(3)
    now, before = (torch.randn(2, 4, 4, dtype=torch.float64, generator=generator) for _ in range(2))
    now[0, :, 1] = now[0, :, 0] + 1e-9 * now[0, :, 1]
    before[0, :, 1] = before[0, :, 0] + 1e-9 * before[0, :, 1]
    frame, factor = torch.linalg.qr(torch.cat([now, before], 1))
    one, other, growth = _orthonormal(now, before)
    found = torch.cat([one, other], 1)
    unit = torch.eye(4, dtype=torch.float64)
    assert torch.allclose(found.mT @ found, unit.expand(2, 4, 4), atol=1e-10)
    assert torch.allclose(found @ found.mT, frame @ frame.mT, atol=1e-6)
    assert torch.allclose(growth, factor[:, -1, -1].abs().log(), atol=1e-6)


def test_bars_know_the_phases():
    thin, wide = (
        transfer_matrix_length(AndersonModel(m), 0.0, [8.0, 30.0], 1500, 2, seed=m) for m in (4, 6)
    )
    assert float(wide.reduced[0]) > float(thin.reduced[0])
    assert float(wide.reduced[1]) < float(thin.reduced[1])
    with pytest.raises(ValueError, match="at least 2 bars"):
        transfer_matrix_length(AndersonModel(4), 0.0, [8.0], bars=1)
    with pytest.raises(ValueError, match="uniform flux"):
        transfer_matrix_length(AndersonModel(4, flux="random"), 0.0, [8.0])
    with pytest.raises(ValueError, match="2 dimensions"):
        transfer_matrix_length(AndersonModel(4, dimensions=2), 0.0, [8.0])


def test_scaling_finds_what_made_its_data():
    widths, strengths = np.array([4, 6, 8, 12]), np.linspace(15, 18, 9)
    x = (strengths[None] - 16.54) / 16.54 * widths[:, None] ** (1 / 1.57)
    clean = np.exp(-0.55 - 1.2 * x + 0.2 * x**2) * np.exp(-2 * widths[:, None] ** -3.0)
    rng = np.random.default_rng(0)
    values = clean * (1 + 0.003 * rng.standard_normal(clean.shape))
    fit = scaling_fit(widths, strengths, values, 0.003 * values)
    assert abs(fit.critical - 16.54) < 3 * fit.critical_error < 0.5
    assert abs(fit.exponent - 1.57) < 3 * fit.exponent_error
    assert 0.3 < fit.chi2 / fit.freedom < 2
    right = collapse_spread(16.54, 1.57, widths, strengths, np.log(values))
    assert right < 0.3 * collapse_spread(16.0, 1.57, widths, strengths, np.log(values))
    with pytest.raises(ValueError, match="one row for each width"):
        scaling_fit(widths, strengths, values.T, values)


@pytest.mark.parametrize("understated", [1.0, 2.0])
def test_errors_of_the_scaling_fit_are_the_spread_of_independent_data(understated):
    widths, strengths = np.array([4, 6, 8, 12]), np.linspace(15, 18, 9)
    x = (strengths[None] - 16.54) / 16.54 * widths[:, None] ** (1 / 1.57)
    clean = np.exp(-0.55 - 1.2 * x + 0.2 * x**2 - 2 * widths[:, None] ** -3.0)
    rng = np.random.default_rng(3)
    fits = []
    for _ in range(60):
        values = clean * (1 + 0.003 * rng.standard_normal(clean.shape))
        fits.append(scaling_fit(widths, strengths, values, 0.003 * values / understated))
    # 36 data, 6 parameters: W_c, nu, the irrelevant amplitude and a parabola
    chi2 = np.mean([fit.chi2 for fit in fits]) / understated**2
    assert abs(chi2 - 30) < 4 * math.sqrt(2 * 30 / 60)
    assert all(fit.freedom == 30 for fit in fits)
    for name in ("critical", "exponent"):
        found = np.array([getattr(fit, name) for fit in fits])
        stated = np.mean([getattr(fit, f"{name}_error") for fit in fits])
        # where chi2 is below its mean, the error stays as it is: a little above the spread
        assert 0.7 < stated / found.std(ddof=1) < 1.45
        assert abs(found.mean() - {"critical": 16.54, "exponent": 1.57}[name]) < stated
    assert np.mean([fit.value for fit in fits]) == pytest.approx(math.exp(-0.55), rel=0.01)


def test_weights_of_a_step_count_as_points_that_are_there_more_often():
    x = np.linspace(10, 23, 8)
    y = 1 / (1 + np.exp((x - 16.2) / 0.9)) + 0.05 * np.random.default_rng(1).standard_normal(8)
    often = [1, 4, 2, 1, 3, 1, 2, 5]
    weighted = logistic_step(x, y, often)
    assert weighted[:2] == pytest.approx(
        logistic_step(np.repeat(x, often), np.repeat(y, often))[:2], abs=1e-5
    )
    assert abs(weighted[0] - logistic_step(x, y)[0]) > 1e-3


def test_a_step_is_found_with_its_error():
    x = np.linspace(10, 23, 15)
    rng = np.random.default_rng(1)
    y = 1 / (1 + np.exp((x - 16.2) / 0.9)) + 0.01 * rng.standard_normal(15)
    centre, width, error = logistic_step(x, y)
    assert abs(centre - 16.2) < 4 * error < 0.2
    assert width == pytest.approx(0.9, abs=0.1)
    rising = logistic_step(x, 1 - y)
    assert rising[1] < 0
    with pytest.raises(ValueError, match="four strengths"):
        logistic_step([1, 2], [0, 1])


def test_boundary_by_a_straight_line():
    assert boundary([1, 2, 3], [[1, 0.75, 0.25], [0, 0, 0]]).tolist()[0] == 2.5
    assert np.isnan(boundary([1, 2, 3], [0, 0, 0]))
    rows = [[0.9, 0.7, 0.2, 0.8], [0.5, 0.1, 0.0, 0.0], [0.1, 0.2, 0.3, 0.9]]
    # 7 + 0.4 * 8; 4 right at the first strength; 15 + 1/3 * 20 for a rising row
    assert boundary([4, 7, 15, 35], rows) == pytest.approx([10.2, 4, 15 + 20 / 3])


def test_clusters_span_as_they_must():
    assert not percolates(6, 0.0, 0)
    assert percolates(6, 1.0, 0)
    assert percolates(6, 1.0, 0, bonds=True)
    shares = spanning_share(12, [0.2, 0.45], 40, 1)
    assert shares[0] < 0.1
    assert shares[1] > 0.9
    value, error = threshold(8, 20, np.linspace(0.27, 0.35, 7), 150, 3)
    assert abs(value - 0.3116) < 4 * error
    assert error < 0.01


def test_invariants_of_clean_and_disordered_insulators():
    masses = [-2.6, -1.2, 1.1, 2.4]
    for mass in masses:
        clean = float(band_chern(mass))
        assert clean in (-1.0, 0.0, 1.0)
        index = bott_index(ChernInsulator(9, mass).sample([0.0, 1.0], 1))
        assert torch.allclose(index, torch.full_like(index, clean), atol=1e-8)
    assert float(bott_index(ChernInsulator(9, -1.0).sample([25.0], 1)).abs()) < 1e-8
    layered = layer_chern(LayeredChernInsulator(5, -1.0, 0.3).sample([0.5], 1))
    assert float(layered) == pytest.approx(1, abs=1e-8)
    weyl = float(layer_chern(LayeredChernInsulator(5, -1.0, 1.4).sample([0.2], 1)))
    momenta = -1.0 + 1.4 * np.cos(2 * np.pi * np.arange(5) / 5)
    assert weyl == pytest.approx(float(band_chern(torch.tensor(momenta)).mean()), abs=1e-6)
    assert strong_index([-3.5, -2, -0.5, 2]).tolist() == [0, 1, 0, 1]
    with pytest.raises(ValueError, match="plane"):
        bott_index(LayeredChernInsulator(4).sample([0.0], 0))
    with pytest.raises(ValueError, match="cube"):
        layer_chern(ChernInsulator(4).sample([0.0], 0))


def test_the_layers_of_a_box_are_counted_along_its_last_axis():
    """Seven by five by three sites: three equal planes that do not touch."""
    square = ChernInsulator(5, -1.0).sample([0.0], 0)
    on_site = 0.4 * torch.rand(1, 7, 5, dtype=torch.float64, generator=torch.manual_seed(2))
    between = square.between[:, :1]
    plane = LayeredHamiltonian(on_site, square.inside, between, (7, 5), 2)
    rows = square.inside.reshape(5, 2, 5, 2)
    inside = torch.einsum("aibj,zw->azibwj", rows, torch.eye(3).to(rows))
    box = LayeredHamiltonian(
        on_site.repeat_interleave(3, 2),
        inside.reshape(1, 1, 30, 30),
        between.repeat_interleave(3, 2),
        (7, 5, 3),
        2,
    )
    levels = [torch.linalg.eigvalsh(h.dense()) for h in (plane, box)]
    assert torch.allclose(levels[0].repeat_interleave(3, 1), levels[1], atol=1e-10)
    expected = float(band_chern(-1.0))
    assert float(bott_index(plane)) == pytest.approx(expected, abs=1e-8)
    assert float(layer_chern(box)) == pytest.approx(expected, abs=1e-8)


def test_the_power_of_the_shares_finds_what_made_it():
    strengths = np.linspace(10, 24, 9)
    slopes = 1.4 - 0.18 * (strengths - 17.0)
    share = [[-3.0] * 9, (-3.0 - slopes * np.log(1.5)).tolist()]
    errors = [[0.02] * 9] * 2
    row = {
        "strengths": strengths.tolist(),
        "sizes": [8, 12],
        "log_share": share,
        "share_errors": errors,
    }
    shares, stated = share_slopes({**row, "share_errors": [[0.03] * 9, [0.04] * 9]})
    assert shares == pytest.approx(slopes)
    assert stated == pytest.approx(0.05 / np.log(1.5))  # 3, 4, 5
    slope, stray = slope_at(row, 17.0)
    assert slope == pytest.approx(1.4, abs=1e-9)
    assert 0.01 < stray < 0.1
    bent = {**row, "log_share": [share[0], (np.array(share[1]) + 0.2 * np.cos(strengths)).tolist()]}
    bent["share_errors"] = [[0.01 * (1 + n) for n in range(9)], [0.02] * 9]
    slopes_now, sizes = share_slopes(bent)
    cubic = np.polyfit(strengths - 17, slopes_now, 3, w=1 / sizes)
    assert slope_at(bent, 15.5)[0] == pytest.approx(np.polyval(cubic, -1.5))
    (root,) = (r.real for r in np.roots(cubic - [0, 0, 0, 1.4]) if abs(r.imag) < 1e-9)
    assert slope_crossing(bent, 1.4)[0] == pytest.approx(root + 17)
    value, error = slope_crossing(row, 1.4, stray)
    assert value == pytest.approx(17.0, abs=1e-6)
    assert slope_crossing(row, 1.4)[1] < error < 1
