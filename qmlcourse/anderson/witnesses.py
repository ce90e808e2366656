"""Where states change from repelling levels to free ones, and how their shares scale with size."""

import numpy as np
import torch

from .eigenstates import eigenstates
from .measures import fractal_dimension, inverse_participation, spacing_ratio
from .models import AndersonModel, draw

_LEVELS = 16
POISSON = 2 * np.log(2) - 1


def _generator(seed, device):
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
    return draw(torch.Generator(device=device).manual_seed(int(state >> 1)))


def ratios(model, strengths, energy, samples, seed, device="cpu", pairs=False):
    """Mean spacing ratio of the 16 levels nearest an energy, and its error, (strength,) each.

    pairs : bool, take one level of each Kramers pair (half-integer spin without field)
    """
    generator = _generator(seed, device)
    tiled = np.tile(np.asarray(strengths, float), samples)
    values = []
    count = _LEVELS * (2 if pairs else 1)
    for start in range(0, len(tiled), 128):
        levels = eigenstates(model.sample(tiled[start : start + 128], generator), energy, count,
                             tolerance=1e-7).energies  # fmt: skip
        levels = levels.sort(-1)[0]
        values.append(spacing_ratio(levels[:, ::2] if pairs else levels))
    r = torch.cat(values).reshape(samples, len(strengths)).cpu().numpy()
    return r.mean(0), r.std(0, ddof=1) / samples**0.5


def ratio_row(make, strengths, energy, sizes, samples, seed, device="cpu", pairs=False):
    """Spacing ratios of two sizes over the strength, and where they cross.

    The crossing is that of two logistic steps of one upper and lower level; its error comes from
    redrawing the means within their errors.
    """
    curves = [ratios(make(size), strengths, energy, samples, [*seed, size], device, pairs)
              for size in sizes]  # fmt: skip
    means, errors = (np.array(part) for part in zip(*curves, strict=True))
    rng = np.random.default_rng(seed)
    found = [_cross(strengths, means)]
    for _ in range(60):
        found.append(_cross(strengths, means + errors * rng.standard_normal(means.shape)))
    spread = float(np.nanstd(found[1:]))
    return {
        "strengths": np.asarray(strengths, float).tolist(), "sizes": list(sizes),
        "energy": energy, "ratio": means.tolist(), "errors": errors.tolist(),
        "crossing": [float(found[0]), spread],
    }  # fmt: skip


def _cross(strengths, means):
    """Where two curves cross: the zero of a cubic through their difference nearest the middle."""
    x = np.asarray(strengths, float)
    middle, half = x.mean(), np.ptp(x) / 2
    fit = np.polynomial.Polynomial.fit((x - middle) / half, means[1] - means[0], 3)
    roots = fit.roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    real = real[np.abs(real) <= 1]
    if len(real) == 0:
        return float("nan")
    # the crossing where the difference changes the most
    slope = np.abs(fit.deriv()(real))
    return float(middle + half * real[np.argmax(slope)])


def fractal_row(strengths, sizes, samples, seed, device="cpu"):
    """<P2> by size and the slopes D2 of the box model at the band centre."""
    means = []
    for size in sizes:
        generator = _generator([*seed, size], device)
        tiled = np.tile(np.asarray(strengths, float), samples)
        found = []
        for start in range(0, len(tiled), 128):
            hamiltonian = AndersonModel(size).sample(tiled[start : start + 128], generator)
            found.append(inverse_participation(eigenstates(hamiltonian, 0.0, 4).density).mean(1))
        means.append(torch.cat(found).reshape(samples, -1).mean(0).cpu().numpy())
    means = np.array(means)
    return {
        "strengths": list(strengths), "sizes": list(sizes), "participation": means.tolist(),
        "dimension": [fractal_dimension(sizes, column) for column in means.T],
    }  # fmt: skip
