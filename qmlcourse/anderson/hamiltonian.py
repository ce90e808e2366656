"""A Hamiltonian as a ring of layers, each coupled to the next: what the eigenstate solver works on.

Sites are numbered (layer, place in the layer, orbital). All models of this package take this form:
a cube is `size` square layers, a plane `size` rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

VACANT = 50.0  # energy of a removed site, far outside of every band of this package


@dataclass(frozen=True)
class LayeredHamiltonian:
    """Hermitian matrices of one batch, H[k, k] = inside + on_site, H[k + 1, k] = between.

    Energies are in units of the hopping.

    Parameters
    ----------
    on_site : torch.Tensor
        Real, shape (sample, layer, place): energies of the sites, for all orbitals alike.
    inside : torch.Tensor
        Shape (sample or 1, layer or 1, row, row) with row = place * orbital, Hermitian.
    between : torch.Tensor or None
        Shape (sample or 1, layer or 1, place, orbital, orbital): from layer k to layer k + 1, the
        last one to the first; None where all are 1.
    shape : tuple of int
        Sites of the lattice, layers first, for the densities.
    orbitals : int
        Orbitals or spins a site.
    """

    on_site: torch.Tensor
    inside: torch.Tensor
    between: torch.Tensor | None
    shape: tuple[int, ...]
    orbitals: int = 1

    def __len__(self) -> int:
        return len(self.on_site)

    @property
    def layers(self) -> int:
        """Return the number of layers."""
        return self.on_site.shape[1]

    @property
    def row(self) -> int:
        """Return the number of states of one layer."""
        return self.inside.shape[-1]

    @property
    def dtype(self) -> torch.dtype:
        """Return the type of the matrix elements, complex where time reversal or spin needs it."""
        return self.inside.dtype

    def __getitem__(self, samples: slice | torch.Tensor) -> LayeredHamiltonian:
        """Return the Hamiltonians of some samples (a slice or a tensor of numbers)."""
        inside, between = self.inside, self.between
        if len(inside) > 1:
            inside = inside[samples]
        if between is not None and len(between) > 1:
            between = between[samples]
        return LayeredHamiltonian(self.on_site[samples], inside, between, self.shape, self.orbitals)

    def block(self, layer: int, shift: float | torch.Tensor = 0.0) -> torch.Tensor:
        """Return the dense (sample, row, row) matrix of one layer, less `shift` on the diagonal."""
        inside = self.inside[:, layer if self.inside.shape[1] > 1 else 0]
        out = inside.expand(len(self), -1, -1).clone()
        energies = (self.on_site[:, layer] - shift).repeat_interleave(self.orbitals, -1)
        out.diagonal(dim1=-2, dim2=-1).add_(energies)
        return out

    def coupling(self, layer: int) -> torch.Tensor | None:
        """Return the coupling to the next layer as in `between`, without its layer axis."""
        if self.between is None:
            return None
        return self.between[:, layer if self.between.shape[1] > 1 else 0]

    def apply(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return H times vectors (sample, layer, vector, row)."""
        if self.inside.shape[:2] == (1, 1):
            out = (vectors.flatten(0, 2) @ self.inside[0, 0].mT).reshape(vectors.shape)
        else:
            out = vectors @ self.inside.mT
        out = out + self.on_site.repeat_interleave(self.orbitals, -1)[:, :, None] * vectors
        if self.between is None:
            return out + vectors.roll(1, 1) + vectors.roll(-1, 1)
        up = rows(self.between, vectors).roll(1, 1)
        return out + up + rows(self.between.mH, vectors.roll(-1, 1))

    def dense(self) -> torch.Tensor:
        """Return the whole matrices (sample, state, state); for small systems."""
        size = self.layers * self.row
        unit = torch.eye(size, dtype=self.dtype, device=self.on_site.device)
        unit = unit.reshape(1, size, self.layers, self.row).transpose(1, 2)
        columns = self.apply(unit.expand(len(self), -1, -1, -1))
        return columns.transpose(2, 3).reshape(len(self), size, size)

    def sparse(self, sample: int = 0) -> csr_matrix:
        """Return the matrix of one sample, by its number."""
        import numpy as np
        import scipy.sparse

        parts = self[sample : sample + 1]
        blocks = torch.cat([parts.block(k) for k in range(self.layers)]).cpu().numpy()
        matrix = scipy.sparse.block_diag([scipy.sparse.csr_matrix(b) for b in blocks], format="csr")
        size, row = self.layers * self.row, self.row
        if self.between is None:
            jump = scipy.sparse.identity(size, format="csr")
        else:
            all_layers = self.between if len(self.between) == 1 else parts.between
            sites = all_layers.expand(1, self.layers, -1, -1, -1).reshape(
                -1, self.orbitals, self.orbitals
            )
            jump = scipy.sparse.block_diag(list(sites.cpu().numpy()), format="csr")
        up = scipy.sparse.csr_matrix(
            (np.ones(size), ((np.arange(size) + row) % size, np.arange(size))), (size, size)
        )
        jump = up @ jump
        return (matrix + jump + jump.conj().T).tocsr()

    def densities(self, states: torch.Tensor) -> torch.Tensor:
        """Return |psi|^2 (sample, state, *shape) of states (sample, state, component)."""
        weight = states.abs().square()
        weight = weight.reshape(*states.shape[:2], math.prod(self.shape), self.orbitals).sum(-1)
        return weight.reshape(*states.shape[:2], *self.shape)


def joined(parts: Sequence[LayeredHamiltonian]) -> LayeredHamiltonian:
    """Return the samples of several batches of one model as one batch."""
    first = parts[0]
    between = None
    if first.between is not None:
        between = _shared_or_all([part.between for part in parts])
    inside = _shared_or_all([part.inside for part in parts])
    on_site = torch.cat([part.on_site for part in parts])
    return LayeredHamiltonian(on_site, inside, between, first.shape, first.orbitals)


def _shared_or_all(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """One tensor for all samples where they are equal, else those of all samples."""
    same = all(len(one) == 1 and torch.equal(one, tensors[0]) for one in tensors)
    return tensors[0] if same else torch.cat(list(tensors))


def times(coupling: torch.Tensor | None, matrix: torch.Tensor) -> torch.Tensor:
    """Return a coupling (..., place, orbital, orbital) times a matrix (..., row, column)."""
    if coupling is None:
        return matrix
    orbitals = coupling.shape[-1]
    if orbitals == 1:
        return coupling[..., 0] * matrix
    *lead, row, columns = matrix.shape
    out = coupling @ matrix.reshape(*lead, row // orbitals, orbitals, columns)
    return out.reshape(*out.shape[:-3], row, columns)


def rows(coupling: torch.Tensor | None, vectors: torch.Tensor) -> torch.Tensor:
    """Return a coupling (..., place, orbital, orbital) times row vectors (..., vector, row)."""
    if coupling is None:
        return vectors
    orbitals = coupling.shape[-1]
    if orbitals == 1:
        return coupling[..., 0].mT * vectors
    *lead, number, row = vectors.shape
    out = (
        vectors.reshape(*lead, number, row // orbitals, 1, orbitals)
        @ coupling.mT[..., None, :, :, :]
    )
    return out.reshape(*out.shape[:-3], row)


def hopping(amplitudes: torch.Tensor, places: tuple[int, ...], axis: int) -> torch.Tensor:
    """Return the matrix of nearest-neighbour hopping along one periodic axis of a row or square.

    Parameters
    ----------
    amplitudes
        Shape (..., place, orbital, orbital): from each place to the next along the axis.
    places
        Shape of the row or the square.
    axis
        0, or 1 for the second axis of a square.

    Returns
    -------
    torch.Tensor
        Shape (..., row, row), Hermitian, with row = place * orbital.
    """
    count, orbitals = amplitudes.shape[-3], amplitudes.shape[-1]
    lead = amplitudes.shape[:-3]
    number = torch.arange(count, device=amplitudes.device).reshape(places)
    after = number.roll(-1, axis).flatten()
    out = amplitudes.new_zeros(*lead, count, orbitals, count, orbitals)
    view = out.movedim(-2, -3)  # (..., place, place, orbital, orbital)
    view[..., after, number.flatten(), :, :] = amplitudes
    out = out.reshape(*lead, count * orbitals, count * orbitals)
    return out + out.mH
