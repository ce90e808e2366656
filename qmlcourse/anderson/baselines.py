"""What a network must beat: a threshold on one number, and a linear machine on a few components."""

from dataclasses import dataclass

import numpy as np
import torch

from .measures import inverse_participation


@dataclass(frozen=True)
class ParticipationThreshold:
    """Metal where log P2 lies below a threshold; a logistic regression gives the probability.

    threshold : log P2 at probability one half; width : of the logistic step
    """

    threshold: float
    width: float

    @staticmethod
    def fit(density, label):
        """From densities (sample, x, y, z) and labels 1 for metal."""
        from sklearn.linear_model import LogisticRegression

        x = torch.log(inverse_participation(density.double())).numpy()[:, None]
        found = LogisticRegression(C=1e3).fit(x, label.numpy())
        slope, start = float(found.coef_[0, 0]), float(found.intercept_[0])
        return ParticipationThreshold(-start / slope, -1 / slope)

    def metal_probability(self, density):
        """(sample,) from densities (sample, x, y, z)."""
        x = torch.log(inverse_participation(density.double()))
        return torch.sigmoid((self.threshold - x) / self.width)


class ComponentsMachine:
    """Principal components of log(1 + N |psi|^2), then a support vector machine (scikit-learn).

    Densities are first shifted so that their largest site is in the corner: a machine without
    convolutions knows nothing of shifts.
    """

    def __init__(self, components=20):
        from sklearn.decomposition import PCA
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        self._machine = make_pipeline(
            PCA(components, random_state=0), StandardScaler(), SVC(random_state=0)
        )

    def fit(self, density, label):
        """Train on densities (sample, *lattice) and labels; returns itself."""
        self._machine.fit(_aligned(density), label.numpy())
        return self

    def is_metal(self, density):
        """(sample,) bool."""
        return torch.from_numpy(self._machine.predict(_aligned(density)) == 1)


def _aligned(density):
    sites = density[0].numel()
    image = torch.log1p(sites * density).numpy()
    lattice = image.shape[1:]
    axes = tuple(range(len(lattice)))
    rows = []
    for one in image:
        top = np.unravel_index(one.argmax(), lattice)
        rows.append(np.roll(one, [-int(t) for t in top], axes).ravel())
    return np.array(rows)


def accuracy(said_metal, label):
    """Share of the states that are told right."""
    return float((said_metal == (label == 1)).double().mean())
