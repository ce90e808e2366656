"""What a trained classifier says where it never looked: crossings and phase maps, with spreads."""

from dataclasses import dataclass

import numpy as np
import torch

from ..training import flat_seeds, seeded_generator
from .eigenstates import eigenstates
from .scaling import logistic_step


@dataclass(frozen=True)
class Crossing:
    """Where the probability of a metal is one half.

    strengths : (strength,); probability : (network, strength), averages over states
    centres : (network,), one logistic fit a network; mean, spread : over the networks, the spread
    is their standard deviation; sample_error : standard error from the finite number of states,
    by redrawing them
    """

    strengths: np.ndarray
    probability: np.ndarray
    centres: np.ndarray
    mean: float
    spread: float
    sample_error: float


def crossing(model, classifier, strengths, states, seed, energy=0.0, phase="metal"):
    """Where a classifier puts the transition of a model.

    Parameters
    ----------
    model : with `sample(strengths, generator)`; strengths : (strength,), around the transition
    states : int, samples a strength, one state each; energy : float

    Returns
    -------
    Crossing
    """
    strengths = np.asarray(strengths, float)
    said, _ = _said(model, classifier, np.tile(strengths, states), seed, energy, phase)
    said = said.reshape(len(said), states, len(strengths))
    centres = [logistic_step(strengths, p)[0] for p in said.mean(1)]
    rng = np.random.default_rng(flat_seeds(seed))
    redrawn = []
    for _ in range(40):
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


def phase_map(model, classifier, strengths, energies, states, seed, phase="metal"):
    """Probability of a phase over strength and energy, (network, energy, strength) array.

    One batch of samples for each energy; `states` samples at each point, one state each. NaN where
    the nearest state is on average more than 0.15 away: outside of the band.
    """
    strengths = np.asarray(strengths, float)
    rows = []
    for number, energy in enumerate(energies):
        said, away = _said(
            model, classifier, np.tile(strengths, states), [seed, number], float(energy), phase
        )
        p = said.reshape(len(said), states, len(strengths)).mean(1)
        empty = away.reshape(states, len(strengths)).mean(0) > 0.15
        rows.append(np.where(empty, np.nan, p))
    return np.stack(rows, 1)


def boundary(strengths, probability):
    """Where each row (..., strength) of probabilities passes one half first, by a straight line.

    Returns
    -------
    (...,) array, NaN where it does not
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


def _said(model, classifier, strengths, seed, energy, phase):
    """(network, sample) probabilities of the phase, and how far the states lie from the energy."""
    device = next(classifier.networks[0].parameters()).device
    generator = seeded_generator(seed, device)
    column = classifier.names.index(phase)
    parts, away = [], []
    for start in range(0, len(strengths), 256):
        hamiltonian = model.sample(strengths[start : start + 256], generator)
        found = eigenstates(hamiltonian, energy)
        density = found.density[:, 0].float()
        away.append((found.energies[:, 0] - energy).abs().cpu())
        parts.append(classifier.probabilities(density)[..., column].cpu())
    return torch.cat(parts, 1).numpy(), torch.cat(away).numpy()
