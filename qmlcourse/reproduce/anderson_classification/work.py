"""Puts chapter 3's result together; rows and chunks of states are stored as they are done."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...anderson.classifier import Classifier
from ...anderson.phase_diagrams import crossing, phase_map
from ...storage import shipped
from ...training import seeded_generator
from ..runner import Run
from .cases import CASES, MAPS
from .networks import baselines_row, ensemble_row, weights_path
from .rotor import rotor_row
from .sizes import STORED
from .topology import TOPOLOGY, topology_row
from .witnesses import witness_rows


def compute(run: Run) -> dict[str, Any]:
    """Return the result of chapter 3 (laptop: about two hours on one core)."""
    torch.set_num_threads(1)
    sizes = run.sizes
    result: dict[str, Any] = {**run.header(), "ensembles": [], "crossings": [], "baselines": []}
    for recipe, size, count in sizes.ensembles:
        name, stamp = f"{recipe}-{size}", [recipe, size, count, sizes.seeds]
        make = partial(ensemble_row, run, recipe, size, count)
        result["ensembles"].append(run.row(f"ensemble-{name}", make, stamp))
        if recipe == "small":
            make = partial(baselines_row, run, size, count)
            result["baselines"].append(run.row(f"baselines-{name}", make, stamp))
        classifier = _stored_classifier(run, name)
        for case in CASES:
            make = partial(crossing_row, case, classifier, name, size, run)
            row = run.row(f"crossing-{name}-{case}", make, [*stamp, case, sizes.crossing_states])
            result["crossings"].append(row)
        if (recipe, size) == ("small", sizes.map_size):
            result |= _rows_of_one_classifier(run, classifier)
    return result


def crossing_row(
    case: str, classifier: Classifier, name: str, size: int, run: Run
) -> dict[str, Any]:
    """Return where a classifier puts the transition of one case.

    Parameters
    ----------
    case
        Name in `CASES`.
    classifier, name
        The ensemble, and what it is called.
    size
        Edge of the cubes that it looks at.
    run
        Gives the states at each strength, and the seed.
    """
    about = CASES[case]
    strengths = np.linspace(*about.window, 15)
    seeds = [run.seed, 7, list(CASES).index(case)]
    found = crossing(
        about.model(size),
        classifier,
        about.energy,
        strengths,
        run.sizes.crossing_states,
        seeded_generator(seeds, run.device),
        redraw_seed=np.random.default_rng(seeds),
    )
    return {
        "classifier": name,
        "size": size,
        "case": case,
        "energy": about.energy,
        "accepted": about.accepted,
        "strengths": strengths.tolist(),
        "probability": np.round(found.probability, 4).tolist(),
        "centres": found.centres.tolist(),
        "mean": found.mean,
        "spread": found.spread,
        "sample_error": found.sample_error,
    }


def map_row(case: str, classifier: Classifier, run: Run) -> dict[str, Any]:
    """Return the probability of a metal over strength and energy, -1 outside of the band."""
    (low, high), (bottom, top) = MAPS[case]
    sizes = run.sizes
    strengths = np.linspace(low, high, sizes.map_points[0])
    energies = np.linspace(bottom, top, sizes.map_points[1])
    model, place = CASES[case].model(sizes.map_size), list(MAPS).index(case)
    rows = []
    for number, energy in enumerate(energies):
        generator = seeded_generator([run.seed, 11, place, number], run.device)
        rows.append(phase_map(model, classifier, [energy], strengths, sizes.map_states, generator))
    probability = np.concatenate(rows, 1)
    return {
        "strengths": strengths.tolist(),
        "energies": energies.tolist(),
        "probability": np.round(np.nan_to_num(probability, nan=-1), 3).tolist(),
    }


def ship(folder: Path) -> None:
    """List a finished laptop run among the shipped files: the result and the classifiers."""
    command = "qmlcourse reproduce anderson_classification --tier laptop"
    shipped.register(
        STORED,
        folder / f"{STORED}.json",
        command=command,
        tier="laptop",
        what="crossings, phase maps, topology and witnesses of chapter 3",
    )
    for path in sorted(folder.glob("classifier_*.safetensors")):
        name = path.stem.replace("classifier_metal_", "classifier_metal-")
        what = f"weights of the networks {name}"
        shipped.register(name, path, command=command, tier="laptop", what=what)


def _rows_of_one_classifier(run: Run, classifier: Classifier) -> dict[str, Any]:
    """Maps of one classifier, and the parts that need none."""
    sizes, maps, topology = run.sizes, {}, {}
    for case in MAPS:
        stamp = [case, sizes.map_points, sizes.map_states, sizes.map_size]
        maps[case] = run.row(f"map-{case}", partial(map_row, case, classifier, run), stamp)
    for case in TOPOLOGY:
        topology[case] = run.row(f"topology-{case}", partial(topology_row, case, run), sizes.seeds)
    rotor = run.row("rotor", partial(rotor_row, sizes.seeds, run.seed), sizes.seeds)
    return {"maps": maps, "topology": topology, "rotor": rotor, "witnesses": witness_rows(run)}


def _stored_classifier(run: Run, name: str) -> Classifier:
    classifier = Classifier.from_bytes(weights_path(run, name).read_bytes())
    for network in classifier.networks:
        network.to(run.device)
    return classifier
