"""What the data say and what the prior put in: posteriors, profiles, null directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from .ansatz import Ansatz, Grid
from .fit import SelfEnergyFit, fit
from .forward import ForwardModel
from .kramers_kronig import nodes, transform_matrix
from .measurement import Curves
from .truths import Truth

_STRETCH = 0.02  # eV, priors are even in asinh(w / 20 meV)
_LENGTH = 0.35  # correlation length of the priors in this variable
_NARROWED = 3.0  # signal over noise, squared, with which a direction's sd is halved


@dataclass(frozen=True)
class Posterior:
    """A linearised posterior of both densities.

    Attributes
    ----------
    at : numpy.ndarray
        Shape (node,), nodes in eV.
    covariance : numpy.ndarray
        Shape (2 node, 2 node), of rho_nor and rho_ano in eV^2.
    prior : numpy.ndarray
        The same before the data.
    informative : int
        Number of directions whose standard deviation the data more than halve.
    """

    at: np.ndarray
    covariance: np.ndarray
    prior: np.ndarray
    informative: int

    def gap_parameter_deviations(self) -> tuple[float, float]:
        """Return the standard deviation of Re Sigma_ano(0) in eV, before and after the data."""
        row = np.zeros(2 * len(self.at))
        row[len(self.at) :] = transform_matrix(self.at, np.zeros(1))[0].real
        return tuple(float(np.sqrt(row @ c @ row)) for c in (self.prior, self.covariance))

    def anomalous_deviations(self, energies: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the standard deviation of Im Sigma_ano in eV, before and after the data.

        Parameters
        ----------
        energies
            Shape (energy,) in eV.
        """
        rows = np.zeros((len(energies), 2 * len(self.at)))
        rows[:, len(self.at) :] = transform_matrix(self.at, energies).imag
        return tuple(
            np.sqrt(np.einsum("wi,ij,wj->w", rows, c, rows)) for c in (self.prior, self.covariance)
        )


def posterior(
    data: Curves,
    truth: Truth,
    *,
    at: np.ndarray | None = None,
    scale: float = 0.1,
    length: float = _LENGTH,
) -> Posterior:
    """Return what some data would say about both self-energies, near a given pair.

    The forward model is linearised at `truth`. The prior of rho_nor and rho_ano is Gaussian, with
    rho_ano odd.

    Parameters
    ----------
    data
        Their noise is used and not their counts.
    truth
        The pair near which the posterior is asked for.
    at
        Shape (node,), nodes in eV; default 161.
    scale
        Prior standard deviation of rho_nor in eV.
    length
        Correlation length of the prior in asinh(w / 20 meV).
    """
    at = nodes(161) if at is None else at
    found = truth.components(at)
    normal, anomalous = -found.normal.imag / np.pi, -found.anomalous.imag / np.pi
    normal[[0, -1]] = anomalous[[0, -1]] = 0
    forward = ForwardModel(data, at)
    inputs = [torch.as_tensor(v[None]) for v in (normal, anomalous)]
    _, slope = forward.jacobian(*inputs, torch.zeros(1, dtype=torch.float64))
    slope = slope[0, :, :-1].numpy()
    near = scale**2 * _correlation(at, length)
    ends = np.ones(len(at))
    ends[[0, -1]] = 0
    near = near * ends[:, None] * ends
    odd = (near - near[:, ::-1]) / 2
    n = len(at)
    prior = np.zeros((2 * n, 2 * n))
    prior[:n, :n], prior[n:, n:] = near, odd
    cross = prior @ slope.T
    inner = slope @ cross
    inner[np.diag_indices_from(inner)] += 1
    after = prior - cross @ np.linalg.solve(inner, cross.T)
    strength = np.linalg.eigvalsh(slope @ cross)
    return Posterior(at, after, prior, int((strength > _NARROWED).sum()))


def laplace_gap_parameter(run: SelfEnergyFit, number: int) -> tuple[float, float]:
    """Return Re Sigma_ano(0) of one fit and its standard deviation, both in eV.

    The inverse of the Gauss-Newton curvature and the prior of the fit is the covariance.

    Parameters
    ----------
    run
        The fits.
    number
        Which of its starts.
    """
    raw = run.raw[number : number + 1]
    with torch.no_grad():
        _, slope = run.linearised(raw)
        prior, _ = run.prior(raw)
        curvature = (slope.mT @ slope)[0] + prior
        value, row = (part[0] for part in run.linearised_gap_parameter(raw))
        inverse = torch.linalg.solve(curvature + 1e-9 * torch.eye(len(row)).to(curvature), row)
    return float(value), float(torch.sqrt(row @ inverse))


def profile(
    data: Curves,
    gap_parameters: ArrayLike,
    ansatz: Ansatz | None = None,
    *,
    seed: Sequence[int] = range(3),
    steps: int = 60,
    held: int = 40,
) -> np.ndarray:
    """Return the smallest chi squared a point with Re Sigma_ano(0) held at each of some values.

    Where it is flat, the data do not decide.

    Parameters
    ----------
    data
        The curves.
    gap_parameters
        Shape (value,) in eV.
    ansatz
        Default `Grid()`.
    seed, steps
        Starts of each value, held from the first step on, and their steps.
    held
        Steps from the best free fit, whose Re Sigma_ano(0) is moved to each of the values.

    Returns
    -------
    numpy.ndarray
        Shape (value,), the smaller one of both routes.
    """
    gaps, seed = np.atleast_1d(np.asarray(gap_parameters, float)), list(seed)
    ansatz = ansatz or Grid()
    free = fit(data, ansatz, seed=seed, steps=steps)
    moved = free.from_start(free.best, len(gaps))
    start = free.components(np.zeros(1)).anomalous.real[free.best, 0]
    for step in range(held):  # the value moves over in the first half, so that the fit can follow
        share = min(2 * (step + 1) / held, 1.0)
        moved.target = torch.as_tensor(start + share * (np.sign(start) * gaps - start)).to(free.raw)
        moved.advance()
    fresh = SelfEnergyFit(data, ansatz, seed=seed * len(gaps), steps=steps)
    fresh.target = torch.as_tensor(np.repeat(gaps, len(seed))).to(free.raw)
    for _ in range(steps):
        fresh.advance()
    return np.minimum(moved.chi2, fresh.chi2.reshape(len(gaps), -1).min(1))


def null_directions(
    run: SelfEnergyFit, number: int, count: int = 4
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the changes of both densities that the data of one fit see least.

    Parameters
    ----------
    run, number
        As of :func:`laplace_gap_parameter`.
    count
        How many changes.

    Returns
    -------
    seen, normal, anomalous
        Shape (count,), by how many standard deviations in all the curves move for a change of unit
        length, rising; and the changes of rho_nor and rho_ano, (count, node). They are smooth.
    """
    with torch.no_grad():
        parts = run.ansatz.densities(run.raw[number : number + 1])
        _, slope = run.forward.jacobian(*parts)
    n = len(run.ansatz.at)
    slope = slope[0, :, : 2 * n].cpu().numpy().copy()
    slope[:, n:] = (slope[:, n:] - slope[:, n:][:, ::-1]) / 2
    smooth = _correlation(run.ansatz.at, _LENGTH)
    smooth[:, [0, -1]] = 0
    both = np.kron(np.eye(2), smooth)
    basis, weight, _ = np.linalg.svd(both)
    basis = basis[:, weight > 0.05 * weight[0]]
    odd = basis.copy()
    odd[n:] = (basis[n:] - basis[n:][::-1]) / 2
    # even anomalous functions have no odd part: what is left of them is noise and goes
    odd, weight, _ = np.linalg.svd(odd, full_matrices=False)
    odd = odd[:, weight > 1e-6]
    _, seen, right = np.linalg.svd(slope @ odd, full_matrices=False)
    shapes = (odd @ right.T)[:, ::-1][:, :count].T
    return seen[::-1][:count], shapes[:, :n], shapes[:, n:]


def _correlation(at: np.ndarray, length: float) -> np.ndarray:
    t = np.arcsinh(at / _STRETCH)
    return np.exp(-0.5 * ((t[:, None] - t[None, :]) / length) ** 2)
