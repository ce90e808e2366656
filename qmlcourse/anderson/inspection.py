"""Looking inside a network that reads densities: what each layer answers, and where it looks."""

from __future__ import annotations

import itertools

import torch
from torch import nn

from .classifier import Classifier, DensityNetwork, metal_probability

_CERTAIN = 1e-15  # log-odds end here, at 35


def layer_answers(network: DensityNetwork, density: torch.Tensor) -> list[torch.Tensor]:
    """Return what each convolution of a network answers, after its ReLU and its pooling.

    Parameters
    ----------
    network
        Any network that reads densities.
    density
        Shape (sample, *lattice), each with sum 1.

    Returns
    -------
    list of torch.Tensor
        One entry a convolution, (sample, filter, *lattice), on the device of the network.
    """
    found = []
    with torch.no_grad():
        value = network.picture(density.to(network.head[-1].weight.device))
        for part in network.features:
            value = part(value)
            if isinstance(part, nn.ReLU):
                found.append(value)
            elif not isinstance(part, (nn.Conv2d, nn.Conv3d)):
                found[-1] = value  # pooled
    return found


def occlusion(classifier: Classifier, density: torch.Tensor, block: int = 3) -> torch.Tensor:
    """Return by how much the log-odds of a metal fall when a block of a state is blanked.

    Parameters
    ----------
    classifier
        Knows the class 'metal'.
    density
        One state, shape (*lattice), with sum 1.
    block
        Sites of an edge of the blanked block, an odd number; it goes around periodic walls.

    Returns
    -------
    torch.Tensor
        Shape (*lattice), the mean over the networks: ln(p / (1 - p)) for the whole state less that
        for the state without the block around a site, which is scaled to have sum 1 again. Log-odds
        still tell where a network looks when it is all but certain.

    Raises
    ------
    ValueError
        For an even block, or one as large as the lattice; and as :func:`metal_probability` does.

    References
    ----------
    M. D. Zeiler and R. Fergus, in Computer Vision - ECCV 2014, p. 818
    """
    if block % 2 == 0 or not 0 < block < min(density.shape):
        raise ValueError(
            f"the block must have an odd number of sites, less than {min(density.shape)}, "
            f"not {block}."
        )
    reach = range(-(block // 2), block // 2 + 1)
    hidden = torch.zeros_like(density, dtype=torch.bool)
    hidden[tuple(torch.tensor(list(itertools.product(reach, repeat=density.dim()))).T)] = True
    axes = tuple(range(density.dim()))
    places = list(itertools.product(*(range(size) for size in density.shape)))
    blanked = torch.stack([density.masked_fill(hidden.roll(p, axes), 0) for p in places])
    blanked = blanked / blanked.flatten(1).sum(1).clamp_min(1e-12).view(-1, *(1,) * density.dim())
    whole, without = (
        torch.logit(metal_probability(classifier, states), eps=_CERTAIN).mean(0)
        for states in (density[None], blanked)
    )
    return (whole - without).reshape(density.shape)
