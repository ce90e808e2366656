"""Wires between two leads: antidots as a change of a clean wire, disorder by recursion.

Lengths are in lattice constants, energies in hoppings, `flux` in flux quanta h/e through one
plaquette. `prepared_wire` keeps solved fields on the disk, `warm_wires` is a shipped pool of
conductances. Two modules are imported by their own names, since they need torch or stored datasets:
`fingerprints`, the dataset, and `fingerprint_search`, which reads a fingerprint backwards.
"""

from . import warm_wires
from .antidot_wire import AntidotWire
from .disordered_wire import DisorderedWire
from .prepared import prepared_wire
from .wire import OutOfMemory, Wire

__all__ = [
    "AntidotWire",
    "DisorderedWire",
    "OutOfMemory",
    "Wire",
    "prepared_wire",
    "warm_wires",
]
