"""What all wires are: a geometry between two leads, with channels that open with the energy."""

from __future__ import annotations

import numpy as np
import psutil
from numpy.typing import ArrayLike

from .. import arrays
from ._points import wire_leads


class OutOfMemory(MemoryError, ValueError):
    """A request that this machine cannot hold; raised before anything is taken."""


class Wire:
    """A straight wire between two leads of its own width.

    Sites are x = 0 ... length - 1, y = 0 ... width - 1; hopping -1, on-site energy 0 without
    disorder. The leads go on beyond both ends, in the same field.

    Parameters
    ----------
    length, width
        Numbers of sites.

    Raises
    ------
    ValueError
        For sizes that are not positive integers.

    Notes
    -----
    Energies are in hoppings from the band centre; `flux` counts flux quanta h/e through one
    plaquette. Results carry the axes (sample, energy, field, channel, x, y), as far as they exist:
    one wire, one energy and one flux have no axis. They are NumPy arrays, or torch tensors (on its
    device) where the flux or what fills the wire is one; single-precision inputs give
    single-precision results.

    The conductance is g = Tr t t^dagger, in e^2/h per spin (Landauer), and S = [[r, t'], [t, r']]
    is that of Fisher and Lee. The scattering states of one side are normalised so that the current
    through any cross-section, summed over channels, is g; bond currents are in the same units.
    Divided by 2 pi, the density of these states is the local density of states, per hopping, of
    electrons that come from this side.

    References
    ----------
    D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851 (1981)
    """

    def __init__(self, length: int, width: int) -> None:
        self.length = _size("length", length)
        self.width = _size("width", width)

    def open_channels(self, energy: ArrayLike, flux: ArrayLike = 0.0) -> np.ndarray | int:
        """Return the number of channels of the leads that carry current.

        Parameters
        ----------
        energy
            One, or (energy,), in hoppings, between -4 and 4.
        flux
            One, or (field,), in flux quanta h/e through one plaquette.

        Returns
        -------
        numpy.ndarray or int
            (energy, field).
        """
        energies = arrays.energies_in_band(energy)
        fields = arrays.real_numbers("flux", flux) + 0.0
        counts = [
            wire_leads(self.width, float(e), float(f))[0].channels
            for e in energies.flat
            for f in fields.flat
        ]
        return np.array(counts, int).reshape(energies.shape + fields.shape)[()]


def _size(name: str, value: int) -> int:
    number = arrays.one_number(name, value)
    if number != int(number) or number < 1:
        raise ValueError(f"the {name} is a number of sites, 1 or more, not {number:g}.")
    return int(number)


def check_memory(needed: float, what: str) -> None:
    """Refuse a request that this machine's free memory would not hold.

    Parameters
    ----------
    needed
        Bytes.
    what
        The request, as the subject of the sentence.

    Raises
    ------
    OutOfMemory
        With both numbers, where `needed` bytes are not free.
    """
    free = psutil.virtual_memory().available
    if needed > free:
        raise OutOfMemory(
            f"{what} would take {needed / 2**30:.3g} GiB, but {free / 2**30:.3g} GiB of memory are "
            "free: take a smaller wire or fewer fields at a time."
        )
