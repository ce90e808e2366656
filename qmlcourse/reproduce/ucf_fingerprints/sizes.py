"""Which wires each tier of chapter 2 computes, and how many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Sizes = tuple[tuple[int, int], ...]  # length and width of each wire


@dataclass(frozen=True)
class LengthScan:
    """Wires of one width and several lengths; lengths in lattice constants, energies in hoppings.

    Attributes
    ----------
    width, disorder, lengths, energy
        The wires, as in :class:`~qmlcourse.transport.DisorderedWire`.
    weak
        Flux quanta through the whole wire; the first one is zero.
    strong
        Fluxes a plaquette at which at most one channel fewer is open than without field.
    """

    width: int
    disorder: float
    lengths: tuple[int, ...]
    weak: tuple[float, ...]
    strong: tuple[float, ...]
    energy: float = -0.81

    def fields(self, length: int) -> np.ndarray:
        """Return the fluxes a plaquette for a length: the weak ones, then the strong ones."""
        return np.concatenate([np.array(self.weak) / (length * self.width), self.strong])


@dataclass(frozen=True)
class WireSizes:
    """The wires of one tier.

    Attributes
    ----------
    scans
        The wires whose variance and dip are computed.
    samples
        Wires of each length and width.
    chunk
        Wires that are computed and stored together.
    correlation_wires
        Lengths and widths of the wires whose correlation field is computed.
    correlation_energy, correlation_disorder, correlation_samples
        Their energy, disorder and number.
    correlation_quanta
        Flux quanta through the wire at the first and the last field, and number of fields.
    """

    scans: tuple[LengthScan, ...] = (
        LengthScan(
            width=40,
            disorder=2.0,
            lengths=(40, 60, 80, 120, 160, 200, 240),
            weak=(0.0, 0.25, 0.5, 1.0, 2.0, 4.0),
            strong=(0.0025, 0.003, 0.0035, 0.004),
        ),
        LengthScan(
            width=60,
            disorder=1.7,
            lengths=(200, 300, 400),
            weak=(0.0,),
            strong=(0.002, 0.0025, 0.003),
        ),
    )
    samples: int = 2000
    chunk: int = 50
    correlation_wires: Sizes = ((60, 16), (120, 16), (60, 24), (90, 24), (120, 24), (60, 32))
    correlation_energy: float = -0.81
    correlation_disorder: float = 2.0
    correlation_samples: int = 80
    correlation_quanta: tuple[float, float, int] = (4.0, 20.0, 96)


TIERS = {
    "laptop": WireSizes(),  # some 40 minutes on one core
    # the same work on more wires, through torch
    "gpu": WireSizes(samples=50_000, chunk=1_000, correlation_samples=2_000),
}
