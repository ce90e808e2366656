"""What a network must beat: a threshold on one number, and a linear machine on a few components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .measures import inverse_participation


@dataclass(frozen=True)
class ParticipationThreshold:
    """Metal where log P2 lies below a threshold; a logistic regression gives the probability.

    Attributes
    ----------
    threshold : float
        log P2 at probability one half.
    width : float
        Of the logistic step, in log P2.
    """

    threshold: float
    width: float

    @staticmethod
    def from_states(density: torch.Tensor, label: torch.Tensor) -> ParticipationThreshold:
        """Return the threshold for densities (sample, x, y, z) and labels (sample,), 1 metal."""
        from sklearn.linear_model import LogisticRegression

        x = torch.log(inverse_participation(density.double())).numpy()[:, None]
        found = LogisticRegression(C=1e3).fit(x, label.numpy())
        slope, start = float(found.coef_[0, 0]), float(found.intercept_[0])
        return ParticipationThreshold(-start / slope, -1 / slope)

    def metal_probability(self, density: torch.Tensor) -> torch.Tensor:
        """Return probabilities (sample,) for densities (sample, x, y, z)."""
        x = torch.log(inverse_participation(density.double()))
        return torch.sigmoid((self.threshold - x) / self.width)


class ComponentsMachine:
    """Principal components of log(1 + N |psi|^2), then a support vector machine (scikit-learn).

    Densities are first shifted so that their largest site is in the corner: a machine without
    convolutions knows nothing of shifts.

    Parameters
    ----------
    machine
        A fitted scikit-learn estimator; see :meth:`from_states`.
    """

    def __init__(self, machine: Any):
        self._machine = machine

    @staticmethod
    def from_states(
        density: torch.Tensor, label: torch.Tensor, components: int = 20
    ) -> ComponentsMachine:
        """Return the machine for densities (sample, *lattice) and labels (sample,), 1 for metal."""
        from sklearn.decomposition import PCA
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        machine = make_pipeline(
            PCA(components, random_state=0), StandardScaler(), SVC(random_state=0)
        )
        return ComponentsMachine(machine.fit(_aligned(density), label.numpy()))

    def is_metal(self, density: torch.Tensor) -> torch.Tensor:
        """Return which of the densities (sample, *lattice) are metals, as bool (sample,)."""
        return torch.from_numpy(self._machine.predict(_aligned(density)) == 1)


def _aligned(density: torch.Tensor) -> np.ndarray:
    """Rows of log(1 + N |psi|^2), each with its largest site in the corner."""
    sites = density[0].numel()
    image = torch.log1p(sites * density).numpy()
    lattice = image.shape[1:]
    axes = tuple(range(len(lattice)))
    rows = []
    for one in image:
        top = np.unravel_index(one.argmax(), lattice)
        rows.append(np.roll(one, [-int(t) for t in top], axes).ravel())
    return np.array(rows)


def accuracy(said_metal: torch.Tensor, label: torch.Tensor) -> float:
    """Return the share of states told right, from bool (sample,) and labels (sample,)."""
    return float((said_metal == (label == 1)).double().mean())
