"""Finite-size scaling and crossings: where the transition is, how sure, and its exponent."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scaling:
    """A fit of Lambda(W, M): critical strength, exponent, critical value, goodness, parameters."""

    critical: float
    critical_error: float
    exponent: float
    exponent_error: float
    value: float
    chi2: float
    freedom: int
    parameters: tuple


def finite_size_scaling(widths, strengths, reduced, errors, order=2, irrelevant=True):
    """Critical strength and exponent from log Lambda = F(w M^(1/nu)) + c M^-y, w = (W - Wc) / Wc.

    Least squares with a polynomial F (K. Slevin and T. Ohtsuki, Phys. Rev. Lett. 82, 382 (1999));
    the irrelevant term has y fixed to 3. Errors come from the covariance of the fit, times
    sqrt(chi2 / freedom) where that is above one.

    Parameters
    ----------
    widths : (width,); strengths : (strength,); reduced, errors : (width, strength)
    order : of the polynomial; irrelevant : bool, with the term in M^-3
    """
    from scipy.optimize import least_squares

    widths, strengths = np.asarray(widths, float), np.asarray(strengths, float)
    reduced, errors = np.asarray(reduced, float), np.asarray(errors, float)
    if reduced.shape != (len(widths), len(strengths)) or reduced.shape != errors.shape:
        raise ValueError("reduced and errors have one row for each width, a column a strength.")
    target, weight = np.log(reduced), reduced / errors

    def model(p):
        critical, exponent, c = p[:3]
        x = (strengths[None] - critical) / critical * widths[:, None] ** (1 / exponent)
        value = sum(a * x**k for k, a in enumerate(p[3:]))
        return value + (c * widths[:, None] ** -3.0 if irrelevant else 0 * c)

    guess = [float(np.median(strengths)), 1.5, 0.0, float(target.mean()), -1.0]
    guess += [0.0] * (order - 1)
    bounds = (
        [strengths.min(), 0.5, -np.inf] + [-np.inf] * (order + 1),
        [strengths.max(), 4.0, np.inf] + [np.inf] * (order + 1),
    )
    fit = least_squares(
        lambda p: ((model(p) - target) * weight).ravel(), guess, bounds=bounds, x_scale="jac"
    )
    used = order + 3 + irrelevant
    freedom = target.size - used
    chi2 = 2 * fit.cost
    spread = np.sqrt(np.maximum(np.diag(np.linalg.pinv(fit.jac.T @ fit.jac)), 0))
    spread = spread * max(1.0, np.sqrt(chi2 / max(freedom, 1)))
    return Scaling(
        float(fit.x[0]),
        float(spread[0]),
        float(fit.x[1]),
        float(spread[1]),
        float(np.exp(fit.x[3])),
        float(chi2),
        freedom,
        tuple(map(float, fit.x)),
    )


def collapse_spread(critical, exponent, widths, strengths, values):
    """How badly curves of several widths fall on one: 0 is perfect.

    Each curve is compared with a cubic through all points of |w M^(1/nu)|; the mean square distance
    over the variance of the values.
    """
    x = (np.asarray(strengths)[None] - critical) * np.asarray(widths, float)[:, None] ** (
        1 / exponent
    )
    y = np.asarray(values, float)
    fit = np.polynomial.Polynomial.fit(x.ravel(), y.ravel(), 3)
    return float(np.mean((fit(x) - y) ** 2) / y.var())


def logistic_step(strengths, shares, weights=None):
    """Centre and width of 1 / (1 + exp((x - centre) / width)), with the centre's standard error.

    Least squares on the shares (0 to 1); the width is negative for a rising step.

    Returns
    -------
    centre, width, error : floats
    """
    from scipy.optimize import curve_fit
    from scipy.special import expit

    x, y = np.asarray(strengths, float), np.asarray(shares, float)
    if x.shape != y.shape or len(x) < 4:
        raise ValueError("a step needs four strengths or more and one share for each.")
    span = np.ptp(x)
    slope = np.polyfit(x, y, 1)[0]
    start = (x[np.argmin(np.abs(y - 0.5))], -np.sign(slope or -1) * span / 10)
    sigma = None if weights is None else 1 / np.sqrt(np.asarray(weights, float))
    (centre, width), covariance = curve_fit(
        lambda x, c, w: expit(-(x - c) / w), x, y, start, sigma, maxfev=20000
    )
    return float(centre), float(width), float(np.sqrt(covariance[0, 0]))
