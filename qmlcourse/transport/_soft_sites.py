"""Sites with a finite potential in a clean wire, with gradients: the soft twin of an antidot.

A potential V on the sites s changes G0 into G = G0 + G0[:, s] V (1 - G0[s, s] V)^-1 G0[s, :]. For V
without bound this becomes the removal of the sites; a finite V has a gradient.
"""

import numpy as np
import torch

from ._wire_green import pair_index


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
    index = pair_index(sites[:, :, None], sites[:, None, :], wire.length, wire.width)
    parts, order = [], []
    for tables, numbers in wire._tables(quanta, torch, dtype, device):
        if not tables.finite.all():
            raise ValueError("a channel opens right at the energy at one of these fields.")
        green = tables.green[:, index.reshape(-1)].reshape(len(numbers), *index.shape)
        if tables.notch_left.shape[-1]:
            a, b = tables.notch_left[:, sites], tables.notch_right[:, :, sites]
            green = green - a @ b.moveaxis(2, 1)
        arriving = tables.into[0][:, sites]  # (field, sample, r, c)
        leaving = tables.out[1][:, :, sites].moveaxis(2, 1)  # (field, sample, c, r)
        eye = torch.eye(sites.shape[1], dtype=dtype, device=device)
        x = torch.linalg.solve(eye - green * height.mT, arriving)
        t = tables.straight[1, 0][:, None] + leaving @ (height * x)
        parts.append((t.real**2 + t.imag**2).sum((-2, -1)))
        order.append(numbers)
    back = np.argsort(np.concatenate(order))
    return torch.cat(parts)[torch.as_tensor(back, device=device)].T
