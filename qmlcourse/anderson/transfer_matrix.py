"""Localisation length of a long bar by the transfer matrix: the classic witness of the transition.

psi_{n+1} = (E - H_n) psi_n - psi_{n-1} for bars of width M with periodic walls; the smallest
positive Lyapunov exponent is 1 / lambda (A. MacKinnon and B. Kramer, Phys. Rev. Lett. 47, 1546
(1981)). Lambda = lambda / M does not depend on M at the transition.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from numpy.typing import ArrayLike

from .lattice import checked_strengths, generator_of, uniform
from .models import AndersonModel, plane_bonds, site_energies

# slices between two orthonormalisations; Cauchy energies may be huge
_STEPS = {"box": 5, "gaussian": 5, "cauchy": 2}


@dataclass(frozen=True)
class TransferMatrixLength:
    """Localisation lengths of bars over their width.

    Attributes
    ----------
    reduced : torch.Tensor
        Lambda = lambda / M, shape (strength,).
    error : torch.Tensor
        Its standard error, shape (strength,), from the spread of the bars.
    """

    reduced: torch.Tensor
    error: torch.Tensor


def transfer_matrix_length(
    model: AndersonModel,
    energy: float,
    strengths: ArrayLike,
    length: int = 20000,
    bars: int = 4,
    seed: int | torch.Generator = 0,
) -> TransferMatrixLength:
    """Return the localisation length over the width of bars M x M x length.

    Parameters
    ----------
    model
        Gives the disorder, the width M of the bars, its `size`, and the flux through the plaquettes
        of their cross section.
    energy
        In units of the hopping.
    strengths
        W, shape (strength,), in units of the hopping.
    length
        Slices of one bar, at least 100.
    bars
        Independent bars at each strength, at least 2.
    seed
        An integer, or a generator on the device of the result.

    Raises
    ------
    ValueError
        For bars that are too short or too few, a model in a plane, or a random flux.

    Notes
    -----
    The exponents of the bars are averaged; their standard deviation over the square root of their
    number gives the error, carried over to Lambda = 1 / (exponent M).
    """
    if model.dimensions != 3 or model.flux == "random":
        raise ValueError(
            f"the model has {model.dimensions} dimensions and the flux {model.flux!r}; the "
            "transfer matrix takes 3 dimensions and a uniform flux."
        )
    if bars < 2 or length < 100:
        raise ValueError(
            f"bars is {bars} and length {length}; take at least 2 bars of at least 100 slices."
        )
    generator = generator_of(seed)
    strengths = checked_strengths(strengths, generator.device)
    plane = plane_bonds(model.size, 3, model.flux, 1, generator)[0][0, 0]
    samples, states = len(strengths) * bars, model.size**2
    scale = strengths.repeat_interleave(bars)[:, None]
    unit = torch.eye(2 * states, states, dtype=plane.dtype, device=plane.device)
    frame = unit.expand(samples, -1, -1).clone()
    now, before = frame[:, :states], frame[:, states:]
    growth = torch.zeros(samples, dtype=torch.float64, device=plane.device)
    settle, steps = length // 50, _STEPS[model.disorder]
    counted = 0
    for block in range((length + settle) // steps):
        share = uniform((steps, samples, states), generator)
        on_site = scale * site_energies(share, model.disorder)
        for step in range(steps):
            ahead = (energy - on_site[step])[..., None] * now - plane @ now - before
            now, before = ahead, now
        now, before, last = _orthonormal(now, before)
        if block * steps >= settle:
            growth += last
            counted += steps
    exponent = (growth / counted).reshape(len(strengths), bars)
    mean, error = exponent.mean(1), exponent.std(1) / bars**0.5
    reduced = 1 / (mean * model.size)
    return TransferMatrixLength(reduced, reduced * error / mean)


def _orthonormal(
    now: torch.Tensor, before: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Orthonormal columns of (now, before), and the logarithm of how the last one grew."""
    growth = torch.zeros(len(now), dtype=torch.float64, device=now.device)
    for _ in range(2):  # Cholesky twice is as good as Householder and made of matrix products
        overlap = now.mH @ now + before.mH @ before
        factor, failed = torch.linalg.cholesky_ex(overlap, upper=True)
        if bool(failed.any()):  # columns too alike for their squares
            frame, factor = torch.linalg.qr(torch.cat([now, before], 1))
            now, before = frame[:, : now.shape[1]], frame[:, now.shape[1] :]
        else:
            now = torch.linalg.solve_triangular(factor, now, upper=True, left=False)
            before = torch.linalg.solve_triangular(factor, before, upper=True, left=False)
        growth = growth + factor[:, -1, -1].abs().log()
    return now, before, growth
