"""Trains the readers, stores their weights, and scores them on wires that they never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...storage.atomic import write_bytes
from ...ynet.baselines import mean_picture
from ...ynet.experiment import rough_batch
from ...ynet.flow import Flow, flow_fit
from ...ynet.learning import latent_points, train_ynet, tuning_fit
from ...ynet.measures import calibration, centres, position_error
from ...ynet.network import YNet, with_chances
from ...ynet.reader import Reader, new_reader
from ...ynet.recipes import recipe_of
from ...ynet.wires import Samples, fingerprints, joined, wires
from ..runner import Run
from .scores import floors, scores
from .sizes import ENERGIES
from .wire_sets import WireSets

WITH_FLOW = ("one", "symmetric")  # readers that draw several answers


def readers_row(run: Run, sets: WireSets) -> dict[str, Any]:
    """Return the rows of all readers: one, two and three antidots, and the symmetric wire."""
    return {
        name: reader_row(run, sets, name) for name in ("one", "symmetric", "rough", "three", "two")
    }


def reader_row(run: Run, sets: WireSets, name: str) -> dict[str, Any]:
    """Return the scores of a reader, which is trained and stored where it is not there yet."""
    work = _rough_row if name == "rough" else partial(_clean_row, name=name)
    return run.row(f"reader-{name}", partial(work, run, sets))


def finished_reader(run: Run, sets: WireSets, name: str) -> Reader:
    """Return a reader as it is stored, trained where it is not there yet."""
    reader_row(run, sets, name)
    return Reader.from_bytes(weights_path(run, name).read_bytes())


def weights_path(run: Run, name: str) -> Path:
    """Return where the weights of a reader are stored."""
    return run.out / f"ynet_{name}.safetensors"


def _clean_row(run: Run, sets: WireSets, name: str) -> dict[str, Any]:
    """Train a reader of exact fingerprints."""
    training, validation, held = sets.split(name)
    stamp = f"{run.tier} {len(training)} {run.seed}"
    net, logs = train_ynet(
        training.to(run.device),
        name,
        run.seed,
        folder=run.out / f"fits-{name}",
        stamp=stamp,
        tell=f"ynet-{name}",
    )
    net = net.cpu()
    flow, flow_loss = None, []
    if name in WITH_FLOW:
        flow, flow_loss = _trained_flow(run, net, training, name, stamp)
    reader = _stored_reader(run, name, net, training, validation, flow)
    some = held.at(slice(run.sizes.scored))
    mean, drawn = mean_picture(training), reader.pictures(some.trace)
    with torch.no_grad():
        again = with_chances(reader.net.redraw(some.picture.float()))
    error = position_error(centres(drawn[:, 1], some.antidots.shape[1]), some.antidots)
    return {
        "training_wires": len(training),
        "scores": scores(drawn, some, mean),
        "ceiling": scores(again, some, mean),
        "floors": floors(training, some),
        "calibration": calibration(reader.doubt(some.trace), np.sqrt((error**2).mean(1))),
        "losses": {phase: [row["loss"] for row in log] for phase, log in logs.items()},
        "flow_loss": flow_loss,
    }


def _trained_flow(
    run: Run, net: YNet, training: Samples, name: str, stamp: str
) -> tuple[Flow, list[float]]:
    """Return the flow of a reader, and its loss after each epoch."""
    points = latent_points(net, training).to(run.device)
    fit = flow_fit(
        points,
        training.trace.to(run.device),
        run.seed,
        checkpoint=run.out / f"fits-{name}" / "flow.npz",
        stamp=stamp,
    )
    history = fit.run(f"flow {name}")
    return fit.model.module.cpu().eval(), [row["loss"] for row in history]


def _rough_row(run: Run, sets: WireSets) -> dict[str, Any]:
    """Train the reader of one antidot further, on noise, backgrounds and five energies."""
    net = finished_reader(run, sets, "one").net.to(run.device)
    training, validation, held = rough_wires(run)
    fit = tuning_fit(
        net,
        training.to(run.device),
        replace(recipe_of("one"), tune=16),
        run.seed,
        augment=rough_augment(net),
        checkpoint=run.out / "fits-rough" / "tuning.npz",
        stamp=f"{run.tier} rough",
    )
    history = fit.run("ynet-rough")
    made = _stored_reader(run, "rough", net.cpu(), training, validation)
    held = held.at(slice(run.sizes.scored))
    return {
        "training_wires": len(training),
        "scores": scores(made.pictures(held.trace), held, mean_picture(training)),
        "losses": {"tuning": [row["loss"] for row in history]},
    }


def rough_wires(run: Run) -> tuple[Samples, Samples, Samples]:
    """Return what the rough reader learns from, is calibrated on, and is scored on.

    Training and validation wires have five energies, the latter also noise and backgrounds. The
    held-out wires have the energy of the reader of exact fingerprints.
    """
    recipe = wires("one")
    parts = [
        fingerprints(
            run.sizes.rough // len(ENERGIES),
            np.random.default_rng([run.seed, 77, number]),
            recipe=replace(recipe, energy=recipe.energy + shift),
        ).split()
        for number, shift in enumerate(ENERGIES)
    ]
    training, validation = (joined([part[n] for part in parts]) for n in (0, 1))
    (trace,) = rough_batch(torch.Generator().manual_seed(run.seed), validation.trace)
    return training, replace(validation, trace=trace), parts[ENERGIES.index(0.0)][2]


def rough_augment(net: YNet) -> Callable[..., tuple[torch.Tensor, ...]]:
    """Return an `augment` of a tuning: noise, backgrounds, and the noise of latent points."""

    def augment(generator, trace, picture):
        noise = torch.randn(len(trace), net.settings["latent"], generator=generator)
        return *rough_batch(generator, trace, picture), noise.to(trace)

    return augment


def _stored_reader(
    run: Run,
    name: str,
    net: YNet,
    training: Samples,
    validation: Samples,
    flow: Flow | None = None,
) -> Reader:
    """Calibrate a reader and store it; return it as it comes out of the file."""
    command = f"qmlcourse train ynet-{name} --tier {run.tier} --seed {run.seed}"
    kind = "one" if name == "rough" else name
    data = new_reader(net, kind, training, validation, {"command": command}, flow).to_bytes()
    write_bytes(weights_path(run, name), data)
    return Reader.from_bytes(data)
