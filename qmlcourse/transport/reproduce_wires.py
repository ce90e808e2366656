"""Chapter 2 at full scale: universal fluctuations, weak localisation, correlation field.

`qmlcourse reproduce ucf_fingerprints --tier laptop` scans the length of a disordered wire without
and with a magnetic field, and sets the variance of g beside 2/15 and 1/15 (C. W. J. Beenakker, Rev.
Mod. Phys. 69, 731 (1997)). The window in which the theory applies is fixed beforehand by four
conditions on quantities other than the variance (`in_window`); all settings are printed.
"""

from dataclasses import dataclass

import numpy as np

from . import _arrays
from .disordered_wire import DisorderedWire


@dataclass(frozen=True)
class Settings:
    """The wires of one tier; lengths in lattice constants, energies in hoppings.

    `strong` are fluxes a plaquette at which as many channels are open as without field; `weak` are
    flux quanta through the whole wire.
    """

    width: int = 40
    energy: float = -0.81
    disorder: float = 2.0
    lengths: tuple = (40, 60, 80, 120, 160, 200, 240)
    weak: tuple = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
    strong: tuple = (0.0025, 0.003, 0.0035, 0.004)
    samples: int = 2000
    chunk: int = 50
    correlation_wires: tuple = ((60, 16), (120, 16), (60, 24), (90, 24), (120, 24), (60, 32))
    correlation_disorder: float = 2.0
    correlation_samples: int = 80
    correlation_quanta: tuple = (4.0, 20.0, 96)  # first, last, number of fields

    def fields(self, length):
        """Fluxes a plaquette for a length: the weak ones, then the strong ones."""
        return np.concatenate([np.array(self.weak) / (length * self.width), self.strong])


TIERS = {
    "laptop": Settings(),
    "gpu": Settings(samples=50_000, chunk=1_000, correlation_samples=2_000),
}


def conductances(settings, length, seeds, device=None):
    """(sample, field): g of the scan's wires of one length at `settings.fields(length)`."""
    wire = DisorderedWire(length, settings.width, settings.energy)
    on_site = _placed(wire.potential(settings.disorder, seeds), device)
    return _arrays.to_numpy(wire.conductance(on_site, settings.fields(length)))


def fingerprints(settings, size, seeds, device=None):
    """(sample, field): g on an even grid of fields, for the correlation field of one wire size."""
    length, width = size
    wire = DisorderedWire(length, width, settings.energy)
    on_site = _placed(wire.potential(settings.correlation_disorder, seeds), device)
    return _arrays.to_numpy(wire.conductance(on_site, correlation_flux(settings, size)))


def correlation_flux(settings, size):
    """Fluxes a plaquette of `fingerprints`."""
    first, last, number = settings.correlation_quanta
    return np.linspace(first, last, int(number)) / np.prod(size)


def _placed(values, device):
    if device is None:
        return values
    import torch

    return torch.as_tensor(values, device=device)
