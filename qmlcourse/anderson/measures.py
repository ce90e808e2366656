"""What tells a metal from an insulator without a network: shares, levels, densities of states."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from numpy.typing import ArrayLike

from .hamiltonian import LayeredHamiltonian
from .lattice import generator_of

_BAND = 6.5  # energy beyond which no clean lattice of this package has a state


def inverse_participation(density: torch.Tensor) -> torch.Tensor:
    """Return P2 = sum |psi|^4, from 1/N for a state that is everywhere alike to 1 for one site.

    Parameters
    ----------
    density
        Shape (..., x, y, z), each with sum 1.

    Returns
    -------
    torch.Tensor
        Shape (...,).

    Raises
    ------
    ValueError
        For less than three lattice axes.
    """
    if density.dim() < 3:
        raise ValueError(
            f"density has {density.dim()} axes; give (..., x, y, z), with three lattice axes."
        )
    return density.square().sum((-3, -2, -1))


def participation_ratio(density: torch.Tensor) -> torch.Tensor:
    """Return 1 / (N P2), the share of the N sites that a state covers.

    Parameters
    ----------
    density
        As of :func:`inverse_participation`, whose error is raised.

    Returns
    -------
    torch.Tensor
        Shape (...,): 1 for a state that is everywhere alike, 1/3 for real random numbers, 1/N for
        one site.
    """
    sites = math.prod(density.shape[-3:])
    return 1 / (sites * inverse_participation(density))


def momentum_density(states: torch.Tensor, hamiltonian: LayeredHamiltonian) -> torch.Tensor:
    """Return |psi(k)|^2 summed over orbitals, zero momentum in the middle.

    Parameters
    ----------
    states
        Shape (sample, state, component), as `eigenstates` gives them.
    hamiltonian
        Their own.

    Returns
    -------
    torch.Tensor
        Shape (sample, state, *lattice), each with sum 1.
    """
    axes = tuple(range(2, 2 + len(hamiltonian.shape)))
    lattice = states.reshape(*states.shape[:2], *hamiltonian.shape, hamiltonian.orbitals)
    waves = torch.fft.fftn(lattice, dim=axes, norm="ortho")
    return torch.fft.fftshift(waves.abs().square().sum(-1), dim=axes)


def fractal_dimension(sizes: Sequence[float], participation: ArrayLike) -> float:
    """Return D2 of <P2> ~ L^-D2: the slope of log P2 against log L, by least squares.

    3 for an extended state, 0 for a localised one, between at the transition.

    Parameters
    ----------
    sizes
        L, two or more.
    participation
        <P2> of each size.

    Raises
    ------
    ValueError
        For less than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes are {list(sizes)}; a slope needs two sizes or more.")
    x = torch.log(torch.as_tensor(sizes, dtype=torch.float64))
    y = torch.log(torch.as_tensor(participation, dtype=torch.float64))
    x = x - x.mean()
    return float(-(x * y).sum() / x.square().sum())


def spacing_ratio(energies: torch.Tensor) -> torch.Tensor:
    """Return the mean ratio of neighbouring level spacings, the smaller over the larger.

    Parameters
    ----------
    energies
        Shape (..., level), three or more; neighbours, as `eigenstates` returns them, in any order.

    Returns
    -------
    torch.Tensor
        Shape (...,): 0.5307 for levels that repel as those of real random matrices, 0.5996 for
        complex ones, 0.3863 for levels that know nothing of each other.

    Raises
    ------
    ValueError
        For less than three levels.

    References
    ----------
    Y. Y. Atas et al., Phys. Rev. Lett. 110, 084101 (2013).
    """
    if energies.shape[-1] < 3:
        raise ValueError(
            f"energies have {energies.shape[-1]} levels; a ratio of spacings needs three levels."
        )
    gaps = energies.sort(-1)[0].diff(dim=-1)
    small = torch.minimum(gaps[..., 1:], gaps[..., :-1])
    large = torch.maximum(gaps[..., 1:], gaps[..., :-1])
    return (small / large.clamp_min(1e-300)).mean(-1)


def jackson_kernel(moments: int) -> torch.Tensor:
    """Return the weights that keep a truncated Chebyshev series positive, shape (moments,).

    Notes
    -----
    g_n = [(N - n + 1) cos(q n) + sin(q n) cot(q)] / (N + 1) with q = pi / (N + 1), equation 71 of
    A. Weisse et al., Rev. Mod. Phys. 78, 275 (2006). A level becomes a peak of width pi / N.
    """
    n = torch.arange(moments, dtype=torch.float64)
    q = math.pi / (moments + 1)
    return ((moments - n + 1) * torch.cos(q * n) + torch.sin(q * n) / math.tan(q)) / (moments + 1)


def density_of_states(
    hamiltonian: LayeredHamiltonian,
    energies: ArrayLike,
    moments: int = 256,
    vectors: int = 4,
    seed: int | torch.Generator = 0,
) -> torch.Tensor:
    """Return states per site and energy, averaged over samples, by the kernel polynomial method.

    Parameters
    ----------
    hamiltonian
        A batch of samples.
    energies
        Shape (energy,), or one number, in units of the hopping.
    moments
        Chebyshev moments; a level is as wide as about pi times half the band over `moments`.
    vectors
        Random vectors a sample.
    seed
        An integer or a generator, of the random vectors.

    Returns
    -------
    torch.Tensor
        Shape (energy,), or () for one energy.

    Raises
    ------
    ValueError
        For an energy where no state can be.

    References
    ----------
    A. Weisse et al., Rev. Mod. Phys. 78, 275 (2006): stochastic moments and the Jackson kernel.
    """
    generator = generator_of(seed)
    reach = float(hamiltonian.on_site.abs().amax()) + _BAND
    energies = torch.as_tensor(energies, dtype=torch.float64, device=hamiltonian.on_site.device)
    if bool((energies.abs() >= reach).any()):
        raise ValueError(
            f"an energy is {float(energies.abs().amax()):g} away from 0; no state lies outside of "
            f"-{reach:g} to {reach:g}."
        )
    shape = (len(hamiltonian), hamiltonian.layers, vectors, hamiltonian.row)
    start = torch.randn(shape, generator=generator, dtype=torch.float64, device=generator.device)
    start = start.to(hamiltonian.on_site.device, hamiltonian.dtype)
    now, before = hamiltonian.apply(start) / reach, start
    norm = (start.conj() * start).real.sum()
    found = [norm, (start.conj() * now).real.sum()]
    for _ in range(moments - 2):
        now, before = 2 / reach * hamiltonian.apply(now) - before, now
        found.append((start.conj() * now).real.sum())
    series = jackson_kernel(moments).to(norm.device) * torch.stack(found) / norm
    n = torch.arange(moments, dtype=torch.float64, device=norm.device)
    waves = torch.cos(n * torch.arccos(energies / reach)[..., None])
    value = waves @ (torch.where(n == 0, 1.0, 2.0) * series)
    return value / (math.pi * torch.sqrt(reach**2 - energies**2)) * hamiltonian.orbitals
