"""Sites with a finite potential in a clean wire, with gradients: the soft twin of an antidot.

A potential V on the sites s changes G0 into G = G0 + G0[:, s] V (1 - G0[s, s] V)^-1 G0[s, :]. For V
without bound this becomes the removal of the sites; a finite V has a gradient.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

import numpy as np
import torch

from ._antidot_solve import Solved, green_among
from ._green import Tables


def soft_conductance(
    blocks: Iterable[tuple[Tables, np.ndarray]],
    sites: torch.Tensor,
    potential: torch.Tensor,
    size: tuple[int, int],
    xp: ModuleType,
) -> torch.Tensor:
    """Return the conductance (sample, point) of a clean wire with a potential, differentiable.

    Parameters
    ----------
    blocks
        Tables of the clean wire on the device of `potential`, each with the numbers of its points.
    sites
        (sample, r) numbers x * width + y of sites, none twice in a row.
    potential
        (sample, r) in hoppings; sites with potential zero change nothing.
    size
        Length and width.
    xp
        The array namespace of torch.
    """
    device = potential.device
    dtype = torch.complex64 if potential.dtype == torch.float32 else torch.complex128
    height = potential.to(dtype)[None, :, :, None]
    eye = torch.eye(sites.shape[1], dtype=dtype, device=device)
    parts, order = [], []
    for tables, numbers in blocks:
        if not tables.finite.all():
            raise ValueError("a channel opens right at the energy at one of these fields.")
        green = green_among(tables, sites, *size, xp)
        psi = torch.linalg.solve(eye - green * height.mT, tables.into[0][:, sites])
        solved = Solved(tables, sites, {"left": -height * psi}, xp, device)
        t = solved.transmitted("right", "left")
        parts.append((t.real**2 + t.imag**2).sum((-2, -1)))
        order.append(numbers)
    back = np.argsort(np.concatenate(order))
    return torch.cat(parts)[torch.as_tensor(back, device=device)].T
