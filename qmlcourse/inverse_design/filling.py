"""How electrons fill levels: the Fermi function and the chemical potential of a given filling."""

from __future__ import annotations

import torch


def fermi_function(
    energies: torch.Tensor, level: float | torch.Tensor, temperature: float
) -> torch.Tensor:
    """Return the occupation 1 / (exp((E - level) / kT) + 1) of each energy.

    Parameters
    ----------
    energies
        Any shape.
    level
        Chemical potential, in the unit of the energies.
    temperature
        kT in the same unit; above zero.
    """
    return torch.sigmoid((level - energies) / temperature)


def fermi_level(energies: torch.Tensor, temperature: float, filling: float) -> torch.Tensor:
    """Return the chemical potential at which a cell holds `filling` electrons.

    By bisection; at zero temperature it lies between the highest filled and the lowest empty
    state. The gradient at a positive temperature is that of the implicit function: the number of
    electrons stays.

    Parameters
    ----------
    energies
        Shape (..., k, band).
    temperature
        kT in the unit of the energies; zero allowed.
    filling
        Electrons a cell, between 0 and the number of bands.

    Returns
    -------
    torch.Tensor
        Shape (...,).
    """
    count = energies.shape[-2]
    flat = energies.flatten(-2).detach()
    if temperature == 0:
        ordered = flat.sort(-1).values
        number = min(max(round(filling * count), 1), flat.shape[-1] - 1)
        return (ordered[..., number - 1] + ordered[..., number]) / 2
    low = flat.amin(-1) - 40 * temperature
    high = flat.amax(-1) + 40 * temperature
    for _ in range(80):
        middle = (low + high) / 2
        number = fermi_function(flat, middle[..., None], temperature).sum(-1)
        too_many = number > filling * count
        high, low = torch.where(too_many, middle, high), torch.where(too_many, low, middle)
    level = ((low + high) / 2)[..., None, None]
    # one step of Newton with fixed slope: its gradient is that of the implicit function
    filled = fermi_function(energies, level, temperature)
    slope = (filled * (1 - filled)).detach().sum((-2, -1)) / temperature
    return level[..., 0, 0] - (filled.sum((-2, -1)) - filling * count) / slope
