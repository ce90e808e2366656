"""Chapter 3 at full scale: ensembles of classifiers, their crossings, phase maps and witnesses.

`qmlcourse reproduce anderson_classification --tier laptop`, after T. Ohtsuki and T. Mano, J. Phys.
Soc. Jpn. 89, 022001 (2020). Every network is trained at the band centre of the box model alone.
Rows and chunks of states are stored as they are done: interrupted, the run goes on.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from .. import chunks
from ._reproduce_topology import MAPS as TOPOLOGY
from ._reproduce_topology import topology_row
from .classifier import Classifier
from .learning import labelled_states, train_ensemble
from .models import AndersonModel, BondPercolation, DopedSemiconductor, SitePercolation
from .percolation import threshold
from .phase_diagrams import crossing, phase_map
from .scaling import finite_size_scaling
from .transfer_matrix import transfer_matrix_length
from .witnesses import fractal_row, ratio_row


@dataclass(frozen=True)
class Settings:
    """The runs of one tier."""

    seeds: int = 5
    # classifier: lattice size, recipe, states of each network
    ensembles: tuple = (("small", 8, 2000), ("small", 12, 2000), ("paper", 12, 2000),
                        ("small", 16, 1000))  # fmt: skip
    crossing_states: int = 30
    map_states: int = 6
    map_size: int = 12
    map_points: tuple = (16, 13)
    witness_sizes: tuple = (8, 12)
    witness_samples: int = 60
    # width and slices in all; a quarter of them for the Gaussian and Cauchy witnesses
    bars: tuple = ((4, 400000), (6, 400000), (8, 240000), (10, 160000), (12, 80000))
    percolation: tuple = (16, 40, 400)


TIERS = {
    "laptop": Settings(),
    "gpu": Settings(
        ensembles=(("small", 24, 8000), ("paper", 24, 8000), ("paper", 40, 8000)),
        crossing_states=100, map_size=24, map_points=(32, 25), witness_sizes=(12, 20),
        witness_samples=400, bars=((4, 10**6), (6, 10**6), (8, 10**6), (12, 10**6), (16, 10**6)),
    ),
}  # fmt: skip

# name: model of a size, strengths of the crossing, energy, accepted crossing (None: not known to us)
CASES = {
    "box": (lambda size: AndersonModel(size), (11, 23), 0.0, 16.54),
    "gaussian": (lambda size: AndersonModel(size, "gaussian"), (3.5, 9), 0.0, 6.15),
    "cauchy": (lambda size: AndersonModel(size, "cauchy"), (1.8, 7), 0.0, 4.27),
    "box, flux 1/4": (lambda size: AndersonModel(size, flux=0.25), (12, 25), 0.0, 18.4),
    "box, random phase": (lambda size: AndersonModel(size, flux="random"), (12, 26), 0.0, 18.8),
    "sites": (lambda size: SitePercolation(size), (0.3, 0.62), 0.5, 0.44),
    "sites, flux 1/4": (lambda size: SitePercolation(size, 0.25), (0.28, 0.6), 0.5, None),
    "bonds": (lambda size: BondPercolation(size), (0.2, 0.5), 0.5, 0.33),
    "bonds, flux 1/4": (lambda size: BondPercolation(size, 0.25), (0.18, 0.48), 0.5, None),
    "doped": (lambda size: DopedSemiconductor(size), (0.05, 0.5), 10.4, None),
}
# name: strengths and energies of the map
MAPS = {
    "box": ((1, 26), (0, 9)),
    "gaussian": ((0.5, 10), (0, 9)),
    "cauchy": ((0.3, 8), (0, 9)),
    "box, flux 1/4": ((1, 26), (0, 9)),
    "sites": ((0.2, 0.95), (0.05, 4.5)),
    "sites, flux 1/4": ((0.2, 0.95), (0.05, 4.5)),
    "bonds": ((0.15, 0.9), (0.05, 4.5)),
    "doped": ((0.05, 0.6), (7.0, 13.0)),
}


def run(tier, out=None, seed=0):
    """Compute, store and print the chapter's results (laptop: about two hours on one core).

    Parameters
    ----------
    tier : 'laptop' or 'gpu' (larger lattices and more states, on a GPU where torch sees one)
    out : folder for the rows, states and weights; default ./reproduce/anderson_classification-TIER
    seed : int, from which all states and networks follow
    """
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(TIERS)}.")
    torch.set_num_threads(1)
    settings = TIERS[tier]
    out = Path(out or f"reproduce/anderson_classification-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = chunks.gpu() if tier == "gpu" else "cpu"

    def kept(name, stamp, work):
        return chunks.kept(out, name.replace(", ", "-").replace(" ", "-").replace("/", "_"),
                           [stamp, seed], work)  # fmt: skip

    result = {"tier": tier, "seed": seed, "settings": asdict(settings)}
    result["ensembles"], result["crossings"] = [], []
    for recipe, size, count in settings.ensembles:
        stamp = [recipe, size, count, settings.seeds]
        name = f"{recipe}-{size}"
        result["ensembles"].append(
            kept(f"ensemble-{name}", stamp, lambda a=(recipe, size, count): _ensemble(
                *a, settings, seed, device, out))
        )
        classifier = _loaded(out / f"classifier_metal_{name}.safetensors", device)
        for number, case in enumerate(CASES):
            stamp = [recipe, size, count, settings.seeds, case, settings.crossing_states]
            result["crossings"].append(
                kept(f"crossing-{name}-{case}", stamp, lambda c=case, n=number, k=classifier: {
                    "classifier": name, "size": size, **_crossing(c, n, k, size, settings, seed)})
            )
        if (recipe, size) == ("small", settings.map_size):
            result["maps"] = _maps(kept, classifier, settings, seed)
            result["topology"] = {
                case: kept(f"topology-{case}", settings.seeds, lambda c=case: topology_row(
                    c, settings.seeds, seed, device, out))
                for case in TOPOLOGY
            }
            result["witnesses"] = _witnesses(kept, settings, seed, device)
    path = out / f"anderson_classification_{tier}.json"
    chunks.write(path, json.dumps(result).encode())
    print(report(result))
    print(f"stored in {path}")


def _ensemble(recipe, size, count, settings, seed, device, out):
    """Networks of one size, each from states of its own; stored as safetensors."""
    networks, rows, temperatures = [], [], []
    for number in range(settings.seeds):
        def states(seeds):
            generator = torch.Generator(device=device).manual_seed(seeds[0] % 2**62)
            density, label, strength = labelled_states(AndersonModel(size), len(seeds), generator)
            half = (size**3 * density).half().flatten(1).cpu()
            return torch.cat([half, label[:, None].cpu().half()], 1).numpy()

        data = chunks.run_chunks(out, f"states-{size}-{number}", count, 200, states,
                                 _Size(size), seed, 100 * size + number)  # fmt: skip
        data = torch.from_numpy(data.astype(np.float32)).to(device)
        density = (data[:, :-1] / size**3).reshape(-1, size, size, size)
        found, logs = train_ensemble(
            density, data[:, -1].long(), [seed + number], recipe,
            about=f"box model, E = 0, {size}^3, W 8 to 14 and 19 to 27, {count} states",
            folder=out / f"checkpoints-{recipe}-{size}-{count}",
        )
        networks += found.networks
        temperatures.append(found.temperature)
        rows.append({"log": logs[0], "temperature": found.temperature})
    ensemble = Classifier(tuple(networks), float(np.mean(temperatures)), about=found.about)
    ensemble.save(out / f"classifier_metal_{recipe}-{size}.safetensors")
    return {"recipe": recipe, "size": size, "states": count, "networks": rows}


@dataclass(frozen=True)
class _Size:
    size: int


def _loaded(path, device):
    classifier = Classifier.from_bytes(path.read_bytes())
    for network in classifier.networks:
        network.to(device)
    return classifier


def _crossing(case, number, classifier, size, settings, seed):
    make, (low, high), energy, accepted = CASES[case]
    strengths = np.linspace(low, high, 15)
    found = crossing(make(size), classifier, strengths, settings.crossing_states,
                     [seed, 7, number], energy)  # fmt: skip
    return {
        "case": case, "energy": energy, "accepted": accepted,
        "strengths": strengths.tolist(), "probability": np.round(found.probability, 4).tolist(),
        "centres": found.centres.tolist(), "mean": found.mean, "spread": found.spread,
        "sample_error": found.sample_error,
    }  # fmt: skip


def _maps(kept, classifier, settings, seed):
    rows = {}
    for number, (case, ((low, high), (bottom, top))) in enumerate(MAPS.items()):
        strengths = np.linspace(low, high, settings.map_points[0])
        energies = np.linspace(bottom, top, settings.map_points[1])

        def work(case=case, number=number, strengths=strengths, energies=energies):
            model = CASES[case][0](settings.map_size)
            p = phase_map(model, classifier, strengths, energies, settings.map_states,
                          [seed, 11, number])  # fmt: skip
            return {
                "strengths": strengths.tolist(), "energies": energies.tolist(),
                "probability": np.round(np.nan_to_num(p, nan=-1), 3).tolist(),
            }  # fmt: skip

        stamp = [case, settings.map_points, settings.map_states, settings.map_size]
        rows[case] = kept(f"map-{case}", stamp, work)
    return rows


def _witnesses(kept, settings, seed, device):
    """What no network has seen: level ratios, transfer matrices, dimensions, clusters."""
    rows = {"ratio": {}, "transfer": {}}
    for number, case in enumerate(CASES):
        make, (low, high), energy, _ = CASES[case]
        stamp = [case, settings.witness_sizes, settings.witness_samples]
        rows["ratio"][case] = kept(f"ratio-{case}", stamp, lambda c=case, n=number: ratio_row(
            CASES[c][0], np.linspace(*CASES[c][1], 9), CASES[c][2], settings.witness_sizes,
            settings.witness_samples, [seed, 13, n], device))
    windows = {"box": (15, 18), "gaussian": (5.4, 6.9), "cauchy": (3.6, 4.9)}
    for number, (case, window) in enumerate(windows.items()):
        bars = [(m, slices if case == "box" else slices // 4) for m, slices in settings.bars]
        rows["transfer"][case] = kept(
            f"transfer-{case}", [case, bars], lambda c=case, w=window, b=bars, n=number:
            _transfer(c, w, b, seed + n, device))
    rows["dimension"] = kept("dimension", settings.witness_samples, lambda: fractal_row(
        (5, 10, 16.54, 20, 30), (6, 8, 12, 16), settings.witness_samples, [seed, 17], device))
    small, large, samples = settings.percolation
    for name, window in (("sites", (0.28, 0.35)), ("bonds", (0.22, 0.28))):
        rows[f"classical {name}"] = kept(f"classical-{name}", settings.percolation, lambda n=name,
            w=window: list(threshold(small, large, np.linspace(*w, 9), samples, seed,
                                     bonds=n == "bonds")))
    return rows


def _transfer(case, window, bars, seed, device):
    strengths = np.linspace(*window, 7)
    widths = [width for width, _ in bars]
    found = [
        transfer_matrix_length(
            width, strengths, case, length=length // 4, bars=4,
            generator=torch.Generator(device=device).manual_seed(1000 * seed + width))
        for width, length in bars
    ]
    reduced = np.array([f.reduced.tolist() for f in found])
    errors = np.array([f.error.tolist() for f in found])
    fit = finite_size_scaling(widths, strengths, reduced, errors)
    return {
        "widths": widths, "strengths": strengths.tolist(), "reduced": reduced.tolist(),
        "errors": errors.tolist(), "fit": asdict(fit),
    }  # fmt: skip


def report(result):
    """Accepted values beside ours, as text."""
    lines = [f"Anderson classification, tier {result['tier']}, "
             f"{result['settings']['seeds']} networks each",
             f"{'classifier':12} {'model':20} {'crossing':>9} {'spread':>7} {'states':>7} accepted"]
    for row in result["crossings"]:
        accepted = "" if row["accepted"] is None else f"{row['accepted']:g}"
        lines.append(f"{row['classifier']:12} {row['case']:20} {row['mean']:9.3f} "
                     f"{row['spread']:7.3f} {row['sample_error']:7.3f} {accepted}")  # fmt: skip
    witnesses = result.get("witnesses", {})
    for case, row in witnesses.get("transfer", {}).items():
        fit = row["fit"]
        lines.append(
            f"transfer matrix, {case}: W_c {fit['critical']:.3f} +- {fit['critical_error']:.3f}, "
            f"exponent {fit['exponent']:.2f} +- {fit['exponent_error']:.2f}, "
            f"chi2 {fit['chi2']:.0f} of {fit['freedom']}"
        )
    for case, row in witnesses.get("ratio", {}).items():
        lines.append(f"level ratios, {case}: crossing at {row['crossing']}")
    for name in ("sites", "bonds"):
        value = witnesses.get(f"classical {name}")
        if value:
            lines.append(f"classical threshold, {name}: {value[0]:.4f} +- {value[1]:.4f}")
    for case, row in result.get("topology", {}).items():
        lines.append(f"topology, {case}: " + ", ".join(
            f"{k} {v:.3f}" for k, v in row["agreement"].items()))
    return "\n".join(lines)
