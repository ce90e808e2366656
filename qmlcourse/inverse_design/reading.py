"""Reading a design: gauge-invariant fluxes through its small loops, and gauges that show them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from .tight_binding import TightBinding


@dataclass(frozen=True)
class Loop:
    """A closed path of three bonds, anticlockwise, and the flux through it.

    Attributes
    ----------
    orbitals : the orbitals it visits
    bonds : ((bond, +1 or -1), ...), -1 where a bond is walked against its direction
    lengths : lengths of its sides, rising, in bond lengths
    area : enclosed area; zero for a path along a line
    flux : phase (...,) of the product of the amplitudes around it, -pi to pi
    """

    orbitals: tuple
    bonds: tuple
    lengths: tuple
    area: float
    flux: np.ndarray


def fluxes(model):
    """The fluxes through all loops of three bonds, modulo lattice translations.

    No choice of gauge changes them; together with the amplitudes they are all that a model of one
    orbital a site is. Returns a list of Loop, sorted by the lengths of their sides.
    """
    phase = torch.angle(model.hoppings).detach().cpu().numpy()
    found = [
        Loop(orbitals, walk, lengths, area, _wrapped(sum(s * phase[..., b] for b, s in walk)))
        for orbitals, walk, lengths, area in _triangles(model.lattice)
    ]
    return sorted(found, key=lambda loop: (loop.lengths, loop.orbitals, loop.bonds))


def flux_table(model, tolerance=0.02):
    """The fluxes of one model, gathered: one row for each shape of loop and each value.

    Returns a list of dicts with `lengths` (sides, in bond lengths), `area`, `flux` (mean, in units
    of pi, -1 to 1), `spread` (largest distance from the mean, in pi) and `count`. Loops whose flux
    differs by less than `tolerance` (in pi) from one row's are gathered in it. The flux of a path
    along a line has no sign of its own; it is given as positive.
    """
    if model.hoppings.ndim != 1:
        raise ValueError("one model at a time: take model[n] of a batch.")
    rows = []
    for loop in fluxes(model):
        value = float(loop.flux) / np.pi
        value = value if loop.area > 1e-9 else abs(value)
        for row in rows:
            near = abs(_turn(value - row["values"][0])) < tolerance
            if row["lengths"] == loop.lengths and near:
                row["values"].append(row["values"][0] + _turn(value - row["values"][0]))
                break
        else:
            rows.append({"lengths": loop.lengths, "area": loop.area, "values": [value]})
    for row in rows:
        values = np.array(row.pop("values"))
        mean = values.mean()
        row |= {"flux": float(_turn(mean)), "spread": float(np.abs(values - mean).max())}
        row["count"] = len(values)
    return rows


def haldane_part(model):
    """(phi, m, t2): the Haldane model nearest to a model on the honeycomb, each (...,) arrays.

    The mean of the six complex second-neighbour amplitudes, and half the difference of the two
    on-site energies. For a design that is not finished this is a projection.
    """
    second = model.hoppings.detach()[..., 3:].mean(-1).cpu().numpy()
    on_site = model.on_site.detach().cpu().numpy()
    return np.angle(second), (on_site[..., 0] - on_site[..., 1]) / 2, np.abs(second)


def _turn(value):
    """A phase in units of pi, between -1 (not reached) and 1."""
    return -((1 - value) % 2 - 1)


def transform_gauge(model, angles):
    """The same model after the phase angles[n] has been put on orbital n; nothing observable moves.

    Amplitudes become t exp(i (angle of the end - angle of the start)).
    """
    angles = torch.as_tensor(angles, dtype=torch.float64)
    to, start = (torch.as_tensor(model.lattice.bonds[:, n].copy()) for n in (0, 1))
    turn = angles[..., to] - angles[..., start]
    return TightBinding(
        model.lattice, model.hoppings * torch.polar(torch.ones_like(turn), turn), model.on_site
    )


def fix_gauge(model):
    """The same model in a gauge in which the bonds of a tree over the orbitals have no phase."""
    if model.hoppings.ndim != 1:
        raise ValueError("one model at a time: take model[n] of a batch.")
    phase = torch.angle(model.hoppings).detach().cpu().numpy()
    bonds = model.lattice.bonds
    angles, reached = np.zeros(model.lattice.orbitals), {0}
    while True:
        for n, (to, start, *_) in enumerate(bonds):
            if start in reached and to not in reached:
                angles[to] = angles[start] - phase[n]
                reached.add(to)
                break
            if to in reached and start not in reached:
                angles[start] = angles[to] + phase[n]
                reached.add(start)
                break
        else:
            return transform_gauge(model, angles)


@lru_cache(maxsize=16)
def _triangles(lattice):
    """Tuple of (orbitals, walk, lengths, area) of all closed walks of three bonds, each once."""
    return tuple(_closed_walks(lattice))


def _closed_walks(lattice):
    moves = {n: [] for n in range(lattice.orbitals)}
    for n, (bond, step) in enumerate(zip(lattice.bonds, lattice.steps, strict=True)):
        to, start, cell = bond[0], bond[1], bond[2:]
        moves[start].append((n, 1, to, cell, step))
        moves[to].append((n, -1, start, -cell, -step))
    known = set()
    for origin in range(lattice.orbitals):
        for first in moves[origin]:
            for second, third in _pairs(moves, first):
                walk = tuple((m[0], m[1]) for m in (first, second, third))
                cells = first[3] + second[3] + third[3]
                if third[2] != origin or cells.any() or _returns(walk):
                    continue
                a, b = first[4], second[4]
                area = (a[0] * b[1] - a[1] * b[0]) / 2
                walk = walk if area > -1e-9 else tuple((n, -s) for n, s in walk[::-1])
                turns = [walk[n:] + walk[:n] for n in range(3)]
                back = tuple((n, -s) for n, s in walk[::-1])
                if abs(area) < 1e-9:  # a line has no sense of rotation
                    turns += [back[n:] + back[:n] for n in range(3)]
                key = min(turns)
                if key in known:
                    continue
                known.add(key)
                sides = sorted(round(float(np.hypot(*m[4])), 6) for m in (first, second, third))
                yield (origin, first[2], second[2]), key, tuple(sides), abs(float(area))


def _pairs(moves, first):
    for second in moves[first[2]]:
        for third in moves[second[2]]:
            yield second, third


def _returns(walk):
    """Whether a step undoes the one before it."""
    following = walk[1:] + walk[:1]
    return any(a == (n, -s) for a, (n, s) in zip(walk, following, strict=True))


def _wrapped(phase):
    return -((np.pi - np.asarray(phase)) % (2 * np.pi) - np.pi)
