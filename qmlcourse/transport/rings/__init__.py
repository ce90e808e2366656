"""Rings with two leads: conductance and waves at all fluxes, waves in time, and reading the flux.

Lengths are in lattice constants, energies in hoppings, `ring_flux` in flux quanta h/e through the
hole. `ABRing` is the ring with arms of any width, `ChainRing` the one-channel ring in closed form;
`windings` sorts what a ring passes on by turns, `wave_packet` sends a packet through it.
"""

from .ab_ring import ABRing
from .chain_ring import ChainRing
from .flux_reader import FluxReader, flux_error
from .packet import Packet, wave_packet
from .windings import Windings, windings

__all__ = [
    "ABRing",
    "ChainRing",
    "FluxReader",
    "Packet",
    "Windings",
    "flux_error",
    "wave_packet",
    "windings",
]
