"""Recursive Green's function of half a ring: from its lead to the cut, column by column.

For each column, the part behind it is folded into one matrix of that column's size. A half of a
ring of outer radius R and arm width w costs about R * (2 w)^3 operations, whatever the number of
fluxes through the hole: those enter only when the halves are joined (see `ab_ring`).
All arrays carry the batch first; NumPy and torch run the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from .. import arrays
from ..arrays import Array


@dataclass
class Half:
    """One half of the ring, ended at the cut.

    With Q the lead's injection and g the Green's function of the half alone:
    surface = g[cut, cut], arrival = g[cut, lead] Q, departure = Q^dagger g[lead, cut],
    reflection = Q^dagger g[lead, lead] Q.
    """

    surface: Array
    arrival: Array
    departure: Array
    reflection: Array
    growth: Array  # (batch,) largest element met while folding: how close a level came
    inner: list[
        tuple[Any, ...]
    ]  # (x, own Green's function, arrival, rows here, rows before, phases) per column


def sweep(
    columns: dict[int, np.ndarray],
    order: Sequence[int],
    attach: tuple[int, np.ndarray],
    leads: tuple[Array, Array],
    energy: Array,
    flux: Array,
    on_site: dict[int, Array],
    xp: ModuleType,
    dtype: Any,
    device: Any,
    keep: bool,
) -> Half:
    """Fold a half of the ring into its cut.

    Parameters
    ----------
    columns
        The rows of each column.
    order
        The x of the columns from the far end to the cut.
    attach
        The x and the rows of the column on which the lead sits.
    leads
        Self-energies (batch, w, w) and injections (batch, w, channels).
    energy, flux
        (batch,) complex energies, and flux quanta a plaquette.
    on_site
        Potentials (batch or 1, rows) of each column.
    xp, dtype, device
        Array library, precision and device of the result.
    keep
        Whether the columns are kept for `fill`.
    """
    sigma, injection = leads
    batch, channels = injection.shape[0], injection.shape[2]
    reflection = xp.zeros((batch, channels, channels), dtype=dtype, device=device)
    growth = xp.zeros(batch, dtype=arrays.real_dtype(xp, dtype), device=device)
    previous, inner = None, []
    for x in order:
        rows = columns[x]
        size = len(rows)
        block = xp.zeros((batch, size, size), dtype=dtype, device=device)
        diagonal = list(range(size))
        block[:, diagonal, diagonal] = energy[:, None] - on_site[x]
        below = [i for i in range(size - 1) if rows[i + 1] - rows[i] == 1]
        above = [i + 1 for i in below]
        block[:, below, above] = 1.0
        block[:, above, below] = 1.0
        source = xp.zeros((batch, size, channels), dtype=dtype, device=device)
        if x == attach[0]:
            at = rows.searchsorted(attach[1])
            block[:, at[:, None], at] -= sigma
            source[:, at] = injection
        sink = xp.conj(xp.matrix_transpose(source))
        here = before = hop = None
        if previous is not None:
            behind_x, behind_rows, green, arrival, departure = previous
            here, before = _matching(rows, behind_rows)
            # hop from the column behind to this one: a step of x - behind_x along x
            heights = arrays.as_complex(xp, rows[here].astype(float), dtype, device)[None, :]
            angle = heights * (-(x - behind_x) * flux[:, None])
            hop = -xp.exp(2j * np.pi * angle)
            back = xp.conj(hop)
            folded = green[:, before[:, None], before]
            block[:, here[:, None], here] -= hop[:, :, None] * folded * back[:, None, :]
            source[:, here] += hop[:, :, None] * arrival[:, before]
            sink[:, :, here] += departure[:, :, before] * back[:, None, :]
        green = xp.linalg.inv(block)
        arrival = green @ source
        departure = sink @ green
        growth = xp.maximum(growth, xp.max(xp.abs(green), axis=(-2, -1)))
        reflection = reflection + sink @ arrival
        if keep:
            inner.append((x, green, arrival, here, before, hop))
        previous = (x, rows, green, arrival, departure)
    return Half(green, arrival, departure, reflection, growth, inner)


def fill(half: Half, at_cut: Array) -> Iterator[tuple[int, Array]]:
    """Yield x and the waves of each column of a half, from the cut outwards.

    `at_cut` and the waves are (batch, flux, rows, channels). `arrival` counts only for waves that
    come from this half's own lead: pass a half whose arrivals are zero otherwise.
    """
    psi = at_cut
    yield half.inner[-1][0], psi
    for nearer, farther in zip(half.inner[::-1], half.inner[-2::-1], strict=False):
        _, _, _, here, before, hop = nearer
        x, green, arrival, *_ = farther
        pulled = hop.conj()[:, None, :, None] * psi[:, :, here]
        psi = arrival[:, None] + green[:, None][..., before] @ pulled
        yield x, psi


def without_source(half: Half) -> Half:
    """Return the same half when no wave comes from its own lead."""
    inner = [(x, green, 0 * arrival, *rest) for x, green, arrival, *rest in half.inner]
    return replace(half, arrival=0 * half.arrival, inner=inner)


def _matching(rows: np.ndarray, behind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions, here and behind, of the rows that both columns have."""
    _, here, before = np.intersect1d(rows, behind, assume_unique=True, return_indices=True)
    return here, before
