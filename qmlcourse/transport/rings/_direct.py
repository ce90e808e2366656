"""The ring as one sparse matrix: slower than the sweep, and safe where the sweep is not.

The sweep folds columns one after the other. When the part that is folded has a level of its own
at the energy (on a clean ring, E = 0 always), its Green's function is infinite although that of
the ring with both leads is not. Those few energies are solved here: one factorisation at a
quarter flux quantum, and an update on the ends of the cut's bonds for all fluxes.

A clean ring may even have levels at E = 0 that no lead reaches at any flux (its two sublattices
have different numbers of sites). Then the matrix is singular while all that the leads see is
smooth in the energy: it is solved at the imaginary energies +-eta, +-2 eta and extrapolated to
eta = 0, with an error of order (eta * dwell time)^4.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from ..leads import Lead
from ._lattice import RingLattice

_BASE = 0.25
_ETA = 1e-6
_EXTRAPOLATE = ((_ETA, 4 / 6), (-_ETA, 4 / 6), (2 * _ETA, -1 / 6), (-2 * _ETA, -1 / 6))
_LARGEST = 1e6  # larger elements of the Green's function mean a level that no lead reaches


class DirectRing:
    """Scattering states of one ring at one energy and uniform field, at any flux in the hole.

    Parameters
    ----------
    lattice
        Sites and leads of the ring.
    energy
        In hoppings; its imaginary part is half the dephasing rate.
    flux
        Flux quanta h/e through one plaquette.
    on_site
        (site,) in hoppings.
    leads
        The left and the right lead.
    channels
        Number of channels to which both leads are padded with zeros.
    """

    def __init__(
        self,
        lattice: RingLattice,
        energy: complex,
        flux: float,
        on_site: np.ndarray,
        leads: tuple[Lead, Lead],
        channels: int,
    ) -> None:
        self.lattice, self.leads, self.channels = lattice, leads, channels
        index = {tuple(site): n for n, site in enumerate(lattice.sites.tolist())}
        end = lattice.lead_end
        self.contacts = [[index[x, y] for y in lattice.lead_rows] for x in (-end, end)]
        cut = sorted(y for x, y in index if x == 0 and y > 0 and (1, y) in index)
        self.ends = [index[x, y] for x in (0, 1) for y in cut]
        self._cut_hop = -np.exp(2j * np.pi * flux * np.array(cut))  # from column 1 to column 0
        matrix = self._matrix(index, energy, flux, on_site).tocsc()
        count = len(index)
        right_hand = np.zeros((count, 2 * channels + len(self.ends)), complex)
        for n, (lead, contact) in enumerate(zip(leads, self.contacts, strict=True)):
            right_hand[contact, n * channels : n * channels + lead.channels] = lead.injection
        right_hand[self.ends, range(2 * channels, right_hand.shape[1])] = 1.0
        try:
            self._solutions = [(1.0, scipy.sparse.linalg.splu(matrix).solve(right_hand))]
            hidden = np.abs(self._solutions[0][1]).max() > _LARGEST
        except RuntimeError:  # exactly singular
            hidden = True
        if hidden:
            unit = scipy.sparse.identity(count, format="csc")
            self._solutions = [
                (weight, scipy.sparse.linalg.splu(matrix + 1j * eta * unit).solve(right_hand))
                for eta, weight in _EXTRAPOLATE
            ]

    def _matrix(
        self, index: dict[tuple[int, int], int], energy: complex, flux: float, on_site: np.ndarray
    ) -> scipy.sparse.coo_matrix:
        rows, columns, values = [], [], []

        def couple(here: int, there: int, hop: complex) -> None:
            rows.extend((here, there))
            columns.extend((there, here))
            values.extend((-hop, -np.conj(hop)))

        for (x, y), here in index.items():
            rows.append(here)
            columns.append(here)
            values.append(energy - on_site[here])
            if (x, y + 1) in index:
                couple(here, index[x, y + 1], -1.0)
            if (x + 1, y) in index:
                turn = flux * y + (_BASE if x == 0 and y > 0 else 0.0)
                couple(here, index[x + 1, y], -np.exp(2j * np.pi * turn))
        for lead, contact in zip(self.leads, self.contacts, strict=True):
            rows.extend(np.repeat(contact, len(contact)))
            columns.extend(np.tile(contact, len(contact)))
            values.extend(-lead.self_energy.ravel())
        shape = (len(index),) * 2
        return scipy.sparse.coo_matrix((values, (rows, columns)), shape, dtype=complex)

    def waves(self, quanta: np.ndarray) -> np.ndarray:
        """Return states (flux, site, 2 * channels) fed by the left lead, then by the right lead."""
        turn = np.exp(2j * np.pi * np.asarray(quanta))[:, None] - np.exp(2j * np.pi * _BASE)
        half = len(self._cut_hop)
        change = np.zeros((len(turn), 2 * half, 2 * half), complex)
        change[:, range(half), range(half, 2 * half)] = self._cut_hop * turn
        change += change.conj().swapaxes(1, 2)
        return sum(weight * self._updated(columns, change) for weight, columns in self._solutions)

    def _updated(self, columns: np.ndarray, change: np.ndarray) -> np.ndarray:
        waves, from_ends = columns[:, : 2 * self.channels], columns[:, 2 * self.channels :]
        inner = np.eye(len(self.ends)) - change @ from_ends[self.ends]
        # a level that the leads do not reach at this very flux leaves `inner` singular; the
        # pseudo-inverse leaves that level out, which no lead would notice
        kernel = np.linalg.pinv(inner, rcond=1e-13) @ change
        return waves + from_ends @ kernel @ waves[self.ends]

    def scattering(self, quanta: np.ndarray) -> np.ndarray:
        """Return the S matrix (flux, 2 * channels, 2 * channels), left lead first."""
        waves = self.waves(quanta)
        outgoing = []
        for lead, contact in zip(self.leads, self.contacts, strict=True):
            padded = np.zeros((len(contact), self.channels), complex)
            padded[:, : lead.channels] = lead.injection
            outgoing.append(padded.conj().T @ waves[:, contact])
        return 1j * np.concatenate(outgoing, 1) - np.eye(2 * self.channels)

    def conductance(self, quanta: np.ndarray) -> np.ndarray:
        """Return g, (flux,) in e^2/h."""
        through = self.scattering(quanta)[:, self.channels :, : self.channels]
        return (np.abs(through) ** 2).sum((1, 2))

    def states(self, quanta: np.ndarray, source: str) -> np.ndarray:
        """Return pictures (flux, channel, x, y) of the states that one lead feeds."""
        first = 0 if source == "left" else self.channels
        waves = self.waves(quanta)[:, :, first : first + self.channels]
        extent = self.lattice.extent
        picture = np.zeros((len(waves), self.channels, 2 * extent + 1, 2 * extent + 1), complex)
        x, y = self.lattice.sites.T + extent
        picture[:, :, x, y] = waves.swapaxes(1, 2)
        return picture
