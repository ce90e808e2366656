"""The slow background of a measured curve: taking it off, and what goes with it."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .. import arrays
from ..statistics.magnetoconductance import half_width
from .curves import MeasuredCurve

_GRID = 128  # points of the model curve on which the loss to the background is computed


@dataclass(frozen=True)
class Detrended:
    """A curve without its slow background.

    Attributes
    ----------
    field : numpy.ndarray
        (n,) even grid in the unit of the curve's field.
    wave, smooth : numpy.ndarray
        (n,) the fluctuation, and the background that was taken off.
    parameters : float
        How many numbers the background was free to choose.
    """

    field: np.ndarray
    wave: np.ndarray
    smooth: np.ndarray
    parameters: float


def detrend(
    curve: MeasuredCurve, *, background: int = 4, low_pass: float | None = None
) -> Detrended:
    """Take the slow background off a curve: a polynomial, or its own Gaussian running average.

    Parameters
    ----------
    curve
        With 16 points or more; it is put on an even grid first.
    background
        Degree 0 to 9 of the polynomial; not used with `low_pass`.
    low_pass
        Standard deviation of the Gaussian in the unit of the field.

    Returns
    -------
    Detrended
        On an even grid.

    Raises
    ------
    ValueError
        For a short curve, another degree or width, or when nothing is left.
    """
    count = len(curve.field)
    if count < 16:
        raise ValueError(f"the curve has only {count} points; at least 16 are needed.")
    even = np.linspace(curve.field[0], curve.field[-1], count)
    value = np.interp(even, curve.field, curve.conductance)
    if low_pass is None:
        unit, degree = np.linspace(-1, 1, count), degree_of(background)
        smooth, parameters = np.polynomial.Chebyshev.fit(unit, value, degree)(unit), degree + 1
    else:
        points = _low_pass_points(low_pass, even)
        inside = gaussian_filter1d(np.ones(count), points, mode="constant")
        smooth = gaussian_filter1d(value, points, mode="constant") / inside
        parameters = float((1 / inside).sum() / (points * np.sqrt(2 * np.pi)))
    wave = value - smooth
    if not np.abs(wave).max() > 1e-12 * max(np.abs(value).max(), 1e-300):
        raise ValueError("the curve does not fluctuate at all once the background is taken off.")
    return Detrended(even, wave, smooth, parameters)


def degree_of(background: int) -> int:
    """Return the degree of a polynomial background.

    Raises
    ------
    ValueError
        Unless it is an integer from 0 to 9.
    """
    try:
        degree = operator.index(background)
    except TypeError:
        degree = -1
    if not 0 <= degree <= 9:
        raise ValueError(f"the background is a polynomial of degree 0 to 9, not {background}.")
    return degree


def _low_pass_points(low_pass: float, even: np.ndarray) -> float:
    width, step, span = arrays.one_number("low_pass", low_pass), even[1] - even[0], np.ptp(even)
    if not 2 * step <= width <= span:
        raise ValueError(
            f"the low pass has a width between two steps of the field, {2 * step:.3g}, and its "
            f"whole range, {span:.3g}, not {width:.3g}."
        )
    return width / step


def taken(measured: float, background: int, low_pass: float | None) -> tuple[float, float, float]:
    """Return what a background takes from a curve with a Gaussian correlation.

    Parameters
    ----------
    measured
        Half width of the correlation of the detrended curve, as a share of the field range.
    background
        Degree of the polynomial; not used with `low_pass`.
    low_pass
        Standard deviation of the Gaussian, as a share of the field range.

    Returns
    -------
    kept : float
        Measured over true half width.
    left : float
        Share of the variance that is left.
    strain : float
        Relative change of the true half width over that of the measured one. All three are NaN
        beyond the largest half width that the background lets through.
    """
    true, seen, left = _loss(degree_of(background) if low_pass is None else None, low_pass)
    if not measured < 0.9 * seen[-1]:
        return np.nan, np.nan, np.nan
    if measured <= seen[0]:
        return seen[0] / true[0], left[0], 1.0
    half = np.exp(np.interp(np.log(measured), np.log(seen), np.log(true)))
    slope = np.gradient(np.log(true), np.log(seen))
    return measured / half, np.interp(half, true, left), max(np.interp(half, true, slope), 1.0)


@lru_cache(maxsize=32)
def _loss(degree: int | None, low_pass: float | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return half widths before and after detrending, and the variance left.

    A curve with the covariance C becomes one with M C M^T when the background 1 - M is taken off;
    what `conductance_correlation` sees are the means of its diagonals.
    """
    x = np.linspace(0, 1, _GRID)
    gap = x[:, None] - x
    if low_pass is None:
        basis = np.linalg.qr(np.polynomial.chebyshev.chebvander(2 * x - 1, degree))[0]
        keep = np.eye(_GRID) - basis @ basis.T
    else:
        average = np.exp(-((gap / low_pass) ** 2) / 2)
        keep = np.eye(_GRID) - average / average.sum(1, keepdims=True)
    true, rows = np.geomspace(0.012, 0.4, 24), []
    for half in true:
        covariance = np.exp(-np.log(2) * (gap / half) ** 2)
        after = keep @ covariance @ keep.T
        ratio = _seen(after, x) / _seen(covariance, x)
        rows.append((half * ratio, np.trace(after) / _GRID))
    seen, left = np.array(rows).T
    growing = 1 + np.argmin(np.diff(seen) > 0) if (np.diff(seen) <= 0).any() else len(seen)
    return true[:growing], seen[:growing], left[:growing]


def _seen(covariance: np.ndarray, x: np.ndarray) -> float:
    lags = range(_GRID)
    return half_width(x, np.array([np.trace(covariance, n) / (_GRID - n) for n in lags]))
