"""Witnesses that are no network: how levels repel, and how shares of states scale with the size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..training import seeded_generator
from .eigenstates import eigenstates
from .lattice import RandomLattice
from .measures import fractal_dimension, inverse_participation, spacing_ratio
from .models import AndersonModel

POISSON = 2 * np.log(2) - 1  # mean spacing ratio of levels that know nothing of each other
_LEVELS = 16
_BATCH = 128  # samples that are solved at a time
_REDRAWS = 100


def spacing_ratios(
    model: RandomLattice,
    strengths: Sequence[float],
    energy: float,
    samples: int,
    seed: int | Sequence[int] | torch.Generator,
    device: str = "cpu",
    pairs: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean spacing ratio of the 16 levels nearest an energy, and its standard error.

    Parameters
    ----------
    model
        Draws the samples.
    strengths
        Shape (strength,).
    energy
        In units of the hopping.
    samples
        At each strength.
    seed
        An integer, integers that make one seed together, or a generator.
    device
        Where samples are drawn and solved.
    pairs
        Whether one level of each Kramers pair is taken (half-integer spin without field).

    Returns
    -------
    mean, error
        Shape (strength,) each.
    """
    ratio, _ = _levels(model, strengths, energy, samples, seed, device, pairs)
    return _mean(ratio)


def _levels(
    model: RandomLattice,
    strengths: Sequence[float],
    energy: float,
    samples: int,
    seed: int | Sequence[Any] | torch.Generator,
    device: str,
    pairs: bool,
) -> tuple[np.ndarray, ...]:
    """Spacing ratios and mean log P2 of the 16 states nearest an energy, (sample, strength)."""
    generator = seeded_generator(seed, device)
    tiled = np.tile(np.asarray(strengths, float), samples)
    ratio, share = [], []
    count = _LEVELS * (2 if pairs else 1)
    for start in range(0, len(tiled), _BATCH):
        hamiltonian = model.sample(tiled[start : start + _BATCH], generator)
        found = eigenstates(hamiltonian, energy, count, tolerance=1e-7)
        levels = found.energies.sort(-1)[0]
        ratio.append(spacing_ratio(levels[:, ::2] if pairs else levels))
        share.append(found.density.flatten(2).square().sum(-1).log().mean(1))
    shape = (samples, len(strengths))
    return tuple(torch.cat(part).reshape(shape).cpu().numpy() for part in (ratio, share))


def _mean(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the samples and its standard error."""
    return values.mean(0), values.std(0, ddof=1) / len(values) ** 0.5


def level_row(
    make: Callable[[int], RandomLattice],
    strengths: ArrayLike,
    energy: float,
    sizes: Sequence[int],
    samples: int,
    seed: int | Sequence[int],
    device: str = "cpu",
    pairs: bool = False,
) -> dict[str, Any]:
    """Return spacing ratios and mean log P2 of several sizes over the strength, with errors.

    Parameters
    ----------
    make
        Makes the model of a size.
    strengths, energy, samples, device, pairs
        As in :func:`spacing_ratios`.
    sizes
        Edges of the lattices.
    seed
        An integer, or integers that make one seed together.

    Returns
    -------
    dict
        JSON values: ``strengths``, ``sizes``, ``energy``; ``ratio``, ``errors``, ``log_share`` and
        ``share_errors``, one list over the strengths for each size.
    """
    row = {"strengths": np.asarray(strengths, float).tolist(), "sizes": list(sizes)}
    row |= {"energy": energy, "ratio": [], "errors": [], "log_share": [], "share_errors": []}
    for size in sizes:
        found = _levels(make(size), strengths, energy, samples, [seed, size], device, pairs)
        for values, mean, error in zip(
            found, ("ratio", "log_share"), ("errors", "share_errors"), strict=True
        ):
            average, stray = _mean(values)
            row[mean].append(average.tolist())
            row[error].append(stray.tolist())
    return row


def share_slopes(row: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes -d<log P2> / d log L between the first and the last size, and errors.

    Parameters
    ----------
    row
        As :func:`level_row` returns it, with two sizes or more.

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
        As :func:`level_row` returns it, with two sizes or more.
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
        As :func:`level_row` returns it, with two sizes or more.
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


def fractal_row(
    strengths: Sequence[float],
    sizes: Sequence[int],
    samples: int,
    seed: int | Sequence[int],
    device: str = "cpu",
) -> dict[str, Any]:
    """Return <P2> by size and the dimensions D2 of the box model at the band centre.

    Parameters
    ----------
    strengths, sizes, samples, seed, device
        As in :func:`level_row`.

    Returns
    -------
    dict
        JSON values: ``strengths``, ``sizes``, ``participation`` with one list over the strengths
        for each size, and ``dimension`` over the strengths.
    """
    means = []
    for size in sizes:
        generator = seeded_generator([seed, size], device)
        tiled = np.tile(np.asarray(strengths, float), samples)
        found = []
        for start in range(0, len(tiled), _BATCH):
            hamiltonian = AndersonModel(size).sample(tiled[start : start + _BATCH], generator)
            found.append(inverse_participation(eigenstates(hamiltonian, 0.0, 4).density).mean(1))
        means.append(torch.cat(found).reshape(samples, -1).mean(0).cpu().numpy())
    means = np.array(means)
    return {
        "strengths": list(strengths),
        "sizes": list(sizes),
        "participation": means.tolist(),
        "dimension": [fractal_dimension(sizes, column) for column in means.T],
    }
