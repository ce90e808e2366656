"""Rings with two leads: conductance and waves at all fluxes, and reading the flux off a wave.

Lengths are in lattice constants, energies in hoppings, `ring_flux` in flux quanta h/e through the
hole. `ABRing` is the ring with arms of any width, `ChainRing` the one-channel ring in closed form.
"""

from .ab_ring import ABRing
from .chain_ring import ChainRing
from .flux_reader import FluxReader, flux_error

__all__ = ["ABRing", "ChainRing", "FluxReader", "flux_error"]
