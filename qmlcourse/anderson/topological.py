"""Topological insulators and semimetals with disorder, and their invariants.

Walls may be open along the first axis, so that edge and surface states show.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from numpy.typing import ArrayLike

from .hamiltonian import LayeredHamiltonian, hopping
from .lattice import RandomLattice, checked_size, uniform
from .models import site_energies

_X = torch.tensor([[0, 1], [1, 0]], dtype=torch.complex128)
_Y = torch.tensor([[0, -1j], [1j, 0]], dtype=torch.complex128)
_Z = torch.tensor([[1, 0], [0, -1]], dtype=torch.complex128)
_ONE = torch.eye(2, dtype=torch.complex128)


class _BoxDisordered(RandomLattice):
    """A clean lattice, given by `_mass` and `_steps`, with box disorder of strength W."""

    size: int
    open_walls: bool
    _axes: ClassVar[int] = 3

    def __post_init__(self):
        checked_size(self.size)

    @abstractmethod
    def _mass(self) -> torch.Tensor:
        """The matrix of a site, (orbital, orbital)."""

    @abstractmethod
    def _steps(self) -> tuple[torch.Tensor, ...]:
        """The matrices of a hop along each axis, (orbital, orbital)."""

    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        device, shape = generator.device, (self.size,) * self._axes
        mass, steps = self._mass().to(device), [step.to(device) for step in self._steps()]
        places, orbitals = shape[1:], len(mass)
        count = math.prod(places)
        inside = torch.block_diag(*[mass] * count)
        for axis, step in enumerate(steps[1:]):
            inside = inside + hopping(step.expand(count, orbitals, orbitals), places, axis)
        between = steps[0].expand(1, self.size, count, orbitals, orbitals).clone()
        if self.open_walls:
            between[:, -1] = 0
        share = uniform((len(strengths), self.size, count), generator)
        on_site = strengths[:, None, None] * site_energies(share, "box")
        return LayeredHamiltonian(on_site, inside[None, None], between, shape, orbitals)


@dataclass(frozen=True)
class ChernInsulator(_BoxDisordered):
    """Two orbitals on a square lattice, H(k) = sin kx sx + sin ky sy + (m + cos kx + cos ky) sz.

    Chern number of the lower band, in size: 1 for 0 < |m| < 2, of opposite sign for the two signs
    of m, else 0 (X.-L. Qi, Y.-S. Wu, S.-C. Zhang, Phys. Rev. B 74, 085308 (2006)). The
    strength is W of a box disorder, 0 or more, in units of the hopping.

    Parameters
    ----------
    size : int
        Sites along each edge.
    mass : float
        m, in units of the hopping.
    open_walls : bool
        Whether the lattice is cut along its first axis.
    """

    size: int
    mass: float = -1.0
    open_walls: bool = False

    _axes = 2

    def _mass(self) -> torch.Tensor:
        return self.mass * _Z

    def _steps(self) -> tuple[torch.Tensor, ...]:
        return _X / 2j + _Z / 2, _Y / 2j + _Z / 2


@dataclass(frozen=True)
class LayeredChernInsulator(_BoxDisordered):
    """Chern insulators stacked along the last axis: with strong coupling a Weyl semimetal.

    H(k) = sin kx sx + sin ky sy + (m + cos kx + cos ky + coupling cos kz) sz. Weyl points lie where
    m + coupling cos kz passes -2, 0 or 2. The strength is W of a box disorder, 0 or more.

    Parameters
    ----------
    size : int
        Sites along each edge.
    mass, coupling : float
        m, and the coupling of the layers, in units of the hopping.
    open_walls : bool
        Whether the lattice is cut along its first axis, x.
    """

    size: int
    mass: float = -1.0
    coupling: float = 0.4
    open_walls: bool = False

    def _mass(self) -> torch.Tensor:
        return self.mass * _Z

    def _steps(self) -> tuple[torch.Tensor, ...]:
        return _X / 2j + _Z / 2, _Y / 2j + _Z / 2, self.coupling / 2 * _Z


@dataclass(frozen=True)
class WilsonDirac(_BoxDisordered):
    """Four orbitals on a cubic lattice: strong, weak and ordinary topological insulators.

    H(k) = sum_a sin k_a tx s_a + (m + sum_a cos k_a) tz. Strong for 1 < |m| < 3, weak for
    |m| < 1, ordinary beyond 3. The strength is W of a box disorder, 0 or more.

    Parameters
    ----------
    size, mass, open_walls
        As in :class:`ChernInsulator`.

    References
    ----------
    X.-L. Qi, T. L. Hughes and S.-C. Zhang, Phys. Rev. B 78, 195424 (2008).
    """

    size: int
    mass: float = -2.0
    open_walls: bool = False

    def _mass(self) -> torch.Tensor:
        return self.mass * torch.kron(_Z, _ONE)

    def _steps(self) -> tuple[torch.Tensor, ...]:
        return tuple(torch.kron(_X, s) / 2j + torch.kron(_Z, _ONE) / 2 for s in (_X, _Y, _Z))


def bott_index(hamiltonian: LayeredHamiltonian, energy: float = 0.0) -> torch.Tensor:
    """Return the Chern number of the states below an energy, in a plane with periodic walls.

    Parameters
    ----------
    hamiltonian
        A plane, with any disorder.
    energy
        In units of the hopping.

    Returns
    -------
    torch.Tensor
        Shape (sample,), integers as floating-point numbers.

    Raises
    ------
    ValueError
        Where the lattice is no plane.

    Notes
    -----
    Im tr log(V U V+ U+) / 2 pi of the projected positions U = exp(2 pi i x / L) and V, with y
    (T. A. Loring and M. B. Hastings, EPL 92, 67004 (2010)).
    """
    if len(hamiltonian.shape) != 2:
        raise ValueError(
            f"the lattice has {len(hamiltonian.shape)} axes; the Bott index is for a plane, take "
            "layer_chern for a cube."
        )
    return _bott(hamiltonian, energy)


def layer_chern(hamiltonian: LayeredHamiltonian, energy: float = 0.0) -> torch.Tensor:
    """Return the Chern number of a layer, in a cube of layers along the last axis.

    Parameters
    ----------
    hamiltonian, energy
        As in :func:`bott_index`, for a cube.

    Returns
    -------
    torch.Tensor
        Shape (sample,): the Bott index over the number of layers. 1 for Chern insulators on top of
        each other; between 0 and 1 in a Weyl semimetal, where only the momenta between the Weyl
        points carry a Hall current.

    Raises
    ------
    ValueError
        Where the lattice is no cube.
    """
    if len(hamiltonian.shape) != 3:
        raise ValueError(
            f"the lattice has {len(hamiltonian.shape)} axes; layers make a cube, take bott_index "
            "for a plane."
        )
    return _bott(hamiltonian, energy) / hamiltonian.shape[2]


def _bott(hamiltonian: LayeredHamiltonian, energy: float) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(hamiltonian.dense())
    sizes = hamiltonian.shape
    place = torch.ones(*sizes, hamiltonian.orbitals, dtype=torch.float64, device=values.device)
    turns = []
    for axis in (0, 1):
        number = torch.arange(sizes[axis], dtype=torch.float64, device=values.device)
        along = number.reshape([-1 if a == axis else 1 for a in range(place.dim())]) * place
        turns.append(torch.exp(2j * math.pi * along / sizes[axis]).flatten())
    out = []
    for level, states in zip(values, vectors, strict=True):
        below = states[:, level < energy]
        u, v = (below.mH @ (turn[:, None] * below) for turn in turns)
        loop = torch.linalg.eigvals(v @ u @ v.mH @ u.mH)
        out.append(torch.log(loop).imag.sum() / (2 * math.pi))
    return torch.stack(out)


def band_chern(mass: ArrayLike) -> torch.Tensor:
    """Return the Chern number of the lower band of a clean :class:`ChernInsulator`.

    Parameters
    ----------
    mass
        m, any shape.

    Returns
    -------
    torch.Tensor
        The shape of `mass`. Half the sum of the signs of the masses at the four Dirac points, with
        the sign convention of :func:`bott_index`.
    """
    mass = torch.as_tensor(mass, dtype=torch.float64)
    signs = torch.sign(mass + 2) - 2 * torch.sign(mass) + torch.sign(mass - 2)
    return signs / 2


def strong_index(mass: ArrayLike) -> torch.Tensor:
    """Return the Z2 index of a clean :class:`WilsonDirac`, from parities at invariant momenta.

    It has the shape of `mass`, m of any shape: 1 for a strong topological insulator, else 0.

    References
    ----------
    L. Fu and C. L. Kane, Phys. Rev. B 76, 045302 (2007).
    """
    mass = torch.as_tensor(mass, dtype=torch.float64)
    product = torch.ones_like(mass)
    for x in (1, -1):
        for y in (1, -1):
            for z in (1, -1):
                product = product * -torch.sign(mass + x + y + z)  # any value: all signs occur
    return (1 - product) / 2
