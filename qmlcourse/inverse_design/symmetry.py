"""Symmetries of a design: which rotations, mirrors and translations it keeps, up to a gauge.

A symmetry of a model in a magnetic field seldom maps each phase onto itself; it maps the fluxes,
the amplitudes and the on-site energies. These are compared, so that no gauge stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from .gauge import one_model
from .loops import three_bond_walks, wrapped
from .tight_binding import Lattice, TightBinding


@dataclass(frozen=True)
class Symmetry:
    """One operation and how well a model keeps it.

    Attributes
    ----------
    name
        Such as ``"rotation by 120° about orbital 0"``.
    deviation
        Largest change of a flux (in pi), amplitude or on-site energy (in hoppings) under it.
    kept
        Whether the deviation is below the tolerance.
    """

    name: str
    deviation: float
    kept: bool


def symmetries(model: TightBinding, tolerance: float = 0.02, only: str = "") -> list[Symmetry]:
    """Return which symmetries of its lattice a model in the plane keeps, and how well.

    Time reversal; translations by less than a cell; rotations by 180, 120 and 60 degrees about
    orbitals, middles of bonds and of triangles; mirrors, each alone and with time reversal where
    it turns the sense of a flux. Operations that the bare lattice does not have are left out.

    Parameters
    ----------
    model
        One model in the plane.
    tolerance
        Largest `deviation` of a symmetry that counts as kept.
    only
        A word, such as ``"translation"``, that the names must hold.

    Raises
    ------
    ValueError
        For a batch.
    """
    one_model(model)
    read = _Reader(model)
    asked = [("time reversal", np.eye(2), np.zeros(2), True)]
    for name, matrix, shift in _operations(model.lattice):
        asked.append((name, matrix, shift, False))
        if name.startswith("mirror"):
            asked.append((f"{name} with time reversal", matrix, shift, True))
    found = [(name, read.deviation(*how)) for name, *how in asked if only in name]
    return [Symmetry(name, d, d < tolerance) for name, d in found if d is not None]


def _operations(lattice: Lattice) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(name, matrix, shift) of what may map the lattice on itself: r -> matrix r + shift."""
    positions = lattice.positions
    for n in range(1, lattice.orbitals):
        yield f"translation from orbital 0 to {n}", np.eye(2), positions[n] - positions[0]
    near = np.sort(np.hypot(*lattice.steps.T))[0]
    steps = lattice.steps[np.hypot(*lattice.steps.T) < near + 1e-9]
    corner = positions[0] + (steps[0] + _rotation(60) @ steps[0]) / 3
    hexagon = positions[0] + _rotation(60) @ steps[0]  # opposite of two sides: a centre
    centres = {
        "orbital 0": positions[0],
        "a bond's middle": positions[0] + steps[0] / 2,
        "a triangle's middle": corner,
        "a hexagon's middle": hexagon,
    }
    if lattice.name == "honeycomb":
        del centres["a triangle's middle"]
    else:
        del centres["a hexagon's middle"]
    for words, centre in centres.items():
        for angle in (60, 120, 180):
            matrix = _rotation(angle)
            yield f"rotation by {angle}° about {words}", matrix, centre - matrix @ centre
    for angle in (0, 30, 60, 90, 120, 150):
        turn = _rotation(2 * angle)
        matrix = turn @ np.diag([1.0, -1.0])
        origin = positions[0]
        yield f"mirror at {angle}° through orbital 0", matrix, origin - matrix @ origin


def _rotation(degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]])


class _Reader:
    """The fluxes of a model, and what an operation does to them."""

    def __init__(self, model: TightBinding) -> None:
        self._lattice = model.lattice
        phase = torch.angle(model.hoppings).detach().cpu().numpy()
        self._size = model.hoppings.detach().abs().cpu().numpy()
        self._on_site = model.on_site.detach().cpu().numpy()
        self._walks = [walk for _, walk, _, _ in three_bond_walks(model.lattice)]
        self._flux = [wrapped(sum(s * phase[b] for b, s in walk)) for walk in self._walks]
        self._known = {}
        for n, walk in enumerate(self._walks):
            for turn in range(3):
                forth = walk[turn:] + walk[:turn]
                back = tuple((b, -s) for b, s in forth[::-1])
                # a walk may be its own way back; then its flux is 0 or pi and the sign is nothing
                self._known.setdefault(back, (n, -1))
                self._known[forth] = (n, 1)
        self._bond = {}
        for n, (to, start, *cell) in enumerate(self._lattice.bonds):
            self._bond[int(to), int(start), *map(int, cell)] = (n, 1)
            self._bond[int(start), int(to), *(-int(c) for c in cell)] = (n, -1)

    def deviation(self, matrix: np.ndarray, shift: np.ndarray, reversal: bool) -> float | None:
        """Largest change under r -> matrix r + shift; None where the lattice has no such map."""
        lattice = self._lattice
        cells = (matrix @ lattice.vectors.T).T @ np.linalg.inv(lattice.vectors)
        if np.abs(cells - np.round(cells)).max() > 1e-6:
            return None  # the cell does not map on itself
        places = [self._place(matrix @ r + shift) for r in lattice.positions]
        images = []
        for to, start, *cell in lattice.bonds:
            end = self._place(matrix @ (lattice.positions[to] + cell @ lattice.vectors) + shift)
            if end is None or None in places:
                return None
            key = (end[0], places[start][0], *(end[1] - places[start][1]))
            if key not in self._bond:
                return None
            images.append(self._bond[key])
        worst = max(abs(self._size[n] - self._size[m]) for n, (m, _) in enumerate(images))
        on_site = [self._on_site[n] - self._on_site[p[0]] for n, p in enumerate(places)]
        worst = max(worst, np.abs(on_site).max())
        # a walk keeps its way; time reversal turns the sign of its flux
        for walk, flux in zip(self._walks, self._flux, strict=True):
            number, way = self._known[tuple((images[b][0], s * images[b][1]) for b, s in walk)]
            there = way * self._flux[number] * (-1 if reversal else 1)
            worst = max(worst, abs(wrapped((there - flux) / np.pi, half_turn=1)))
        return float(worst)

    def _place(self, position: np.ndarray) -> tuple[int, np.ndarray] | None:
        """(orbital, cell) at a position, or None."""
        lattice = self._lattice
        for n, known in enumerate(lattice.positions):
            cell = np.linalg.solve(lattice.vectors.T, position - known)
            if np.abs(cell - np.round(cell)).max() < 1e-6:
                return n, np.round(cell).astype(int)
        return None
