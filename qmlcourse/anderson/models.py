"""Anderson models: a particle hops on a lattice whose sites or bonds are random.

Hopping to the neighbours is 1 and all walls are periodic, unless a class says otherwise. Models of
T. Ohtsuki and T. Mano, J. Phys. Soc. Jpn. 89, 022001 (2020).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch

from .hamiltonian import VACANT, LayeredHamiltonian, hopping
from .lattice import RandomLattice, checked_flux, checked_size, generator_of, uniform

DISORDERS = ("box", "gaussian", "cauchy")


@dataclass(frozen=True)
class AndersonModel(RandomLattice):
    """Site energies drawn at random on a simple cubic lattice, H = sum e_j |j><j| + sum |i><j|.

    The strength is W, 0 or more, in units of the hopping.

    Parameters
    ----------
    size : int
        Sites along each edge.
    disorder : str
        ``"box"`` (energies uniform in -W/2 to W/2), ``"gaussian"`` (W is the standard deviation)
        or ``"cauchy"`` (density W / pi / (W^2 + e^2)).
    flux : float or str
        Flux in h/e through each plaquette across the first axis, a multiple of 1/size; or
        ``"random"``, a random phase on every bond.
    dimensions : int
        2 or 3. A plane takes flux 0 or ``"random"``.

    Raises
    ------
    ValueError
        For a disorder, a flux or a number of dimensions that there is not.

    References
    ----------
    P. W. Anderson, Phys. Rev. 109, 1492 (1958).
    """

    size: int
    disorder: str = "box"
    flux: float | str = 0.0
    dimensions: int = 3

    def __post_init__(self):
        checked_size(self.size)
        if self.disorder not in DISORDERS:
            raise ValueError(f"disorder is {self.disorder!r}; take one of {', '.join(DISORDERS)}.")
        if self.dimensions not in (2, 3):
            raise ValueError(f"dimensions is {self.dimensions}; take 2 or 3.")
        checked_flux(self.flux, self.size)
        if self.dimensions == 2 and self.flux not in (0, "random"):
            raise ValueError(f"flux is {self.flux:g} in a plane; take 0 or 'random'.")

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the sites of the lattice along each axis, layers first."""
        return (self.size,) * self.dimensions

    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        place = self.size ** (self.dimensions - 1)
        share = uniform((len(strengths), self.size, place), generator)
        on_site = strengths[:, None, None] * site_energies(share, self.disorder)
        samples = len(strengths)
        inside, between = plane_bonds(self.size, self.dimensions, self.flux, samples, generator)
        return LayeredHamiltonian(on_site, inside, between, self.shape)


def site_energies(share: torch.Tensor, disorder: str) -> torch.Tensor:
    """Return energies of unit strength from uniform numbers, by the inverse distribution function.

    Parameters
    ----------
    share
        Uniform numbers in [0, 1), any shape.
    disorder
        As in :class:`AndersonModel`.
    """
    if disorder == "box":
        return share - 0.5
    centred = (share - 0.5).clamp(-0.5 + 1e-15, 0.5 - 1e-15)
    if disorder == "gaussian":
        return math.sqrt(2) * torch.erfinv(2 * centred)
    return torch.tan(math.pi * centred)


def plane_bonds(
    size: int, dimensions: int, flux: float | str, samples: int, seed: int | torch.Generator
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return the bonds of the lattice with a flux, shared by all samples where they can be.

    Parameters
    ----------
    size, dimensions, flux
        As in :class:`AndersonModel`.
    samples
        How many patterns of random phases are drawn where the flux is ``"random"``.
    seed
        Of the phases, an integer or a generator on the device of the result.

    Returns
    -------
    inside, between
        As in :class:`LayeredHamiltonian`.

    Notes
    -----
    A uniform flux is in the phases exp(2 pi i flux x) of the bonds along the last axis. Random
    phases are uniform in 0 to 2 pi, one for each bond.
    """
    places = (size,) * (dimensions - 1)
    count = math.prod(places)
    generator = generator_of(seed)
    device = generator.device
    if flux == "random":
        angles = uniform((dimensions, samples, size, count), generator) * (2 * math.pi)
        bonds = torch.exp(1j * angles)[..., None, None]
        inside = sum(hopping(bonds[axis], places, axis) for axis in range(dimensions - 1))
        return inside, bonds[-1]
    ones = torch.ones(count, 1, 1, dtype=torch.float64, device=device)
    if flux == 0:
        inside = sum(hopping(ones, places, axis) for axis in range(dimensions - 1))
        return inside[None, None], None
    column = torch.arange(size, device=device, dtype=torch.float64).repeat_interleave(size)
    phases = torch.exp(2j * math.pi * flux * column)[:, None, None]
    inside = hopping(ones.to(phases.dtype), places, 0) + hopping(phases, places, 1)
    return inside[None, None], None


@dataclass(frozen=True)
class DopedSemiconductor(RandomLattice):
    """Impurities of one energy at random sites: deep levels that overlap to an impurity band.

    The strength is the concentration of impurities, 0 to 1. The impurity band lies near its bound
    state, outside of the host's band of -6 to 6; with few impurities its states are localised.

    Parameters
    ----------
    size : int
        Sites along each edge.
    depth : float
        Energy of an impurity's site, at least 5 (a single impurity binds beyond 3.96).

    Raises
    ------
    ValueError
        For a depth below 5.
    """

    highest: ClassVar[float] = 1.0

    size: int
    depth: float = 10.0

    def __post_init__(self):
        checked_size(self.size)
        if self.depth < 5:
            raise ValueError(f"depth is {self.depth:g}; take 5 or more, so that a state is bound.")

    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        share = uniform((len(strengths), self.size, self.size**2), generator)
        on_site = self.depth * (share < strengths[:, None, None])
        inside, between = plane_bonds(self.size, 3, 0.0, len(strengths), generator)
        return LayeredHamiltonian(on_site, inside, between, (self.size,) * 3)


@dataclass(frozen=True)
class SymplecticPlane(RandomLattice):
    """Electrons with spin in a plane, each bond a random SU(2) rotation: a metal in 2D.

    The strength is W of a box disorder, 0 or more, in units of the hopping.

    Parameters
    ----------
    size : int
        Sites along each edge.

    References
    ----------
    Y. Asada, K. Slevin and T. Ohtsuki, Phys. Rev. Lett. 89, 256601 (2002).
    """

    size: int

    def __post_init__(self):
        checked_size(self.size)

    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        samples, size = len(strengths), self.size
        share = uniform((samples, size, size), generator)
        on_site = strengths[:, None, None] * site_energies(share, "box")
        along, across = (_rotations((samples, size, size), generator) for _ in range(2))
        return LayeredHamiltonian(on_site, hopping(along, (size,), 0), across, (size, size), 2)


def _rotations(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """SU(2) matrices, uniform in the group."""
    a, b = (2 * math.pi * uniform(shape, generator) for _ in range(2))
    share = uniform(shape, generator)
    stay, turn = torch.sqrt(share) * torch.exp(1j * a), torch.sqrt(1 - share) * torch.exp(1j * b)
    return torch.stack([stay, turn, -turn.conj(), stay.conj()], -1).unflatten(-1, (2, 2))


@dataclass(frozen=True)
class _QuantumPercolation(RandomLattice):
    """A cube, of which parts are kept with a probability p, the strength."""

    highest: ClassVar[float] = 1.0

    size: int
    flux: float | str = 0.0

    def __post_init__(self):
        checked_size(self.size)
        checked_flux(self.flux, self.size)


@dataclass(frozen=True)
class SitePercolation(_QuantumPercolation):
    """Sites kept with probability p, kept neighbours linked: quantum percolation.

    The strength is p, 0 to 1. Removed sites have the energy `VACANT`, far outside of the band, and
    no bonds. Take an energy beside 0, where small clusters have many states.

    Parameters
    ----------
    size : int
        Sites along each edge.
    flux : float or str
        As in :class:`AndersonModel`.
    """

    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        size, samples = self.size, len(strengths)
        kept = uniform((samples, size, size**2), generator) < strengths[:, None, None]
        inside, between = plane_bonds(size, 3, self.flux, samples, generator)
        weight = kept.to(inside.dtype)
        inside = inside * weight[..., :, None] * weight[..., None, :]
        links = (weight * weight.roll(-1, 1))[..., None, None]
        between = links if between is None else links * between
        return LayeredHamiltonian(VACANT * (~kept).double(), inside, between, (size,) * 3)


@dataclass(frozen=True)
class BondPercolation(_QuantumPercolation):
    """Bonds kept with probability p: the hopping is 1 or 0. The strength is p, 0 to 1.

    Parameters
    ----------
    size, flux
        As in :class:`SitePercolation`.
    """

    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        size, samples = self.size, len(strengths)
        kept = uniform((3, samples, size, size**2), generator) < strengths[:, None, None]
        inside, between = plane_bonds(size, 3, self.flux, samples, generator)
        links = kept.to(inside.dtype)[..., None, None]
        chosen = sum(hopping(links[axis], (size, size), axis) for axis in (0, 1))
        between = links[2] if between is None else links[2] * between
        on_site = torch.zeros(samples, size, size**2, dtype=torch.float64, device=kept.device)
        return LayeredHamiltonian(on_site, inside * chosen, between, (size,) * 3)
