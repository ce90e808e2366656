"""The wires of chapter 2: conductances of each one, and the numbers of each setting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...transport import arrays
from ...transport.statistics import (
    conductance_correlation,
    conductance_variance,
    weak_localization,
)
from ...transport.wires import warm_wires
from ...transport.wires.disordered_wire import DisorderedWire
from ..runner import Run
from .sizes import LengthScan, WireSizes

if TYPE_CHECKING:
    import torch

# scan s, length n has the stream 200 s + n, and correlation wire n the stream 100 + n
_SCAN_STREAM = 200
_CORRELATION_STREAM = 100


def compute(run: Run) -> dict[str, Any]:
    """Return variances, dips and correlation fields of a tier; store the pool of warm wires."""
    sizes = run.sizes
    device = run.device if run.tier == "gpu" else None  # without one, NumPy computes
    pool = run.out / "ucf_warm_wires.npz"
    if not pool.exists():
        warm_wires.store(pool, run.seed)
    rows, correlations = [], []
    for s, scan in enumerate(sizes.scans):
        for n, length in enumerate(scan.lengths):
            name, stream = f"wires-{length}x{scan.width}", _SCAN_STREAM * s + n
            work = partial(conductances, scan, length, device=device)
            g = run.chunks(name, sizes.samples, sizes.chunk, work, stream)
            rows.append(summary(scan, length, g))
    for n, size in enumerate(sizes.correlation_wires):
        name, stream = f"curves-{size[0]}x{size[1]}", _CORRELATION_STREAM + n
        work = partial(fingerprints, sizes, size, device=device)
        g = run.chunks(name, sizes.correlation_samples, sizes.chunk, work, stream)
        correlations.append(correlation_summary(sizes, size, g))
    return {
        **run.header(),
        "samples": sizes.samples,
        "wires": rows,
        "correlation": correlations,
    }


def conductances(
    scan: LengthScan, length: int, seed: Sequence[int], device: str | None = None
) -> np.ndarray:
    """Return g of a scan's wires of one length, (sample, field) in e^2/h.

    Parameters
    ----------
    scan, length
        The wires; the fields are `scan.fields(length)`.
    seed
        One seed a wire.
    device
        Device of torch; None computes with NumPy.
    """
    wire = DisorderedWire(length, scan.width)
    on_site = _placed(wire.potential(scan.disorder, seed), device)
    return arrays.to_numpy(wire.conductance(scan.energy, scan.fields(length), on_site))


def fingerprints(
    sizes: WireSizes, size: tuple[int, int], seed: Sequence[int], device: str | None = None
) -> np.ndarray:
    """Return g on an even grid of fields, (sample, field) in e^2/h.

    Parameters
    ----------
    sizes
        Energy, disorder and fields of the wires whose correlation field is computed.
    size
        Length and width in lattice constants.
    seed, device
        As for :func:`conductances`.
    """
    wire = DisorderedWire(*size)
    on_site = _placed(wire.potential(sizes.correlation_disorder, seed), device)
    flux = correlation_flux(sizes, size)
    return arrays.to_numpy(wire.conductance(sizes.correlation_energy, flux, on_site))


def correlation_flux(sizes: WireSizes, size: tuple[int, int]) -> np.ndarray:
    """Return the fluxes a plaquette of :func:`fingerprints`, (field,)."""
    first, last, number = sizes.correlation_quanta
    return np.linspace(first, last, int(number)) / np.prod(size)


def summary(scan: LengthScan, length: int, g: np.ndarray) -> dict[str, Any]:
    """Return means, variances and the dip of one setting with their errors, as JSON values.

    Parameters
    ----------
    scan, length
        The setting.
    g
        (sample, field) in e^2/h, at `scan.fields(length)`.
    """
    weak = len(scan.weak)
    flux = scan.fields(length)
    without = conductance_variance(g[:, 0])
    within = conductance_variance(g[:, weak:], pooled=True)
    dip = weak_localization(flux, g, min(scan.strong))
    channels = DisorderedWire(length, scan.width).open_channels(scan.energy, flux[[0, -1]])
    return {
        "length": length,
        "width": scan.width,
        "disorder": scan.disorder,
        "channels": [int(c) for c in channels],
        "mean": [float(g[:, 0].mean()), float(g[:, weak:].mean())],
        "quanta": [float(q * length * scan.width) for q in (scan.strong[0], scan.strong[-1])],
        "variance": [float(without), float(within)],
        "variance_error": [float(without.error), float(within.error)],
        "weak_quanta": list(scan.weak),
        "weak_variance": g[:, :weak].var(0, ddof=1).tolist(),
        "dip": [float(dip), float(dip.error)],
        "first": g[:2].tolist(),
    }


def correlation_summary(sizes: WireSizes, size: tuple[int, int], g: np.ndarray) -> dict[str, Any]:
    """Return the correlation field of one wire size, in flux quanta through its area.

    Parameters
    ----------
    sizes, size
        As for :func:`fingerprints`.
    g
        (sample, field) in e^2/h.
    """
    found = conductance_correlation(correlation_flux(sizes, size), g)
    area = int(np.prod(size))
    return {
        "length": size[0],
        "width": size[1],
        "quanta": float(found.field) * area,
        "error": float(found.field.error) * area,
        "first": g[:1, ::19].tolist(),
    }


def _placed(values: np.ndarray, device: str | None) -> np.ndarray | torch.Tensor:
    if device is None:
        return values
    import torch

    return torch.as_tensor(values, device=device)
