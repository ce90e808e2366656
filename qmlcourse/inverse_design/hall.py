"""Hall conductivity by the Kubo formula, at any temperature, with gradients.

With the Berry connection A = i <u| d/dk u> and the curvature Omega = dA_y/dk_x - dA_x/dk_y,

    sigma_xy = (e^2/h) (1 / 2 pi) int d^2k sum_n f_n Omega_n

(D. J. Thouless et al., Phys. Rev. Lett. 49, 405 (1982)).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from .eigen import safe_eigh
from .filling import fermi_function, fermi_level
from .tight_binding import TightBinding, Waves, mesh_waves

_DELTA = 1e-5  # regularises 1 / (E_n - E_m)^2, in hoppings


def hall_conductivity(
    model: TightBinding,
    temperature: float = 0.0,
    filling: float | None = None,
    chemical_potential: float | None = None,
    mesh: int | Waves = 40,
    *,
    method: str = "auto",
) -> torch.Tensor:
    """Return the Hall conductivity of a model, or of each model of a batch.

    Parameters
    ----------
    model
        A model in the plane, or a batch.
    temperature
        kT in hoppings, 0 allowed.
    filling
        Electrons a cell, between 0 and the number of orbitals; or give `chemical_potential`.
    chemical_potential
        In hoppings; default 0.
    mesh
        Points along each reciprocal vector of a Gamma-centred mesh, or prepared waves.
    method
        ``"closed"`` (two orbitals only), ``"eigh"``, or ``"auto"``, which takes the closed form
        where it can.

    Returns
    -------
    torch.Tensor
        Shape (...,), in e^2/h. Gradients flow to the model's tensors, through the chemical
        potential as well.

    Raises
    ------
    ValueError
        For fillings, temperatures, methods and lattices that are impossible.

    Warns
    -----
    UserWarning
        Where the mesh hits the corners of the honeycomb's zone, at which gaps close.
    """
    orbitals = model.lattice.orbitals
    if model.lattice.vectors.shape != (2, 2):
        raise ValueError(
            f"the Hall conductivity needs a lattice in the plane, not {model.lattice.name!r} on a "
            "line."
        )
    if filling is not None and chemical_potential is not None:
        raise ValueError("give either filling or chemical_potential, not both.")
    if not temperature >= 0:
        raise ValueError(f"the temperature kT must not be negative ({temperature:g}).")
    if filling is not None and not 0 < filling < orbitals:
        raise ValueError(
            f"a filling of {filling:g} electrons a cell is impossible here: choose between 0 and "
            f"{orbitals}, the number of orbitals."
        )
    if method not in ("auto", "closed", "eigh"):
        raise ValueError(f"method is 'auto', 'closed' or 'eigh', not {method!r}.")
    if method == "closed" and orbitals != 2:
        raise ValueError(f"the closed form is for two orbitals, not {orbitals}.")
    waves = mesh_waves(model, mesh)
    parts = _closed if orbitals == 2 and method != "eigh" else _by_states
    energies, curvature = parts(model, waves)
    occupation = _occupation(energies, temperature, chemical_potential, filling)
    area = abs(np.linalg.det(model.lattice.reciprocal))
    return area / (2 * np.pi) * (occupation * curvature).sum(-1).mean(-1)


def berry_curvature(
    model: TightBinding, mesh: int = 40, bands: Sequence[int] = (0,)
) -> torch.Tensor:
    """Return the Berry curvature, summed over bands, on the Gamma-centred mesh.

    Omega_n = -2 Im sum_m <n|v_x|m><m|v_y|n> / (E_n - E_m)^2. Where a band of the sum touches one
    outside of it, the value is cut off.

    Parameters
    ----------
    model
        A model in the plane, or a batch.
    mesh
        Points along each reciprocal vector.
    bands
        Numbers of the bands, from 0.

    Returns
    -------
    torch.Tensor
        Shape (..., mesh, mesh), in units of the bond length squared.
    """
    _, curvature = _by_states(model, mesh_waves(model, mesh))
    summed = curvature[..., list(bands)].sum(-1)
    return summed.unflatten(-1, (mesh, mesh))


def _occupation(
    energies: torch.Tensor, temperature: float, level: float | None, filling: float | None
) -> torch.Tensor:
    if filling is not None:
        level = fermi_level(energies, temperature, filling)[..., None, None]
    elif level is None:
        level = 0.0
    if temperature == 0:
        return (energies < level).to(energies.dtype)
    return fermi_function(energies, level, temperature)


def _by_states(model: TightBinding, waves: Waves) -> tuple[torch.Tensor, torch.Tensor]:
    """Energies and Berry curvatures of all bands, (..., k, band), from the eigenstates."""
    h, (along_x, along_y) = model.with_velocity(waves)
    energies, states = safe_eigh(h)
    v_x, v_y = (states.mH @ v @ states for v in (along_x, along_y))
    gap = energies[..., :, None] - energies[..., None, :]
    weight = 1 / (gap**2 + _DELTA**2)
    weight = weight - torch.diag_embed(torch.diagonal(weight, dim1=-2, dim2=-1))
    # Omega_n = -2 Im sum_m <n|v_x|m><m|v_y|n> / (E_n - E_m)^2
    return energies, -2 * (weight * (v_x * v_y.mT).imag).sum(-1)


def _closed(model: TightBinding, waves: Waves) -> tuple[torch.Tensor, torch.Tensor]:
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
