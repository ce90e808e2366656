"""Ways to write two densities with few assumptions: a grid, a network, a Boltzmann machine.

Each maps raw numbers (batch, parameter) to rho_11 >= 0 and an odd rho_12 at the nodes with
|rho_12(x)|^2 <= rho_11(x) rho_11(-x): positive, odd and bounded by construction; with the transform
of `kramers_kronig`, causal as well. Switches take these laws away one by one.
"""

from dataclasses import dataclass, field

import numpy as np
import torch

from .kramers_kronig import nodes

LARGEST = 0.5  # of rho_11: -Im S_nor stays below 1.6 eV
_START = -3.2  # raw value of a smooth start, rho_11 = 0.02


@dataclass(frozen=True)
class Ansatz:
    """What all ways share.

    Attributes
    ----------
    at : (node,) nodes in eV
    pairing : False forces S_ano = 0
    positive : False lifts the bound on the anomalous density
    static : True adds a free constant to S_ano, which a density cannot make
    """

    at: np.ndarray = field(default_factory=lambda: nodes(161))
    pairing: bool = True
    positive: bool = True
    static: bool = False

    name = "ansatz"

    @property
    def count(self):
        """Number of raw parameters."""
        return self._functions + (1 if self.static else 0)

    def start(self, seeds):
        """(seed, parameter) tensor of random raw parameters, each row from its own seed."""
        return torch.as_tensor(np.stack([self._draw(np.random.default_rng(s)) for s in seeds]))

    def densities(self, raw):
        """(rho_11, rho_12, static): (batch, node), (batch, node) and (batch,) tensors, in eV."""
        u, g = self._fields(raw)
        inside = torch.ones_like(u)
        inside[..., [0, -1]] = 0
        normal = LARGEST * torch.sigmoid(u) * inside
        odd = (g - g.flip(-1)) / 2
        if not self.pairing:
            anomalous = torch.zeros_like(normal)
        elif self.positive:
            anomalous = -torch.sqrt(normal * normal.flip(-1) + 1e-30) * torch.tanh(odd) * inside
        else:
            anomalous = -0.1 * odd * inside
        static = 0.1 * raw[..., -1] if self.static else torch.zeros_like(raw[..., 0])
        return normal, anomalous, static

    def _draw(self, rng):
        functions = self._draw_functions(rng)
        return np.append(functions, 0.3 * rng.normal()) if self.static else functions


class Grid(Ansatz):
    """A free value at each node; smooth only as far as the prior of the fit asks for."""

    name = "grid"

    @property
    def _functions(self):
        return 2 * len(self.at)

    def _fields(self, raw):
        n = len(self.at)
        return raw[..., :n], raw[..., n : 2 * n]

    def _draw_functions(self, rng):
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
    def _functions(self):
        h = self.hidden
        return 2 * h + h * h + h + 2 * h + 2

    def _fields(self, raw):
        h = self.hidden
        x = torch.as_tensor(np.arcsinh(self.at / 0.05), dtype=raw.dtype, device=raw.device)
        sizes = (h, h, h * h, h, 2 * h, 2)
        w1, b1, w2, b2, w3, b3 = raw[..., : self._functions].split(sizes, -1)
        one = torch.tanh(x[:, None] * w1[..., None, :] + b1[..., None, :])
        two = torch.tanh(one @ w2.unflatten(-1, (h, h)) + b2[..., None, :])
        out = two @ w3.unflatten(-1, (h, 2)) + b3[..., None, :]
        return out[..., 0], out[..., 1]

    def _draw_functions(self, rng):
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

    Nodes are numbered in Gray code, so that neighbours differ in one bit; ln of the marginal of
    each of two machines with real weights gives the two fields. The paper's own formula is not
    known to us.
    """

    name = "Boltzmann machine"
    hidden = 20

    @property
    def bits(self):
        """(node, bit) of +-1."""
        count = len(self.at)
        width = int(np.ceil(np.log2(count)))
        number = np.arange(count)
        gray = number ^ (number >> 1)
        return 2.0 * ((gray[:, None] >> np.arange(width)) & 1) - 1

    @property
    def _functions(self):
        v, h = self.bits.shape[1], self.hidden
        return 2 * (v + h + v * h + 1)

    def _fields(self, raw):
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

    def _draw_functions(self, rng):
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


ANSATZE = {"grid": Grid, "network": MLP, "boltzmann": Boltzmann}
