"""What a laboratory adds to a fingerprint: temperature, noise, a background, an unknown energy."""

import numpy as np
import torch

from ..transport import thermal_average

NOISE = 0.1  # largest noise that a rough training sees, e^2/h
BACKGROUND = 0.4  # largest smooth background, e^2/h


def noisy(traces, level, generator):
    """Fingerprints (sample, field) with Gaussian noise of `level` e^2/h on each value."""
    return traces + level * torch.randn(traces.shape, generator=generator).to(traces)


def with_background(traces, level, generator):
    """Fingerprints with a random smooth background: a parabola in the field whose coefficients of
    the Legendre polynomials 0, 1, 2 are uniform in -level to level, in e^2/h."""
    field = torch.linspace(-1, 1, traces.shape[1])
    shapes = torch.stack([torch.ones_like(field), field, 1.5 * field**2 - 0.5])
    size = level * (2 * torch.rand(len(traces), 3, generator=generator) - 1)
    return traces + (size @ shapes).to(traces)


def rough_batch(generator, trace, *rest):
    """A training batch with noise up to NOISE and a background up to BACKGROUND, each wire its own.

    To be composed into `augment` of a Fit.
    """
    level = NOISE * torch.rand(len(trace), 1, generator=generator).to(trace)
    trace = with_background(noisy(trace, level, generator), BACKGROUND, generator)
    return trace, *rest


def warm_traces(recipe, antidots, temperature, reach=8):
    """Fingerprints (sample, field) at a temperature kT > 0 in hoppings, by averaging over energies.

    recipe : Wires; antidots : (sample, K, 3). The weight is -df/dE (linear response), on energies
    one kT apart within `reach` kT of the recipe's.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature is {temperature}; take kT above 0.")
    energies = recipe.energy + temperature * np.arange(-reach, reach + 1)
    given = np.asarray(antidots, np.float32)
    g = recipe.wire.conductance(energies, recipe.flux, given)
    warm = thermal_average(energies, g, temperature, fermi_energy=recipe.energy, axis=-2)
    return torch.as_tensor(warm.astype(np.float32))


def temperature_in_hoppings(kelvin, site, mass=0.067):
    """kT over the hopping hbar^2 / (2 m a^2) of a lattice with sites `site` nm apart.

    mass : effective mass over that of the electron (default gallium arsenide)
    """
    from scipy.constants import electron_mass, hbar, k

    hopping = hbar**2 / (2 * mass * electron_mass * (site * 1e-9) ** 2)
    return k * kelvin / hopping
