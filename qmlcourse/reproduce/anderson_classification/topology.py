"""Maps of topological phases and of planes, drawn by networks, beside invariants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ...anderson.classifier import SMALL, Classifier, shifts_and_mirrors
from ...anderson.eigenstates import eigenstates
from ...anderson.lattice import uniform
from ...anderson.learning import ClassifierRecipe, labelled_strengths, trained_ensemble
from ...anderson.measures import momentum_density
from ...anderson.models import AndersonModel, SymplecticPlane
from ...anderson.phase_diagrams import crossing
from ...anderson.topological import (
    ChernInsulator,
    LayeredChernInsulator,
    WilsonDirac,
    bott_index,
    layer_chern,
    strong_index,
)
from ...training import seeded_generator
from ..runner import Run
from .witnesses import level_row

Window = tuple[float, float]

_RECIPE = ClassifierRecipe(SMALL, epochs=10, batch_size=32, rate=3e-3)
_AGAIN = 4  # states at each point of a map
_PLANE_SIZE, _PLANE_STATES = 24, 1000
_PLANE_ENERGY = 1.0


@dataclass(frozen=True)
class TopologicalCase:
    """A model with topological phases, what is learned of it, and the map that is drawn.

    Attributes
    ----------
    model : callable
        Makes the model, open along its first axis, from a size and a parameter.
    size : int
        Sites along each edge.
    classes : dict
        Name of a phase to its windows (parameter, disorder) of the training.
    count : int
        States of each network.
    across, up : tuple of (float, float, int)
        Parameters and strengths of the map: first, last and how many.
    """

    model: Callable[[int, float], Any]
    size: int
    classes: dict[str, tuple[tuple[Window, Window], ...]]
    count: int
    across: tuple[float, float, int]
    up: tuple[float, float, int]


CASES = {
    "chern": TopologicalCase(
        lambda size, mass: ChernInsulator(size, mass, open_walls=True),
        20,
        {
            "ordinary": (((-3.6, -2.4), (0.5, 2)), ((-1.6, -0.4), (12, 16))),
            "chern": (((-1.6, -0.4), (0.5, 3)),),
        },
        600,
        (-3.5, -0.1, 14),
        (0.5, 11, 12),
    ),
    "weyl": TopologicalCase(
        lambda size, coupling: LayeredChernInsulator(size, -1.0, coupling, open_walls=True),
        8,
        {
            "layered chern": (((0.1, 0.8), (0.3, 1.2)),),
            "weyl or metal": (((1.3, 2.2), (0.3, 1.2)),),
        },
        400,
        (0.1, 2.1, 9),
        (0.3, 9, 8),
    ),
    "dirac": TopologicalCase(
        lambda size, mass: WilsonDirac(size, mass, open_walls=True),
        6,
        {
            "ordinary": (((-4.2, -3.3), (0.3, 1.2)),),
            "strong": (((-2.7, -1.3), (0.3, 1.2)),),
            "weak": (((-0.7, -0.1), (0.3, 1.2)),),
        },
        500,
        (-4.2, -0.1, 12),
        (0.3, 8, 6),
    ),
}
TOPOLOGY = (*CASES, "planes")


def topology_row(name: str, run: Run) -> dict[str, Any]:
    """Train networks on real and on momentum space; set their maps beside the invariant's.

    Parameters
    ----------
    name
        One of `TOPOLOGY`; ``"planes"`` compares planes with spin and without, see `planes_row`.
    run
        Gives the number of networks, the seed, the device and the folder of the weights.
    """
    if name == "planes":
        return planes_row(run)
    case = CASES[name]
    names = tuple(case.classes)
    axis, strengths = np.linspace(*case.across), np.linspace(*case.up)
    row: dict[str, Any] = {"classes": names, "size": case.size, "agreement": {}, "maps": {}}
    classifiers, accuracies = _trained(case, run)
    row |= accuracies
    row |= {"axis": axis.tolist(), "strengths": strengths.tolist()}
    said = _said(case, classifiers, axis, strengths, run)
    row["invariant"] = invariant_row(name, axis, strengths, run.seed)
    truth = np.array(row["invariant"]["phase"])
    for key, classifier in classifiers.items():
        classifier.save(run.out / f"classifier_{name}-{key}.safetensors")
        row["maps"][key] = np.round(said[key], 3).tolist()
        best = np.array(row["maps"][key]).argmax(-1)
        shares = [(b[truth >= 0] == truth[truth >= 0]).mean() for b in best]
        row["agreement"][key] = float(np.mean(shares))
        row["agreement"][f"{key} spread"] = float(np.std(shares, ddof=1))
    return row


def invariant_row(
    name: str, axis: np.ndarray, strengths: np.ndarray, seed: int
) -> dict[str, list[list[float]]]:
    """Return an invariant and the phase that it tells, (strength, axis).

    Parameters
    ----------
    name
        ``"chern"``: Bott index of periodic planes; ``"weyl"``: Chern number a layer of periodic
        cubes, layered Chern where it is above 0.9; ``"dirac"``: the clean index, at the weakest
        disorder alone.
    axis, strengths
        Parameters and strengths of the map.
    seed
        Of the disorder.

    Returns
    -------
    dict
        ``value``, -9 where none is, and ``phase``, the number of the class, -1 where none is told.
    """
    value = np.full((len(strengths), len(axis)), np.nan)
    for column, parameter in enumerate(axis):
        if name == "chern":
            planes = ChernInsulator(10, float(parameter)).sample(np.repeat(strengths, 3), seed)
            value[:, column] = bott_index(planes).reshape(-1, 3).mean(1).cpu().numpy()
        elif name == "weyl":
            model = LayeredChernInsulator(6, -1.0, float(parameter))
            cubes = model.sample(np.repeat(strengths, 3), seed)
            value[:, column] = layer_chern(cubes).reshape(-1, 3).mean(1).cpu().numpy()
        else:
            value[0, column] = float(strong_index(parameter))
    if name == "chern":
        phase = (value > 0.5).astype(int)
    elif name == "weyl":
        phase = np.where(value > 0.9, 0, 1)
    else:
        phase = np.full(value.shape, -1)
        phase[0] = np.where(np.abs(np.asarray(axis)) < 1, 2, np.where(value[0] > 0.5, 1, 0))
    return {"value": np.nan_to_num(value, nan=-9).round(3).tolist(), "phase": phase.tolist()}


def planes_row(run: Run) -> dict[str, Any]:
    """Compare planes with spin, which have a metal, with planes without: network and levels.

    The networks learn symplectic planes at E = 1 alone; level ratios are computed beside them.
    """
    size, seeds = _PLANE_SIZE, run.sizes.seeds
    networks = []
    for number in range(seeds):
        generator = _generator(5000 + 1000 * run.seed + number, run.device)
        label, strength = labelled_strengths(_PLANE_STATES, generator, (1.5, 4.5), (8.0, 12.0))
        hamiltonian = SymplecticPlane(size).sample(strength, generator)
        density = eigenstates(hamiltonian, _PLANE_ENERGY).density[:, 0]
        found, _ = trained_ensemble(density.float(), label, [run.seed + number], _RECIPE)
        networks += found.networks
    classifier = Classifier(tuple(networks))
    classifier.save(run.out / "classifier_planes.safetensors")
    row: dict[str, Any] = {"size": size, "agreement": {}, "curves": {}, "levels": {}}
    strengths = np.linspace(1.5, 12, 15)
    for key, model in {"symplectic": SymplecticPlane, "orthogonal": _plain_plane}.items():
        seeds = [run.seed, 23, len(key)]
        found = crossing(
            model(size),
            classifier,
            _PLANE_ENERGY,
            strengths,
            20,
            seeded_generator(seeds),
            redraw_seed=np.random.default_rng(seeds),
        )
        row["curves"][key] = {
            "strengths": strengths.tolist(),
            "probability": np.round(found.probability, 4).tolist(),
            "mean": found.mean,
            "spread": found.spread,
        }
        row["agreement"][f"crossing {key}"] = found.mean
        row["agreement"][f"spread {key}"] = found.spread
        row["levels"][key] = level_row(
            model,
            _PLANE_ENERGY,
            np.linspace(3, 10, 8),
            (12, 24),
            20,
            [run.seed, 29],
            run.device,
            pairs=key == "symplectic",
        )
    return row


def _plain_plane(size: int) -> AndersonModel:
    return AndersonModel(size, dimensions=2)


def _generator(seed: int, device: str) -> torch.Generator:
    return torch.Generator(device=device).manual_seed(seed)


def _images(
    model: Any, strengths: Any, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Densities of the state nearest E = 0 in space and in momentum, (sample, *lattice) each."""
    hamiltonian = model.sample(strengths, generator)
    found = eigenstates(hamiltonian, 0.0)
    return found.density[:, 0].float(), momentum_density(found.states, hamiltonian)[:, 0].float()


def _labelled(
    case: TopologicalCase, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images in space and momentum and labels; each sample has a parameter of its own."""
    space, momentum, labels = [], [], []
    for number in range(case.count):
        label = number % len(case.classes)
        windows = list(case.classes.values())[label]
        parameter, disorder = windows[number // len(case.classes) % len(windows)]
        share = uniform(2, generator).tolist()
        model = case.model(case.size, parameter[0] + (parameter[1] - parameter[0]) * share[0])
        strength = disorder[0] + (disorder[1] - disorder[0]) * share[1]
        density = _images(model, [strength], generator)
        space.append(density[0])
        momentum.append(density[1])
        labels.append(label)
    return torch.cat(space), torch.cat(momentum), torch.tensor(labels, device=space[0].device)


def _trained(case: TopologicalCase, run: Run) -> tuple[dict[str, Classifier], dict[str, float]]:
    """Classifiers of real and of momentum space, and the accuracies of their last networks."""
    networks: dict[str, list[Any]] = {"space": [], "momentum": []}
    accuracies = {}
    for number in range(run.sizes.seeds):
        data = _labelled(case, _generator(1000 * run.seed + number, run.device))
        for key, density in zip(networks, data[:2], strict=True):
            found, histories = trained_ensemble(
                density,
                data[2],
                [run.seed + number],
                _RECIPE,
                tuple(case.classes),
                augment=shifts_and_mirrors if key == "space" else None,
            )
            networks[key] += found.networks
            accuracies[f"accuracy {key}"] = histories[0][-1]["validation_accuracy"]
    names = tuple(case.classes)
    return {key: Classifier(tuple(nets), names=names) for key, nets in networks.items()}, accuracies


def _said(
    case: TopologicalCase,
    classifiers: dict[str, Classifier],
    axis: np.ndarray,
    strengths: np.ndarray,
    run: Run,
) -> dict[str, np.ndarray]:
    """Mean probabilities of each classifier over the map, (network, strength, axis, class)."""
    columns: dict[str, list[np.ndarray]] = {key: [] for key in classifiers}
    generator = _generator(7777 + run.seed, run.device)
    shape = (run.sizes.seeds, _AGAIN, len(strengths), len(case.classes))
    for value in axis:
        model = case.model(case.size, float(value))
        density = _images(model, np.tile(strengths, _AGAIN), generator)
        for (key, classifier), image in zip(classifiers.items(), density, strict=True):
            p = classifier.probabilities(image).cpu().numpy()
            columns[key].append(p.reshape(shape).mean(1))
    return {key: np.stack(parts, 2) for key, parts in columns.items()}
