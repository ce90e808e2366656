"""How good is a picture that was read from a fingerprint? Numbers with their floors."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment


def skill(found: ArrayLike, true: ArrayLike, mean: ArrayLike) -> float:
    """Return 1 - MSE(found) / MSE(mean): 0 for the mean picture, 1 for the truth.

    Parameters
    ----------
    found, true
        Shape (sample, x, y).
    mean
        Shape (x, y): the mean picture of the training set.
    """
    found, true, mean = (np.asarray(a, float) for a in (found, true, mean))
    return float(1 - ((found - true) ** 2).mean() / ((mean - true) ** 2).mean())


def correlation(found: ArrayLike, true: ArrayLike) -> np.ndarray:
    """Return Pearson's correlation of each picture with the true one, 0 for a flat picture.

    Parameters
    ----------
    found, true
        Shape (sample, ...).

    Returns
    -------
    numpy.ndarray
        Shape (sample,).
    """
    a, b = (np.asarray(v, float).reshape(len(v), -1) for v in (found, true))
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    norm = np.sqrt((a**2).sum(1) * (b**2).sum(1))
    return (a * b).sum(1) / np.where(norm > 0, norm, 1)


def ssim(found: ArrayLike, true: ArrayLike) -> np.ndarray:
    """Return the structural similarity of each picture with the true one, shape (sample,).

    Parameters
    ----------
    found, true
        Shape (sample, x, y). The range of values is that of the true pictures together.

    Raises
    ------
    ValueError
        Where the shapes differ.

    References
    ----------
    Z. Wang et al., IEEE Trans. Image Process. 13, 600 (2004), with their Gaussian window, by
    scikit-image.
    """
    from skimage.metrics import structural_similarity

    found, true = np.asarray(found, float), np.asarray(true, float)
    if found.shape != true.shape:
        raise ValueError(f"pictures have shapes {found.shape} and {true.shape}; take the same.")
    span = float(np.ptp(true)) or 1.0
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return np.array(
        [
            structural_similarity(a, b, data_range=span, **options)
            for a, b in zip(found, true, strict=True)
        ]
    )


def position_error(found: ArrayLike, true: ArrayLike) -> np.ndarray:
    """Return the distance of each true antidot from its partner among the found ones, in sites.

    Parameters
    ----------
    found, true
        Shape (sample, antidot, 2 or more), x and y first. The order of the antidots is free: each
        found one is the partner of one true one, so that the sum of squared distances is least.

    Returns
    -------
    numpy.ndarray
        Shape (sample, antidot), in the order of `true`.

    Raises
    ------
    ValueError
        Where the numbers of antidots differ.
    """
    found, true = (np.asarray(a, float)[..., :2] for a in (found, true))
    if found.shape != true.shape:
        raise ValueError(
            f"found and true have shapes {found.shape} and {true.shape}; take the same number of "
            "antidots."
        )
    away = np.linalg.norm(true[:, :, None] - found[:, None], axis=-1)
    out = np.empty(true.shape[:2])
    for row, distances in enumerate(away):
        one, other = linear_sum_assignment(distances**2)
        out[row, one] = distances[one, other]
    return out


def centres(removed: torch.Tensor, count: int, radius: float = 3.0) -> torch.Tensor:
    """Return the centres of discs in maps of removed sites, by their centres of mass.

    Parameters
    ----------
    removed
        Shape (sample, x, y): chance that an antidot removed the site, 0 to 1.
    count
        Discs in each map.
    radius
        Of the discs, in sites.

    Returns
    -------
    torch.Tensor
        Shape (sample, count, 2), in sites. The place where a disc covers most chance comes first;
        what it covers is taken out before the next.
    """
    chance = torch.as_tensor(removed).float()
    x, y = (torch.arange(n, dtype=chance.dtype, device=chance.device) for n in chance.shape[1:])
    reach = int(np.ceil(radius))
    offset = torch.arange(-reach, reach + 1, device=chance.device)
    disc = (offset[:, None] ** 2 + offset**2 <= radius**2).to(chance)[None, None]
    found = []
    for _ in range(count):
        covered = torch.nn.functional.conv2d(chance[:, None], disc, padding=reach)[:, 0]
        best = covered.flatten(1).argmax(1)
        centre = torch.stack([best // len(y), best % len(y)], 1).to(chance)
        for _ in range(2):
            near = _distance(x, y, centre) <= radius + 1
            weight = chance * near
            total = weight.sum((1, 2)).clamp_min(1e-6)
            along = (weight.sum(2) * x).sum(1) / total
            across = (weight.sum(1) * y).sum(1) / total
            centre = torch.stack([along, across], 1)
        found.append(centre)
        chance = chance * (_distance(x, y, centre) > radius + 0.5)
    return torch.stack(found, 1)


def calibration(spread: ArrayLike, error: ArrayLike) -> dict[str, float]:
    """Return how well stated spreads tell the errors that are made.

    Parameters
    ----------
    spread, error
        Shape (sample,), in one unit.

    Returns
    -------
    dict
        Shares of errors ``within_one`` and ``within_two`` stated spreads, and the
        ``rank_correlation`` of both. For a two-dimensional Gaussian with the root mean square
        radius `spread`, the shares are 1 - exp(-1) = 0.63 and 1 - exp(-4) = 0.98.
    """
    from scipy.stats import spearmanr

    spread, error = np.asarray(spread, float), np.asarray(error, float)
    return {
        "within_one": float((error <= spread).mean()),
        "within_two": float((error <= 2 * spread).mean()),
        "rank_correlation": float(spearmanr(spread, error).statistic),
    }


def _distance(x: torch.Tensor, y: torch.Tensor, centre: torch.Tensor) -> torch.Tensor:
    """Distances (sample, x, y) of all sites from the centre of each sample."""
    return torch.hypot(x[None, :, None] - centre[:, :1, None], y - centre[:, 1:, None])
