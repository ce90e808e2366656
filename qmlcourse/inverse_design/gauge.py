"""Gauges: the same model with other phases on its orbitals."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from .tight_binding import TightBinding


def gauge_transformed(model: TightBinding, angles: ArrayLike | torch.Tensor) -> TightBinding:
    """Return the same model after a phase has been put on each orbital.

    Amplitudes become t exp(i (angle of the end - angle of the start)); nothing observable changes.

    Parameters
    ----------
    model
        A model, or a batch.
    angles
        Shape (..., orbital), in radians.
    """
    device = model.hoppings.device
    angles = torch.as_tensor(angles, dtype=torch.float64, device=device)
    to, start = (torch.as_tensor(model.lattice.bonds[:, n].copy(), device=device) for n in (0, 1))
    turn = angles[..., to] - angles[..., start]
    return TightBinding(
        model.lattice, model.hoppings * torch.polar(torch.ones_like(turn), turn), model.on_site
    )


def gauge_fixed(model: TightBinding) -> TightBinding:
    """Return the same model in a gauge in which the bonds of a tree over the orbitals are real.

    Parameters
    ----------
    model
        One model; amplitudes on the tree become positive.

    Raises
    ------
    ValueError
        For a batch.
    """
    one_model(model)
    phase = torch.angle(model.hoppings).detach().cpu().numpy()
    bonds = model.lattice.bonds
    angles, reached = np.zeros(model.lattice.orbitals), {0}
    while True:
        for n, (to, start, *_) in enumerate(bonds):
            if start in reached and to not in reached:
                angles[to] = angles[start] - phase[n]
                reached.add(to)
                break
            if to in reached and start not in reached:
                angles[start] = angles[to] + phase[n]
                reached.add(start)
                break
        else:
            return gauge_transformed(model, angles)


def one_model(model: TightBinding) -> None:
    """Refuse a batch.

    Raises
    ------
    ValueError
        Where the model has batch axes.
    """
    if model.hoppings.ndim != 1:
        raise ValueError(
            f"this reads one model at a time, not a batch of {tuple(model.hoppings.shape[:-1])}: "
            "take model[n]."
        )
