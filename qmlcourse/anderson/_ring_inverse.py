"""Inverse of a ring of coupled layers: block elimination with one layer as the border.

Layers 0 to L - 2 are eliminated one after the other, F_k = (A_k - T F_{k-1} T^+)^-1, the recursive
Green's function of quantum transport; what couples to the last layer, E_k, is carried along, and
the last layer is solved by its Schur complement. Cost about 6 n^3 a layer of n states in matrix
products; memory 2 L n^2 numbers a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from .hamiltonian import LayeredHamiltonian, rows, times

_LEAF = 40  # any value: LAPACK is the faster one below, both give the inverse


class SiteCoupling:
    """T from one layer to the next that only connects equal places; None for the unit matrix."""

    def __init__(self, tensor: torch.Tensor | None):
        self.tensor = tensor

    def of(self, samples: slice | Sequence[int]) -> SiteCoupling:
        """The coupling of some samples."""
        if self.tensor is None or len(self.tensor) == 1:
            return self
        return SiteCoupling(self.tensor[samples])

    @property
    def dagger(self) -> SiteCoupling:
        """Its Hermitian conjugate."""
        return self if self.tensor is None else SiteCoupling(self.tensor.mH)

    def times(self, matrix: torch.Tensor) -> torch.Tensor:
        """Return T @ matrix, for matrices with the row of a layer first."""
        return times(self.tensor, matrix)

    def rows(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return T on vectors that are rows."""
        return rows(self.tensor, vectors)


def inverse_of(
    hamiltonian: LayeredHamiltonian, energy: torch.Tensor, pivoted: bool = False
) -> RingInverse:
    """Return (H - energy)^-1 of a batch, layer by layer, with pivots if asked."""
    shift = energy[:, None].to(hamiltonian.on_site.dtype)
    couplings = [SiteCoupling(hamiltonian.coupling(k)) for k in range(hamiltonian.layers)]
    return RingInverse(lambda layer: hamiltonian.block(layer, shift), couplings, pivoted)


class RingInverse:
    """Inverse of a ring of blocks A_k with couplings T_k from block k to the next.

    Parameters
    ----------
    block
        Function of the layer's number, giving (sample, row, row), Hermitian.
    couplings
        One a layer; the last one leads to the first layer.
    pivoted
        Whether blocks are inverted with pivots: slower, and accurate where one is singular.
    """

    def __init__(
        self,
        block: Callable[[int], torch.Tensor],
        couplings: Sequence[SiteCoupling],
        pivoted: bool = False,
    ):
        invert = torch.linalg.inv if pivoted else hermitian_inverse
        last = len(couplings) - 1
        self._couplings = couplings
        self._greens, self._borders = [], []
        now, border = block(0), block(last)
        carried = None  # E_0 is the coupling between the last layer and the first
        for layer in range(last):
            green = invert(now)
            if carried is None:
                reach = _times_right(green, couplings[last])
                border = border - couplings[last].dagger.times(reach)
            else:
                reach = green @ carried
                border = _minus(border, carried.mH, reach)
            self._greens.append(green)
            self._borders.append(reach)
            if layer + 1 == last:
                break
            jump = couplings[layer]
            now = block(layer + 1) - jump.times(_times_right(green, jump.dagger))
            carried = -jump.times(reach)
            if layer + 2 == last:
                carried = _plus_dagger(carried, couplings[layer + 1])
        self._last = invert(border)

    def __call__(self, vectors: torch.Tensor, chosen: Sequence[int] | None = None) -> torch.Tensor:
        """Solve for vectors (sample, layer, vector, row), of the chosen samples (numbers) only.

        Vectors are rows: a few rows times a large matrix is read once through the cache, a few
        columns are several times slower.
        """
        if chosen is None or len(chosen) == len(self._last):
            return self._solve(vectors, slice(None))
        if vectors.device.type != "cpu":
            return self._solve(vectors, chosen)
        # one after the other, since a batch of some samples would copy their matrices
        ones = (self._solve(vectors[n : n + 1], slice(s, s + 1)) for n, s in enumerate(chosen))
        return torch.cat(list(ones))

    def _solve(self, vectors, samples):
        def of(matrices):
            return matrices if len(matrices) == 1 else matrices[samples]

        couplings = [coupling.of(samples) for coupling in self._couplings]
        last = vectors.shape[1] - 1
        partial, done, rest = [vectors[:, 0]], [], vectors[:, last]
        for layer in range(last):
            done.append(partial[layer] @ of(self._greens[layer]).mT)
            rest = rest - partial[layer] @ of(self._borders[layer]).conj()
            if layer + 1 < last:
                partial.append(vectors[:, layer + 1] - couplings[layer].rows(done[layer]))
        end = rest @ of(self._last).mT
        out = [None] * last + [end]
        for layer in range(last - 1, -1, -1):
            out[layer] = done[layer] - end @ of(self._borders[layer]).mT
            if layer + 1 < last:
                back = couplings[layer].dagger.rows(out[layer + 1])
                out[layer] = out[layer] - back @ of(self._greens[layer]).mT
        return torch.stack(out, 1)


def hermitian_inverse(matrix: torch.Tensor) -> torch.Tensor:
    """Return the inverse of Hermitian matrices by halving, nearly all of it in matrix products.

    Without pivoting across the halves: a nearly singular leading block costs digits, which the
    caller must check and win back.
    """
    size = matrix.shape[-1]
    if size <= _LEAF:
        # rounding must not break the symmetry: the halves above rely on it
        inverse = torch.linalg.inv((matrix + matrix.mH) / 2)
        return (inverse + inverse.mH) / 2
    half = size // 2
    side = matrix[..., :half, half:]
    first = hermitian_inverse(matrix[..., :half, :half])
    across = first @ side
    second = hermitian_inverse(_minus(matrix[..., half:, half:], side.mH, across))
    mixed = across @ second
    out = torch.empty_like(matrix)
    out[..., :half, :half] = first + mixed @ across.mH
    out[..., :half, half:] = -mixed
    out[..., half:, :half] = out[..., :half, half:].mH
    out[..., half:, half:] = second
    return out


def _minus(matrix, left, right):
    """matrix - left @ right in one pass."""
    if matrix.dim() == 3 and len(matrix) == len(left) == len(right):
        return torch.baddbmm(matrix, left, right, alpha=-1)
    return matrix - left @ right


def _times_right(matrix, coupling):
    """matrix @ T, from (T^+ @ matrix^+)^+."""
    return coupling.dagger.times(matrix.mH).mH


def _plus_dagger(matrix, coupling):
    """matrix + T^+ as a new dense matrix."""
    unit = torch.eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    return matrix + coupling.dagger.times(unit)
