"""How the branches are trained: first A and B, then C, then all three together.

The plain network is C and B alone, from the first step on fingerprints and pictures; it is given
at least as many passes over the data as the Y-net's three phases have together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import nn

from ..training import Fit
from .losses import Redrawing, Together
from .network import YNet, picture_loss, seeded_network
from .recipes import ReaderRecipe, recipe_of
from .wires import Samples

Recipe: TypeAlias = str | ReaderRecipe

# each phase draws its own batches: the number is added to ten times the seed
_REDRAW, _READ, _TUNE, _PLAIN = range(4)


def new_network(samples: Samples, recipe: Recipe, seed: int) -> YNet:
    """Return an untrained YNet whose branch C knows the mean and spread of fingerprints.

    Parameters
    ----------
    samples
        Training wires; the network is made for their pictures, on their device.
    recipe
        Name in RECIPES, or a ReaderRecipe.
    seed
        Of the first weights.
    """
    recipe = recipe_of(recipe)
    net = seeded_network(
        seed,
        latent=recipe.latent,
        fields=samples.trace.shape[1],
        hidden=recipe.hidden,
        shape=tuple(samples.picture.shape[2:]),
        reader=recipe.reader,
        channels=recipe.channels,
    ).to(samples.trace.device)
    net.trace.adjust(samples.trace)
    return net


def redrawing_fit(
    net: YNet, samples: Samples, recipe: Recipe = "one", seed: int = 0, **options: Any
) -> Fit:
    """Return the fit of A and B to the pictures.

    Parameters
    ----------
    net
        Learns in place.
    samples
        Training wires.
    recipe
        Name in RECIPES, or a ReaderRecipe.
    seed
        Of the batches, and of noise where the fit adds it.
    options
        Further arguments of :class:`~qmlcourse.training.Fit`.
    """
    recipe = recipe_of(recipe)
    return _fit(
        Redrawing(net, recipe.excess),
        (samples.picture,),
        lambda model, picture, noise: model(_drawn_channels(net, picture), noise),
        recipe.batch_size,
        10 * seed + _REDRAW,
        {"epochs": recipe.redraw, "rate": recipe.rate, "augment": _with_noise(net)} | options,
    )


def latent_points(net: YNet, samples: Samples, batch: int = 4096) -> torch.Tensor:
    """Return where branch A puts the pictures of wires, shape (sample, latent).

    Parameters
    ----------
    net
        A network, on the device of the wires.
    samples
        The wires.
    batch
        Pictures at a time.
    """
    with torch.no_grad():
        return torch.cat(
            [net.encode(_drawn_channels(net, part))[0] for part in samples.picture.split(batch)]
        )


def reading_fit(
    net: YNet, samples: Samples, recipe: Recipe = "one", seed: int = 0, **options: Any
) -> Fit:
    """Return the fit of C alone: from a fingerprint to the point that A gives to the picture.

    Each latent axis counts in units of its spread over the wires.

    Parameters
    ----------
    net, samples, recipe, seed, options
        As of :func:`redrawing_fit`.
    """
    recipe = recipe_of(recipe)
    target = latent_points(net, samples)
    scale = target.std(0).clamp_min(1e-3)

    def objective(model, trace, point):
        return ((model(trace) - point) / scale).square().mean()

    return _fit(
        net.trace,
        (samples.trace, target),
        objective,
        recipe.batch_size,
        10 * seed + _READ,
        {"epochs": recipe.read, "rate": recipe.rate / 2} | options,
    )


def tuning_fit(
    net: YNet, samples: Samples, recipe: Recipe = "one", seed: int = 0, **options: Any
) -> Fit:
    """Return the fit of all three branches together, from fingerprint to picture.

    Parameters
    ----------
    net, samples, recipe, seed, options
        As of :func:`redrawing_fit`.
    """
    recipe = recipe_of(recipe)
    return _fit(
        Together(net, recipe),
        (samples.trace, samples.picture),
        lambda model, trace, picture, noise: model(trace, _drawn_channels(net, picture), noise),
        recipe.batch_size,
        10 * seed + _TUNE,
        {"epochs": recipe.tune, "rate": recipe.rate / 2, "augment": _with_noise(net)} | options,
    )


def plain_fit(
    net: YNet, samples: Samples, recipe: Recipe = "one", seed: int = 0, **options: Any
) -> Fit:
    """Return the fit of C and B alone, from fingerprint to picture, without a latent target.

    Parameters
    ----------
    net, samples, recipe, seed, options
        As of :func:`redrawing_fit`.
    """
    recipe = recipe_of(recipe)
    return _fit(
        net,
        (samples.trace, samples.picture),
        lambda model, trace, picture: picture_loss(model(trace), _drawn_channels(net, picture)),
        recipe.batch_size,
        10 * seed + _PLAIN,
        {"epochs": recipe.passes, "rate": recipe.rate / 2} | options,
    )


def train_ynet(
    samples: Samples,
    recipe: Recipe = "one",
    seed: int = 0,
    *,
    folder: Path | None = None,
    stamp: str = "",
    quiet: bool = False,
    tell: str = "",
) -> tuple[YNet, dict[str, list[dict[str, float]]]]:
    """Train a Y-net, phase by phase, or finish a training.

    Parameters
    ----------
    samples
        Training wires.
    recipe
        Name in RECIPES, or a ReaderRecipe.
    seed
        First weights and all batches follow from it.
    folder
        Where checkpoints are written and looked for, or None.
    stamp
        Text that a checkpoint must have.
    quiet
        Whether to show no line of progress.
    tell
        What the line of progress begins with.

    Returns
    -------
    YNet, dict
        The network, and the history of each phase.
    """
    recipe = recipe_of(recipe)
    net, logs = new_network(samples, recipe, seed), {}
    phases = {"redrawing": redrawing_fit, "reading": reading_fit, "tuning": tuning_fit}
    if recipe.again:
        phases["again"] = partial(tuning_fit, epochs=recipe.again, rate=0.15 * recipe.rate)
    for name, phase in phases.items():
        fit = phase(
            net,
            samples,
            recipe,
            seed + 1000 * (name == "again"),
            checkpoint=None if folder is None else folder / f"{name}-{seed}.npz",
            stamp=f"{stamp} {replace(recipe, again=0)}",
        )
        logs[name] = fit.run(f"{tell} {name} {seed}".strip(), quiet)
        net.eval()
    return net, logs


def train_plain(
    samples: Samples,
    recipe: Recipe = "one",
    seed: int = 0,
    *,
    folder: Path | None = None,
    stamp: str = "",
    quiet: bool = False,
    tell: str = "",
) -> tuple[YNet, list[dict[str, float]]]:
    """Train the plain network of the same size, or finish a training.

    Parameters
    ----------
    samples, recipe, seed, folder, stamp, quiet, tell
        As of :func:`train_ynet`.

    Returns
    -------
    YNet, list of dict
        The network, and its history.
    """
    net = new_network(samples, recipe, seed)
    checkpoint = None if folder is None else folder / f"plain-{seed}.npz"
    fit = plain_fit(net, samples, recipe, seed, checkpoint=checkpoint, stamp=f"{stamp} {recipe}")
    history = fit.run(f"{tell} plain {seed}".strip(), quiet)
    return net.eval(), history


def _drawn_channels(net: YNet, picture: torch.Tensor) -> torch.Tensor:
    """The channels that the network draws, in its precision."""
    channels = net.settings["channels"]
    return picture[:, -channels:].to(net.trace.centre.dtype)


def _with_noise(net: YNet) -> Callable[..., tuple[torch.Tensor, ...]]:
    """An `augment` that adds the noise of latent points to a batch."""
    latent = net.settings["latent"]

    def augment(generator, *batch):
        noise = torch.randn(len(batch[0]), latent, generator=generator)
        return *batch, noise.to(batch[0].device)

    return augment


def _fit(
    model: nn.Module,
    data: tuple[torch.Tensor, ...],
    objective: Callable[..., Any],
    batch_size: int,
    seed: int,
    options: dict[str, Any],
) -> Fit:
    return Fit(model, data, objective, **{"batch_size": batch_size, "seed": seed} | options)
