"""What a magnetic field does to the average conductance of many wires, and to its variance.

Arrays are `conductance` (sample, field) in e^2/h per spin and `flux` (field,); errors come from a
bootstrap over samples, in which all fields of a sample stay together.
"""

import numpy as np

from .. import arrays
from . import bootstrap


def magnetoconductance(conductance, *, seed=0, resamples=400):
    """Average of g over samples at each field: an Estimate of (field,) values."""
    g = bootstrap.curves(conductance)
    draws = bootstrap.weights(len(g), seed, resamples) @ g / len(g)
    return bootstrap.estimate(g.mean(0), draws, len(g))


def weak_localization(flux, conductance, beyond, *, seed=0, resamples=400):
    """How far the average g at zero field lies below that at fluxes `beyond` and more.

    The same samples are compared at both fields, so that their own fluctuations partly cancel.
    Returns an Estimate, positive for weak localisation: <g(strong)> - <g(0)>, which tends to 1/3
    in a long diffusive wire (P. A. Mello and A. D. Stone, Phys. Rev. B 44, 3559 (1991)).
    Raises ValueError when zero field or strong fields are missing.
    """
    g = bootstrap.curves(conductance)
    flux = bootstrap.fluxes(flux, g.shape[1])
    rise = g[:, _strong(flux, beyond)].mean(1) - g[:, flux == 0].mean(1)
    draws = bootstrap.weights(len(g), seed, resamples) @ rise / len(g)
    return bootstrap.estimate(rise.mean(), draws, len(g))


def dip_half_width(flux, conductance, beyond, *, seed=0, resamples=400):
    """Flux at which the dip of the average g at zero field has lost half of its depth.

    Parameters
    ----------
    flux : (field,) with zero; both signs may occur, since g(-B) = g(B) between two terminals
    conductance : (sample, field)
    beyond : float > 0, the depth is counted from the average at fluxes of this size and more

    Returns
    -------
    Estimate in the unit of `flux`: where time-reversed paths get out of step. Resamples without a
    dip count as `beyond`. Raises ValueError when the average has no dip.
    """
    g = bootstrap.curves(conductance)
    flux = bootstrap.fluxes(flux, g.shape[1])
    strong, order = _strong(flux, beyond), np.argsort(np.abs(flux), kind="stable")
    size = np.abs(flux)[order]

    def width(mean):
        return half_width(size, (mean[strong].mean() - mean)[order])

    value = width(g.mean(0))
    if not np.isfinite(value):
        raise ValueError("the average conductance has no dip at zero field; take more samples.")
    means = bootstrap.weights(len(g), seed, resamples) @ g / len(g)
    draws = np.array([width(mean) for mean in means])
    draws[~np.isfinite(draws)] = beyond
    return bootstrap.estimate(value, draws, len(g))


def _strong(flux, beyond):
    """Which fluxes count as strong."""
    beyond = arrays.one_number("beyond", beyond)
    if beyond <= 0:
        raise ValueError(f"beyond is a positive flux, not {beyond:g}.")
    strong = np.abs(flux) >= beyond
    if not (flux == 0).any() or not strong.any():
        raise ValueError("the fluxes must hold zero and at least one of size `beyond` or more.")
    return strong


def symmetry_crossover(flux, conductance, *, seed=0, resamples=400):
    """Variance against field over that at zero field: 1 where time reversal holds, 1/2 beyond.

    Estimate of (field,) values; numerator and denominator are resampled together (B. L. Altshuler
    and B. I. Shklovskii, Sov. Phys. JETP 64, 127 (1986)). Raises ValueError when zero field is
    missing, stands twice, or all samples agree there.
    """
    g = bootstrap.curves(conductance)
    zero = np.flatnonzero(bootstrap.fluxes(flux, g.shape[1]) == 0)
    if len(zero) != 1:
        raise ValueError("the fluxes must hold zero exactly once.")
    weights, whole = bootstrap.weights(len(g), seed, resamples), bootstrap.sample_variance(g)
    if not whole[zero[0]] > 0:
        raise ValueError("all samples have the same conductance at zero field; nothing to divide.")
    draws = bootstrap.variance(weights, g)
    draws = draws[draws[:, zero[0]] > 0]
    return bootstrap.estimate(whole / whole[zero[0]], draws / draws[:, zero], len(g))


def half_width(lag, value):
    """Where `value` first falls to half of its first entry, by linear interpolation; else NaN."""
    below = np.flatnonzero(value < value[0] / 2)
    if not len(below) or value[0] <= 0:
        return np.nan
    n = below[0]
    share = (value[n - 1] - value[0] / 2) / (value[n - 1] - value[n])
    return float(lag[n - 1] + share * (lag[n] - lag[n - 1]))
