"""Which determinants a step looks at: all, the heaviest, a Markov chain's, or exact draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from .neural_state import generator_of
from .symmetry import Basis

if TYPE_CHECKING:
    from .training import Training


class Rows(NamedTuple):
    """What a step needs of the determinants that it looks at.

    Let m be the share of the draws that a determinant got, over its weight |psi|^2; m is 1 where
    nothing is drawn. Sums over these rows then estimate the same averages for every sampler.

    Attributes
    ----------
    spins : torch.Tensor
        Spins +-1, shape (n, spin orbital).
    psi : torch.Tensor
        Amplitudes times sqrt(m), shape (n,).
    residual : torch.Tensor
        (H - E) psi times sqrt(m), shape (n,), hartree.
    diagonal : torch.Tensor
        Diagonal elements of H, shape (n,), hartree, total.
    """

    spins: torch.Tensor
    psi: torch.Tensor
    residual: torch.Tensor
    diagonal: torch.Tensor


class Sampler:
    """What picks the determinants of a step.

    Attributes
    ----------
    exact : bool
        Whether the rows hold the whole sum, so that energies may be compared without noise.
    """

    exact = False

    def rows(self, training: Training) -> Rows:
        """Return the determinants of the next step of a search."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Return what the next rows depend on besides the search; for most samplers nothing."""
        return {}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state."""


class ExactSum(Sampler):
    """All determinants, less the lightest whose weights add up to `cut`: no noise at all."""

    exact = True

    def __init__(self, cut: float = 1e-10):
        self.cut = cut

    def rows(self, training: Training) -> Rows:
        """Return all determinants of the search `training` but the lightest."""
        weights = training.psi.abs() ** 2
        order = torch.argsort(weights, descending=True)
        last = int((torch.cumsum(weights[order], 0) < 1 - self.cut).sum()) + 1
        return _take(training, order[:last])


class Selected(Sampler):
    """The `count` heaviest determinants, and no others (selected configurations)."""

    def __init__(self, count: int):
        self.count = count

    def rows(self, training: Training) -> Rows:
        """Return the heaviest determinants of the search `training`."""
        weights = training.psi.abs()
        return _take(training, torch.topk(weights, min(self.count, len(weights))).indices)


class DrawingSampler(Sampler):
    """A sampler that draws: equal determinants are counted, not repeated."""

    def draw(
        self, training: Training, seed: int | torch.Generator | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw determinants.

        Parameters
        ----------
        training
            Has the weights, `psi`, of the determinants of its `basis`.
        seed
            Integer or generator; default the search's own.

        Returns
        -------
        places : torch.Tensor
            Positions in the basis, shape (distinct,).
        counts : torch.Tensor
            How often each came, shape (distinct,).
        """
        raise NotImplementedError

    def rows(self, training: Training) -> Rows:
        """Return drawn determinants of the search `training`."""
        return _weighted(training, *self.draw(training))


class DirectDraws(DrawingSampler):
    """Independent draws from |psi|^2, exact.

    A network that can draw does so itself; for other states the listed amplitudes are used.

    Parameters
    ----------
    draws
        How many a step.
    """

    def __init__(self, draws: int = 1024):
        self.draws = draws

    def draw(
        self, training: Training, seed: int | torch.Generator | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return drawn places and counts for `training` and `seed`; see the base class."""
        random = random_of(training, seed)
        if hasattr(training.network, "sample"):
            spins, counts = training.network.sample(self.draws, random)
            return _places(training.basis, spins), counts
        weights = training.psi.abs() ** 2
        drawn = torch.multinomial(weights, self.draws, True, generator=random)
        return torch.unique(drawn, return_counts=True)


def random_of(training: Training, seed: int | torch.Generator | None) -> torch.Generator:
    """Return the generator of a seed on the search's device; that of the search for None."""
    return training.generator if seed is None else generator_of(seed, training.device)


def sampled_energy(
    training: Training,
    sampler: DrawingSampler,
    seed: int | torch.Generator | None = None,
) -> tuple[float, float]:
    """Return mean and error of the mean of the local energy over a sampler's draws, hartree.

    Parameters
    ----------
    training
        A search; its present state is sampled.
    sampler
        What draws.
    seed
        Integer or generator; default the search's own.
    """
    places, counts = sampler.draw(training, seed)
    local = training.energy + (training.residual[places] / training.psi[places]).real
    share = counts.double() / counts.sum()
    mean = float((share * local).sum())
    spread = float((share * (local - mean) ** 2).sum())
    return mean, (spread / int(counts.sum())) ** 0.5


def _take(training: Training, places: torch.Tensor) -> Rows:
    return Rows(
        training.spins[places],
        training.psi[places],
        training.residual[places],
        training.diagonal[places],
    )


def _weighted(training: Training, places: torch.Tensor, counts: torch.Tensor) -> Rows:
    """Rows of draws: the share of the draws takes the place of the weight."""
    share = counts.double() / counts.sum()
    rows = _take(training, places)
    local = training.energy + rows.residual / rows.psi
    mean = (share * local).sum()
    root = torch.sqrt(share) * (rows.psi / rows.psi.abs())
    return Rows(rows.spins, root, (local - mean) * root, rows.diagonal)


def _places(basis: Basis, spins: torch.Tensor) -> torch.Tensor:
    """Positions in the sector of determinants given as spins."""
    orbitals = spins.shape[1] // 2
    power = torch.ones(orbitals, dtype=torch.int64) << torch.arange(orbitals)
    up, down = ((part > 0).long().cpu() @ power for part in spins.split(orbitals, 1))
    return torch.as_tensor(basis.sector.find(up.numpy(), down.numpy()), device=spins.device)
