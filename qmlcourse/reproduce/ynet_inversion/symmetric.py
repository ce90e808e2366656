"""The symmetric wire: four mirror images have one fingerprint, and a reader must choose."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ...training import seeded_generator
from ...ynet.baselines import mean_picture
from ...ynet.measures import centres, position_error, skill
from ...ynet.reader import Reader
from ...ynet.wires import Samples, mirror_images, samples_of
from ..runner import Run
from .readers import finished_reader
from .wire_sets import WireSets

_DRAWN, _WIRES = 32, 100  # pictures drawn by the flow for each of so many wires


def symmetric_row(run: Run, sets: WireSets) -> dict[str, Any]:
    """Return what the network says, what the best symmetric guess would, and the flow's shares."""
    reader = finished_reader(run, sets, "symmetric")
    training, _, held = sets.split("symmetric")
    held = held.at(slice(run.sizes.scored))
    mean, true = mean_picture(training), held.picture.float()
    drawn, best = reader.pictures(held.trace), mean_of_twins(held)
    centre = centres(drawn[:, 1], 1).numpy()
    twins = np.stack([mirror_images(antidots)[:, 0, :2] for antidots in held.antidots])
    return {
        "network": skill(drawn[:, 0], true[:, 0], mean),
        "best_symmetric": skill(best[:, 0], true[:, 0], mean),
        "network_to_symmetric": skill(drawn[:, 0], best[:, 0], mean),
        "position": float(np.median(position_error(centre, held.antidots))),
        "position_to_nearest_twin": float(
            np.median(np.linalg.norm(twins - centre, axis=-1).min(1))
        ),
        "twin_fingerprints": _difference_of_twins(held),
        **_flow_shares(reader, held.at(slice(_WIRES)), run.seed),
    }


def mean_of_twins(held: Samples) -> torch.Tensor:
    """Return the mean picture of each wire and its mirror images, shape (sample, 2, x, y).

    It is computed from the wires themselves. No reader of g(B) alone has a smaller mean square
    error, since g(B) is the same for all four.
    """
    twins = np.stack([mirror_images(antidots) for antidots in held.antidots], 1)
    found = [
        samples_of(held.recipe, held.trace, held.recipe.density(t.astype(np.float32)), t)
        for t in twins
    ]
    return torch.stack([f.picture.float() for f in found]).mean(0)


def _difference_of_twins(held: Samples) -> float:
    """Largest difference of g between the first wire and its mirror images, in e^2/h."""
    recipe = held.recipe
    images = mirror_images(held.antidots[0])
    conductance = recipe.wire.conductance(recipe.energy, recipe.flux, images)
    return float(np.abs(conductance - held.trace[0].numpy()).max())


def _flow_shares(reader: Reader, some: Samples, seed: int) -> dict[str, Any]:
    """How the pictures that the flow draws are shared among the mirror images of a wire."""
    shares, errors = [], []
    for number in range(len(some)):
        generator = seeded_generator([seed, number])
        pictures = reader.candidates(some.trace[number], _DRAWN, generator)
        places = centres(pictures[:, 1], 1)[:, 0].numpy()
        around = mirror_images(some.antidots[number])[:, 0, :2]
        away = np.linalg.norm(places[:, None] - around, axis=-1)
        shares.append(np.bincount(away.argmin(1), minlength=4) / len(away))
        errors.append(away.min(1))
    return {
        "flow_shares": np.mean(shares, 0).tolist(),
        "flow_covers": float((np.array(shares) > 0.05).all(1).mean()),
        "flow_error": float(np.median(np.concatenate(errors))),
    }
