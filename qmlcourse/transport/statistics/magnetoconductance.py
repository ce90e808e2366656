"""What a magnetic field does to the average conductance of many wires, and to its variance.

Arrays are `conductance` (sample, field) in e^2/h per spin and `flux` (field,); errors come from a
bootstrap over samples, in which all fields of a sample stay together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..randomness import Rng
from . import bootstrap
from .bootstrap import Estimate


def magnetoconductance(conductance: ArrayLike, *, seed: Rng = 0, resamples: int = 400) -> Estimate:
    """Return the average of g over samples at each field, (field,) values in e^2/h.

    Parameters
    ----------
    conductance
        (sample, field) or (sample,) in e^2/h.
    seed, resamples
        Of the bootstrap over samples.
    """
    g = bootstrap.curves(conductance)
    draws = bootstrap.weights(len(g), seed, resamples) @ g / len(g)
    return bootstrap.estimate(g.mean(0), draws, len(g))


def weak_localization(
    flux: ArrayLike, conductance: ArrayLike, beyond: float, *, seed: Rng = 0, resamples: int = 400
) -> Estimate:
    """Return how far the average g at zero field lies below that in strong fields.

    <g(strong)> - <g(0)> is positive for weak localisation and tends to 1/3 in a long diffusive
    wire.

    Parameters
    ----------
    flux
        (field,) with zero, in any unit.
    beyond
        Fields of this size and more are strong; in the unit of `flux`.
    conductance, seed, resamples
        As for :func:`magnetoconductance`.

    Raises
    ------
    ValueError
        When zero field or strong fields are missing.

    Notes
    -----
    The same samples are compared at both fields, so that their own fluctuations partly cancel.

    References
    ----------
    P. A. Mello and A. D. Stone, Phys. Rev. B 44, 3559 (1991)
    """
    g = bootstrap.curves(conductance)
    flux = bootstrap.fluxes(flux, g.shape[1])
    rise = g[:, _strong(flux, beyond)].mean(1) - g[:, flux == 0].mean(1)
    draws = bootstrap.weights(len(g), seed, resamples) @ rise / len(g)
    return bootstrap.estimate(rise.mean(), draws, len(g))


def dip_half_width(
    flux: ArrayLike, conductance: ArrayLike, beyond: float, *, seed: Rng = 0, resamples: int = 400
) -> Estimate:
    """Return the flux at which the dip of the average g at zero field has lost half of its depth.

    There, time-reversed paths get out of step.

    Parameters
    ----------
    flux
        (field,) with zero; both signs may occur, since g(-B) = g(B) between two terminals.
    conductance
        (sample, field) in e^2/h.
    beyond
        The depth is counted from the average at fluxes of this size and more.
    seed, resamples
        Of the bootstrap over samples.

    Returns
    -------
    Estimate
        In the unit of `flux`; resamples without a dip count as `beyond`.

    Raises
    ------
    ValueError
        When zero field or strong fields are missing, or the average has no dip.
    """
    g = bootstrap.curves(conductance)
    flux = bootstrap.fluxes(flux, g.shape[1])
    strong, order = _strong(flux, beyond), np.argsort(np.abs(flux), kind="stable")
    size = np.abs(flux)[order]

    def width(mean: np.ndarray) -> float:
        return half_width(size, (mean[strong].mean() - mean)[order])

    value = width(g.mean(0))
    if not np.isfinite(value):
        raise ValueError("the average conductance has no dip at zero field; take more samples.")
    sums = bootstrap.weights(len(g), seed, resamples) @ g  # as wide as the means
    draws = np.array([width(one) for one in sums])
    draws[~np.isfinite(draws)] = beyond
    return bootstrap.estimate(value, draws, len(g))


def _strong(flux: np.ndarray, beyond: float) -> np.ndarray:
    """Return which fluxes count as strong."""
    beyond = arrays.one_number("beyond", beyond)
    if beyond <= 0:
        raise ValueError(f"beyond is a positive flux, not {beyond:g}.")
    strong = np.abs(flux) >= beyond
    if not (flux == 0).any() or not strong.any():
        raise ValueError("the fluxes must hold zero and at least one of size `beyond` or more.")
    return strong


def symmetry_crossover(
    flux: ArrayLike, conductance: ArrayLike, *, seed: Rng = 0, resamples: int = 400
) -> Estimate:
    """Return the variance against field over that at zero field, (field,) values.

    It is 1 where time reversal holds, and 1/2 beyond. Numerator and denominator are resampled
    together.

    Parameters
    ----------
    flux
        (field,) with zero once.
    conductance
        (sample, field) in e^2/h.
    seed, resamples
        Of the bootstrap over samples.

    Raises
    ------
    ValueError
        When zero field is missing, stands twice, or all samples agree there.

    References
    ----------
    B. L. Altshuler and B. I. Shklovskii, Sov. Phys. JETP 64, 127 (1986)
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


def half_width(lag: np.ndarray, value: np.ndarray) -> float:
    """Return where `value` first falls to half of its first entry, by linear interpolation.

    NaN where it does not fall so far, or does not begin above zero.

    Parameters
    ----------
    lag, value
        (n,) each, `lag` increasing.
    """
    below = np.flatnonzero(value < value[0] / 2)
    if not len(below) or value[0] <= 0:
        return np.nan
    n = below[0]
    share = (value[n - 1] - value[0] / 2) / (value[n - 1] - value[n])
    return float(lag[n - 1] + share * (lag[n] - lag[n - 1]))
