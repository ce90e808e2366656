"""The rings of chapter 1: harmonics of each one, and what is left of them in averages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...transport import arrays
from ...transport.rings.ab_ring import ABRing
from ...transport.statistics.averages import thermal_average
from ...transport.statistics.spectra import oscillation_spectrum
from ..runner import Run
from .sizes import RingSizes

if TYPE_CHECKING:
    import torch

GROUPS = (1, 3, 10, 30, 100, 300)
_THERMAL_CHUNK = 50


def compute(run: Run) -> dict[str, Any]:
    """Return the averages of a tier over rings and over energies, with their errors."""
    sizes = run.sizes
    device = run.device if run.tier == "gpu" else None  # without one, NumPy computes

    def chunks(name: str, count: int, size: int, work: Any, stream: int) -> np.ndarray:
        return run.chunks(
            name, count, min(size, count), partial(work, sizes, device=device), stream
        )

    harmonics = chunks("ring", sizes.rings, sizes.chunk, ring_harmonics, 0)
    warm = chunks("thermal", sizes.thermal_rings, _THERMAL_CHUNK, thermal_harmonics, 1)
    return {
        **run.header(),
        "first_rings": harmonics[:8].tolist(),
        **summary(harmonics, run.seed),
        **thermal_summary(warm, sizes, run.seed),
    }


def ring_harmonics(sizes: RingSizes, seed: Sequence[int], device: str | None = None) -> np.ndarray:
    """Return the signed h/e and h/2e amplitudes of rings at one energy.

    They are the a_1 and a_2 of g(ring_flux) = sum_n a_n cos(2 pi n ring_flux).

    Parameters
    ----------
    sizes
        The rings, their energy and fluxes.
    seed
        One seed a ring.
    device
        Device of torch; None computes with NumPy.

    Returns
    -------
    numpy.ndarray
        (ring, 2) in e^2/h.
    """
    # the stored rings were made from seeds that had been rounded to double precision
    ring = _ring(sizes, [int(float(one)) for one in seed])
    curves = arrays.to_numpy(ring.conductance(sizes.energy, _fluxes(sizes, device)))
    return _harmonics(sizes, curves)


def thermal_harmonics(
    sizes: RingSizes, seed: Sequence[int], device: str | None = None
) -> np.ndarray:
    """Return the same after the thermal average, (ring, temperature, 2) in e^2/h.

    Parameters
    ----------
    sizes, seed, device
        As for :func:`ring_harmonics`.
    """
    half = sizes.energy_window / 2
    energies = sizes.energy + np.linspace(-half, half, sizes.thermal_energies)
    found = []
    for one in seed:  # one ring at a time: its energies are the batch
        curves = _ring(sizes, one).conductance(energies, _fluxes(sizes, device))
        curves = arrays.to_numpy(curves)
        found.append([thermal_average(energies, curves, t) for t in sizes.temperatures])
    return _harmonics(sizes, np.array(found))


def _ring(sizes: RingSizes, seed: int | Sequence[int]) -> ABRing:
    return ABRing(
        sizes.outer_radius,
        sizes.inner_radius,
        sizes.lead_width,
        disorder=sizes.disorder,
        seed=seed,
    )


def _fluxes(sizes: RingSizes, device: str | None) -> np.ndarray | torch.Tensor:
    fluxes = np.arange(sizes.fluxes) / sizes.fluxes
    if device is None:
        return fluxes
    import torch

    return torch.as_tensor(fluxes, device=device)


def _harmonics(sizes: RingSizes, curves: np.ndarray) -> np.ndarray:
    spectrum = oscillation_spectrum(np.arange(sizes.fluxes) / sizes.fluxes, curves)
    return np.stack([spectrum.coefficient(n).real for n in (1, 2)], -1)


def summary(harmonics: np.ndarray, seed: int = 0, resamples: int = 200) -> dict[str, Any]:
    """Return how h/e and h/2e of N averaged rings fall with N, as JSON values.

    Parameters
    ----------
    harmonics
        (ring, 2) in e^2/h.
    seed, resamples
        Of the bootstrap over rings that gives amplitudes and exponents their errors.
    """
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


def _group_amplitudes(harmonics: np.ndarray, groups: Sequence[int]) -> np.ndarray:
    """(group size, 2): root mean square amplitude of the mean of N rings, over disjoint groups."""
    rows = []
    for n in groups:
        number = len(harmonics) // n
        means = harmonics[: number * n].reshape(number, n, 2).mean(1)
        rows.append(np.sqrt((means**2).mean(0)))
    return np.array(rows)


def _slopes(groups: Sequence[int], amplitudes: np.ndarray) -> np.ndarray:
    return np.polyfit(np.log(groups), np.log(amplitudes), 1)[0]


def thermal_summary(
    warm: np.ndarray, sizes: RingSizes, seed: int = 0, resamples: int = 200
) -> dict[str, Any]:
    """Return how the root mean square amplitudes fall with temperature, as JSON values.

    The exponent is that of h/e over the three highest temperatures.

    Parameters
    ----------
    warm
        (ring, temperature, 2) in e^2/h.
    sizes
        Holds the temperatures.
    seed, resamples
        Of the bootstrap over rings that gives the errors.
    """
    rng = np.random.default_rng(seed)
    rms = np.sqrt((warm**2).mean(0))
    draws = np.array(
        [
            np.sqrt((warm[rng.integers(len(warm), size=len(warm))] ** 2).mean(0))
            for _ in range(resamples)
        ]
    )
    log_t = np.log(sizes.temperatures[-3:])

    def slope(amplitude: np.ndarray) -> float:
        return np.polyfit(log_t, np.log(amplitude[-3:, 0]), 1)[0]

    return {
        "temperature": list(sizes.temperatures),
        "thermal_amplitude": rms.tolist(),
        "thermal_amplitude_error": draws.std(0, ddof=1).tolist(),
        "thermal_exponent": float(slope(rms)),
        "thermal_exponent_error": float(np.std([slope(one) for one in draws], ddof=1)),
    }
