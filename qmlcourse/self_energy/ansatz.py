"""Ways to write two densities with few assumptions: a grid, a network, a Boltzmann machine.

Each maps raw numbers to rho_nor >= 0 and an odd rho_ano at the nodes, with
abs(rho_ano(x))^2 <= rho_nor(x) rho_nor(-x). Both are positive, odd and bounded by construction, and
the transform of `kramers_kronig` makes them causal. Switches take these laws away one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from .kramers_kronig import nodes

_LARGEST = 0.5  # eV, of rho_nor: -Im Sigma_nor stays below 1.6 eV
_START = -3.2  # raw value of a smooth start, rho_nor = 0.02 eV
_SCALE = 0.1  # eV, of a static part and of a density without bound


@dataclass(frozen=True)
class Ansatz:
    """What all ways to write two densities share.

    Attributes
    ----------
    at : numpy.ndarray
        Shape (node,), nodes in eV.
    pairing : bool
        False forces Sigma_ano = 0.
    positive : bool
        False lifts the bound on the anomalous density.
    static : bool
        True adds a free constant to Sigma_ano, which a density cannot make.
    name : str
        Name in `ANSATZE`.
    own_scales : bool
        Whether each parameter of a fit is damped by its own curvature, or all by the mean.
    """

    at: np.ndarray = field(default_factory=lambda: nodes(161))
    pairing: bool = True
    positive: bool = True
    static: bool = False

    name = "ansatz"
    own_scales = False

    @property
    def count(self) -> int:
        """Return the number of raw parameters."""
        return self._functions + (1 if self.static else 0)

    def start(self, seed: int | np.random.Generator | Sequence[int]) -> torch.Tensor:
        """Return random raw parameters.

        Parameters
        ----------
        seed
            An integer or a generator for one start, a sequence of integers for a batch.

        Returns
        -------
        torch.Tensor
            Shape (start, parameter), (parameter,) for one start; double precision.
        """
        if isinstance(seed, int | np.integer | np.random.Generator):
            return torch.as_tensor(self._draw(np.random.default_rng(seed)))
        return torch.as_tensor(np.stack([self._draw(np.random.default_rng(s)) for s in seed]))

    def penalty(self) -> torch.Tensor:
        """Return the matrix P of the prior raw P raw, shape (parameter, parameter)."""
        return 1e-3 * torch.eye(self.count, dtype=torch.float64)

    def densities(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the densities that raw parameters stand for.

        Parameters
        ----------
        raw
            Shape (..., parameter).

        Returns
        -------
        normal, anomalous, static
            Shape (..., node), (..., node) and (...): rho_nor, rho_ano and the constant part of
            Sigma_ano, all in eV.
        """
        u, g = self._fields(raw)
        inside = torch.ones_like(u)
        inside[..., [0, -1]] = 0
        normal = _LARGEST * torch.sigmoid(u) * inside
        odd = (g - g.flip(-1)) / 2
        if not self.pairing:
            anomalous = torch.zeros_like(normal)
        elif self.positive:
            anomalous = -torch.sqrt(normal * normal.flip(-1) + 1e-30) * torch.tanh(odd) * inside
        else:
            anomalous = -_SCALE * odd * inside
        static = _SCALE * raw[..., -1] if self.static else torch.zeros_like(raw[..., 0])
        return normal, anomalous, static

    def _draw(self, rng: np.random.Generator) -> np.ndarray:
        functions = self._draw_functions(rng)
        return np.append(functions, 0.3 * rng.normal()) if self.static else functions


class Grid(Ansatz):
    """A free value at each node; smooth only as far as the prior of the fit asks for."""

    name = "grid"
    own_scales = True

    def penalty(self) -> torch.Tensor:
        """Return the matrix P of the prior: squares of second differences, and a weak 1e-4."""
        n = len(self.at)
        second = np.diff(np.eye(n), 2, axis=0)
        matrix = np.zeros((self.count, self.count))
        for block in (0, n):
            matrix[block : block + n, block : block + n] = second.T @ second
        matrix += 1e-4 * np.eye(self.count)
        return torch.as_tensor(matrix)

    @property
    def _functions(self) -> int:
        return 2 * len(self.at)

    def _fields(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        n = len(self.at)
        return raw[..., :n], raw[..., n : 2 * n]

    def _draw_functions(self, rng: np.random.Generator) -> np.ndarray:
        t = np.linspace(-1, 1, len(self.at))
        waves = np.cos(np.pi * np.outer(np.arange(1, 9), t) + rng.uniform(0, 6.3, (8, 1)))
        u = _START + 0.5 * rng.normal(size=8) @ waves
        g = np.sign(self.at) * (0.5 + 0.3 * rng.normal(size=8) @ waves)
        return np.concatenate([u, g])


class MLP(Ansatz):
    """A small network of asinh(w): smooth by its nature."""

    name = "network"
    hidden = 16

    @property
    def _functions(self) -> int:
        h = self.hidden
        return 2 * h + h * h + h + 2 * h + 2

    def _fields(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        h = self.hidden
        x = torch.as_tensor(np.arcsinh(self.at / 0.05), dtype=raw.dtype, device=raw.device)
        sizes = (h, h, h * h, h, 2 * h, 2)
        w1, b1, w2, b2, w3, b3 = raw[..., : self._functions].split(sizes, -1)
        one = torch.tanh(x[:, None] * w1[..., None, :] + b1[..., None, :])
        two = torch.tanh(one @ w2.unflatten(-1, (h, h)) + b2[..., None, :])
        out = two @ w3.unflatten(-1, (h, 2)) + b3[..., None, :]
        return out[..., 0], out[..., 1]

    def _draw_functions(self, rng: np.random.Generator) -> np.ndarray:
        h = self.hidden
        return np.concatenate(
            [
                rng.normal(size=h),
                1.5 * rng.normal(size=h),
                1.2 * rng.normal(size=h * h) / np.sqrt(h),
                0.3 * rng.normal(size=h),
                rng.normal(size=2 * h) / np.sqrt(h),
                [_START, 0.0],
            ]
        )


class Boltzmann(Ansatz):
    """Restricted Boltzmann machines over the bits of the node's number, inspired by the paper.

    Nodes are numbered in Gray code, so that neighbours differ in one bit. The logarithm of the
    marginal of each of two machines with real weights gives the two fields. The formula of
    Y. Yamaji et al., Phys. Rev. Research 3, 043099 (2021), is not known to us.
    """

    name = "boltzmann"
    hidden = 20

    @property
    def bits(self) -> np.ndarray:
        """Return the bits of each node's number as +-1, shape (node, bit)."""
        count = len(self.at)
        width = int(np.ceil(np.log2(count)))
        number = np.arange(count)
        gray = number ^ (number >> 1)
        return 2.0 * ((gray[:, None] >> np.arange(width)) & 1) - 1

    @property
    def _functions(self) -> int:
        v, h = self.bits.shape[1], self.hidden
        return 2 * (v + h + v * h + 1)

    def _fields(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        bits = torch.as_tensor(self.bits, dtype=raw.dtype, device=raw.device)
        v, h = bits.shape[1], self.hidden
        each = v + h + v * h + 1
        found = []
        for part in raw[..., : 2 * each].split(each, -1):
            a, b, w, c = part.split((v, h, v * h, 1), -1)
            inner = bits @ w.unflatten(-1, (v, h)) + b[..., None, :]
            marginal = torch.logaddexp(inner, -inner) - np.log(2)
            found.append((a[..., None, :] * bits).sum(-1) + marginal.sum(-1) + c)
        return found[0], found[1]

    def _draw_functions(self, rng: np.random.Generator) -> np.ndarray:
        v, h = self.bits.shape[1], self.hidden
        parts = []
        for start in (_START - 4.4, -4.0):
            parts += [
                0.1 * rng.normal(size=v),
                0.1 * rng.normal(size=h),
                0.25 * rng.normal(size=v * h),
                [start],
            ]
        return np.concatenate(parts)


ANSATZE: dict[str, type[Ansatz]] = {kind.name: kind for kind in (Grid, MLP, Boltzmann)}
