"""Goals of the design loop: a Hall conductivity, a flat topological band, a spin current.

An objective is a function of (batch of models, beta) that returns one value for each model, of
shape (start,); the loop maximises it. beta is 1 / kT in inverse hoppings.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from .design import Objective, Schedule, cooling
from .design_space import DesignSpace, bounded_draw
from .hall import hall_conductivity
from .lattices import honeycomb_lattice
from .tight_binding import TightBinding, Waves, mesh_waves

HAND_FLAT_PHASE = float(np.arccos(3 * np.sqrt(3 / 43)))
FLAT = Schedule(300, 0.1, 0.01, 220, cooling(-2, 2, 200))


def hall_objective(
    space: DesignSpace, *, mesh: int | Waves = 20, filling: float | None = None
) -> Objective:
    """Return the objective sigma_xy at kT = 1 / beta, in e^2/h.

    Parameters
    ----------
    space
        The design space.
    mesh
        Points along an axis, prepared once; or prepared waves.
    filling
        Electrons a cell; default a chemical potential of 0.
    """
    waves = _prepared(mesh)

    def objective(model: TightBinding, beta: float) -> torch.Tensor:
        return hall_conductivity(model, 1 / beta, filling=filling, mesh=waves(model))

    return objective


def flatness(
    model: TightBinding, mesh: int = 40
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return gap over bandwidth of the lowest band, the gap, and the bandwidth.

    The gap is the indirect one, from the top of the lowest band to the bottom of the next, on the
    Gamma-centred mesh. By hand, 7 was found in Haldane's model at
    cos(phi) = t1 / (4 t2) = 3 sqrt(3 / 43).

    Parameters
    ----------
    model
        A model, or a batch.
    mesh
        Points along each axis.

    Returns
    -------
    ratio, gap, width : torch.Tensor
        Each of shape (...,); gap and width in hoppings.

    References
    ----------
    T. Neupert et al., Phys. Rev. Lett. 106, 236804 (2011).
    """
    energies = model.bands(model.lattice.mesh(mesh))
    top, bottom = energies[..., 0].amax(-1), energies[..., 0].amin(-1)
    gap = energies[..., 1].amin(-1) - top
    width = top - bottom
    return gap / width, gap, width


def flatness_objective(space: DesignSpace, *, mesh: int | Waves = 20) -> Objective:
    """Return the objective of a flat topological band: log(gap / width) of the lower of two bands.

    A flat band alone is easy: two sites without hopping between them. While beta is below 1/e only
    the Hall conductivity at 1 / beta counts, which opens a topological gap; from beta = 1 on only
    the flatness, whose logarithm forbids that the gap closes again. Largest and smallest energies
    are smooth, log-sum-exp at a sharpness of 20 beta. Goes with the schedule `FLAT`.

    Parameters
    ----------
    space
        A design space of two orbitals.
    mesh
        As for `hall_objective`.
    """
    waves = _prepared(mesh)

    def objective(model: TightBinding, beta: float) -> torch.Tensor:
        lower, upper = _two_bands(model, waves(model))
        sharp = 20 * beta
        top, bottom = _soft_max(lower, sharp), -_soft_max(-lower, sharp)
        gap = torch.nn.functional.softplus((-_soft_max(-upper, sharp) - top) / 0.05) * 0.05
        flat = torch.log(gap / (top - bottom))
        share = min(max(np.log(beta) + 1, 0.0), 1.0)
        if share == 1:
            return flat
        hall = hall_conductivity(model, 1 / beta, mesh=waves(model))
        return 10 * (1 - share) * hall + share * flat

    return objective


def two_spins() -> DesignSpace:
    """Return the design space of electrons with spin on the honeycomb: 24 free parameters.

    Each spin has its own amplitude and phase on the six second-neighbour bonds; spins do not mix.
    `build` gives a batch (start, 2) of models, spin up first.
    """
    lattice = honeycomb_lattice()
    bonds = [f"{spin} {site}{n}" for spin in ("up", "down") for site in "AB" for n in (1, 2, 3)]
    names = (*(f"|t2| {b}" for b in bonds), *(f"phase {b}" for b in bonds))

    def build(raw: torch.Tensor) -> TightBinding:
        size, phase = (part.unflatten(-1, (2, 6)) for part in raw.split(12, -1))
        second = torch.polar(torch.sigmoid(size), phase)
        near = torch.ones((*second.shape[:-1], 3), dtype=second.dtype, device=raw.device)
        return TightBinding(lattice, torch.cat([near, second], -1))

    draw = bounded_draw((12, 0.0, 1.0), (12, -np.pi, np.pi))
    return DesignSpace(lattice, names, build, draw)


def spin_hall_objective(space: DesignSpace, *, mesh: int | Waves = 20) -> Objective:
    """Return the objective for `two_spins`: half of sigma_xy of spin up less that of spin down.

    In e^2/h, as charge would count it.

    Parameters
    ----------
    space, mesh
        As for `hall_objective`.

    References
    ----------
    C. L. Kane and E. J. Mele, Phys. Rev. Lett. 95, 226801 (2005).
    """
    waves = _prepared(mesh)

    def objective(model: TightBinding, beta: float) -> torch.Tensor:
        hall = hall_conductivity(model, 1 / beta, mesh=waves(model))
        return (hall[..., 0] - hall[..., 1]) / 2

    return objective


def _prepared(mesh: int | Waves) -> Callable[[TightBinding], Waves]:
    """Function of a model that gives its waves, made once for each device."""
    known: dict[str, Waves] = {}

    def waves(model: TightBinding) -> Waves:
        device = str(model.hoppings.device)
        if device not in known:
            known[device] = mesh_waves(model, mesh)
        return known[device]

    return waves


def _soft_max(values: torch.Tensor, sharp: float) -> torch.Tensor:
    count = values.shape[-1]
    return (torch.logsumexp(sharp * values, -1) - np.log(count)) / sharp


def _two_bands(model: TightBinding, waves: Waves) -> tuple[torch.Tensor, torch.Tensor]:
    """Energies (..., k) of both bands of two orbitals."""
    h = model.with_velocity(waves)[0]
    mean = (h[..., 0, 0] + h[..., 1, 1]).real / 2
    half = (h[..., 0, 0] - h[..., 1, 1]).real / 2
    size = torch.sqrt(half**2 + h[..., 0, 1].abs() ** 2 + 1e-12)
    return mean - size, mean + size
