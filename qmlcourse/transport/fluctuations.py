"""Statistics of conductance fluctuations over many wires, each with an error bar.

Arrays are `conductance` (sample, field) in e^2/h per spin. Errors come from a bootstrap over
samples that resamples whole curves, because the fields of one sample are correlated.
"""

from dataclasses import dataclass

import numpy as np

from . import _arrays
from .averages import thermal_average


@dataclass(frozen=True)
class Estimate:
    """A number, or an array of numbers, with its bootstrap error.

    Attributes
    ----------
    value, error : float or array; the error is one standard deviation
    interval : (low, high), the central 68 % of the resampled values
    samples : number of independent samples
    """

    value: object
    error: object
    interval: tuple
    samples: int

    def __float__(self):
        return float(self.value)

    def __str__(self):
        if np.ndim(self.value):
            return ", ".join(_with_error(v, e) for v, e in zip(self.value, self.error, strict=True))
        return _with_error(self.value, self.error)


def _with_error(value, error):
    if not np.isfinite(error) or error <= 0:
        return f"{value:.4g}"
    digits = max(0, 1 - int(np.floor(np.log10(error))))
    return f"{value:.{digits}f} ± {error:.{digits}f}"


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
    g = _curves(conductance)
    weights = _weights(len(g), seed, resamples)
    value, draws = _variance(np.ones((1, len(g))), g)[0], _variance(weights, g)
    if pooled or np.ndim(conductance) == 1:
        value, draws = value.mean(), draws.mean(1)
    return _estimate(value, draws, len(g))


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

    F(dB) = <dg(B) dg(B + dB)>, where dg is g less its average over samples at that field; for a
    single curve, less its average over fields (P. A. Lee, A. D. Stone and H. Fukuyama, Phys. Rev. B
    35, 1039 (1987)). The lags go to half of the range.

    Raises ValueError when the fluxes are not even or F never falls to one half of F(0): take more
    fields, further apart in all.
    """
    g, flux = _curves(conductance), _even(flux, np.shape(conductance)[-1])
    lags = np.arange(len(flux) // 2 + 1)
    if len(g) == 1:
        wave = g - g.mean()
        products = np.array([(wave[:, : len(flux) - n] * wave[:, n:]).mean(1) for n in lags]).T
        return _correlation(flux, lags, products, np.ones((1, 1)), 1.0)
    wave = g - g.mean(0)
    products = np.array([(wave[:, : len(flux) - n] * wave[:, n:]).mean(1) for n in lags]).T
    return _correlation(
        flux, lags, products, _weights(len(g), seed, resamples), len(g) / (len(g) - 1)
    )


def _correlation(flux, lags, products, weights, unbiased):
    lag = lags * (flux[1] - flux[0])
    value = unbiased * products.mean(0)
    draws = unbiased * (weights @ products) / weights.sum(1, keepdims=True)
    widths = np.array([_half_width(lag, one) for one in draws])
    width = _half_width(lag, value)
    if not np.isfinite(width):
        raise ValueError(
            "the correlation does not fall to one half within half of the field range; measure "
            "over a wider range of fields."
        )
    spread = draws.std(0, ddof=1) if len(draws) > 1 else np.full(len(lag), np.nan)
    good = widths[np.isfinite(widths)]
    return Correlation(lag, value, spread, _estimate(width, good, len(products)))


def _half_width(lag, value):
    """Where `value` first falls to half of its first entry, by linear interpolation."""
    below = np.flatnonzero(value < value[0] / 2)
    if not len(below) or value[0] <= 0:
        return np.nan
    n = below[0]
    share = (value[n - 1] - value[0] / 2) / (value[n - 1] - value[n])
    return float(lag[n - 1] + share * (lag[n] - lag[n - 1]))


@dataclass(frozen=True)
class Distribution:
    """Histogram of g as a density, and its moments with errors."""

    edges: np.ndarray
    density: np.ndarray
    error: np.ndarray
    mean: Estimate
    variance: Estimate
    skewness: Estimate
    excess_kurtosis: Estimate


def conductance_distribution(conductance, *, bins=20, seed=0, resamples=400):
    """Distribution of g over samples (and fields, if there are several).

    Returns
    -------
    Distribution; the error of a bin comes from the same bootstrap as those of the moments.
    """
    g = _curves(conductance)
    edges = np.histogram_bin_edges(g, bins)
    counts = np.array([np.histogram(one, edges)[0] for one in g])
    weights = _weights(len(g), seed, resamples)
    norm = np.diff(edges) * g.size
    powers = np.stack([(g**n).mean(1) for n in (1, 2, 3, 4)], 1)  # (sample, power)
    value = _moments(powers.mean(0)[None])[0]
    draws = _moments(weights @ powers / len(g))
    spread = weights @ counts / norm
    moments = [_estimate(value[n], draws[:, n], len(g)) for n in range(4)]
    return Distribution(edges, counts.sum(0) / norm, spread.std(0, ddof=1), *moments)


def _moments(powers):
    """(draw, 4): mean, variance, skewness, excess kurtosis from the raw moments (draw, 4)."""
    m1, m2, m3, m4 = powers.T
    variance = m2 - m1**2
    third = m3 - 3 * m1 * m2 + 2 * m1**3
    fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    safe = np.maximum(variance, 1e-300)
    return np.stack([m1, variance, third / safe**1.5, fourth / safe**2 - 3], 1)


def magnetoconductance(conductance, *, seed=0, resamples=400):
    """Average of g over samples at each field: an Estimate of (field,) values."""
    g = _curves(conductance)
    return _estimate(g.mean(0), _weights(len(g), seed, resamples) @ g / len(g), len(g))


def weak_localization(flux, conductance, beyond, *, seed=0, resamples=400):
    """How far the average g at zero field lies below that at fluxes `beyond` and more.

    The same samples are compared at both fields, so that their own fluctuations partly cancel.
    Returns an Estimate, positive for weak localisation: <g(strong)> - <g(0)>, which tends to 1/3
    in a long diffusive wire (P. A. Mello and A. D. Stone, Phys. Rev. B 44, 3559 (1991)).
    Raises ValueError when zero field or strong fields are missing.
    """
    g, flux = _curves(conductance), np.atleast_1d(_arrays.real_numbers("flux", flux))
    strong = np.abs(flux) >= beyond
    if not (flux == 0).any() or not strong.any():
        raise ValueError("the fluxes must hold zero and at least one of size `beyond` or more.")
    rise = g[:, strong].mean(1) - g[:, flux == 0].mean(1)
    draws = _weights(len(g), seed, resamples) @ rise / len(g)
    return _estimate(rise.mean(), draws, len(g))


def symmetry_crossover(flux, conductance, *, seed=0, resamples=400):
    """Variance against field over that at zero field: 1 where time reversal holds, 1/2 beyond.

    Estimate of (field,) values; numerator and denominator are resampled together (B. L. Altshuler
    and B. I. Shklovskii, Sov. Phys. JETP 64, 127 (1986)).
    """
    g, flux = _curves(conductance), np.atleast_1d(_arrays.real_numbers("flux", flux))
    zero = np.flatnonzero(flux == 0)
    if len(zero) != 1:
        raise ValueError("the fluxes must hold zero exactly once.")
    whole = _variance(np.ones((1, len(g))), g)[0]
    draws = _variance(_weights(len(g), seed, resamples), g)
    return _estimate(whole / whole[zero[0]], draws / draws[:, zero], len(g))


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
    values = _arrays.real_numbers("conductance", conductance)
    if values.ndim != 3 or len(values) < 2:
        raise ValueError("conductance must be (sample, energy, field) with two samples or more.")
    weights = _weights(len(values), seed, resamples)
    value, draws = [], []
    for temperature in np.atleast_1d(temperatures):
        warm = thermal_average(energies, values, float(temperature), axis=1)
        value.append(np.sqrt(_variance(np.ones((1, len(warm))), warm).mean()))
        draws.append(np.sqrt(_variance(weights, warm).mean(1)))
    return _estimate(np.array(value), np.array(draws).T, len(values))


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
    g = _curves(conductance)
    if (g <= 0).any():
        raise ValueError("a piece that does not conduct has no finite resistance.")
    value, draws = [], []
    for n in np.atleast_1d(pieces):
        if not 1 <= n <= len(g) // 2:
            raise ValueError(f"{n} pieces from {len(g)} samples: take 1 to {len(g) // 2}.")
        groups = (1 / g)[: len(g) // n * n].reshape(-1, n, g.shape[1]).mean(1)
        weights = _weights(len(groups), seed, resamples)
        value.append(np.sqrt(_variance(np.ones((1, len(groups))), groups).mean()) / groups.mean())
        mean = (weights @ groups / len(groups)).mean(1)
        draws.append(np.sqrt(_variance(weights, groups).mean(1)) / mean)
    return _estimate(np.array(value), np.array(draws).T, len(g))


# -- the bootstrap ------------------------------------------------------------------------


def _weights(samples, seed, resamples):
    """(draw, sample): how often each sample occurs in each resampled set."""
    if samples < 2:
        raise ValueError("error bars need two samples or more.")
    rng = np.random.default_rng(seed)
    return rng.multinomial(samples, np.full(samples, 1 / samples), size=resamples).astype(float)


def _variance(weights, g):
    """(draw, field): unbiased variance over samples for each row of weights."""
    centred = g - g.mean(0)  # keeps the difference of squares accurate
    total = weights.sum(1, keepdims=True)
    mean = weights @ centred / total
    return (weights @ centred**2 / total - mean**2) * (total / (total - 1))


def _estimate(value, draws, samples):
    if len(draws) < 2:
        nothing = np.full(np.shape(value), np.nan)[()]
        return Estimate(value, nothing, (nothing, nothing), samples)
    low, high = np.quantile(draws, [0.16, 0.84], axis=0)
    return Estimate(value, draws.std(0, ddof=1), (low, high), samples)


def _curves(conductance):
    g = _arrays.real_numbers("conductance", conductance)
    g = g[:, None] if g.ndim == 1 else g
    if g.ndim != 2 or 0 in g.shape:
        raise ValueError(f"conductance must be (sample, field) or (sample,), not {g.shape}.")
    return g


def _even(flux, count):
    flux = _arrays.real_numbers("flux", flux)
    if flux.shape != (count,):
        raise ValueError(f"there are {flux.size} fluxes but {count} conductances a sample.")
    steps = np.diff(flux)
    if count < 8 or steps.min() <= 0 or np.ptp(steps) > 1e-6 * (flux[-1] - flux[0]):
        raise ValueError("the fluxes must be evenly spaced and increasing, eight or more.")
    return flux
