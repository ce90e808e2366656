"""Joining the two halves of a ring at the cut, for all fluxes in one batch.

Each quantity has two methods. `joined` gives (batch, flux, ...) from the two halves and the phases
of the fluxes; `direct` gives (flux, ...) from a DirectRing, for where the halves are not safe.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from ..arrays import Array
from . import _sweep
from ._direct import DirectRing
from ._task import Task

Halves = tuple[_sweep.Half, _sweep.Half]
Phases = tuple[Array, Array]  # exp(2 pi i ring_flux), and the fields a plaquette


class Quantity(Protocol):
    """What is computed of a ring."""

    def joined(self, task: Task, halves: Halves, phases: Phases) -> Array:
        """Return (batch, flux, ...) from the two halves."""

    def direct(self, ring: DirectRing, quanta: np.ndarray) -> np.ndarray:
        """Return (flux, ...) of one ring, solved as a whole."""


class Join:
    """The two halves coupled through the bonds of the cut, at every flux."""

    def __init__(self, task: Task, halves: Halves, phases: Phases) -> None:
        left, right = halves
        columns = task.lattice.columns
        rows, zero, one = np.intersect1d(
            columns[0], columns[1], assume_unique=True, return_indices=True
        )
        xp = task.xp
        ring_phase, field = phases
        upper = task.cast((rows > 0).astype(float))
        angle = task.cast(rows.astype(float))[None, :] * field[:, None]
        # hop from column 1 to column 0: against x, so a field adds +2 pi flux y
        self.hop = -xp.exp(2j * np.pi * angle)[:, None, :] * (
            1 + (ring_phase[..., None] - 1) * upper
        )
        self.left, self.right, self.zero, self.one, self.xp = left, right, zero, one, xp

    def at_cut(self, source: str) -> tuple[Array, Array, Array]:
        """Return the wave at the cut on the source's side, and the hops towards it and back.

        The wave is (batch, flux, bond, channel), the hops (batch, flux, bond).
        """
        hop, back = self.hop, self.xp.conj(self.hop)
        near = self.left.surface[:, self.zero[:, None], self.zero][:, None]
        far = self.right.surface[:, self.one[:, None], self.one][:, None]
        if source == "right":
            near, far, hop, back = far, near, back, hop
            arrival = self.right.arrival[:, self.one]
        else:
            arrival = self.left.arrival[:, self.zero]
        far = hop[..., :, None] * far * back[..., None, :]
        system = self.xp.eye(near.shape[-1], dtype=near.dtype, device=_device(near)) - near @ far
        psi_near = self.xp.linalg.solve(system, self._spread(arrival, system))
        return psi_near, hop, back

    def _spread(self, arrival: Array, system: Array) -> Array:
        return self.xp.broadcast_to(
            arrival[:, None], tuple(system.shape[:2]) + tuple(arrival.shape[1:])
        )


def _device(array: Array) -> Any:
    return getattr(array, "device", None) if not isinstance(array, np.ndarray) else None


def transmission(join: Join, source: str = "left") -> Array:
    """Return t = i Q_out^dagger G Q_in, (batch, flux, channel out, channel in)."""
    psi, _, back = join.at_cut(source)
    departure = (
        join.right.departure[:, :, join.one]
        if source == "left"
        else join.left.departure[:, :, join.zero]
    )
    return 1j * (departure[:, None] @ (back[..., None] * psi))


class Conductance:
    """g in e^2/h, (batch, flux)."""

    def joined(self, task: Task, halves: Halves, phases: Phases) -> Array:
        t = transmission(Join(task, halves, phases))
        return (t.real**2 + t.imag**2).sum((-2, -1))

    def direct(self, ring: DirectRing, quanta: np.ndarray) -> np.ndarray:
        return ring.conductance(quanta)


class Scattering:
    """S matrix, (batch, flux, 2 channels, 2 channels)."""

    def joined(self, task: Task, halves: Halves, phases: Phases) -> Array:
        join = Join(task, halves, phases)
        xp = task.xp
        left, right = halves
        blocks = {}
        for source in ("left", "right"):
            psi, hop, back = join.at_cut(source)
            own, other = (left, right) if source == "left" else (right, left)
            here, there = (join.zero, join.one) if source == "left" else (join.one, join.zero)
            outside = other.surface[:, there[:, None], there][:, None] @ (back[..., None] * psi)
            returned = own.departure[:, :, here][:, None] @ (hop[..., None] * outside)
            unit = xp.eye(own.reflection.shape[-1], dtype=task.dtype, device=task.device)
            blocks["r", source] = 1j * (own.reflection[:, None] + returned) - unit
            blocks["t", source] = transmission(join, source)
        top = xp.concat([blocks["r", "left"], blocks["t", "right"]], axis=-1)
        bottom = xp.concat([blocks["t", "left"], blocks["r", "right"]], axis=-1)
        return xp.concat([top, bottom], axis=-2)

    def direct(self, ring: DirectRing, quanta: np.ndarray) -> np.ndarray:
        return ring.scattering(quanta)


class States:
    """Scattering states fed by one lead, (batch, flux, channel, x, y)."""

    def __init__(self, source: str) -> None:
        self.source = source

    def direct(self, ring: DirectRing, quanta: np.ndarray) -> np.ndarray:
        return ring.states(quanta, self.source)

    def joined(self, task: Task, halves: Halves, phases: Phases) -> Array:
        source = self.source
        join = Join(task, halves, phases)
        xp = task.xp
        psi, hop, back = join.at_cut(source)
        own, other = halves if source == "left" else halves[::-1]
        here, there = (join.zero, join.one) if source == "left" else (join.one, join.zero)
        outside = other.surface[:, None][..., there] @ (back[..., None] * psi)
        inside = own.arrival[:, None] + own.surface[:, None][..., here] @ (
            hop[..., None] * outside[:, :, there]
        )
        dark = _sweep.without_source(other)
        reach, side = task.lattice.extent, 2 * task.lattice.extent + 1
        batch, fluxes, channels = psi.shape[0], psi.shape[1], psi.shape[3]
        picture = xp.zeros(
            (batch, fluxes, channels, side, side), dtype=task.dtype, device=task.device
        )
        columns = task.lattice.columns
        for half, at_cut in ((own, inside), (dark, outside)):
            for x, values in _sweep.fill(half, at_cut):
                rows = columns[x] + reach
                picture[:, :, :, x + reach, rows] = xp.matrix_transpose(values)
        return picture
