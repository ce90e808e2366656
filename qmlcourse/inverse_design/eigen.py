"""Eigenvalues and eigenvectors of Hermitian matrices with a gradient that is safe at degeneracies.

The gradient of an eigenvector holds 1 / (E_j - E_i): at a degeneracy torch gives NaN, close to one
garbage. Gauge-invariant quantities do not need those parts: d / (d^2 + eps^2) leaves them out.
"""

import torch

_EPSILON = 1e-7


class _SafeEigh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, matrix):
        energies, states = torch.linalg.eigh(matrix)
        ctx.save_for_backward(energies, states)
        return energies, states

    @staticmethod
    def backward(ctx, by_energy, by_state):
        energies, states = ctx.saved_tensors
        gap = energies[..., None, :] - energies[..., :, None]
        inner = torch.diag_embed(by_energy).to(states.dtype)
        inner = inner + gap / (gap**2 + _EPSILON**2) * (states.mH @ by_state)
        outer = states @ inner @ states.mH
        return (outer + outer.mH) / 2


def safe_eigh(matrix):
    """(energies (..., n), states (..., n, n) as columns) of Hermitian matrices, differentiable.

    Gradients of quantities that do not depend on the phases of the states, or on the basis within
    a degenerate level, are right; others have no meaning.
    """
    return _SafeEigh.apply(matrix)
