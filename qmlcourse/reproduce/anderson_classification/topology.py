"""Maps of topological phases and of planes, drawn by networks, beside invariants."""

import numpy as np
import torch

from ...anderson.classifier import SMALL, Classifier, shifts_and_mirrors
from ...anderson.eigenstates import eigenstates
from ...anderson.learning import Recipe, train_ensemble, two_windows
from ...anderson.measures import momentum_density
from ...anderson.models import AndersonModel, SymplecticPlane, draw, uniform
from ...anderson.phase_diagrams import crossing
from ...anderson.topological import (
    ChernInsulator,
    LayeredChernInsulator,
    WilsonDirac,
    bott_index,
    layer_chern,
    strong_index,
)
from ...anderson.witnesses import level_row

_PLANE = Recipe(SMALL, epochs=10, batch_size=32, rate=3e-3)


def images(model, strengths, generator, energy=0.0):
    """Densities of the state nearest the energy in space and in momentum, float32."""
    hamiltonian = model.sample(strengths, generator)
    found = eigenstates(hamiltonian, energy)
    return found.density[:, 0].float(), momentum_density(found.states, hamiltonian)[:, 0].float()


def _chern(size, mass):
    return ChernInsulator(size, mass, open_walls=True)


def _weyl(size, coupling):
    return LayeredChernInsulator(size, -1.0, coupling, open_walls=True)


def _dirac(size, mass):
    return WilsonDirac(size, mass, open_walls=True)


# name: model of (size, parameter), size, classes with their (parameter, disorder) windows of the
# training, states of each network, axes of the map (parameter, W)
MAPS = {
    "chern": (_chern, 20, {"ordinary": (((-3.6, -2.4), (0.5, 2)), ((-1.6, -0.4), (12, 16))),
                           "chern": (((-1.6, -0.4), (0.5, 3)),)}, 600,
              ((-3.5, -0.1, 14), (0.5, 11, 12))),
    "weyl": (_weyl, 8, {"layered chern": (((0.1, 0.8), (0.3, 1.2)),),
                        "weyl or metal": (((1.3, 2.2), (0.3, 1.2)),)}, 400,
             ((0.1, 2.1, 9), (0.3, 9, 8))),
    "dirac": (_dirac, 6, {"ordinary": (((-4.2, -3.3), (0.3, 1.2)),),
                          "strong": (((-2.7, -1.3), (0.3, 1.2)),),
                          "weak": (((-0.7, -0.1), (0.3, 1.2)),)}, 500,
              ((-4.2, -0.1, 12), (0.3, 8, 6))),
    "planes": (None, 24, None, 1000, None),
}


def topology_row(case, seeds, seed, device, out):
    """Networks on real space and on momentum space, their map and the invariant's."""
    if case == "planes":
        return _planes(seeds, seed, device, out)
    make, size, classes, count, (across, up) = MAPS[case]
    names = tuple(classes)
    row = {"classes": names, "size": size, "agreement": {}, "maps": {}}
    ensembles = {"space": [], "momentum": []}
    for number in range(seeds):
        generator = draw(torch.Generator(device=device).manual_seed(1000 * seed + number))
        data = _labelled(make, size, classes, count, generator)
        for key, density in zip(ensembles, data[:2], strict=True):
            found, logs = train_ensemble(
                density,
                data[2],
                [seed + number],
                _PLANE,
                names,
                augment=shifts_and_mirrors if key == "space" else None,
            )
            ensembles[key] += found.networks
            row[f"accuracy {key}"] = logs[0][-1]["validation_accuracy"]
    axis, strengths = np.linspace(*across), np.linspace(*up)
    row |= {"axis": axis.tolist(), "strengths": strengths.tolist()}
    said = {key: [] for key in ensembles}
    generator = draw(torch.Generator(device=device).manual_seed(7777 + seed))
    for value in axis:
        density = images(make(size, float(value)), np.tile(strengths, 4), generator)
        for key, image in zip(ensembles, density, strict=True):
            classifier = Classifier(tuple(ensembles[key]), names=names)
            p = classifier.probabilities(image).cpu().numpy()
            said[key].append(p.reshape(seeds, 4, len(strengths), -1).mean(1))
    for key in ensembles:
        # (network, strength, axis, class)
        p = np.stack(said[key], 2)
        row["maps"][key] = np.round(p, 3).tolist()
        Classifier(tuple(ensembles[key]), names=names).save(
            out / f"classifier_{case}-{key}.safetensors"
        )
    row["invariant"] = _invariant(case, axis, strengths, seed)
    truth = np.array(row["invariant"]["phase"])
    for key in ensembles:
        best = np.array(row["maps"][key]).argmax(-1)
        known = truth >= 0
        shares = [(b[known] == truth[known]).mean() for b in best]
        row["agreement"][key] = float(np.mean(shares))
        row["agreement"][f"{key} spread"] = float(np.std(shares, ddof=1))
    return row


def _labelled(make, size, classes, count, generator):
    """Images in space and momentum and labels; each sample has a parameter of its own."""
    space, momentum, labels = [], [], []
    for number in range(count):
        label = number % len(classes)
        windows = list(classes.values())[label]
        parameter, disorder = windows[number // len(classes) % len(windows)]
        share = uniform(2, generator).tolist()
        model = make(size, parameter[0] + (parameter[1] - parameter[0]) * share[0])
        strength = disorder[0] + (disorder[1] - disorder[0]) * share[1]
        density = images(model, [strength], generator)
        space.append(density[0])
        momentum.append(density[1])
        labels.append(label)
    return torch.cat(space), torch.cat(momentum), torch.tensor(labels, device=space[0].device)


def _invariant(case, axis, strengths, seed):
    """The phase of each point of the map (strength, axis) from invariants; -1 where none is.

    chern: Bott index of periodic planes; weyl: Chern number per layer of periodic cubes, layered
    chern where it is above 0.9; dirac: the clean index at the weakest disorder alone.
    """
    value = np.full((len(strengths), len(axis)), np.nan)
    for column, parameter in enumerate(axis):
        if case == "chern":
            h = ChernInsulator(10, float(parameter)).sample(np.repeat(strengths, 3), seed)
            value[:, column] = bott_index(h).reshape(-1, 3).mean(1).cpu().numpy()
        elif case == "weyl":
            model = LayeredChernInsulator(6, -1.0, float(parameter))
            h = model.sample(np.repeat(strengths, 3), seed)
            value[:, column] = layer_chern(h).reshape(-1, 3).mean(1).cpu().numpy()
        else:
            value[0, column] = float(strong_index(parameter))
    if case == "chern":
        phase = (value > 0.5).astype(int)
    elif case == "weyl":
        phase = np.where(value > 0.9, 0, 1)
    else:
        weak = np.abs(np.asarray(axis)) < 1
        phase = np.full(value.shape, -1)
        phase[0] = np.where(weak, 2, np.where(value[0] > 0.5, 1, 0))
    return {"value": np.nan_to_num(value, nan=-9).round(3).tolist(), "phase": phase.tolist()}


def _planes(seeds, seed, device, out):
    """Symplectic planes have a metal, orthogonal planes none: the network and the level ratios."""
    size, count = MAPS["planes"][1], MAPS["planes"][3]
    networks = []
    for number in range(seeds):
        generator = draw(torch.Generator(device=device).manual_seed(5000 + 1000 * seed + number))
        label, strength = two_windows(count, generator, (1.5, 4.5), (8.0, 12.0))
        density = eigenstates(SymplecticPlane(size).sample(strength, generator), 1.0).density[:, 0]
        found, _ = train_ensemble(density.float(), label, [seed + number], _PLANE)
        networks += found.networks
    classifier = Classifier(tuple(networks))
    classifier.save(out / "classifier_planes.safetensors")
    row = {"size": size, "agreement": {}, "curves": {}}
    strengths = np.linspace(1.5, 12, 15)
    cases = {
        "symplectic": (SymplecticPlane(size), 1.0),
        "orthogonal": (AndersonModel(size, dimensions=2), 1.0),
    }
    for key, (model, energy) in cases.items():
        found = crossing(model, classifier, strengths, 20, [seed, 23, len(key)], energy)
        row["curves"][key] = {
            "strengths": strengths.tolist(),
            "probability": np.round(found.probability, 4).tolist(),
            "mean": found.mean, "spread": found.spread,
        }
        row["agreement"][f"crossing {key}"] = found.mean
        row["agreement"][f"spread {key}"] = found.spread
    makes = {
        "symplectic": (lambda n: SymplecticPlane(n), True),
        "orthogonal": (lambda n: AndersonModel(n, dimensions=2), False),
    }
    row["levels"] = {
        key: level_row(make, np.linspace(3, 10, 8), 1.0, (12, 24), 20, [seed, 29], device, pairs)
        for key, (make, pairs) in makes.items()
    }
    return row
