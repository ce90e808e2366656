"""A sector as a basis for a neural state, plain or halved by symmetries.

Spin exchange and inversion of all momenta carry determinants into one another. A state with the
parities of the Hartree-Fock determinant needs one amplitude for each orbit of determinants, so a
ring of ten atoms is left with 1,682 of its 6,352.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True, eq=False)
class Basis:
    """Orthonormal states that a neural state gives amplitudes to.

    sector : Sector
    matrix : (n, n) CSR array, the Hamiltonian among them, hartree, total
    occupations : (n, 2 * orbital) int8 array, one determinant for each
    weight : (n,) array, log of the root of the orbit's size, added to each log amplitude
    map : (determinant, n) CSR array from amplitudes here to amplitudes of determinants, or None
    parities : dict from the name of a symmetry to +1 or -1
    """

    sector: object
    matrix: object
    occupations: np.ndarray
    weight: np.ndarray
    map: object
    parities: dict

    @property
    def size(self):
        return len(self.occupations)

    def expand(self, amplitudes):
        """(determinant,) amplitudes in the sector, from (n,) amplitudes here."""
        return amplitudes if self.map is None else self.map @ amplitudes


def plain_basis(sector):
    """All determinants of a sector, one by one."""
    zeros = np.zeros(sector.dimension)
    return Basis(sector, sector.hamiltonian(), sector.occupations(), zeros, None, {})


def symmetric_basis(sector, reference):
    """Orbits of determinants under all symmetries that hold, with the reference's parities.

    Parameters
    ----------
    sector : Sector
    reference : position in the sector of a determinant that every symmetry keeps, such as that of
        Hartree-Fock

    Returns
    -------
    Basis; that of `plain_basis` where no symmetry holds

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
        if size > 1 and abs(step @ matrix - matrix @ step).max() > 1e-8:
            continue
        parities[name] = int(sign[reference])
        kept.append((to, sign * parities[name]))
    if not kept:
        return plain_basis(sector)
    images, signs = np.arange(size)[None], np.ones((1, size))
    for to, sign in kept:
        images = np.concatenate([images, to[images]])
        signs = np.concatenate([signs, signs * sign[images[: len(signs)]]])
    first = images.min(0)
    least = np.nonzero(first == np.arange(size))[0]
    column = np.full(size, -1)
    column[least] = np.arange(len(least))
    rows, where, values = (
        images[:, least].ravel(),
        np.tile(np.arange(len(least)), len(images)),
        (signs[:, least].ravel()),
    )
    map_ = sparse.coo_array((values, (rows, where)), shape=(size, len(least))).tocsc()
    length = np.sqrt(map_.multiply(map_).sum(0))
    alive = length > 1e-9
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


def _spin_exchange(sector):
    up, down = sector.electrons
    if up != down:
        return None
    sign = -1 if up % 2 else 1  # the down operators move past the up ones
    return sector.find(sector.down, sector.up), np.full(sector.dimension, sign)


def _inversion(sector):
    crystal, bands = sector.crystal, sector.crystal.bands
    if crystal.subtract(0, sector.momentum) != sector.momentum or any(crystal.twist):
        return None
    back = crystal.subtract(np.zeros(crystal.momenta, int), np.arange(crystal.momenta))
    target = (back[:, None] * bands + np.arange(bands)).ravel()
    if (target == np.arange(len(target))).all():
        return None
    crossing = np.triu(target[:, None] > target, 1)
    both, sign = [], 1
    for occupied in np.split(sector.occupations().astype(np.int64), 2, axis=1):
        both.append((occupied << target).sum(1))
        sign = sign * (1 - 2 * (((occupied @ crossing) * occupied).sum(1) & 1))
    return sector.find(*both), sign
