"""The energies and fields of a request to a wire; leads, hops, transmission and currents there."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..arrays import Array
from ..leads import Lead, lead, lowest_energy, open_channels


@dataclass(frozen=True)
class Points:
    """Pairs of an energy and a field at which wires are computed.

    Attributes
    ----------
    energy, flux : numpy.ndarray
        (point,) in hoppings and in flux quanta a plaquette; the field changes faster.
    shape : tuple of int
        The axes (energy, field) that a result has: a single number has none.
    """

    energy: np.ndarray
    flux: np.ndarray
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.flux)

    def shaped(self, result: Array, single: bool) -> Array:
        """Return (sample, point, ...) as (sample, energy, field, ...), without axes of scalars."""
        result = result.reshape((result.shape[0], *self.shape, *result.shape[2:]))
        return result[0] if single else result


def points_of(width: int, energy: ArrayLike, flux: ArrayLike) -> Points:
    """Return the Points of a request to wires of one width.

    Raises
    ------
    ValueError
        For an energy outside the band, one at which no channel is open without field, or arrays
        of two dimensions and more.
    """
    energies = arrays.energies_in_band(energy)
    for one in energies.flat:
        if not open_channels(width, one):
            raise ValueError(
                f"no channel is open at the energy {one:g} in a wire of width {width}: the first "
                f"one opens at {lowest_energy(width):.4f}."
            )
    fields = arrays.real_numbers("flux", flux) + 0.0  # -0.0 would be a second zero
    if fields.ndim > 1:
        raise ValueError(f"flux is one number or a one-dimensional array, not {fields.shape}.")
    pairs = np.meshgrid(np.atleast_1d(energies), np.atleast_1d(fields), indexing="ij")
    return Points(*(one.ravel() for one in pairs), energies.shape + fields.shape)


def one_point(width: int, energy: ArrayLike, flux: ArrayLike) -> Points:
    """Return the Points of a request to one energy and one flux.

    Raises
    ------
    ValueError
        For several of them, and as in :func:`points_of`.
    """
    points = points_of(width, energy, flux)
    if len(points) != 1:
        raise ValueError("the scattering matrix is given at one energy and one flux at a time.")
    return points


def total_transmission(xp: ModuleType, t: Array) -> Array:
    """Return Tr t t^dagger of transmission amplitudes (..., to, from)."""
    return xp.sum(t.real**2 + t.imag**2, axis=(-2, -1))


def transmission_eigenvalues(xp: ModuleType, t: Array) -> Array:
    """Return the eigenvalues of t t^dagger (..., channel), largest first; none without channels."""
    return xp.linalg.svdvals(t) ** 2 if t.shape[-1] else t[..., 0].real


def sources(source: str, names: tuple[str, ...] = ("left", "right", "both")) -> tuple[str, ...]:
    """Return the ends from which waves come in."""
    if source not in names:
        raise ValueError(f"source is {', '.join(map(repr, names))}, not {source!r}.")
    return ("left", "right") if source == "both" else (source,)


def wire_leads(width: int, energy: float, flux: float) -> tuple[Lead, Lead]:
    """Return the left and the right lead of a wire with the rows 0 ... width - 1.

    A mirror y -> width - 1 - y turns one into the other up to a gauge, so that one calculation of
    the modes serves both.
    """
    left = lead(tuple(range(width)), energy, flux, 1)
    sigma, injection = left.self_energy[::-1, ::-1], left.injection[::-1]
    return left, Lead(sigma, injection, left.residual)


def stacked_leads(
    width: int, energy: np.ndarray, flux: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the leads at many points as arrays.

    They are Sigma (side, point, width, width), Q (side, point, width, channel) and the numbers of
    open channels (point,). Points with fewer channels than others have columns of zeros at the end
    of Q.
    """
    pairs = [wire_leads(width, float(e), float(f)) for e, f in zip(energy, flux, strict=True)]
    channels = np.array([left.channels for left, _ in pairs])
    sigma = np.array([[pair[side].self_energy for pair in pairs] for side in (0, 1)])
    injection = np.zeros((2, len(pairs), width, channels.max()), complex)
    for n, pair in enumerate(pairs):
        for side in (0, 1):
            injection[side, n, :, : channels[n]] = pair[side].injection
    return sigma, injection, channels


def hops_along_x(flux: np.ndarray, width: int, xp: ModuleType, dtype: Any, device: Any) -> Array:
    """Return the hops from x to x + 1, -exp(-2 pi i flux y), (point, width)."""
    angle = 2 * np.pi * np.outer(flux, np.arange(width))
    return arrays.as_complex(xp, -np.exp(-1j * angle), dtype, device)


def bond_currents(psi: Array, flux: np.ndarray) -> tuple[Array, Array]:
    """Return the currents along x and y of states (sample, point, channel, x, y).

    A bond carries 2 Im(psi_to^* hop psi_from), summed over channels.
    """
    xp, device = arrays.backend(psi)
    hop = hops_along_x(flux, psi.shape[-1], xp, psi.dtype, device)[None, :, None, None, :]
    conj = xp.conj(psi)
    along_x = 2 * xp.sum(xp.imag(conj[..., 1:, :] * hop * psi[..., :-1, :]), axis=2)
    along_y = -2 * xp.sum(xp.imag(conj[..., 1:] * psi[..., :-1]), axis=2)
    return along_x, along_y
