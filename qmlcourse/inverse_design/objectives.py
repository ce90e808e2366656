"""Other goals for the same loop: a flat topological band, and a spin current without a charge
current."""

import numpy as np
import torch

from .design import Schedule, cooling
from .hall import _waves, hall_conductivity
from .lattices import DesignSpace, honeycomb_lattice
from .tight_binding import TightBinding

HAND_FLAT_PHASE = float(np.arccos(3 * np.sqrt(3 / 43)))


def flatness(model, mesh=40):
    """Gap over bandwidth of the lowest band, (...,), and both parts: (ratio, gap, width).

    The gap is the indirect one, from the top of the lowest band to the bottom of the next, on the
    Gamma-centred mesh. T. Neupert et al., Phys. Rev. Lett. 106, 236804 (2011), find 7 by hand in
    Haldane's model, at cos(phi) = t1 / (4 t2) = 3 sqrt(3 / 43).
    """
    energies = model.bands(model.lattice.mesh(mesh))
    top, bottom = energies[..., 0].amax(-1), energies[..., 0].amin(-1)
    gap = energies[..., 1].amin(-1) - top
    width = top - bottom
    return gap / width, gap, width


FLAT = Schedule(300, 0.1, 0.01, 220, cooling(-2, 2, 200))


def flatness_objective(space, *, mesh=20):
    """Objective: first the warm Hall conductivity, then log(gap / width) of the lower of two bands.

    A flat band alone is easy: two sites without hopping between them. While beta is below 1/e only
    the Hall conductivity at 1 / beta counts, which opens a topological gap; from beta = 1 on only
    the flatness, whose logarithm forbids that the gap closes again. Largest and smallest energies
    are smooth, log-sum-exp at a sharpness of 20 beta. Goes with the schedule `FLAT`.
    """
    waves = {}

    def objective(model, beta):
        device = str(model.hoppings.device)
        if device not in waves:
            waves[device] = _waves(model, mesh)
        lower, upper = _two_bands(model, waves[device])
        sharp = 20 * beta
        top, bottom = _soft_max(lower, sharp), -_soft_max(-lower, sharp)
        gap = torch.nn.functional.softplus((-_soft_max(-upper, sharp) - top) / 0.05) * 0.05
        flat = torch.log(gap / (top - bottom))
        share = min(max(np.log(beta) + 1, 0.0), 1.0)
        if share == 1:
            return flat
        return 10 * (1 - share) * hall_conductivity(model, 1 / beta, mesh=waves[device]) + (
            share * flat
        )

    return objective


def _soft_max(values, sharp):
    count = values.shape[-1]
    return (torch.logsumexp(sharp * values, -1) - np.log(count)) / sharp


def _two_bands(model, waves):
    """Energies (..., k) of both bands of two orbitals."""
    h = model.with_velocity(waves)[0]
    mean = (h[..., 0, 0] + h[..., 1, 1]).real / 2
    half = (h[..., 0, 0] - h[..., 1, 1]).real / 2
    size = torch.sqrt(half**2 + h[..., 0, 1].abs() ** 2 + 1e-12)
    return mean - size, mean + size


def two_spins():
    """The design space of electrons with spin on the honeycomb: 24 free parameters.

    Each spin has its own amplitude and phase on the six second-neighbour bonds; spins do not mix.
    `build` gives a batch (start, 2) of models, spin up first.
    """
    lattice = honeycomb_lattice()
    bonds = [f"{spin} {site}{n}" for spin in ("up", "down") for site in "AB" for n in (1, 2, 3)]
    names = (*(f"|t2| {b}" for b in bonds), *(f"phase {b}" for b in bonds))

    def build(raw):
        size, phase = (part.unflatten(-1, (2, 6)) for part in raw.split(12, -1))
        second = torch.polar(torch.sigmoid(size), phase)
        near = torch.ones((*second.shape[:-1], 3), dtype=second.dtype, device=raw.device)
        return TightBinding(lattice, torch.cat([near, second], -1))

    def draw(generator, count):
        low, high = (np.repeat(v, (12, 12)) for v in ((0.0, -np.pi), (1.0, np.pi)))
        return generator.uniform(low, high, (count, 24))

    return DesignSpace(lattice, names, build, draw)


def spin_hall_objective(space, *, mesh=20):
    """Objective for `two_spins`: half the Hall conductivity of spin up less that of spin down.

    In e^2/h, as charge would count it. C. L. Kane and E. J. Mele, Phys. Rev. Lett. 95, 226801
    (2005).
    """
    waves = {}

    def objective(model, beta):
        device = str(model.hoppings.device)
        if device not in waves:
            waves[device] = _waves(model, mesh)
        hall = hall_conductivity(model, 1 / beta, mesh=waves[device])
        return (hall[..., 0] - hall[..., 1]) / 2

    return objective
