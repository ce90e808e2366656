"""A pool of wires at many energies and fields, from which temperature and length average.

The pool takes some fifteen seconds, so it is shipped; `qmlcourse reproduce ucf_fingerprints` makes
it again.
"""

import io
import sys
from dataclasses import dataclass

import numpy as np

from ...storage import shipped
from .disordered_wire import DisorderedWire

ASSET = "ucf_warm_wires"
LENGTH, WIDTH, ENERGY, DISORDER = 40, 12, -0.85, 2.0
WIRES = 32
ENERGIES = ENERGY + np.linspace(-0.3, 0.3, 61)
QUANTA = np.linspace(0, 16, 49)  # flux quanta through the wire


@dataclass(frozen=True)
class Pool:
    """g (wire, energy, field) in e^2/h, with its energies (hoppings) and flux quanta."""

    conductance: np.ndarray
    energies: np.ndarray
    quanta: np.ndarray


def compute(seed=0, wires=WIRES, energies=None):
    """(wire, energy, field): the conductances of the pool; wire n has the seed (seed, n)."""
    energies = ENERGIES if energies is None else energies
    wire = DisorderedWire(LENGTH, WIDTH, ENERGY)
    numbers = np.random.SeedSequence(seed).generate_state(WIRES, np.uint32)[:wires]
    on_site = wire.potential(DISORDER, [int(n) for n in numbers])
    flux = QUANTA / (LENGTH * WIDTH)
    found = []
    for n, energy in enumerate(energies):
        found.append(wire.at(energy).conductance(on_site, flux))
        print(f"\rwarm wires: {n + 1} of {len(energies)} energies", end="", file=sys.stderr)
    print(file=sys.stderr)
    return np.stack(found, axis=1)


def store(path, seed=0):
    """Compute the pool and write it to `path` (.npz, single precision)."""
    data = io.BytesIO()
    np.savez_compressed(
        data, conductance=compute(seed).astype(np.float32), energies=ENERGIES, quanta=QUANTA
    )
    path.write_bytes(data.getvalue())


def shipped_pool():
    """The Pool that is shipped with the package."""
    with np.load(io.BytesIO(shipped.read(ASSET))) as found:
        return Pool(found["conductance"].astype(float), found["energies"], found["quanta"])
