"""Tight-binding models that can be differentiated: H(k) and dH/dk, batched over (start, k).

A bond with amplitude t adds t exp(-i k.d) |to><from| + h.c., where d is the true vector from the
start of the bond to its end. Energies in units of the nearest-neighbour hopping t1, lengths in bond
lengths.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False)
class Lattice:
    """Where the orbitals are and which bonds join them.

    Attributes
    ----------
    vectors
        Shape (dimension, dimension): the lattice vectors as rows; one or two dimensions.
    positions
        Shape (orbital, dimension).
    bonds
        Shape (bond, 2 + dimension), integers: to, from, and the cell in which `to` lies.
    name
        What it is.
    """

    vectors: np.ndarray
    positions: np.ndarray
    bonds: np.ndarray
    name: str = "lattice"

    def __post_init__(self) -> None:
        vectors, positions = np.asarray(self.vectors, float), np.asarray(self.positions, float)
        bonds = np.asarray(self.bonds, int)
        object.__setattr__(self, "vectors", vectors)
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "bonds", bonds.reshape(-1, 2 + len(vectors)))
        if vectors.shape not in ((1, 1), (2, 2)) or abs(np.linalg.det(vectors)) < 1e-9:
            raise ValueError(
                f"vectors are one on a line or two independent ones in the plane, not "
                f"{vectors.tolist()}."
            )
        if positions.ndim != 2 or positions.shape[1] != len(vectors):
            raise ValueError(f"positions are (orbital, {len(vectors)}), not {positions.shape}.")
        named = self.bonds[:, :2]
        if not ((named >= 0) & (named < self.orbitals)).all():
            raise ValueError(
                f"bonds name the orbitals {named.min()} to {named.max()}, but there are 0 to "
                f"{self.orbitals - 1}."
            )

    @property
    def orbitals(self) -> int:
        """Return the number of orbitals of a cell."""
        return len(self.positions)

    @property
    def steps(self) -> np.ndarray:
        """Return the vector from the start of each bond to its end, shape (bond, dimension)."""
        to, start, cell = self.bonds[:, 0], self.bonds[:, 1], self.bonds[:, 2:]
        return self.positions[to] + cell @ self.vectors - self.positions[start]

    @property
    def reciprocal(self) -> np.ndarray:
        """Return the reciprocal vectors b as rows, with b_i . a_j = 2 pi delta_ij."""
        return 2 * np.pi * np.linalg.inv(self.vectors).T

    def mesh(self, count: int) -> np.ndarray:
        """Return the Gamma-centred mesh of `count` points along each reciprocal vector.

        Returns
        -------
        numpy.ndarray
            Shape (k, dimension), k = count ** dimension, the last axis fastest.

        Raises
        ------
        ValueError
            Where `count` is no positive integer.
        """
        if count != int(count) or count < 1:
            raise ValueError(f"the mesh is a number of points along each axis, not {count}.")
        axes = [np.arange(count) / count] * len(self.vectors)
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(axes))
        return grid @ self.reciprocal


class TightBinding:
    """A model, or a batch of models, on a lattice.

    Leading axes are a batch, such as the starts of a design. NumPy arrays and tensors are taken;
    gradients flow through tensors, and all that follows lies on the device of `hoppings`.

    Parameters
    ----------
    lattice
        Orbitals and bonds.
    hoppings
        Shape (..., bond), complex amplitudes in hoppings.
    on_site
        Shape (..., orbital), real energies in hoppings; default zero.

    Raises
    ------
    ValueError
        For other shapes, or numbers that are not finite.
    """

    def __init__(
        self,
        lattice: Lattice,
        hoppings: ArrayLike | torch.Tensor,
        on_site: ArrayLike | torch.Tensor | None = None,
    ) -> None:
        self.lattice = lattice
        self.hoppings = finite_tensor("hoppings", hoppings, torch.complex128)
        if on_site is None:
            shape = (*self.hoppings.shape[:-1], lattice.orbitals)
            on_site = torch.zeros(shape, device=self.hoppings.device)
        self.on_site = finite_tensor("on_site", on_site, torch.float64)
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

    def __repr__(self) -> str:
        batch = "x".join(map(str, self.hoppings.shape[:-1]))
        return f"TightBinding({self.lattice.name}{f', batch of {batch}' if batch else ''})"

    def __getitem__(self, number: int) -> TightBinding:
        """Return one model of a batch."""
        return TightBinding(self.lattice, self.hoppings[number], self.on_site[number])

    def hamiltonian(self, k: ArrayLike) -> torch.Tensor:
        """Return H(k).

        Parameters
        ----------
        k
            Shape (k, dimension), in inverse bond lengths.

        Returns
        -------
        torch.Tensor
            Shape (..., k, orbital, orbital), Hermitian.
        """
        return self._hops(k, self.hoppings) + self._diagonal()

    def derivative(self, k: ArrayLike, order: int = 1, axis: int = 0) -> torch.Tensor:
        """Return the derivative of H(k) along one axis, of any order from 1.

        Parameters
        ----------
        k
            Shape (k, dimension), in inverse bond lengths.
        order
            1 gives the velocity.
        axis
            0 for x, 1 for y.

        Returns
        -------
        torch.Tensor
            Shape (..., k, orbital, orbital), Hermitian.
        """
        steps = torch.as_tensor(
            (-1j * self.lattice.steps[:, axis]) ** order, device=self.hoppings.device
        )
        return self._hops(k, self.hoppings * steps)

    def with_velocity(self, waves: Waves) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Return H and its derivatives along each axis, on prepared waves.

        Returns
        -------
        h : torch.Tensor
            Shape (..., k, orbital, orbital).
        velocities : list of torch.Tensor
            One of the same shape for each axis.
        """
        return (
            self._table_sum(waves.bloch) + self._diagonal(),
            [self._table_sum(table) for table in waves.slopes],
        )

    def bands(self, k: ArrayLike) -> torch.Tensor:
        """Return the energies at k, shape (..., k, band), rising."""
        return torch.linalg.eigvalsh(self.hamiltonian(k))

    def _hops(self, k: ArrayLike, amplitudes: torch.Tensor) -> torch.Tensor:
        k, device = np.atleast_2d(np.asarray(k, float)), self.hoppings.device
        bonds, size = self.lattice.bonds, self.lattice.orbitals
        phase = torch.as_tensor(np.exp(-1j * (k @ self.lattice.steps.T)), device=device)
        values = amplitudes[..., None, :] * phase  # (..., k, bond)
        place = torch.as_tensor(bonds[:, 0] * size + bonds[:, 1], device=device)
        empty = torch.zeros((*values.shape[:-1], size**2), dtype=values.dtype, device=device)
        half = empty.index_add(-1, place, values).unflatten(-1, (size, size))
        return half + half.mH

    def _table_sum(self, table: torch.Tensor) -> torch.Tensor:
        half = (self.hoppings @ table.flatten(1)).unflatten(-1, table.shape[1:])
        return half + half.mH

    def _diagonal(self) -> torch.Tensor:
        return torch.diag_embed(self.on_site).to(self.hoppings.dtype)[..., None, :, :]


class Waves:
    """Phases of all bonds at some k: the constant part of H(k) and dH/dk, prepared once.

    Parameters
    ----------
    lattice
        Orbitals and bonds.
    k
        Shape (k, dimension), in inverse bond lengths.
    device
        Where the tensors lie; default the CPU.

    Attributes
    ----------
    k : numpy.ndarray
        As given.
    bloch : torch.Tensor
        Shape (bond, k, orbital, orbital): exp(-i k.d) in the place of each bond.
    slopes : list of torch.Tensor
        The same times -i d, for each axis.
    pauli : torch.Tensor or None
        For two orbitals in the plane, shape (2 bond, 10, k), real: what Re t and Im t of each bond
        give to h0 and d of H = h0 + d . sigma, then to dd/dk_x and dd/dk_y.
    """

    def __init__(
        self, lattice: Lattice, k: ArrayLike, device: str | torch.device | None = None
    ) -> None:
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


def mesh_waves(model: TightBinding, mesh: int | Waves) -> Waves:
    """Return the waves of a model on the Gamma-centred mesh, on the model's device.

    Parameters
    ----------
    model
        The model, or a batch.
    mesh
        Points along each axis; waves that are prepared already are given back.

    Raises
    ------
    ValueError
        Where `mesh` is no positive integer.

    Warns
    -----
    UserWarning
        Where the mesh hits the corners of the honeycomb's zone, at which gaps close.
    """
    if isinstance(mesh, Waves):
        return mesh
    if model.lattice.name == "honeycomb" and mesh > 0 and mesh % 3 == 0:
        warnings.warn(
            f"a mesh of {mesh} hits the corners K of the honeycomb's zone, where gaps close: take "
            "one that 3 does not divide.",
            stacklevel=3,
        )
    return Waves(model.lattice, model.lattice.mesh(mesh), model.hoppings.device)


def finite_tensor(name: str, value: ArrayLike | torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return a value as a tensor of one dtype, on its own device.

    Raises
    ------
    ValueError
        Where it contains NaN or infinity.
    """
    tensor = torch.as_tensor(np.asarray(value) if not torch.is_tensor(value) else value).to(dtype)
    if not torch.isfinite(tensor).all():
        raise ValueError(f"{name} contains NaN or infinity; give finite numbers only.")
    return tensor


def _pauli(phase: np.ndarray, bonds: np.ndarray) -> np.ndarray:
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
