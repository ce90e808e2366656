"""Error bars from a bootstrap over samples, as products of matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..randomness import Rng


@dataclass(frozen=True)
class Estimate:
    """A number, or an array of numbers, with its bootstrap error.

    Attributes
    ----------
    value, error : float or numpy.ndarray
        The error is one standard deviation; NaN where there is none.
    interval : tuple
        (low, high), the central 68 % of the resampled values.
    samples : int
        Number of independent samples.
    """

    value: float | np.ndarray
    error: float | np.ndarray
    interval: tuple[float | np.ndarray, float | np.ndarray]
    samples: int

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        if np.ndim(self.value):
            return ", ".join(_with_error(v, e) for v, e in zip(self.value, self.error, strict=True))
        return _with_error(self.value, self.error)


def _with_error(value: float, error: float) -> str:
    if not np.isfinite(error) or error <= 0:
        return f"{value:.4g}"
    digits = max(0, 1 - int(np.floor(np.log10(error))))
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def curves(conductance: ArrayLike) -> np.ndarray:
    """Return `conductance` as (sample, field); one number a sample becomes one field.

    Raises
    ------
    ValueError
        For another shape, an empty array, or numbers that are not finite.
    """
    g = arrays.real_numbers("conductance", conductance)
    g = g[:, None] if g.ndim == 1 else g
    if g.ndim != 2 or 0 in g.shape:
        raise ValueError(f"conductance must be (sample, field) or (sample,), not {g.shape}.")
    return g


def fluxes(flux: ArrayLike, count: int) -> np.ndarray:
    """Return `flux` as a (field,) array that fits `count` conductances a sample.

    Raises
    ------
    ValueError
        For another number of fluxes.
    """
    flux = np.atleast_1d(arrays.real_numbers("flux", flux))
    if flux.shape != (count,):
        raise ValueError(f"there are {flux.size} fluxes but {count} conductances a sample.")
    return flux


def weights(samples: int, seed: Rng, resamples: int) -> np.ndarray:
    """Return how often each sample occurs in each resampled set, (draw, sample).

    Parameters
    ----------
    samples, resamples
        Numbers of samples and of resampled sets, two or more each.
    seed
        The draws follow from it.

    Raises
    ------
    ValueError
        For fewer than two samples or sets.
    """
    if samples < 2:
        raise ValueError("error bars need two samples or more.")
    if resamples < 2:
        raise ValueError(f"error bars need two resamples or more, not {resamples}.")
    rng = np.random.default_rng(seed)
    return rng.multinomial(samples, np.full(samples, 1 / samples), size=resamples).astype(float)


def variance(weights: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return the unbiased variance over samples for each row of weights, (draw, field).

    Parameters
    ----------
    weights
        (draw, sample), how often each sample counts.
    g
        (sample, field).
    """
    centred = g - g.mean(0)  # keeps the difference of squares accurate
    total = weights.sum(1, keepdims=True)
    mean = weights @ centred / total
    return (weights @ centred**2 / total - mean**2) * (total / (total - 1))


def sample_variance(g: np.ndarray) -> np.ndarray:
    """Return the unbiased variance over samples of `g` (sample, field), (field,)."""
    return variance(np.ones((1, len(g))), g)[0]


def estimate(value: float | np.ndarray, draws: np.ndarray, samples: int) -> Estimate:
    """Return `value` with the spread of its resampled `draws`; NaN errors where there are none.

    Parameters
    ----------
    value
        A number, or an array.
    draws
        (draw, ...) with the shape of `value` after the first axis.
    samples
        Number of independent samples.
    """
    if len(draws) < 2:
        nothing = np.full(np.shape(value), np.nan)[()]
        return Estimate(value, nothing, (nothing, nothing), samples)
    low, high = np.quantile(draws, [0.16, 0.84], axis=0)
    return Estimate(value, draws.std(0, ddof=1), (low, high), samples)
