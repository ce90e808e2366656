"""Statistics of conductance fluctuations over many wires, each with an error bar.

Arrays are `conductance` (sample, field) in e^2/h per spin. Errors come from a bootstrap over
samples that resamples whole curves, because the fields of one sample are correlated. `seed` and
`resamples` belong to the bootstrap; `resamples` is at least 2.
"""

import operator
from dataclasses import dataclass

import numpy as np

from .. import arrays
from . import bootstrap
from .averages import thermal_average
from .bootstrap import Estimate
from .magnetoconductance import (
    dip_half_width,
    half_width,
    magnetoconductance,
    symmetry_crossover,
    weak_localization,
)

__all__ = [
    "Correlation",
    "Distribution",
    "Estimate",
    "conductance_correlation",
    "conductance_distribution",
    "conductance_variance",
    "dip_half_width",
    "magnetoconductance",
    "self_averaging",
    "self_averaging_exponent",
    "symmetry_crossover",
    "thermal_fluctuations",
    "weak_localization",
]


def conductance_variance(conductance, *, pooled=False, seed=0, resamples=400):
    """Variance of g over samples, at each field or averaged over the fields.

    Parameters
    ----------
    conductance : (sample, field) or (sample,)
    pooled : whether the variances of all fields are averaged into one number: fields apart by more
        than the correlation field count as further samples (ergodicity: P. A. Lee and A. D. Stone,
        Phys. Rev. Lett. 55, 1622 (1985))

    Returns
    -------
    Estimate of (field,) values, or of one. The unbiased estimator, in (e^2/h)^2 per spin.
    """
    g = bootstrap.curves(conductance)
    weights = bootstrap.weights(len(g), seed, resamples)
    value, draws = bootstrap.sample_variance(g), bootstrap.variance(weights, g)
    if pooled or np.ndim(conductance) == 1:
        value, draws = value.mean(), draws.mean(1)
    return bootstrap.estimate(value, draws, len(g))


@dataclass(frozen=True)
class Correlation:
    """The correlation function of fingerprints and the field over which they forget themselves.

    Attributes
    ----------
    lag : (lag,) differences of flux, in the unit of the flux given
    value, error : (lag,) F = <dg(B) dg(B + lag)> in (e^2/h)^2
    field : Estimate, the half width at half maximum of F: the correlation field
    """

    lag: np.ndarray
    value: np.ndarray
    error: np.ndarray
    field: Estimate


def conductance_correlation(flux, conductance, *, seed=0, resamples=200):
    """Correlation function over the field, averaged over samples and fields.

    F(dB) = <dg(B) dg(B + dB)>, where dg is g less its average over samples at that field, divided
    by samples - 1 (P. A. Lee, A. D. Stone and H. Fukuyama, Phys. Rev. B 35, 1039 (1987)). The lags
    go to half of the range.

    Parameters
    ----------
    flux : (field,) evenly spaced and increasing, eight or more
    conductance : (sample, field), or (field,) for a single curve; dg of a single curve is g less
        its average over fields, which makes F and its width a little too small

    Returns
    -------
    Correlation. Errors of a single curve are NaN; a resample in which F does not fall to one half
    counts with the largest lag.

    Raises
    ------
    ValueError when the fluxes are not even, nothing fluctuates, or F never falls to one half of
    F(0): take more fields, further apart in all.
    """
    g = bootstrap.curves(np.atleast_2d(arrays.real_numbers("conductance", conductance)))
    flux = _even(bootstrap.fluxes(flux, g.shape[1]))
    samples = len(g)
    wave = g - (g.mean(0) if samples > 1 else g.mean())
    if not wave.any():
        raise ValueError("the conductance does not fluctuate: all curves given are the same.")
    lags = np.arange(len(flux) // 2 + 1)
    products = np.array([(wave[:, : len(flux) - n] * wave[:, n:]).mean(1) for n in lags]).T
    if samples == 1:
        return _correlation(flux, lags, products, np.ones((1, 1)), 1.0)
    weights = bootstrap.weights(samples, seed, resamples)
    return _correlation(flux, lags, products, weights, samples / (samples - 1))


def _correlation(flux, lags, products, weights, unbiased):
    lag = lags * (flux[1] - flux[0])
    value = unbiased * products.mean(0)
    draws = unbiased * (weights @ products) / weights.sum(1, keepdims=True)
    width = half_width(lag, value)
    if not np.isfinite(width):
        raise ValueError(
            "the correlation does not fall to one half within half of the field range; measure "
            "over a wider range of fields."
        )
    spread = draws.std(0, ddof=1) if len(draws) > 1 else np.full(len(lag), np.nan)
    widths = np.array([half_width(lag, one) for one in draws])
    widths[~np.isfinite(widths)] = lag[-1]
    return Correlation(lag, value, spread, bootstrap.estimate(width, widths, len(products)))


@dataclass(frozen=True)
class Distribution:
    """Histogram of g as a density, and its moments with errors.

    Attributes
    ----------
    edges : (bin + 1,) in e^2/h; density, error : (bin,) per e^2/h
    mean, variance, standard_deviation : Estimates in e^2/h and its square; the variance unbiased
    skewness, excess_kurtosis : Estimates, both zero for a Gaussian
    """

    edges: np.ndarray
    density: np.ndarray
    error: np.ndarray
    mean: Estimate
    variance: Estimate
    skewness: Estimate
    excess_kurtosis: Estimate
    standard_deviation: Estimate


def conductance_distribution(conductance, *, bins=20, seed=0, resamples=400):
    """Distribution of g over samples (and fields, if there are several).

    Parameters
    ----------
    conductance : (sample, field) or (sample,), two samples or more
    bins : int, or the edges; as in `numpy.histogram`

    Returns
    -------
    Distribution; the error of a bin comes from the same bootstrap as those of the moments. Raises
    ValueError when all conductances are the same.
    """
    g = bootstrap.curves(conductance)
    if np.ptp(g) == 0:
        raise ValueError("all conductances are the same: their distribution has no shape.")
    edges = np.histogram_bin_edges(g, bins)
    counts = np.array([np.histogram(one, edges)[0] for one in g])
    weights = bootstrap.weights(len(g), seed, resamples)
    norm = np.diff(edges) * g.size
    centre = g.mean()  # moments about a point far away would cancel
    row = (g - centre).mean(1)
    powers = np.stack([row, *(((g - centre) ** n).mean(1) for n in (2, 3, 4)), row**2], 1)
    value = _moments(powers.mean(0)[None], len(g))[0]
    draws = _moments(weights @ powers / len(g), len(g))
    value[0], draws[:, 0] = value[0] + centre, draws[:, 0] + centre
    spread = weights @ counts / norm
    moments = [bootstrap.estimate(value[n], draws[:, n], len(g)) for n in range(5)]
    return Distribution(edges, counts.sum(0) / norm, spread.std(0, ddof=1), *moments)


def _moments(powers, samples):
    """(draw, 5): mean, variance, skewness, excess kurtosis, standard deviation.

    `powers` (draw, 5) are the raw moments 1 to 4 and the mean square of the samples' own means:
    from it the variance of the overall mean, by which the naive variance is too small.
    """
    m1, m2, m3, m4, between = powers.T
    naive = m2 - m1**2
    third = m3 - 3 * m1 * m2 + 2 * m1**3
    fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    safe = np.where(naive > 0, naive, 1.0)
    variance = np.maximum(naive + (between - m1**2) / (samples - 1), 0)
    shape = third / safe**1.5, fourth / safe**2 - 3
    return np.stack([m1, variance, *shape, np.sqrt(variance)], 1)


def thermal_fluctuations(energies, conductance, temperatures, *, seed=0, resamples=400):
    """Root mean square fluctuation of g over samples after the thermal average.

    Parameters
    ----------
    energies : (energy,) in hoppings; conductance : (sample, energy, field)
    temperatures : (temperature,) values of kT in hoppings

    Returns
    -------
    Estimate of (temperature,) values in e^2/h, variances pooled over the fields.
    """
    values = arrays.real_numbers("conductance", conductance)
    if values.ndim != 3 or len(values) < 2:
        raise ValueError("conductance must be (sample, energy, field) with two samples or more.")
    weights = bootstrap.weights(len(values), seed, resamples)
    value, draws = [], []
    for temperature in arrays.real_numbers("temperatures", temperatures).ravel():
        warm = thermal_average(energies, values, float(temperature), axis=1)
        value.append(np.sqrt(bootstrap.sample_variance(warm).mean()))
        draws.append(np.sqrt(bootstrap.variance(weights, warm).mean(1)))
    return bootstrap.estimate(np.array(value), np.array(draws).T, len(values))


def self_averaging(conductance, pieces, *, seed=0, resamples=400):
    """Relative fluctuation of the resistance of n coherent pieces in series, against n.

    Pieces longer than the coherence length add their resistances: the relative fluctuation of
    the whole falls as n^(-1/2) (C. W. J. Beenakker and H. van Houten, Solid State Phys. 44 (1991)).

    Parameters
    ----------
    conductance : (sample,) or (sample, field), each row one piece; all must conduct
    pieces : (n,) integers, how many pieces are joined; at most half of the samples

    Returns
    -------
    Estimate of (n,) values rms(R) / <R>, from disjoint groups of pieces, pooled over fields.
    """
    value, draws, samples = _series(conductance, pieces, 2, seed, resamples)
    return bootstrap.estimate(value, draws, samples)


def self_averaging_exponent(conductance, pieces, *, seed=0, resamples=400):
    """Slope of log rms(R) / <R> against log n: -1/2 where the pieces are independent.

    Arguments as in `self_averaging`, with two different numbers of pieces or more, each at most
    an eighth of the samples. Returns an Estimate: a straight line through the logarithms, weighted
    by their errors.
    """
    value, draws, samples = _series(conductance, pieces, 8, seed, resamples)
    if len(np.unique(pieces)) < 2:
        raise ValueError("an exponent needs two different numbers of pieces or more.")
    if not (value > 0).all():
        raise ValueError("the resistance does not fluctuate: all pieces are the same.")
    joined, logs = np.log(pieces), np.log(draws)
    weight = 1 / logs.std(0, ddof=1)
    slopes = np.polyfit(joined, np.column_stack([np.log(value), logs.T]), 1, w=weight)[0]
    return bootstrap.estimate(slopes[0], slopes[1:], samples)


def _series(conductance, pieces, groups_at_least, seed, resamples):
    """(n,) rms(R) / <R> of `pieces` in series, its draws (draw, n), and the number of samples."""
    g = bootstrap.curves(conductance)
    if (g <= 0).any():
        raise ValueError("a piece that does not conduct has no finite resistance.")
    value, draws, most = [], [], len(g) // groups_at_least
    for n in np.atleast_1d(pieces):
        try:
            n = operator.index(n)
        except TypeError:
            raise ValueError(f"pieces are whole numbers, not {n}.") from None
        if not 1 <= n <= most:
            raise ValueError(f"{n} pieces from {len(g)} samples: take 1 to {most}.")
        groups = (1 / g)[: len(g) // n * n].reshape(-1, n, g.shape[1]).mean(1)
        weights = bootstrap.weights(len(groups), seed, resamples)
        value.append(np.sqrt(bootstrap.sample_variance(groups).mean()) / groups.mean())
        mean = (weights @ groups / len(groups)).mean(1)
        draws.append(np.sqrt(bootstrap.variance(weights, groups).mean(1)) / mean)
    return np.array(value), np.array(draws).T, len(g)


def _even(flux):
    steps = np.diff(flux)
    if len(flux) < 8 or steps.min() <= 0 or np.ptp(steps) > 1e-6 * (flux[-1] - flux[0]):
        raise ValueError("the fluxes must be evenly spaced and increasing, eight or more.")
    return flux
