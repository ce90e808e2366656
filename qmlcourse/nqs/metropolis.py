"""Draws by a Markov chain, the usual way where a state cannot draw by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy import sparse

from .samplers import DrawingSampler, random_of

if TYPE_CHECKING:
    from .training import Training


class Metropolis(DrawingSampler):
    """A Markov chain that hops between determinants which the Hamiltonian connects.

    Parameters
    ----------
    draws
        Determinants kept a step.
    chains
        Chains that walk side by side.
    thin
        Hops between two kept determinants.

    Notes
    -----
    A hop goes to one of the neighbours of a determinant, all alike, and is taken with probability
    min(1, w' d / (w d')), where w = |psi|^2 and d is the number of neighbours: that keeps |psi|^2
    also where determinants have different numbers of neighbours.
    """

    def __init__(self, draws: int = 1024, chains: int = 64, thin: int = 10):
        self.draws, self.chains, self.thin = draws, chains, thin
        self._at: torch.Tensor | None = None
        self._graph: tuple | None = None
        self._taken, self._tried = 0, 0

    @property
    def acceptance(self) -> float:
        """Return the share of hops that were taken since the sampler was made."""
        return self._taken / max(self._tried, 1)

    def state(self) -> dict[str, Any]:
        """Return where the chains stand."""
        at = [] if self._at is None else self._at.tolist()
        return {"at": at, "taken": self._taken, "tried": self._tried}

    def resume(self, state: dict[str, Any]) -> None:
        """Let the chains go on from a state."""
        self._graph, self._at = None, torch.tensor(state["at"]) if state["at"] else None
        self._taken, self._tried = state["taken"], state["tried"]

    def draw(
        self, training: Training, seed: int | torch.Generator | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return drawn places and counts for `training` and `seed`; see the base class."""
        if self._graph is None or self._graph[0] is not training.basis:
            if self._graph is not None:  # the chains stand in another basis
                self._at = None
            self._graph = training.basis, *_neighbours(training.basis.matrix)
        _, starts, degree, neighbour = self._graph
        log = torch.log((training.psi.abs() ** 2).clamp(min=1e-300)).cpu() - torch.log(
            degree.double()
        )
        random = random_of(training, seed)
        # chains walk on the CPU, where their short steps are faster
        generator = torch.Generator().manual_seed(
            int(torch.randint(2**62, (1,), generator=random, device=random.device))
        )
        if self._at is None:
            self._at = log.argmax().repeat(self.chains)
        kept = []
        for _ in range(-(-self.draws // self.chains)):
            for _ in range(self.thin):
                chance = torch.rand(2, self.chains, generator=generator, dtype=torch.float64)
                hop = (chance[0] * degree[self._at]).long()
                there = neighbour[starts[self._at] + hop]
                gain = log[there] - log[self._at]
                take = torch.log(chance[1].clamp(min=1e-300)) < gain
                self._at = torch.where(take, there, self._at)
                self._taken += int(take.sum())
                self._tried += self.chains
            kept.append(self._at)
        places, counts = torch.unique(torch.cat(kept)[: self.draws], return_counts=True)
        return places.to(training.device), counts.to(training.device)


def _neighbours(
    matrix: sparse.csr_array,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Which determinants each one is connected with, itself left out: starts, degrees, list."""
    bare = matrix.copy()
    bare.setdiag(0)
    bare.eliminate_zeros()
    starts = torch.as_tensor(bare.indptr.astype(np.int64))
    return starts[:-1], torch.diff(starts), torch.as_tensor(bare.indices.astype(np.int64))
