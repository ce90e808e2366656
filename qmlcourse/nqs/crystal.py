"""A crystal as a chemist's Hamiltonian: bands, momenta, integrals.

Sign and index conventions of this package: a determinant is the product of the creation operators
of spin up, orbitals ascending, then of spin down, acting on the vacuum; the orbital of momentum k
and band p has the number k * bands + p; integrals are in chemists' order,

    H = sum h_pq(k) c+_{kp} c_{kq}
        + 1/2 sum (k1p k2q | k3r k4s) c+_{k1p} c+_{k3r} c_{k4s} c_{k2q},   k1 - k2 + k3 - k4 = 0

summed over spins, with the factor 1 / number of momenta inside the two-body integrals.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..storage.atomic import replacing_file

_FORMAT = 1
CHEMICAL_ACCURACY = 1.594e-3  # hartree: 1 kcal/mol, a definition


@dataclass(frozen=True, eq=False)
class Crystal:
    """Integrals of a finite cell with periodic walls, by crystal momentum.

    Parameters
    ----------
    name
        What it is, for messages.
    mesh
        Numbers of momenta along each axis.
    one_body
        Complex, shape (momentum, band, band), hartree.
    two_body
        Complex, shape (k1, k2, k3, p, q, r, s), hartree; k4 follows from conservation.
    core_energy
        Energy of the nuclei and of frozen electrons in the whole cell, hartree.
    electrons
        How many in the whole cell when it is neutral.
    madelung
        Exchange shift of a periodic cell, hartree; see :func:`quasiparticle_bands`.
    twist
        Shift of all momenta, in steps of the mesh along each axis.
    unit, units
        ``"atom"`` or ``"cell"``, and how many of them the cell has.
    provenance
        How the integrals were made.

    Raises
    ------
    ValueError
        Where shapes or symmetries do not fit, or numbers are not finite.
    """

    name: str
    mesh: tuple[int, ...]
    one_body: np.ndarray
    two_body: np.ndarray
    core_energy: float
    electrons: int
    madelung: float = 0.0
    twist: tuple[float, ...] = (0.0,)
    unit: str = "cell"
    units: int = 1
    provenance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, b = self.momenta, self.bands
        if self.one_body.shape != (n, b, b) or self.two_body.shape != (n, n, n, b, b, b, b):
            raise ValueError(
                f"the integrals of {self.name} have shapes {self.one_body.shape} and "
                f"{self.two_body.shape}; {n} momenta and {b} bands need {(n, b, b)} and "
                f"{(n, n, n, b, b, b, b)}."
            )
        if not (np.isfinite(self.one_body).all() and np.isfinite(self.two_body).all()):
            raise ValueError(f"the integrals of {self.name} hold numbers that are not finite.")
        wrong = np.abs(self.one_body - self.one_body.conj().swapaxes(1, 2)).max()
        if wrong > 1e-6:
            raise ValueError(
                f"h of {self.name} is not Hermitian: it is off by {wrong:.1e} hartree."
            )

    def __repr__(self) -> str:
        return (
            f"Crystal({self.name!r}, {self.momenta} momenta, {self.bands} bands, "
            f"{self.electrons} electrons)"
        )

    @property
    def momenta(self) -> int:
        """Return the number of momenta."""
        return int(np.prod(self.mesh))

    @property
    def bands(self) -> int:
        """Return the number of orbitals at each momentum."""
        return self.one_body.shape[1]

    @property
    def orbitals(self) -> int:
        """Return the number of orbitals for each spin."""
        return self.momenta * self.bands

    @cached_property
    def orbital_momentum(self) -> np.ndarray:
        """Index of each orbital's momentum, shape (orbital,)."""
        return np.repeat(np.arange(self.momenta), self.bands)

    @cached_property
    def steps(self) -> np.ndarray:
        """Each momentum in steps of the mesh, the twist left out, shape (momentum, axis)."""
        return np.stack(np.unravel_index(np.arange(self.momenta), self.mesh), -1)

    def add(self, k: ArrayLike, q: ArrayLike) -> np.ndarray:
        """Return the index of the momentum k + q, for index arrays k and q."""
        return self.index(self.steps[k] + self.steps[q])

    def subtract(self, k: ArrayLike, q: ArrayLike) -> np.ndarray:
        """Return the index of the momentum k - q, for index arrays k and q."""
        return self.index(self.steps[k] - self.steps[q])

    def index(self, steps: ArrayLike) -> np.ndarray:
        """Return the index of each momentum given as (..., axis) steps, back in the first zone."""
        steps = steps % np.array(self.mesh)
        return np.ravel_multi_index(tuple(np.moveaxis(steps, -1, 0)), self.mesh)

    def wave_vectors(self) -> np.ndarray:
        """Return wave vectors in units of the reciprocal lattice, in [-1/2, 1/2).

        Returns
        -------
        numpy.ndarray
            Shape (momentum, axis).
        """
        shares = (self.steps + np.array(self.twist)) / np.array(self.mesh)
        return (shares + 0.5) % 1 - 0.5

    @cached_property
    def h(self) -> np.ndarray:
        """One-body matrix, block diagonal in the momentum, shape (orbital, orbital), hartree."""
        full = np.zeros((self.momenta, self.bands) * 2, self.one_body.dtype)
        for k in range(self.momenta):
            full[k, :, k, :] = self.one_body[k]
        return _tidy(full.reshape(self.orbitals, self.orbitals))

    @cached_property
    def g(self) -> np.ndarray:
        """All (pq|rs), zero where momentum is not conserved, shape (orbital,) * 4, hartree."""
        n, b = self.momenta, self.bands
        full = np.zeros((n, b, n, b, n, b, n, b), self.two_body.dtype)
        k1, k2, k3 = np.indices((n, n, n))
        k4 = self.subtract(self.add(k1, k3), k2)
        for p in range(b):
            for q in range(b):
                for r in range(b):
                    full[k1, p, k2, q, k3, r, k4, :] = self.two_body[..., p, q, r, :]
        return _tidy(full.reshape((self.orbitals,) * 4))

    def rotate(self, orbitals: np.ndarray, name: str | None = None) -> Crystal:
        """Return the same crystal in other orbitals of each momentum.

        Parameters
        ----------
        orbitals
            Complex, with orthonormal columns, shape (momentum, band, new band).
        name
            Of the new crystal; default that of this one.
        """
        n = np.arange(self.momenta)
        k1, k2, k3 = np.indices((len(n),) * 3)
        k4 = self.subtract(self.add(k1, k3), k2)
        one = np.einsum("kpa,kpq,kqb->kab", orbitals.conj(), self.one_body, orbitals)
        two = np.einsum("xyzpqrs,xpa->xyzaqrs", self.two_body, orbitals.conj())
        two = np.einsum("xyzaqrs,yqb->xyzabrs", two, orbitals)
        two = np.einsum("xyzabrs,zrc->xyzabcs", two, orbitals.conj())
        two = np.einsum("xyzabcs,xyzsd->xyzabcd", two, orbitals[k4])
        return replace(self, one_body=one, two_body=two, name=name or self.name)

    def save(self, path: Path) -> None:
        """Write the crystal to `path` as one compressed file (npz, no pickles)."""
        words = {
            name: getattr(self, name)
            for name in (
                "name",
                "mesh",
                "core_energy",
                "electrons",
                "madelung",
                "twist",
                "unit",
                "units",
                "provenance",
            )
        } | {"format": _FORMAT, "k": self.wave_vectors().tolist()}
        with replacing_file(Path(path)) as draft, draft.open("wb") as file:
            np.savez_compressed(
                file, one_body=self.one_body, two_body=self.two_body, about=json.dumps(words)
            )


def read_crystal(source: Path | str | bytes) -> Crystal:
    """Return the crystal in a file, or in its bytes, written by :meth:`Crystal.save`.

    Parameters
    ----------
    source
        Path of the file, or its bytes.

    Raises
    ------
    ValueError
        Where the file holds something else, is damaged, or has another format.
    FileNotFoundError
        Where there is none.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    what = "this file" if isinstance(source, bytes) else str(source)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            about = json.loads(str(stored["about"]))
            one, two = stored["one_body"], stored["two_body"]
    except Exception as error:
        raise ValueError(f"{what} is not a stored crystal, or it is damaged: {error}.") from error
    if about.pop("format", None) != _FORMAT:
        raise ValueError(f"{what} is a crystal of another format; this version reads {_FORMAT}.")
    about.pop("k")
    about["mesh"], about["twist"] = tuple(about["mesh"]), tuple(about["twist"])
    return Crystal(one_body=one, two_body=two, **about)


def _tidy(array: np.ndarray) -> np.ndarray:
    """A real array when nothing imaginary is left but rounding."""
    if np.iscomplexobj(array) and np.abs(array.imag).max() < 1e-10:
        return np.ascontiguousarray(array.real)
    return array
