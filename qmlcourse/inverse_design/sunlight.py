"""Sunlight on a spin chain: the current of a black body's light, and the search for good textures.

Absolute currents need assumptions that are not part of the chain: the lattice constant, the
cross-section of a chain, the broadening, and how the sunlight is normalised. All are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from .design import Objective
from .design_space import DesignSpace
from .photocurrent import photocurrent
from .spin_chain import spin_chain
from .tight_binding import TightBinding

# e eV / hbar in ampere, epsilon_0 c in W / V^2 (CODATA 2018), k_B in eV / K
_AMPERE = 1.602176634e-19**2 / 1.054571817e-34
_EPSILON_C = 8.8541878128e-12 * 299792458.0
BOLTZMANN_EV = 8.617333262e-5
FREQUENCIES_EV = np.linspace(0.04, 2.6, 65)


def black_body(
    frequencies_ev: ArrayLike, temperature_kelvin: float = 5500.0, total: float = 1000.0
) -> np.ndarray:
    """Return the irradiance of a black body's light for each photon energy.

    Planck's law, divided by its integral pi^4 / 15 (kT)^4 and multiplied by `total`.

    Parameters
    ----------
    frequencies_ev
        Shape (frequency,), photon energies in eV.
    temperature_kelvin
        Of the body.
    total
        The irradiance of the whole spectrum, in W / m^2.

    Returns
    -------
    numpy.ndarray
        Shape (frequency,), in W / m^2 / eV.
    """
    kt = BOLTZMANN_EV * temperature_kelvin
    x = np.asarray(frequencies_ev, float) / kt
    return total * 15 / np.pi**4 / kt * x**3 / np.expm1(x)


def sunlight_current(
    model: TightBinding,
    *,
    kernel: str = "length",
    temperature_kelvin: float = 300.0,
    chemical_potential_ev: float = 0.0,
    broadening_ev: float = 0.05,
    mesh: int = 24,
    frequencies_ev: Sequence[float] | np.ndarray = FREQUENCIES_EV,
    lattice_constant: float = 0.5e-9,
    cross_section: float = 0.25e-18,
    irradiance: float = 1000.0,
) -> torch.Tensor:
    """Return the DC current density of chains in the light of a black body at 5500 K.

    The sum over photon energies of sigma(omega) |E(omega)|^2, where the irradiance is
    2 epsilon_0 c |E|^2 and the light is polarised along the chain.

    Parameters
    ----------
    model
        On a line, with energies in eV, such as `spin_chain`; or a batch.
    kernel, mesh
        As in `photocurrent`.
    temperature_kelvin, chemical_potential_ev
        Of the electrons.
    broadening_ev
        As in `photocurrent`.
    frequencies_ev
        Shape (frequency,), photon energies, evenly spaced: the part of the spectrum that counts.
    lattice_constant, cross_section, irradiance
        Distance of sites (m), area of a chain (m^2) and light (W / m^2): what a current in ampere
        per square metre assumes.

    Returns
    -------
    torch.Tensor
        Shape (...,), in A / m^2, with gradients.

    Raises
    ------
    ValueError
        As `photocurrent` does.
    """
    sigma = photocurrent(
        model,
        frequencies_ev,
        temperature=BOLTZMANN_EV * temperature_kelvin,
        chemical_potential=chemical_potential_ev,
        broadening=broadening_ev,
        kernel=kernel,
        mesh=mesh,
    )
    spacing = frequencies_ev[1] - frequencies_ev[0]
    square = black_body(frequencies_ev, total=irradiance) * spacing / (2 * _EPSILON_C)
    factor = _AMPERE * lattice_constant**2 / cross_section * square
    return (sigma * torch.as_tensor(factor, device=sigma.device)).sum(-1)


def spin_texture(
    sites: int = 3,
    t1: float = 0.117,
    t2: float = 0.079,
    exchange: float = 0.248,
    largest: Sequence[float] | None = None,
) -> DesignSpace:
    """Return the design space of spins on a chain: three raw numbers each, over their length.

    Parameters
    ----------
    sites
        Spins in a cell.
    t1, t2, exchange
        As in `spin_chain`, in eV for `sunlight_current`; the default is what the optimisation of
        the paper ends with.
    largest
        Largest t1, t2 and exchange (three numbers) where these are free as well.

    References
    ----------
    The repository of arXiv:2203.07157.
    """
    names = [f"S{n} {axis}" for n in range(sites) for axis in "xyz"]
    bounds = None if largest is None else torch.as_tensor(largest, dtype=torch.float64)
    if bounds is not None:
        names += ["t1", "t2", "exchange"]

    def build(raw: torch.Tensor) -> TightBinding:
        spins = _spins(raw, sites)
        if bounds is None:
            return spin_chain(spins, t1, t2, exchange)
        hops = torch.sigmoid(raw[..., 3 * sites :]) * bounds.to(raw.device)
        return spin_chain(spins, *hops.unbind(-1))

    def draw(generator: np.random.Generator, count: int) -> np.ndarray:
        return generator.normal(size=(count, len(names)))

    lattice = spin_chain(np.tile([0.0, 0, 1], (sites, 1))).lattice
    return DesignSpace(lattice, tuple(names), build, draw)


def spins_of(space: DesignSpace, raw: ArrayLike | torch.Tensor) -> np.ndarray:
    """Return the spins behind raw parameters of a `spin_texture`.

    Parameters
    ----------
    space
        The design space.
    raw
        Shape (..., parameter).

    Returns
    -------
    numpy.ndarray
        Shape (..., site, 3), unit vectors.
    """
    spins = _spins(torch.as_tensor(raw), space.lattice.orbitals // 2)
    return spins.detach().cpu().numpy()


def sunlight_objective(**options: Any) -> Objective:
    """Return the objective `sunlight_current` at the temperature 1 / (k_B beta), beta in 1 / eV.

    Parameters
    ----------
    **options
        Of `sunlight_current`, without the temperature.
    """

    def objective(model: TightBinding, beta: float) -> torch.Tensor:
        return sunlight_current(model, temperature_kelvin=1 / (BOLTZMANN_EV * beta), **options)

    return objective


def _spins(raw: torch.Tensor, sites: int) -> torch.Tensor:
    spins = raw[..., : 3 * sites].unflatten(-1, (sites, 3))
    return spins / spins.norm(dim=-1, keepdim=True)
