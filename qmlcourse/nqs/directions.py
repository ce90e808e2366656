"""Directions of a step: damped least squares among the tangent vectors of a state."""

from __future__ import annotations

import torch
from scipy.linalg.blas import zherk


def tangent_vectors(slopes: torch.Tensor, psi: torch.Tensor) -> torch.Tensor:
    """Return the tangent vectors X = psi (O - <O>) of a normalised state.

    Parameters
    ----------
    slopes
        Derivatives O of the log amplitudes, shape (sample, parameter); they are overwritten, since
        they are the largest array of a step.
    psi
        Complex amplitudes, shape (sample,); the average <O> is taken with the weights |psi|^2.

    Returns
    -------
    torch.Tensor
        Shape (sample, parameter), the same memory as `slopes`.
    """
    weights = psi.abs() ** 2
    slopes -= (weights.to(slopes.dtype) @ slopes) / weights.sum()
    slopes *= psi[:, None]
    return slopes


def natural_direction(
    tangent: torch.Tensor,
    residual: torch.Tensor,
    damping: float,
    *,
    real: bool = False,
    form: str = "cheaper",
) -> torch.Tensor:
    """Solve the damped least-squares problem of stochastic reconfiguration.

    Parameters
    ----------
    tangent
        Tangent vectors X, complex, shape (sample, parameter).
    residual
        r = (H - E) psi, complex, shape (sample,).
    damping
        lambda, positive.
    real
        Whether parameters are real; the least squares are then taken of real and imaginary parts.
    form
        ``"parameter"`` for (X+ X + lambda)^-1 X+ r, ``"sample"`` for X+ (X X+ + lambda)^-1 r, or
        ``"cheaper"`` for the one with the smaller matrix. All are equal.

    Returns
    -------
    torch.Tensor
        Shape (parameter,).

    References
    ----------
    S. Sorella, Phys. Rev. Lett. 80, 4558 (1998); A. Chen and M. Heyl, Nature Physics 20, 1476
    (2024).
    """
    if real:
        tangent = torch.cat([tangent.real, tangent.imag])
        residual = torch.cat([residual.real, residual.imag])
    adjoint = tangent.conj().T
    if form == "cheaper":
        form = "sample" if tangent.shape[0] < tangent.shape[1] else "parameter"
    gram = _gram(tangent, form)
    gram.diagonal().add_(damping)
    if form == "sample":
        return adjoint @ _solve(gram, residual)
    return _solve(gram, adjoint @ residual)


def gram_spectrum(tangent: torch.Tensor, *, real: bool = False) -> torch.Tensor:
    """Return the eigenvalues of S = X+ X that may differ from zero, descending.

    Parameters
    ----------
    tangent
        Tangent vectors X, complex, shape (sample, parameter).
    real
        Whether parameters are real; S is then the real part of X+ X.

    Returns
    -------
    torch.Tensor
        The squared singular values of X, as many as the smaller side of X has (for real parameters:
        of its real and imaginary parts on top of each other).
    """
    if real:
        tangent = torch.cat([tangent.real, tangent.imag])
    return torch.linalg.svdvals(tangent) ** 2


def _gram(x: torch.Tensor, form: str) -> torch.Tensor:
    """Lower triangle of X X+ ('sample') or X+ X; on the CPU half the work, by BLAS's zherk."""
    if x.device.type == "cpu" and x.dtype == torch.complex128:
        lower = zherk(1.0, x.numpy().T, trans=2 if form == "sample" else 0, lower=1)
        return torch.as_tensor(lower).conj().resolve_conj()
    return x @ x.conj().T if form == "sample" else x.conj().T @ x


def _solve(matrix: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Solve with a Hermitian matrix of which the lower triangle is given."""
    factor, info = torch.linalg.cholesky_ex(matrix)
    if int(info) == 0:
        return torch.cholesky_solve(right[:, None], factor)[:, 0]
    # rounding has made the matrix indefinite, which Cholesky's factors do not allow
    whole = torch.tril(matrix) + torch.tril(matrix, -1).conj().T
    return torch.linalg.solve(whole, right)
