"""What a ring passes on, sorted by how often the wave has gone around.

The flux through the hole multiplies each path by one phase, exp(2 pi i w Phi), where w counts how
often the path crosses the cut in the upper arm counter-clockwise, less how often it does so
clockwise. All paths with the same w turn together when the flux grows, and what they carry together
is a Fourier coefficient of the scattering matrix in the flux.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ._task import check_single
from .ab_ring import ABRing

_FIRST = 32  # fluxes to begin with
_MOST = 8192
_REST = 1e-9  # of the largest coefficient


@dataclass(frozen=True)
class Windings:
    """Amplitudes of a ring by winding number.

    Attributes
    ----------
    number : numpy.ndarray
        w, (winding,) integers in ascending order. Of what passes from left to right, 0 has gone
        through the lower arm, -1 through the upper one, 1 through the lower one after a whole turn.
    amplitude : numpy.ndarray
        (winding, channel out, channel in) complex; with both leads in the order of
        :meth:`ABRing.scattering_matrix`.
    """

    number: np.ndarray
    amplitude: np.ndarray

    def at(self, ring_flux: ArrayLike) -> np.ndarray:
        """Return the scattering matrix at given fluxes: all windings, each with its phase.

        Parameters
        ----------
        ring_flux
            Flux quanta h/e through the hole, of any shape.

        Returns
        -------
        numpy.ndarray
            (..., channel out, channel in) complex.
        """
        flux = arrays.real_numbers("ring_flux", ring_flux)
        turn = np.exp(2j * np.pi * flux[..., None] * self.number)
        return np.tensordot(turn, self.amplitude, axes=1)

    def of(self, number: int) -> np.ndarray:
        """Return the (channel out, channel in) amplitudes of one winding number.

        Parameters
        ----------
        number
            The winding; zeros where it is so large that nothing is left of it.
        """
        found = self.amplitude[self.number == number]
        return found[0] if len(found) else np.zeros(self.amplitude.shape[1:], complex)


def windings(ring: ABRing, energy: float) -> Windings:
    """Return the amplitudes of a ring, sorted by how often the wave has gone around.

    Parameters
    ----------
    ring
        A single ring, not several samples.
    energy
        One, in hoppings, between -4 and 4.

    Returns
    -------
    Windings
        As many numbers as it takes until what is left out is below 1e-9 of the largest amplitude.

    Raises
    ------
    ValueError
        For several samples, or an energy outside the band or so close to a level of the closed ring
        that thousands of turns would count.

    Notes
    -----
    With S(Phi) = sum_w S_w exp(2 pi i w Phi), S_w is the sum over all paths of winding w.
    """
    check_single(ring.on_site)
    count = _FIRST
    while count <= _MOST:
        matrices = ring.scattering_matrix(energy, np.arange(count) / count)
        found = np.fft.fftshift(np.fft.fft(matrices, axis=0) / count, axes=0)
        size = np.abs(found).max((1, 2), initial=0.0)
        edge = max(size[: count // 8].max(), size[-(count // 8) :].max())
        if edge <= _REST * size.max(initial=0.0):
            number = np.arange(count) - count // 2
            kept = np.abs(number) <= np.abs(number[size > _REST * size.max()]).max(initial=0)
            return Windings(number[kept], found[kept])
        count *= 2
    raise ValueError(
        f"at the energy {energy:g} a wave goes around more than {_MOST // 2} times; move it."
    )
