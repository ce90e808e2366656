"""Localisation length of a long bar by the transfer matrix: the classic witness of the transition.

psi_{n+1} = (E - H_n) psi_n - psi_{n-1} for bars of width M with periodic walls; the smallest
positive Lyapunov exponent is 1 / lambda (A. MacKinnon and B. Kramer, Phys. Rev. Lett. 47, 1546
(1981)). Lambda = lambda / M does not depend on M at the transition.
"""

from dataclasses import dataclass

import torch

from .models import AndersonModel, _energies, draw, each, plane_bonds, uniform

# slices between two orthonormalisations; Cauchy energies may be huge
_STEPS = {"box": 5, "gaussian": 5, "cauchy": 2}


@dataclass(frozen=True)
class TransferMatrixLength:
    """Localisation lengths of bars.

    reduced : (strength,), Lambda = lambda / M; error : its standard error, from the bars' spread
    """

    reduced: torch.Tensor
    error: torch.Tensor


def transfer_matrix_length(
    width, strengths, disorder="box", energy=0.0, length=20000, bars=4, generator=0, flux=0.0
):
    """Localisation length over width of bars M x M x length, averaged over independent bars.

    Parameters
    ----------
    width : int, M; strengths : (strength,), W; disorder : as in AndersonModel
    length : slices of one bar; bars : independent bars a strength, at least 2
    flux : flux quanta through a plaquette of the cross section, a multiple of 1/width

    Returns
    -------
    TransferMatrixLength
    """
    AndersonModel(width, disorder, flux)
    if flux == "random":
        raise ValueError("the transfer matrix takes a uniform flux; give a multiple of 1/width.")
    if bars < 2 or length < 100:
        raise ValueError("take at least 2 bars of at least 100 slices.")
    generator = draw(generator)
    strengths = each(strengths, generator)
    plane = plane_bonds(width, 3, flux, strengths, generator)[0][0, 0]
    samples, states = len(strengths) * bars, width**2
    scale = strengths.repeat_interleave(bars)[:, None]
    unit = torch.eye(2 * states, states, dtype=plane.dtype, device=plane.device)
    frame = unit.expand(samples, -1, -1).clone()
    now, before = frame[:, :states], frame[:, states:]
    growth = torch.zeros(samples, dtype=torch.float64, device=plane.device)
    settle, steps = length // 50, _STEPS[disorder]
    counted = 0
    for block in range((length + settle) // steps):
        share = uniform((steps, samples, states), generator)
        on_site = scale * _energies(share, disorder)
        for step in range(steps):
            ahead = (energy - on_site[step])[..., None] * now - plane @ now - before
            now, before = ahead, now
        now, before, last = _orthonormal(now, before)
        if block * steps >= settle:
            growth += last
            counted += steps
    exponent = (growth / counted).reshape(len(strengths), bars)
    mean, error = exponent.mean(1), exponent.std(1) / bars**0.5
    reduced = 1 / (mean * width)
    return TransferMatrixLength(reduced, reduced * error / mean)


def _orthonormal(now, before):
    """Orthonormal columns of (now, before), and the logarithm of how the last one grew."""
    growth = 0
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
