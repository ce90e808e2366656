"""Which determinants a step looks at: all, the heaviest, a Markov chain's, or exact draws.

Every sampler has `rows(training)`, which returns what a step needs of the determinants it looks
at: spins, psi and (H - E) psi, both divided by the root of how often the determinant was to be
expected and multiplied by how often it came, and the diagonal of H. Sums over these rows then
estimate the same averages in all four cases.
"""

import numpy as np
import torch


class ExactSum:
    """All determinants, less the lightest whose weights add up to `cut`: no noise at all."""

    exact = True

    def __init__(self, cut=1e-10):
        self.cut = cut

    def rows(self, training):
        weights = training.psi.abs() ** 2
        order = torch.argsort(weights, descending=True)
        last = int((torch.cumsum(weights[order], 0) < 1 - self.cut).sum()) + 1
        return _take(training, order[:last])


class Selected:
    """The heaviest determinants, and no others (selected configurations)."""

    exact = False

    def __init__(self, count):
        self.count = count

    def rows(self, training):
        weights = training.psi.abs()
        return _take(training, torch.topk(weights, min(self.count, len(weights))).indices)


class DirectDraws:
    """Independent draws from |psi|^2, exact: equal determinants are counted, not repeated.

    A network that can draw does so itself; for other states the listed amplitudes are used.
    """

    exact = False

    def __init__(self, draws=1024):
        self.draws = draws

    def draw(self, training):
        """(distinct,) positions in the basis, and how often each came."""
        if hasattr(training.state, "sample"):
            spins, counts = training.state.sample(self.draws, training.generator)
            return _places(training.basis, spins), counts
        weights = training.psi.abs() ** 2
        drawn = torch.multinomial(weights, self.draws, True, generator=training.generator)
        return torch.unique(drawn, return_counts=True)

    def rows(self, training):
        return _weighted(training, *self.draw(training))


class Metropolis:
    """A Markov chain that hops between determinants which the Hamiltonian connects.

    Parameters
    ----------
    draws : determinants kept a step
    chains : that walk side by side
    thin : hops between two kept determinants

    Attributes
    ----------
    acceptance : share of hops that were taken since the sampler was made
    """

    exact = False

    def __init__(self, draws=1024, chains=64, thin=10):
        self.draws, self.chains, self.thin = draws, chains, thin
        self._at, self._graph, self._taken, self._tried = None, None, 0, 0

    @property
    def acceptance(self):
        return self._taken / max(self._tried, 1)

    def draw(self, training):
        """(distinct,) positions in the basis, and how often each came."""
        if self._graph is None or self._graph[0] is not training.basis:
            self._graph = training.basis, *_neighbours(training.basis.matrix)
            self._at = None
        _, starts, degree, neighbour = self._graph
        log = torch.log((training.psi.abs() ** 2).clamp(min=1e-300)).cpu() - torch.log(
            degree.double()
        )
        generator = torch.Generator().manual_seed(
            int(torch.randint(2**62, (1,), generator=training.generator, device=training.device))
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

    def rows(self, training):
        return _weighted(training, *self.draw(training))


def sampled_energy(training, sampler):
    """Mean and error of the mean of the local energy over a sampler's draws, hartree."""
    places, counts = sampler.draw(training)
    local = training.energy + (training.residual[places] / training.psi[places]).real
    share = counts / counts.sum()
    mean = float((share * local).sum())
    spread = float((share * (local - mean) ** 2).sum())
    return mean, (spread / int(counts.sum())) ** 0.5


def _neighbours(matrix):
    """Which determinants each one is connected with, itself left out: starts, degrees, list."""
    bare = matrix.copy()
    bare.setdiag(0)
    bare.eliminate_zeros()
    starts = torch.as_tensor(bare.indptr.astype(np.int64))
    return starts[:-1], torch.diff(starts), torch.as_tensor(bare.indices.astype(np.int64))


def _take(training, places):
    return (
        training.spins[places],
        training.psi[places],
        training.residual[places],
        training.diagonal[places],
    )


def _weighted(training, places, counts):
    share = (counts / counts.sum()).to(torch.float64)
    spins, psi, residual, diagonal = _take(training, places)
    local = training.energy + residual / psi
    mean = (share * local).sum()
    root = torch.sqrt(share) * (psi / psi.abs())
    return spins, root, (local - mean) * root, diagonal


def _places(basis, spins):
    orbitals = spins.shape[1] // 2
    power = torch.ones(orbitals, dtype=torch.int64) << torch.arange(orbitals)
    up, down = ((part > 0).long().cpu() @ power for part in spins.split(orbitals, 1))
    return torch.as_tensor(basis.sector.find(up.numpy(), down.numpy()), device=spins.device)
