"""The one-channel ring: two chains between two three-way junctions, solved in two ways.

Both ways describe the same lattice (hopping -1, E = -2 cos k): `conductance` inverts its matrix,
`closed_form` is the matching of waves at the two junctions, after M. Buttiker, Y. Imry and M. Ya.
Azbel, Phys. Rev. A 30, 1982 (1984), with the junction that the lattice itself dictates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays

_TWO_PI = 2 * np.pi
_ON_LEVEL = 1e-9
_NUDGE = 1e-6


class ChainRing:
    """A ring of two chains between two junction sites.

    The junctions carry a one-channel lead each. `ring_flux` counts flux quanta h/e through the
    ring. The arms have the lengths upper + 1 and lower + 1 lattice constants.

    Where both arms hold a standing wave of the energy (sin k(upper+1) = sin k(lower+1) = 0), the
    ring has a level that the leads cannot reach, and the conductance at zero or half a flux
    quantum is not defined; there, results are those of a wave number shifted by 1e-6.

    Parameters
    ----------
    upper, lower
        Numbers of sites of the two chains, at least one each.

    Raises
    ------
    ValueError
        For other numbers of sites.
    """

    def __init__(self, upper: int, lower: int) -> None:
        for name, value in (("upper", upper), ("lower", lower)):
            if int(value) != value or value < 1:
                raise ValueError(
                    f"the {name} chain needs a whole number of sites, at least 1, not {value}."
                )
        self.upper, self.lower = int(upper), int(lower)

    def __repr__(self) -> str:
        return f"ChainRing({self.upper}, {self.lower})"

    def closed_form(self, energy: ArrayLike, ring_flux: ArrayLike = 0.0) -> np.ndarray | float:
        """Return the conductance in e^2/h from one formula.

        Parameters
        ----------
        energy, ring_flux
            In hoppings, between -2 and 2, and in flux quanta h/e; shapes that fit together.

        Raises
        ------
        ValueError
            For an energy outside the band.

        Notes
        -----
        With lengths L = sites + 1, s_u = sin k L_u, s_l = sin k L_l, S = sin k (L_u + L_l),

            g = 4 sin^4 k (s_u^2 + s_l^2 + 2 s_u s_l cos phi) / |D|^2,
            D = e^{2ik} s_u s_l - 2 e^{ik} sin k S + 2 sin^2 k (cos k(L_u + L_l) - cos phi),

        phi = 2 pi ring_flux. It follows from psi(j) ~ sin kj on each arm and Schrodinger's
        equation on the two junctions.
        """
        k = self._wave_number(energy)
        phi = _TWO_PI * arrays.real_numbers("ring_flux", ring_flux)
        sine, up, low = np.sin(k), np.sin(k * (self.upper + 1)), np.sin(k * (self.lower + 1))
        around = k * (self.upper + self.lower + 2)
        interference = up**2 + low**2 + 2 * up * low * np.cos(phi)
        denominator = (
            np.exp(2j * k) * up * low
            - 2 * np.exp(1j * k) * sine * np.sin(around)
            + 2 * sine**2 * (np.cos(around) - np.cos(phi))
        )
        return 4 * sine**4 * interference / np.abs(denominator) ** 2

    def conductance(self, energy: float, ring_flux: ArrayLike = 0.0) -> np.ndarray | float:
        """Return the conductance in e^2/h, one value a flux, by inverting one matrix.

        The flux sits on the first bond of the upper arm; all fluxes follow from an update of
        rank two of the Green's function at a quarter flux quantum (where no level is hidden).

        Parameters
        ----------
        energy
            One, in hoppings, between -2 and 2.
        ring_flux
            Of any shape, in flux quanta h/e.

        Raises
        ------
        ValueError
            For an energy outside the band.
        """
        k = self._wave_number(arrays.one_number("energy", energy))
        flux = arrays.real_numbers("ring_flux", ring_flux)
        hidden = np.linalg.inv(-2 * np.cos(k) * np.eye(self._count) - self._hamiltonian(0.25, k))
        start, first, end = 0, 1, self.upper + 1
        change = -np.exp(1j * _TWO_PI * flux) + np.exp(0.5j * np.pi)
        update = np.zeros((*flux.shape, 2, 2), complex)
        update[..., 0, 1], update[..., 1, 0] = change.conj(), change
        pair = [start, first]
        inner = np.eye(2) - update @ hidden[np.ix_(pair, pair)]
        arrival = hidden[pair, start][:, None]
        correction = hidden[end, pair] @ np.linalg.solve(inner, update @ arrival)
        through = hidden[end, start] + correction[..., 0]
        return 4 * np.sin(k) ** 2 * np.abs(through) ** 2

    @property
    def _count(self) -> int:
        return self.upper + self.lower + 2

    def _hamiltonian(self, flux: float, k: float) -> np.ndarray:
        """Sites: junction, upper chain, junction, lower chain back; leads as self-energies."""
        count, end = self._count, self.upper + 1
        h = np.zeros((count, count), complex)
        bonds = [(n, (n + 1) % count) for n in range(count)]
        for a, b in bonds:
            h[a, b] += -1.0
            h[b, a] += -1.0
        h[1, 0] = -np.exp(1j * _TWO_PI * flux)
        h[0, 1] = h[1, 0].conjugate()
        h[0, 0] = h[end, end] = -np.exp(1j * k)
        return h

    def _wave_number(self, energy: ArrayLike) -> np.ndarray:
        energy = arrays.real_numbers("energy", energy)
        if (np.abs(energy) >= 2).any():
            worst = energy.flat[np.abs(energy).argmax()]
            raise ValueError(f"the energy {worst:g} lies outside the band of the chain, -2 to 2.")
        k = np.arccos(-energy / 2)
        hidden = (np.abs(np.sin(k * (self.upper + 1))) < _ON_LEVEL) & (
            np.abs(np.sin(k * (self.lower + 1))) < _ON_LEVEL
        )
        return np.where(hidden, k + _NUDGE, k)
