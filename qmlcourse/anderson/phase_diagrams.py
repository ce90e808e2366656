"""What a trained classifier says where it never looked: crossings and phase maps, with spreads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..training import flat_seeds, seeded_generator
from .classifier import Classifier
from .eigenstates import eigenstates
from .lattice import RandomLattice
from .scaling import logistic_step

_BATCH = 256  # samples that are solved at a time
_REDRAWS = 40
_EMPTY = 0.15  # distance from the energy beyond which a point of a map lies outside of the band


@dataclass(frozen=True)
class Crossing:
    """Where the probability of a metal is one half.

    Attributes
    ----------
    strengths : numpy.ndarray
        Shape (strength,).
    probability : numpy.ndarray
        Averages over states, shape (network, strength).
    centres : numpy.ndarray
        One logistic fit a network, shape (network,).
    mean, spread : float
        Mean and standard deviation of the centres.
    sample_error : float
        Standard error from the finite number of states, by redrawing them.
    """

    strengths: np.ndarray
    probability: np.ndarray
    centres: np.ndarray
    mean: float
    spread: float
    sample_error: float


def crossing(
    model: RandomLattice,
    classifier: Classifier,
    strengths: ArrayLike,
    states: int,
    seed: int | Sequence[int],
    energy: float = 0.0,
    phase: str = "metal",
) -> Crossing:
    """Return where a classifier puts the transition of a model.

    Parameters
    ----------
    model
        Draws the samples.
    classifier
        Knows the phase.
    strengths
        Shape (strength,), around the transition.
    states
        Samples at each strength, one state each.
    seed
        An integer, or integers that make one seed together.
    energy
        In units of the hopping.
    phase
        One of the classifier's names.
    """
    strengths = np.asarray(strengths, float)
    said, _ = _said(model, classifier, np.tile(strengths, states), seed, energy, phase)
    said = said.reshape(len(said), states, len(strengths))
    centres = [logistic_step(strengths, p)[0] for p in said.mean(1)]
    rng = np.random.default_rng(flat_seeds(seed))
    redrawn = []
    for _ in range(_REDRAWS):
        chosen = rng.integers(states, size=states)
        try:
            redrawn.append(logistic_step(strengths, said[:, chosen].mean((0, 1)))[0])
        except RuntimeError:  # a redraw without a step says nothing
            continue
    return Crossing(
        strengths,
        said.mean(1),
        np.array(centres),
        float(np.mean(centres)),
        float(np.std(centres, ddof=1)) if len(centres) > 1 else 0.0,
        float(np.std(redrawn)),
    )


def phase_map(
    model: RandomLattice,
    classifier: Classifier,
    strengths: ArrayLike,
    energies: Sequence[float],
    states: int,
    seed: int | Sequence[int],
    phase: str = "metal",
) -> np.ndarray:
    """Return the probability of a phase over energy and strength.

    Parameters
    ----------
    model, classifier, phase
        As in :func:`crossing`.
    strengths, energies
        Shapes (strength,) and (energy,); energies in units of the hopping.
    states
        Samples at each point, one state each.
    seed
        An integer, or integers that make one seed together.

    Returns
    -------
    numpy.ndarray
        Shape (network, energy, strength). NaN where the nearest state is on average more than 0.15
        hoppings away from the energy: outside of the band.
    """
    strengths = np.asarray(strengths, float)
    rows = []
    for number, energy in enumerate(energies):
        said, away = _said(
            model, classifier, np.tile(strengths, states), [seed, number], float(energy), phase
        )
        p = said.reshape(len(said), states, len(strengths)).mean(1)
        empty = away.reshape(states, len(strengths)).mean(0) > _EMPTY
        rows.append(np.where(empty, np.nan, p))
    return np.stack(rows, 1)


def boundary(strengths: ArrayLike, probability: ArrayLike) -> np.ndarray:
    """Return where probabilities first pass one half, by a straight line between two strengths.

    Parameters
    ----------
    strengths
        Shape (strength,).
    probability
        Shape (..., strength).

    Returns
    -------
    numpy.ndarray
        Shape (...,), NaN where a row does not pass one half.
    """
    strengths, p = np.asarray(strengths, float), np.asarray(probability, float)
    flat = p.reshape(-1, p.shape[-1])
    out = np.full(len(flat), np.nan)
    for number, row in enumerate(flat):
        change = np.nonzero(np.diff(row >= 0.5))[0]
        if len(change):
            k = change[0]
            share = (0.5 - row[k]) / (row[k + 1] - row[k])
            out[number] = strengths[k] + share * (strengths[k + 1] - strengths[k])
    return out.reshape(p.shape[:-1])


def _said(
    model: RandomLattice,
    classifier: Classifier,
    strengths: np.ndarray,
    seed: int | Sequence[Any],
    energy: float,
    phase: str,
) -> tuple[np.ndarray, np.ndarray]:
    """(network, sample) probabilities of the phase, and how far the states lie from the energy."""
    device = next(classifier.networks[0].parameters()).device
    generator = seeded_generator(seed, device)
    column = classifier.names.index(phase)
    parts, away = [], []
    for start in range(0, len(strengths), _BATCH):
        hamiltonian = model.sample(strengths[start : start + _BATCH], generator)
        found = eigenstates(hamiltonian, energy)
        density = found.density[:, 0].float()
        away.append((found.energies[:, 0] - energy).abs().cpu())
        parts.append(classifier.probabilities(density)[..., column].cpu())
    return torch.cat(parts, 1).numpy(), torch.cat(away).numpy()
