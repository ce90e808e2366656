"""What a laboratory adds: noise, backgrounds, temperature, another energy, another wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ...ynet.baselines import mean_picture
from ...ynet.experiment import (
    noisy_traces,
    temperature_in_hoppings,
    traces_with_background,
    warm_traces,
)
from ...ynet.reader import Reader
from ...ynet.wires import Samples, fingerprints, samples_of
from ..runner import Run
from .readers import finished_reader
from .scores import scores
from .wire_sets import WireSets

_NOISE = (0.01, 0.03, 0.1)  # e^2/h
_BACKGROUND = (0.1, 0.4)  # e^2/h
_TEMPERATURE = (1e-4, 0.002, 0.005, 0.01)  # kT in hoppings
_SHIFT = (0.005, 0.015, 0.05)  # of the energy, in hoppings


def laboratory_row(run: Run, sets: WireSets) -> dict[str, Any]:
    """Return skill and place of the clean and the rough reader under what a laboratory adds."""
    readers = {
        "clean": finished_reader(run, sets, "one"),
        "rough": finished_reader(run, sets, "rough"),
    }
    training, _, held = sets.split("one")
    held, mean = held.at(slice(run.sizes.scored)), mean_picture(training)
    rows = []
    for what, level, wires in _conditions(held, run.seed):
        for name, reader in readers.items():
            found = scores(reader.pictures(wires.trace), wires, mean)
            kept = {key: found[key] for key in ("skill", "position")}
            rows.append(_row(what, level, name, reader, wires.trace) | kept)
    for kind in ("two", "symmetric"):
        rng = np.random.default_rng([run.seed, 5])
        trace = fingerprints(run.sizes.scored // 4, rng, kind).trace
        rows += [_row(f"wires '{kind}'", 0.0, name, r, trace) for name, r in readers.items()]
    return {"rows": rows, "thirty_millikelvin": temperature_in_hoppings(0.03, 5.0)}


def _conditions(held: Samples, seed: int) -> list[tuple[str, float, Samples]]:
    """Return (what is added, how much of it, the wires with it)."""
    generator = torch.Generator().manual_seed(seed)
    recipe, clean = held.recipe, held.trace
    found = [("nothing", 0.0, held)]
    for level in _NOISE:
        found.append(("noise", level, replace(held, trace=noisy_traces(clean, level, generator))))
    for level in _BACKGROUND:
        rough = traces_with_background(clean, level, generator)
        found.append(("background", level, replace(held, trace=rough)))
    for level in _TEMPERATURE:
        warm = warm_traces(recipe, held.antidots, level)
        found.append(("temperature", level, replace(held, trace=warm)))
    for shift in _SHIFT:
        moved = replace(recipe, energy=recipe.energy + shift)
        given = held.antidots.astype(np.float32)
        trace = moved.wire.conductance(moved.energy, moved.flux, given)
        found.append(
            ("energy", shift, samples_of(moved, trace, moved.density(given), held.antidots))
        )
    return found


def _row(what: str, level: float, name: str, reader: Reader, trace: torch.Tensor) -> dict[str, Any]:
    """A row with the share of fingerprints that the reader warns of."""
    with torch.no_grad():
        point = reader.net.trace(trace)
    warned = float(np.mean(np.array(reader.distance(trace, point)) > 1))
    return {"what": what, "level": level, "reader": name, "warned": warned}
