"""From a guess to the exact set of removed sites: gradients, and a search among hard discs.

A network finds the right valley; the physics finds its bottom. Hard discs have no gradient, since
many centres remove the same sites: those near the guess are tried, set by set. Where none of them
fits, soft discs, hills with a smooth edge, slide down the gradient of the misfit through the exact
engine from many starts, and hard discs near their ends are tried.
"""

from dataclasses import dataclass

import numpy as np
import torch

HEIGHT = 12.0  # of a soft disc, hoppings
FIELDS = 16  # how many fields the search looks at; the result is held to all
MATCH = 2e-4  # root mean square misfit below which the sets of removed sites are the same, e^2/h


@dataclass(frozen=True)
class Polished:
    """antidots (K, 3), their misfit to the fingerprint in e^2/h, and the misfits on the way.

    softly : (start, K, 2), where the soft discs ended; history : (step, start), their misfits
    tried : number of hard arrangements that were computed
    """

    antidots: np.ndarray
    misfit: float
    softly: np.ndarray
    history: np.ndarray
    tried: int

    @property
    def exact(self):
        """Whether the fingerprint is met to within rounding: the removed sites are the true ones,
        or no fingerprint tells them from the true ones."""
        return self.misfit < MATCH


def polish(
    wire,
    energy,
    flux,
    fingerprint,
    guess,
    *,
    radius=3.0,
    starts=8,
    scatter=1.0,
    steps=24,
    seed=0,
    reach=1.5,
    rounds=12,
):
    """Antidots whose exact fingerprint is nearest to the given one, from a guess.

    Parameters
    ----------
    wire : AntidotWire; energy : in hoppings; flux : (field,) flux quanta a plaquette
    fingerprint : (field,) conductance in e^2/h
    guess : (K, 2) centres, or (start, K, 2) several; radius : of all antidots, lattice constants
    starts, scatter : number of soft starts, and their Gaussian scatter around the guess in sites
    steps : of Adam; seed : of the scatter
    reach : hard discs are tried so far around the present best; rounds : at most so often

    Raises ValueError for a guess outside the wire.
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


def _some(count):
    """Numbers of some FIELDS of `count` fields, evenly spread."""
    return np.arange(0, count, max(1, count // FIELDS))


def _starts(guess, count, scatter, top, seed):
    """(count, K, 2): the guesses, and as many around them as are needed."""
    first = np.resize(guess, (count, *guess.shape[1:]))
    noise = np.random.default_rng(seed).normal(scale=scatter, size=first.shape)
    noise[: len(guess)] = 0
    return np.clip(first + noise, 1, top - 1)


def soft_discs(places, radius, softness, wire):
    """Sites (start, r) and potential (start, r), differentiable, of hills with a smooth edge.

    places : (start, K, 2) tensor. The potential of a site is HEIGHT times a sigmoid of (radius -
    distance) / softness, summed over the discs.
    """
    x, y = (torch.arange(n, dtype=places.dtype) for n in (wire.length, wire.width))
    away = torch.hypot(
        x[:, None] - places[..., :1, None] + 1e-9, y - places[..., 1:, None]
    )  # (start, K, x, y)
    near = (away.detach() < radius + 5 * softness).any(1).flatten(1)
    near = near & ~torch.as_tensor(wire.notch).flatten()
    most = int(near.sum(1).max())
    sites = near.to(torch.int8).argsort(dim=1, descending=True, stable=True)[:, :most]
    there = near.gather(1, sites)
    hills = HEIGHT * torch.sigmoid((radius - away) / softness).sum(1).flatten(1)
    return sites, hills.gather(1, sites) * there


def _slide(wire, energy, flux, target, first, radius, steps):
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

    def __init__(self, wire, energy, flux, target, radius):
        self.wire, self.energy, self.radius = wire, energy, radius
        self.fields = _some(len(target))
        self.flux, self.target = np.asarray(flux)[self.fields], target[self.fields]
        self.known, self.tried = {}, 0

    def descend(self, places, reach, rounds):
        """(K, 2) centres and misfit where no move of one disc within reach helps."""
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

    def _around(self, places, number, reach, step):
        """(n, K, 2): arrangements with disc `number` at points within reach, `step` apart, and at
        half-integer points, where a disc may touch sites with its very edge."""
        line = np.arange(-reach, reach + step / 2, step)
        offset = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
        offset = offset[np.hypot(*offset.T) <= reach]
        points = places[number] + offset
        corners = np.round(2 * points[:: max(1, len(points) // 60)]) / 2  # discs that touch sites
        points = np.concatenate([points, np.unique(corners, axis=0)])
        top = np.array([self.wire.length - 1, self.wire.width - 1])
        points = points[((points >= 0) & (points <= top)).all(1)]
        out = np.repeat(places[None], len(points), 0)
        out[:, number] = points
        return out

    def _misfits(self, places):
        """(n,) root mean square misfits of arrangements (n, K, 2)."""
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
