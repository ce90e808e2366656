"""The kicked rotor: networks that read time series, beside the growth of the wave packet."""

import numpy as np
import torch

from ...training import Fit
from ...anderson.classifier import cross_entropy
from ...anderson.kicked_rotor import KickedRotor, SeriesNetwork, WavePackets, growth_exponent
from ...anderson.learning import two_windows
from ...anderson.scaling import logistic_step

_LOCALISED, _DIFFUSIVE = (1.5, 3.2), (5.5, 8.0)
_KICKS = 400


def labelled_series(rotor, count, seed):
    """Return probabilities (sample, time) and labels, 1 for diffusive."""
    generator = torch.Generator().manual_seed(seed)
    label, strength = two_windows(count, generator, _DIFFUSIVE, _LOCALISED)
    packets = rotor.wave_packets(strength, _KICKS, generator)
    return packets.returned.float(), label


def trained_series_network(series, label, seed, epochs=40):
    """An LSTM that learned labelled time series."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = SeriesNetwork()
    Fit(network, (series, label), cross_entropy, epochs=epochs, batch_size=32, rate=1e-2,
        seed=seed).run(quiet=True)
    return network.eval()


def rotor_row(seeds, seed, series=400, tests=60):
    """Crossings of five LSTMs, and where the spread grows as t^(2/3)."""
    rotor = KickedRotor(momenta=1024)
    strengths = np.linspace(2, 7, 11)
    tiled = np.tile(strengths, tests)
    packets = rotor.wave_packets(tiled, _KICKS, seed + 99)
    columns = [slice(k, None, len(strengths)) for k in range(len(strengths))]
    parts = [WavePackets(packets.kicks, packets.spread[c], packets.returned[c]) for c in columns]
    exponents = [growth_exponent(part, 0.4) for part in parts]
    centres, curves = [], []
    for number in range(seeds):
        data = labelled_series(rotor, series, 1000 * seed + number)
        network = trained_series_network(*data, seed + number)
        with torch.no_grad():
            p = torch.softmax(network(packets.returned.float()), -1)[:, 1]
        curve = p.reshape(tests, -1).mean(0).numpy()
        curves.append(np.round(curve, 4).tolist())
        centres.append(logistic_step(strengths, curve)[0])
    # the straight line through the exponents crosses 2/3 at the transition
    slope, start = np.polyfit(strengths, exponents, 1)
    rng = np.random.default_rng(seed)
    redrawn = []
    for _ in range(40):
        chosen = torch.from_numpy(rng.integers(tests, size=tests))
        a = [
            growth_exponent(WavePackets(p.kicks, p.spread[chosen], p.returned), 0.4) for p in parts
        ]
        s, b = np.polyfit(strengths, a, 1)
        redrawn.append((2 / 3 - b) / s)
    return {
        "strengths": strengths.tolist(), "exponents": exponents, "probability": curves,
        "centres": centres, "mean": float(np.mean(centres)),
        "spread": float(np.std(centres, ddof=1)),
        "critical": [float((2 / 3 - start) / slope), float(np.std(redrawn))],
    }
