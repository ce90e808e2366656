"""Wires with antidots solved as a whole, for energies at which the clean wire has no solution.

Right where a channel opens, the Green's function of the clean wire diverges: nothing can be
corrected from there. The wire with its antidots has a finite one; it costs a sparse solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._direct import wire_states
from ._points import wire_leads

_SIDE = {"left": 0, "right": 1}


@dataclass
class Direct:
    """One wire at one field, with the results that `_antidot_solve.Solved` gives."""

    psi: np.ndarray  # (side, N, c), zero on the removed sites
    injection: tuple[np.ndarray, np.ndarray]  # Q of the left and the right lead
    width: int
    xp = np
    device = None

    def transmitted(self, to: str, source: str) -> np.ndarray:
        """Return Q^dagger G Q from a source to a side, (1, 1, c, c)."""
        ends = slice(0, self.width), slice(len(self.psi[0]) - self.width, None)
        bra = self.injection[_SIDE[to]].conj().T
        return (bra @ self.psi[_SIDE[source]][ends[_SIDE[to]]])[None, None]

    def states(self, source: str, length: int, width: int) -> np.ndarray:
        """Return the scattering states (1, 1, N, c)."""
        return self.psi[_SIDE[source]][None, None]


def solve(length: int, width: int, energy: float, flux: float, gone: np.ndarray) -> Direct:
    """Return Direct for the wire without the sites `gone` (flat numbers), at one field."""
    leads = wire_leads(width, energy, float(flux))
    hop = -np.exp(-2j * np.pi * flux * np.arange(width))
    kept = np.setdiff1d(np.arange(length * width), gone)
    injection = tuple(one.injection for one in leads)
    sigma = tuple(one.self_energy for one in leads)
    psi = wire_states(energy, np.zeros((length, width)), hop, sigma, injection, kept)
    return Direct(psi, injection, width)
