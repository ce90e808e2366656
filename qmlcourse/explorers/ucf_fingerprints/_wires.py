"""What the explorers of this chapter share: prepared wires, their fields, and their pictures."""

import numpy as np
from cachetools import FIFOCache

from ...transport.wires.prepared import prepared_wire

LENGTH, WIDTH, ENERGY = 60, 22, -2.6
QUANTA = np.arange(81) / 4  # flux quanta through the whole wire
FLUX_LABEL = "flux through the wire Φ (h/e)"
G_LABEL = "conductance g (e²/h)"


def per_plaquette(quanta, length=LENGTH, width=WIDTH):
    """Flux quanta through one plaquette from those through the whole wire."""
    return np.asarray(quanta, float) / (length * width)


_ready = FIFOCache(maxsize=3)  # energy -> wire; the oldest goes first


def wire(energy=ENERGY):
    """The wire of this chapter with all its fields ready; three energies are kept at a time."""
    if energy not in _ready:
        _ready[energy] = prepared_wire(LENGTH, WIDTH, energy, per_plaquette(QUANTA))
    return _ready[energy]


def ready(energy):
    """The same, or None where it would have to be prepared first."""
    return _ready.get(energy)


def random_places(seed, count, radius, length=LENGTH, width=WIDTH, margin=3):
    """`count` places (x, y) of antidots in the wire that keep a distance from each other.

    A tuple of tuples, in hundredths of a site, `margin` sites or more from the ends of the wire.
    """
    rng = np.random.default_rng(seed)
    places, tries = [], 0
    while len(places) < count:
        tries += 1
        apart = (2 * radius + 1.5) * 0.98 ** (tries / 20)  # crowded: come closer, never stop
        x, y = rng.uniform((margin, 1), (length - 1 - margin, width - 2))
        if all(np.hypot(x - a, y - b) > apart for a, b in places):
            places.append((round(float(x), 2), round(float(y), 2)))
    return tuple(places)


def similarity(first, second):
    """Correlation coefficient of two curves; NaN when one of them is flat."""
    a, b = first - np.mean(first), second - np.mean(second)
    norm = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / norm) if norm > 1e-12 else float("nan")


MANY, FEW = (
    200,
    8,
)  # wires of an ensemble, and those that are drawn at once; a worker brings the rest
MANY_ENERGY = -0.85
_BLOCK = 25


def few_wires(wire, disorder, seed):
    """Potentials of the first wires of an ensemble."""
    return _potentials(wire, disorder, seed, 0, FEW)


def many_wires(explorer, wire, disorder, seed, calculate):
    """What `calculate(potentials)` gives for a whole ensemble, block by block.

    None where the explorer's state has changed meanwhile.
    """
    parts = []
    for start in range(0, MANY, _BLOCK):
        if explorer.outdated():
            return None
        parts.append(calculate(_potentials(wire, disorder, seed, start, _BLOCK)))
    return np.concatenate(parts)


def _potentials(wire, disorder, seed, start, count):
    return wire.potential(disorder, range(10_000 * seed + start, 10_000 * seed + start + count))
