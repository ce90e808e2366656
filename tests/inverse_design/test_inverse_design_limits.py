"""The limits of what `inverse_design` takes: the last possible value, and the first beyond it."""

import numpy as np
import pytest
from limits import check_limits

from qmlcourse.inverse_design import (
    Lattice,
    TightBinding,
    berry_curvature,
    chern_number,
    design,
    gauge_fixed,
    haldane,
    hall_conductivity,
    hall_objective,
    honeycomb,
    photocurrent,
    ribbon,
    spin_chain,
    symmetries,
    triangular_lattice,
)

MODEL = haldane(1.0, 0.1, 0.2)
CHAIN = spin_chain([[0.0, 0, 1]])
THREE = TightBinding(triangular_lattice((3, 1), 1), np.exp(1j * np.arange(9)))
SPACE = honeycomb()


def steps(**options):
    return design(hall_objective(SPACE, mesh=4), SPACE, steps=0, **options)


def current(**options):
    options = {"temperature": 0.1, "frequencies": [1.0], "mesh": 4} | options
    return photocurrent(options.pop("model", CHAIN), options.pop("frequencies"), **options)


LIMITS = {
    "optimizer": (lambda name: steps(starts=1, optimizer=name), ["rmsprop", "adam"], ["sgd"]),
    "starts": (lambda n: steps(starts=n), [1], [0, -1]),
    "seeds": (lambda seed: SPACE.starts(2, seed), [0, [0, 1]], [[0], [0, 1, 2]]),
    "one model": (gauge_fixed, [MODEL], [haldane([1.0, 2.0], 0.1, 0.2)]),
    "read model": (symmetries, [MODEL], [haldane([1.0], 0.1, 0.2)]),
    "plane": (lambda model: hall_conductivity(model, mesh=4), [MODEL, THREE], [CHAIN]),
    "temperature": (lambda t: hall_conductivity(MODEL, t, mesh=4), [0, 0.1], [-0.001, np.nan]),
    "filling": (
        lambda n: hall_conductivity(MODEL, 0.1, n, mesh=4),
        [0.001, 1, 1.999],
        [0, 2, -1, 3],
    ),
    "filling or level": (
        lambda both: hall_conductivity(MODEL, 0.1, *both, mesh=4),
        [(1, None), (None, 0.0)],
        [(1, 0.0), (1, 0.5)],
    ),
    "method": (
        lambda name: hall_conductivity(MODEL, 0.1, mesh=4, method=name),
        ["auto", "closed", "eigh"],
        ["open"],
    ),
    "closed form": (
        lambda model: hall_conductivity(model, 0.1, mesh=4, method="closed"),
        [MODEL],
        [THREE],
    ),
    "cell": (triangular_lattice, [(1, 1), (1, 3)], [(0, 2), (2, 0), (2,), (2, 2, 2)]),
    "shells": (lambda n: triangular_lattice((3, 3), n), [1, 4], [0, 5]),
    "kernel": (
        lambda name: current(kernel=name),
        ["velocity", "shift", "injection", "length"],
        ["dipole"],
    ),
    "chain": (lambda model: current(model=model), [CHAIN], [MODEL]),
    "frequency": (lambda w: current(frequencies=w), [1e-3, [0.5, 1e-3]], [0, -1, [1, 0]]),
    "current's temperature": (lambda t: current(temperature=t), [1e-3], [0, -1]),
    "broadening": (lambda b: current(broadening=b), [1e-3], [0, -1]),
    "ribbon": (lambda width: ribbon(MODEL, width), [1, 2], [0, 1.5]),
    "along": (lambda axis: ribbon(MODEL, 2, axis), [0, 1], [-1, 2]),
    "spins": (
        spin_chain,
        [[[0, 0, 1]], [[[0, 1, 0]]]],
        [[0, 0, 1], [[0, 1]], np.zeros((0, 3)), [[0, 0, 0, 1]]],
    ),
    "unit vectors": (
        lambda size: spin_chain([[0, 0, size]]),
        [1, 1 + 5e-7],
        [1 + 1e-4, 0.999, 0.5],
    ),
    "vectors": (
        lambda v: Lattice(v, np.zeros((1, len(v))), np.zeros((0, 2 + len(v)))),
        [[[1.0]], np.eye(2), np.diag([1, 1e-6]), [[-1.0]]],
        [np.eye(3), np.ones((2, 2)), [[0.0]], np.ones((1, 2)), np.diag([1, 1e-10])],
    ),
    "positions": (
        lambda shape: Lattice(np.eye(2), np.zeros(shape), np.zeros((0, 4))),
        [(1, 2), (3, 2)],
        [(1, 1), (2,), (1, 1, 2)],
    ),
    "bonds": (
        lambda ends: Lattice(np.eye(2), np.zeros((2, 2)), [[*ends, 0, 0]]),
        [(0, 1), (1, 0)],
        [(0, 2), (2, 0), (-1, 0), (0, -1)],
    ),
    "hoppings": (
        lambda count: TightBinding(MODEL.lattice, np.ones(count)),
        [9, (2, 9)],
        [8, 10, (9, 2)],
    ),
    "on site": (
        lambda count: TightBinding(MODEL.lattice, np.ones(9), np.ones(count)),
        [2, (1, 2)],
        [1, 3, (2, 1)],
    ),
    "finite": (
        lambda value: TightBinding(MODEL.lattice, np.full(9, value)),
        [1e9],
        [np.nan, np.inf, 1j * np.inf],
    ),
    "mesh": (lambda n: berry_curvature(MODEL, n), [1, 4], [0, -2, 2.5]),
    "bands": (
        lambda bands: chern_number(THREE, bands, 5, undefined=9),
        [0, 2, (0, 1), (2, 1), (0, 1, 2), (1, 1)],
        [-1, 3, (), (0, 2), (-1, 0), (2, 3)],
    ),
    "touching bands": (
        lambda mass: chern_number(haldane(0.0, mass, 0.0), 0, 5),
        [1e-3],
        [0],
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_possible_value_is_taken_and_the_next_refused(name):
    check_limits(*LIMITS[name])
