"""A sparse Hermitian matrix that is applied to amplitudes, on the CPU or on another device."""

from __future__ import annotations

import torch
from scipy import sparse


class SparseOperator:
    """A sparse matrix as an operator on tensors; on the CPU SciPy, which is faster, applies it.

    Parameters
    ----------
    matrix
        Shape (n, n).
    device
        Where the vectors lie; default the CPU.
    """

    def __init__(self, matrix: sparse.csr_array, device: str | torch.device | None = None):
        self._matrix, self._device = matrix, torch.device(device or "cpu")
        if self._device.type != "cpu":
            self._sparse = sparse_tensor(matrix, self._device)

    def __matmul__(self, vector: torch.Tensor) -> torch.Tensor:
        if self._device.type == "cpu":
            return torch.as_tensor(self._matrix @ vector.numpy())
        return (self._sparse @ vector[:, None])[:, 0]


def sparse_tensor(matrix: sparse.csr_array, device: str | torch.device) -> torch.Tensor:
    """Return a SciPy matrix as a complex sparse tensor on a device."""
    parts = (torch.as_tensor(part, device=device) for part in (matrix.indptr, matrix.indices))
    values = torch.as_tensor(matrix.data, dtype=torch.complex128, device=device)
    return torch.sparse_csr_tensor(*parts, values, matrix.shape, check_invariants=True)
