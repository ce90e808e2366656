"""What tells a metal from an insulator without a network: shares, levels, densities of states."""

import math

import torch


def inverse_participation(density):
    """P2 = sum |psi|^4, (...,) from densities (..., *lattice) of three axes: 1/N to 1."""
    return _three(density).square().sum((-3, -2, -1))


def participation_ratio(density):
    """1 / (N P2), the share of the sites that a state covers; (...,) from (..., x, y, z).

    1 for a state that is everywhere alike, 1/3 for real random numbers, 1/N for one site.
    """
    sites = math.prod(density.shape[-3:])
    return 1 / (sites * inverse_participation(density))


def _three(density):
    if density.dim() < 3:
        raise ValueError("a density has three lattice axes (..., x, y, z).")
    return density


def momentum_density(states, hamiltonian):
    """|psi(k)|^2 summed over orbitals, zero momentum in the middle.

    Parameters
    ----------
    states : (sample, state, component), as `eigenstates` gives them; hamiltonian : their own

    Returns
    -------
    (sample, state, *lattice), with sum 1
    """
    axes = tuple(range(2, 2 + len(hamiltonian.shape)))
    lattice = states.reshape(*states.shape[:2], *hamiltonian.shape, hamiltonian.orbitals)
    waves = torch.fft.fftn(lattice, dim=axes, norm="ortho")
    return torch.fft.fftshift(waves.abs().square().sum(-1), dim=axes)


def fractal_dimension(sizes, participation):
    """D2 from <P2> ~ L^-D2: the slope of log P2 against log L, by least squares.

    3 for an extended state, 0 for a localised one, between at the transition.
    """
    if len(sizes) < 2:
        raise ValueError("a slope needs two sizes or more.")
    x = torch.log(torch.as_tensor(sizes, dtype=torch.float64))
    y = torch.log(torch.as_tensor(participation, dtype=torch.float64))
    x = x - x.mean()
    return float(-(x * y).sum() / x.square().sum())


def spacing_ratio(energies):
    """Mean ratio of neighbouring level spacings, min over max; (sample,) from (sample, state).

    0.5307 for levels that repel as those of real random matrices, 0.5996 for complex ones, 0.3863
    for levels that know nothing of each other (Y. Y. Atas et al., Phys. Rev. Lett. 110, 084101
    (2013)). The energies must be neighbours, as `eigenstates` returns them.
    """
    if energies.shape[-1] < 3:
        raise ValueError("a ratio of spacings needs three levels or more.")
    gaps = energies.sort(-1)[0].diff(dim=-1)
    small = torch.minimum(gaps[..., 1:], gaps[..., :-1])
    large = torch.maximum(gaps[..., 1:], gaps[..., :-1])
    return (small / large.clamp_min(1e-300)).mean(-1)


def density_of_states(hamiltonian, energies, moments=256, vectors=4, generator=0):
    """States per site and energy, averaged over samples, by the kernel polynomial method.

    A. Weisse et al., Rev. Mod. Phys. 78, 275 (2006): Chebyshev moments with random vectors and
    the Jackson kernel, of width about pi times half the band over `moments`.

    Returns
    -------
    (energy,) tensor
    """
    from .models import draw

    generator = draw(generator)
    reach = float(hamiltonian.on_site.abs().amax()) + 6.5
    energies = torch.as_tensor(energies, dtype=torch.float64, device=hamiltonian.on_site.device)
    if bool((energies.abs() >= reach).any()):
        raise ValueError(f"an energy lies outside -{reach:g} to {reach:g}, where no state can be.")
    samples, layers, row = len(hamiltonian), hamiltonian.layers, hamiltonian.row
    shape = (samples, layers, vectors, row)
    start = torch.randn(shape, generator=generator, dtype=torch.float64, device=generator.device)
    start = start.to(hamiltonian.on_site.device, hamiltonian.dtype)
    now, before = hamiltonian.apply(start) / reach, start
    norm = (start.conj() * start).real.sum()
    mu = [norm, (start.conj() * now).real.sum()]
    for _ in range(moments - 2):
        now, before = 2 / reach * hamiltonian.apply(now) - before, now
        mu.append((start.conj() * now).real.sum())
    mu = torch.stack(mu) / norm
    n = torch.arange(moments, dtype=torch.float64, device=mu.device)
    q = math.pi / (moments + 1)
    jackson = ((moments - n + 1) * torch.cos(q * n) + torch.sin(q * n) / math.tan(q)) / (
        moments + 1
    )
    angle = torch.arccos(energies / reach)
    waves = torch.cos(n * angle[:, None]) * torch.where(n == 0, 1.0, 2.0)
    value = waves @ (jackson * mu)
    return value / (math.pi * torch.sqrt(reach**2 - energies**2)) * hamiltonian.orbitals
