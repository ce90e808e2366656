"""States that several explorers show, made once."""

from functools import lru_cache

import numpy as np
import torch

from ...anderson import (
    AndersonModel,
    BondPercolation,
    SitePercolation,
    eigenstates,
    load_classifier,
    nearest_densities,
    spacing_ratio,
)
from ...anderson.baselines import ParticipationThreshold
from ...reproduce.anderson_classification import STORED
from ...storage import shipped

MODELS = {
    "box": (lambda size: AndersonModel(size), (2.0, 30.0), 0.0, "W"),
    "gaussian": (lambda size: AndersonModel(size, "gaussian"), (1.0, 12.0), 0.0, "W"),
    "cauchy": (lambda size: AndersonModel(size, "cauchy"), (0.5, 9.0), 0.0, "W"),
    "box, flux 1/4": (lambda size: AndersonModel(size, flux=0.25), (2.0, 30.0), 0.0, "W"),
    "sites": (lambda size: SitePercolation(size), (0.2, 0.9), 0.5, "p"),
    "bonds": (lambda size: BondPercolation(size), (0.15, 0.8), 0.5, "p"),
}
NAMES = {  # the same models, as a control names them
    "box": "box",
    "Gaussian": "gaussian",
    "Cauchy": "cauchy",
    "in a field": "box, flux 1/4",
    "sites": "sites",
    "bonds": "bonds",
}
CRITICAL = 16.54  # accepted transition of the box at the band centre
UNSEEN, REPEAT = np.linspace(8, 26, 13), 8  # strengths of states to test on, states at each
torch.set_num_threads(1)  # two threads on small tensors are far slower


@lru_cache(maxsize=256)
def state(model, size, strength, seed):
    """Density (x, y, z), energy and residual of the state nearest the model's energy."""
    make, _, energy, _ = MODELS[model]
    found = eigenstates(make(size).sample([strength], seed), energy)
    return (
        found.density[0, 0].numpy(),
        float(found.energies[0, 0]),
        float(found.residuals[0, 0]),
    )


@lru_cache(maxsize=2048)
def levels(size, strength, seed, count=8):
    """P2 of four states and the spacing ratio of the levels nearest 0, box disorder."""
    found = eigenstates(AndersonModel(size).sample([strength], seed), 0.0, count, tolerance=1e-7)
    shares = found.density[0, :4].square().sum((-3, -2, -1))
    return float(shares.mean()), float(spacing_ratio(found.energies)[0])


@lru_cache(maxsize=1)
def stored():
    """The shipped full-scale results, read once; not to be changed."""
    return shipped.load_json(STORED)


@lru_cache(maxsize=4)
def participation_threshold(size):
    """The one number that stands against the network: a threshold of P2, as it was fitted."""
    row = next(row for row in stored()["baselines"] if row["size"] == size)
    return ParticipationThreshold(row["threshold"], row["width"])


@lru_cache(maxsize=1)
def crossings():
    """The stored crossings by (classifier, model)."""
    return {(row["classifier"], row["case"]): row for row in stored()["crossings"]}


def phase_map(model):
    """A stored map: strengths, energies, and p (network, energy, strength), NaN without states."""
    row = stored()["maps"][model]
    p = np.array(row["probability"])
    p[p < 0] = np.nan
    return np.array(row["strengths"]), np.array(row["energies"]), p


@lru_cache(maxsize=1)
def unseen():
    """States of 8 x 8 x 8 sites that nothing here is trained on, (REPEAT * UNSEEN, x, y, z)."""
    return nearest_densities(AndersonModel(8), 0.0, np.tile(UNSEEN, REPEAT), 4321)


def right_far(said):
    """Share of the unseen states far from the transition that are told right, (REPEAT, UNSEEN)."""
    far = (UNSEEN <= 14) | (UNSEEN >= 19)
    return float(((said > 0.5) == (UNSEEN < CRITICAL))[:, far].mean())


@lru_cache(maxsize=8)
def classifier(name):
    """A shipped classifier."""
    return load_classifier(name)


def probabilities(name, density):
    """(network,) probabilities of a metal for one density (x, y, z)."""
    image = torch.from_numpy(np.ascontiguousarray(density))[None].float()
    net = classifier(name)
    return net.probabilities(image)[:, 0, net.names.index("metal")].numpy()
