"""Witnesses that are no network: how levels repel, and how shares of states scale with the size."""

import numpy as np
import torch

from ..training import seeded_generator
from .eigenstates import eigenstates
from .measures import fractal_dimension, inverse_participation, spacing_ratio
from .models import AndersonModel

_LEVELS = 16
POISSON = 2 * np.log(2) - 1


def ratios(model, strengths, energy, samples, seed, device="cpu", pairs=False):
    """Mean spacing ratio of the 16 levels nearest an energy, and its error, (strength,) each.

    pairs : bool, take one level of each Kramers pair (half-integer spin without field)
    """
    ratio, _ = _levels(model, strengths, energy, samples, seed, device, pairs)
    return _mean(ratio)


def _levels(model, strengths, energy, samples, seed, device, pairs):
    """Spacing ratios and mean log P2 of the 16 states nearest an energy, (sample, strength)."""
    generator = seeded_generator(seed, device)
    tiled = np.tile(np.asarray(strengths, float), samples)
    ratio, share = [], []
    count = _LEVELS * (2 if pairs else 1)
    for start in range(0, len(tiled), 128):
        found = eigenstates(
            model.sample(tiled[start : start + 128], generator), energy, count, tolerance=1e-7
        )
        levels = found.energies.sort(-1)[0]
        ratio.append(spacing_ratio(levels[:, ::2] if pairs else levels))
        share.append(found.density.flatten(2).square().sum(-1).log().mean(1))
    shape = (samples, len(strengths))
    return tuple(torch.cat(part).reshape(shape).cpu().numpy() for part in (ratio, share))


def _mean(values):
    return values.mean(0), values.std(0, ddof=1) / len(values) ** 0.5


def level_row(make, strengths, energy, sizes, samples, seed, device="cpu", pairs=False):
    """Spacing ratios and mean log P2 of several sizes over the strength, with their errors."""
    row = {"strengths": np.asarray(strengths, float).tolist(), "sizes": list(sizes)}
    row |= {"energy": energy, "ratio": [], "errors": [], "log_share": [], "share_errors": []}
    for size in sizes:
        found = _levels(make(size), strengths, energy, samples, [*seed, size], device, pairs)
        for values, mean, error in zip(
            found, ("ratio", "log_share"), ("errors", "share_errors"), strict=True
        ):
            average, stray = _mean(values)
            row[mean].append(average.tolist())
            row[error].append(stray.tolist())
    return row


def share_slopes(row):
    """Slopes -d<log P2> / d log L between the first and the last size, and errors, (strength,)."""
    share, errors = np.array(row["log_share"]), np.array(row["share_errors"])
    length = np.log(row["sizes"][-1] / row["sizes"][0])
    return (share[0] - share[-1]) / length, np.hypot(errors[0], errors[-1]) / length


def slope_at(row, strength, seed=0):
    """The slope of the shares at one strength, by a cubic through all, and its error."""
    found = [_cubic(row, draw)(strength) for draw in _draws(row, seed)]
    return float(found[0]), float(np.std(found[1:]))


def slope_crossing(row, slope, slope_error=0.0, seed=1):
    """Where the shares of a model fall with the size as L^-slope, and the error, by redrawing.

    States at the transition of one universality class fall with one power: that of the box model
    at the strength where long bars put its transition.
    """
    draws = _draws(row, seed)
    levels = slope + slope_error * np.random.default_rng(seed).standard_normal(len(draws))
    levels[0] = slope
    found = [_where(row, draw, level) for draw, level in zip(draws, levels, strict=True)]
    return found[0], float(np.nanstd(found[1:]))


def _draws(row, seed):
    """The measured slopes, then 100 sets redrawn within their errors."""
    slopes, errors = share_slopes(row)
    rng = np.random.default_rng(seed)
    return [slopes] + [slopes + errors * rng.standard_normal(slopes.shape) for _ in range(100)]


def _cubic(row, slopes):
    weight = 1 / share_slopes(row)[1]
    return np.polynomial.Polynomial.fit(row["strengths"], slopes, 3, w=weight)


def _where(row, slopes, level):
    """The strength at which the cubic through the slopes passes a level, nearest the middle."""
    x = np.array(row["strengths"])
    roots = (_cubic(row, slopes) - level).roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    real = real[(real >= x.min()) & (real <= x.max())]
    return float(real[np.abs(real - x.mean()).argmin()]) if len(real) else float("nan")


def fractal_row(strengths, sizes, samples, seed, device="cpu"):
    """<P2> by size and the slopes D2 of the box model at the band centre."""
    means = []
    for size in sizes:
        generator = seeded_generator([*seed, size], device)
        tiled = np.tile(np.asarray(strengths, float), samples)
        found = []
        for start in range(0, len(tiled), 128):
            hamiltonian = AndersonModel(size).sample(tiled[start : start + 128], generator)
            found.append(inverse_participation(eigenstates(hamiltonian, 0.0, 4).density).mean(1))
        means.append(torch.cat(found).reshape(samples, -1).mean(0).cpu().numpy())
    means = np.array(means)
    return {
        "strengths": list(strengths),
        "sizes": list(sizes),
        "participation": means.tolist(),
        "dimension": [fractal_dimension(sizes, column) for column in means.T],
    }
