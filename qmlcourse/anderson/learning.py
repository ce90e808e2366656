"""States with labels, and the fit of a classifier on them."""

from dataclasses import dataclass

import torch

from ..training import Fit
from .classifier import (
    PAPER_STYLE,
    SMALL,
    Classifier,
    DensityNetwork,
    cross_entropy,
    fitted_temperature,
    lattice_symmetry,
)
from .eigenstates import eigenstates
from .models import draw, uniform

METAL_WINDOW = (8.0, 14.0)
INSULATOR_WINDOW = (19.0, 27.0)


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: its layers, and the settings of the fit."""

    layers: tuple = SMALL
    hidden: int = 0
    epochs: int = 8
    batch_size: int = 64
    rate: float = 3e-3


RECIPES = {
    "small": Recipe(),
    "paper": Recipe(PAPER_STYLE, 64, epochs=8, batch_size=64, rate=2e-3),
}


def states_of(model, strengths, generator, energy=0.0):
    """Densities (sample, *lattice), float32, of the state nearest the energy, one a strength."""
    return eigenstates(model.sample(strengths, generator), energy).density[:, 0].float()


def two_windows(count, generator, one, zero):
    """Labels 1, 0, 1, ... and strengths drawn uniformly from the window of each label.

    Parameters
    ----------
    one, zero : (low, high), windows of the labels 1 and 0

    Returns
    -------
    label (count,), strength (count,)
    """
    label = (torch.arange(count, device=generator.device) % 2 == 0).long()
    share = uniform(count, generator)
    low = torch.where(label == 1, one[0], zero[0])
    high = torch.where(label == 1, one[1], zero[1])
    return label, low + (high - low) * share


def labelled_states(model, count, generator, metal=METAL_WINDOW, insulator=INSULATOR_WINDOW):
    """Densities and labels, half metal (1) and half insulator (0), at the centre of the band.

    Strengths are drawn uniformly from the two windows.

    Returns
    -------
    density (count, *lattice), label (count,), strength (count,)
    """
    if count < 2:
        raise ValueError("take two states or more, one of each kind.")
    generator = draw(generator)
    label, strength = two_windows(count, generator, metal, insulator)
    return states_of(model, strength, generator), label, strength


def training(density, label, recipe="small", seed=0, augment=lattice_symmetry, **options):
    """A Fit of a fresh network on labelled densities, to be stepped or run.

    Parameters
    ----------
    recipe : name in RECIPES, or a Recipe
    options : further arguments of Fit, such as validation, checkpoint, epochs
    """
    if isinstance(recipe, str):
        if recipe not in RECIPES:
            raise ValueError(f"recipe is {recipe!r}; take one of {', '.join(RECIPES)}.")
        recipe = RECIPES[recipe]
    classes = max(2, int(label.max()) + 1)
    padding = options.pop("padding", "circular")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = DensityNetwork(
            recipe.layers, classes, recipe.hidden, density.dim() - 1, padding
        ).to(density.device)
    settings = {"epochs": recipe.epochs, "batch_size": recipe.batch_size, "rate": recipe.rate}
    return Fit(
        network,
        (density, label),
        cross_entropy,
        seed=seed,
        augment=augment,
        **{**settings, **options},
    )


def train_ensemble(
    density,
    label,
    seeds,
    recipe="small",
    names=("insulator", "metal"),
    augment=lattice_symmetry,
    about=None,
    held_out=0.1,
    folder=None,
):
    """A Classifier of one network a seed; a tenth of the states stays out for the temperature.

    Parameters
    ----------
    density, label : (sample, *lattice), (sample,); every network sees all but the last tenth
    seeds : list of int; folder : where checkpoints go, or None

    Returns
    -------
    Classifier, list of logs
    """
    kept = int(len(density) * (1 - held_out))
    validation = (density[kept:], label[kept:])
    networks, logs = [], []
    for seed in seeds:
        fit = training(
            density[:kept],
            label[:kept],
            recipe,
            seed,
            augment,
            validation=validation,
            checkpoint=None if folder is None else folder / f"seed-{seed}.npz",
            stamp=f"{about} {recipe}",
        )
        logs.append(fit.run(f"network {seed}"))
        networks.append(_plain(fit.model))
    temperature = fitted_temperature(networks, *validation)
    return Classifier(tuple(networks), temperature, names, about), logs


def _plain(model):
    """The network inside Fabric's wrapper, on the CPU."""
    inner = getattr(model, "module", model)
    return inner.cpu().eval()
