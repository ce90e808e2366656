"""Several answers to one fingerprint: latent points drawn by a conditional flow.

Flow matching (Y. Lipman et al., arXiv:2210.02747): a network learns the velocity that carries
Gaussian noise along straight lines to the latent points that belong to a fingerprint. Where the
fingerprint leaves a choice, the points that it draws lie in several heaps. A diffusion model for
the same task: Yokoi et al., arXiv:2506.08617.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ..training import Fit, seeded_generator
from .network import residual_blocks


class Flow(nn.Module):
    """Velocity of a latent point on its way from noise to the points of a fingerprint.

    Points are measured from ``centre`` in units of ``spread``, those of the training set.

    Parameters
    ----------
    latent, fields, hidden
        As of :class:`~qmlcourse.ynet.network.TraceEncoder`.
    """

    def __init__(self, latent: int = 16, fields: int = 64, hidden: int = 384):
        super().__init__()
        self.settings = {"latent": latent, "fields": fields, "hidden": hidden}
        for name, size in (("", latent), ("trace_", fields)):
            self.register_buffer(f"{name}centre", torch.zeros(size))
            self.register_buffer(f"{name}spread", torch.ones(size))
        self.read = nn.Sequential(
            nn.Linear(fields, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
        )
        self.start = nn.Linear(latent + 8, hidden)
        self.blocks = residual_blocks(hidden)
        self.end = nn.Sequential(nn.LayerNorm(hidden), nn.SiLU(), nn.Linear(hidden, latent))

    def adjust(self, points: torch.Tensor, traces: torch.Tensor) -> Flow:
        """Return the flow, with centres and spreads of a training set.

        Parameters
        ----------
        points, traces
            Shapes (sample, latent) and (sample, field): latent points and their fingerprints.
        """
        self.centre.copy_(points.mean(0))
        self.spread.copy_(points.std(0).clamp_min(1e-3))
        self.trace_centre.copy_(traces.mean(0))
        self.trace_spread.copy_(traces.std(0).clamp_min(1e-3))
        return self

    def features(self, trace: torch.Tensor) -> torch.Tensor:
        """Return what is read of each fingerprint `trace` (sample, field), once for all times."""
        return self.read((trace - self.trace_centre) / self.trace_spread)

    def forward(
        self, point: torch.Tensor, time: torch.Tensor, features: torch.Tensor
    ) -> torch.Tensor:
        """Return the velocity, shape (sample, latent).

        Parameters
        ----------
        point
            Shape (sample, latent), in units of ``spread`` from ``centre``.
        time
            Shape (sample,), 0 at the noise and 1 at the points.
        features
            Shape (sample, hidden): what `features` returns.
        """
        angle = torch.pi * time[:, None] * torch.arange(1, 5, device=time.device)
        clock = torch.cat([torch.sin(angle), torch.cos(angle)], 1)
        inner = self.start(torch.cat([point, clock], 1))
        for block in self.blocks:
            inner = inner + block(inner + features)
        return self.end(inner)

    def sample(
        self,
        trace: torch.Tensor,
        count: int,
        seed: int | torch.Generator,
        steps: int = 24,
    ) -> torch.Tensor:
        """Return latent points drawn for each fingerprint, shape (sample, count, latent).

        Parameters
        ----------
        trace
            Shape (sample, field), in e^2/h.
        count
            Points for each fingerprint.
        seed
            Of the noise that the points start from, an integer or a generator.
        steps
            Of the midpoint rule from noise to points.
        """
        generator = seeded_generator(seed)
        with torch.no_grad():
            read = self.features(trace).repeat_interleave(count, 0)
            size = (len(trace) * count, len(self.centre))
            point = torch.randn(size, generator=generator).to(read)
            for n in range(steps):
                time = torch.full((len(point),), n / steps).to(read)
                half = point + self(point, time, read) * 0.5 / steps
                point = point + self(half, time + 0.5 / steps, read) / steps
        return (point * self.spread + self.centre).unflatten(0, (len(trace), count))


def flow_matching_loss(
    flow: Flow,
    trace: torch.Tensor,
    point: torch.Tensor,
    noise: torch.Tensor,
    time: torch.Tensor,
) -> torch.Tensor:
    """Return the mean square error of the velocity on straight ways from noise to points.

    Parameters
    ----------
    flow
        The flow that learns.
    trace, point
        Shapes (sample, field) and (sample, latent): fingerprints and their latent points.
    noise
        Shape (sample, latent): where the ways begin.
    time
        Shape (sample,), 0 to 1: how far on its way each point is.

    References
    ----------
    Y. Lipman et al., arXiv:2210.02747, equation 23 with sigma_min = 0.
    """
    goal = (point - flow.centre) / flow.spread
    on_the_way = (1 - time[:, None]) * noise + time[:, None] * goal
    velocity = flow(on_the_way, time, flow.features(trace))
    return (velocity - (goal - noise)).square().mean()


def flow_fit(
    points: torch.Tensor,
    traces: torch.Tensor,
    seed: int = 0,
    *,
    epochs: int = 20,
    batch_size: int = 256,
    rate: float = 1e-3,
    hidden: int = 384,
    flow: Flow | None = None,
    **options: Any,
) -> Fit:
    """Return the fit of a flow to latent points and their fingerprints.

    Parameters
    ----------
    points, traces
        Shapes (sample, latent) and (sample, field).
    seed
        First weights, order of the batches, noise and times follow from it.
    epochs, batch_size, rate
        As in :class:`~qmlcourse.training.Fit`.
    hidden
        Width of the layers of a new flow.
    flow
        Flow that learns further, in place, with the centres and spreads that it has; default a new
        one.
    options
        Further arguments of Fit.
    """
    if flow is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            flow = Flow(points.shape[1], traces.shape[1], hidden).to(points.device)
        flow.adjust(points, traces)

    def augment(generator, trace, point):
        noise = torch.randn(point.shape, generator=generator).to(point)
        time = torch.rand(len(point), generator=generator).to(point)
        return trace, point, noise, time

    return Fit(
        flow,
        (traces, points),
        flow_matching_loss,
        seed=seed,
        epochs=epochs,
        batch_size=batch_size,
        rate=rate,
        augment=augment,
        **options,
    )
