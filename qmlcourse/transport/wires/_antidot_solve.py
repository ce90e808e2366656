"""Antidots as a finite-rank change of the clean wire: the small linear systems and their results.

Removing the sites s leaves G = G0 - G0[:, s] (G0[s, s])^-1 G0[s, :]. A wave psi0 of the clean wire
becomes psi0 - G0[:, s] X with G0[s, s] X = psi0[s]. A closed rim cuts its inside off, so the rim
alone is enough, unless the inside has a level right at the energy: then G0[s, s] is singular. Each
system carries a probe column that shows it, and such wires are solved again with all their removed
sites (by least squares where even the outer wire has a bound state, which no wave feels).
"""

from dataclasses import dataclass

import numpy as np

from .. import arrays
from ._green import pair_index

_SIDE = {"left": 0, "right": 1}
# largest growth of the probe up to which a result is trusted
_SAFE = {"complex128": 1e5, "complex64": 3e2}
_SHARE = 4 * 2**20  # bytes of small matrices at a time on a CPU, about its cache
_GPU_SHARE = 2**30


@dataclass
class Solved:
    """Solutions for some fields and samples: `tables` at these fields, X for each source side."""

    tables: object
    sites: object  # (sample, r)
    x: dict  # side -> (field, sample, r, c)
    xp: object
    device: object

    def transmitted(self, to, source):
        """Q^dagger G Q from a source to a side, (field, sample, c, c)."""
        to, at = _SIDE[to], _SIDE[source]
        out = self.tables.out[to][:, :, self.sites]  # (field, c, sample, r)
        out = self.xp.moveaxis(out, 2, 1)
        return self.tables.straight[to, at][:, None] - out @ self.x[source]

    def states(self, source, length, width):
        """Scattering states (field, sample, N, c); not yet zero on the removed sites."""
        every = self.xp.arange(length * width, device=self.device)
        index = pair_index(every[:, None], self.sites[:, None, :], length, width)
        x = self.x[source]
        pull = _take(self.xp, self.tables.green, index) @ x
        if self.tables.notch_left.shape[-1]:
            b = self.xp.moveaxis(self.tables.notch_right[:, :, self.sites], 2, 1)
            pull = pull - self.tables.notch_left[:, None] @ (b @ x)
        return self.tables.into[_SIDE[source]][:, None] - pull


def solve(tables, sites, valid, length, width, wanted, xp, device):
    """Solved and growth (field, sample) for samples that remove the `sites` (sample, r).

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


def green_among(tables, sites, length, width, xp):
    """G0 of the wire with its notch among the sites (sample, r): (field, sample, r, r)."""
    matrix = _take(
        xp, tables.green, pair_index(sites[:, :, None], sites[:, None, :], length, width)
    )
    if tables.notch_left.shape[-1]:
        a, b = tables.notch_left[:, sites], tables.notch_right[:, :, sites]
        matrix = matrix - a @ xp.moveaxis(b, 2, 1)
    return matrix


def solve_carefully(tables, holes, length, width, wanted):
    """The same for one field and sample with all removed sites, by NumPy in double precision."""
    sites = holes.all
    matrix = tables.green[0][pair_index(sites[:, None], sites, length, width)]
    matrix = matrix - tables.notch_left[0][sites] @ tables.notch_right[0][:, sites]
    columns = [tables.into[_SIDE[source]][0][sites] for source in wanted]
    x = np.linalg.lstsq(matrix, np.concatenate(columns, axis=-1), rcond=1e-9)[0]
    parts = np.split(x, len(wanted), axis=-1)
    parts = {source: part[None, None] for source, part in zip(wanted, parts, strict=True)}
    return Solved(tables, sites[None], parts, np, None)


def trusted(growth, dtype):
    """Where the growth (field, sample) is small enough."""
    return growth < _SAFE["complex64" if "complex64" in str(dtype) else "complex128"]


def groups(all_holes, device):
    """Samples with rims of one size: yields (sample numbers, sites (sample, r), valid or None).

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


def on_cpu(device):
    return device is None or device.type == "cpu"


def parts(samples, fields, bytes_each, device):
    """Slices (samples, fields) of which each takes a bounded amount of memory."""
    most = max(1, int((_SHARE if on_cpu(device) else _GPU_SHARE) // max(bytes_each, 1)))
    sample_step = min(samples, most)
    field_step = max(1, most // sample_step)
    for s in range(0, samples, sample_step):
        for f in range(0, fields, field_step):
            yield slice(s, s + sample_step), slice(f, f + field_step)


def _take(xp, table, index):
    """table (field, n) at the places `index` (sample, ...): (field, sample, ...)."""
    flat = xp.take(table, xp.reshape(index, (-1,)), axis=1)
    return xp.reshape(flat, (table.shape[0], *index.shape))


def _probe(like, xp, device):
    """A column of order 1, without pattern, that overlaps with any singular direction."""
    rank = like.shape[2]
    angle = 2.399963 * np.arange(rank) ** 1.5
    column = arrays.as_complex(xp, np.exp(1j * angle), like.dtype, device)
    return xp.broadcast_to(column[None, None, :, None], (*like.shape[:3], 1))
