"""From a request to its result: batches of sweeps, joined, and direct solutions where they fail."""

from __future__ import annotations

import numpy as np

from .. import arrays
from ..arrays import Array
from . import _join, _sweep
from ._task import Task

_CHUNK = 64  # any value: sweeps in one batch on a CPU, larger ones fall out of its cache
# largest element of a folded part's Green's function up to which the sweep is exact: above it, the
# part has a level of its own near the energy (errors of 1e-9 were seen from 1e6 on)
_SAFE = {"complex128": 1e5, "complex64": 1e4}


class Solver:
    """Computes what is asked of one ring, and keeps the last halves for the next flux."""

    def __init__(self) -> None:
        self._halves: dict[tuple, _join.Halves] = {}

    def solve(self, task: Task, quantity: _join.Quantity, keep: bool = False) -> Array:
        """Compute `quantity` on chunks of the batch and put the pieces together."""
        size = task.count if task.device is not None and task.device.type != "cpu" else _CHUNK
        pieces = []
        for start in range(0, task.count, size):
            part = slice(start, min(start + size, task.count))
            pieces.append(self._run(task, part, quantity, keep))
        return pieces[0] if len(pieces) == 1 else task.xp.concat(pieces)

    def _run(self, task: Task, part: slice, quantity: _join.Quantity, keep: bool) -> Array:
        """Return `quantity` for a part of the batch; where the sweep is unsafe, solve directly."""
        try:
            halves = self._fold(task, part, keep)
        except (np.linalg.LinAlgError, RuntimeError) as error:
            if not _is_singular(error):
                raise
            if part.stop - part.start == 1:
                return self._direct(task, part.start, quantity)[None]
            middle = (part.start + part.stop) // 2
            both = slice(part.start, middle), slice(middle, part.stop)
            return task.xp.concat([self._run(task, one, quantity, keep) for one in both])
        result = quantity.joined(task, halves, task.phases(part))
        growth = np.maximum(*(arrays.to_numpy(half.growth) for half in halves))
        limit = _SAFE["complex64" if "complex64" in str(task.dtype) else "complex128"]
        for n in np.flatnonzero(~(growth < limit)):
            result[int(n)] = self._direct(task, part.start + int(n), quantity)
        return result

    def _direct(self, task: Task, number: int, quantity: _join.Quantity) -> Array:
        ring, quanta = task.direct(number)
        result = quantity.direct(ring, quanta)
        if np.iscomplexobj(result):
            return task.cast(result)
        return task.xp.real(task.cast(result))

    def _fold(self, task: Task, part: slice, keep: bool) -> _join.Halves:
        """Return both halves for a part of the batch; the last ones are kept for the next flux."""
        key = (task.key, part.start, part.stop)
        known = self._halves.get(key)
        if known is not None and (known[0].inner or not keep):
            return known
        lattice = task.lattice
        energy, flux, on_site = task.sweep_inputs(part)
        xs = sorted(lattice.columns)
        halves = []
        for inward, order in ((1, [x for x in xs if x <= 0]), (-1, [x for x in xs[::-1] if x > 0])):
            attach = (-inward * lattice.lead_end, np.array(lattice.lead_rows))
            leads = task.leads(part, inward)
            halves.append(
                _sweep.sweep(
                    lattice.columns,
                    order,
                    attach,
                    leads,
                    energy,
                    flux,
                    on_site,
                    task.xp,
                    task.dtype,
                    task.device,
                    keep,
                )
            )
        self._halves = {key: tuple(halves)}  # one entry: a new energy replaces the old
        return tuple(halves)


def _is_singular(error: Exception) -> bool:
    """Return whether a matrix was singular: NumPy and torch report it by different classes."""
    return "singular" in str(error).lower()
