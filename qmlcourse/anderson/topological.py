"""Topological insulators and semimetals with disorder, and their invariants.

Walls may be open along the first axis, so that edge and surface states show.
"""

import math
from dataclasses import dataclass

import torch

from .hamiltonian import LayeredHamiltonian, hopping
from .models import checked_size, draw, each, uniform

_X = torch.tensor([[0, 1], [1, 0]], dtype=torch.complex128)
_Y = torch.tensor([[0, -1j], [1j, 0]], dtype=torch.complex128)
_Z = torch.tensor([[1, 0], [0, -1]], dtype=torch.complex128)
_ONE = torch.eye(2, dtype=torch.complex128)


@dataclass(frozen=True)
class ChernInsulator:
    """Two orbitals on a square lattice, H(k) = sin kx sx + sin ky sy + (m + cos kx + cos ky) sz.

    Chern number of the lower band, in size: 1 for 0 < |m| < 2, of opposite sign for the two signs
    of m, else 0 (X.-L. Qi, Y.-S. Wu, S.-C. Zhang, Phys. Rev. B 74, 085308 (2006)). Box disorder W
    is given to `sample`.

    Parameters
    ----------
    size : int; mass : float, m; open_walls : bool, cut the lattice along its first axis
    """

    size: int
    mass: float = -1.0
    open_walls: bool = False

    def __post_init__(self):
        checked_size(self.size)

    def sample(self, strengths, generator):
        """A LayeredHamiltonian, one sample for each strength W."""
        return _layered(
            (self.size,) * 2,
            strengths,
            generator,
            self.mass * _Z,
            (_X / 2j + _Z / 2, _Y / 2j + _Z / 2),
            self.open_walls,
        )


@dataclass(frozen=True)
class LayeredChernInsulator:
    """Chern insulators stacked along the last axis: with strong coupling a Weyl semimetal.

    H(k) = sin kx sx + sin ky sy + (m + cos kx + cos ky + coupling cos kz) sz. Weyl points lie where
    m + coupling cos kz passes -2, 0 or 2. First axis: x, the one that may be open.
    """

    size: int
    mass: float = -1.0
    coupling: float = 0.4
    open_walls: bool = False

    def __post_init__(self):
        checked_size(self.size)

    def sample(self, strengths, generator):
        """A LayeredHamiltonian, one sample for each strength W."""
        return _layered(
            (self.size,) * 3,
            strengths,
            generator,
            self.mass * _Z,
            (_X / 2j + _Z / 2, _Y / 2j + _Z / 2, self.coupling / 2 * _Z),
            self.open_walls,
        )


@dataclass(frozen=True)
class WilsonDirac:
    """Four orbitals on a cubic lattice: strong, weak and ordinary topological insulators.

    H(k) = sum_a sin k_a tx s_a + (m + sum_a cos k_a) tz. Strong for 1 < |m| < 3, weak for
    |m| < 1, ordinary beyond 3 (X.-L. Qi, T. L. Hughes and S.-C. Zhang, Phys. Rev. B 78, 195424
    (2008)).
    """

    size: int
    mass: float = -2.0
    open_walls: bool = False

    def __post_init__(self):
        checked_size(self.size)

    def sample(self, strengths, generator):
        """A LayeredHamiltonian, one sample for each strength W."""
        steps = tuple(torch.kron(_X, s) / 2j + torch.kron(_Z, _ONE) / 2 for s in (_X, _Y, _Z))
        return _layered(
            (self.size,) * 3,
            strengths,
            generator,
            self.mass * torch.kron(_Z, _ONE),
            steps,
            self.open_walls,
        )


def _layered(shape, strengths, generator, mass, steps, open_walls):
    """The clean lattice with box disorder; `steps` are the matrices of a hop along each axis."""
    generator = draw(generator)
    strengths = each(strengths, generator)
    device = generator.device
    places, orbitals = shape[1:], mass.shape[0]
    count = math.prod(places)
    steps = [s.to(device) for s in steps]
    inside = torch.block_diag(*[mass.to(device)] * count)
    for axis, step in enumerate(steps[1:]):
        inside = inside + hopping(step.expand(count, orbitals, orbitals), places, axis)
    between = steps[0].expand(1, shape[0], count, orbitals, orbitals).clone()
    if open_walls:
        between[:, -1] = 0
    share = uniform((len(strengths), shape[0], count), generator)
    on_site = strengths[:, None, None] * (share - 0.5)
    return LayeredHamiltonian(on_site, inside[None, None], between, shape, orbitals)


def bott_index(hamiltonian, energy=0.0):
    """Chern number of the states below an energy, in a disordered plane with periodic walls.

    Im tr log(V U V+ U+) / 2 pi of the projected positions exp(2 pi i x / L)
    (T. A. Loring and M. B. Hastings, EPL 92, 67004 (2010)).

    Returns
    -------
    (sample,) integers as floats
    """
    if len(hamiltonian.shape) != 2:
        raise ValueError("the Bott index is for a plane; take ChernInsulator, or layer_chern.")
    return _bott(hamiltonian, energy)


def layer_chern(hamiltonian, energy=0.0):
    """Chern number of a layer, in a cube of layers along the last axis: the Bott index over L.

    1 for Chern insulators on top of each other; between 0 and 1 in a Weyl semimetal, where only
    the momenta between the Weyl points carry a Hall current.
    """
    if len(hamiltonian.shape) != 3:
        raise ValueError("layers make a cube; take LayeredChernInsulator.")
    return _bott(hamiltonian, energy) / hamiltonian.shape[2]


def _bott(hamiltonian, energy):
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


def band_chern(mass):
    """Chern number of the lower band of H(k) = sin kx sx + sin ky sy + (mass + cos kx + cos ky) sz.

    By the signs of the masses at the four Dirac points, with the sign convention of `bott_index`.
    """
    mass = torch.as_tensor(mass, dtype=torch.float64)
    signs = torch.sign(mass + 2) - 2 * torch.sign(mass) + torch.sign(mass - 2)
    return signs / 2


def strong_index(mass):
    """Z2 index of a clean Wilson-Dirac insulator, from the parities at the eight invariant momenta.

    1 for a strong topological insulator (L. Fu and C. L. Kane, Phys. Rev. B 76, 045302 (2007)).
    """
    mass = torch.as_tensor(mass, dtype=torch.float64)
    product = torch.ones_like(mass)
    for x in (1, -1):
        for y in (1, -1):
            for z in (1, -1):
                product = product * -torch.sign(mass + x + y + z)
    return (1 - product) / 2
