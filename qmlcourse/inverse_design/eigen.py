"""Eigenvalues and eigenvectors of Hermitian matrices with a gradient that is safe at degeneracies.

The gradient of an eigenvector holds 1 / (E_j - E_i): at a degeneracy torch gives NaN, and close to
one a large number without meaning. What does not depend on the gauge does not need those parts, so
1 / d becomes d / (d^2 + eps^2).
"""

from __future__ import annotations

from typing import Any

import torch

_EPSILON = 1e-7


class _SafeEigh(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        energies, states = torch.linalg.eigh(matrix)
        ctx.save_for_backward(energies, states)
        return energies, states

    @staticmethod
    def backward(ctx: Any, by_energy: torch.Tensor, by_state: torch.Tensor) -> torch.Tensor:
        energies, states = ctx.saved_tensors
        gap = energies[..., None, :] - energies[..., :, None]
        inner = torch.diag_embed(by_energy).to(states.dtype)
        inner = inner + gap / (gap**2 + _EPSILON**2) * (states.mH @ by_state)
        outer = states @ inner @ states.mH
        return (outer + outer.mH) / 2


def safe_eigh(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return energies and states of Hermitian matrices, with gradients that are never NaN.

    Gradients of quantities that do not depend on the phases of the states, or on the basis within
    a degenerate level, are right; others have no meaning.

    Parameters
    ----------
    matrix
        Shape (..., n, n).

    Returns
    -------
    energies : torch.Tensor
        Shape (..., n), rising.
    states : torch.Tensor
        Shape (..., n, n), the states as columns.
    """
    return _SafeEigh.apply(matrix)
