"""Scores of pictures that were read from fingerprints, and the floors that they must beat."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ...ynet.baselines import mean_picture, nearest_picture, random_picture
from ...ynet.measures import centres, correlation, position_error, skill, ssim
from ...ynet.wires import Samples


def scores(pictures: torch.Tensor, held: Samples, mean: torch.Tensor) -> dict[str, Any]:
    """Return skill, correlation, SSIM, errors of the place and the share of exact sets.

    Parameters
    ----------
    pictures
        Shape (sample, 2, x, y): density over SCALE, and chance of removal.
    held
        The wires that the pictures should show.
    mean
        Shape (x, y): mean picture of the training set, over SCALE.

    Returns
    -------
    dict
        ``position`` holds the quantiles 0.25, 0.5, 0.75 and 0.9 of the distance between a true
        antidot and the one that was read, in sites; ``exact`` the share of wires whose removed
        sites are all right.
    """
    true = held.picture.float()
    error = position_error(centres(pictures[:, 1], held.antidots.shape[1]), held.antidots)
    exact = ((pictures[:, 1] > 0.5) == (true[:, 1] > 0.5)).flatten(1).all(1).float()
    return {
        "skill": skill(pictures[:, 0], true[:, 0], mean),
        "correlation": float(correlation(pictures[:, 0], true[:, 0]).mean()),
        "ssim": float(ssim(pictures[:, 0], true[:, 0]).mean()),
        "position": [float(q) for q in np.quantile(error, (0.25, 0.5, 0.75, 0.9))],
        "position_mean": float(error.mean()),
        "exact": float(exact.mean()),
        "scored": len(true),
    }


def floors(training: Samples, held: Samples) -> dict[str, dict[str, Any]]:
    """Return the scores of the mean picture, of random wires and of the nearest fingerprint."""
    mean = mean_picture(training)
    average = training.picture.float().mean(0).expand(len(held), -1, -1, -1)
    return {
        "mean picture": scores(average, held, mean),
        "random wire": scores(random_picture(training, len(held))[0], held, mean),
        "nearest fingerprint": scores(nearest_picture(training, held.trace)[0], held, mean),
    }


def whole_hundredths(pictures: torch.Tensor) -> list[Any]:
    """Return pictures (sample, channel, x, y) as lists of whole hundredths."""
    return torch.round(100 * pictures.float()).int().tolist()
