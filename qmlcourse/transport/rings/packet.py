"""A wave packet on its way through a ring: Schrodinger's equation, step by step in time.

The packet starts in the left lead, a Gaussian in the lowest channel. Leads are long strips here, so
long that nothing comes back from their far ends while one looks. Time evolution is a Chebyshev
series of the Hamiltonian: each term is one product with a sparse matrix, and the terms die faster
than exponentially once there are more of them than the step is long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike
from scipy.special import jv

from .. import arrays
from ._lattice import RingLattice, ring_lattice
from ._task import check_single
from .ab_ring import ABRing

_REST = 1e-12  # where the Chebyshev series ends
_AWAY = 4.0  # widths between the middle of the packet and the ring at the start


@dataclass(frozen=True)
class Packet:
    """A wave packet at several times.

    Attributes
    ----------
    time : numpy.ndarray
        (time,) in hbar / hopping.
    x, y : numpy.ndarray
        Lattice positions of the pixels, (x,) and (y,) integers; the centre of the ring is 0, 0.
    wave : numpy.ndarray
        (time, x, y) complex, zero where there is no site.
    passed, returned : numpy.ndarray
        (time,) probability to be in the right lead and in the left one.
    """

    time: np.ndarray
    x: np.ndarray
    y: np.ndarray
    wave: np.ndarray
    passed: np.ndarray
    returned: np.ndarray


def wave_packet(
    ring: ABRing,
    energy: float,
    times: ArrayLike,
    ring_flux: float = 0.0,
    *,
    width: float = 8.0,
    shown: int | None = None,
) -> Packet:
    """Send a Gaussian packet from the left lead through a ring.

    Parameters
    ----------
    ring
        A single ring, not several samples.
    energy
        Mean energy in hoppings; the lowest channel of the lead must be open there.
    times
        (time,) when to look, ascending from 0 on, in hbar / hopping.
    ring_flux
        Flux quanta h/e through the hole, on the bonds from column 0 to 1 of the upper arm.
    width
        Standard deviation of the density along the lead at the start, in lattice constants.
    shown
        Columns of each lead that are part of the pictures; None shows all, where late pictures also
        hold what comes back from the far ends.

    Returns
    -------
    Packet
        Normalised to one electron.

    Raises
    ------
    ValueError
        For several samples, a closed lead, a width that is not positive, or times that descend.

    References
    ----------
    H. Tal-Ezer and R. Kosloff, J. Chem. Phys. 81, 3967 (1984), for the Chebyshev series
    """
    times = arrays.real_numbers("times", times)
    _check(ring, times, width)
    shape = ring_lattice(ring.outer_radius, ring.inner_radius, ring.lead_width, ring.lead_offset)
    k = _wave_number(ring.lead_width, arrays.one_number("energy", energy))
    edge = shape.lead_end
    # nothing is faster than two sites in one unit of time: what the far ends throw back is neither
    # in the ring nor in the pictures when the last time has come
    long = int(np.ceil(max(2 * _AWAY * width, times[-1] + (shown or 0) / 2))) + 8
    sites, outside = _with_leads(ring.sites, shape, long)
    flux = arrays.one_number("ring_flux", ring_flux)
    hamiltonian = _hamiltonian(sites, outside, ring.on_site, flux)
    bound = 4 + np.abs(ring.on_site).max(initial=0.0)
    psi = _start(sites, shape.lead_rows, -edge - _AWAY * width, k, width)
    reach = edge + (long if shown is None else min(shown, long))
    x = np.arange(-reach, reach + 1)
    y = np.arange(-ring.extent, ring.extent + 1)
    seen = np.abs(sites[:, 0]) <= reach
    pixels = tuple((sites[seen] + [reach, ring.extent]).T)
    wave = np.zeros((len(times), len(x), len(y)), complex)
    passed, returned = np.zeros(len(times)), np.zeros(len(times))
    for n, step in enumerate(np.diff(times, prepend=0.0)):
        psi = _evolve(hamiltonian, psi, step, bound)
        wave[(n, *pixels)] = psi[seen]
        density = np.abs(psi) ** 2
        passed[n] = density[outside & (sites[:, 0] > 0)].sum()
        returned[n] = density[outside & (sites[:, 0] < 0)].sum()
    return Packet(times, x, y, wave, passed, returned)


def _check(ring: ABRing, times: np.ndarray, width: float) -> None:
    check_single(ring.on_site)
    if times.ndim != 1 or not len(times) or times[0] < 0 or (np.diff(times) < 0).any():
        raise ValueError("times must be a list of numbers that ascend from 0 on.")
    if not arrays.one_number("width", width) > 0:
        raise ValueError(f"the width of the packet must be positive, not {width:g}.")


def _wave_number(rows: int, energy: float) -> float:
    """Return k of the lowest channel: E = -2 cos k - 2 cos(pi / (rows + 1))."""
    along = energy + 2 * np.cos(np.pi / (rows + 1))
    if abs(along) >= 2:
        raise ValueError(
            f"the lowest channel of a lead of {rows} rows is closed at the energy {energy:g}."
        )
    return float(np.arccos(-along / 2))


def _with_leads(ring: np.ndarray, shape: RingLattice, long: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sites of the ring and then of two strips, (site, 2), and which are a strip's."""
    steps = np.arange(shape.lead_end + 1, shape.lead_end + long + 1)
    x, y = np.meshgrid(np.concatenate([-steps, steps]), shape.lead_rows, indexing="ij")
    strips = np.stack([x.ravel(), y.ravel()], 1)
    return np.concatenate([ring, strips]), np.arange(len(ring) + len(strips)) >= len(ring)


def _hamiltonian(sites: np.ndarray, outside: np.ndarray, on_site: np.ndarray, ring_flux: float):
    """Return the sparse Hamiltonian; the flux sits on the upper bonds from column 0 to 1.

    A strip is tied to the ring at its end alone, also where its side runs along the ring.
    """
    index = {site: n for n, site in enumerate(map(tuple, sites.tolist()))}
    ahead = [(n, index.get((x + 1, y))) for (x, y), n in index.items()]
    above = [(n, index.get((x, y + 1))) for (x, y), n in index.items()]
    above = [(n, m) for n, m in above if m is not None and outside[n] == outside[m]]
    bonds = np.array([pair for pair in ahead + above if pair[1] is not None])
    start, end = bonds.T
    cut = (sites[start, 0] == 0) & (sites[end, 0] == 1) & (sites[start, 1] > 0)
    hop = -np.exp(-2j * np.pi * ring_flux * cut)
    half = scipy.sparse.coo_array((hop, (end, start)), shape=(len(sites),) * 2)
    potential = np.concatenate([on_site, np.zeros(outside.sum())])
    return (half + half.conj().T + scipy.sparse.diags_array(potential)).tocsr()


def _start(
    sites: np.ndarray, rows: tuple[int, ...], middle: float, k: float, width: float
) -> np.ndarray:
    x, y = sites.T
    across = np.sin(np.pi * (y - rows[0] + 1) / (len(rows) + 1))
    psi = across * np.exp(-((x - middle) ** 2) / (4 * width**2) + 1j * k * x)
    psi[(x > middle + 1.9 * _AWAY * width) | (y < rows[0]) | (y > rows[-1])] = 0
    return psi / np.linalg.norm(psi)


def _evolve(hamiltonian, psi: np.ndarray, step: float, bound: float) -> np.ndarray:
    """Return exp(-i H t) psi = sum_n (2 - delta_n0) (-i)^n J_n(bound t) T_n(H / bound) psi."""
    if step == 0:
        return psi
    order = np.arange(int(bound * step) + 60)
    weight = np.where(order, 2, 1) * (-1j) ** order * jv(order, bound * step)
    last = order[np.abs(weight) > _REST].max()
    before, now = psi, hamiltonian @ psi / bound
    found = weight[0] * before + weight[1] * now
    for n in range(2, last + 1):
        before, now = now, 2 / bound * (hamiltonian @ now) - before
        found = found + weight[n] * now
    return found
