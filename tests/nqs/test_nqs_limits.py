"""The limits of what the functions of `nqs` take: the last possible value, the first beyond."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from limits import check_limits

from qmlcourse.nqs import (
    RBM,
    Autoregressive,
    Reachable,
    SearchSettings,
    Sector,
    count_determinants,
    dimerised_ring,
    exact_bands,
    exact_ground_state,
    hartree_fock,
    hydrogen_ring,
    load_crystal,
    quasiparticle_bands,
)


@cache
def ring(atoms=2):
    return hydrogen_ring(atoms, 1.8)


@cache
def solved():
    return exact_ground_state(ring(4))


def changed(name, value):
    array = getattr(ring(), name).copy()
    array[(0,) * array.ndim] = value
    return replace(ring(), **{name: array})


def network(more):
    table = Reachable(ring(), (1, 1), 0)
    count = len(Autoregressive.start(table, 0, width=2).parameters)
    return Autoregressive(torch.zeros(count + more), table, 2)


def lower(imaginary):
    """A crystal whose one-body part misses being Hermitian by twice a number."""
    return replace(ring(), one_body=ring().one_body + 1j * imaginary)


LIMITS = {
    "atoms": (lambda n: hydrogen_ring(n, 2.0), [2, 4.0], [0, 26, 3, 2.5, 5]),
    "spacing": (lambda d: hydrogen_ring(2, d), [0.5, 12], [0.499, 12.001]),
    "cells": (lambda n: dimerised_ring(n, 1.4, 2.0), [2, 3.0], [0, 1, 13, 2.5, -1]),
    "short bond": (lambda d: dimerised_ring(2, d, 2.0), [0.5], [0.499, 12.1]),
    "long bond": (lambda d: dimerised_ring(3, 1.4, d), [2.7], [12.001, 0.49]),
    "parameters": (network, [0], [1, -1]),
    "hidden units": (lambda n: RBM(torch.zeros(n), 4), [9, 14], [4, 8, 10]),
    "order": (lambda n: quasiparticle_bands(ring(4), solved(), n), [1, 2, "2"], [0, 3]),
    "spin": (lambda s: exact_bands(ring(4), solved(), s), ["up", "down"], ["left"]),
    "pick": (
        lambda p: exact_bands(ring(4), solved(), pick=p),
        ["lowest", "heaviest"],
        ["highest"],
    ),
    "crystal": (lambda c: exact_bands(c, solved()), [ring(4)], [ring(2)]),
    "integrals": (
        lambda name: replace(ring(), **{name: getattr(ring(), name)[..., :0]}),
        [],
        ["one_body", "two_body"],
    ),
    "finite": (
        lambda what: changed(*what),
        [("one_body", -1.0), ("two_body", 1.0)],
        [("one_body", np.nan), ("two_body", np.inf)],
    ),
    "Hermitian": (lower, [0, 4e-7], [6e-7, 1]),
    "electrons": (lambda n: hartree_fock(ring(4), n), [2, 6, 8], [0, 3, 10, -2]),
    "level": (lambda n: hartree_fock(ring(4), n), [2], [4]),
    "momentum": (lambda k: Sector(ring(4), 2, k), [0, 3, 1.0], [-1, 4, 0.5]),
    "numbers": (
        lambda n: Sector(ring(2), n, 0),
        [(1, 1), 2, (2, 2), (0, 0)],
        [(-1, 1), (1, -1), (3, 1), (1, 3), 3],
    ),
    "reachable": (lambda n: Reachable(ring(2), n, 1), [(1, 0), (1, 1)], [(0, 0), (2, 2)]),
    "empty sector": (lambda n: Sector(ring(2), n, 1), [(1, 0)], [(0, 0), (2, 2)]),
    "library": (load_crystal, ["chain-6"], ["chain-7"]),
    "method": (lambda m: SearchSettings(method=m), ["newton", "sr", "minsr"], ["adam"]),
    "step": (lambda s: SearchSettings(step=s), [1e-9], [0, -1]),
    "shift": (lambda s: SearchSettings(shift=s), [1e-9], [0, -1]),
    "cap": (lambda s: SearchSettings(cap=s), [1e-9], [0, -1]),
    "floor": (
        lambda f: SearchSettings(regularisation=0.01, floor=f),
        [0.01, 1e-9],
        [0, 0.0101, -1],
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_possible_value_is_taken_and_the_next_refused(name):
    check_limits(*LIMITS[name])


def test_only_determinants_that_exist_are_counted():
    assert count_determinants(ring(2), (1, 1), 0) == 2
    assert count_determinants(ring(2), (1, 1), 1) == 2
    assert count_determinants(ring(2), (2, 1), 0) == 1
