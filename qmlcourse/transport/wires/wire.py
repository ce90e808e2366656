"""What both wire engines share: geometry, checked inputs, leads at both ends, bond currents."""

import numpy as np
import psutil

from .. import arrays
from ..leads import Lead, lead, lowest_energy, open_channels

_TWO_PI = 2 * np.pi


class OutOfMemory(MemoryError, ValueError):
    """A request that this machine cannot hold; raised before anything is taken."""


class Wire:
    """A straight wire between two leads of its own width, at one energy.

    Sites are x = 0 ... length - 1, y = 0 ... width - 1; hopping -1, on-site energy 0 without
    disorder. The leads go on beyond both ends, in the same field.

    Raises ValueError for sizes that are not positive integers, an energy outside the band -4 to 4,
    or one at which no channel is open without field.
    """

    def __init__(self, length, width, energy):
        self.length = _size("length", length)
        self.width = _size("width", width)
        self.energy = arrays.one_number("energy", energy)
        if abs(self.energy) >= 4:
            raise ValueError(
                f"the energy {self.energy:g} lies outside the band of the square lattice, -4 to 4."
            )
        if self.channels == 0:
            raise ValueError(
                f"no channel is open at the energy {self.energy:g} in a wire of width "
                f"{self.width}: the first one opens at {lowest_energy(self.width):.4f}."
            )

    @property
    def channels(self):
        """Number of open channels without field."""
        return open_channels(self.width, self.energy)

    def open_channels(self, flux):
        """Number of open channels of the leads in a field: an integer for each flux."""
        fields = arrays.real_numbers("flux", flux)
        counts = [wire_leads(self.width, self.energy, float(f))[0].channels for f in fields.flat]
        return np.array(counts).reshape(fields.shape)

    def _along_x(self, flux, xp, dtype, device):
        """(field, width): the hop from x to x + 1, -exp(-2 pi i flux y)."""
        angle = _TWO_PI * np.outer(flux, np.arange(self.width))
        return arrays.as_complex(xp, -np.exp(-1j * angle), dtype, device)

    def _bond_currents(self, psi, flux):
        """Currents of the states psi (sample, field, x, y, channel), summed over channels."""
        xp, device = arrays.backend(psi)
        hop = self._along_x(flux, xp, psi.dtype, device)[None, :, None, :, None]
        conj = xp.conj(psi)
        along_x = 2 * xp.sum(xp.imag(conj[:, :, 1:] * hop * psi[:, :, :-1]), axis=-1)
        along_y = -2 * xp.sum(xp.imag(conj[:, :, :, 1:] * psi[:, :, :, :-1]), axis=-1)
        return along_x, along_y


def _size(name, value):
    number = arrays.one_number(name, value)
    if number != int(number) or number < 1:
        raise ValueError(f"the {name} is a number of sites, 1 or more, not {number:g}.")
    return int(number)


def fields_of(flux):
    """`flux` as a one-dimensional float64 array, without the -0.0 that would be a second zero."""
    fields = np.atleast_1d(arrays.real_numbers("flux", flux))
    if fields.ndim != 1:
        raise ValueError(f"flux is one number or a one-dimensional array, not {fields.shape}.")
    return fields + 0.0


def sources(source, names=("left", "right", "both")):
    """The ends from which waves come in, as a tuple."""
    if source not in names:
        raise ValueError(f"source is {', '.join(map(repr, names))}, not {source!r}.")
    return ("left", "right") if source == "both" else (source,)


def wire_leads(width, energy, flux):
    """(left, right) leads of a wire with the rows 0 ... width - 1.

    A mirror y -> width - 1 - y turns one into the other up to a gauge, so that one calculation of
    the modes serves both.
    """
    left = lead(tuple(range(width)), energy, flux, 1)
    sigma, injection = left.self_energy[::-1, ::-1], left.injection[::-1]
    return left, Lead(sigma, injection, left.residual)


def stacked_leads(width, energy, fields):
    """Leads at many fields: sigma (side, field, width, width), Q (side, field, width, channel).

    Fields with fewer open channels than the others have columns of zeros at the end of Q; the
    numbers of open channels come last, (field,).
    """
    pairs = [wire_leads(width, energy, float(f)) for f in fields]
    channels = np.array([left.channels for left, _ in pairs])
    sigma = np.array([[pair[side].self_energy for pair in pairs] for side in (0, 1)])
    injection = np.zeros((2, len(pairs), width, channels.max()), complex)
    for n, pair in enumerate(pairs):
        for side in (0, 1):
            injection[side, n, :, : channels[n]] = pair[side].injection
    return sigma, injection, channels


def check_memory(needed, what):
    """Raise OutOfMemory, with both numbers, where `needed` bytes are not there."""
    free = psutil.virtual_memory().available
    if needed > free:
        raise OutOfMemory(
            f"{what} would take {needed / 2**30:.3g} GiB, but {free / 2**30:.3g} GiB of memory are "
            "free: take a smaller wire or fewer fields at a time."
        )
