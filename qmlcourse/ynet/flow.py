"""Several answers to one fingerprint: latent points drawn by a conditional flow.

Flow matching (Y. Lipman et al., arXiv:2210.02747): a network learns the velocity that carries
Gaussian noise along straight lines to the latent points that belong to a fingerprint. Where the
fingerprint leaves a choice, the points that it draws lie in several heaps. A diffusion model for
the same task: Yokoi et al., arXiv:2506.08617.
"""

import torch
from torch import nn

from ..training import Fit, seeded_generator
from .network import residual_blocks


class Flow(nn.Module):
    """Velocity (sample, latent) at a point, a time from 0 to 1 and a fingerprint.

    Points are measured from `centre` in units of `spread`, those of the training set.
    """

    def __init__(self, latent=16, fields=64, hidden=384):
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

    def adjust(self, points, traces):
        """Take centres and spreads from the training set."""
        self.centre.copy_(points.mean(0))
        self.spread.copy_(points.std(0).clamp_min(1e-3))
        self.trace_centre.copy_(traces.mean(0))
        self.trace_spread.copy_(traces.std(0).clamp_min(1e-3))
        return self

    def features(self, trace):
        """What is read of the fingerprints (sample, field), once for all times."""
        return self.read((trace - self.trace_centre) / self.trace_spread)

    def forward(self, point, time, features):
        angle = torch.pi * time[:, None] * torch.arange(1, 5, device=time.device)
        clock = torch.cat([torch.sin(angle), torch.cos(angle)], 1)
        inner = self.start(torch.cat([point, clock], 1))
        for block in self.blocks:
            inner = inner + block(inner + features)
        return self.end(inner)

    def sample(self, trace, count, seed, steps=24):
        """(sample, count, latent): points drawn for each fingerprint (sample, field).

        seed : int or torch.Generator; steps : of the midpoint rule from noise to points
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


def matching(flow, trace, point, noise, time):
    """Loss of a batch: mean square error of the velocity on the way from noise to point."""
    goal = (point - flow.centre) / flow.spread
    on_the_way = (1 - time[:, None]) * noise + time[:, None] * goal
    velocity = flow(on_the_way, time, flow.features(trace))
    return (velocity - (goal - noise)).square().mean()


def flowing(points, traces, seed=0, *, epochs=20, batch_size=256, rate=1e-3, hidden=384, **options):
    """Fit of a new Flow to latent points (sample, latent) and their fingerprints."""
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
        matching,
        seed=seed,
        epochs=epochs,
        batch_size=batch_size,
        rate=rate,
        augment=augment,
        **options,
    )
