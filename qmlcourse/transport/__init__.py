"""Exact quantum transport on lattices: rings, leads, averages and their Kwant twins."""

from .ab_ring import ABRing
from .averages import (
    Harmonics,
    correlation_energy,
    ensemble_harmonics,
    fermi_weight,
    thermal_average,
)
from .chain_ring import ChainRing
from .flux_reader import FluxReader, flux_error
from .leads import Lead, lead, lowest_energy, open_channels
from .measured import (
    FLUX_QUANTUM,
    MeasuredCurve,
    PeriodEstimate,
    estimate_period,
    measured_like_curve,
    read_curve,
    ring_radius,
)
from .spectra import Spectrum, oscillation_spectrum

__all__ = [
    "FLUX_QUANTUM",
    "ABRing",
    "ChainRing",
    "FluxReader",
    "Harmonics",
    "Lead",
    "MeasuredCurve",
    "PeriodEstimate",
    "Spectrum",
    "correlation_energy",
    "ensemble_harmonics",
    "estimate_period",
    "fermi_weight",
    "flux_error",
    "lead",
    "lowest_energy",
    "measured_like_curve",
    "open_channels",
    "oscillation_spectrum",
    "read_curve",
    "ring_radius",
    "thermal_average",
]
