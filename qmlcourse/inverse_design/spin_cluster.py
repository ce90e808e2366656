"""Six spins 1/2 whose exchange is designed for entanglement: the same loop, another Hamiltonian.

After K. Inui and Y. Motome, arXiv:2402.15802: the ground state of a spin cluster is made as
entangled as possible, and bond-dependent exchange as in Kitaev's model comes out. Here the cluster
is the honeycomb with six sites on a torus: each of three A sites is joined to each of three B
sites, the whole Hamiltonian is a 64 x 64 matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import torch

from .design_space import DesignSpace
from .eigen import safe_eigh
from .lattices import honeycomb_lattice

SITES = 6
BONDS = tuple((a, b) for a in (0, 2, 4) for b in (1, 3, 5))
_PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


@dataclass(frozen=True)
class SpinCluster:
    """A batch of clusters H = sum over bonds and axes of J_a sigma_a sigma_a.

    Attributes
    ----------
    exchange
        Shape (..., 9, 3): J_x, J_y, J_z of each bond, a vector of length 1, which is the unit of
        energy.
    """

    exchange: torch.Tensor

    def __getitem__(self, number: int) -> SpinCluster:
        """Return one cluster of a batch."""
        return SpinCluster(self.exchange[number])

    def hamiltonian(self) -> torch.Tensor:
        """Return the Hamiltonians, shape (..., 64, 64); spin 0 is the slowest index."""
        return torch.einsum(
            "...ba,baij->...ij",
            self.exchange.to(torch.complex128),
            _operators().to(self.exchange.device),
        )

    def entanglement(self) -> torch.Tensor:
        """Return the mean entropy of three spins of the ground state, over all ten halves.

        Returns
        -------
        torch.Tensor
            Shape (...,), in bits, 0 to 3.
        """
        _, states = safe_eigh(self.hamiltonian())
        ground = states[..., 0].unflatten(-1, (2,) * SITES)
        lead, total = ground.ndim - SITES, 0
        halves = [half for half in combinations(range(SITES), 3) if 0 in half]
        for half in halves:
            rest = [n for n in range(SITES) if n not in half]
            order = [*range(lead), *(lead + n for n in (*half, *rest))]
            matrix = ground.permute(order).flatten(-3).flatten(-4, -2)
            weights = torch.linalg.eigvalsh(matrix @ matrix.mH).clamp_min(1e-12)
            total = total - (weights * torch.log2(weights)).sum(-1)
        return total / len(halves)

    def is_kitaev(self, largest: float = 0.9) -> torch.Tensor:
        """Return whether each bond has one axis and each site all three axes.

        Parameters
        ----------
        largest
            A bond has one axis where its largest |J| is above this.

        Returns
        -------
        torch.Tensor
            Shape (...,), bool.
        """
        size = self.exchange.detach().abs()
        axis = size.argmax(-1).unflatten(-1, (3, 3))
        three = torch.arange(3, device=axis.device)
        rows, columns = (
            (axis.sort(d).values - three.view(s)).abs().amax((-2, -1)) == 0
            for d, s in ((-1, (1, 3)), (-2, (3, 1)))
        )
        return rows & columns & (size.amax(-1).amin(-1) > largest)


@cache
def _operators() -> torch.Tensor:
    """(bond, axis, 64, 64): sigma_a sigma_a of the two ends of each bond."""

    def one(site: int, matrix: np.ndarray) -> np.ndarray:
        full = np.eye(1)
        for n in range(SITES):
            full = np.kron(full, matrix if n == site else np.eye(2))
        return full

    return torch.as_tensor(np.array([[one(a, m) @ one(b, m) for m in _PAULI] for a, b in BONDS]))


def exchange_cluster() -> DesignSpace:
    """Return the design space: 27 raw numbers, the exchange of each bond over its length."""
    names = tuple(f"J{axis} {a}-{b}" for a, b in BONDS for axis in "xyz")

    def build(raw: torch.Tensor) -> SpinCluster:
        exchange = raw.unflatten(-1, (len(BONDS), 3))
        return SpinCluster(exchange / exchange.norm(dim=-1, keepdim=True))

    def draw(generator: np.random.Generator, count: int) -> np.ndarray:
        return generator.normal(size=(count, len(names)))

    return DesignSpace(honeycomb_lattice(), names, build, draw)


def entanglement_objective(model: SpinCluster, beta: float) -> torch.Tensor:
    """Return the entanglement of each start, an objective for `exchange_cluster`.

    Parameters
    ----------
    model
        The clusters.
    beta
        Plays no part: the ground state is at zero temperature.

    Returns
    -------
    torch.Tensor
        Shape (start,), in bits.
    """
    return model.entanglement()
