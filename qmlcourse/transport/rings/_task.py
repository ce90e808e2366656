"""One request to a ring: its batch, array library, precision and shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import arrays
from ..arrays import Array
from ..leads import Lead, lead
from ._direct import DirectRing
from ._lattice import RingLattice


class Task:
    """One request: its batch (sample x energy x field), array library, precision and shapes.

    Parameters
    ----------
    lattice
        Sites and leads of the ring.
    energy
        () or (energy,) in hoppings.
    ring_flux, flux
        Numbers or arrays that fit together: flux quanta through the hole and through a plaquette.
    on_site
        (site,) for one ring, (sample, site) for several.
    dephasing
        Rate of losing coherence, in hoppings.
    """

    def __init__(
        self,
        lattice: RingLattice,
        energy: Any,
        ring_flux: Any,
        flux: Any,
        on_site: np.ndarray,
        dephasing: Any,
    ) -> None:
        energy = arrays.energies_in_band(energy)
        self.lattice, self.energies = lattice, np.atleast_1d(energy)
        self.xp, self.device = arrays.backend(ring_flux, flux)
        self.dtype = arrays.complex_dtype(self.xp, ring_flux, flux)
        quanta = arrays.real_numbers("ring_flux", ring_flux)
        fields = arrays.real_numbers("flux", flux)
        self.dephasing = arrays.one_number("dephasing", dephasing)
        if self.dephasing < 0:
            raise ValueError(f"the dephasing rate must not be negative ({self.dephasing:g}).")
        try:
            flux_shape = np.broadcast_shapes(quanta.shape, fields.shape)
        except ValueError:
            raise ValueError(
                f"ring_flux {quanta.shape} and flux {fields.shape} do not fit together."
            ) from None
        self.per_field = fields.size > 1
        if self.per_field:  # every field has its own sweep, joined at its own ring flux
            self.fields = np.broadcast_to(fields, flux_shape).ravel()
            self.quanta = np.broadcast_to(quanta, flux_shape).reshape(-1, 1)
        else:
            self.fields = fields.reshape(-1)
            self.quanta = quanta.reshape(1, -1)
        self.on_site = np.atleast_2d(on_site)
        self.channels = self._most_channels()
        self.grid = (len(self.on_site), len(self.energies), len(self.fields))
        self.shape = on_site.shape[:-1] + energy.shape + flux_shape
        self.count = int(np.prod(self.grid))
        self.key = (
            tuple(self.energies),
            tuple(self.fields),
            self.dephasing,
            str(self.dtype),
            str(self.device),
        )

    def _numbers(self, part: slice) -> tuple[np.ndarray, ...]:
        return np.unravel_index(np.arange(part.start, part.stop), self.grid)

    def sweep_inputs(self, part: slice) -> tuple[Array, Array, dict[int, Array]]:
        """Return complex energies, fields and the potentials of each column for the batch."""
        sample, energy, field = self._numbers(part)
        complex_energy = self.energies[energy] + 0.5j * self.dephasing
        on_site = self.cast(self.on_site[sample])
        split = {
            x: on_site[:, self.lattice.offsets[x] : self.lattice.offsets[x] + len(rows)]
            for x, rows in self.lattice.columns.items()
        }
        return self.cast(complex_energy), self.cast(self.fields[field]), split

    def _lead(self, energy: int, field: int, inward: int) -> Lead:
        rows = self.lattice.lead_rows
        return lead(rows, float(self.energies[energy]), float(self.fields[field]), inward)

    def _most_channels(self) -> int:
        """Return the largest number of open channels: others are padded with zeros."""
        pairs = np.ndindex(len(self.energies), len(self.fields))
        return max(self._lead(e, f, 1).channels for e, f in pairs)  # as many at both ends

    def leads(self, part: slice, inward: int) -> tuple[Array, Array]:
        """Return self-energies (batch, w, w) and injections (batch, w, channel) for the batch."""
        _, energy, field = self._numbers(part)
        found = [self._lead(e, f, inward) for e, f in zip(energy, field, strict=True)]
        injection = np.zeros((len(found), len(self.lattice.lead_rows), self.channels), complex)
        for n, one in enumerate(found):
            injection[n, :, : one.channels] = one.injection
        return self.cast(np.array([one.self_energy for one in found])), self.cast(injection)

    def direct(self, number: int) -> tuple[DirectRing, np.ndarray]:
        """Return one element of the batch as a DirectRing, and its fluxes through the hole."""
        sample, energy, field = (int(n[0]) for n in self._numbers(slice(number, number + 1)))
        ring = DirectRing(
            self.lattice,
            complex(self.energies[energy], 0.5 * self.dephasing),
            float(self.fields[field]),
            self.on_site[sample],
            (self._lead(energy, field, 1), self._lead(energy, field, -1)),
            self.channels,
        )
        return ring, self.quanta[field if self.per_field else 0]

    def phases(self, part: slice) -> tuple[Array, Array]:
        """Return exp(2 pi i ring_flux), (batch or 1, flux), and fields a plaquette, (batch,)."""
        _, _, field = self._numbers(part)
        quanta = self.quanta[field] if self.per_field else self.quanta
        return self.cast(np.exp(1j * 2 * np.pi * quanta)), self.cast(self.fields[field])

    def cast(self, values: Any) -> Array:
        """Return `values` as a complex array of this request's library, precision and device."""
        return arrays.as_complex(self.xp, values, self.dtype, self.device)

    def shaped(self, result: Array, tail: int = 0) -> Array:
        """Return (batch, flux, tail) as (sample, energy, flux, tail), without axes of scalars."""
        rest = tuple(result.shape[result.ndim - tail :])
        result = result.reshape(self.shape + rest)
        return result[()] if isinstance(result, np.ndarray) else result


def check_single(on_site: np.ndarray) -> None:
    """Refuse several samples, for what is computed of one ring at a time."""
    if on_site.ndim == 2:
        raise ValueError(f"give a single ring, not {len(on_site)} samples.")
