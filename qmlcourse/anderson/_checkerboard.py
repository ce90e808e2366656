"""Half of the sites eliminated beforehand: for crystals whose sites form a checkerboard.

Sites of the one colour only couple to sites of the other, so their block of H - E is diagonal and
its elimination is exact: S = D_A - K D_B^-1 K^+. Colour A of two neighbouring layers makes one
block of the size of a layer, which halves the length of the ring. A site with an energy very near E
costs digits, which the residuals of the states show.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ._ring_inverse import RingInverse
from .hamiltonian import LayeredHamiltonian


class CheckerboardInverse:
    """(H - energy)^-1 of a batch, with the interface of RingInverse.

    Even layers give their even places to colour A, odd layers their odd ones.
    """

    def __init__(self, hamiltonian: LayeredHamiltonian, energy: torch.Tensor):
        even = _even_places(hamiltonian)
        self._place = (even.nonzero().flatten(), (~even).nonzero().flatten())
        self._layers = hamiltonian.layers
        first, second = self._place
        # bonds inside a layer, from its odd to its even places
        self._bonds = hamiltonian.inside[:, :, first][:, :, :, second]
        rest = hamiltonian.on_site - energy[:, None, None]
        self._kept = [rest[:, k, self._place[k % 2]] for k in range(self._layers)]
        self._over = [1 / rest[:, k, self._place[1 - k % 2]] for k in range(self._layers)]
        couplings = [self._step(k) for k in range(0, self._layers, 2)]
        self._ring = RingInverse(self._block, couplings)

    @staticmethod
    def fits(hamiltonian: LayeredHamiltonian) -> bool:
        """Whether the lattice is a checkerboard whose layers couple by the unit matrix."""
        shape = hamiltonian.shape
        if hamiltonian.orbitals > 1 or hamiltonian.between is not None or len(shape) != 3:
            return False
        if any(size % 2 for size in shape) or shape[0] < 6:
            return False
        even = _even_places(hamiltonian)
        inside = hamiltonian.inside
        same = inside[:, :, even][:, :, :, even], inside[:, :, ~even][:, :, :, ~even]
        return not any(bool(part.any()) for part in same)

    def __call__(self, vectors: torch.Tensor, chosen: Sequence[int] | None = None) -> torch.Tensor:
        """Solve for vectors (sample, layer, vector, row), of the chosen samples (numbers) only."""
        samples = slice(None) if chosen is None else chosen
        over = [part[samples][:, None] for part in self._over]
        kept = [vectors[:, k, :, self._place[k % 2]] for k in range(self._layers)]
        away = [vectors[:, k, :, self._place[1 - k % 2]] for k in range(self._layers)]
        moved = [o * a for o, a in zip(over, away, strict=True)]
        right = [kept[k] - self._across(k, moved, samples, False) for k in range(self._layers)]
        pairs = [torch.cat(right[k : k + 2], -1) for k in range(0, self._layers, 2)]
        found = self._ring(torch.stack(pairs, 1), chosen)
        half = found.shape[-1] // 2
        states = [found[:, k // 2, :, half * (k % 2) :][..., :half] for k in range(self._layers)]
        out = torch.empty_like(vectors)
        for k in range(self._layers):
            rest = over[k] * (away[k] - self._across(k, states, samples, True))
            out[:, k, :, self._place[k % 2]] = states[k]
            out[:, k, :, self._place[1 - k % 2]] = rest
        return out

    def _across(self, layer, vectors, samples, back):
        """K u on colour A of a layer from colour B, or back K^+ u on colour B from colour A."""
        bonds = self._forward(layer)
        bonds = bonds if len(bonds) == 1 else bonds[samples]
        matrix = bonds.mH if back else bonds
        near = vectors[layer - 1] + vectors[(layer + 1) % self._layers]
        return vectors[layer] @ matrix.mT + near

    def _forward(self, layer):
        """Bonds from colour B to colour A of a layer: A is even in even layers."""
        bonds = self._bonds[:, layer if self._bonds.shape[1] > 1 else 0]
        return bonds if layer % 2 == 0 else bonds.mH

    def _block(self, pair):
        """Colour A of two layers, (sample, row, row)."""
        lower, upper = 2 * pair, 2 * pair + 1
        parts = []
        for k in (lower, upper):
            bonds = self._forward(k)
            diagonal = self._kept[k] - self._over[k - 1] - self._over[(k + 1) % self._layers]
            own = torch.diag_embed(diagonal).to(bonds.dtype)
            parts.append(own - (bonds * self._over[k][:, None]) @ bonds.mH)
        side = self._next(lower)
        top = torch.cat([parts[0], side], -1)
        return torch.cat([top, torch.cat([side.mH, parts[1]], -1)], -2)

    def _next(self, layer):
        """S from colour A of the next layer to that of this one, (sample, places, places)."""
        ahead = (layer + 1) % self._layers
        own, other = self._forward(layer), self._forward(ahead)
        return -(own * self._over[layer][:, None] + self._over[ahead][..., None] * other.mH)

    def _step(self, layer):
        """The coupling from layers k, k + 1 to k + 2, k + 3."""
        ahead, beyond = (layer + 1) % self._layers, (layer + 2) % self._layers
        return _StepCoupling(-self._over[ahead], self._next(ahead).mH, -self._over[beyond])


class _StepCoupling:
    """T = [[a, X], [0, b]] with diagonals a and b; its conjugate has X^+ in the other corner."""

    def __init__(self, first, across, second, below=False):
        self._parts, self._below = (first, across, second), below

    def of(self, samples):
        return _StepCoupling(*(part[samples] for part in self._parts), self._below)

    @property
    def dagger(self):
        first, across, second = self._parts
        return _StepCoupling(first, across.mH, second, not self._below)

    def times(self, matrix):
        first, across, second = self._parts
        half = matrix.shape[-2] // 2
        upper, lower = matrix[..., :half, :], matrix[..., half:, :]
        top, bottom = first[..., None] * upper, second[..., None] * lower
        if self._below:
            return torch.cat([top, bottom + across @ upper], -2)
        return torch.cat([top + across @ lower, bottom], -2)

    def rows(self, vectors):
        first, across, second = self._parts
        half = vectors.shape[-1] // 2
        left, right = vectors[..., :half], vectors[..., half:]
        top, bottom = first[..., None, :] * left, second[..., None, :] * right
        if self._below:
            return torch.cat([top, bottom + left @ across.mT], -1)
        return torch.cat([top + right @ across.mT, bottom], -1)


def _even_places(hamiltonian: LayeredHamiltonian) -> torch.Tensor:
    """Which places of a layer have an even sum of their coordinates."""
    _, width, height = hamiltonian.shape
    device = hamiltonian.on_site.device
    x, y = torch.arange(width, device=device), torch.arange(height, device=device)
    return ((x[:, None] + y[None]) % 2 == 0).flatten()
