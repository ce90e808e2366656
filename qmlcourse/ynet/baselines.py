"""What a Y-net must beat: the mean picture, a random other wire, and the nearest fingerprint."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..training import seeded_generator
from .wires import Samples


def mean_picture(samples: Samples) -> torch.Tensor:
    """Return the mean density of training `samples`, over SCALE, shape (x, y); its skill is 0."""
    return samples.picture[:, 0].float().mean(0)


def nearest_picture(
    samples: Samples, traces: ArrayLike, batch: int = 512
) -> tuple[torch.Tensor, np.ndarray]:
    """Return what the training wires with the nearest fingerprints look like.

    Parameters
    ----------
    samples
        Training wires.
    traces
        Shape (sample, field): fingerprints in e^2/h.
    batch
        Fingerprints that are compared at a time.

    Returns
    -------
    torch.Tensor, numpy.ndarray
        Pictures (sample, channel, x, y), and antidots (sample, antidot, 3).
    """
    found = [
        torch.cdist(part, samples.trace, compute_mode="use_mm_for_euclid_dist").argmin(1)
        for part in torch.as_tensor(traces).split(batch)
    ]
    number = torch.cat(found)
    return samples.picture[number].float(), samples.antidots[number.numpy()]


def random_picture(
    samples: Samples, count: int, seed: int | torch.Generator = 0
) -> tuple[torch.Tensor, np.ndarray]:
    """Return what random training wires look like, drawn without a look at g(B).

    Parameters
    ----------
    samples
        Training wires.
    count
        Wires to draw.
    seed
        Of the draw, an integer or a generator.

    Returns
    -------
    torch.Tensor, numpy.ndarray
        As of :func:`nearest_picture`.
    """
    number = torch.randint(len(samples), (count,), generator=seeded_generator(seed))
    return samples.picture[number].float(), samples.antidots[number.numpy()]
