"""Thermal averages, spectra and ensembles against closed forms."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

from qmlcourse.transport import (
    ABRing,
    correlation_energy,
    ensemble_harmonics,
    oscillation_spectrum,
    thermal_average,
)
from qmlcourse.transport.statistics.averages import fermi_weight


def test_thermal_average_of_an_oscillation_has_its_closed_form():
    """int cos(a E + b) (-f') dE = pi a kT / sinh(pi a kT) cos(a mu + b)."""
    energies = np.linspace(-1, 1, 801)
    for rate, kt, start in [(8.0, 0.03, 0.0), (30.0, 0.03, 1.0), (3.0, 0.05, -1.3)]:
        x = np.pi * rate * kt
        g = np.cos(rate * energies + start)
        found = thermal_average(energies, g, kt, fermi_energy=0.1)
        assert float(found) == pytest.approx(x / np.sinh(x) * np.cos(rate * 0.1 + start), abs=1e-6)


def test_the_weight_of_an_energy_is_the_slope_of_the_fermi_function():
    energies, step = np.linspace(-0.5, 1.5, 41), 1e-5
    above, below = (1 / (np.exp((energies + s - 0.4) / 0.07) + 1) for s in (step, -step))
    assert fermi_weight(energies, 0.4, 0.07) == pytest.approx((below - above) / (2 * step))
    assert fermi_weight(1e6, 0.4, 0.07) < 1e-250  # far away it vanishes, without an overflow


def test_thermal_average_is_the_trapezoidal_rule_to_its_ends():
    """The ends carry half a step: seen by a g that lives there, on even and uneven energies."""
    kt = 0.1
    for energies in (np.linspace(-0.5, 0.5, 11), 0.5 * np.sin(np.linspace(-1.5, 1.5, 23))):
        weight = 1 / (4 * kt * np.cosh(energies / (2 * kt)) ** 2)
        for n in (0, 1, 5, len(energies) - 1):
            g = np.zeros(len(energies))
            g[n] = 1
            expected = trapezoid(weight * g, energies) / trapezoid(weight, energies)
            found = thermal_average(energies, g, kt, fermi_energy=0.0)
            assert float(found) == pytest.approx(expected, rel=1e-12)


def test_thermal_average_shapes_and_limits():
    energies = np.linspace(-1, 1, 41)
    g = np.stack([np.ones(41), energies, energies**2], 1)
    warm = thermal_average(energies, g, 0.08)
    assert warm == pytest.approx([1, 0, np.pi**2 / 3 * 0.08**2], abs=2e-4)
    assert thermal_average(energies, g, 0.0, fermi_energy=0.123)[1] == pytest.approx(0.123)
    assert np.allclose(thermal_average(energies, g.T, 0.08, axis=-1), warm)


def test_thermal_average_warns_and_refuses():
    energies = np.linspace(-1, 1, 41)
    with pytest.warns(UserWarning, match="cover only"):
        thermal_average(energies, np.ones(41), 1.0)
    with pytest.warns(UserWarning, match="too coarse"):
        thermal_average(energies, np.ones(41), 0.01)
    for arguments, words in [
        ((energies, np.ones(40), 0.1), "41 energies but 40"),
        ((energies[::-1], np.ones(41), 0.1), "increasing"),
        ((energies, np.ones(41), -0.1), "must not be negative"),
        ((energies, np.full(41, np.nan), 0.1), "NaN"),
    ]:
        with pytest.raises(ValueError, match=words):
            thermal_average(*arguments)


@pytest.mark.parametrize("points", [200, 201, 64])
def test_spectrum_reads_amplitudes_and_phases(points):
    flux = np.linspace(0.25, 2.25, points)
    g = 1.5 + 0.4 * np.cos(2 * np.pi * flux) - 0.1 * np.cos(4 * np.pi * flux + 0.3)
    spectrum = oscillation_spectrum(flux, g)
    assert spectrum.coefficient(1) == pytest.approx(0.4, abs=1e-10)
    assert spectrum.coefficient(2) == pytest.approx(-0.1 * np.exp(0.3j), abs=1e-10)
    assert spectrum.amplitude[0] == pytest.approx(1.5)
    frequency, amplitude = spectrum
    assert amplitude[np.abs(frequency - 1).argmin()] == pytest.approx(0.4, abs=1e-10)
    nearest = np.abs(spectrum.frequency - 1).argmin()
    assert spectrum.frequency[nearest] == pytest.approx(1)


def test_a_harmonic_is_read_half_a_step_away_and_no_further():
    """Flux over 10/7 quanta: frequencies 0, 0.7, 1.4, 2.1."""
    flux = np.arange(6) * 10 / 42
    spectrum = oscillation_spectrum(flux, np.cos(2 * np.pi * 0.7 * flux + 0.3))
    assert spectrum.frequency == pytest.approx([0, 0.7, 1.4, 2.1])
    for order, number in ((0, 0), (0.34, 0), (1, 1), (1.06, 2), (2, 3), (2.44, 3)):
        assert spectrum.coefficient(order) == spectrum.waves[number]
    assert spectrum.coefficient(1) == pytest.approx(np.exp(0.3j))
    with pytest.raises(
        ValueError, match=r"too coarsely for harmonic 3: its highest .* is 2\.1 per"
    ):
        spectrum.coefficient(3)
    with pytest.raises(ValueError, match="too coarsely"):
        spectrum.coefficient(2.46)


def test_spectrum_obeys_parseval():
    rng = np.random.default_rng(0)
    g = rng.normal(size=(3, 64))
    spectrum = oscillation_spectrum(np.arange(64) / 16, g)
    power = spectrum.amplitude[:, 1:-1] ** 2 / 2
    total = power.sum(1) + spectrum.amplitude[:, -1] ** 2
    assert total == pytest.approx(g.var(1))


@pytest.mark.parametrize(
    ("flux", "g", "words"),
    [
        ([0, 1, 2], [0, 1, 2], "at least four"),
        ([0, 1, 2, 4], [0, 1, 2, 3], "even steps"),
        ([0, 1, 2, 3], [0, 1, np.nan, 3], "NaN"),
        ([0, 1, 2, 3], [0, 1, 2], "last axis"),
    ],
)
def test_spectrum_refuses(flux, g, words):
    with pytest.raises(ValueError, match=words):
        oscillation_spectrum(flux, g)


def test_the_ensemble_keeps_the_second_harmonic_and_loses_the_first():
    flux = np.arange(16) / 16
    rings = ABRing(12, 7, 5, disorder=2.0, seed=range(400))
    curves = np.concatenate([rings.conductance(e, flux) for e in (-2.1, -2.0, -1.9)])
    found = ensemble_harmonics(flux, curves)
    assert found.typical[0] > 2 * found.typical[1]  # in one ring h/e is the larger
    assert found.amplitude[1] > 2 * found.amplitude[0]  # in the average h/2e is
    assert found.amplitude[1] > 5 * found.error[1]
    # time-reversed paths interfere constructively in reflection: a dip of g at zero flux
    assert curves.mean(0)[0] < curves.mean(0)[4]


def test_bootstrap_error_is_that_of_the_mean():
    rng = np.random.default_rng(3)
    flux = np.arange(16) / 16
    signs = 1 + 0.5 * rng.normal(size=(500, 1))
    found = ensemble_harmonics(flux, signs * np.cos(2 * np.pi * flux) + np.cos(4 * np.pi * flux))
    assert found.error[0] == pytest.approx(0.5 / np.sqrt(500), rel=0.15)
    assert found.amplitude[1] == pytest.approx(1)
    assert found.ratio == pytest.approx(1 / found.amplitude[0])
    low, high = found.ratio_interval
    spread = found.ratio * found.error[0] / found.amplitude[0]
    assert [found.ratio - low, high - found.ratio] == pytest.approx([spread, spread], rel=0.2)
    assert found.samples == 500
    with pytest.raises(ValueError, match="two samples"):
        ensemble_harmonics(flux, np.ones((1, 16)))


def test_correlation_energy_of_a_cosine_and_of_noise_with_a_known_width():
    energies = np.linspace(0, 100, 20001)
    assert correlation_energy(energies, np.cos(energies)) == pytest.approx(np.pi / 3, rel=0.02)
    rng = np.random.default_rng(0)
    step, width = energies[1], 0.5  # noise smoothed with a Gaussian of this width
    kernel = np.exp(-((np.arange(-600, 601) * step) ** 2) / (2 * width**2))
    noise = np.array([np.convolve(rng.normal(size=21201), kernel, "valid") for _ in range(8)])
    # the autocorrelation of the smoothed noise is a Gaussian of width sqrt(2) times that
    expected = np.sqrt(2) * width * np.sqrt(2 * np.log(2))
    assert correlation_energy(energies, noise) == pytest.approx(expected, rel=0.1)
    with pytest.raises(ValueError, match="widen them"):
        correlation_energy(energies[:50], np.cos(energies[:50]))
    with pytest.raises(ValueError, match="evenly spaced"):
        correlation_energy([0, 1, 3, 4, 5], np.ones(5))


def test_an_average_may_stand_at_the_edge_of_the_energies():
    """At zero temperature it is the value there; a single energy is its own average."""
    energies, values = np.array([0.1, 0.2, 0.3]), np.array([2.0, 5.0, 7.0])
    for energy, value in zip(energies, values, strict=True):
        assert thermal_average(energies, values, 0.0, fermi_energy=energy) == pytest.approx(value)
    assert thermal_average([0.2], np.array([5.0]), 0.0) == 5.0
    for outside in (0.09, 0.31):
        with pytest.raises(ValueError, match="lies outside"):
            thermal_average(energies, values, 0.0, fermi_energy=outside)


def test_a_correlation_takes_five_energies():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 5))
    assert 0 < correlation_energy(np.linspace(0, 1, 5), values) < 1
    with pytest.raises(ValueError, match="at least five"):
        correlation_energy(np.linspace(0, 1, 4), values[:, :4])


def test_one_order_has_no_ratio():
    flux = np.arange(32) / 16
    curves = np.cos(2 * np.pi * flux) * np.array([[1.0], [1.1], [0.9]])
    found = ensemble_harmonics(flux, curves, orders=(1,))
    assert np.isnan(found.ratio)
    assert found.order.tolist() == [1]


@pytest.mark.parametrize("points", [64, 65])
def test_a_hann_window_keeps_the_height_of_a_line_and_halves_its_neighbours(points):
    """The window is 1 - cos over a whole period: a line of height 1 has neighbours of 1/2."""
    flux = np.arange(points) / points
    g = 3 + np.cos(2 * np.pi * 9 * flux + 0.4)
    found = oscillation_spectrum(flux, g, window="hann").waves[:14]
    wanted = np.zeros(14, complex)
    wanted[0] = 3
    wanted[9] = np.exp(0.4j)
    wanted[[8, 10]] = -0.5 * np.exp(0.4j)
    assert found == pytest.approx(wanted, abs=1e-12)
    with pytest.raises(ValueError, match="None or 'hann'"):
        oscillation_spectrum(flux, g, window="hamming")
