"""Sites with a finite potential in a clean wire, with gradients: the soft twin of an antidot.

A potential V on the sites s changes G0 into G = G0 + G0[:, s] V (1 - G0[s, s] V)^-1 G0[s, :]. For V
without bound this becomes the removal of the sites; a finite V has a gradient.
"""

import numpy as np
import torch

from .. import arrays
from ._antidot_solve import Solved, green_among


def soft_conductance(wire, sites, potential, flux):
    """Conductance (sample, field) of an AntidotWire with a potential, differentiable.

    Parameters
    ----------
    wire : AntidotWire; its notch stays
    sites : (sample, r) numbers x * width + y of sites, none twice in a row
    potential : (sample, r) tensor in hoppings; sites with potential zero change nothing
    flux : (field,) flux quanta a plaquette
    """
    dtype = torch.complex64 if potential.dtype == torch.float32 else torch.complex128
    device, quanta = potential.device, np.atleast_1d(np.asarray(flux, float))
    sites = torch.as_tensor(sites, device=device)
    height = potential.to(dtype)[None, :, :, None]
    eye = torch.eye(sites.shape[1], dtype=dtype, device=device)
    xp, _ = arrays.backend(potential)
    parts, order = [], []
    for tables, numbers in wire._tables(quanta, xp, dtype, device):
        if not tables.finite.all():
            raise ValueError("a channel opens right at the energy at one of these fields.")
        green = green_among(tables, sites, wire.length, wire.width, xp)
        psi = torch.linalg.solve(eye - green * height.mT, tables.into[0][:, sites])
        solved = Solved(tables, sites, {"left": -height * psi}, xp, device)
        t = solved.transmitted("right", "left")
        parts.append((t.real**2 + t.imag**2).sum((-2, -1)))
        order.append(numbers)
    back = np.argsort(np.concatenate(order))
    return torch.cat(parts)[torch.as_tensor(back, device=device)].T
