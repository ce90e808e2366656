"""Statistics of conductance fluctuations over many wires, each with an error bar.

Arrays are `conductance` (sample, field) in e^2/h per spin. Errors come from a bootstrap over
samples that resamples whole curves, because the fields of one sample are correlated. `seed` and
`resamples` belong to the bootstrap; `resamples` is at least 2.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..randomness import Rng
from . import bootstrap
from .averages import thermal_average
from .bootstrap import Estimate
from .magnetoconductance import half_width


def conductance_variance(
    conductance: ArrayLike, *, pooled: bool = False, seed: Rng = 0, resamples: int = 400
) -> Estimate:
    """Return the unbiased variance of g over samples, at each field or averaged over the fields.

    Parameters
    ----------
    conductance
        (sample, field) or (sample,) in e^2/h.
    pooled
        Whether the variances of all fields are averaged into one number.
    seed, resamples
        Of the bootstrap over samples.

    Returns
    -------
    Estimate
        (field,) values or one, in (e^2/h)^2 per spin.

    Raises
    ------
    ValueError
        For fewer than two samples or resamples.

    Notes
    -----
    Fields apart by more than the correlation field count as further samples (ergodicity).

    References
    ----------
    P. A. Lee and A. D. Stone, Phys. Rev. Lett. 55, 1622 (1985)
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
    lag : numpy.ndarray
        (lag,) differences of flux, in the unit of the flux given.
    value, error : numpy.ndarray
        (lag,) F = <dg(B) dg(B + lag)> in (e^2/h)^2.
    field : Estimate
        Half width at half maximum of F: the correlation field.
    """

    lag: np.ndarray
    value: np.ndarray
    error: np.ndarray
    field: Estimate


def conductance_correlation(
    flux: ArrayLike, conductance: ArrayLike, *, seed: Rng = 0, resamples: int = 200
) -> Correlation:
    """Return the correlation function over the field, averaged over samples and fields.

    F(dB) = <dg(B) dg(B + dB)>, where dg is g less its average over samples at that field, and the
    average over samples divides by samples - 1. The lags go to half of the range.

    Parameters
    ----------
    flux
        (field,) evenly spaced and increasing, eight or more.
    conductance
        (sample, field), or (field,) for a single curve, in e^2/h. dg of a single curve is g less
        its average over fields, which makes F and its width a little too small.
    seed, resamples
        Of the bootstrap over samples.

    Returns
    -------
    Correlation
        Errors of a single curve are NaN; a resample in which F does not fall to one half counts
        with the largest lag.

    Raises
    ------
    ValueError
        When the fluxes are not even, nothing fluctuates, or F never falls to one half of F(0).

    References
    ----------
    P. A. Lee, A. D. Stone and H. Fukuyama, Phys. Rev. B 35, 1039 (1987)
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
    edges : numpy.ndarray
        (bin + 1,) in e^2/h.
    density, error : numpy.ndarray
        (bin,) per e^2/h.
    mean, standard_deviation : Estimate
        In e^2/h.
    variance : Estimate
        Unbiased, in (e^2/h)^2.
    skewness, excess_kurtosis : Estimate
        Both zero for a Gaussian.
    """

    edges: np.ndarray
    density: np.ndarray
    error: np.ndarray
    mean: Estimate
    variance: Estimate
    skewness: Estimate
    excess_kurtosis: Estimate
    standard_deviation: Estimate


def conductance_distribution(
    conductance: ArrayLike, *, bins: int | Sequence[float] = 20, seed: Rng = 0, resamples: int = 400
) -> Distribution:
    """Return the distribution of g over samples, and over fields where there are several.

    Parameters
    ----------
    conductance
        (sample, field) or (sample,) in e^2/h, two samples or more.
    bins
        Their number or their edges, as in `numpy.histogram`.
    seed, resamples
        Of the bootstrap over samples, from which the errors of bins and moments come.

    Raises
    ------
    ValueError
        When all conductances are the same.
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


def _moments(powers: np.ndarray, samples: int) -> np.ndarray:
    """Return mean, variance, skewness, excess kurtosis and standard deviation, (draw, 5).

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


def thermal_fluctuations(
    energies: ArrayLike,
    conductance: ArrayLike,
    temperatures: ArrayLike,
    *,
    seed: Rng = 0,
    resamples: int = 400,
) -> Estimate:
    """Return the root mean square fluctuation of g over samples after the thermal average.

    Variances are pooled over the fields.

    Parameters
    ----------
    energies, temperatures
        (energy,), and (temperature,) values of kT, both in hoppings.
    conductance
        (sample, energy, field) in e^2/h.
    seed, resamples
        Of the bootstrap over samples.

    Returns
    -------
    Estimate
        (temperature,) values in e^2/h.

    Raises
    ------
    ValueError
        For conductances of another shape, and as in `thermal_average`.
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


def self_averaging(
    conductance: ArrayLike, pieces: Sequence[int], *, seed: Rng = 0, resamples: int = 400
) -> Estimate:
    """Return the relative fluctuation of the resistance of n coherent pieces in series.

    Pieces longer than the coherence length add their resistances: the relative fluctuation of
    the whole falls as n^(-1/2).

    Parameters
    ----------
    conductance
        (sample,) or (sample, field) in e^2/h, each row one piece; all must conduct.
    pieces
        (n,) integers, how many pieces are joined; at most half of the samples.
    seed, resamples
        Of the bootstrap over samples.

    Returns
    -------
    Estimate
        (n,) values rms(R) / <R>, from disjoint groups of pieces, pooled over fields.

    Raises
    ------
    ValueError
        For a piece that does not conduct, or numbers of pieces that the samples do not give.

    References
    ----------
    C. W. J. Beenakker and H. van Houten, Solid State Phys. 44 (1991)
    """
    value, draws, samples = _series(conductance, pieces, 2, seed, resamples)
    return bootstrap.estimate(value, draws, samples)


def self_averaging_exponent(
    conductance: ArrayLike, pieces: Sequence[int], *, seed: Rng = 0, resamples: int = 400
) -> Estimate:
    """Return the slope of log rms(R) / <R> against log n: -1/2 where the pieces are independent.

    It is that of a straight line through the logarithms, weighted by their errors.

    Parameters
    ----------
    conductance, seed, resamples
        As for :func:`self_averaging`.
    pieces
        (n,) two different integers or more, each at most an eighth of the samples.

    Raises
    ------
    ValueError
        When all pieces are the same, and as in :func:`self_averaging`.
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


def _series(
    conductance: ArrayLike, pieces: Sequence[int], groups_at_least: int, seed: Rng, resamples: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return rms(R) / <R> of `pieces` in series (n,), its draws (draw, n), and the samples."""
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


def _even(flux: np.ndarray) -> np.ndarray:
    steps = np.diff(flux)
    if len(flux) < 8 or steps.min() <= 0 or np.ptp(steps) > 1e-6 * (flux[-1] - flux[0]):
        raise ValueError("the fluxes must be evenly spaced and increasing, eight or more.")
    return flux
