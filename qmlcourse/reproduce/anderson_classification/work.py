"""Chapter 3 at full scale: ensembles of classifiers, their crossings, phase maps and witnesses.

`qmlcourse reproduce anderson_classification --tier laptop`, after T. Ohtsuki and T. Mano, J. Phys.
Soc. Jpn. 89, 022001 (2020). Every network is trained at the band centre of the box model alone.
Rows and chunks of states are stored as they are done: interrupted, the run goes on.
"""

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ...storage import shipped
from .. import resumable
from .rotor import rotor_row
from .topology import MAPS as TOPOLOGY
from .topology import topology_row
from ...anderson.baselines import ComponentsMachine, ParticipationThreshold, accuracy
from ...anderson.classifier import Classifier
from ...anderson.learning import INSULATOR_WINDOW, METAL_WINDOW, labelled_states, train_ensemble
from ...anderson.models import AndersonModel, BondPercolation, DopedSemiconductor, SitePercolation
from ...anderson.percolation import threshold
from ...anderson.phase_diagrams import crossing, phase_map
from ...anderson.scaling import finite_size_scaling
from ...anderson.transfer_matrix import transfer_matrix_length
from ...anderson.witnesses import fractal_row, level_row, slope_at, slope_crossing

NAME = "anderson_classification_laptop"
WIDE = (METAL_WINDOW, INSULATOR_WINDOW)
NEAR = ((13.0, 16.0), (17.1, 20.1))


@dataclass(frozen=True)
class Settings:
    """The runs of one tier."""

    seeds: int = 5
    # classifier: lattice size, recipe, states of each network
    ensembles: tuple = (("small", 8, 2000), ("near", 8, 2000), ("small", 12, 2000),
                        ("paper", 12, 2000))
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
}

# name: model of a size, strengths of the crossing, energy, accepted crossing or None
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
    "box, random phase": ((1, 26), (0, 9)),
    "bonds, flux 1/4": ((0.15, 0.9), (0.05, 4.5)),
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
    device = resumable.gpu() if tier == "gpu" else "cpu"

    def kept(name, stamp, work):
        return resumable.kept(out, name.replace(", ", "-").replace(" ", "-").replace("/", "_"),
                           [stamp, seed], work)

    result = {"tier": tier, "seed": seed, "settings": asdict(settings)}
    result |= {"ensembles": [], "crossings": [], "baselines": []}
    for recipe, size, count in settings.ensembles:
        name, stamp = f"{recipe}-{size}", [recipe, size, count, settings.seeds]
        make = partial(_ensemble, recipe, size, count, settings, seed, device, out)
        result["ensembles"].append(kept(f"ensemble-{name}", stamp, make))
        if recipe == "small":
            make = partial(_baselines, size, count, seed, device, out)
            result["baselines"].append(kept(f"baselines-{name}", stamp, make))
        classifier = _loaded(out / f"classifier_metal_{name}.safetensors", device)
        for case in CASES:
            make = partial(_crossing, case, classifier, name, size, settings, seed)
            row = kept(f"crossing-{name}-{case}", [*stamp, case, settings.crossing_states], make)
            result["crossings"].append(row)
        if (recipe, size) == ("small", settings.map_size):
            result["maps"] = _maps(kept, classifier, settings, seed)
            result["topology"] = {
                case: kept(f"topology-{case}", settings.seeds,
                           partial(topology_row, case, settings.seeds, seed, device, out))
                for case in TOPOLOGY
            }
            result["rotor"] = kept("rotor", settings.seeds,
                                   partial(rotor_row, settings.seeds, seed))
            result["witnesses"] = _witnesses(kept, settings, seed, device)
    path = out / f"anderson_classification_{tier}.json"
    resumable.write(path, json.dumps(result).encode())
    print(report(result))
    print(f"stored in {path}")


def train(name, tier, out=None, seed=0):
    """Make the states of one shipped classifier, train its networks and store them.

    Parameters
    ----------
    name : 'RECIPE-SIZE', one of the tier's, such as 'small-12'
    out : folder for states, checkpoints and weights; default ./train/NAME-TIER
    """
    known = {f"{recipe}-{size}": (recipe, size, count)
             for recipe, size, count in TIERS[tier].ensembles}
    if name not in known:
        raise ValueError(f"tier {tier} has no classifier {name!r}; there is {', '.join(known)}.")
    torch.set_num_threads(1)
    out = Path(out or f"train/{name}-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = resumable.gpu() if tier == "gpu" else "cpu"
    row = _ensemble(*known[name], TIERS[tier], seed, device, out)
    for number, network in enumerate(row["networks"]):
        last = network["log"][-1]
        print(f"network {number}: {100 * last['validation_accuracy']:.1f} % of held-out states")
    print(f"stored in {out / f'classifier_metal_{name}.safetensors'}")


def _states(size, count, number, windows, seed, device, out):
    """Densities and labels of the network `number`, made in chunks that are kept."""
    name = f"states-{size}-{number}" + ("" if windows == WIDE else "-near")

    def work(seeds):
        generator = torch.Generator(device=device).manual_seed(seeds[0] % 2**62)
        density, label, _ = labelled_states(AndersonModel(size), len(seeds), generator, *windows)
        half = (size**3 * density).half().flatten(1).cpu()
        return torch.cat([half, label[:, None].cpu().half()], 1).numpy()

    stream = 100 * size + number + (0 if windows == WIDE else 50)
    data = resumable.run_chunks(out, name, count, 200, work, _Size(size), seed, stream)
    data = torch.from_numpy(data.astype(np.float32)).to(device)
    return (data[:, :-1] / size**3).reshape(-1, size, size, size), data[:, -1].long()


def _ensemble(recipe, size, count, settings, seed, device, out):
    """Networks of one size, each from states of its own; stored as safetensors."""
    networks, rows, temperatures = [], [], []
    windows = NEAR if recipe == "near" else WIDE
    for number in range(settings.seeds):
        density, label = _states(size, count, number, windows, seed, device, out)
        found, logs = train_ensemble(
            density,
            label,
            [seed + number],
            "small" if recipe == "near" else recipe,
            about=f"box model, E = 0, {size}^3, W in {windows[0]} and {windows[1]}, {count} states",
            folder=out / f"checkpoints-{recipe}-{size}-{count}",
        )
        networks += found.networks
        temperatures.append(found.temperature)
        rows.append({"log": logs[0], "temperature": found.temperature})
    ensemble = Classifier(tuple(networks), float(np.mean(temperatures)), about=found.about)
    ensemble.save(out / f"classifier_metal_{recipe}-{size}.safetensors")
    return {"recipe": recipe, "size": size, "states": count, "networks": rows}


def _baselines(size, count, seed, device, out):
    """One number and a linear machine on the same states; accuracies far from and near W_c."""
    density, label = (part.cpu() for part in _states(size, count, 0, WIDE, seed, device, out))
    one = ParticipationThreshold.fit(density, label)
    machine = ComponentsMachine().fit(density, label)
    network = Classifier.from_bytes(
        (out / f"classifier_metal_small-{size}.safetensors").read_bytes()
    )
    row = {"size": size, "threshold": one.threshold, "width": one.width, "accuracy": {}}
    for number, (key, windows) in enumerate({"far": WIDE, "near": NEAR}.items()):
        generator = torch.Generator().manual_seed(900 + 10 * size + number)
        test, truth, _ = labelled_states(AndersonModel(size), 400, generator, *windows)
        networks = network.probabilities(test)[..., 1] > 0.5
        row["accuracy"][key] = {
            "participation": accuracy(one.metal_probability(test) > 0.5, truth),
            "components": accuracy(machine.is_metal(test), truth),
            "networks": [accuracy(said, truth) for said in networks],
        }
    return row


@dataclass(frozen=True)
class _Size:
    size: int


def _loaded(path, device):
    classifier = Classifier.from_bytes(path.read_bytes())
    for network in classifier.networks:
        network.to(device)
    return classifier


def _crossing(case, classifier, name, size, settings, seed):
    make, (low, high), energy, accepted = CASES[case]
    strengths = np.linspace(low, high, 15)
    found = crossing(
        make(size), classifier, strengths, settings.crossing_states,
        [seed, 7, list(CASES).index(case)], energy,
    )
    return {
        "classifier": name, "size": size, "case": case, "energy": energy, "accepted": accepted,
        "strengths": strengths.tolist(), "probability": np.round(found.probability, 4).tolist(),
        "centres": found.centres.tolist(), "mean": found.mean, "spread": found.spread,
        "sample_error": found.sample_error,
    }


def _maps(kept, classifier, settings, seed):
    rows = {}
    for case in MAPS:
        stamp = [case, settings.map_points, settings.map_states, settings.map_size]
        rows[case] = kept(f"map-{case}", stamp, partial(_map, case, classifier, settings, seed))
    return rows


def _map(case, classifier, settings, seed):
    (low, high), (bottom, top) = MAPS[case]
    strengths = np.linspace(low, high, settings.map_points[0])
    energies = np.linspace(bottom, top, settings.map_points[1])
    p = phase_map(
        CASES[case][0](settings.map_size), classifier, strengths, energies, settings.map_states,
        [seed, 11, list(MAPS).index(case)],
    )
    return {
        "strengths": strengths.tolist(), "energies": energies.tolist(),
        "probability": np.round(np.nan_to_num(p, nan=-1), 3).tolist(),
    }


def _witnesses(kept, settings, seed, device):
    """What no network has seen: level ratios, transfer matrices, dimensions, clusters."""
    rows = {"levels": {}, "transfer": {}}
    for number, (case, (model, window, energy, _)) in enumerate(CASES.items()):
        stamp = [case, settings.witness_sizes, settings.witness_samples]
        make = partial(
            level_row, model, np.linspace(*window, 9), energy, settings.witness_sizes,
            settings.witness_samples, [seed, 13, number], device,
        )
        rows["levels"][case] = kept(f"levels-{case}", stamp, make)
    windows = {"box": (15, 18), "gaussian": (5.4, 6.9), "cauchy": (3.6, 4.9)}
    for number, (case, window) in enumerate(windows.items()):
        bars = [(m, slices if case == "box" else slices // 4) for m, slices in settings.bars]
        make = partial(_transfer, case, window, bars, seed + number, device)
        row = kept(f"transfer-{case}", [case, bars], make)
        rows["transfer"][case] = row | {"fit": asdict(_fit(row))}
    critical = rows["transfer"]["box"]["fit"]["critical"]
    slope = slope_at(rows["levels"]["box"], critical)
    for row in rows["levels"].values():
        row |= {"slope": slope, "crossing": slope_crossing(row, *slope)}
    make = partial(fractal_row, (5, 10, 16.54, 20, 30), (6, 8, 12, 16), settings.witness_samples,
                   [seed, 17], device)
    rows["dimension"] = kept("dimension", settings.witness_samples, make)
    small, large, samples = settings.percolation
    for name, window in (("sites", (0.28, 0.35)), ("bonds", (0.22, 0.28))):
        rows[f"classical {name}"] = kept(
            f"classical-{name}", settings.percolation,
            lambda n=name, w=window: list(threshold(
                small, large, np.linspace(*w, 9), samples, seed, bonds=n == "bonds")),
        )
    return rows


def _transfer(case, window, bars, seed, device):
    strengths = np.linspace(*window, 7)
    widths = [width for width, _ in bars]
    found = [
        transfer_matrix_length(
            width,
            strengths,
            case,
            length=length // 4,
            bars=4,
            generator=torch.Generator(device=device).manual_seed(1000 * seed + width),
        )
        for width, length in bars
    ]
    reduced = np.array([f.reduced.tolist() for f in found])
    errors = np.array([f.error.tolist() for f in found])
    return {
        "widths": widths, "strengths": strengths.tolist(), "reduced": reduced.tolist(),
        "errors": errors.tolist(),
    }


def _fit(row):
    """Scaling of the bars; four bars give a rough error, so all strengths of a width share one."""
    reduced, errors = np.array(row["reduced"]), np.array(row["errors"])
    share = np.sqrt(((errors / reduced) ** 2).mean(1, keepdims=True))
    return finite_size_scaling(row["widths"], row["strengths"], reduced, share * reduced)


def ship(out):
    """List a finished laptop run among the shipped files: the results and the classifiers."""
    command = "qmlcourse reproduce anderson_classification --tier laptop"
    out = Path(out)
    shipped.register(NAME, out / f"{NAME}.json", command=command, tier="laptop",
                    what="crossings, phase maps, topology and witnesses of chapter 3")
    for path in sorted(out.glob("classifier_*.safetensors")):
        name = path.stem.replace("classifier_metal_", "classifier_metal-")
        shipped.register(name, path, command=command, tier="laptop",
                        what=f"weights of the networks {name}")


def report(result):
    """Accepted values beside ours, as text."""
    names = list(dict.fromkeys(row["classifier"] for row in result["crossings"]))
    rows = {(row["case"], row["classifier"]): row for row in result["crossings"]}
    lines = [
        f"Crossings of p = 1/2, mean and spread of {result['settings']['seeds']} networks, "
        f"tier {result['tier']} (name-size of the training)",
        f"{'model':18}" + "".join(f"{name:>17}" for name in names) + "  accepted",
    ]
    for case in CASES:
        own = [rows[case, name] for name in names]
        accepted = own[0]["accepted"]
        lines.append(
            f"{case:18}"
            + "".join(f"{row['mean']:9.3f} ± {row['spread']:5.3f}" for row in own)
            + ("" if accepted is None else f"  {accepted:8g}")
        )
    witnesses = result.get("witnesses", {})
    for case, row in witnesses.get("transfer", {}).items():
        fit = row["fit"]
        lines.append(
            f"transfer matrix, {case}: W_c {fit['critical']:.3f} +- {fit['critical_error']:.3f}, "
            f"exponent {fit['exponent']:.2f} +- {fit['exponent_error']:.2f}, "
            f"chi2 {fit['chi2']:.0f} of {fit['freedom']}"
        )
    levels = witnesses.get("levels", {})
    if levels:
        lines.append(
            f"shares of states fall as L^-{levels['box']['slope'][0]:.2f}, as at the transition of "
            "the box, in "
            + ", ".join(f"{case} {row['crossing'][0]:.3g} +- {row['crossing'][1]:.2g}"
                        for case, row in levels.items() if case != "box")
        )
    for row in result.get("baselines", []):
        lines.append(f"right on {row['size']}^3 states, " + "; ".join(
            f"{key}: P2 {found['participation']:.3f}, components {found['components']:.3f}, "
            f"networks {np.mean(found['networks']):.3f} +- {np.std(found['networks'], ddof=1):.3f}"
            for key, found in row["accuracy"].items()))
    for name in ("sites", "bonds"):
        value = witnesses.get(f"classical {name}")
        if value:
            lines.append(f"classical threshold, {name}: {value[0]:.4f} +- {value[1]:.4f}")
    if "rotor" in result:
        row = result["rotor"]
        lines.append(
            f"kicked rotor: LSTM {row['mean']:.2f} +- {row['spread']:.2f}, spread as t^(2/3) at "
            f"K = {row['critical'][0]:.2f} +- {row['critical'][1]:.2f}"
        )
    for case, row in result.get("topology", {}).items():
        lines.append(
            f"topology, {case}: " + ", ".join(f"{k} {v:.3f}" for k, v in row["agreement"].items())
        )
    return "\n".join(lines)
