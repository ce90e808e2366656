"""Anderson models: a particle hops on a lattice whose sites or bonds are random.

Hopping to the neighbours is 1 and all walls are periodic, unless a class says otherwise. Every
model has `sample(strengths, generator)`: one disorder pattern for each strength, and with the same
seed and one strength the pattern stays while its strength changes.
Models of T. Ohtsuki and T. Mano, J. Phys. Soc. Jpn. 89, 022001 (2020).
"""

import math
from dataclasses import dataclass

import torch

from .hamiltonian import VACANT, LayeredHamiltonian, hopping

DISORDERS = ("box", "gaussian", "cauchy")


def draw(generator):
    """A torch.Generator, from one or from an integer seed."""
    if isinstance(generator, torch.Generator):
        return generator
    return torch.Generator().manual_seed(int(generator))


def uniform(shape, generator):
    """Uniform random numbers in [0, 1), double precision, on the generator's device."""
    return torch.rand(shape, generator=generator, dtype=torch.float64, device=generator.device)


def each(strengths, generator, low=0.0, high=math.inf):
    """Strengths as a vector on the generator's device, inside their range."""
    values = torch.as_tensor(strengths, dtype=torch.float64).reshape(-1).to(generator.device)
    if bool((values < low).any()) or bool((values > high).any()):
        limits = f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"
        raise ValueError(f"a strength lies outside {limits}; take values inside.")
    return values


def checked_size(size, smallest=3):
    """A lattice size that is large enough for periodic walls."""
    if int(size) != size or size < smallest:
        raise ValueError(f"size is {size}; take a whole number of {smallest} or more.")


@dataclass(frozen=True)
class AndersonModel:
    """Site energies drawn at random on a simple cubic lattice, H = sum e_j |j><j| + sum |i><j|.

    Parameters
    ----------
    size : int, sites along each edge
    disorder : 'box' (energies uniform in -W/2 to W/2), 'gaussian' (W is the standard deviation) or
        'cauchy' (density W / pi / (W^2 + e^2)); the strength W is given to `sample`
    flux : flux quanta through each plaquette across the first axis, a multiple of 1/size; or
        'random', a random phase on every bond
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
        check_flux(self.flux, self.size)
        if self.dimensions == 2 and self.flux not in (0, "random"):
            raise ValueError("a plane takes flux 0 or 'random'.")

    @property
    def shape(self):
        """Sites of the lattice, layers first."""
        return (self.size,) * self.dimensions

    def sample(self, strengths, generator):
        """A LayeredHamiltonian with one sample for each strength W >= 0."""
        generator = draw(generator)
        strengths = each(strengths, generator)
        place = self.size ** (self.dimensions - 1)
        share = uniform((len(strengths), self.size, place), generator)
        on_site = strengths[:, None, None] * _energies(share, self.disorder)
        inside, between = plane_bonds(self.size, self.dimensions, self.flux, strengths, generator)
        return LayeredHamiltonian(on_site, inside, between, self.shape)


def _energies(share, disorder):
    """Energies of unit strength from uniform numbers."""
    if disorder == "box":
        return share - 0.5
    centred = (share - 0.5).clamp(-0.5 + 1e-15, 0.5 - 1e-15)
    if disorder == "gaussian":
        return math.sqrt(2) * torch.erfinv(2 * centred)
    return torch.tan(math.pi * centred)


def check_flux(flux, size):
    """Raise where periodic walls do not allow the flux."""
    if flux == "random":
        return
    if isinstance(flux, str):
        raise ValueError(f"flux is {flux!r}; take a number or 'random'.")
    whole = flux * size
    if abs(whole - round(whole)) > 1e-9:
        raise ValueError(
            f"flux is {flux:g} and size {size}: with periodic walls take a multiple of 1/{size}."
        )


def plane_bonds(size, dimensions, flux, strengths, generator):
    """Bonds (inside, between) of the clean lattice with a flux, shared by all samples if they can.

    A uniform flux uses phases exp(2 pi i flux x) on the bonds along the last axis.
    """
    places = (size,) * (dimensions - 1)
    count = math.prod(places)
    device = generator.device

    def bonds(amplitudes):
        return amplitudes[..., None, None]

    if flux == "random":
        samples = len(strengths)
        angles = uniform((dimensions, samples, size, count), generator) * (2 * math.pi)
        phases = torch.exp(1j * angles)
        inside = sum(hopping(bonds(phases[axis]), places, axis) for axis in range(dimensions - 1))
        return inside, bonds(phases[-1])
    ones = torch.ones(count, dtype=torch.float64, device=device)
    if flux == 0:
        inside = sum(hopping(bonds(ones), places, axis) for axis in range(dimensions - 1))
        return inside[None, None], None
    column = torch.arange(size, device=device, dtype=torch.float64).repeat_interleave(size)
    phases = torch.exp(2j * math.pi * flux * column)
    inside = hopping(bonds(ones.to(phases.dtype)), places, 0) + hopping(bonds(phases), places, 1)
    return inside[None, None], None


@dataclass(frozen=True)
class DopedSemiconductor:
    """Impurities of one energy at random sites: deep levels that overlap to an impurity band.

    The strength is the concentration of impurities, 0 to 1. The impurity band lies near its bound
    state, outside of the host's band of -6 to 6; with few impurities its states are localised.

    Parameters
    ----------
    size : int, sites along each edge
    depth : energy of an impurity's site, at least 5 (a single impurity binds beyond 3.96)
    """

    size: int
    depth: float = 10.0

    def __post_init__(self):
        checked_size(self.size)
        if self.depth < 5:
            raise ValueError(f"depth is {self.depth:g}; take 5 or more, so that a state is bound.")

    def sample(self, strengths, generator):
        """A LayeredHamiltonian with one sample for each concentration."""
        generator = draw(generator)
        strengths = each(strengths, generator, 0, 1)
        share = uniform((len(strengths), self.size, self.size**2), generator)
        on_site = self.depth * (share < strengths[:, None, None])
        inside, between = plane_bonds(self.size, 3, 0.0, strengths, generator)
        return LayeredHamiltonian(on_site, inside, between, (self.size,) * 3)


@dataclass(frozen=True)
class SymplecticPlane:
    """Electrons with spin in a plane, each bond a random SU(2) rotation: a metal in 2D.

    Y. Asada, K. Slevin and T. Ohtsuki, Phys. Rev. Lett. 89, 256601 (2002). Box disorder W.
    """

    size: int

    def __post_init__(self):
        checked_size(self.size)

    def sample(self, strengths, generator):
        """A LayeredHamiltonian with two spins a site, one sample for each strength W."""
        generator = draw(generator)
        strengths = each(strengths, generator)
        samples, size = len(strengths), self.size
        share = uniform((samples, size, size), generator)
        on_site = strengths[:, None, None] * (share - 0.5)
        along, across = (_rotations((samples, size, size), generator) for _ in range(2))
        return LayeredHamiltonian(on_site, hopping(along, (size,), 0), across, (size, size), 2)


def _rotations(shape, generator):
    """SU(2) matrices, uniform in the group."""
    a, b = (2 * math.pi * uniform(shape, generator) for _ in range(2))
    share = uniform(shape, generator)
    stay, turn = torch.sqrt(share) * torch.exp(1j * a), torch.sqrt(1 - share) * torch.exp(1j * b)
    return torch.stack([stay, turn, -turn.conj(), stay.conj()], -1).unflatten(-1, (2, 2))


@dataclass(frozen=True)
class SitePercolation:
    """Sites kept with probability p, kept neighbours linked: quantum percolation.

    The strength is p. Removed sites have the energy `VACANT`, far outside of the band, and no
    bonds. Take an energy beside 0, where small clusters have many states.
    """

    size: int
    flux: float | str = 0.0

    def __post_init__(self):
        checked_size(self.size)
        check_flux(self.flux, self.size)

    def sample(self, strengths, generator):
        """A LayeredHamiltonian with one sample for each probability p."""
        generator = draw(generator)
        strengths = each(strengths, generator, 0, 1)
        size = self.size
        kept = uniform((len(strengths), size, size**2), generator) < strengths[:, None, None]
        inside, between = plane_bonds(size, 3, self.flux, strengths, generator)
        weight = kept.to(inside.dtype)
        inside = inside * weight[..., :, None] * weight[..., None, :]
        links = (weight * weight.roll(-1, 1))[..., None, None]
        between = links if between is None else links * between
        return LayeredHamiltonian(VACANT * (~kept).double(), inside, between, (size,) * 3)


@dataclass(frozen=True)
class BondPercolation:
    """Bonds kept with probability p: the hopping is 1 or 0. The strength is p."""

    size: int
    flux: float | str = 0.0

    def __post_init__(self):
        checked_size(self.size)
        check_flux(self.flux, self.size)

    def sample(self, strengths, generator):
        """A LayeredHamiltonian with one sample for each probability p."""
        generator = draw(generator)
        strengths = each(strengths, generator, 0, 1)
        size, samples = self.size, len(strengths)
        kept = uniform((3, samples, size, size**2), generator) < strengths[:, None, None]
        inside, between = plane_bonds(size, 3, self.flux, strengths, generator)
        links = kept.to(inside.dtype)[..., None, None]
        chosen = sum(hopping(links[axis], (size, size), axis) for axis in (0, 1))
        between = links[2] if between is None else links[2] * between
        on_site = torch.zeros(samples, size, size**2, dtype=torch.float64, device=kept.device)
        return LayeredHamiltonian(on_site, inside * chosen, between, (size,) * 3)
