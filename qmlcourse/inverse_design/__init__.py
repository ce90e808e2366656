"""Differentiable tight binding: responses, topology, and the inverse design of Hamiltonians."""

from .design import HONEYCOMB, TRIANGULAR, Design, Schedule, cooling, design, hall_objective
from .eigen import safe_eigh
from .hall import berry_curvature, fill, hall_conductivity
from .lattices import (
    DesignSpace,
    haldane,
    honeycomb,
    honeycomb_lattice,
    one_angle,
    triangular,
    triangular_lattice,
)
from .objectives import FLAT, flatness, flatness_objective, spin_hall_objective, two_spins
from .photocurrent import cone, photocurrent, spin_chain
from .reading import Loop, fix_gauge, flux_table, fluxes, haldane_part, transform_gauge
from .spin_cluster import SpinCluster, entanglement_objective, exchange_cluster
from .sunlight import black_body, spin_texture, spins_of, sunlight_current, sunlight_objective
from .symmetry import Symmetry, symmetries
from .tight_binding import Lattice, TightBinding, Waves
from .topology import chern_number, gap, ribbon, ribbon_bands

__all__ = [
    "FLAT",
    "HONEYCOMB",
    "TRIANGULAR",
    "Design",
    "DesignSpace",
    "Lattice",
    "Loop",
    "Schedule",
    "SpinCluster",
    "Symmetry",
    "TightBinding",
    "Waves",
    "berry_curvature",
    "black_body",
    "chern_number",
    "cone",
    "cooling",
    "design",
    "entanglement_objective",
    "exchange_cluster",
    "fill",
    "fix_gauge",
    "flatness",
    "flatness_objective",
    "flux_table",
    "fluxes",
    "gap",
    "haldane",
    "haldane_part",
    "hall_conductivity",
    "hall_objective",
    "honeycomb",
    "honeycomb_lattice",
    "one_angle",
    "photocurrent",
    "ribbon",
    "ribbon_bands",
    "safe_eigh",
    "spin_chain",
    "spin_hall_objective",
    "spin_texture",
    "spins_of",
    "sunlight_current",
    "sunlight_objective",
    "symmetries",
    "transform_gauge",
    "triangular",
    "triangular_lattice",
    "two_spins",
]
