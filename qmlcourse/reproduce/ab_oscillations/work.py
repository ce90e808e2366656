"""Chapter 1 at full scale: what survives the average over thousands of rings, and over energies.

`qmlcourse reproduce ab_oscillations --tier laptop` prints our numbers beside those of the
experiment on 1, 3, 10 and 30 silver loops in series (Umbach et al., Phys. Rev. Lett. 56, 386
(1986)): h/e falls as N^(-1/2), h/2e does not. The work is a list of chunks, each a function of
(settings, seed, number) alone and stored when done: interrupted and started again, it goes on.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..resumable import gpu, run_chunks, write
from ...transport import arrays
from ...transport.rings.ab_ring import ABRing
from ...transport.statistics.averages import thermal_average
from ...transport.statistics.spectra import oscillation_spectrum

GROUPS = (1, 3, 10, 30, 100, 300)


@dataclass(frozen=True)
class Settings:
    """The rings of one tier; lengths in lattice constants, energies in hoppings."""

    outer_radius: float = 12.0
    inner_radius: float = 7.0
    lead_width: int = 5
    disorder: float = 2.0
    energy: float = -2.0
    fluxes: int = 16
    chunk: int = 250
    rings: int = 12_000
    thermal_rings: int = 500
    thermal_energies: int = 241
    energy_window: float = 0.6  # full width around `energy`
    temperatures: tuple = (0.002, 0.004, 0.008, 0.016, 0.032)


TIERS = {"laptop": Settings(), "gpu": Settings(rings=1_000_000, thermal_rings=20_000, chunk=5_000)}


def run(tier, out=None, seed=0):
    """Compute, store and print the ensemble of one tier.

    Parameters
    ----------
    tier : 'laptop' or 'gpu' (the same work on more rings, through torch: on a GPU where it sees
        one, else on the CPU, which takes about an hour)
    out : folder for the chunks and the result; default ./reproduce/ab_oscillations-TIER
    seed : int, ring n of a chunk has the seed derived from (seed, chunk, n)
    """
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(TIERS)}.")
    settings = TIERS[tier]
    out = Path(out or f"reproduce/ab_oscillations-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = gpu() if tier == "gpu" else None

    def chunks(name, count, size, work, stream):
        def one(seeds):
            return work(settings, seeds, device)

        return run_chunks(out, name, count, min(size, count), one, settings, seed, stream)

    harmonics = chunks("ring", settings.rings, settings.chunk, ring_harmonics, 0)
    warm = chunks("thermal", settings.thermal_rings, 50, thermal_harmonics, 1)
    result = {
        "tier": tier,
        "seed": seed,
        "settings": asdict(settings),
        "first_rings": harmonics[:8].tolist(),
        **summary(harmonics, seed),
        **thermal_summary(warm, settings, seed),
    }
    path = out / f"ab_oscillations_{tier}.json"
    write(path, json.dumps(result, indent=1).encode())
    print(report(result))
    print(f"stored in {path}")


def ring_harmonics(settings, seeds, device=None):
    """(ring, 2): signed h/e and h/2e amplitudes of g(ring_flux) = sum_n a_n cos(2 pi n flux)."""
    ring = _ring(settings, seeds)
    curves = arrays.to_numpy(ring.conductance(settings.energy, _fluxes(settings, device)))
    return _harmonics(settings, curves)


def thermal_harmonics(settings, seeds, device=None):
    """(ring, temperature, 2): the same after the thermal average at each temperature."""
    half = settings.energy_window / 2
    energies = settings.energy + np.linspace(-half, half, settings.thermal_energies)
    found = []
    for one in seeds:  # one ring at a time: its energies are the batch
        curves = _ring(settings, [one]).conductance_map(energies, _fluxes(settings, device))[:, 0]
        curves = arrays.to_numpy(curves)
        found.append([thermal_average(energies, curves, t) for t in settings.temperatures])
    return _harmonics(settings, np.array(found))


def _ring(settings, seeds):
    return ABRing(
        settings.outer_radius,
        settings.inner_radius,
        settings.lead_width,
        disorder=settings.disorder,
        seed=seeds,
    )


def _fluxes(settings, device):
    fluxes = np.arange(settings.fluxes) / settings.fluxes
    if device is None:
        return fluxes
    import torch

    return torch.as_tensor(fluxes, device=device)


def _harmonics(settings, curves):
    spectrum = oscillation_spectrum(np.arange(settings.fluxes) / settings.fluxes, curves)
    return np.stack([spectrum.coefficient(n).real for n in (1, 2)], -1)


def summary(harmonics, seed=0, resamples=200):
    """How h/e and h/2e of N averaged rings fall with N, with exponents and bootstrap errors."""
    groups = [n for n in GROUPS if n * 10 <= len(harmonics)]
    rng = np.random.default_rng(seed)
    central = _group_amplitudes(harmonics, groups)
    draws = np.array(
        [
            _group_amplitudes(harmonics[rng.integers(len(harmonics), size=len(harmonics))], groups)
            for _ in range(resamples)
        ]
    )
    slopes = _slopes(groups, central)
    slope_error = np.array([_slopes(groups, one) for one in draws]).std(0, ddof=1)
    mean = harmonics.mean(0)
    error = harmonics.std(0, ddof=1) / np.sqrt(len(harmonics))
    return {
        "rings": len(harmonics),
        "groups": groups,
        "amplitude": central.tolist(),
        "amplitude_error": draws.std(0, ddof=1).tolist(),
        "exponent": slopes.tolist(),
        "exponent_error": slope_error.tolist(),
        "exponent_of_last_three": _slopes(groups[-3:], central[-3:]).tolist(),
        "mean_harmonics": mean.tolist(),
        "mean_harmonics_error": error.tolist(),
    }


def _group_amplitudes(harmonics, groups):
    """(group size, 2): root mean square amplitude of the mean of N rings, over disjoint groups."""
    rows = []
    for n in groups:
        number = len(harmonics) // n
        means = harmonics[: number * n].reshape(number, n, 2).mean(1)
        rows.append(np.sqrt((means**2).mean(0)))
    return np.array(rows)


def _slopes(groups, amplitudes):
    return np.polyfit(np.log(groups), np.log(amplitudes), 1)[0]


def thermal_summary(warm, settings, seed=0, resamples=200):
    """Root mean square amplitudes against temperature and the exponent of h/e at the warm end."""
    rng = np.random.default_rng(seed)
    rms = np.sqrt((warm**2).mean(0))
    draws = np.array(
        [
            np.sqrt((warm[rng.integers(len(warm), size=len(warm))] ** 2).mean(0))
            for _ in range(resamples)
        ]
    )
    log_t = np.log(settings.temperatures[-3:])

    def slope(amplitude):
        return np.polyfit(log_t, np.log(amplitude[-3:, 0]), 1)[0]

    return {
        "temperature": list(settings.temperatures),
        "thermal_amplitude": rms.tolist(),
        "thermal_amplitude_error": draws.std(0, ddof=1).tolist(),
        "thermal_exponent": float(slope(rms)),
        "thermal_exponent_error": float(np.std([slope(one) for one in draws], ddof=1)),
    }


def report(result):
    """Paper beside ours, as text."""
    (a1, a2), (e1, e2) = result["exponent"], result["exponent_error"]
    m1, m2 = result["mean_harmonics"]
    s1, s2 = result["mean_harmonics_error"]
    lines = [
        f"Aharonov-Bohm rings, tier {result['tier']}: {result['rings']} rings",
        "rms amplitude (e2/h)",
        f"{'rings averaged':>16} {'h/e':>17} {'h/2e':>19}",
    ]
    for n, a, e in zip(
        result["groups"], result["amplitude"], result["amplitude_error"], strict=True
    ):
        lines.append(f"{n:>16} {a[0]:>9.5f} ± {e[0]:.5f} {a[1]:>9.5f} ± {e[1]:.5f}")
    lines += [
        "exponent of N",
        "  Umbach et al. (1986), 1 to 30 loops: h/e -1/2, h/2e 0",
        f"  ours: h/e {a1:+.3f} ± {e1:.3f}, h/2e {a2:+.3f} ± {e2:.3f};",
        f"  h/2e from N = {result['groups'][-3]} on, without its sample-specific part: "
        f"{result['exponent_of_last_three'][1]:+.3f}",
        f"mean of all rings: h/e {m1:+.5f} ± {s1:.5f}, h/2e {m2:+.5f} ± {s2:.5f}",
        f"temperature: h/e falls as T^({result['thermal_exponent']:+.2f} ± "
        f"{result['thermal_exponent_error']:.2f}) from kT = {result['temperature'][-3]:g} on;",
        "  expected for kT above the Thouless energy: -1/2",
    ]
    return "\n".join(lines)
