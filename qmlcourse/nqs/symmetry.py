"""A sector as a basis for a neural state, plain or halved by symmetries.

Spin exchange and inversion of all momenta carry determinants into one another. A state with the
parities of the Hartree-Fock determinant needs one amplitude for each orbit of determinants, so a
ring of ten atoms is left with 1,682 of its 6,352.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .sector import Sector

_COMMUTES = 1e-8  # hartree


@dataclass(frozen=True, eq=False)
class Basis:
    """Orthonormal states that a neural state gives amplitudes to.

    Attributes
    ----------
    sector : Sector
        Lists the determinants.
    matrix : scipy.sparse.csr_array
        The Hamiltonian among the states, shape (state, state), hartree, total.
    occupations : numpy.ndarray
        One determinant for each state, int8, shape (state, 2 * orbital).
    weight : numpy.ndarray
        Log of the root of the orbit's size, added to each log amplitude, shape (state,).
    map : scipy.sparse.csr_array or None
        From amplitudes here to amplitudes of determinants, shape (determinant, state); None where
        they are the same.
    parities : dict
        From the name of a symmetry to +1 or -1.
    """

    sector: Sector
    matrix: sparse.csr_array
    occupations: np.ndarray
    weight: np.ndarray
    map: sparse.csr_array | None
    parities: dict[str, int]

    @property
    def size(self) -> int:
        """Return the number of states."""
        return len(self.occupations)

    def expand(self, amplitudes: np.ndarray) -> np.ndarray:
        """Return amplitudes of the determinants, (determinant,), from those here, (state,)."""
        return amplitudes if self.map is None else self.map @ amplitudes


def plain_basis(sector: Sector) -> Basis:
    """Return all determinants of a sector, one by one."""
    zeros = np.zeros(sector.dimension)
    return Basis(sector, sector.hamiltonian(), sector.occupations(), zeros, None, {})


def symmetric_basis(sector: Sector, reference: int) -> Basis:
    """Return orbits of determinants under all symmetries that hold, with a reference's parities.

    Parameters
    ----------
    sector
        Lists the determinants.
    reference
        Position in the sector of a determinant that every symmetry keeps, such as that of
        Hartree-Fock.

    Returns
    -------
    Basis
        That of :func:`plain_basis` where no symmetry holds.

    Notes
    -----
    Each candidate is a signed permutation; it is used when it commutes with the Hamiltonian to
    1e-8 hartree, which is tested and not assumed.
    """
    size, matrix = sector.dimension, sector.hamiltonian()
    kept, parities = [], {}
    for name, candidate in (("spin exchange", _spin_exchange), ("inversion", _inversion)):
        found = candidate(sector)
        if found is None:
            continue
        to, sign = found
        if to[reference] != reference:
            continue
        step = sparse.csr_array((sign.astype(float), (to, np.arange(size))), shape=(size, size))
        if size > 1 and abs(step @ matrix - matrix @ step).max() > _COMMUTES:
            continue
        parities[name] = int(sign[reference])
        kept.append((to, sign * parities[name]))
    if not kept:
        return plain_basis(sector)
    images, signs = _group(kept, size)
    first = images.min(0)
    least = np.nonzero(first == np.arange(size))[0]  # one determinant stands for its orbit
    states = np.tile(np.arange(len(least)), len(images))
    map_ = sparse.coo_array(
        (signs[:, least].ravel(), (images[:, least].ravel(), states)), shape=(size, len(least))
    ).tocsc()
    length = np.sqrt(map_.multiply(map_).sum(0))
    alive = length > 1e-9  # an orbit whose signs cancel holds no state of these parities
    map_ = (map_[:, alive] @ sparse.diags_array(1 / length[alive])).tocsr()
    orbits = np.array([len(np.unique(images[:, x])) for x in least[alive]])
    return Basis(
        sector,
        (map_.T @ matrix @ map_).tocsr(),
        sector.occupations()[least[alive]],
        0.5 * np.log(orbits),
        map_,
        parities,
    )


_Permutation = tuple[np.ndarray, np.ndarray]


def _group(generators: list[_Permutation], size: int) -> _Permutation:
    """Images and signs of all determinants under all products, shapes (product, determinant)."""
    images, signs = np.arange(size)[None], np.ones((1, size))
    for to, sign in generators:
        signs = np.concatenate([signs, signs * sign[images]])
        images = np.concatenate([images, to[images]])
    return images, signs


def _spin_exchange(sector: Sector) -> _Permutation | None:
    """Where each determinant goes when up and down change places, and with which sign."""
    up, down = sector.electrons
    if up != down:
        return None
    sign = -1 if up % 2 else 1  # up * down exchanges bring the operators back into order
    return sector.find(sector.down, sector.up), np.full(sector.dimension, sign)


def _inversion(sector: Sector) -> _Permutation | None:
    """Where each determinant goes when all momenta are reversed, and with which sign."""
    crystal, bands = sector.crystal, sector.crystal.bands
    if crystal.subtract(0, sector.momentum) != sector.momentum or any(crystal.twist):
        return None
    back = crystal.subtract(np.zeros(crystal.momenta, int), np.arange(crystal.momenta))
    target = (back[:, None] * bands + np.arange(bands)).ravel()
    if (target == np.arange(len(target))).all():
        return None
    crossing = np.triu(target[:, None] > target, 1)  # pairs of orbitals whose order is reversed
    both, sign = [], 1
    for occupied in np.split(sector.occupations().astype(np.int64), 2, axis=1):
        both.append((occupied << target).sum(1))
        sign = sign * (1 - 2 * (((occupied @ crossing) * occupied).sum(1) & 1))
    return sector.find(*both), sign
