"""Tight-binding models that can be differentiated: H(k) and dH/dk, batched over (start, k).

Convention of the package: a bond with amplitude t adds t exp(-i k.d) |to><from| + h.c., where d is
the true vector from the start of the bond to its end. Positions stand in the phase, so dH/dk is
the velocity. Energies in units of the nearest-neighbour hopping t1, lengths in bond lengths.
"""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True, eq=False)
class Lattice:
    """Where the orbitals are and which bonds join them.

    Attributes
    ----------
    vectors : (dimension, dimension) array, the lattice vectors as rows
    positions : (orbital, dimension) array
    bonds : (bond, 2 + dimension) integers: to, from, and the cell in which `to` lies
    name : what it is
    """

    vectors: np.ndarray
    positions: np.ndarray
    bonds: np.ndarray
    name: str = "lattice"

    def __post_init__(self):
        vectors, positions = np.asarray(self.vectors, float), np.asarray(self.positions, float)
        bonds = np.asarray(self.bonds, int)
        object.__setattr__(self, "vectors", vectors)
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "bonds", bonds.reshape(-1, 2 + len(vectors)))
        if vectors.shape not in ((1, 1), (2, 2)) or abs(np.linalg.det(vectors)) < 1e-9:
            raise ValueError("the lattice vectors are one vector on a line or two in the plane.")
        if positions.ndim != 2 or positions.shape[1] != len(vectors):
            raise ValueError(f"positions are (orbital, {len(vectors)}), not {positions.shape}.")
        if (
            len(bonds)
            and not ((self.bonds[:, :2] >= 0) & (self.bonds[:, :2] < self.orbitals)).all()
        ):
            raise ValueError(
                f"a bond names an orbital that is not there (0 to {self.orbitals - 1})."
            )

    @property
    def orbitals(self):
        return len(self.positions)

    @property
    def steps(self):
        """(bond, dimension): the vector from the start of each bond to its end."""
        to, start, cell = self.bonds[:, 0], self.bonds[:, 1], self.bonds[:, 2:]
        return self.positions[to] + cell @ self.vectors - self.positions[start]

    @property
    def reciprocal(self):
        """Reciprocal vectors as rows, b_i . a_j = 2 pi delta_ij."""
        return 2 * np.pi * np.linalg.inv(self.vectors).T

    def mesh(self, count):
        """(k, dimension): the Gamma-centred mesh of count points along each reciprocal vector."""
        if count != int(count) or count < 1:
            raise ValueError(f"the mesh is a number of points along each axis, not {count}.")
        axes = [np.arange(count) / count] * len(self.vectors)
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(axes))
        return grid @ self.reciprocal


class TightBinding:
    """A model, or a batch of models, on a lattice.

    Parameters
    ----------
    lattice : Lattice
    hoppings : (..., bond) complex amplitudes
    on_site : (..., orbital) real energies; default zero

    Leading axes are a batch, such as the starts of a design. NumPy arrays and tensors are taken;
    gradients flow through tensors. Raises ValueError for other shapes or numbers that are not
    finite.
    """

    def __init__(self, lattice, hoppings, on_site=None):
        self.lattice = lattice
        self.hoppings = _tensor("hoppings", hoppings, torch.complex128)
        if on_site is None:
            shape = (*self.hoppings.shape[:-1], lattice.orbitals)
            on_site = torch.zeros(shape, device=self.hoppings.device)
        self.on_site = _tensor("on_site", on_site, torch.float64)
        if self.hoppings.shape[-1:] != (len(lattice.bonds),):
            raise ValueError(
                f"there are {len(lattice.bonds)} bonds but hoppings of shape "
                f"{tuple(self.hoppings.shape)}."
            )
        if self.on_site.shape[-1:] != (lattice.orbitals,):
            raise ValueError(
                f"there are {lattice.orbitals} orbitals but on-site energies of shape "
                f"{tuple(self.on_site.shape)}."
            )

    def __repr__(self):
        batch = "x".join(map(str, self.hoppings.shape[:-1]))
        return f"TightBinding({self.lattice.name}{f', batch of {batch}' if batch else ''})"

    def __getitem__(self, number):
        """One model of a batch."""
        return TightBinding(self.lattice, self.hoppings[number], self.on_site[number])

    def hamiltonian(self, k):
        """H(k): (..., k, orbital, orbital) for k (k, dimension)."""
        k, device = np.atleast_2d(np.asarray(k, float)), self.hoppings.device
        bonds, size = self.lattice.bonds, self.lattice.orbitals
        phase = torch.as_tensor(np.exp(-1j * (k @ self.lattice.steps.T)), device=device)
        values = self.hoppings[..., None, :] * phase  # (..., k, bond)
        place = torch.as_tensor(bonds[:, 0] * size + bonds[:, 1], device=device)
        empty = torch.zeros((*values.shape[:-1], size**2), dtype=values.dtype, device=device)
        half = empty.index_add(-1, place, values).unflatten(-1, (size, size))
        return half + half.mH + self._diagonal()

    def with_velocity(self, waves):
        """H and its derivatives along each axis, on prepared `Waves`."""
        return (
            self._sum(waves.bloch) + self._diagonal(),
            [self._sum(table) for table in waves.slopes],
        )

    def bands(self, k):
        """(..., k, orbital): energies, rising."""
        return torch.linalg.eigvalsh(self.hamiltonian(k))

    def _sum(self, table):
        half = (self.hoppings @ table.flatten(1)).unflatten(-1, table.shape[1:])
        return half + half.mH

    def _diagonal(self):
        return torch.diag_embed(self.on_site).to(self.hoppings.dtype)[..., None, :, :]


class Waves:
    """Phases of all bonds at some k: the constant part of H(k) and dH/dk, prepared once.

    Attributes
    ----------
    bloch : (bond, k, orbital, orbital), exp(-i k.d) in the place of each bond
    slopes : list over the axes of the same times -i d
    pauli : for two orbitals, (2 bond, 10, k) real: what Re t and Im t of each bond give to h0 and d
        of H = h0 + d . sigma, then to dd/dk_x and dd/dk_y; else None
    """

    def __init__(self, lattice, k, device=None):
        k = np.atleast_2d(np.asarray(k, float))
        steps, bonds = lattice.steps, lattice.bonds
        phase = np.exp(-1j * (steps @ k.T))  # (bond, k)
        place = np.zeros((len(bonds), lattice.orbitals, lattice.orbitals))
        place[np.arange(len(bonds)), bonds[:, 0], bonds[:, 1]] = 1
        table = phase[:, :, None, None] * place[:, None]
        self.k = k
        self.pauli = None
        if lattice.orbitals == 2 and steps.shape[1] == 2:
            rows = [_pauli(phase, bonds)]
            rows += [_pauli(-1j * d[:, None] * phase, bonds)[:, 1:] for d in steps.T]
            self.pauli = torch.as_tensor(np.concatenate(rows, 1), device=device)
        self.bloch = torch.as_tensor(table, device=device)
        self.slopes = [
            torch.as_tensor(-1j * d[:, None, None, None] * table, device=device) for d in steps.T
        ]


def _pauli(phase, bonds):
    """(2 bond, 4, k): h0 and d of t phase |to><from| + h.c. for t = 1 and for t = i."""
    rows = []
    for wave in (phase, 1j * phase):
        along, turn = wave.real, wave.imag
        within = bonds[:, 0] == bonds[:, 1]
        sign = np.where(within == (bonds[:, 0] == 0), 1, -1)
        zero, sign = np.zeros_like(along), sign[:, None]
        inside = np.stack([along, zero, zero, sign * along], 1)
        across = np.stack([zero, along, sign * turn, zero], 1)
        rows.append(np.where(within[:, None, None], inside, across))
    return np.concatenate(rows)


def _tensor(name, value, dtype):
    tensor = torch.as_tensor(np.asarray(value) if not torch.is_tensor(value) else value).to(dtype)
    if not torch.isfinite(torch.view_as_real(tensor) if tensor.is_complex() else tensor).all():
        raise ValueError(f"{name} contains NaN or infinity; give finite numbers only.")
    return tensor
