"""Differentiable tight binding: responses, topology, and the inverse design of Hamiltonians."""

from .design import (
    HONEYCOMB,
    TRIANGULAR,
    Design,
    Schedule,
    cooling,
    design,
    hall_objective,
)
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
from .photocurrent import cone, photocurrent, spin_chain
from .reading import Loop, fix_gauge, fluxes, transform_gauge
from .tight_binding import Lattice, TightBinding, Waves
from .topology import chern_number, gap, ribbon, ribbon_bands

__all__ = [
    "HONEYCOMB",
    "TRIANGULAR",
    "Design",
    "DesignSpace",
    "Lattice",
    "Loop",
    "Schedule",
    "TightBinding",
    "Waves",
    "berry_curvature",
    "chern_number",
    "cone",
    "cooling",
    "design",
    "fill",
    "fix_gauge",
    "fluxes",
    "gap",
    "haldane",
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
    "transform_gauge",
    "triangular",
    "triangular_lattice",
]
