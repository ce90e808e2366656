"""Chern numbers of blocks of bands on a mesh, and ribbons with their edge states."""

import numpy as np
import torch

from .tight_binding import Lattice, TightBinding

_TOUCH = 1e-8


def chern_number(model, bands=(0,), mesh=40, *, undefined=None):
    """Chern number of a block of bands; an integer on any mesh on which the block is separate.

    T. Fukui, Y. Hatsugai and H. Suzuki, J. Phys. Soc. Jpn. 74, 1674 (2005), with the determinant
    of the overlaps within the block. The mesh is shifted off the points of high symmetry.

    Parameters
    ----------
    model : TightBinding in the plane, one or a batch
    bands : one index, or the indices of neighbouring bands that form the block, from 0
    mesh : int, points along each axis
    undefined : integer that stands for a block which touches another band; default: ValueError

    Returns
    -------
    int, or an integer tensor for a batch. Raises ValueError when the block touches another band on
    the mesh, where it has no Chern number; a single model is searched between its points as well.
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


def _smallest_gap(model, mesh, gaps, edge):
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


def _periodic(model, k):
    """H(k) without the positions of the orbitals in the phase: periodic in reciprocal space."""
    phase = np.exp(1j * (k @ model.lattice.positions.T))
    turn = torch.as_tensor(phase, device=model.hoppings.device)
    return turn[:, :, None] * model.hamiltonian(k) * turn[:, None, :].conj()


def gap(model, below, mesh=40):
    """(direct, indirect) gap above the lowest `below` bands on a mesh, in hoppings."""
    energies = model.bands(model.lattice.mesh(mesh))
    upper, lower = energies[..., below], energies[..., below - 1]
    return (upper - lower).amin(-1), upper.amin(-1) - lower.amax(-1)


def ribbon(model, width, along=0):
    """The TightBinding of a ribbon of `width` cells, periodic along one lattice vector.

    Bonds that would leave the ribbon are cut. Orbitals come cell by cell across the ribbon.
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


def ribbon_bands(model, width, momenta=121, along=0):
    """Bands of a ribbon and how much each state lives at its two edges.

    Parameters
    ----------
    momenta : int, evenly from 0 to 2 pi; or an array of k times the lattice constant

    Returns
    -------
    (ka (k,), energies (k, state), edge (k, state)): edge is the weight in the lower quarter of the
    ribbon less that in the upper one, -1 ... 1.
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
