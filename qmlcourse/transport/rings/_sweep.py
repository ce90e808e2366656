"""Recursive Green's function of half a ring: from its lead to the cut, column by column.

For each column, the part behind it is folded into one matrix of that column's size. A half of a
ring of outer radius R and arm width w costs about R * (2 w)^3 operations, whatever the number of
fluxes through the hole: those enter only when the halves are joined (see `ab_ring`).
All arrays carry the batch first; NumPy and torch run the same lines.
"""

from dataclasses import dataclass, replace

from .. import arrays


@dataclass
class Half:
    """One half of the ring, ended at the cut.

    With Q the lead's injection and g the Green's function of the half alone:
    surface = g[cut, cut], arrival = g[cut, lead] Q, departure = Q^dagger g[lead, cut],
    reflection = Q^dagger g[lead, lead] Q.
    """

    surface: object
    arrival: object
    departure: object
    reflection: object
    growth: object  # (batch,) largest element met while folding: how close a level came
    inner: list  # (x, own Green's function, arrival, rows here, rows before, phases) per column


def sweep(columns, order, attach, leads, energy, on_site, flux, xp, dtype, device, keep=False):
    """Fold a half of the ring into its cut.

    Parameters
    ----------
    columns : dict x -> rows; `order` : the x from the far end to the cut
    attach : (x, rows) of the column on which the lead sits
    leads : (self_energy (batch, w, w), injection (batch, w, channels))
    energy : (batch,) complex; on_site : dict x -> (batch or 1, rows); flux : (batch,) a plaquette
    keep : whether the columns are kept for `fill`
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
            at = _positions(rows, attach[1])
            block[:, at[:, None], at] -= sigma
            source[:, at] = injection
        sink = xp.conj(xp.matrix_transpose(source))
        here = before = hop = None
        if previous is not None:
            behind_x, behind_rows, green, arrival, departure = previous
            here, before = _matching(rows, behind_rows)
            # hop from the column behind to this one: a step of x - behind_x along x
            angle = _rows_as(rows[here], flux, xp, dtype, device) * (
                -(x - behind_x) * flux[:, None]
            )
            hop = -xp.exp(2j * _PI * angle)
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


def fill(half, at_cut):
    """Wave functions in all columns of a half from their values at the cut.

    at_cut : (batch, flux, rows, channels). Yields (x, (batch, flux, rows, channels)), from the
    cut outwards. `arrival` counts only for waves that come from this half's own lead: pass a half
    whose arrivals are zero otherwise.
    """
    psi = at_cut
    yield half.inner[-1][0], psi
    for nearer, farther in zip(half.inner[::-1], half.inner[-2::-1], strict=False):
        _, _, _, here, before, hop = nearer
        x, green, arrival, *_ = farther
        pulled = hop.conj()[:, None, :, None] * psi[:, :, here]
        psi = arrival[:, None] + green[:, None][..., before] @ pulled
        yield x, psi


def without_source(half):
    """The same half when no wave comes from its own lead."""
    inner = [(x, green, 0 * arrival, *rest) for x, green, arrival, *rest in half.inner]
    return replace(half, arrival=0 * half.arrival, inner=inner)


_PI = 3.141592653589793


def _rows_as(rows, like, xp, dtype, device):
    return arrays.as_complex(xp, rows.astype(float), dtype, device)[None, :]


def _positions(rows, wanted):
    """Where each of the wanted rows stands in `rows`."""
    return rows.searchsorted(wanted)


def _matching(rows, behind):
    """Positions, here and behind, of the rows that both columns have."""
    import numpy as np

    _, here, before = np.intersect1d(rows, behind, assume_unique=True, return_indices=True)
    return here, before
