"""Exact quantum transport on lattices: rings, wires, leads, averages and their Kwant twins."""

from .leads import Lead, lead, lowest_energy, open_channels
from .measured.coherent_area import CoherentArea, Detrended, coherent_area, detrend, wire_like_curve
from .measured.curves import (
    FLUX_QUANTUM,
    MeasuredCurve,
    PeriodEstimate,
    estimate_period,
    measured_like_curve,
    read_curve,
    ring_radius,
)
from .rings.ab_ring import ABRing
from .rings.chain_ring import ChainRing
from .rings.flux_reader import FluxReader, flux_error
from .statistics.averages import (
    Harmonics,
    correlation_energy,
    ensemble_harmonics,
    fermi_weight,
    thermal_average,
)
from .statistics.fluctuations import (
    Correlation,
    Distribution,
    Estimate,
    conductance_correlation,
    conductance_distribution,
    conductance_variance,
    dip_half_width,
    magnetoconductance,
    self_averaging,
    self_averaging_exponent,
    symmetry_crossover,
    thermal_fluctuations,
    weak_localization,
)
from .statistics.spectra import Spectrum, oscillation_spectrum
from .wires import warm_wires
from .wires.antidot_wire import AntidotWire
from .wires.disordered_wire import DisorderedWire
from .wires.wire import OutOfMemory

__all__ = [
    "FLUX_QUANTUM",
    "ABRing",
    "AntidotWire",
    "ChainRing",
    "CoherentArea",
    "Correlation",
    "Detrended",
    "DisorderedWire",
    "Distribution",
    "Estimate",
    "FluxReader",
    "Harmonics",
    "Lead",
    "MeasuredCurve",
    "OutOfMemory",
    "PeriodEstimate",
    "Spectrum",
    "coherent_area",
    "conductance_correlation",
    "conductance_distribution",
    "conductance_variance",
    "correlation_energy",
    "detrend",
    "dip_half_width",
    "ensemble_harmonics",
    "estimate_period",
    "fermi_weight",
    "flux_error",
    "lead",
    "lowest_energy",
    "magnetoconductance",
    "measured_like_curve",
    "open_channels",
    "oscillation_spectrum",
    "read_curve",
    "ring_radius",
    "self_averaging",
    "self_averaging_exponent",
    "symmetry_crossover",
    "thermal_average",
    "thermal_fluctuations",
    "warm_wires",
    "weak_localization",
    "wire_like_curve",
]
