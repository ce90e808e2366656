"""Wires between two leads: antidots as a change of a clean wire, disorder by recursion.

Lengths are in lattice constants, energies in hoppings, `flux` in flux quanta h/e through one
plaquette.
"""

from . import warm_wires
from .antidot_wire import AntidotWire
from .disordered_wire import DisorderedWire
from .wire import OutOfMemory

__all__ = ["AntidotWire", "DisorderedWire", "OutOfMemory", "warm_wires"]
