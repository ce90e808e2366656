"""What is computed of many arrangements at many points: group by group, block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..arrays import Array
from . import _antidot_direct, _antidot_sites, _antidot_solve
from ._antidot_direct import Direct
from ._antidot_sites import Holes
from ._antidot_solve import Solved
from ._green import Tables
from ._points import Points
from ._prepared_fields import PreparedFields

Quantity = Callable[[Solved | Direct], Array]  # gives (point, sample, ...)


class AntidotBatch:
    """One request to a wire with antidots.

    Parameters
    ----------
    notch
        (length, width) boolean, the sites that the notch removes.
    fields
        The prepared fields of the wire.
    points
        Energies and fields of the request.
    antidots
        (sample, K, 3) or (K, 3).
    xp, dtype, device
        Array library, complex precision and device of the result.

    Attributes
    ----------
    left : numpy.ndarray
        (sample, x, y) boolean, the sites that are left.
    """

    def __init__(
        self,
        notch: np.ndarray,
        fields: PreparedFields,
        points: Points,
        antidots: ArrayLike,
        xp: ModuleType,
        dtype: Any,
        device: Any,
    ) -> None:
        self.notch, self.fields, self.points = notch, fields, points
        self.xp, self.dtype, self.device = xp, dtype, device
        self.size = notch.shape
        self._circles, self._single = _antidot_sites.circles(antidots, *self.size)

    @property
    def left(self) -> np.ndarray:
        """(sample, x, y) boolean, the sites that are left."""
        return ~(_antidot_sites.covered(self._circles, *self.size) | self.notch)

    def shaped(self, result: Array) -> Array:
        """Return (sample, point, ...) with the axes that the request has."""
        return self.points.shaped(result, self._single)

    def _holes(self) -> list[Holes]:
        step = max(1, 2**24 // self.notch.size)  # any value: wires looked at together
        found = []
        for start in range(0, len(self._circles), step):
            part = _antidot_sites.covered(self._circles[start : start + step], *self.size)
            found += _antidot_sites.find_holes(part, self.notch)
        return found

    def collect(
        self,
        wanted: Sequence[str],
        quantity: Quantity,
        tail: tuple[int, ...] = (),
        *,
        real: bool = False,
        columns: int = 0,
    ) -> Array:
        """Return `quantity` of all samples and points, (sample, point, *tail).

        Parameters
        ----------
        wanted, quantity
            The sides from which waves come in, and a function of a solution.
        tail
            Shape of the quantity for one sample and point, at the most channels.
        real
            Whether it is real.
        columns
            Sites of the columns of G0 that it takes, which need memory.
        """
        holes = self._holes()
        shape = (len(holes), len(self.points), *tail)
        kind = arrays.real_dtype(self.xp, self.dtype) if real else self.dtype
        result = self.xp.zeros(shape, dtype=kind, device=self.device)
        blocks = self.fields.tables(self.points, self.xp, self.dtype, self.device)
        for tables, numbers in blocks:
            for samples, sites, valid in _antidot_solve.groups(holes, self.device):
                rank = sites.shape[1]
                each = tables.green.itemsize * (2 * rank**2 + columns * rank + int(np.prod(tail)))
                for s, p in _antidot_solve.parts(len(samples), len(numbers), each, self.device):
                    piece = self._piece(
                        tables.at(p),
                        [holes[n] for n in samples[s]],
                        sites[s],
                        None if valid is None else valid[s],
                        wanted,
                        quantity,
                    )
                    at = np.ix_(samples[s], numbers[p])
                    tails = (slice(n) for n in piece.shape[2:])
                    result[*at, *tails] = self.xp.moveaxis(piece, 0, 1)
        return result

    def _piece(
        self,
        tables: Tables,
        holes: Sequence[Holes],
        sites: np.ndarray,
        valid: np.ndarray | None,
        wanted: Sequence[str],
        quantity: Quantity,
    ) -> Array:
        """Return `quantity` (point, sample, ...) for samples whose rims have one size."""
        masks = None if valid is None else self._place(valid)
        result, bad = None, np.ones((len(tables.flux), len(holes)), bool)
        if tables.finite.all():
            try:
                solved, growth = _antidot_solve.solve(
                    tables, self._place(sites), masks, *self.size, wanted, self.xp, self.device
                )
                result = quantity(solved)
                bad = ~_antidot_solve.trusted(growth, tables.green.dtype)
            except (np.linalg.LinAlgError, RuntimeError) as error:
                if "singular" not in str(error).lower():
                    raise
        single = {
            (int(p), int(s)): quantity(self._alone(tables, int(p), holes[s], wanted))[0, 0]
            for p, s in np.argwhere(bad)
        }
        if result is None:
            shapes = np.array([one.shape for one in single.values()]).reshape(len(single), -1)
            kind = tables.green.dtype
            kind = kind if np.iscomplexobj(single[0, 0]) else arrays.real_dtype(self.xp, kind)
            shape = (*bad.shape, *(int(n) for n in shapes.max(0)))
            result = self.xp.zeros(shape, dtype=kind, device=self.device)
        for at, one in single.items():  # a field with fewer channels fills the first of them
            result[(*at, *(slice(n) for n in one.shape))] = self._place(one)
        return result

    def _place(self, array: np.ndarray) -> Array:
        return array if self.device is None else self.xp.asarray(array, device=self.device)

    def _alone(
        self, tables: Tables, point: int, holes: Holes, wanted: Sequence[str]
    ) -> Solved | Direct:
        """Solve one wire at one point in double precision, with all removed sites or as a whole."""
        if not tables.finite[point]:
            gone = np.concatenate([np.flatnonzero(self.notch), holes.all])
            energy, flux = float(tables.energy[point]), float(tables.flux[point])
            return _antidot_direct.solve(*self.size, energy, flux, gone)
        one = tables.at(slice(point, point + 1)).cast(np, np.complex128, None)
        return _antidot_solve.solve_carefully(one, holes, *self.size, wanted)
