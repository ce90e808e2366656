"""What the branches make small: redrawn pictures, and all branches together."""

from __future__ import annotations

import torch
from torch import nn

from .network import YNet, picture_loss
from .recipes import ReaderRecipe

Losses = tuple[torch.Tensor, dict[str, torch.Tensor]]


class Redrawing(nn.Module):
    """Loss of A and B on pictures: that of the redrawn picture, and the latent prior.

    Parameters
    ----------
    net
        The network whose branches learn.
    excess
        Weight of the prior, the Kullback-Leibler divergence of a latent point's Gaussian from the
        unit Gaussian.

    References
    ----------
    D. P. Kingma and M. Welling, arXiv:1312.6114, appendix B, for the divergence.
    """

    def __init__(self, net: YNet, excess: float = 1e-4):
        super().__init__()
        self.net, self.excess = net, excess

    def forward(self, picture: torch.Tensor, noise: torch.Tensor) -> Losses:
        """Return the loss and its parts for pictures and Gaussian noise (sample, latent)."""
        mean, spread = self.net.encode(picture)
        point = mean + torch.exp(0.5 * spread) * noise
        loss, parts = picture_loss(self.net.draw(point), picture)
        excess = 0.5 * (mean.square() + spread.exp() - 1 - spread).sum(1).mean()
        return loss + self.excess * excess, parts | {"excess": excess.detach()}


class Together(nn.Module):
    """Loss of C and B on fingerprints, with A and B on a quarter of the pictures.

    Parameters
    ----------
    net
        The network that learns.
    recipe
        The weights ``excess``, ``anchor`` and ``doubt``.
    """

    def __init__(self, net: YNet, recipe: ReaderRecipe):
        super().__init__()
        self.redrawing = Redrawing(net, recipe.excess)
        self.net, self.anchor, self.doubt = net, recipe.anchor, recipe.doubt

    def forward(self, trace: torch.Tensor, picture: torch.Tensor, noise: torch.Tensor) -> Losses:
        """Return the loss and its parts for fingerprints, pictures and Gaussian noise."""
        point, spread = self.net.trace.both(trace)
        loss, parts = picture_loss(self.net.draw(point), picture)
        few = max(1, len(trace) // 4)
        again, _ = self.redrawing(picture[:few], noise[:few])
        with torch.no_grad():
            there = self.net.encode(picture[:few])[0]
        square = (point[:few] - there).square()
        apart, some = square.sum(1).mean(), spread[:few]
        # the likelihood teaches C its doubt; `detach` keeps it from moving the point
        unlikely = 0.5 * (some + square.detach() * torch.exp(-some)).sum(1).mean()
        loss = loss + 0.5 * again + self.anchor * apart + self.doubt * unlikely
        return loss, parts | {"apart": apart.detach()}
