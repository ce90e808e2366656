"""One request to a ring: its batch, array library, precision and shapes."""

import numpy as np

from .. import arrays
from ..leads import lead
from ._direct import DirectRing


class Task:
    """One request: its batch (sample x energy x field), array library, precision and shapes."""

    def __init__(self, ring, energies, ring_flux, flux, dephasing):
        self.ring, self.energies = ring, np.array(energies)
        self.xp, self.device = arrays.backend(ring_flux, flux)
        self.dtype = arrays.complex_dtype(self.xp, ring_flux, flux)
        quanta = arrays.real_numbers("ring_flux", ring_flux)
        fields = arrays.real_numbers("flux", flux)
        self.dephasing = arrays.one_number("dephasing", dephasing)
        if self.dephasing < 0:
            raise ValueError(f"the dephasing rate must not be negative ({self.dephasing:g}).")
        try:
            self.flux_shape = np.broadcast_shapes(quanta.shape, fields.shape)
        except ValueError:
            raise ValueError(
                f"ring_flux {quanta.shape} and flux {fields.shape} do not fit together."
            ) from None
        self.per_field = fields.size > 1
        if self.per_field:  # every field has its own sweep, joined at its own ring flux
            self.fields = np.broadcast_to(fields, self.flux_shape).ravel()
            self.quanta = np.broadcast_to(quanta, self.flux_shape).reshape(-1, 1)
        else:
            self.fields = fields.reshape(-1)
            self.quanta = quanta.reshape(1, -1)
        self.samples = len(ring._on_site)
        self.channels = self._most_channels()
        self.grid = (self.samples, len(self.energies), len(self.fields))
        self.count = int(np.prod(self.grid))
        self.key = (
            tuple(energies),
            tuple(self.fields),
            self.dephasing,
            str(self.dtype),
            str(self.device),
        )

    def _numbers(self, part):
        return np.unravel_index(np.arange(part.start, part.stop), self.grid)

    def sweep_inputs(self, part):
        sample, energy, field = self._numbers(part)
        complex_energy = self.energies[energy] + 0.5j * self.dephasing
        on_site = self.cast(self.ring._on_site[sample])
        lattice = self.ring._lattice
        split = {
            x: on_site[:, lattice.offsets[x] : lattice.offsets[x] + len(rows)]
            for x, rows in lattice.columns.items()
        }
        return self.cast(complex_energy), self.cast(self.fields[field]), split

    def _lead(self, energy, field, inward):
        rows = self.ring._lattice.lead_rows
        return lead(rows, float(self.energies[energy]), float(self.fields[field]), inward)

    def _most_channels(self):
        """Largest number of open channels in the request: others are padded with zeros."""
        pairs = np.ndindex(len(self.energies), len(self.fields))
        return max(self._lead(e, f, inward).channels for e, f in pairs for inward in (1, -1))

    def leads(self, part, inward):
        """Self-energies (batch, w, w) and injections (batch, w, channels) for the batch."""
        _, energy, field = self._numbers(part)
        found = [self._lead(e, f, inward) for e, f in zip(energy, field, strict=True)]
        injection = np.zeros(
            (len(found), len(self.ring._lattice.lead_rows), self.channels), complex
        )
        for n, one in enumerate(found):
            injection[n, :, : one.channels] = one.injection
        return self.cast(np.array([one.self_energy for one in found])), self.cast(injection)

    def direct(self, number):
        """(DirectRing, fluxes) of one element of the batch, for where the sweep is not safe."""
        sample, energy, field = (int(n[0]) for n in self._numbers(slice(number, number + 1)))
        ring = DirectRing(
            self.ring._lattice,
            self.ring._on_site[sample],
            complex(self.energies[energy], 0.5 * self.dephasing),
            float(self.fields[field]),
            (self._lead(energy, field, 1), self._lead(energy, field, -1)),
            self.channels,
        )
        return ring, self.quanta[field if self.per_field else 0]

    def ring_flux_of(self, part):
        """(batch or 1, flux) complex phases exp(2 pi i ring_flux) and the fields a plaquette."""
        _, _, field = self._numbers(part)
        quanta = self.quanta[field] if self.per_field else self.quanta
        return self.cast(np.exp(1j * 2 * np.pi * quanta)), self.cast(self.fields[field])

    def cast(self, values):
        return arrays.as_complex(self.xp, values, self.dtype, self.device)

    def shape(self, result, energy_axis, tail=0):
        """(batch, flux, tail) -> (energy?, sample?, *flux_shape, tail)."""
        rest = tuple(result.shape[result.ndim - tail :])
        result = result.reshape(self.grid[:2] + self.flux_shape + rest)
        order = list(range(result.ndim))
        if energy_axis:
            order[0], order[1] = 1, 0
        result = self.xp.permute_dims(result, tuple(order))
        if not energy_axis:
            result = result[:, 0]
            return result if self.ring.batched else result[0]
        return result if self.ring.batched else result[:, 0]
