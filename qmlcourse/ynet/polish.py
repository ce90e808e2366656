"""From a guess to the exact set of removed sites: gradients, and a search among hard discs.

A network finds the right valley; the physics finds its bottom. Hard discs have no gradient, since
many centres remove the same sites: those near the guess are tried, set by set. Where none of them
fits, soft discs, hills with a smooth edge, slide down the gradient of the misfit through the exact
engine from many starts, and hard discs near their ends are tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..transport import AntidotWire

HEIGHT = 12.0  # of a soft disc, hoppings
FIELDS = 16  # how many fields the search looks at; the result is held to all
MATCH = 2e-4  # root mean square misfit below which the sets of removed sites are the same, e^2/h


@dataclass(frozen=True)
class Polished:
    """Antidots that fit a fingerprint, and how they were found.

    Attributes
    ----------
    antidots : numpy.ndarray
        Shape (antidot, 3): x, y and radius in lattice constants.
    misfit : float
        Root mean square difference of their fingerprint from the given one, in e^2/h.
    softly : numpy.ndarray
        Shape (start, antidot, 2): where the soft discs ended; no starts where none were needed.
    history : numpy.ndarray
        Shape (step, start): misfits of the soft discs; the last row holds the least of each.
    tried : int
        Arrangements of hard discs that were computed.
    """

    antidots: np.ndarray
    misfit: float
    softly: np.ndarray
    history: np.ndarray
    tried: int

    @property
    def exact(self) -> bool:
        """Whether the fingerprint is met to within rounding.

        The removed sites are then the true ones, or no fingerprint tells them from the true ones.
        """
        return self.misfit < MATCH


def polish(
    wire: AntidotWire,
    energy: float,
    flux: ArrayLike,
    fingerprint: ArrayLike,
    guess: ArrayLike,
    *,
    radius: float = 3.0,
    starts: int = 8,
    scatter: float = 1.0,
    steps: int = 24,
    seed: int = 0,
    reach: float = 1.5,
    rounds: int = 12,
) -> Polished:
    """Return the antidots whose exact fingerprint is nearest to a given one, from a guess.

    Parameters
    ----------
    wire
        The wire without antidots.
    energy
        In hoppings.
    flux
        Shape (field,), in flux quanta a plaquette.
    fingerprint
        Shape (field,): conductance in e^2/h.
    guess
        Shape (antidot, 2): centres in lattice constants; or (start, antidot, 2), several guesses.
    radius
        Of all antidots, in lattice constants.
    starts, scatter
        Number of soft starts, and their Gaussian scatter around the guess in lattice constants.
    steps
        Of Adam, along the gradient.
    seed
        Of the scatter.
    reach
        Hard discs are tried so far around the present best, in lattice constants.
    rounds
        Rounds of trying, at most.

    Raises
    ------
    ValueError
        For a guess outside the wire.
    """
    target = np.asarray(fingerprint, np.float32)
    guess = np.asarray(guess, float)
    guess = guess[None] if guess.ndim == 2 else guess
    top = np.array([wire.length - 1.0, wire.width - 1.0])
    if not np.isfinite(guess).all() or (guess < 0).any() or (guess > top).any():
        raise ValueError(f"a guess lies outside the wire, 0 to {top[0]:g} and 0 to {top[1]:g}.")
    search = _Search(wire, energy, flux, target, radius)
    tries = [search.descend(start, reach, rounds) for start in guess]
    softly, history = guess[:0], np.zeros((0, 0))
    if min(misfit for _, misfit in tries) >= MATCH and starts:
        first = _starts(guess, starts, scatter, top, seed)
        fields = _some(len(target))
        softly, history = _slide(
            wire, energy, np.asarray(flux)[fields], target[fields], first, radius, steps
        )
        for start in softly[np.argsort(history[-1])[:3]]:
            tries.append(search.descend(start, reach, rounds))
            if tries[-1][1] < MATCH:
                break
    best, _ = min(tries, key=lambda one: one[1])
    antidots = np.concatenate([best, np.full((len(best), 1), radius)], 1)
    found = wire.conductance(energy, flux, antidots.astype(np.float32))
    misfit = float(np.sqrt(((found - target) ** 2).mean()))
    return Polished(antidots, misfit, softly, history, search.tried)


def _some(count: int) -> np.ndarray:
    """Numbers of some FIELDS of `count` fields, evenly spread."""
    return np.arange(0, count, max(1, count // FIELDS))


def _starts(
    guess: np.ndarray, count: int, scatter: float, top: np.ndarray, seed: int
) -> np.ndarray:
    """Starts (count, antidot, 2): the guesses, and as many around them as are needed."""
    first = np.resize(guess, (count, *guess.shape[1:]))
    noise = np.random.default_rng(seed).normal(scale=scatter, size=first.shape)
    noise[: len(guess)] = 0
    return np.clip(first + noise, 1, top - 1)


def soft_discs(
    places: torch.Tensor, radius: float, softness: float, wire: AntidotWire
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return sites and potential of hills with a smooth edge, differentiable in their places.

    Parameters
    ----------
    places
        Shape (start, antidot, 2), in lattice constants.
    radius, softness
        Of the hills, in lattice constants.
    wire
        Sites of its notch get no potential.

    Returns
    -------
    torch.Tensor, torch.Tensor
        Shapes (start, r): numbers x * width + y of sites, and their potential in hoppings.

    Notes
    -----
    The potential is HEIGHT times a sigmoid of (radius - distance) / softness, summed over discs.
    """
    x, y = (torch.arange(n, dtype=places.dtype) for n in (wire.length, wire.width))
    away = torch.hypot(
        x[:, None] - places[..., :1, None] + 1e-9, y - places[..., 1:, None]
    )  # (start, antidot, x, y)
    near = (away.detach() < radius + 5 * softness).any(1).flatten(1)
    near = near & ~torch.as_tensor(wire.notch).flatten()
    most = int(near.sum(1).max())
    sites = near.to(torch.int8).argsort(dim=1, descending=True, stable=True)[:, :most]
    there = near.gather(1, sites)
    hills = HEIGHT * torch.sigmoid((radius - away) / softness).sum(1).flatten(1)
    return sites, hills.gather(1, sites) * there


def _slide(
    wire: AntidotWire,
    energy: float,
    flux: np.ndarray,
    target: np.ndarray,
    first: np.ndarray,
    radius: float,
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Where soft discs end that follow the gradient, and their misfits (step, start)."""
    places = torch.tensor(first, dtype=torch.float32, requires_grad=True)
    goal, history = torch.as_tensor(target), []
    adam = torch.optim.Adam([places], lr=0.3)
    top = torch.tensor([wire.length - 2.0, wire.width - 2.0])
    best = torch.full((len(first),), torch.inf)
    kept = places.detach().clone()
    for step in range(steps + 1):
        share = step / max(steps, 1)
        for group in adam.param_groups:
            group["lr"] = 0.3 * (1 - share) + 0.03
        adam.zero_grad()
        sites, potential = soft_discs(places, radius, 0.5 - 0.25 * share, wire)
        misfit = (wire.soft_conductance(energy, flux, sites, potential) - goal).square().mean(1)
        history.append(misfit.detach().sqrt().numpy())
        with torch.no_grad():
            better = misfit < best
            best = torch.where(better, misfit, best)
            kept[better] = places[better]
        if step < steps:
            misfit.sum().backward()
            adam.step()
            with torch.no_grad():
                places.clamp_(torch.ones(2), top)
    history.append(best.sqrt().numpy())
    return kept.double().numpy(), np.array(history)


class _Search:
    """Hard discs near the present ones, each set of removed sites computed once."""

    def __init__(
        self,
        wire: AntidotWire,
        energy: float,
        flux: ArrayLike,
        target: np.ndarray,
        radius: float,
    ):
        self.wire, self.energy, self.radius = wire, energy, radius
        self.fields = _some(len(target))
        self.flux, self.target = np.asarray(flux)[self.fields], target[self.fields]
        self.known: dict[bytes, float] = {}
        self.tried = 0

    def descend(self, places: ArrayLike, reach: float, rounds: int) -> tuple[np.ndarray, float]:
        """Centres (antidot, 2) and misfit where no move of one disc within reach helps."""
        places = np.array(places)
        misfit = self._misfits(places[None])[0]
        for turn in range(rounds):
            before = misfit
            for number in range(len(places)):
                wide = turn % 2 == 0
                near = self._around(places, number, reach if wide else 0.4, 0.1 if wide else 0.04)
                if not len(near):
                    continue
                found = self._misfits(near)
                if found.min() < misfit:
                    places, misfit = near[found.argmin()], found.min()
                if misfit < MATCH:
                    return places, misfit
            if misfit >= before and not wide:
                break
        return places, misfit

    def _around(self, places: np.ndarray, number: int, reach: float, step: float) -> np.ndarray:
        """Arrangements (n, antidot, 2) with one disc at points within reach, `step` apart.

        Half-integer points are among them: there the edge of a disc may pass through sites.
        """
        line = np.arange(-reach, reach + step / 2, step)
        offset = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
        offset = offset[np.hypot(*offset.T) <= reach]
        points = places[number] + offset
        corners = np.round(2 * points[:: max(1, len(points) // 60)]) / 2
        points = np.concatenate([points, np.unique(corners, axis=0)])
        top = np.array([self.wire.length - 1, self.wire.width - 1])
        points = points[((points >= 0) & (points <= top)).all(1)]
        out = np.repeat(places[None], len(points), 0)
        out[:, number] = points
        return out

    def _misfits(self, places: np.ndarray) -> np.ndarray:
        """Root mean square misfits (n,) of arrangements (n, antidot, 2)."""
        size = np.full((*places.shape[:2], 1), self.radius)
        antidots = np.concatenate([places, size], -1).astype(np.float32)
        keys = [m.tobytes() for m in np.packbits(self.wire.mask(antidots), axis=(-1))]
        new = {key: n for n, key in enumerate(keys) if key not in self.known}
        if new:
            g = self.wire.conductance(self.energy, self.flux, antidots[list(new.values())])
            misfits = np.sqrt(((g - self.target) ** 2).mean(1))
            self.known.update(zip(new, misfits, strict=True))
            self.tried += len(new)
        return np.array([self.known[key] for key in keys])
