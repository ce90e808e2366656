"""Sunlight on a spin chain: the current of a black body's light, and the search for good textures.

Absolute currents need assumptions that are not part of the chain: the lattice constant, the
cross-section of a chain, the broadening, and how the sunlight is normalised. All are arguments.
"""

import numpy as np
import torch

from .lattices import DesignSpace
from .photocurrent import photocurrent, spin_chain

# e eV / hbar in ampere, epsilon_0 c in W / V^2 (CODATA 2018), k_B in eV / K
_AMPERE = 1.602176634e-19**2 / 1.054571817e-34
_EPSILON_C = 8.8541878128e-12 * 299792458.0
BOLTZMANN_EV = 8.617333262e-5
FREQUENCIES_EV = np.linspace(0.04, 2.6, 65)


def black_body(frequencies, temperature=5500.0, total=1000.0):
    """Irradiance per photon energy, in W / m^2 / eV, of a black body's light.

    Parameters
    ----------
    frequencies : (frequency,) photon energies in eV
    temperature : of the body, in kelvin
    total : the irradiance of the whole spectrum in W / m^2

    Planck's law, divided by its integral pi^4 / 15 (kT)^4 and multiplied by `total`.
    """
    kt = BOLTZMANN_EV * temperature
    x = np.asarray(frequencies, float) / kt
    return total * 15 / np.pi**4 / kt * x**3 / np.expm1(x)


def sunlight_current(
    model,
    *,
    kernel="length",
    temperature=300.0,
    chemical_potential=0.0,
    broadening=0.05,
    mesh=24,
    frequencies=FREQUENCIES_EV,
    lattice_constant=0.5e-9,
    cross_section=0.25e-18,
    irradiance=1000.0,
):
    """DC current density in A / m^2 of chains in the light of a black body at 5500 K.

    Parameters
    ----------
    model : TightBinding on a line with energies in eV, such as `spin_chain`
    kernel, broadening (eV), mesh : as in `photocurrent`
    temperature : of the electrons, in kelvin; chemical_potential in eV
    frequencies : (frequency,) photon energies in eV, evenly spaced: the part of the spectrum
    lattice_constant (m), cross_section of a chain (m^2), irradiance (W / m^2): what the current in
        ampere per square metre assumes

    Returns
    -------
    (...,) tensor, with gradients: sum over omega of sigma(omega) |E(omega)|^2, where the
    irradiance is 2 epsilon_0 c |E|^2 and the light is polarised along the chain.
    """
    sigma = photocurrent(
        model,
        frequencies,
        temperature=BOLTZMANN_EV * temperature,
        chemical_potential=chemical_potential,
        broadening=broadening,
        kernel=kernel,
        mesh=mesh,
    )
    spacing = frequencies[1] - frequencies[0]
    square = black_body(frequencies, total=irradiance) * spacing / (2 * _EPSILON_C)
    factor = _AMPERE * lattice_constant**2 / cross_section * square
    return (sigma * torch.as_tensor(factor, device=sigma.device)).sum(-1)


def spin_texture(sites=3, t1=0.117, t2=0.079, exchange=0.248, largest=None):
    """The design space of spins on a chain: three raw numbers for each, divided by their length.

    Parameters
    ----------
    sites : spins in a cell
    t1, t2, exchange : in eV; the default is what the optimisation of the paper ends with (its
        repository, arXiv:2203.07157)
    largest : largest t1, t2 and exchange (eV, three numbers) where these are free as well
    """
    names = [f"S{n} {axis}" for n in range(sites) for axis in "xyz"]
    bounds = None if largest is None else torch.as_tensor(largest, dtype=torch.float64)
    if bounds is not None:
        names += ["t1", "t2", "exchange"]

    def build(raw):
        spins = raw[..., : 3 * sites].unflatten(-1, (sites, 3))
        spins = spins / spins.norm(dim=-1, keepdim=True)
        if bounds is None:
            return spin_chain(spins, t1, t2, exchange)
        hops = torch.sigmoid(raw[..., 3 * sites :]) * bounds.to(raw.device)
        return spin_chain(spins, *hops.unbind(-1))

    def draw(generator, count):
        return generator.normal(size=(count, len(names)))

    lattice = spin_chain(np.tile([0.0, 0, 1], (sites, 1))).lattice
    return DesignSpace(lattice, tuple(names), build, draw)


def spins_of(space, raw):
    """(..., site, 3) unit vectors behind raw parameters of a `spin_texture`."""
    sites = space.lattice.orbitals // 2
    raw = torch.as_tensor(raw)
    spins = raw[..., : 3 * sites].unflatten(-1, (sites, 3))
    return (spins / spins.norm(dim=-1, keepdim=True)).detach().cpu().numpy()


def sunlight_objective(**options):
    """Objective: `sunlight_current` at the temperature 1 / (k_B beta), beta in 1 / eV."""

    def objective(model, beta):
        return sunlight_current(model, temperature=1 / (BOLTZMANN_EV * beta), **options)

    return objective
