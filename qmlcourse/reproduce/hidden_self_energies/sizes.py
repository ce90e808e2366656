"""How many fits each tier makes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SpectrumSizes:
    """The fits of one tier.

    Attributes
    ----------
    data_seeds : int
        Synthetic measurements of each truth in the study of recovery.
    starts, ensemble_starts : int
        Random starts of each fit, and of each ansatz of an ensemble.
    covered, chunk : int
        Random truths on which the error bar of the gap parameter is judged, and measurements that
        are fitted and stored at a time.
    peak_counts : tuple of float
        Expected counts at the peak of the strongest curve.
    slopes : tuple of float
        Relative changes of the coupling with the band energy, per eV.
    """

    data_seeds: int = 12
    starts: int = 4
    covered: int = 240
    chunk: int = 12
    peak_counts: tuple[float, ...] = (1e3, 1e4, 1e5, 1e6)
    slopes: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 4.0)
    ensemble_starts: int = 6


TIERS = {
    "laptop": SpectrumSizes(),
    "gpu": SpectrumSizes(data_seeds=100, starts=16, covered=4096, chunk=256, ensemble_starts=64),
}
