"""Differentiable tight binding: responses, topology, and the inverse design of Hamiltonians.

Units: energies in the nearest-neighbour hopping t1, lengths in bond lengths, hbar = e = 1.

One convention of signs holds in all modules; `tests/inverse_design/test_signs.py` checks each line.

- A bond with the amplitude t adds t exp(-i k.d) |to><from| + h.c. to H(k), where d is the vector
  from the start of the bond to its end. Positions stand in the phase, so dH/dk is the velocity.
- The Berry connection is A = i <u|d/dk u>, the curvature Omega = dA_y/dk_x - dA_x/dk_y, the Chern
  number of a band the integral of Omega over the zone, divided by 2 pi.
- The Hall conductivity is (e^2/h) (1 / 2 pi) int d^2k sum_n f_n Omega_n: filled bands with a
  positive Chern number give a positive value. It is the current along +y in a field along +x.
- Haldane's model has the Chern number +1 in the lower band for 0 < phi < pi and small m.
- A gap below which the Chern numbers add up to C > 0 holds C modes on each edge that run clockwise
  around the sample (seen from +z): along +x on the upper edge, along -x on the lower one.
- The flux of a loop is the phase of the product of its amplitudes, walked anticlockwise.
"""

from .design import HONEYCOMB, TRIANGULAR, Design, Schedule, cooling, design
from .design_space import DesignSpace
from .eigen import safe_eigh
from .filling import fermi_function, fermi_level
from .gauge import gauge_fixed, gauge_transformed
from .hall import berry_curvature, hall_conductivity
from .lattices import (
    haldane,
    honeycomb,
    honeycomb_lattice,
    one_angle,
    triangular,
    triangular_lattice,
)
from .loops import Loop, fluxes
from .objectives import (
    FLAT,
    flatness,
    flatness_objective,
    hall_objective,
    spin_hall_objective,
    two_spins,
)
from .photocurrent import photocurrent
from .reading import flux_table, haldane_part
from .ribbons import ribbon, ribbon_bands
from .spin_chain import cone, spin_chain
from .spin_cluster import SpinCluster, entanglement_objective, exchange_cluster
from .sunlight import black_body, spin_texture, spins_of, sunlight_current, sunlight_objective
from .symmetry import Symmetry, symmetries
from .tight_binding import Lattice, TightBinding, Waves, mesh_waves
from .topology import chern_number, gap

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
    "fermi_function",
    "fermi_level",
    "flatness",
    "flatness_objective",
    "flux_table",
    "fluxes",
    "gap",
    "gauge_fixed",
    "gauge_transformed",
    "haldane",
    "haldane_part",
    "hall_conductivity",
    "hall_objective",
    "honeycomb",
    "honeycomb_lattice",
    "mesh_waves",
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
    "triangular",
    "triangular_lattice",
    "two_spins",
]
