"""What a trained classifier says where it never looked: crossings and phase maps, with spreads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from .classifier import Classifier
from .eigenstates import eigenstates
from .lattice import RandomLattice, Seed, batches, part_seed
from .scaling import logistic_step

_BATCH = 256  # any value: samples that are solved at a time
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
    energy: float,
    strengths: ArrayLike,
    states: int,
    seed: Seed,
    phase: str = "metal",
    redraw_seed: int | np.random.Generator | None = None,
) -> Crossing:
    """Return where a classifier puts the transition of a model.

    Parameters
    ----------
    model
        Draws the samples.
    classifier
        Knows the phase.
    energy
        In units of the hopping.
    strengths
        Shape (strength,), around the transition.
    states
        Samples at each strength, one state each.
    seed
        An integer or a generator; or integers, one a sample, each of which draws the same pattern
        of disorder at all strengths.
    phase
        One of the classifier's names.
    redraw_seed
        Of the redraws that give the sample error; default `seed` where it is an integer, else 0.

    Raises
    ------
    ValueError
        For a phase that the classifier does not know, or where states and seeds differ in number.
    """
    strengths = np.asarray(strengths, float)
    said, _ = _said(model, classifier, energy, strengths, states, seed, phase)
    centres = [logistic_step(strengths, p)[0] for p in said.mean(1)]
    if redraw_seed is None:
        redraw_seed = seed if isinstance(seed, int) else 0
    rng = np.random.default_rng(redraw_seed)
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
    energies: Sequence[float],
    strengths: ArrayLike,
    states: int,
    seed: Seed,
    phase: str = "metal",
) -> np.ndarray:
    """Return the probability of a phase over energy and strength.

    Parameters
    ----------
    model, classifier, phase
        As in :func:`crossing`.
    energies, strengths
        Shapes (energy,) and (strength,); energies in units of the hopping.
    states
        Samples at each point, one state each.
    seed
        An integer, from which each energy has a generator of its own; a generator, which goes on
        from energy to energy; or integers, one a sample, as in :func:`crossing`.

    Returns
    -------
    numpy.ndarray
        Shape (network, energy, strength). NaN where the nearest state is on average more than 0.15
        hoppings away from the energy: outside of the band.

    Raises
    ------
    ValueError
        As in :func:`crossing`.
    """
    strengths = np.asarray(strengths, float)
    rows = []
    for number, energy in enumerate(energies):
        own = part_seed(seed, number, _device(classifier))
        said, away = _said(model, classifier, float(energy), strengths, states, own, phase)
        rows.append(np.where(away.mean(0) > _EMPTY, np.nan, said.mean(1)))
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
    energy: float,
    strengths: np.ndarray,
    states: int,
    seed: Seed,
    phase: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the phase, (network, sample, strength), and distances from the energy."""
    if phase not in classifier.names:
        raise ValueError(f"phase is {phase!r}; take one of {', '.join(classifier.names)}.")
    column = classifier.names.index(phase)
    parts, away = [], []
    for hamiltonian in batches(model, strengths, states, seed, _device(classifier), _BATCH):
        found = eigenstates(hamiltonian, energy)
        density = found.density[:, 0].float()
        away.append((found.energies[:, 0] - energy).abs().cpu())
        parts.append(classifier.probabilities(density)[..., column].cpu())
    shape = (states, len(strengths))
    return torch.cat(parts, 1).unflatten(1, shape).numpy(), torch.cat(away).reshape(shape).numpy()


def _device(classifier: Classifier) -> torch.device:
    return next(classifier.networks[0].parameters()).device
