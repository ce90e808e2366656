"""DC current from light in a chain of electrons that feel classical spins.

The bulk photovoltaic effect: second order in the field, without any junction. Linearly polarised
light along the chain; e = hbar = lattice constant = 1, energies in any one unit, which then is that
of the frequencies and broadenings. Currents are per spin-resolved electron, sigma(omega) in
J = sigma |E(omega)|^2 for a field E(omega) exp(-i omega t) + c.c.

Four kernels are offered, because authors differ:

- 'velocity': the three-velocity sum of R. von Baltz and W. Kraut, Phys. Rev. B 23, 5590 (1981),
  with one broadening; its injection part grows as 1 / broadening.
- 'shift': the shift current, with the gauge-invariant shift vector (J. E. Sipe and A. I. Shkrebtii,
  Phys. Rev. B 61, 5337 (2000)).
- 'injection': the current of carriers that are excited at k and not at -k, times the relaxation
  time 1 / broadening; for linear light it needs broken time reversal, as spins give it.
- 'length': the second-order density matrix in the length gauge with one relaxation rate (C. Aversa
  and J. E. Sipe, Phys. Rev. B 52, 14636 (1995)); for a small rate the sum of shift and injection,
  and beyond it what carriers at the Fermi level add.
"""

import numpy as np
import torch

from .eigen import safe_eigh
from .hall import _fermi
from .tight_binding import Lattice, TightBinding

KERNELS = ("velocity", "shift", "injection", "length")
_TOUCH = 1e-9


def spin_chain(spins, t1=1.0, t2=0.0, exchange=1.0):
    """Electrons on a chain that are coupled to classical spins: H = hops - exchange S . sigma.

    Parameters
    ----------
    spins : (site, 3) or (batch, site, 3) unit vectors, the spins of one cell
    t1, t2 : hopping to the first and second neighbour; exchange : coupling to the spins

    Returns
    -------
    TightBinding on a line with the orbitals up, down of site 0, up, down of site 1, ... Gradients
    flow through tensors. Raises ValueError for spins that are not unit vectors.
    """
    spins = torch.as_tensor(np.asarray(spins) if not torch.is_tensor(spins) else spins)
    spins = spins.to(torch.float64)
    if spins.ndim < 2 or spins.shape[-1] != 3 or not len(spins):
        raise ValueError(f"spins are (site, 3) unit vectors, not {tuple(spins.shape)}.")
    if not torch.allclose(spins.norm(dim=-1), torch.ones_like(spins[..., 0]), atol=1e-6):
        raise ValueError("each spin is a unit vector; divide by its length.")
    sites = spins.shape[-2]
    bonds = []
    for reach in (1, 2):
        for site in range(sites):
            cell, to = divmod(site + reach, sites)
            bonds += [(2 * to + s, 2 * site + s, cell) for s in (0, 1)]
    bonds += [(2 * site, 2 * site + 1, 0) for site in range(sites)]  # down to up on a site
    positions = np.repeat(np.arange(sites), 2)[:, None].astype(float)
    lattice = Lattice([[float(sites)]], positions, np.array(bonds), f"spin chain of {sites}")
    t1, t2, exchange = (
        torch.as_tensor(v, dtype=torch.float64, device=spins.device) for v in (t1, t2, exchange)
    )
    shape = spins.shape[:-2]
    hops = [t[..., None].expand(*shape, 2 * sites) for t in (t1, t2)]
    flip = -exchange[..., None] * torch.complex(spins[..., 0], -spins[..., 1])
    on_site = exchange[..., None] * torch.stack([-spins[..., 2], spins[..., 2]], -1).flatten(-2)
    return TightBinding(lattice, torch.cat([h.to(flip) for h in hops] + [flip], -1), on_site)


def cone(sites, height, turns=1, chirality=1):
    """(site, 3) spins on a cone: S_z = height, the azimuth winds `turns` times over the cell."""
    angle = chirality * 2 * np.pi * turns * np.arange(sites) / sites
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(sites, height)], -1)


def photocurrent(
    model,
    frequencies,
    *,
    temperature,
    chemical_potential=0.0,
    broadening=0.05,
    kernel="velocity",
    mesh=60,
):
    """Photoconductivity sigma(omega), (..., frequency), of a model on a line.

    Parameters
    ----------
    model : TightBinding on a line, such as `spin_chain`
    frequencies : (frequency,) positive photon energies
    temperature, chemical_potential, broadening : in the same unit
    kernel : 'velocity', 'shift', 'injection' or 'length', see the module
    mesh : number of k points

    Raises ValueError for what is not positive, or a kernel that is not known.
    """
    if kernel not in KERNELS:
        raise ValueError(f"kernel is one of {', '.join(KERNELS)}, not {kernel!r}.")
    if len(model.lattice.vectors) != 1:
        raise ValueError("the photocurrent is that of a chain: a lattice on a line.")
    omega = np.atleast_1d(np.asarray(frequencies, float))
    for name, value in (("frequencies", omega.min()), ("temperature", temperature)):
        if not value > 0:
            raise ValueError(f"{name} must be positive, not {float(value):g}.")
    if not broadening > 0:
        raise ValueError(f"the broadening must be positive, not {broadening:g}.")
    omega = torch.as_tensor(omega, device=model.hoppings.device)
    k = model.lattice.mesh(mesh)
    first, second = _derivatives(model, k)
    energies, states = safe_eigh(model.hamiltonian(k))
    v, w = (states.mH @ one @ states for one in (first, second))
    if kernel == "length":
        warm = (energies - chemical_potential) / temperature
        summed = _length_gauge(energies, v, w, warm, temperature, omega, broadening)
    else:
        occupation = _fermi(energies, chemical_potential, temperature)
        work = {"velocity": _three_velocities, "shift": _shift, "injection": _injection}[kernel]
        summed = work(energies, v, w, occupation, omega, broadening)
    return summed.mean(-2) / model.lattice.vectors[0, 0]  # per length of the chain


def _derivatives(model, k):
    """dH/dk and d2H/dk2 on (k, 1)."""
    steps = torch.as_tensor(model.lattice.steps[:, 0].copy(), device=model.hoppings.device)
    found = []
    for factor in (-1j * steps, -(steps**2)):
        part = TightBinding(model.lattice, model.hoppings * factor)
        found.append(part.hamiltonian(k))
    return found


def _three_velocities(energies, v, w, occupation, omega, delta):
    """(..., k, frequency): Re sum (f_l - f_n) v_nl v_lm v_mn / ((E_nm - i d)(E_nl + W - i d))."""
    gap = energies[..., :, None] - energies[..., None, :]  # E_n - E_m
    inner = (v @ (v / (gap - 1j * delta).mT)).mT  # sum_m v_lm v_mn / (E_n - E_m - i d), as (n, l)
    weight = (occupation[..., None, :] - occupation[..., :, None]) * v * inner
    total = 0
    for sign in (1, -1):
        resonance = 1 / (gap[..., None] + sign * omega - 1j * delta)
        total = total + (weight[..., None] * resonance).sum((-3, -2)).real
    return total / omega**2


def _lorentz(gap, omega, delta):
    return delta / np.pi / ((gap[..., None] - omega) ** 2 + delta**2)


def _pairs(energies, v, occupation):
    """Gap E_m - E_n, |r_nm|^2 and f_n - f_m of all pairs (..., n, m); zero where levels touch."""
    gap = energies[..., None, :] - energies[..., :, None]
    apart = gap.abs() > _TOUCH
    strength = torch.where(apart, v.abs() ** 2 / torch.where(apart, gap, 1.0) ** 2, 0.0)
    return gap, strength, occupation[..., :, None] - occupation[..., None, :]


def _injection(energies, v, w, occupation, omega, delta):
    """(..., k, frequency): 2 pi tau sum f_nm (v_mm - v_nn) |r_nm|^2 delta(E_mn - omega)."""
    gap, strength, difference = _pairs(energies, v, occupation)
    own = torch.diagonal(v, dim1=-2, dim2=-1).real
    change = own[..., None, :] - own[..., :, None]
    upward = torch.where(gap > 0, difference * change * strength, torch.zeros_like(gap))
    return (2 * np.pi / delta) * (upward[..., None] * _lorentz(gap, omega, delta)).sum((-3, -2))


def _shift(energies, v, w, occupation, omega, delta):
    """(..., k, frequency): 2 pi sum f_nm |r_nm|^2 R_nm delta(E_mn - omega), R the shift vector.

    |r|^2 R = Im(r_mn r_nm;k), with the covariant derivative of the dipole.
    """
    gap, _, difference = _pairs(energies, v, occupation)
    r, derivative = _dipole(energies, v, w)
    product = (r.mT * derivative).imag
    upward = torch.where(gap > 0, difference * product, torch.zeros_like(gap))
    return 2 * np.pi * (upward[..., None] * _lorentz(gap, omega, delta)).sum((-3, -2))


def _dipole(energies, v, w):
    """(r, r;k), each (..., k, n, m): r_nm = i <n|d/dk m> and its covariant derivative.

    From H alone: the states follow |d m> = sum_p |p> v_pm / (E_m - E_p). Zero where levels touch.
    """
    gap = energies[..., None, :] - energies[..., :, None]  # E_m - E_n
    apart = gap.abs() > _TOUCH
    inverse = torch.where(apart, 1 / torch.where(apart, gap, 1.0), 0.0)
    own = torch.diagonal(v, dim1=-2, dim2=-1)
    change = own[..., None, :] - own[..., :, None]
    paths = v @ (v * inverse) - (v * inverse) @ v
    return 1j * v * inverse, 1j * inverse * (w + paths - v * change * inverse)


def _length_gauge(energies, v, w, warm, temperature, omega, rate):
    """(..., k, frequency): Tr v rho2 of i drho/dt = [H - E x, rho] - i rate (rho - rho0).

    x = i d/dk + A: a commutator with it is i times a covariant derivative, plus one with r.
    """
    gap = energies[..., :, None] - energies[..., None, :]
    r, slope = _dipole(energies, v, w)
    filled = torch.sigmoid(-warm)
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
