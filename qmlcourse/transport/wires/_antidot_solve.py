"""Antidots as a finite-rank change of the clean wire: the small linear systems and their results.

Removing the sites s leaves G = G0 - G0[:, s] (G0[s, s])^-1 G0[s, :]. A wave psi0 of the clean wire
becomes psi0 - G0[:, s] X with G0[s, s] X = psi0[s]. A closed rim cuts its inside off, so the rim
alone is enough, unless the inside has a level right at the energy: then G0[s, s] is singular. Each
system carries a probe column that shows it, and such wires are solved again with all their removed
sites (by least squares where even the outer wire has a bound state, which no wave feels).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from .. import arrays
from ..arrays import Array
from ._antidot_sites import Holes
from ._green import Tables, pair_index

_SIDE = {"left": 0, "right": 1}
# largest growth of the probe up to which a result is trusted
_SAFE = {"complex128": 1e5, "complex64": 3e2}
_SHARE = 4 * 2**20  # any value: bytes of small matrices at a time on a CPU, about its cache
_GPU_SHARE = 2**30  # any value: bytes of small matrices at a time on a GPU


@dataclass
class Solved:
    """Solutions for some points and samples: `tables` at these points, X for each source side."""

    tables: Tables
    sites: Array  # (sample, r)
    x: dict[str, Array]  # side -> (point, sample, r, c)
    xp: ModuleType
    device: Any

    def transmitted(self, to: str, source: str) -> Array:
        """Return Q^dagger G Q from a source to a side, (point, sample, c, c)."""
        to, at = _SIDE[to], _SIDE[source]
        out = self.tables.out[to][:, :, self.sites]  # (point, c, sample, r)
        out = self.xp.moveaxis(out, 2, 1)
        return self.tables.straight[to, at][:, None] - out @ self.x[source]

    def states(self, source: str, length: int, width: int) -> Array:
        """Return the scattering states (point, sample, N, c); not yet zero on the removed sites."""
        every = self.xp.arange(length * width, device=self.device)
        index = pair_index(every[:, None], self.sites[:, None, :], length, width)
        x = self.x[source]
        pull = _take(self.xp, self.tables.green, index) @ x
        if self.tables.notch_left.shape[-1]:
            b = self.xp.moveaxis(self.tables.notch_right[:, :, self.sites], 2, 1)
            pull = pull - self.tables.notch_left[:, None] @ (b @ x)
        return self.tables.into[_SIDE[source]][:, None] - pull


def solve(
    tables: Tables,
    sites: Array,
    valid: Array | None,
    length: int,
    width: int,
    wanted: Sequence[str],
    xp: ModuleType,
    device: Any,
) -> tuple[Solved, np.ndarray]:
    """Return Solved and growth (point, sample) for samples that remove the `sites` (sample, r).

    `valid` (sample, r) is None, or false where a place is only padding.
    """
    matrix = green_among(tables, sites, length, width, xp)
    columns = [tables.into[_SIDE[source]][:, sites] for source in wanted]
    columns.append(_probe(columns[0], xp, device))
    right = xp.concat(columns, axis=-1)
    if valid is not None:
        both = valid[:, :, None] & valid[:, None, :]
        eye = xp.eye(sites.shape[1], dtype=matrix.dtype, device=device)
        matrix = xp.where(both[None], matrix, eye)
        right = xp.where(valid[None, :, :, None], right, xp.zeros_like(right))
    x = xp.linalg.solve(matrix, right)
    channels = columns[0].shape[-1]
    parts = {s: x[..., n * channels : (n + 1) * channels] for n, s in enumerate(wanted)}
    probe = xp.abs(x[..., -1])
    growth = xp.max(probe, axis=-1) if probe.shape[-1] else xp.sum(probe, axis=-1)
    return Solved(tables, sites, parts, xp, device), arrays.to_numpy(growth)


def green_among(tables: Tables, sites: Array, length: int, width: int, xp: ModuleType) -> Array:
    """Return G0 of the wire with its notch among the sites (sample, r): (point, sample, r, r)."""
    matrix = _take(
        xp, tables.green, pair_index(sites[:, :, None], sites[:, None, :], length, width)
    )
    if tables.notch_left.shape[-1]:
        a, b = tables.notch_left[:, sites], tables.notch_right[:, :, sites]
        matrix = matrix - a @ xp.moveaxis(b, 2, 1)
    return matrix


def solve_carefully(
    tables: Tables, holes: Holes, length: int, width: int, wanted: Sequence[str]
) -> Solved:
    """Return Solved for one point and sample with all removed sites, in double precision."""
    sites = holes.all
    matrix = tables.green[0][pair_index(sites[:, None], sites, length, width)]
    matrix = matrix - tables.notch_left[0][sites] @ tables.notch_right[0][:, sites]
    columns = [tables.into[_SIDE[source]][0][sites] for source in wanted]
    x = np.linalg.lstsq(matrix, np.concatenate(columns, axis=-1), rcond=1e-9)[0]
    parts = np.split(x, len(wanted), axis=-1)
    parts = {source: part[None, None] for source, part in zip(wanted, parts, strict=True)}
    return Solved(tables, sites[None], parts, np, None)


def trusted(growth: np.ndarray, dtype: Any) -> np.ndarray:
    """Return where the growth (point, sample) is small enough."""
    return growth < _SAFE["complex64" if "complex64" in str(dtype) else "complex128"]


def groups(
    all_holes: Sequence[Holes], device: Any
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    """Yield numbers, sites (sample, r) and `valid` or None of samples with rims of one size.

    On a GPU sizes are rounded up to multiples of 16, so that a batch holds many samples.
    """
    step = 1 if on_cpu(device) else 16
    sizes = np.array([-(-len(one.rim) // step) * step for one in all_holes])
    for size in np.unique(sizes):
        numbers = np.flatnonzero(sizes == size)
        sites = np.zeros((len(numbers), size), np.int64)
        valid = np.zeros((len(numbers), size), bool)
        for row, number in enumerate(numbers):
            rim = all_holes[number].rim
            sites[row, : len(rim)] = rim
            valid[row, : len(rim)] = True
        yield numbers, sites, None if valid.all() else valid


def on_cpu(device: Any) -> bool:
    """Return whether a device is the CPU; None stands for NumPy."""
    return device is None or device.type == "cpu"


def parts(samples: int, points: int, bytes_each: int, device: Any) -> Iterator[tuple[slice, slice]]:
    """Yield slices of samples and points of which each takes a bounded amount of memory."""
    most = max(1, int((_SHARE if on_cpu(device) else _GPU_SHARE) // max(bytes_each, 1)))
    sample_step = min(samples, most)
    point_step = max(1, most // sample_step)
    for s in range(0, samples, sample_step):
        for p in range(0, points, point_step):
            yield slice(s, s + sample_step), slice(p, p + point_step)


def _take(xp: ModuleType, table: Array, index: Array) -> Array:
    """Return table (point, n) at the places `index` (sample, ...): (point, sample, ...)."""
    flat = xp.take(table, xp.reshape(index, (-1,)), axis=1)
    return xp.reshape(flat, (table.shape[0], *index.shape))


def _probe(like: Array, xp: ModuleType, device: Any) -> Array:
    """Return a column of order 1, without pattern, that overlaps with any singular direction."""
    rank = like.shape[2]
    angle = 2.399963 * np.arange(rank) ** 1.5
    column = arrays.as_complex(xp, np.exp(1j * angle), like.dtype, device)
    return xp.broadcast_to(column[None, None, :, None], (*like.shape[:3], 1))
