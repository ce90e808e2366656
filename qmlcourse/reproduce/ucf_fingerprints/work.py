"""Chapter 2 at full scale: universal fluctuations, weak localisation, correlation field.

`qmlcourse reproduce ucf_fingerprints --tier laptop` scans the length of disordered wires without
and with a magnetic field, and sets the variance of g beside 2/15 and 1/15 (C. W. J. Beenakker, Rev.
Mod. Phys. 69, 731 (1997)), the dip at zero field beside 1/3, and the correlation field beside one
flux quantum through the wire. All settings are printed, with what may keep each from the limit.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..resumable import gpu, run_chunks, write
from ...transport import arrays
from ...transport.wires import warm_wires
from ...transport.wires.disordered_wire import DisorderedWire
from ...transport.statistics.fluctuations import (
    conductance_correlation,
    conductance_variance,
    weak_localization,
)


@dataclass(frozen=True)
class Scan:
    """Wires of one width and several lengths; lengths in lattice constants, energies in hoppings.

    `weak` are flux quanta through the whole wire, the first one zero; `strong` are fluxes a
    plaquette at which at most one channel fewer is open than without field.
    """

    width: int
    disorder: float
    lengths: tuple
    weak: tuple
    strong: tuple
    energy: float = -0.81

    def fields(self, length):
        """Fluxes a plaquette for a length: the weak ones, then the strong ones."""
        return np.concatenate([np.array(self.weak) / (length * self.width), self.strong])


@dataclass(frozen=True)
class Settings:
    """The wires of one tier."""

    scans: tuple = (
        Scan(
            40, 2.0, (40, 60, 80, 120, 160, 200, 240),
            (0.0, 0.25, 0.5, 1.0, 2.0, 4.0), (0.0025, 0.003, 0.0035, 0.004),
        ),
        Scan(60, 1.7, (200, 300, 400), (0.0,), (0.002, 0.0025, 0.003)),
    )
    samples: int = 2000
    chunk: int = 50
    correlation_wires: tuple = ((60, 16), (120, 16), (60, 24), (90, 24), (120, 24), (60, 32))
    correlation_energy: float = -0.81
    correlation_disorder: float = 2.0
    correlation_samples: int = 80
    correlation_quanta: tuple = (4.0, 20.0, 96)  # first, last, number of fields


TIERS = {
    "laptop": Settings(),
    "gpu": Settings(samples=50_000, chunk=1_000, correlation_samples=2_000),
}
_CORRELATION_STREAM = 100  # scan s, length n has the stream 200 s + n


def run(tier, out=None, seed=0):
    """Compute, store and print the wires of one tier (laptop: some 40 minutes on one core).

    Parameters
    ----------
    tier : 'laptop' or 'gpu' (the same work on more wires, through torch: on a GPU where it sees
        one, else on the CPU)
    out : folder for the chunks and the result; default ./reproduce/ucf_fingerprints-TIER
    seed : int, from which the seeds of all wires follow
    """
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(TIERS)}.")
    settings = TIERS[tier]
    out = Path(out or f"reproduce/ucf_fingerprints-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = gpu() if tier == "gpu" else None
    pool = out / "ucf_warm_wires.npz"
    if not pool.exists():
        warm_wires.store(pool, seed)

    def chunks(name, count, work, stream):
        return run_chunks(out, name, count, settings.chunk, work, settings, seed, stream)

    rows, correlations = [], []
    for s, scan in enumerate(settings.scans):
        for n, length in enumerate(scan.lengths):

            def work(seeds, scan=scan, length=length):
                return conductances(scan, length, seeds, device)

            name = f"wires-{length}x{scan.width}"
            rows.append(summary(scan, length, chunks(name, settings.samples, work, 200 * s + n)))
    for n, size in enumerate(settings.correlation_wires):

        def work(seeds, size=size):
            return fingerprints(settings, size, seeds, device)

        stream = _CORRELATION_STREAM + n
        g = chunks(f"curves-{size[0]}x{size[1]}", settings.correlation_samples, work, stream)
        correlations.append(correlation_summary(settings, size, g))
    result = {
        "tier": tier,
        "seed": seed,
        "samples": settings.samples,
        "settings": asdict(settings),
        "wires": rows,
        "correlation": correlations,
    }
    path = out / f"ucf_fingerprints_{tier}.json"
    write(path, json.dumps(result, indent=1).encode())
    print(report(result))
    print(f"stored in {path}")


def conductances(scan, length, seeds, device=None):
    """(sample, field): g of a scan's wires of one length at `scan.fields(length)`."""
    wire = DisorderedWire(length, scan.width, scan.energy)
    on_site = _placed(wire.potential(scan.disorder, seeds), device)
    return arrays.to_numpy(wire.conductance(on_site, scan.fields(length)))


def fingerprints(settings, size, seeds, device=None):
    """(sample, field): g on an even grid of fields, for the correlation field of one wire size."""
    wire = DisorderedWire(*size, settings.correlation_energy)
    on_site = _placed(wire.potential(settings.correlation_disorder, seeds), device)
    return arrays.to_numpy(wire.conductance(on_site, correlation_flux(settings, size)))


def correlation_flux(settings, size):
    """Fluxes a plaquette of `fingerprints`."""
    first, last, number = settings.correlation_quanta
    return np.linspace(first, last, int(number)) / np.prod(size)


def summary(scan, length, g):
    """Numbers of one setting: means, variances and the dip, each with its error."""
    weak = len(scan.weak)
    flux = scan.fields(length)
    without = conductance_variance(g[:, 0])
    within = conductance_variance(g[:, weak:], pooled=True)
    dip = weak_localization(flux, g, min(scan.strong))
    channels = DisorderedWire(length, scan.width, scan.energy).open_channels(flux[[0, -1]])
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


def correlation_summary(settings, size, g):
    """Correlation field of one wire size, in flux quanta through its area."""
    found = conductance_correlation(correlation_flux(settings, size), g)
    area = int(np.prod(size))
    return {
        "length": size[0],
        "width": size[1],
        "quanta": float(found.field) * area,
        "error": float(found.field.error) * area,
        "first": g[:1, ::19].tolist(),
    }


def mean_free_path(rows, width):
    """Mean free path in lattice constants, from Ohm's law in a strong field.

    1 / g = 1 / N + 2 L / (pi N l) for N channels in two dimensions: the slope of a straight line
    through the resistances at all lengths.
    """
    chosen = [row for row in rows if row["width"] == width]
    lengths = [row["length"] for row in chosen]
    slope = np.polyfit(lengths, [1 / row["mean"][1] for row in chosen], 1)[0]
    return float(2 / (np.pi * chosen[0]["channels"][0] * slope))


def report(result):
    """Theory beside ours, as text of at most 73 columns."""
    lines = [
        f"Disordered wires, tier {result['tier']}: {result['samples']} wires for each line",
        "variance of g per spin: 2/15 = 0.1333, in a strong field 1/15 = 0.0667",
        "0.2049(63) means 0.2049 ± 0.0063",
        "                 no field         in a strong field",
        "width length   ⟨g⟩   variance    ⟨g⟩   variance quanta channels      dip",
    ]
    for row in result["wires"]:
        (v1, v2), (e1, e2) = row["variance"], row["variance_error"]
        low, high = row["quanta"]
        before, after = row["channels"]
        lines.append(
            f"{row['width']:>5} {row['length']:>6} {row['mean'][0]:>5.2f} {_short(v1, e1):>10}"
            f" {row['mean'][1]:>6.2f} {_short(v2, e2):>10} {low:>3.0f}-{high:<2.0f}"
            f" {before:>4}>{after:<3} {_short(*row['dip'], 3):>9}"
        )
    widths = dict.fromkeys(row["width"] for row in result["wires"])
    paths = ", ".join(f"{mean_free_path(result['wires'], w):.1f} at width {w}" for w in widths)
    lines += [
        f"mean free path from Ohm's law: {paths} (sites)",
        "dip at zero field: theory 1/3, between mean free path and localisation",
        "correlation field in flux quanta through the wire (half width):",
    ]
    lines += [
        f"  {one['length']:>4} x {one['width']:<3} {_short(one['quanta'], one['error'], 2)}"
        for one in result["correlation"]
    ]
    return "\n".join(lines)


def _short(value, error, digits=4):
    """A value with its error in the last digits, as in 0.2049(63)."""
    return f"{value:.{digits}f}({error * 10**digits:.0f})"


def _placed(values, device):
    if device is None:
        return values
    import torch

    return torch.as_tensor(values, device=device)
