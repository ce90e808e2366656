"""The kernels of the photocurrent: sums over pairs of states at one k, for each frequency.

All take energies (..., k, band), v and where they need it w (..., k, n, m), which are the first and
second derivative of H in the basis of the states, the occupation (..., k, band), photon energies
(frequency,) and a broadening in the unit of the energies. All return shape (..., k, frequency).
Where a level touches another, their pair is left out.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

_TOUCH = 1e-9


def three_velocities(
    energies: Tensor, v: Tensor, occupation: Tensor, omega: Tensor, broadening: float
) -> Tensor:
    """Return the three-velocity sum, with one broadening d.

    Re sum over n, l, m and both signs of omega of
    (f_l - f_n) v_nl v_lm v_mn / ((E_n - E_m - i d)(E_n - E_l + omega - i d)), divided by omega^2.

    Notes
    -----
    The sum is that of free electrons in a potential, where H has the second derivative 1 / mass and
    no higher one. A tight-binding model has more: its second and third derivatives along k couple
    to the field as well, and their terms are missing here, so that this kernel is incomplete. At
    photon energies above the gap and a small broadening it gives -1/2 of the injection current of
    one cone of spins, where the whole answer is once that current. Exact zeros by symmetry stay,
    and so do the ratios between textures whose injection current is most of the answer.
    `length_gauge` has all terms.

    References
    ----------
    R. von Baltz and W. Kraut, Phys. Rev. B 23, 5590 (1981).
    """
    gap = energies[..., :, None] - energies[..., None, :]  # E_n - E_m
    # sum_m v_lm v_mn / (E_n - E_m - i d), as (n, l)
    inner = (v @ (v / (gap - 1j * broadening).mT)).mT
    weight = (occupation[..., None, :] - occupation[..., :, None]) * v * inner
    total = 0
    for sign in (1, -1):
        resonance = 1 / (gap[..., None] + sign * omega - 1j * broadening)
        total = total + (weight[..., None] * resonance).sum((-3, -2)).real
    return total / omega**2


def injection(
    energies: Tensor, v: Tensor, occupation: Tensor, omega: Tensor, broadening: float
) -> Tensor:
    """Return the injection current, for a relaxation time tau = 1 / broadening.

    2 pi tau sum f_nm (v_mm - v_nn) |r_nm|^2 delta(E_m - E_n - omega), with Lorentzians as delta.

    References
    ----------
    J. E. Sipe and A. I. Shkrebtii, Phys. Rev. B 61, 5337 (2000).
    """
    gap, difference = _pairs(energies, occupation)
    apart = gap.abs() > _TOUCH
    strength = torch.where(apart, v.abs() ** 2 / torch.where(apart, gap, 1.0) ** 2, 0.0)
    own = torch.diagonal(v, dim1=-2, dim2=-1).real
    change = own[..., None, :] - own[..., :, None]
    upward = torch.where(gap > 0, difference * change * strength, torch.zeros_like(gap))
    lines = _lorentz(gap, omega, broadening)
    return (2 * np.pi / broadening) * (upward[..., None] * lines).sum((-3, -2))


def shift(
    energies: Tensor, v: Tensor, w: Tensor, occupation: Tensor, omega: Tensor, broadening: float
) -> Tensor:
    """Return the shift current, with the shift vector R.

    2 pi sum f_nm |r_nm|^2 R_nm delta(E_m - E_n - omega), with Lorentzians as delta;
    |r|^2 R = Im(r_mn r_nm;k), with the covariant derivative of the dipole.

    References
    ----------
    J. E. Sipe and A. I. Shkrebtii, Phys. Rev. B 61, 5337 (2000).
    """
    gap, difference = _pairs(energies, occupation)
    r, derivative = dipole(energies, v, w)
    product = (r.mT * derivative).imag
    upward = torch.where(gap > 0, difference * product, torch.zeros_like(gap))
    return 2 * np.pi * (upward[..., None] * _lorentz(gap, omega, broadening)).sum((-3, -2))


def length_gauge(
    energies: Tensor,
    v: Tensor,
    w: Tensor,
    occupation: Tensor,
    temperature: float,
    omega: Tensor,
    rate: float,
) -> Tensor:
    """Return the current of the density matrix in second order in the field.

    Tr v rho2 of i d(rho)/dt = [H - E x, rho] - i rate (rho - rho0), where
    x = i d/dk + A: a commutator with it is i times a covariant derivative, plus one with r.

    Parameters
    ----------
    energies, v, w, occupation, omega
        See the module; the occupation is a Fermi function, which gives rho0.
    temperature
        kT of that Fermi function, which gives the derivatives of rho0.
    rate
        The relaxation rate.

    References
    ----------
    C. Aversa and J. E. Sipe, Phys. Rev. B 52, 14636 (1995).
    """
    gap = energies[..., :, None] - energies[..., None, :]
    r, slope = dipole(energies, v, w)
    filled = occupation
    by_energy = -filled * (1 - filled) / temperature
    own = torch.diagonal(v, dim1=-2, dim2=-1).real
    apart = gap.abs() > _TOUCH
    push = torch.where(apart, v.abs() ** 2 / torch.where(apart, gap, 1.0), 0.0).sum(-1)
    mass = torch.diagonal(w, dim1=-2, dim2=-1).real + 2 * push
    f1 = by_energy * own
    f2 = by_energy * (2 * filled - 1) / temperature * own**2 + by_energy * mass
    step, step1 = (f[..., None, :] - f[..., :, None] for f in (filled, f1))  # F_nm = f_m - f_n
    change = own[..., :, None] - own[..., None, :]
    now = (omega + 1j * rate)[:, None, None]
    d = 1 / (now - gap[..., None, :, :])
    rf = (r * step)[..., None, :, :]
    first = d * rf + torch.diag_embed(1j * f1)[..., None, :, :] / now
    derivative = d * (slope * step + r * step1)[..., None, :, :]
    derivative = derivative + d**2 * change[..., None, :, :] * rf
    derivative = derivative + torch.diag_embed(1j * f2)[..., None, :, :] / now
    inter = r[..., None, :, :]
    drive = 1j * derivative + inter @ first - first @ inter
    second = drive / (1j * rate - gap[..., None, :, :])
    # -omega gives the Hermitian conjugate, hence the same current
    return 2 * (v[..., None, :, :] * second.mT).sum((-2, -1)).real


def dipole(energies: Tensor, v: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """Return the dipole r_nm = i <n|d/dk m> between states, and its covariant derivative r_nm;k.

    From H alone: the states follow |d m> = sum_p |p> v_pm / (E_m - E_p). Zero where levels touch.

    Parameters
    ----------
    energies
        Shape (..., band).
    v, w
        Shape (..., n, m): dH/dk and d2H/dk2 in the basis of the states.

    Returns
    -------
    r, derivative : torch.Tensor
        Each of shape (..., n, m); the diagonal has no meaning.
    """
    gap = energies[..., None, :] - energies[..., :, None]  # E_m - E_n
    apart = gap.abs() > _TOUCH
    inverse = torch.where(apart, 1 / torch.where(apart, gap, 1.0), 0.0)
    own = torch.diagonal(v, dim1=-2, dim2=-1)
    change = own[..., None, :] - own[..., :, None]
    paths = v @ (v * inverse) - (v * inverse) @ v
    return 1j * v * inverse, 1j * inverse * (w + paths - v * change * inverse)


def _pairs(energies: Tensor, occupation: Tensor) -> tuple[Tensor, Tensor]:
    """Gap E_m - E_n and f_n - f_m of all pairs (..., n, m)."""
    gap = energies[..., None, :] - energies[..., :, None]
    return gap, occupation[..., :, None] - occupation[..., None, :]


def _lorentz(gap: Tensor, omega: Tensor, width: float) -> Tensor:
    return width / np.pi / ((gap[..., None] - omega) ** 2 + width**2)
