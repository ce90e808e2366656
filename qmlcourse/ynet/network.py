"""The Y-net: a picture is compressed and redrawn, and a fingerprint finds the compressed point.

Branch A turns a picture into a latent point, B a latent point into a picture, C a fingerprint g(B)
into a latent point (S. Daimon et al., Nature Communications 13, 3160 (2022)). A and B are a
variational autoencoder; C and B together read fingerprints. Layers and sizes are our own: full
layers, because each pixel of an interference pattern depends on the antidot's place as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from numpy.typing import ArrayLike
from torch import nn

SCALE = 0.5  # density that is drawn as one, 1/hopping
CLIP = 4.0


def pictures(density: ArrayLike, removed: ArrayLike) -> torch.Tensor:
    """Return what the networks draw of a wire.

    Parameters
    ----------
    density
        Shape (sample, x, y), in 1/hopping.
    removed
        Shape (sample, x, y), boolean: sites that an antidot has removed.

    Returns
    -------
    torch.Tensor
        Shape (sample, 2, x, y), float32. The first channel is the density over `SCALE`, at most
        `CLIP`; the second is 1 where a site is removed.
    """
    density = torch.as_tensor(density).float()
    drawn = (density / SCALE).clamp(max=CLIP)
    return torch.stack([drawn, torch.as_tensor(removed).to(drawn)], 1)


class PictureEncoder(nn.Module):
    """Branch A: a latent point from a picture, as mean and log variance.

    Parameters
    ----------
    latent
        Size of the latent space.
    channels
        Of the picture.
    shape
        Sites (x, y) of the picture.
    hidden
        Width of the first layer.
    """

    def __init__(self, latent: int, channels: int, shape: Sequence[int], hidden: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels * shape[0] * shape[1], hidden),
            nn.SiLU(),
            nn.Linear(hidden, 256),
            nn.SiLU(),
            nn.Linear(256, 2 * latent),
        )

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return mean and log variance (sample, latent) of pictures (sample, channel, x, y)."""
        mean, spread = self.layers(picture).chunk(2, 1)
        return mean, spread.clamp(-8, 4)


class PictureDecoder(nn.Module):
    """Branch B: density (at least 0) and logits of removed sites from a latent point.

    Parameters
    ----------
    latent, channels, shape, hidden
        As of :class:`PictureEncoder`.
    """

    def __init__(self, latent: int, channels: int, shape: Sequence[int], hidden: int):
        super().__init__()
        self._shape = (channels, *shape)
        self.layers = nn.Sequential(
            nn.Linear(latent, 256),
            nn.SiLU(),
            nn.Linear(256, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Linear(hidden, channels * shape[0] * shape[1]),
        )

    def forward(self, point: torch.Tensor) -> torch.Tensor:
        """Return pictures (sample, channel, x, y) of points (sample, latent)."""
        out = self.layers(point).unflatten(1, self._shape)
        if self._shape[0] == 1:
            return out
        return torch.stack([nn.functional.softplus(out[:, 0]), out[:, 1]], 1)


def residual_blocks(hidden: int) -> nn.ModuleList:
    """Return three blocks whose results are to be added to what they are given."""
    return nn.ModuleList(
        nn.Sequential(
            nn.LayerNorm(hidden), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, hidden)
        )
        for _ in range(3)
    )


class TraceEncoder(nn.Module):
    """Branch C: a latent point from a fingerprint, and how far it may be off.

    Three residual blocks. The fingerprint is centred and scaled by numbers that are stored with
    the weights.

    Parameters
    ----------
    latent
        Size of the latent space.
    fields
        Numbers of a fingerprint.
    hidden
        Width of the blocks.
    """

    def __init__(self, latent: int, fields: int = 64, hidden: int = 512):
        super().__init__()
        self.register_buffer("centre", torch.zeros(fields))
        self.register_buffer("spread", torch.ones(fields))
        self.start = nn.Linear(fields, hidden)
        self.blocks = residual_blocks(hidden)
        self.end = nn.Sequential(nn.LayerNorm(hidden), nn.SiLU(), nn.Linear(hidden, 2 * latent))

    def adjust(self, traces: torch.Tensor) -> TraceEncoder:
        """Take centre and scale from fingerprints (sample, field)."""
        self.centre.copy_(traces.mean(0))
        self.spread.copy_(traces.std(0).clamp_min(1e-3))
        return self

    def both(self, trace: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return points, and the log variance of their distance from A's, both (sample, latent)."""
        inner = self.start((trace - self.centre) / self.spread)
        for block in self.blocks:
            inner = inner + block(inner)
        point, spread = self.end(inner).chunk(2, 1)
        return point, spread.clamp(-10, 4)

    def forward(self, trace: torch.Tensor) -> torch.Tensor:
        """Return points (sample, latent) of fingerprints (sample, field)."""
        return self.both(trace)[0]


class YNet(nn.Module):
    """The three branches: ``encode`` (A), ``draw`` (B) and ``trace`` (C).

    Parameters
    ----------
    latent, fields
        As of :class:`TraceEncoder`.
    shape
        Sites (x, y) of the picture.
    hidden
        Width of the layers of A and B.
    reader
        Width of the layers of C.
    channels
        2 for density and removed sites, 1 for removed sites alone.
    encoder
        Whether there is branch A. To read fingerprints, C and B suffice.

    Raises
    ------
    ValueError
        For another number of channels.
    """

    def __init__(
        self,
        latent: int = 16,
        fields: int = 64,
        shape: Sequence[int] = (36, 24),
        hidden: int = 512,
        reader: int = 512,
        channels: int = 2,
        encoder: bool = True,
    ):
        super().__init__()
        if channels not in (1, 2):
            raise ValueError(f"channels is {channels}; take 1 (removed sites) or 2 (and density).")
        self.settings = {
            "latent": latent,
            "fields": fields,
            "shape": list(shape),
            "hidden": hidden,
            "reader": reader,
            "channels": channels,
        }
        if encoder:
            self.encode = PictureEncoder(latent, channels, shape, hidden)
        else:
            self.settings["encoder"] = False
        self.draw = PictureDecoder(latent, channels, shape, hidden)
        self.trace = TraceEncoder(latent, fields, reader)

    def redraw(self, picture: torch.Tensor) -> torch.Tensor:
        """Return each `picture` again, through the latent space: A and B.

        Raises
        ------
        ValueError
            Where the network has no branch A.
        """
        if not hasattr(self, "encode"):
            raise ValueError("this network has no branch A; take load_ynet('one').")
        return self.draw(self.encode(picture)[0])

    def forward(self, trace: torch.Tensor) -> torch.Tensor:
        """Return pictures (sample, channel, x, y) of each `trace` (sample, field): C and B."""
        return self.draw(self.trace(trace))

    def without_encoder(self) -> YNet:
        """Return a network that reads fingerprints alike and has no branch A."""
        net = YNet(**self.settings | {"encoder": False})
        kept = {k: v for k, v in self.state_dict().items() if not k.startswith("encode.")}
        net.load_state_dict(kept)
        return net.to(self.trace.centre.device).train(self.training)


def with_chances(drawn: torch.Tensor) -> torch.Tensor:
    """Return what a network draws (..., channel, x, y), its last channel as chances, not logits."""
    return torch.cat([drawn[..., :-1, :, :], torch.sigmoid(drawn[..., -1:, :, :])], -3)


def seeded_network(seed: int, **settings: Any) -> YNet:
    """Return a YNet whose first weights follow from the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return YNet(**settings)


def picture_loss(
    drawn: torch.Tensor, picture: torch.Tensor
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the loss of pictures and its parts.

    The loss is the mean square of the density's error over SCALE, and half the cross-entropy of the
    removed sites.

    Parameters
    ----------
    drawn
        Shape (sample, channel, x, y): what a network draws; the last channel holds logits.
    picture
        The same shape: what it should draw; the last channel holds removed sites.
    """
    holes = nn.functional.binary_cross_entropy_with_logits(drawn[:, -1], picture[:, -1])
    if drawn.shape[1] == 1:
        return 0.5 * holes, {"holes": holes.detach()}
    density = nn.functional.mse_loss(drawn[:, 0], picture[:, 0])
    return density + 0.5 * holes, {"density": density.detach(), "holes": holes.detach()}
