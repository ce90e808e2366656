"""The limits of what functions of `anderson` take: the last possible value, the first beyond."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from limits import check_limits

from qmlcourse.anderson import (
    AndersonModel,
    ChernInsulator,
    DopedSemiconductor,
    KickedRotor,
    LayeredChernInsulator,
    SitePercolation,
    SymplecticPlane,
    bott_index,
    crossing,
    density_of_states,
    eigenstates,
    fractal_dimension,
    inverse_participation,
    labelled_states,
    layer_chern,
    load_classifier,
    logistic_step,
    metal_probability,
    scaling_fit,
    spacing_ratio,
    transfer_matrix_length,
)
from qmlcourse.anderson.lattice import batches, checked_flux, checked_size, checked_strengths
from qmlcourse.anderson.learning import classifier_fit

CUBE = AndersonModel(4).sample([5.0], 0)
BAND = float(CUBE.on_site.abs().max()) + 6.5  # hoppings reach 6, and half more for rounding
PLANE = SymplecticPlane(4).sample([2.0], 0)


def sheet(layers):
    """A flat ring of some layers with two sites each."""
    model = AndersonModel(max(layers, 3), dimensions=2).sample([1.0], 0)
    return type(model)(model.on_site[:, :layers], model.inside, None, (layers, model.row))


def fitted(widths=2, strengths=5, errors=None):
    reduced = np.ones((widths, strengths)) + np.arange(strengths) / 50
    weights = np.ones(errors or reduced.shape)
    return scaling_fit(4 + np.arange(2), 16 + np.arange(5.0), reduced, weights, 1, False)


def stepped(points, shares=None):
    return logistic_step(np.arange(points), np.linspace(1, 0, shares or points) ** 2)


LIMITS = {
    "states": (lambda n: eigenstates(PLANE, 0.0, n), [1, 8], [0, 9]),
    "layers": (lambda n: eigenstates(sheet(n)), [3], [2]),
    "momenta": (lambda n: KickedRotor(momenta=n), [16, 18], [14, 15, 17]),
    "planck": (lambda h: KickedRotor(planck=h), [1e-9], [0, -1]),
    "seeds": (
        lambda s: list(batches(AndersonModel(3), [1.0], 2, s)),
        [[0, 1], 0],
        [[0], [0, 1, 2]],
    ),
    "strengths and seeds": (lambda s: AndersonModel(3).sample([1.0, 2], s), [[0, 1]], [[0]]),
    "strengths": (checked_strengths, [[0.0], [0, 7]], [[-0.001], [1, -1], 3.0, [[1.0]]]),
    "shares": (
        lambda p: SitePercolation(3).sample(p, 0),
        [[0], [1], [0, 1]],
        [[1.001], [-0.001], [0.5, 2]],
    ),
    "size": (checked_size, [3, 4], [2, 3.5]),
    "flux": (lambda f: checked_flux(f, 4), [0, 0.25, 1, "random"], ["other", 0.26, 0.1251, 1 / 3]),
    "a plane's flux": (
        lambda f: AndersonModel(4, flux=f, dimensions=2),
        [0, "random"],
        [0.25, 1.0],
    ),
    "dimensions": (lambda d: AndersonModel(4, dimensions=d), [2, 3], [1, 4]),
    "disorder": (lambda d: AndersonModel(4, d), ["box", "gaussian", "cauchy"], ["boxes"]),
    "depth": (lambda d: DopedSemiconductor(4, d), [5], [4.999]),
    "labels": (lambda n: labelled_states(AndersonModel(3), n, 0), [2], [1]),
    "recipe": (
        lambda name: classifier_fit(torch.ones(4, 4, 4, 4), torch.tensor([0, 1, 0, 1]), name),
        [],
        ["large"],
    ),
    "density": (
        lambda shape: inverse_participation(torch.ones(shape)),
        [(2, 2, 2), (1, 2, 2, 2)],
        [(2, 2)],
    ),
    "sizes": (lambda s: fractal_dimension(s, np.ones(len(s))), [[1, 2]], [[1]]),
    "levels": (lambda n: spacing_ratio(torch.arange(n)), [3], [2]),
    "energies": (
        lambda e: density_of_states(CUBE, e, 8),
        [[BAND - 1e-6], [1e-6 - BAND]],
        [[BAND], [0, -BAND]],
    ),
    "phase": (
        lambda name: crossing(
            AndersonModel(8), load_classifier("metal-small-8"), 0, np.arange(4) * 9, 2, 0, name
        ),
        [],
        ["metals", "superconductor"],
    ),
    "reduced lengths": (
        lambda shape: fitted(*shape),
        [(2, 5)],
        [(3, 5), (2, 4), (2, 5, (2, 4)), (2, 5, (1, 5))],
    ),
    "points of a step": (lambda p: stepped(*p), [(4,), (5,)], [(3,), (4, 5)]),
    "plane": (
        lambda model: bott_index(model.sample([1.0], 0)),
        [ChernInsulator(3)],
        [LayeredChernInsulator(3)],
    ),
    "layers of planes": (
        lambda model: layer_chern(model.sample([1.0], 0)),
        [LayeredChernInsulator(3)],
        [ChernInsulator(3)],
    ),
    "bars": (
        lambda n: transfer_matrix_length(AndersonModel(3), 0, [5.0], length=100, bars=n),
        [2],
        [1],
    ),
    "a bar's length": (
        lambda n: transfer_matrix_length(AndersonModel(3), 0, [5.0], length=n, bars=2),
        [100],
        [99],
    ),
    "a bar's model": (
        lambda model: transfer_matrix_length(model, 0, [5.0], length=100, bars=2),
        [AndersonModel(3), AndersonModel(4, flux=0.25)],
        [AndersonModel(3, dimensions=2), AndersonModel(3, flux="random")],
    ),
    "picture": (
        lambda shape: metal_probability(load_classifier("metal-small-8"), torch.ones(shape)),
        [(1, 8, 8, 8)],
        [(8, 8, 8), (1, 8, 8), (1, 1, 8, 8, 8)],
    ),
    "metal": (
        lambda names: metal_probability(SimpleNamespace(names=names), torch.ones(1)),
        [],
        [("trivial", "topological")],
    ),
    "classifier": (load_classifier, ["planes"], ["plane", "classifier_planes"]),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_possible_value_is_taken_and_the_next_refused(name):
    check_limits(*LIMITS[name])
