"""Recursive Green's function of a wire with any potential, batched over (sample, field).

Slice by slice, from the left lead, the part behind is folded into a width x width matrix; only a
thin block of columns, one for each channel, is carried along. Nothing is overwritten that torch
needs to differentiate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from .. import arrays
from ..arrays import Array


@dataclass
class Swept:
    """A batch of wires, solved. `green` and `arrived` are kept for the states only."""

    injection: Array  # (2, batch, width, channel), Q of the left and the right lead
    hop: Array  # (batch, width) from a slice to the next
    green: Sequence[Array]  # of (batch, width, width), of each slice with all that is left of it
    arrived: Sequence[Array]  # of (batch, width, channel)
    growth: Array  # (batch,) largest element met: how close a folded part came to a level
    xp: ModuleType

    def transmitted(self) -> Array:
        """Return Q_right^dagger G Q_left, (batch, channel, channel)."""
        return _dagger(self.xp, self.injection[1]) @ self.arrived[-1]

    def states(self, source: str) -> Array:
        """Return the scattering states that a side feeds, (batch, channel, x, width)."""
        xp, back = self.xp, self.xp.conj(self.hop)[:, :, None]
        from_left = source == "left"
        psi = self.arrived[-1] if from_left else self.green[-1] @ self.injection[1]
        found = [psi]
        for green, arrived in zip(self.green[-2::-1], self.arrived[-2::-1], strict=True):
            psi = green @ (back * psi)
            psi = psi + arrived if from_left else psi
            found.append(psi)
        return xp.moveaxis(xp.stack(found[::-1], axis=1), -1, 1)

    def scattering(self) -> Array:
        """Return S = [[r, t'], [t, r']], (batch, 2 channel, 2 channel)."""
        xp = self.xp
        both = xp.concat([self.states("left"), self.states("right")], axis=1)
        ends = [(_dagger(xp, self.injection[n]), -n) for n in (0, 1)]
        rows = [q @ xp.matrix_transpose(both[:, :, x]) for q, x in ends]
        whole = 1j * xp.concat(rows, axis=-2)
        eye = xp.eye(whole.shape[-1], dtype=whole.dtype, device=arrays.backend(whole)[1])
        return whole - eye


def sweep(
    energy: Array,
    on_site: Array,
    hop: Array,
    sigma: Array,
    injection: Array,
    xp: ModuleType,
    keep: bool,
) -> Swept:
    """Fold a batch of wires from left to right.

    Parameters
    ----------
    energy
        (batch,) complex.
    on_site
        (batch, length, width) complex, the potential.
    hop
        (batch, width), from a slice to the next.
    sigma, injection
        (2, batch, width, width) and (2, batch, width, channel) of the left and the right lead.
    xp
        Array library of all of them.
    keep
        Whether all slices are kept, for states; else the last one.
    """
    dtype, device = on_site.dtype, arrays.backend(on_site)[1]
    length, width = on_site.shape[1:]
    eye, *side = (xp.eye(width, k=k, dtype=dtype, device=device) for k in (0, 1, -1))
    bare = energy[:, None, None] * eye + side[0] + side[1]
    both_ways = hop[:, :, None] * xp.conj(hop)[:, None, :]
    diagonal = list(range(width))
    behind, source, growth = sigma[0], injection[0], None
    greens, arrivals = [], []
    for x in range(length):
        block = bare - behind
        if x == length - 1:
            block = block - sigma[1]
        block[:, diagonal, diagonal] -= on_site[:, x]
        green = arrays.inverse(xp, block)
        arrived = green @ source
        source = hop[:, :, None] * arrived
        behind = both_ways * green
        # near a level, G is its wave times its conjugate: the diagonal holds the largest element
        size = xp.max(xp.abs(green[:, diagonal, diagonal]), axis=-1)
        growth = size if growth is None else xp.maximum(growth, size)
        if not keep:
            greens, arrivals = [], []
        greens.append(green)
        arrivals.append(arrived)
    return Swept(injection, hop, greens, arrivals, growth, xp)


def _dagger(xp: ModuleType, matrix: Array) -> Array:
    return xp.conj(xp.matrix_transpose(matrix))
