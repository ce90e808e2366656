"""Ribbons cut out of a model in the plane, and their edge states."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from .tight_binding import Lattice, TightBinding


def ribbon(model: TightBinding, width: int, along: int = 0) -> TightBinding:
    """Return the model of a ribbon that is periodic along one lattice vector.

    Bonds that would leave the ribbon are cut. Orbitals come cell by cell across the ribbon, in the
    direction of the other lattice vector.

    Parameters
    ----------
    model
        A model in the plane, or a batch.
    width
        Number of cells across.
    along
        Number of the lattice vector along which it runs, 0 or 1.

    Raises
    ------
    ValueError
        For another width or direction.
    """
    if width != int(width) or width < 1:
        raise ValueError(f"the width is a number of cells, 1 or more, not {width}.")
    if along not in (0, 1):
        raise ValueError(f"a ribbon runs along vector 0 or 1, not {along}.")
    lattice, across, each = model.lattice, 1 - along, model.lattice.orbitals
    bonds, kept = [], []
    for n, (to, start, *cell) in enumerate(lattice.bonds):
        for row in range(width):
            if 0 <= row + cell[across] < width:
                bonds.append((to + each * (row + cell[across]), start + each * row, cell[along]))
                kept.append(n)
    # along the ribbon only the component of a position along its vector matters
    vector = lattice.vectors[along]
    length = np.linalg.norm(vector)
    whole = np.array([lattice.positions + row * lattice.vectors[across] for row in range(width)])
    positions = whole.reshape(-1, 2) @ vector / length
    strip = Lattice([[length]], positions[:, None], np.array(bonds), f"{lattice.name} ribbon")
    on_site = model.on_site.repeat(*(1,) * (model.on_site.ndim - 1), width)
    return TightBinding(strip, model.hoppings[..., kept], on_site)


def ribbon_bands(
    model: TightBinding, width: int, momenta: int | ArrayLike = 121, along: int = 0
) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
    """Return the bands of a ribbon and how much each state lives at its two edges.

    Parameters
    ----------
    model, width, along
        As for `ribbon`.
    momenta
        A number of momenta, evenly from 0 to 2 pi; or shape (k,), momenta times the lattice
        constant along the ribbon.

    Returns
    -------
    ka : numpy.ndarray
        Shape (k,).
    energies : torch.Tensor
        Shape (..., k, state), rising, in hoppings.
    edge : torch.Tensor
        Shape (..., k, state): the weight in the first quarter of the ribbon's rows less that in
        the last one, -1 to 1. With `along` = 0, the first rows are the lower edge.
    """
    ka = np.linspace(0, 2 * np.pi, momenta) if np.ndim(momenta) == 0 else np.asarray(momenta, float)
    strip = ribbon(model, width, along)
    energies, states = torch.linalg.eigh(
        strip.hamiltonian(ka[:, None] / strip.lattice.vectors[0, 0])
    )
    weight = (states.abs() ** 2).unflatten(-2, (width, model.lattice.orbitals)).sum(-2)
    quarter = max(width // 4, 1)
    edge = weight[..., :quarter, :].sum(-2) - weight[..., -quarter:, :].sum(-2)
    return ka, energies, edge
