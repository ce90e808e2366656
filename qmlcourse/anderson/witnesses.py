"""Witnesses that are no network: how levels repel, and how shares of states scale with the size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from .eigenstates import eigenstates
from .lattice import RandomLattice, Seed, batches
from .measures import inverse_participation, spacing_ratio

POISSON = 2 * np.log(2) - 1  # mean spacing ratio of levels that know nothing of each other
_LEVELS = 16
_REDRAWS = 100


@dataclass(frozen=True)
class LevelStatistics:
    """Averages over samples of the 16 states nearest an energy, each of shape (strength,).

    Attributes
    ----------
    ratio, ratio_error : numpy.ndarray
        Mean ratio of neighbouring level spacings, and its standard error.
    log_share, log_share_error : numpy.ndarray
        Mean log P2 of the states, and its standard error.
    """

    ratio: np.ndarray
    ratio_error: np.ndarray
    log_share: np.ndarray
    log_share_error: np.ndarray


def level_statistics(
    model: RandomLattice,
    energy: float,
    strengths: ArrayLike,
    samples: int,
    seed: Seed,
    device: torch.device | str = "cpu",
    pairs: bool = False,
) -> LevelStatistics:
    """Return how the levels nearest an energy repel, and how far their states spread.

    Parameters
    ----------
    model
        Draws the samples.
    energy
        In units of the hopping.
    strengths
        Shape (strength,).
    samples
        At each strength.
    seed
        An integer or a generator; or integers, one a sample, each of which draws the same pattern
        of disorder at all strengths.
    device
        Where samples are drawn and solved.
    pairs
        Whether one level of each Kramers pair is taken (half-integer spin without field).

    Raises
    ------
    ValueError
        Where samples and seeds differ in number.
    """
    count = _LEVELS * (2 if pairs else 1)
    ratio, share = [], []
    for hamiltonian in batches(model, strengths, samples, seed, device):
        found = eigenstates(hamiltonian, energy, count, tolerance=1e-7)
        levels = found.energies.sort(-1)[0]
        ratio.append(spacing_ratio(levels[:, ::2] if pairs else levels))
        share.append(found.density.flatten(2).square().sum(-1).log().mean(1))
    averages = []
    for parts in (ratio, share):
        values = torch.cat(parts).reshape(samples, -1).cpu().numpy()
        averages += [values.mean(0), values.std(0, ddof=1) / samples**0.5]
    return LevelStatistics(*averages)


def mean_participation(
    model: RandomLattice,
    energy: float,
    strengths: ArrayLike,
    samples: int,
    seed: Seed,
    device: torch.device | str = "cpu",
) -> np.ndarray:
    """Return <P2> of the four states nearest an energy, shape (strength,).

    Parameters
    ----------
    model, energy, strengths, samples, seed, device
        As in :func:`level_statistics`, for a cube.

    Raises
    ------
    ValueError
        As in :func:`level_statistics`.
    """
    found = [
        inverse_participation(eigenstates(hamiltonian, energy, 4).density).mean(1)
        for hamiltonian in batches(model, strengths, samples, seed, device)
    ]
    return torch.cat(found).reshape(samples, -1).mean(0).cpu().numpy()


def share_slopes(row: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes -d<log P2> / d log L between the first and the last size, and errors.

    Parameters
    ----------
    row
        Statistics of one model: ``strengths`` and ``sizes``, two sizes or more; ``log_share`` and
        ``share_errors``, <log P2> and its standard errors, shape (size, strength).

    Returns
    -------
    slopes, errors
        Shape (strength,) each.
    """
    share, errors = np.array(row["log_share"]), np.array(row["share_errors"])
    length = np.log(row["sizes"][-1] / row["sizes"][0])
    return (share[0] - share[-1]) / length, np.hypot(errors[0], errors[-1]) / length


def slope_at(
    row: dict[str, Any], strength: float, seed: int | np.random.Generator = 0
) -> tuple[float, float]:
    """Return the slope of the shares at one strength, by a cubic through all, and its error.

    Parameters
    ----------
    row
        As in :func:`share_slopes`.
    strength
        In the model's unit.
    seed
        Of the redraws that give the error.
    """
    found = [_cubic(row, draw)(strength) for draw in _draws(row, seed)]
    return float(found[0]), float(np.std(found[1:]))


def slope_crossing(
    row: dict[str, Any], slope: float, slope_error: float = 0.0, seed: int = 1
) -> tuple[float, float]:
    """Return where the shares of a model fall with the size as L^-slope, and the error.

    States at the transition of one universality class fall with one power: that of the box model
    at the strength where long bars put its transition.

    Parameters
    ----------
    row
        As in :func:`share_slopes`.
    slope, slope_error
        The power and its standard error.
    seed
        Of the redraws that give the error.

    Returns
    -------
    strength, error
        NaN where the cubic through the slopes does not pass the power.
    """
    draws = _draws(row, seed)
    levels = slope + slope_error * np.random.default_rng(seed).standard_normal(len(draws))
    levels[0] = slope
    found = [_where(row, draw, level) for draw, level in zip(draws, levels, strict=True)]
    return found[0], float(np.nanstd(found[1:]))


def _draws(row: dict[str, Any], seed: int | np.random.Generator) -> list[np.ndarray]:
    """The measured slopes, then 100 sets redrawn within their errors."""
    slopes, errors = share_slopes(row)
    rng = np.random.default_rng(seed)
    return [slopes] + [slopes + errors * rng.standard_normal(slopes.shape) for _ in range(_REDRAWS)]


def _cubic(row: dict[str, Any], slopes: np.ndarray) -> np.polynomial.Polynomial:
    weight = 1 / share_slopes(row)[1]
    return np.polynomial.Polynomial.fit(row["strengths"], slopes, 3, w=weight)


def _where(row: dict[str, Any], slopes: np.ndarray, level: float) -> float:
    """The strength at which the cubic through the slopes passes a level, nearest the middle."""
    x = np.array(row["strengths"])
    roots = (_cubic(row, slopes) - level).roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    real = real[(real >= x.min()) & (real <= x.max())]
    return float(real[np.abs(real - x.mean()).argmin()]) if len(real) else float("nan")
