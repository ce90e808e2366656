"""States with labels, and the fit of a classifier on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from numpy.typing import ArrayLike

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
from .lattice import RandomLattice, Seed, generator_of, uniform

METAL_WINDOW = (8.0, 14.0)
INSULATOR_WINDOW = (19.0, 27.0)


@dataclass(frozen=True)
class ClassifierRecipe:
    """How a network is trained.

    Attributes
    ----------
    layers : tuple
        Convolutions, as in :class:`DensityNetwork`.
    hidden : int
        Width of the full layer before the last, 0 for none.
    epochs, batch_size, rate
        Passes over the states, states a step, highest learning rate.
    """

    layers: tuple[tuple[int, int, int], ...] = SMALL
    hidden: int = 0
    epochs: int = 8
    batch_size: int = 64
    rate: float = 3e-3


RECIPES = {
    "small": ClassifierRecipe(),
    "paper": ClassifierRecipe(PAPER_STYLE, 64, epochs=8, batch_size=64, rate=2e-3),
}


def nearest_densities(
    model: RandomLattice, energy: float, strengths: ArrayLike, seed: Seed
) -> torch.Tensor:
    """Return |psi|^2 of the state nearest an energy, one state for each strength.

    Parameters
    ----------
    model, strengths, seed
        What draws the samples; strengths, shape (sample,), and the seed as in its `sample`.
    energy
        In units of the hopping.

    Returns
    -------
    torch.Tensor
        Shape (sample, *lattice), single precision, each with sum 1.
    """
    return eigenstates(model.sample(strengths, seed), energy).density[:, 0].float()


def labelled_strengths(
    count: int,
    seed: int | torch.Generator,
    one: tuple[float, float],
    zero: tuple[float, float],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return labels 1, 0, 1, ... and strengths, uniform in the window of each label.

    Parameters
    ----------
    count
        How many.
    seed
        An integer, or a generator on the device of the result.
    one, zero
        Lowest and highest strength of the labels 1 and 0.

    Returns
    -------
    label, strength
        Shape (count,) each.
    """
    generator = generator_of(seed)
    label = (torch.arange(count, device=generator.device) % 2 == 0).long()
    share = uniform(count, generator)
    low = torch.where(label == 1, one[0], zero[0])
    high = torch.where(label == 1, one[1], zero[1])
    return label, low + (high - low) * share


def labelled_states(
    model: RandomLattice,
    count: int,
    seed: int | torch.Generator,
    metal: tuple[float, float] = METAL_WINDOW,
    insulator: tuple[float, float] = INSULATOR_WINDOW,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return states at the band centre, half of them metals (label 1), half insulators (label 0).

    Parameters
    ----------
    model
        Draws the samples.
    count
        States in all, 2 or more.
    seed
        An integer, or a generator on the device of the result.
    metal, insulator
        Lowest and highest strength of each phase; strengths are uniform in these windows.

    Returns
    -------
    density, label, strength
        Shapes (count, *lattice), (count,), (count,).

    Raises
    ------
    ValueError
        For less than two states.
    """
    if count < 2:
        raise ValueError(f"count is {count}; take two states or more, one of each kind.")
    generator = generator_of(seed)
    label, strength = labelled_strengths(count, generator, metal, insulator)
    return nearest_densities(model, 0.0, strength, generator), label, strength


def classifier_fit(
    density: torch.Tensor,
    label: torch.Tensor,
    recipe: str | ClassifierRecipe = "small",
    seed: int = 0,
    augment: Callable[..., tuple[torch.Tensor, ...]] | None = lattice_symmetry,
    padding: str = "circular",
    **options: Any,
) -> Fit:
    """Return the fit of a fresh network on labelled densities, to be advanced or run.

    Parameters
    ----------
    density, label
        Shapes (sample, *lattice) and (sample,).
    recipe
        Name in `RECIPES`, or a recipe.
    seed
        The first weights, the order of the batches and their symmetries follow from it.
    augment
        Function of a generator, a batch of densities and labels, giving the batch that is learned.
    padding
        As in :class:`DensityNetwork`.
    options
        Further arguments of :class:`Fit`, such as `validation`, `checkpoint` or `epochs`.

    Raises
    ------
    ValueError
        For a recipe that there is not.
    """
    if isinstance(recipe, str):
        if recipe not in RECIPES:
            raise ValueError(f"recipe is {recipe!r}; take one of {', '.join(RECIPES)}.")
        recipe = RECIPES[recipe]
    classes = max(2, int(label.max()) + 1)
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


def trained_ensemble(
    density: torch.Tensor,
    label: torch.Tensor,
    seed: Sequence[int],
    recipe: str | ClassifierRecipe = "small",
    names: tuple[str, ...] = ("insulator", "metal"),
    augment: Callable[..., tuple[torch.Tensor, ...]] | None = lattice_symmetry,
    about: str | None = None,
    held_out: float = 0.1,
    folder: Path | None = None,
) -> tuple[Classifier, list[list[dict[str, float]]]]:
    """Return a classifier of one network for each seed, and the history of each network.

    Parameters
    ----------
    density, label
        Shapes (sample, *lattice) and (sample,); all networks see the same states.
    seed
        Integers, one a network.
    recipe, augment
        As in :func:`classifier_fit`.
    names
        What the classes are called.
    about
        How the states were made; stored with the weights.
    held_out
        Share of the states, the last ones, that no network sees; the temperature is fitted on it.
    folder
        Where checkpoints go; default none are written.
    """
    kept = int(len(density) * (1 - held_out))
    validation = (density[kept:], label[kept:])
    networks, histories = [], []
    for one in seed:
        fit = classifier_fit(
            density[:kept],
            label[:kept],
            recipe,
            one,
            augment,
            validation=validation,
            checkpoint=None if folder is None else folder / f"seed-{one}.npz",
            stamp=f"{about} {recipe}",
        )
        histories.append(fit.run(f"network {one}"))
        networks.append(_plain(fit.model))
    temperature = fitted_temperature(networks, *validation)
    return Classifier(tuple(networks), temperature, names, about), histories


def _plain(model: torch.nn.Module) -> torch.nn.Module:
    """The network inside Fabric's wrapper, on the CPU."""
    inner = getattr(model, "module", model)
    return inner.cpu().eval()
