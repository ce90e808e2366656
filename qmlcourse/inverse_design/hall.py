"""Hall conductivity by the Kubo formula, at any temperature, with gradients.

Sign convention of the package: a positive Chern number of the occupied bands gives a positive
sigma_xy. With the Berry connection A = i <u| d/dk u> and curvature Omega = dA_y/dk_x - dA_x/dk_y,

    sigma_xy = (e^2/h) (1 / 2 pi) int d^2k sum_n f_n Omega_n

(D. J. Thouless et al., Phys. Rev. Lett. 49, 405 (1982)).
"""

import warnings

import numpy as np
import torch

from .eigen import safe_eigh
from .tight_binding import Waves

_DELTA = 1e-5  # regularises 1 / (E_n - E_m)^2, in hoppings


def hall_conductivity(
    model, temperature=0.0, filling=None, chemical_potential=None, mesh=40, *, method="auto"
):
    """Hall conductivity sigma_xy in e^2/h of a model, or of each model of a batch.

    Parameters
    ----------
    model : TightBinding in the plane
    temperature : kT in units of the hopping, 0 allowed
    filling : electrons in a cell; or `chemical_potential` in units of the hopping (default 0)
    mesh : int, points along each reciprocal vector of a Gamma-centred mesh; or prepared `Waves`
    method : 'auto', 'closed' (two orbitals only) or 'eigh'

    Returns
    -------
    Tensor (...,) with gradients with respect to the model's tensors (through the chemical
    potential as well). Raises ValueError for impossible fillings or temperatures; a UserWarning
    says when the mesh hits the corners of the honeycomb's zone, where gaps close.
    """
    if model.lattice.vectors.shape != (2, 2):
        raise ValueError("the Hall conductivity needs a lattice in the plane.")
    if filling is not None and chemical_potential is not None:
        raise ValueError("give either filling or chemical_potential, not both.")
    if not temperature >= 0:
        raise ValueError(f"the temperature kT must not be negative ({temperature:g}).")
    if filling is not None and not 0 < filling < model.lattice.orbitals:
        raise ValueError(
            f"a filling of {filling:g} electrons a cell is impossible here: choose between 0 and "
            f"{model.lattice.orbitals}, the number of orbitals."
        )
    if method not in ("auto", "closed", "eigh"):
        raise ValueError(f"method is 'auto', 'closed' or 'eigh', not {method!r}.")
    two = model.lattice.orbitals == 2
    if method == "closed" and not two:
        raise ValueError("the closed form is for two orbitals.")
    waves = _waves(model, mesh)
    level = chemical_potential, filling
    parts = _closed if two and method != "eigh" else _by_states
    energies, curvature = parts(model, waves)
    occupation = _occupation(energies, temperature, *level)
    area = abs(np.linalg.det(model.lattice.reciprocal))
    return area / (2 * np.pi) * (occupation * curvature).sum(-1).mean(-1)


def berry_curvature(model, mesh=40, bands=(0,)):
    """Berry curvature, summed over bands, (..., mesh, mesh) on the Gamma-centred mesh.

    In units of the bond length squared. Where a band of the sum touches one outside of it, the
    value is cut off.
    """
    waves = _waves(model, mesh)
    _, curvature = _by_states(model, waves)
    summed = curvature[..., list(bands)].sum(-1)
    return summed.unflatten(-1, (mesh, mesh))


def fill(energies, temperature, filling):
    """Chemical potential (...,) of (..., k, band) energies for `filling` electrons a cell.

    By bisection; at zero temperature between the highest filled and the lowest empty state. The
    gradient follows from the conserved number of electrons.
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
        too_many = _fermi(flat, middle[..., None], temperature).sum(-1) > filling * count
        high, low = torch.where(too_many, middle, high), torch.where(too_many, low, middle)
    level = ((low + high) / 2)[..., None, None]
    # one step of Newton with fixed slope: its gradient is that of the implicit function
    filled = _fermi(energies, level, temperature)
    slope = (filled * (1 - filled)).detach().sum((-2, -1)) / temperature
    return level[..., 0, 0] - (filled.sum((-2, -1)) - filling * count) / slope


def _waves(model, mesh):
    if isinstance(mesh, Waves):
        return mesh
    if model.lattice.name == "honeycomb" and mesh > 0 and mesh % 3 == 0:
        warnings.warn(
            f"a mesh of {mesh} hits the corners K of the honeycomb's zone, where gaps close: take "
            "one that 3 does not divide.",
            stacklevel=3,
        )
    return Waves(model.lattice, model.lattice.mesh(mesh), model.hoppings.device)


def _occupation(energies, temperature, level, filling):
    if filling is not None:
        level = fill(energies, temperature, filling)[..., None, None]
    elif level is None:
        level = 0.0
    if temperature == 0:
        return (energies < level).to(energies.dtype)
    return _fermi(energies, level, temperature)


def _fermi(energies, level, temperature):
    return torch.sigmoid((level - energies) / temperature)


def _by_states(model, waves):
    """Energies and Berry curvatures of all bands, (..., k, band), from the eigenstates."""
    h, (along_x, along_y) = model.with_velocity(waves)
    energies, states = safe_eigh(h)
    v_x, v_y = (states.mH @ v @ states for v in (along_x, along_y))
    gap = energies[..., :, None] - energies[..., None, :]
    weight = 1 / (gap**2 + _DELTA**2)
    weight = weight - torch.diag_embed(torch.diagonal(weight, dim1=-2, dim2=-1))
    # Omega_n = -2 Im sum_m <n|v_x|m><m|v_y|n> / (E_n - E_m)^2
    return energies, -2 * (weight * (v_x * v_y.mT).imag).sum(-1)


def _closed(model, waves):
    """The same for two orbitals without eigenstates: H = h0 + d . sigma, d linear in t."""
    t, on_site = model.hoppings, model.on_site[..., None]
    table = waves.pauli
    parts = torch.cat([t.real, t.imag], -1) @ table.flatten(1)
    h0, x, y, z, *slopes = parts.unflatten(-1, table.shape[1:]).unbind(-2)
    h0 = h0 + (on_site[..., 0, :] + on_site[..., 1, :]) / 2
    z = z + (on_site[..., 0, :] - on_site[..., 1, :]) / 2
    xx, yx, zx, xy, yy, zy = slopes
    volume = x * (yx * zy - zx * yy) + y * (zx * xy - xx * zy) + z * (xx * yy - yx * xy)
    square = x * x + y * y + z * z
    lower = volume / (2 * (square + _DELTA**2 / 4) ** 1.5)
    size = torch.sqrt(square)
    return torch.stack([h0 - size, h0 + size], -1), torch.stack([lower, -lower], -1)
