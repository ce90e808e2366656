"""Determinants of fixed electron numbers and crystal momentum, and the Hamiltonian among them."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import comb

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

LIMIT = 400_000  # determinants that are listed one by one


class Sector:
    """All determinants of a crystal with given electron numbers and total momentum.

    Parameters
    ----------
    crystal : Crystal
    electrons : even number, half of each spin; or (up, down)
    momentum : index of the total crystal momentum

    Attributes
    ----------
    up, down : (determinant,) int64 bit masks of occupied orbitals, ordered by up, then down
    dimension : number of determinants

    Raises
    ------
    ValueError : an odd total given as one number, more electrons than orbitals, no such momentum,
        no determinant at all, or more than 400,000 of them
    """

    def __init__(self, crystal, electrons=None, momentum=0):
        self.crystal = crystal
        self.electrons = _spins(crystal, electrons)
        if not 0 <= momentum < crystal.momenta or int(momentum) != momentum:
            raise ValueError(
                f"{crystal.name} has the momenta 0 to {crystal.momenta - 1}, not {momentum}."
            )
        self.momentum = int(momentum)
        sizes = [comb(crystal.orbitals, n) for n in self.electrons]
        if sizes[0] * sizes[1] > LIMIT * crystal.momenta:
            raise ValueError(
                f"a sector of {crystal.name} has about {sizes[0] * sizes[1] // crystal.momenta:,} "
                f"determinants, more than the {LIMIT:,} listed here; use fewer momenta or atoms, "
                "or a sampler that lists none."
            )
        self._alpha = _Strings(crystal, self.electrons[0])
        self._beta = _Strings(crystal, self.electrons[1])
        partner = crystal.subtract(
            np.full(len(self._alpha.bits), self.momentum), self._alpha.momentum
        )
        groups = [np.nonzero(self._beta.momentum == k)[0] for k in range(crystal.momenta)]
        self._groups = groups
        self._place = np.empty(len(self._beta.bits), np.int64)  # rank within its momentum group
        for group in groups:
            self._place[group] = np.arange(len(group))
        sizes = np.array([len(group) for group in groups])[partner]
        self._offset = np.concatenate([[0], np.cumsum(sizes)])
        self._alpha_of = np.repeat(np.arange(len(sizes)), sizes)
        self._beta_of = np.concatenate([groups[k] for k in partner])
        self._partner = partner
        self.up = self._alpha.bits[self._alpha_of]
        self.down = self._beta.bits[self._beta_of]
        if not self.dimension:
            raise ValueError(f"{self} holds no determinant.")

    def __repr__(self):
        return (
            f"Sector({self.crystal.name!r}, electrons={self.electrons}, momentum={self.momentum})"
        )

    @property
    def dimension(self):
        return len(self.up)

    def occupations(self):
        """(determinant, 2 * orbital) int8 array: occupations of spin up, then of spin down."""
        return unpack(self.up, self.down, self.crystal.orbitals)

    def find(self, up, down):
        """Positions of determinants given as bit masks; -1 for those outside the sector."""
        up, down = np.atleast_1d(up), np.atleast_1d(down)
        a, here_a = _look_up(self._alpha.bits, up)
        b, here_b = _look_up(self._beta.bits, down)
        here = here_a & here_b
        a, b = np.where(here, a, 0), np.where(here, b, 0)
        here &= self._partner[a] == self._beta.momentum[b]
        return np.where(here, self._offset[a] + self._place[b], -1)

    def hamiltonian(self):
        """Sparse matrix among the determinants, by Slater and Condon's rules, hartree, total.

        Returns
        -------
        (dimension, dimension) scipy CSR array, real when the integrals are

        Notes
        -----
        H = sum h'_pq E_pq + 1/2 sum (pq|rs) E_pq E_rs with the excitation operators E of both
        spins; each spin is treated among its own strings first, and products of an excitation of
        either spin are formed momentum by momentum. Cost and memory grow with the number of
        elements.
        """
        return self._hamiltonian

    @cached_property
    def _hamiltonian(self):
        rows, columns, values = [], [], []

        def keep(row, column, value):
            rows.append(row.ravel())
            columns.append(column.ravel())
            values.append(np.broadcast_to(value, row.shape).ravel())

        alpha, beta = self._alpha.same_spin(), self._beta.same_spin()
        for k, group in enumerate(self._groups):
            alphas = self._partner == k
            if not alphas.any() or not len(group):
                continue
            take = alphas[alpha.col]
            there = np.arange(len(group))
            keep(
                self._offset[alpha.row[take], None] + there,
                self._offset[alpha.col[take], None] + there,
                alpha.data[take, None],
            )
            take = self._beta.momentum[beta.col] == k
            start = self._offset[:-1][alphas][:, None]
            keep(
                start + self._place[beta.row[take]],
                start + self._place[beta.col[take]],
                beta.data[take],
            )
        for a, b in self._pairs():
            g = self.crystal.g[a.p[:, None], a.q[:, None], b.p, b.q]
            value = g * (a.sign[:, None] * b.sign)
            row = self._offset[a.new][:, None] + self._place[b.new]
            column = self._offset[a.old][:, None] + self._place[b.old]
            some = np.abs(value) > 1e-14
            keep(row[some], column[some], value[some])
        index = np.int32
        matrix = sparse.coo_array(
            (
                np.concatenate(values),
                (np.concatenate(rows).astype(index), np.concatenate(columns).astype(index)),
            ),
            shape=(self.dimension,) * 2,
        ).tocsr()
        matrix.data[np.abs(matrix.data) < 1e-13] = 0
        matrix.eliminate_zeros()
        core = sparse.eye_array(self.dimension, format="csr", dtype=matrix.dtype)
        return (matrix + self.crystal.core_energy * core).tocsr()

    def _pairs(self):
        """Excitations of spin up and of spin down that together keep the total momentum."""
        crystal = self.crystal
        up, down = self._alpha.excitations, self._beta.excitations
        for k in range(crystal.momenta):
            for transfer in range(crystal.momenta):
                back = int(crystal.subtract(0, transfer))
                a = up.only((self._partner[up.old] == k) & (up.transfer == transfer))
                b = down.only((self._beta.momentum[down.old] == k) & (down.transfer == back))
                if len(a.old) and len(b.old):
                    yield a, b

    def ground_state(self, count=1, tol=1e-10):
        """Lowest eigenstates by dense diagonalisation (to 1200) or Lanczos iteration.

        Returns
        -------
        energies : (count,) array, hartree, total
        states : (count, dimension) array, normalised

        Raises RuntimeError when a residual is above 1e-6 hartree.
        """
        matrix = self.hamiltonian()
        count = min(count, self.dimension)
        if self.dimension <= 1200:
            values, vectors = np.linalg.eigh(matrix.toarray())
            return values[:count], vectors[:, :count].T
        start = np.zeros(self.dimension)
        start[matrix.diagonal().argmin()] = 1
        start += 1e-3 * np.random.default_rng(0).normal(size=self.dimension)
        try:
            values, vectors = eigsh(
                matrix, count, which="SA", v0=start, tol=tol, ncv=max(20, 4 * count)
            )
        except ArpackNoConvergence as error:
            raise RuntimeError(f"the lowest state of {self} did not converge.") from error
        order = np.argsort(values)
        values, vectors = values[order], vectors[:, order]
        wrong = np.linalg.norm(matrix @ vectors - vectors * values, axis=0).max()
        if wrong > 1e-6:
            raise RuntimeError(f"a state of {self} has the residual {wrong:.1e} hartree.")
        return values, vectors.T


def count_determinants(crystal, electrons=None, momentum=0):
    """How many determinants a sector has, without listing them.

    Parameters as those of Sector; both spins' strings are sorted by momentum and paired.
    """
    counts = [
        np.bincount(_Strings(crystal, n).momentum, minlength=crystal.momenta)
        for n in _spins(crystal, electrons)
    ]
    partner = crystal.subtract(np.full(crystal.momenta, momentum), np.arange(crystal.momenta))
    return int(counts[0] @ counts[1][partner])


@dataclass(frozen=True, eq=False)
class Exact:
    """Result of an exact diagonalisation.

    energy : float, hartree, total with nuclear repulsion
    momentum : index of its total momentum
    state : (dimension,) array in `sector`
    energies : float for each momentum
    """

    energy: float
    momentum: int
    state: np.ndarray
    sector: Sector
    energies: tuple


def exact_ground_state(crystal, electrons=None, momentum=None):
    """Lowest state at equal spins, over all total momenta unless one is given.

    Parameters
    ----------
    crystal : Crystal
    electrons : even number or (up, down); default that of the neutral crystal
    momentum : index of a total momentum

    Returns
    -------
    Exact
    """
    wanted = range(crystal.momenta) if momentum is None else [momentum]
    best, energies = None, []
    for k in wanted:
        sector = Sector(crystal, electrons, k)
        values, states = sector.ground_state()
        energies.append(float(values[0]))
        if best is None or values[0] < best[0] - 1e-10:
            best = values[0], k, states[0], sector
    return Exact(float(best[0]), int(best[1]), best[2], best[3], tuple(energies))


@dataclass(frozen=True, eq=False)
class Moves:
    """<new| c+_p c_q |old> = sign for strings of one spin.

    old : numbers of the strings; new : bit masks or numbers; transfer : momentum of p less q
    """

    old: np.ndarray
    new: np.ndarray
    p: np.ndarray
    q: np.ndarray
    sign: np.ndarray
    transfer: np.ndarray

    def only(self, mask):
        return Moves(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


def moves(crystal, strings):
    """All c+_p c_q on some strings of one spin, as Moves whose `new` are bit masks."""
    number, parts = np.arange(len(strings)), []
    for p in range(crystal.orbitals):
        for q in range(crystal.orbitals):
            new, sign, here = move(strings, p, q)
            full = np.full(int(here.sum()), 1)
            step = int(crystal.subtract(p // crystal.bands, q // crystal.bands))
            parts.append((number[here], new[here], p * full, q * full, sign[here], step * full))
    return Moves(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class _Strings:
    """All ways to put n electrons of one spin into the orbitals, with their momenta."""

    def __init__(self, crystal, count):
        self.crystal = crystal
        chosen = list(combinations(range(crystal.orbitals), count))
        chosen = np.array(chosen, np.int64).reshape(len(chosen), count)
        bits = (np.int64(1) << chosen).sum(1)
        order = np.argsort(bits)
        self.bits = bits[order]
        self.momentum = total_momentum(crystal, chosen[order])

    @cached_property
    def excitations(self):
        found = moves(self.crystal, self.bits)
        return replace(found, new=np.searchsorted(self.bits, found.new))

    def same_spin(self):
        """Sparse matrix of all that electrons of this one spin do among themselves."""
        single = self.excitations
        column, row, value = same_spin(self.crystal, single, single.new, single, len(self.bits))
        matrix = sparse.coo_array((value, (row, column)), shape=(len(self.bits),) * 2)
        matrix.sum_duplicates()
        return matrix


def same_spin(crystal, first, middle, second, size):
    """Elements among strings of one spin, in pieces that add up.

    Parameters
    ----------
    first : Moves on the strings that are asked for
    middle : number of the string that each of them leads to, among `size`
    second : Moves on those

    Returns
    -------
    old, new, value : arrays; `new` as it stands in `second` and, for one electron, in `first`
    """
    h = crystal.h - 0.5 * np.einsum("prrq->pq", crystal.g)
    still = first.only(first.transfer == 0)
    old, new, value = [still.old], [still.new], [h[still.p, still.q] * still.sign]
    for transfer in range(crystal.momenta):
        mask = first.transfer == transfer
        one = first.only(mask)
        two = second.only(second.transfer == int(crystal.subtract(0, transfer)))
        i, j = join(middle[mask], two.old, size)
        element = 0.5 * crystal.g[two.p[j], two.q[j], one.p[i], one.q[i]]
        element = element * (one.sign[i] * two.sign[j])
        some = np.abs(element) > 1e-14
        old.append(one.old[i][some])
        new.append(two.new[j][some])
        value.append(element[some])
    return tuple(np.concatenate(part) for part in (old, new, value))


def move(bits, p, q):
    """Apply c+_p c_q to bit masks.

    Returns
    -------
    new : bit masks, meaningful where `here`
    sign : int array, +1 or -1
    here : bool array, where the result is not zero
    """
    one = np.int64(1)
    has = (bits >> q) & one == 1
    if p == q:
        return bits, np.ones(len(bits), np.int64), has
    here = has & ((bits >> p) & one == 0)
    low, high = min(p, q), max(p, q)
    between = (one << np.int64(high)) - (one << np.int64(low + 1))
    sign = 1 - 2 * (np.bitwise_count(bits & between).astype(np.int64) & 1)
    return bits ^ (one << np.int64(p)) ^ (one << np.int64(q)), sign, here


def unpack(up, down, orbitals):
    """(determinant, 2 * orbital) int8 occupations from two arrays of bit masks."""
    places = np.arange(orbitals)
    both = [(np.asarray(bits)[:, None] >> places) & 1 for bits in (up, down)]
    return np.concatenate(both, 1).astype(np.int8)


def total_momentum(crystal, chosen):
    """Momentum index of the sum over the last axis of an array of orbital numbers."""
    return crystal.index(crystal.steps[chosen // crystal.bands].sum(-2))


def join(left, right, size):
    """All pairs (i, j) with left[i] == right[j]."""
    order = np.argsort(right, kind="stable")
    counts = np.bincount(right, minlength=size)
    starts = np.concatenate([[0], np.cumsum(counts)])
    many = counts[left]
    i = np.repeat(np.arange(len(left)), many)
    inside = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return i, order[starts[left[i]] + inside]


def _look_up(ordered, wanted):
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return place, ordered[place] == wanted


def _spins(crystal, electrons):
    electrons = crystal.electrons if electrons is None else electrons
    if isinstance(electrons, tuple | list):
        up, down = (int(n) for n in electrons)
    else:
        if electrons % 2:
            raise ValueError(
                f"{electrons} electrons cannot have equal spins; give an even number, or "
                "(up, down)."
            )
        up = down = int(electrons) // 2
    if not (0 <= up <= crystal.orbitals and 0 <= down <= crystal.orbitals):
        raise ValueError(
            f"{crystal.name} has {crystal.orbitals} orbitals for each spin; it cannot hold "
            f"({up}, {down}) electrons."
        )
    return up, down
