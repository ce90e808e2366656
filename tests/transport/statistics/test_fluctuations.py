"""Statistics against closed forms: Gaussian processes, random matrices, series resistors."""

import numpy as np
import pytest
import scipy.stats

from qmlcourse.transport import (
    Estimate,
    conductance_correlation,
    conductance_distribution,
    conductance_variance,
    self_averaging,
    symmetry_crossover,
    thermal_fluctuations,
    weak_localization,
)
from qmlcourse.transport.statistics import (
    dip_half_width,
    magnetoconductance,
    self_averaging_exponent,
)


def chaotic_cavities(samples, channels, beta, seed):
    """(sample,) g of cavities with `channels` in each lead, from circular random matrices."""
    rng = np.random.default_rng(seed)
    s = scipy.stats.unitary_group.rvs(2 * channels, size=samples, random_state=rng)
    if beta == 1:  # the circular orthogonal ensemble
        s = s.swapaxes(-1, -2) @ s
    t = s[:, channels:, :channels]
    return (np.abs(t) ** 2).sum((-2, -1))


@pytest.mark.parametrize("beta", [1, 2])
def test_chaotic_cavities_have_the_moments_of_random_matrix_theory(beta):
    """Exact for any N: C. W. J. Beenakker, Rev. Mod. Phys. 69, 731 (1997), sec. II."""
    n = 4
    g = chaotic_cavities(4000, n, beta, seed=beta)
    if beta == 1:
        mean = n * n / (2 * n + 1)
        variance = 2 * (n * (n + 1)) ** 2 / (2 * n * (2 * n + 1) ** 2 * (2 * n + 3))
    else:
        mean, variance = n / 2, n**4 / ((2 * n) ** 2 * ((2 * n) ** 2 - 1))
    found = conductance_distribution(g)
    assert abs(found.mean.value - mean) < 3.5 * found.mean.error
    spread = conductance_variance(g)
    assert abs(float(spread) - variance) < 3.5 * spread.error
    assert spread.error == pytest.approx(variance * np.sqrt(2 / 4000), rel=0.2)


def gaussian_process(samples, fields, width, rng):
    """Curves with the correlation exp(-lag^2 / (2 width^2)) and variance 1, exactly."""
    lag = np.arange(fields)
    covariance = np.exp(-((lag[:, None] - lag) ** 2) / (2 * width**2)) + 1e-10 * np.eye(fields)
    return rng.normal(size=(samples, fields)) @ np.linalg.cholesky(covariance).T


def test_correlation_function_of_a_known_process():
    rng = np.random.default_rng(1)
    flux = np.linspace(0, 6.3, 64)
    g = 3 + gaussian_process(400, 64, 4.0, rng)
    found = conductance_correlation(flux, g)
    expected = np.exp(-((found.lag / 0.4) ** 2) / 2)
    assert np.abs((found.value - expected) / np.maximum(found.error, 1e-3)).max() < 4.5
    half = 0.4 * np.sqrt(2 * np.log(2))
    assert abs(float(found.field) - half) < 3.5 * found.field.error
    assert found.field.error < 0.05 * half


def test_half_width_errors_cover_the_truth_two_times_out_of_three():
    inside, half = 0, 0.3 * np.sqrt(2 * np.log(2))
    for n in range(200):
        g = gaussian_process(60, 32, 3.0, np.random.default_rng(n))
        found = conductance_correlation(np.arange(32) * 0.1, g, seed=n).field
        inside += abs(float(found) - half) < found.error
    assert 0.55 < inside / 200 < 0.80


def test_resamples_that_never_fall_to_one_half_are_not_dropped():
    """Four of these six samples are nearly constant: the interval tells of it."""
    rng = np.random.default_rng(0)
    g = np.array([1, -1, 1, -1, 1, -1])[:, None] * np.r_[np.ones(5), np.zeros(4)]
    g = g * np.array([1, 1, 0.02, 0.02, 0.02, 0.02])[:, None]
    g = g + np.array([0, 0, 1, -1, 1, -1])[:, None] * (0.25 + 0.01 * rng.normal(size=(6, 1)))
    found = conductance_correlation(np.arange(9.0), g).field
    assert found.interval[1] == 4, "the largest lag"


def test_one_curve_has_a_correlation_field_too():
    rng = np.random.default_rng(2)
    flux = np.arange(2000) * 0.01
    found = conductance_correlation(flux, gaussian_process(1, 2000, 20.0, rng))
    assert float(found.field) == pytest.approx(0.2 * np.sqrt(2 * np.log(2)), rel=0.15)
    assert np.isnan(found.field.error)
    curve = gaussian_process(1, 2000, 20.0, np.random.default_rng(2))
    assert found.value[0] == pytest.approx(curve.var())
    as_row, bare = (conductance_correlation(flux, g) for g in (curve, curve[0]))
    assert (as_row.value == bare.value).all(), "(field,) is a single curve, not samples"


def test_error_bars_cover_the_truth_two_times_out_of_three():
    inside = {"variance": 0, "mean": 0, "crossover": 0, "exponent": 0, "deviation": 0, "dip": 0}
    steps = np.sqrt(np.repeat([1, 0.5], 6))
    for n in range(200):
        g = gaussian_process(60, 12, 2.0, np.random.default_rng(n))
        spread = conductance_variance(g, pooled=True, seed=n, resamples=200)
        inside["variance"] += abs(float(spread) - 1) < spread.error
        mean = magnetoconductance(g, seed=n, resamples=200)
        inside["mean"] += abs(mean.value[3]) < mean.error[3]
        ratio = symmetry_crossover(np.arange(12.0), steps * g, seed=n, resamples=200)
        inside["crossover"] += abs(ratio.value[9] - 0.5) < ratio.error[9]
        law = self_averaging_exponent(1 / (1 + 0.1 * g[:, 0]), [1, 2, 4], seed=n, resamples=200)
        inside["exponent"] += abs(float(law) + 0.5) < law.error
        shape = conductance_distribution(g[:, 0], seed=n, resamples=200)
        inside["deviation"] += abs(float(shape.standard_deviation) - 1) < (
            shape.standard_deviation.error
        )
        dip = weak_localization(np.arange(12.0), g, 9, seed=n, resamples=200)
        inside["dip"] += abs(float(dip)) < dip.error
    for name, count in inside.items():
        assert 0.55 < count / 200 < 0.80, name


def test_variance_and_moments_agree_with_scipy():
    rng = np.random.default_rng(3)
    g = rng.gamma(4.0, size=(500, 3))
    assert np.allclose(conductance_variance(g).value, g.var(0, ddof=1))
    found = conductance_distribution(g[:, 0], bins=15)
    assert found.skewness.value == pytest.approx(scipy.stats.skew(g[:, 0]))
    assert found.excess_kurtosis.value == pytest.approx(scipy.stats.kurtosis(g[:, 0]))
    assert (found.density * np.diff(found.edges)).sum() == pytest.approx(1)
    assert found.error.max() < 0.1
    low, high = found.mean.interval
    assert found.mean.value == pytest.approx(g[:, 0].mean())
    assert [found.mean.value - low, high - found.mean.value] == pytest.approx(
        2 * [g[:, 0].std() / np.sqrt(500)], rel=0.2
    )
    assert found.mean.error == pytest.approx(g[:, 0].std() / np.sqrt(500), rel=0.15)
    assert found.variance.value == pytest.approx(g[:, 0].var(ddof=1))
    assert found.standard_deviation.value == pytest.approx(g[:, 0].std(ddof=1))
    twins = conductance_distribution(np.repeat(g[:, :1], 3, axis=1))
    assert twins.variance.value == pytest.approx(g[:, 0].var(ddof=1)), "copies are not samples"


def test_moments_survive_a_mean_far_away():
    g = 1e6 + 0.3 * np.random.default_rng(8).normal(size=500)
    found = conductance_distribution(g)
    assert found.mean.value == pytest.approx(g.mean(), abs=1e-6)
    assert found.skewness.value == pytest.approx(scipy.stats.skew(g), abs=1e-6)
    assert found.excess_kurtosis.value == pytest.approx(scipy.stats.kurtosis(g), abs=1e-6)


def test_two_samples_are_few_but_enough():
    found = conductance_distribution([1.0, 2.0])
    assert found.variance.value == pytest.approx(0.5)
    assert np.isfinite([found.skewness.error, found.standard_deviation.error]).all()
    # a quarter of all redraws holds the first sample twice, a quarter the second: no variance
    assert found.mean.interval == (1, 2)
    assert found.variance.interval == pytest.approx((0, 0.5))
    assert found.standard_deviation.interval == pytest.approx((0, np.sqrt(0.5)))
    assert found.variance.error == pytest.approx(0.25, rel=0.05)


def test_bins_of_a_flat_distribution():
    g = np.random.default_rng(9).uniform(size=4000)
    found = conductance_distribution(g, bins=np.linspace(0, 1, 11))
    assert np.abs(found.density - 1).max() < 3.5 * found.error.max()
    assert found.error.mean() == pytest.approx(np.sqrt(0.1 * 0.9 / 4000) / 0.1, rel=0.1)


@pytest.mark.parametrize("flux", [np.arange(0, 8, 0.25), np.arange(-8, 8.01, 0.25)])
def test_half_width_of_a_known_dip(flux):
    """A Lorentzian of half width 1.2, whatever the sign of the field."""
    rng = np.random.default_rng(10)
    dip = -0.3 / (1 + (flux / 1.2) ** 2)
    g = 3 + dip + rng.normal(size=(400, 1)) + 0.05 * rng.normal(size=(400, len(flux)))
    found = dip_half_width(flux, g, 6)
    level = np.mean(1 / (1 + (flux[np.abs(flux) >= 6] / 1.2) ** 2))
    half = 1.2 * np.sqrt(2 / (1 + level) - 1)
    assert abs(float(found) - half) < 3.5 * found.error + 0.02  # 0.02: steps of 0.25
    assert 0 < found.error < 0.1


def test_weak_localization_pairs_the_samples():
    rng = np.random.default_rng(4)
    own = rng.normal(size=(300, 1))
    g = 3 + own + np.array([-0.3, 0, 0]) + 0.01 * rng.normal(size=(300, 3))
    dip = weak_localization([0.0, 4, 8], g, 4)
    assert float(dip) == pytest.approx(0.3, abs=0.005)
    assert dip.error < 0.002, "what a sample has at all fields cancels"
    with pytest.raises(ValueError, match="must hold zero"):
        weak_localization([1.0, 4, 8], g, 4)
    with pytest.raises(ValueError, match="positive flux, not 0"):
        weak_localization([0.0, 4, 8], g, 0)
    with pytest.raises(ValueError, match="2 fluxes but 3"):
        weak_localization([0.0, 4], g, 4)
    with pytest.raises(ValueError, match="no dip"):
        dip_half_width([0.0, 4, 8], -g, 4)


def test_crossover_is_relative_to_zero_field():
    rng = np.random.default_rng(5)
    g = rng.normal(size=(4000, 3)) * np.sqrt([1, 0.5, 0.5])
    found = symmetry_crossover([0.0, 5, 10], g)
    assert found.value[0] == 1
    assert found.error[0] == 0
    assert np.abs(found.value[1:] - 0.5).max() < 3.5 * found.error[1:].max()
    with pytest.raises(ValueError, match="exactly once"):
        symmetry_crossover([1.0, 5, 10], g)
    with pytest.raises(ValueError, match="4 fluxes but 3"):
        symmetry_crossover([0.0, 5, 10, 15], g)
    with pytest.raises(ValueError, match="nothing to divide"):
        symmetry_crossover([0.0, 5, 10], np.ones((5, 3)))


def test_warm_fluctuations_fall_as_the_square_root_of_temperature():
    """White noise in energy, correlated over `step`: a window of kT averages kT / step pieces."""
    rng = np.random.default_rng(6)
    energies = np.linspace(-1, 1, 401)
    g = rng.normal(size=(200, 401, 2))
    found = thermal_fluctuations(energies, g, [0.04, 0.16])
    assert found.value[0] / found.value[1] == pytest.approx(2, rel=0.1)
    exact = np.sqrt(0.005 / (6 * 0.16))  # integral of (df/dE)^2 is 1 / (6 kT)
    assert found.value[1] == pytest.approx(exact, rel=0.1)
    with pytest.raises(ValueError, match="sample, energy, field"):
        thermal_fluctuations(energies, g[0], [0.1])


def test_series_resistors_average_themselves():
    g = 1 / np.random.default_rng(7).uniform(0.5, 1.5, size=(4000, 2))
    found = self_averaging(g, [1, 4, 16])
    single = np.sqrt(1 / 12)
    assert np.abs(found.value - single / np.sqrt([1, 4, 16])).max() < 3.5 * found.error.max()
    with pytest.raises(ValueError, match="take 1 to 2000"):
        self_averaging(g, [2001])
    with pytest.raises(ValueError, match="does not conduct"):
        self_averaging(g - 1, [1])
    with pytest.raises(ValueError, match=r"whole numbers, not 2\.5"):
        self_averaging(g, [2.5])


def test_the_exponent_tells_independent_pieces_from_equal_ones():
    rng = np.random.default_rng(11)
    apart = self_averaging_exponent(1 / rng.uniform(0.5, 1.5, 8000), [1, 2, 4, 8, 16])
    assert abs(float(apart) + 0.5) < 3.5 * apart.error < 0.15
    blocks = np.repeat(rng.uniform(0.5, 1.5, 1000), 8)  # eight neighbours are copies
    alike = self_averaging_exponent(1 / blocks, [1, 2, 4, 8])
    assert float(alike) == pytest.approx(0, abs=3.5 * alike.error)
    for g, pieces, words in [
        (1 / blocks, [2, 2], "two different"),
        (1 / blocks, [1, 2000], "take 1 to 1000"),
        (np.ones(80), [1, 2], "does not fluctuate"),
    ]:
        with pytest.raises(ValueError, match=words):
            self_averaging_exponent(g, pieces)


def test_estimates_read_well():
    assert str(Estimate(0.13412, 0.0061, (0, 1), 10)) == "0.1341 ± 0.0061"
    assert str(Estimate(np.array([1.0, 2.0]), np.array([0.1, 0.2]), (0, 1), 5)) == (
        "1.00 ± 0.10, 2.00 ± 0.20"
    )
    assert str(Estimate(2.5, np.nan, (0, 1), 1)) == "2.5"
    assert float(Estimate(2.5, 0.1, (0, 1), 1)) == 2.5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: conductance_variance(np.zeros((1, 4))), "two samples"),
        (lambda: conductance_variance(np.zeros((2, 2, 2))), r"must be \(sample, field\)"),
        (lambda: conductance_variance([1.0, np.nan]), "NaN"),
        (lambda: conductance_variance(np.zeros((5, 4)), resamples=1), "two resamples"),
        (lambda: conductance_distribution(np.ones((5, 3))), "no shape"),
        (lambda: conductance_correlation(np.arange(9.0), np.ones((3, 9))), "does not fluctuate"),
        (lambda: conductance_correlation([0, 1, 3] * 3, np.zeros((3, 9))), "evenly spaced"),
        (lambda: conductance_correlation(np.arange(8.0), np.zeros((3, 9))), "8 fluxes but 9"),
        (
            lambda: conductance_correlation(np.arange(9.0), np.arange(18.0).reshape(2, 9)),
            "does not fall to one half",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_bootstrap_is_reproducible():
    g = np.random.default_rng(12).normal(size=(30, 4))
    first, again, other = (conductance_variance(g, seed=n) for n in (1, 1, 2))
    assert (first.error == again.error).all()
    assert (first.error != other.error).any()
    assert (first.value == other.value).all()
