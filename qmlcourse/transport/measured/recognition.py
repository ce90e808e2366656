"""Which wire does a part of a curve belong to? A learned distance, and its rival.

A small network turns curves into points; it is trained so that a part lies near the whole curve of
its own wire and far from all others (contrastive learning: A. van den Oord et al.,
arXiv:1807.03748; T. Chen et al., arXiv:2002.05709). The rival slides the part along each curve
and takes the best correlation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from ...training import Fit

_CHANNELS = 64
_LAYERS = (9, 5, 5)  # points under each filter
_MOST_STRETCH = 0.5


class CurveEncoder(nn.Module):
    """Curves of any length from 17 points on to points on a sphere; alike means close.

    Filters run along the curve. The mean and the maximum of each last answer are kept, so that
    where in the curve a wiggle stands does not count.

    Parameters
    ----------
    dimensions
        Of the space of points.
    channels
        Filters a layer.
    """

    def __init__(self, dimensions: int = 32, channels: int = _CHANNELS):
        super().__init__()
        parts: list[nn.Module] = []
        before = 1
        for width in _LAYERS:
            parts += [nn.Conv1d(before, channels, width), nn.ReLU()]
            before = channels
        self.features = nn.Sequential(*parts)
        self.head = nn.Linear(2 * channels, dimensions)
        self.register_buffer("level", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))

    def adjust(self, curves: torch.Tensor) -> CurveEncoder:
        """Take mean and spread of all curves for zero and one.

        Parameters
        ----------
        curves
            (sample, field) in e^2/h.

        Returns
        -------
        CurveEncoder
            The encoder itself.
        """
        self.level.copy_(curves.mean())
        self.scale.copy_(curves.std())
        return self

    def forward(self, curves: torch.Tensor) -> torch.Tensor:
        """Return points of length one, (sample, dimension), of `curves` (sample, field)."""
        found = self.features(((curves - self.level) / self.scale).unsqueeze(1))
        return nn.functional.normalize(self.head(torch.cat([found.mean(2), found.amax(2)], 1)))

    def likeness(self, parts: torch.Tensor, curves: torch.Tensor) -> torch.Tensor:
        """Return the cosine between each part and each curve, (part, curve), from -1 to 1.

        Parameters
        ----------
        parts, curves
            (part, point) and (curve, field) in e^2/h.
        """
        return self(parts) @ self(curves).T


def contrastive_loss(
    model: nn.Module, parts: torch.Tensor, curves: torch.Tensor, temperature: float = 0.1
) -> torch.Tensor:
    """Return how badly parts find their own curves in a batch, and curves their parts (InfoNCE).

    The likeness of a part to all curves of the batch, divided by the temperature, is read as a
    softmax; the loss is minus the logarithm of the share of its own curve, and the same with both
    exchanged. It is the logarithm of the batch's size where all look alike.

    Parameters
    ----------
    model
        With a method ``likeness``, such as a :class:`CurveEncoder`.
    parts, curves
        (sample, field); the same row is the same wire.
    temperature
        Small values punish the nearest wrong wires alone.
    """
    alike = model.likeness(parts, curves) / temperature
    own = torch.arange(len(alike), device=alike.device)
    entropy = nn.functional.cross_entropy
    return (entropy(alike, own) + entropy(alike.T, own)) / 2


def random_parts(
    seed: torch.Generator,
    curves: torch.Tensor,
    points: int,
    *,
    stretch: float = 0.0,
    noise: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a part of each curve, measured again.

    Parameters
    ----------
    seed
        A generator on the CPU.
    curves
        (sample, field) in e^2/h, at evenly spaced fields.
    points
        Of a part.
    stretch
        The part's field axis may be wrong by a factor between exp(-stretch) and exp(stretch).
    noise
        Standard deviation, e^2/h.

    Returns
    -------
    parts : torch.Tensor
        (sample, points).
    where : torch.Tensor
        (sample, points), the true places in the curve in steps of its field.

    Raises
    ------
    ValueError
        For a part longer than its curve, or a stretch that is negative or above 0.5.
    """
    count, fields = curves.shape
    if not 2 <= points <= fields:
        raise ValueError(f"a part has 2 to {fields} points, not {points}.")
    if not 0 <= stretch <= _MOST_STRETCH:
        raise ValueError(f"stretch lies between 0 and {_MOST_STRETCH}, not at {stretch}.")
    draw = {"generator": seed, "dtype": torch.float64}
    factor = torch.exp(stretch * (2 * torch.rand(count, 1, **draw) - 1))
    span = torch.clamp((points - 1) * factor, max=fields - 1)
    start = (fields - 1 - span) * torch.rand(count, 1, **draw)
    where = start + span * torch.linspace(0, 1, points, dtype=torch.float64)
    dirt = noise * torch.randn(count, points, **draw)
    where, dirt = where.to(curves), dirt.to(curves)
    return _between(curves, where) + dirt, where


def recognition_fit(
    curves: torch.Tensor,
    points: int,
    seed: int,
    *,
    stretch: float = 0.0,
    noise: float = 0.05,
    epochs: int = 60,
    batch_size: int = 128,
    rate: float = 3e-3,
) -> Fit:
    """Return a fit, ready to be run, of a :class:`CurveEncoder` that knows a wire from a part.

    Each batch is cut anew: no part is seen twice.

    Parameters
    ----------
    curves
        (sample, field) in e^2/h, one a wire.
    points, stretch, noise
        Of the parts, as in :func:`random_parts`.
    seed
        Start of the weights, order of the batches, and the parts.
    epochs, batch_size, rate
        As of :class:`~qmlcourse.training.Fit`.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = CurveEncoder().to(curves).adjust(curves)

    def cut(generator, whole):
        return random_parts(generator, whole, points, stretch=stretch, noise=noise)[0], whole

    return Fit(
        encoder,
        (curves,),
        contrastive_loss,
        epochs=epochs,
        batch_size=batch_size,
        rate=rate,
        seed=seed,
        augment=cut,
    )


def best_correlation(
    parts: torch.Tensor, curves: torch.Tensor, factors: Sequence[float] = (1.0,)
) -> torch.Tensor:
    """Return the largest correlation of each part with any piece of each curve, (part, curve).

    Parameters
    ----------
    parts, curves
        (part, point) and (sample, field), at fields of the same spacing.
    factors
        Pieces that are longer by these factors are tried as well; those that do not fit are not.

    Raises
    ------
    ValueError
        Where no factor fits.
    """
    points, fields = parts.shape[1], curves.shape[1]
    best = None
    for factor in factors:
        span = (points - 1) * factor
        if span > fields - 1 + 1e-9:
            continue
        starts = torch.arange(0, fields - 1 - span + 1e-9, 1.0, dtype=torch.float64)
        where = starts[:, None] + span * torch.linspace(0, 1, points, dtype=torch.float64)
        at = where.reshape(1, -1).expand(len(curves), -1).to(curves)
        pieces = _between(curves, at).reshape(len(curves), len(starts), points)
        found = torch.einsum("qp,csp->qcs", _centred(parts), _centred(pieces)).amax(2)
        best = found if best is None else torch.maximum(best, found)
    if best is None:
        raise ValueError(f"a part of {points} points does not fit into {fields} with {factors}.")
    return best


def rank_of_own(likeness: torch.Tensor) -> np.ndarray:
    """Return how many other curves each part likes at least as much as its own, (part,).

    Parameters
    ----------
    likeness
        (part, curve); the same number is the same wire.
    """
    own = likeness.diagonal()[:, None]
    return ((likeness >= own).sum(1) - 1).cpu().numpy()


def _between(curves: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    """Return values between the points of each curve, on straight lines."""
    left = where.floor().clamp(0, curves.shape[1] - 2).long()
    share = where - left
    return curves.gather(1, left) * (1 - share) + curves.gather(1, left + 1) * share


def _centred(values: torch.Tensor) -> torch.Tensor:
    """Return values without their mean and of length one, along the last axis."""
    values = values - values.mean(-1, keepdim=True)
    return values / values.norm(dim=-1, keepdim=True).clamp_min(1e-12)
