"""The kicked rotor: networks that read time series, beside the growth of the wave packet."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ...anderson.classifier import cross_entropy
from ...anderson.kicked_rotor import KickedRotor, SeriesNetwork, WavePackets, growth_exponent
from ...anderson.learning import labelled_strengths
from ...anderson.scaling import logistic_step
from ...training import Fit

_LOCALISED, _DIFFUSIVE = (1.5, 3.2), (5.5, 8.0)  # kick strengths of the training
_KICKS = 400
_SINCE = 0.4  # share of the time that is left out of the growth
_REDRAWS = 40


def labelled_series(rotor: KickedRotor, count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return return probabilities (sample, time) and labels (sample,), 1 for diffusive."""
    generator = torch.Generator().manual_seed(seed)
    label, strength = labelled_strengths(count, generator, _DIFFUSIVE, _LOCALISED)
    packets = rotor.wave_packets(strength, _KICKS, generator)
    return packets.returned.float(), label


def trained_series_network(
    series: torch.Tensor, label: torch.Tensor, seed: int, epochs: int = 40
) -> SeriesNetwork:
    """Return an LSTM that has learned labelled time series (sample, time)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = SeriesNetwork()
    fit = Fit(
        network,
        (series, label),
        cross_entropy,
        epochs=epochs,
        batch_size=32,
        rate=1e-2,
        seed=seed,
    )
    fit.run(quiet=True)
    return network.eval()


def rotor_row(seeds: int, seed: int, series: int = 400, tests: int = 60) -> dict[str, Any]:
    """Return where LSTMs put the transition, and where the spread grows as t^(2/3).

    Parameters
    ----------
    seeds
        Number of networks.
    seed
        All random numbers follow from it.
    series
        Time series that each network learns.
    tests
        Wave packets at each strength on which they are asked.
    """
    rotor = KickedRotor(momenta=1024)
    strengths = np.linspace(2, 7, 11)
    packets = rotor.wave_packets(np.tile(strengths, tests), _KICKS, seed + 99)
    centres, curves = [], []
    for number in range(seeds):
        data = labelled_series(rotor, series, 1000 * seed + number)
        network = trained_series_network(*data, seed + number)
        with torch.no_grad():
            p = torch.softmax(network(packets.returned.float()), -1)[:, 1]
        curve = p.reshape(tests, -1).mean(0).numpy()
        curves.append(np.round(curve, 4).tolist())
        centres.append(logistic_step(strengths, curve)[0])
    exponents = _exponents(packets, len(strengths), np.arange(tests))
    rng = np.random.default_rng(seed)
    redrawn = [
        _critical(strengths, _exponents(packets, len(strengths), rng.integers(tests, size=tests)))
        for _ in range(_REDRAWS)
    ]
    return {
        "strengths": strengths.tolist(),
        "exponents": exponents,
        "probability": curves,
        "centres": centres,
        "mean": float(np.mean(centres)),
        "spread": float(np.std(centres, ddof=1)),
        "critical": [_critical(strengths, exponents), float(np.std(redrawn))],
    }


def _exponents(packets: WavePackets, strengths: int, chosen: np.ndarray) -> list[float]:
    """Growth exponent at each strength, from the chosen wave packets."""
    spread = packets.spread.unflatten(0, (-1, strengths))[torch.from_numpy(chosen)]
    parts = [WavePackets(packets.kicks, s, packets.returned) for s in spread.transpose(0, 1)]
    return [growth_exponent(part, _SINCE) for part in parts]


def _critical(strengths: np.ndarray, exponents: list[float]) -> float:
    """Where the straight line through the exponents crosses 2/3."""
    slope, start = np.polyfit(strengths, exponents, 1)
    return float((2 / 3 - start) / slope)
