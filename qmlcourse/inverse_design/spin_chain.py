"""A chain of electrons that feel classical spins."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from .tight_binding import Lattice, TightBinding


def spin_chain(
    spins: ArrayLike | torch.Tensor,
    t1: float | torch.Tensor = 1.0,
    t2: float | torch.Tensor = 0.0,
    exchange: float | torch.Tensor = 1.0,
) -> TightBinding:
    """Return electrons on a chain that are coupled to spins: H = hops - exchange S . sigma.

    Energies in any one unit. Gradients flow through tensors.

    Parameters
    ----------
    spins
        Shape (site, 3) or (batch, site, 3), unit vectors: the spins of one cell.
    t1, t2
        Hopping to the first and second neighbour, with a plus sign in H.
    exchange
        Coupling to the spins; a positive one favours electrons along them.

    Returns
    -------
    TightBinding
        On a line, with the orbitals up, down of site 0, up, down of site 1, ...; the distance of
        sites is 1.

    Raises
    ------
    ValueError
        For spins that are not unit vectors.
    """
    spins = torch.as_tensor(np.asarray(spins) if not torch.is_tensor(spins) else spins)
    spins = spins.to(torch.float64)
    if spins.ndim < 2 or spins.shape[-1] != 3 or not len(spins):
        raise ValueError(f"spins are (site, 3) unit vectors, not {tuple(spins.shape)}.")
    if not torch.allclose(spins.norm(dim=-1), torch.ones_like(spins[..., 0]), atol=1e-6):
        raise ValueError("each spin is a unit vector; divide by its length.")
    sites = spins.shape[-2]
    bonds = []
    for reach in (1, 2):
        for site in range(sites):
            cell, to = divmod(site + reach, sites)
            bonds += [(2 * to + s, 2 * site + s, cell) for s in (0, 1)]
    bonds += [(2 * site, 2 * site + 1, 0) for site in range(sites)]  # down to up on a site
    positions = np.repeat(np.arange(sites), 2)[:, None].astype(float)
    lattice = Lattice([[float(sites)]], positions, np.array(bonds), f"spin chain of {sites}")
    t1, t2, exchange = (
        torch.as_tensor(v, dtype=torch.float64, device=spins.device) for v in (t1, t2, exchange)
    )
    shape = spins.shape[:-2]
    hops = [t[..., None].expand(*shape, 2 * sites) for t in (t1, t2)]
    flip = -exchange[..., None] * torch.complex(spins[..., 0], -spins[..., 1])
    on_site = exchange[..., None] * torch.stack([-spins[..., 2], spins[..., 2]], -1).flatten(-2)
    return TightBinding(lattice, torch.cat([h.to(flip) for h in hops] + [flip], -1), on_site)


def cone(sites: int, height: float, turns: int = 1, chirality: int = 1) -> np.ndarray:
    """Return spins on a cone, shape (site, 3), each of length 1.

    Parameters
    ----------
    sites
        Spins in a cell.
    height
        S_z of all spins, -1 to 1.
    turns
        How often the azimuth winds over the cell.
    chirality
        +1, or -1 for the other sense.
    """
    angle = chirality * 2 * np.pi * turns * np.arange(sites) / sites
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(sites, height)], -1)
