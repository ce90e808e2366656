"""Chern numbers of blocks of bands on a mesh, and gaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from .tight_binding import TightBinding

_TOUCH = 1e-8


def chern_number(
    model: TightBinding,
    bands: int | Sequence[int] = (0,),
    mesh: int = 40,
    *,
    undefined: int | None = None,
) -> int | torch.Tensor:
    """Return the Chern number of a block of bands.

    It is an integer on any mesh on which the block is separate: the phase of the determinant of
    the overlaps within the block, around each plaquette, summed. The mesh is shifted off the points
    of high symmetry.

    Parameters
    ----------
    model
        A model in the plane, or a batch.
    bands
        One number, or the numbers of neighbouring bands that form the block, from 0.
    mesh
        Points along each axis.
    undefined
        Integer that stands for a block which touches another band; default: ValueError.

    Returns
    -------
    int or torch.Tensor
        An integer tensor of shape (...,) for a batch.

    Raises
    ------
    ValueError
        For bands that are none or no block; where the block touches another band on the mesh, so
        that it has no Chern number. A single model is searched between the points as well.

    References
    ----------
    T. Fukui, Y. Hatsugai and H. Suzuki, J. Phys. Soc. Jpn. 74, 1674 (2005).
    """
    bands = sorted({int(n) for n in np.atleast_1d(bands)})
    if not bands or bands[0] < 0 or bands[-1] >= model.lattice.orbitals:
        raise ValueError(f"bands are numbered 0 to {model.lattice.orbitals - 1}, not {bands}.")
    if bands != list(range(bands[0], bands[-1] + 1)):
        raise ValueError(f"a block is made of neighbouring bands, not {bands}.")
    shift = np.array([0.5, 0.5]) / mesh @ model.lattice.reciprocal
    energies, states = torch.linalg.eigh(_periodic(model, model.lattice.mesh(mesh) + shift))
    touching = torch.zeros(energies.shape[:-2], dtype=torch.bool, device=energies.device)
    for edge in (bands[0], bands[-1] + 1):
        if 0 < edge < model.lattice.orbitals:
            smallest = _smallest_gap(
                model, mesh, energies[..., edge] - energies[..., edge - 1], edge
            )
            if undefined is None and (smallest < _TOUCH).any():
                raise ValueError(
                    f"bands {edge - 1} and {edge} touch (gap {float(smallest.min()):.0e}): the "
                    "block has no Chern number; choose another block or move the parameters."
                )
            touching = touching | (smallest < _TOUCH)
    block = states[..., bands].unflatten(-3, (mesh, mesh))
    along = [torch.linalg.det(block.mH @ block.roll(-1, axis)) for axis in (-4, -3)]
    around = along[0] * along[1].roll(-1, -2) * along[0].roll(-1, -1).conj() * along[1].conj()
    # A = i <u|du> makes a link exp(-i A dk): the flux is minus its phase
    flux = -torch.angle(around).sum((-2, -1)) / (2 * np.pi)
    whole = torch.round(flux).long()
    whole = whole if undefined is None else torch.where(touching, undefined, whole)
    return int(whole) if whole.ndim == 0 else whole


def gap(model: TightBinding, below: int, mesh: int = 40) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the direct and the indirect gap above the lowest bands, on a mesh.

    Parameters
    ----------
    model
        A model, or a batch.
    below
        Number of bands below the gap.
    mesh
        Points along each axis of the Gamma-centred mesh.

    Returns
    -------
    direct, indirect : torch.Tensor
        Each of shape (...,), in hoppings: the smallest gap at one momentum; the bottom of the upper
        band less the top of the lower one, negative where they overlap.
    """
    energies = model.bands(model.lattice.mesh(mesh))
    upper, lower = energies[..., below], energies[..., below - 1]
    return (upper - lower).amin(-1), upper.amin(-1) - lower.amax(-1)


def _smallest_gap(model: TightBinding, mesh: int, gaps: torch.Tensor, edge: int) -> torch.Tensor:
    """(...,) smallest gap below a band; for a single model followed down between mesh points."""
    if gaps.ndim > 1:
        return gaps.amin(-1)
    place = np.array(np.unravel_index(int(gaps.argmin()), (mesh, mesh))) + 0.5
    around = np.stack(np.meshgrid(*[np.linspace(-1, 1, 7)] * 2, indexing="ij"), -1).reshape(-1, 2)
    reach, found = 1.0, float(gaps.min())
    for _ in range(30):
        places = place + reach * around
        bands = model.bands(places / mesh @ model.lattice.reciprocal)
        here = bands[:, edge] - bands[:, edge - 1]
        place, reach, found = places[int(here.argmin())], 0.5 * reach, min(found, float(here.min()))
    return torch.as_tensor(found, device=gaps.device)


def _periodic(model: TightBinding, k: np.ndarray) -> torch.Tensor:
    """H(k) without the positions of the orbitals in the phase: periodic in reciprocal space."""
    phase = np.exp(1j * (k @ model.lattice.positions.T))
    turn = torch.as_tensor(phase, device=model.hoppings.device)
    return turn[:, :, None] * model.hamiltonian(k) * turn[:, None, :].conj()
