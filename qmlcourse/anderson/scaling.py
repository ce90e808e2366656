"""Finite-size scaling and crossings: where the transition is, how sure, and its exponent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

_IRRELEVANT = 3.0  # exponent y of the correction to scaling


@dataclass(frozen=True)
class ScalingFit:
    """A fit of Lambda(W, M).

    Attributes
    ----------
    critical, critical_error : float
        Critical strength W_c and its standard error.
    exponent, exponent_error : float
        Exponent nu of the localisation length and its standard error.
    value : float
        Lambda at the transition, without the irrelevant term.
    chi2 : float
        Sum of the squared residuals over the squared errors.
    freedom : int
        Data less parameters.
    parameters : tuple of float
        W_c, nu, the irrelevant amplitude, then the coefficients of the polynomial.
    """

    critical: float
    critical_error: float
    exponent: float
    exponent_error: float
    value: float
    chi2: float
    freedom: int
    parameters: tuple[float, ...]


def scaling_fit(
    widths: Sequence[float],
    strengths: Sequence[float],
    reduced: ArrayLike,
    errors: ArrayLike,
    order: int = 2,
    irrelevant: bool = True,
) -> ScalingFit:
    """Return critical strength and exponent from reduced localisation lengths of several widths.

    Parameters
    ----------
    widths, strengths
        M and W, shapes (width,) and (strength,).
    reduced, errors
        Lambda and its standard errors, shape (width, strength).
    order
        Of the polynomial F.
    irrelevant
        Whether the term in M^-y is fitted too.

    Raises
    ------
    ValueError
        Where shapes do not belong together.

    Notes
    -----
    Least squares of log Lambda = F(w M^(1/nu)) + c M^-y with w = (W - W_c) / W_c, a polynomial F
    and y = 3 (K. Slevin and T. Ohtsuki, Phys. Rev. Lett. 82, 382 (1999)). Errors come from the
    covariance of the fit, times sqrt(chi2 / freedom) where that is above one.
    """
    from scipy.optimize import least_squares

    widths, strengths = np.asarray(widths, float), np.asarray(strengths, float)
    reduced, errors = np.asarray(reduced, float), np.asarray(errors, float)
    if reduced.shape != (len(widths), len(strengths)) or reduced.shape != errors.shape:
        raise ValueError(
            f"reduced has shape {reduced.shape} and errors {errors.shape}; give one row for each "
            f"width and one column for each strength, {(len(widths), len(strengths))}."
        )
    target, weight = np.log(reduced), reduced / errors
    correction = widths[:, None] ** -_IRRELEVANT if irrelevant else np.zeros((len(widths), 1))

    def residual(p: np.ndarray) -> np.ndarray:
        critical, exponent, amplitude = p[:3]
        x = (strengths[None] - critical) / critical * widths[:, None] ** (1 / exponent)
        value = sum(a * x**k for k, a in enumerate(p[3:]))
        return ((value + amplitude * correction - target) * weight).ravel()

    guess = [float(np.median(strengths)), 1.5, 0.0, float(target.mean()), -1.0]
    guess += [0.0] * (order - 1)
    bounds = (
        [strengths.min(), 0.5, -np.inf] + [-np.inf] * (order + 1),
        [strengths.max(), 4.0, np.inf] + [np.inf] * (order + 1),
    )
    fit = least_squares(residual, guess, bounds=bounds, x_scale="jac")
    freedom = target.size - (order + 3 + irrelevant)
    chi2 = 2 * fit.cost
    spread = np.sqrt(np.maximum(np.diag(np.linalg.pinv(fit.jac.T @ fit.jac)), 0))
    spread = spread * max(1.0, np.sqrt(chi2 / max(freedom, 1)))
    return ScalingFit(
        float(fit.x[0]),
        float(spread[0]),
        float(fit.x[1]),
        float(spread[1]),
        float(np.exp(fit.x[3])),
        float(chi2),
        freedom,
        tuple(map(float, fit.x)),
    )


def collapse_spread(
    critical: float,
    exponent: float,
    widths: Sequence[float],
    strengths: Sequence[float],
    values: ArrayLike,
) -> float:
    """Return how badly curves of several widths fall on one: 0 is perfect.

    Parameters
    ----------
    critical, exponent
        The critical strength and nu that are tried.
    widths, strengths
        Shapes (width,) and (strength,).
    values
        Shape (width, strength), such as log Lambda.

    Returns
    -------
    float
        Mean square distance from a cubic through all points over (W - W_c) M^(1/nu), over the
        variance of the values.
    """
    x = (np.asarray(strengths)[None] - critical) * np.asarray(widths, float)[:, None] ** (
        1 / exponent
    )
    y = np.asarray(values, float)
    fit = np.polynomial.Polynomial.fit(x.ravel(), y.ravel(), 3)
    return float(np.mean((fit(x) - y) ** 2) / y.var())


def logistic_step(
    strengths: ArrayLike, shares: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float, float]:
    """Return centre, width and the centre's standard error of a step, by least squares.

    Parameters
    ----------
    strengths, shares
        Shape (strength,), four or more; shares from 0 to 1.
    weights
        Inverse variances of the shares, up to a factor; default all alike.

    Returns
    -------
    centre, width, error
        Of 1 / (1 + exp((x - centre) / width)); the width is negative for a rising step.

    Raises
    ------
    ValueError
        For less than four strengths, or shares of another number.
    RuntimeError
        Where no step is found.
    """
    from scipy.optimize import curve_fit

    x, y = np.asarray(strengths, float), np.asarray(shares, float)
    if x.shape != y.shape or len(x) < 4:
        raise ValueError(
            f"strengths have shape {x.shape} and shares {y.shape}; a step needs four strengths or "
            "more and one share for each."
        )
    slope = np.polyfit(x, y, 1)[0]
    start = (x[np.argmin(np.abs(y - 0.5))], -np.sign(slope or -1) * np.ptp(x) / 10)
    sigma = None if weights is None else 1 / np.sqrt(np.asarray(weights, float))
    (centre, width), covariance = curve_fit(_step, x, y, start, sigma, maxfev=20000)
    return float(centre), float(width), float(np.sqrt(covariance[0, 0]))


def _step(x: np.ndarray, centre: float, width: float) -> np.ndarray:
    return expit(-(x - centre) / width)
