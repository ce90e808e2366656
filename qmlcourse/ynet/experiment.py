"""What a laboratory adds to a fingerprint: temperature, noise, a background, an unknown energy."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..training import seeded_generator
from ..transport import thermal_average
from .wires import Wires

NOISE = 0.1  # largest noise that a rough training sees, e^2/h
BACKGROUND = 0.4  # largest smooth background, e^2/h
_REACH = 8  # thermal averages end so many kT from the Fermi energy

Seed: TypeAlias = int | torch.Generator  # of all traces together


def noisy_traces(traces: torch.Tensor, level: float | torch.Tensor, seed: Seed) -> torch.Tensor:
    """Return fingerprints with Gaussian noise on each value.

    Parameters
    ----------
    traces
        Shape (sample, field), in e^2/h.
    level
        Standard deviation of the noise in e^2/h, one number or shape (sample, 1).
    seed
        Of the noise, an integer or a generator.
    """
    generator = seeded_generator(seed)
    return traces + level * torch.randn(traces.shape, generator=generator).to(traces)


def traces_with_background(traces: torch.Tensor, level: float, seed: Seed) -> torch.Tensor:
    """Return fingerprints with a smooth background, a random parabola in the field for each.

    Parameters
    ----------
    traces
        Shape (sample, field), in e^2/h.
    level
        The coefficients of the Legendre polynomials 0, 1 and 2 are uniform in -level to level, in
        e^2/h; the first field is -1 and the last one 1.
    seed
        Of the coefficients, an integer or a generator.
    """
    generator = seeded_generator(seed)
    field = torch.linspace(-1, 1, traces.shape[1])
    shapes = torch.stack([torch.ones_like(field), field, 1.5 * field**2 - 0.5])
    size = level * (2 * torch.rand(len(traces), 3, generator=generator) - 1)
    return traces + (size @ shapes).to(traces)


def rough_batch(seed: Seed, trace: torch.Tensor, *rest: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return a training batch with noise up to NOISE and a background up to BACKGROUND.

    Each wire has its own level of noise. The function is an `augment` of a Fit.
    """
    generator = seeded_generator(seed)
    level = NOISE * torch.rand(len(trace), 1, generator=generator).to(trace)
    trace = noisy_traces(trace, level, generator)
    return traces_with_background(trace, BACKGROUND, generator), *rest


def warm_traces(recipe: Wires, antidots: ArrayLike, temperature: float) -> torch.Tensor:
    """Return fingerprints at a temperature, averaged over energies in linear response.

    Parameters
    ----------
    recipe
        The wires; its energy is the Fermi energy.
    antidots
        Shape (sample, antidot, 3).
    temperature
        kT in hoppings, above 0. The energies of the average are one kT apart.

    Returns
    -------
    torch.Tensor
        Shape (sample, field), in e^2/h.

    Raises
    ------
    ValueError
        For a temperature that is not above 0.

    Notes
    -----
    g(T) is the integral of g(E) (-df/dE), with the Fermi function f.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature is {temperature}; take kT above 0.")
    energies = recipe.energy + temperature * np.arange(-_REACH, _REACH + 1)
    given = np.asarray(antidots, np.float32)
    g = recipe.wire.conductance(energies, recipe.flux, given)
    warm = thermal_average(energies, g, temperature, fermi_energy=recipe.energy, axis=-2)
    return torch.as_tensor(warm.astype(np.float32))


def temperature_in_hoppings(kelvin: float, site: float, mass: float = 0.067) -> float:
    """Return kT over the hopping of a lattice.

    Parameters
    ----------
    kelvin
        Temperature in kelvin.
    site
        Lattice constant a in nanometres.
    mass
        Effective mass m over that of the electron; the default is that of gallium arsenide.

    Notes
    -----
    The hopping is hbar^2 / (2 m a^2).
    """
    from scipy.constants import electron_mass, hbar, k

    hopping = hbar**2 / (2 * mass * electron_mass * (site * 1e-9) ** 2)
    return k * kelvin / hopping
