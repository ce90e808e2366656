"""The quasi-periodic kicked rotor: the Anderson transition of three dimensions, seen in time.

A rotor is kicked with a strength that is modulated at two incommensurate frequencies. In momentum
space it is localised, critical or diffusive as a particle in a random crystal of three dimensions
(G. Casati, I. Guarneri and D. L. Shepelyansky, Phys. Rev. Lett. 62, 345 (1989)). Networks that read
its time series: arXiv:2101.09432.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from numpy.typing import ArrayLike
from torch import nn

from .lattice import checked_strengths, generator_of, uniform

_FREQUENCIES = (2 * math.pi * math.sqrt(5), 2 * math.pi * math.sqrt(13))
_EDGE = 0.92  # share of the grid beyond which a packet counts as lost


@dataclass(frozen=True)
class WavePackets:
    """What a rotor that starts with momentum 0 does.

    Attributes
    ----------
    kicks : torch.Tensor
        Numbers of the kicks that are stored, shape (time,).
    spread : torch.Tensor
        <m^2>, shape (sample, time), in units of the momentum step squared.
    returned : torch.Tensor
        |psi(m = 0)|^2, shape (sample, time).
    """

    kicks: torch.Tensor
    spread: torch.Tensor
    returned: torch.Tensor


@dataclass(frozen=True)
class KickedRotor:
    """H = p^2 / 2 + K (1 + depth cos(w2 t) cos(w3 t)) cos x, kicked once in each unit of time.

    Parameters
    ----------
    momenta : int
        Number of momenta on the grid, even.
    planck : float
        Effective Planck constant, the step of momentum.
    depth : float
        Of the modulation; 0 is the ordinary rotor, which always localises.

    Raises
    ------
    ValueError
        For an odd or small number of momenta, or a Planck constant that is not positive.
    """

    momenta: int = 512
    planck: float = 2.85
    depth: float = 0.8

    def __post_init__(self) -> None:
        if self.momenta < 16 or self.momenta % 2:
            raise ValueError(f"momenta is {self.momenta}; take an even number of 16 or more.")
        if self.planck <= 0:
            raise ValueError(f"planck is {self.planck:g}; take a positive number.")

    def wave_packets(
        self, strengths: ArrayLike, kicks: int, seed: int | torch.Generator, every: int = 4
    ) -> WavePackets:
        """Return one wave packet for each strength K; quasi-momentum and phases are random.

        Parameters
        ----------
        strengths
            K, shape (sample,), 0 or more.
        kicks
            How many.
        seed
            An integer, or a generator on the device of the result.
        every
            Every so many kicks are stored.

        Returns
        -------
        WavePackets
            At each stored kick.

        Raises
        ------
        RuntimeError
            Where more than 1e-6 of a packet reaches the edge of the grid.
        """
        generator = generator_of(seed)
        strengths = checked_strengths(strengths, generator.device)
        samples, half = len(strengths), self.momenta // 2
        device = generator.device
        beta = uniform((samples, 1), generator) - 0.5
        phases = 2 * math.pi * uniform((2, samples), generator)
        m = torch.arange(-half, half, device=device, dtype=torch.float64)
        # exp(-i hbar (m + beta)^2 / 2), with momenta in the order of the FFT
        free = torch.exp(-0.5j * self.planck * (m + beta) ** 2)
        free = torch.fft.ifftshift(free, dim=1)
        number = torch.fft.ifftshift(m)
        place = torch.arange(self.momenta, device=device, dtype=torch.float64)
        cosine = torch.cos(2 * math.pi / self.momenta * place)
        psi = torch.zeros(samples, self.momenta, dtype=torch.complex128, device=device)
        psi[:, 0] = 1
        outside = number.abs() > _EDGE * half
        spread, returned = [], []
        for n in range(1, kicks + 1):
            beat = torch.cos(_FREQUENCIES[0] * n + phases[0]) * torch.cos(
                _FREQUENCIES[1] * n + phases[1]
            )
            kick = strengths * (1 + self.depth * beat) / self.planck
            wave = torch.fft.ifft(psi, norm="ortho") * torch.exp(-1j * kick[:, None] * cosine)
            psi = free * torch.fft.fft(wave, norm="ortho")
            if n % every == 0:
                weight = psi.abs().square()
                spread.append((weight * number.square()).sum(1))
                returned.append(weight[:, 0])
        lost = float(psi.abs().square()[:, outside].sum(1).max())
        if lost > 1e-6:
            raise RuntimeError(
                f"{lost:.0e} of a packet reached the edge of {self.momenta} momenta; take more."
            )
        times = torch.arange(every, kicks + 1, every, device=device)
        return WavePackets(times, torch.stack(spread, 1), torch.stack(returned, 1))


def growth_exponent(packets: WavePackets, since: float = 0.2) -> float:
    """Return the exponent a of the averaged spread <m^2> ~ t^a over the last part of the time.

    0 for a localised rotor, 2/3 at the transition, 1 for diffusion.

    Parameters
    ----------
    packets
        Samples of one strength.
    since
        Share of the time that is left out at the beginning.
    """
    start = int(since * len(packets.kicks))
    x = torch.log(packets.kicks[start:].double())
    y = torch.log(packets.spread[:, start:].mean(0))
    x = x - x.mean()
    return float((x * y).sum() / x.square().sum())


class SeriesNetwork(nn.Module):
    """An LSTM that reads log |psi(m = 0)|^2 kick by kick and says localised or diffusive.

    Parameters
    ----------
    hidden : int
        Numbers that the LSTM remembers.
    classes : int
        Number of phases.
    """

    def __init__(self, hidden: int = 24, classes: int = 2):
        super().__init__()
        self.memory = nn.LSTM(1, hidden, batch_first=True)
        self.head = nn.Linear(2 * hidden, classes)

    def forward(self, returned: torch.Tensor) -> torch.Tensor:
        """Return logits (sample, class) from probabilities `returned` (sample, time)."""
        series = torch.log(returned.to(self.head.weight.dtype).clamp_min(1e-9)) / 4 + 1
        found, _ = self.memory(series[..., None])
        return self.head(torch.cat([found[:, -1], found.mean(1)], 1))
