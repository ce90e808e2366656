"""The Y-net: a picture is compressed and redrawn, and a fingerprint finds the compressed point.

Branch A turns a picture into a latent point, B a latent point into a picture, C a fingerprint g(B)
into a latent point (S. Daimon et al., Nature Communications 13, 3160 (2022)). A and B are a
variational autoencoder; C and B together read fingerprints. Layers and sizes are our own: full
layers, because each pixel of an interference pattern depends on the antidot's place as a whole.
"""

import torch
from torch import nn

SCALE = 0.5  # density that is drawn as one, 1/hopping
CLIP = 4.0


def pictures(density, removed):
    """Pictures (sample, 2, x, y), float32, of densities and removed sites, both (sample, x, y).

    The first channel is the density over `SCALE`, at most `CLIP`; the second is 1 where an antidot
    has removed a site.
    """
    density = torch.as_tensor(density).float()
    drawn = (density / SCALE).clamp(max=CLIP)
    return torch.stack([drawn, torch.as_tensor(removed).to(drawn)], 1)


class PictureEncoder(nn.Module):
    """Branch A: mean and log variance (sample, latent) of a picture (sample, channel, x, y)."""

    def __init__(self, latent, channels, shape, hidden):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels * shape[0] * shape[1], hidden),
            nn.SiLU(),
            nn.Linear(hidden, 256),
            nn.SiLU(),
            nn.Linear(256, 2 * latent),
        )

    def forward(self, picture):
        mean, spread = self.layers(picture).chunk(2, 1)
        return mean, spread.clamp(-8, 4)


class PictureDecoder(nn.Module):
    """Branch B: density (at least 0) and logits of removed sites from a latent point."""

    def __init__(self, latent, channels, shape, hidden):
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

    def forward(self, point):
        out = self.layers(point).unflatten(1, self._shape)
        if self._shape[0] == 1:
            return out
        return torch.stack([nn.functional.softplus(out[:, 0]), out[:, 1]], 1)


def residual_blocks(hidden):
    """Three blocks whose results are to be added to what they are given."""
    return nn.ModuleList(
        nn.Sequential(
            nn.LayerNorm(hidden), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, hidden)
        )
        for _ in range(3)
    )


class TraceEncoder(nn.Module):
    """Branch C: a latent point (sample, latent) from a fingerprint (sample, field), and its doubt.

    Three residual blocks. The fingerprint is centred and scaled by numbers that are stored with
    the weights.
    """

    def __init__(self, latent, fields=64, hidden=512):
        super().__init__()
        self.register_buffer("centre", torch.zeros(fields))
        self.register_buffer("spread", torch.ones(fields))
        self.start = nn.Linear(fields, hidden)
        self.blocks = residual_blocks(hidden)
        self.end = nn.Sequential(nn.LayerNorm(hidden), nn.SiLU(), nn.Linear(hidden, 2 * latent))

    def adjust(self, traces):
        """Take centre and scale from fingerprints (sample, field)."""
        self.centre.copy_(traces.mean(0))
        self.spread.copy_(traces.std(0).clamp_min(1e-3))
        return self

    def both(self, trace):
        """The point and the log variance of its distance from A's, both (sample, latent)."""
        inner = self.start((trace - self.centre) / self.spread)
        for block in self.blocks:
            inner = inner + block(inner)
        point, spread = self.end(inner).chunk(2, 1)
        return point, spread.clamp(-10, 4)

    def forward(self, trace):
        return self.both(trace)[0]


class YNet(nn.Module):
    """The three branches.

    Parameters
    ----------
    latent : int, size of the latent space
    fields : int, numbers of a fingerprint
    shape : (x, y) sites of the picture
    hidden : int, width of the layers of A and B; reader : of C
    channels : 2 for density and removed sites, 1 for removed sites alone
    """

    def __init__(self, latent=16, fields=64, shape=(36, 24), hidden=512, reader=512, channels=2):
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
        self.encode = PictureEncoder(latent, channels, shape, hidden)
        self.draw = PictureDecoder(latent, channels, shape, hidden)
        self.trace = TraceEncoder(latent, fields, reader)

    def redraw(self, picture):
        """A and B: the picture again, through the latent space."""
        return self.draw(self.encode(picture)[0])

    def forward(self, trace):
        """C and B: the picture (sample, channel, x, y) of a fingerprint (sample, field)."""
        return self.draw(self.trace(trace))


def with_chances(drawn):
    """What a network draws (..., channel, x, y), its last channel as chances instead of logits."""
    return torch.cat([drawn[..., :-1, :, :], torch.sigmoid(drawn[..., -1:, :, :])], -3)


def seeded_network(seed, **settings):
    """A YNet whose first weights follow from the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return YNet(**settings)


def picture_loss(drawn, picture):
    """Mean square of the density's error and half the cross-entropy of the removed sites.

    drawn, picture : (sample, channel, x, y); the last channel holds removed sites

    Returns
    -------
    loss, dict with its parts
    """
    holes = nn.functional.binary_cross_entropy_with_logits(drawn[:, -1], picture[:, -1])
    if drawn.shape[1] == 1:
        return 0.5 * holes, {"holes": holes.detach()}
    density = nn.functional.mse_loss(drawn[:, 0], picture[:, 0])
    return density + 0.5 * holes, {"density": density.detach(), "holes": holes.detach()}
