"""A pool of wires at many energies and fields, from which temperature and length average.

The pool takes some fifteen seconds, so it is shipped; `qmlcourse reproduce ucf_fingerprints` makes
it again.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...storage import shipped
from ...storage.atomic import write_bytes
from .disordered_wire import DisorderedWire

ASSET = "ucf_warm_wires"
LENGTH, WIDTH, ENERGY, DISORDER = 40, 12, -0.85, 2.0
WIRES = 32
ENERGIES = ENERGY + np.linspace(-0.3, 0.3, 61)
QUANTA = np.linspace(0, 16, 49)  # flux quanta through the wire


@dataclass(frozen=True)
class WarmPool:
    """Conductances of many wires at many energies and fields.

    Attributes
    ----------
    conductance : numpy.ndarray
        (wire, energy, field) in e^2/h.
    energies : numpy.ndarray
        (energy,) in hoppings.
    quanta : numpy.ndarray
        (field,) flux quanta through the whole wire.
    """

    conductance: np.ndarray
    energies: np.ndarray
    quanta: np.ndarray


def pool_conductance(
    seed: int = 0, wires: int = WIRES, energies: np.ndarray | None = None
) -> np.ndarray:
    """Compute the conductances of the pool, (wire, energy, field) in e^2/h.

    Parameters
    ----------
    seed
        All wires follow from it; the first ones do not depend on how many there are.
    wires
        How many of the WIRES wires.
    energies
        (energy,) in hoppings; default ENERGIES.
    """
    energies = ENERGIES if energies is None else energies
    wire = DisorderedWire(LENGTH, WIDTH)
    numbers = np.random.SeedSequence(seed).generate_state(WIRES, np.uint32)[:wires]
    on_site = wire.potential(DISORDER, numbers)
    flux = QUANTA / (LENGTH * WIDTH)
    found = []
    for n, energy in enumerate(energies):
        found.append(wire.conductance(energy, flux, on_site))
        print(f"\rwarm wires: {n + 1} of {len(energies)} energies", end="", file=sys.stderr)
    print(file=sys.stderr)
    return np.stack(found, axis=1)


def store(path: Path, seed: int = 0) -> None:
    """Compute the pool and write it to a file.

    Parameters
    ----------
    path
        With the ending .npz; the conductances are stored in single precision.
    seed
        As for :func:`pool_conductance`.
    """
    data = io.BytesIO()
    g = pool_conductance(seed).astype(np.float32)
    np.savez_compressed(data, conductance=g, energies=ENERGIES, quanta=QUANTA)
    write_bytes(path, data.getvalue())


def shipped_pool() -> WarmPool:
    """Return the pool that is shipped with the package."""
    with np.load(io.BytesIO(shipped.read(ASSET))) as found:
        return WarmPool(found["conductance"].astype(float), found["energies"], found["quanta"])
