"""States with labels, the networks that learn them, and the simpler machines beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...anderson.baselines import ComponentsMachine, ParticipationThreshold, accuracy
from ...anderson.classifier import Classifier
from ...anderson.learning import INSULATOR_WINDOW, METAL_WINDOW, labelled_states, trained_ensemble
from ...anderson.models import AndersonModel
from ..runner import Run

Windows = tuple[tuple[float, float], tuple[float, float]]  # strengths of metals and of insulators
WIDE: Windows = (METAL_WINDOW, INSULATOR_WINDOW)
NEAR: Windows = ((13.0, 16.0), (17.1, 20.1))
_CHUNK = 200  # states that are made and stored at a time


@dataclass(frozen=True)
class LatticeSize:
    """What the stored states follow from besides the seed: the edge of the cube."""

    size: int


def train(run: Run, name: str) -> Path:
    """Make the states of one shipped classifier, train its networks and return their file.

    Parameters
    ----------
    run
        Gives the sizes, the seed, the device and the folder.
    name
        ``"RECIPE-SIZE"``, one of the tier's, such as ``"small-12"``; any other is a ValueError.
    """
    known = {
        f"{recipe}-{size}": (recipe, size, count) for recipe, size, count in run.sizes.ensembles
    }
    if name not in known:
        raise ValueError(
            f"tier {run.tier} has no classifier {name!r}; there is {', '.join(known)}."
        )
    torch.set_num_threads(1)
    row = ensemble_row(run, *known[name])
    for number, network in enumerate(row["networks"]):
        last = network["log"][-1]
        print(f"network {number}: {100 * last['validation_accuracy']:.1f} % of held-out states")
    return weights_path(run, name)


def weights_path(run: Run, name: str) -> Path:
    """Return where a run keeps the classifier of the metal with a name such as ``"small-12"``."""
    return run.out / f"classifier_metal_{name}.safetensors"


def ensemble_row(run: Run, recipe: str, size: int, count: int) -> dict[str, Any]:
    """Train networks of one size, each on states of its own, and store them as safetensors.

    Parameters
    ----------
    run
        Gives the number of networks, the seed, the device and the folder.
    recipe
        ``"small"`` or ``"paper"``; ``"near"`` is small, on states near the transition.
    size, count
        Edge of the cube, and states of each network.

    Returns
    -------
    dict
        The recipe, the sizes, and the history and temperature of each network.
    """
    windows = NEAR if recipe == "near" else WIDE
    networks, rows = [], []
    for number in range(run.sizes.seeds):
        density, label = stored_states(run, size, count, number, windows)
        found, histories = trained_ensemble(
            density,
            label,
            [run.seed + number],
            "small" if recipe == "near" else recipe,
            about=f"box model, E = 0, {size}^3, W in {windows[0]} and {windows[1]}, {count} states",
            folder=run.out / f"checkpoints-{recipe}-{size}-{count}",
        )
        networks += found.networks
        rows.append({"log": histories[0], "temperature": found.temperature})
    temperature = float(np.mean([row["temperature"] for row in rows]))
    ensemble = Classifier(tuple(networks), temperature, about=found.about)
    ensemble.save(weights_path(run, f"{recipe}-{size}"))
    return {"recipe": recipe, "size": size, "states": count, "networks": rows}


def stored_states(
    run: Run, size: int, count: int, number: int, windows: Windows
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return densities (sample, x, y, z) and labels of one network; chunks are stored.

    Parameters
    ----------
    run
        Gives the seed, the device and the folder.
    size, count
        Edge of the cube, and how many states.
    number
        Of the network; each has states of its own.
    windows
        Strengths of the metals and of the insulators.
    """
    name = f"states-{size}-{number}" + ("" if windows == WIDE else "-near")
    stream = 100 * size + number + (0 if windows == WIDE else 50)
    work = partial(_flat_states, size=size, windows=windows, device=run.device)
    data = replace(run, sizes=LatticeSize(size)).chunks(name, count, _CHUNK, work, stream)
    data = torch.from_numpy(data.astype(np.float32)).to(run.device)
    return (data[:, :-1] / size**3).reshape(-1, size, size, size), data[:, -1].long()


def baselines_row(run: Run, size: int, count: int) -> dict[str, Any]:
    """Compare one number and a linear machine with the networks, on the same states.

    Returns
    -------
    dict
        The threshold, and each machine's accuracy far from the transition and near it.
    """
    density, label = (part.cpu() for part in stored_states(run, size, count, 0, WIDE))
    one = ParticipationThreshold.from_states(density, label)
    machine = ComponentsMachine.from_states(density, label)
    network = Classifier.from_bytes(weights_path(run, f"small-{size}").read_bytes())
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


def _flat_states(seeds: list[int], size: int, windows: Windows, device: str) -> np.ndarray:
    """Return N |psi|^2 and the label of each state in half precision, (sample, x y z + 1)."""
    generator = torch.Generator(device=device).manual_seed(seeds[0] % 2**62)
    density, label, _ = labelled_states(AndersonModel(size), len(seeds), generator, *windows)
    half = (size**3 * density).half().flatten(1).cpu()
    return torch.cat([half, label[:, None].cpu().half()], 1).numpy()
