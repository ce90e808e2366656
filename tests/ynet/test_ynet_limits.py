"""The limits of what the functions of `ynet` take: the last possible value, the first beyond."""

import numpy as np
import pytest
import torch
from limits import check_limits

from qmlcourse.transport import AntidotWire
from qmlcourse.ynet import (
    YNet,
    fingerprints,
    load_ynet,
    polish,
    position_error,
    ssim,
    thickness,
    warm_traces,
    wires,
)
from qmlcourse.ynet.recipes import recipe_of

POINTS = np.random.default_rng(0).normal(size=(12, 3))
SMALL = AntidotWire(9, 7)
FIELDS = np.linspace(0, 0.1, 4)
TARGET = SMALL.conductance(-3.0, FIELDS, [[4, 3, 1.0]])


def found_from(place):
    return polish(SMALL, -3.0, FIELDS, TARGET, [place], radius=1.0, starts=0, rounds=0)


LIMITS = {
    "temperature": (
        lambda t: warm_traces(wires("one"), np.zeros((1, 0, 3)), t),
        [],
        [0, -0.1, np.nan],
    ),
    "neighbours": (lambda n: thickness(POINTS, n), [4, 11], [3, 12]),
    "pictures": (
        lambda shape: ssim(np.ones((1, 16, 16)), np.ones(shape)),
        [(1, 16, 16)],
        [(2, 16, 16), (1, 16, 15)],
    ),
    "places": (
        lambda shape: position_error(np.ones((2, 1, 2)), np.ones(shape)),
        [(2, 1, 2), (2, 1, 3)],
        [(1, 1, 2), (2, 2, 2)],
    ),
    "channels": (lambda n: YNet(2, 4, (3, 2), 4, 4, n), [1, 2], [0, 3]),
    "guess": (
        found_from,
        [(0, 0), (8, 6), (4, 3)],
        [(-0.001, 3), (4, -0.001), (8.001, 3), (4, 6.001), (np.nan, 3)],
    ),
    "reader": (load_ynet, ["one"], ["ones", "live", "ynet_one"]),
    "trace": (
        load_ynet("one").decode,
        [np.ones(64)],
        [np.ones(63), np.ones((1, 64)), np.full(64, np.nan), np.full(64, np.inf)],
    ),
    "flow": (lambda name: load_ynet(name).candidates(np.ones(64), 1), ["symmetric"], ["two"]),
    "branch A": (
        lambda encoder: YNet(2, 4, (3, 2), 4, 4, encoder=encoder).redraw(torch.ones(1, 2, 3, 2)),
        [True],
        [False],
    ),
    "recipe": (recipe_of, ["one", "live", recipe_of("two")], ["four"]),
    "kind": (wires, ["one", "symmetric"], ["four"]),
    "count": (lambda n: fingerprints(n, 0), [1], [0, -1]),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_possible_value_is_taken_and_the_next_refused(name):
    check_limits(*LIMITS[name])
