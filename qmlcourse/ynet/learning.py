"""How the branches are trained: first A and B, then C, then all three together.

The plain network is C and B alone, from the first step on fingerprints and pictures; it is given
at least as many passes over the data as the Y-net's three phases have together.
"""

from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import nn

from ..training import Fit
from .network import picture_loss, seeded_network


@dataclass(frozen=True)
class Recipe:
    """Sizes of a Y-net and settings of its three fits.

    redraw, read, tune : epochs of A and B, of C, and of all together
    again : epochs of a second tuning, whose rate rises to a third of the first one's
    excess : weight of the latent prior; anchor : of the distance from C's point to A's; doubt : of
    the likelihood by which C learns how far it is off
    """

    latent: int = 16
    hidden: int = 512
    reader: int = 512
    channels: int = 2
    redraw: int = 15
    read: int = 12
    tune: int = 25
    batch_size: int = 256
    rate: float = 2e-3
    excess: float = 1e-4
    anchor: float = 1e-3
    doubt: float = 1e-3
    again: int = 0

    @property
    def passes(self):
        """Passes over the data of all phases together."""
        return self.redraw + self.read + self.tune + self.again


RECIPES = {
    "live": Recipe(latent=8, hidden=256, reader=256, redraw=10, read=10, tune=10, batch_size=64),
    "one": Recipe(),
    "two": Recipe(latent=32, hidden=640, reader=768, redraw=5, read=4, tune=18, again=8),
    "three": Recipe(latent=32, hidden=512, reader=512, redraw=3, read=2, tune=6),
    "symmetric": Recipe(hidden=384, reader=384, redraw=15, read=8, tune=12),
}


class Redrawing(nn.Module):
    """A and B on pictures (sample, channel, x, y): loss and its parts."""

    def __init__(self, net, excess=1e-4):
        super().__init__()
        self.net, self.excess = net, excess

    def forward(self, picture, noise):
        mean, spread = self.net.encode(picture)
        point = mean + torch.exp(0.5 * spread) * noise
        loss, parts = picture_loss(self.net.draw(point), picture)
        excess = 0.5 * (mean.square() + spread.exp() - 1 - spread).sum(1).mean()
        return loss + self.excess * excess, parts | {"excess": excess.detach()}


class Together(nn.Module):
    """C and B on fingerprints, with A and B on a quarter of the pictures: loss and its parts."""

    def __init__(self, net, recipe):
        super().__init__()
        self.redrawing = Redrawing(net, recipe.excess)
        self.net, self.anchor, self.doubt = net, recipe.anchor, recipe.doubt

    def forward(self, trace, picture, noise):
        point, spread = self.net.trace.both(trace)
        loss, parts = picture_loss(self.net.draw(point), picture)
        few = max(1, len(trace) // 4)
        again, _ = self.redrawing(picture[:few], noise[:few])
        with torch.no_grad():
            there = self.net.encode(picture[:few])[0]
        square = (point[:few] - there).square()
        apart, some = square.sum(1).mean(), spread[:few]
        unlikely = 0.5 * (some + square.detach() * torch.exp(-some)).sum(1).mean()
        loss = loss + 0.5 * again + self.anchor * apart + self.doubt * unlikely
        return loss, parts | {"apart": apart.detach()}


def new_network(samples, recipe, seed):
    """A YNet for these Samples whose C knows the mean and spread of their fingerprints."""
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


def redrawing(net, samples, recipe="one", seed=0, **options):
    """Fit of A and B on the pictures."""
    recipe = recipe_of(recipe)
    return _fit(
        Redrawing(net, recipe.excess),
        (samples.picture,),
        lambda model, picture, noise: model(_of_net(net, picture), noise),
        recipe,
        recipe.redraw,
        recipe.rate,
        [seed, 0],
        {"augment": _noisy(net)} | options,
    )


def latent_points(net, samples, batch=4096):
    """(sample, latent): where A puts the pictures."""
    with torch.no_grad():
        return torch.cat(
            [net.encode(_of_net(net, part))[0] for part in samples.picture.split(batch)]
        )


def reading(net, samples, recipe="one", seed=0, **options):
    """Fit of C alone: the point that A gives to the picture, from the fingerprint."""
    recipe = recipe_of(recipe)
    target = latent_points(net, samples)
    scale = target.std(0).clamp_min(1e-3)

    def objective(model, trace, point):
        return ((model(trace) - point) / scale).square().mean()

    return _fit(
        net.trace,
        (samples.trace, target),
        objective,
        recipe,
        recipe.read,
        recipe.rate / 2,
        [seed, 1],
        options,
    )


def tuning(net, samples, recipe="one", seed=0, **options):
    """Fit of all three branches together, from fingerprint to picture."""
    recipe = recipe_of(recipe)
    return _fit(
        Together(net, recipe),
        (samples.trace, samples.picture),
        lambda model, trace, picture, noise: model(trace, _of_net(net, picture), noise),
        recipe,
        recipe.tune,
        recipe.rate / 2,
        [seed, 2],
        {"augment": _noisy(net)} | options,
    )


def plain(net, samples, recipe="one", seed=0, **options):
    """Fit of C and B alone, from fingerprint to picture, without a latent target."""
    recipe = recipe_of(recipe)
    return _fit(
        net,
        (samples.trace, samples.picture),
        lambda model, trace, picture: picture_loss(model(trace), _of_net(net, picture)),
        recipe,
        recipe.passes,
        recipe.rate / 2,
        [seed, 3],
        options,
    )


def train_ynet(samples, recipe="one", seed=0, *, folder=None, stamp="", quiet=False, tell=""):
    """A trained YNet and its logs (dict phase -> list of rows); resumes what lies in `folder`."""
    recipe = recipe_of(recipe)
    net, logs = new_network(samples, recipe, seed), {}
    phases = {"redrawing": redrawing, "reading": reading, "tuning": tuning}
    if recipe.again:
        phases["again"] = partial(tuning, epochs=recipe.again, rate=0.15 * recipe.rate)
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


def train_plain(samples, recipe="one", seed=0, *, folder=None, stamp="", quiet=False, tell=""):
    """The plain network of the same size, and its log."""
    net = new_network(samples, recipe, seed)
    checkpoint = None if folder is None else folder / f"plain-{seed}.npz"
    fit = plain(net, samples, recipe, seed, checkpoint=checkpoint, stamp=f"{stamp} {recipe}")
    log = fit.run(f"{tell} plain {seed}".strip(), quiet)
    return net.eval(), log


def recipe_of(recipe):
    """The Recipe of a name in RECIPES, or the Recipe itself."""
    if isinstance(recipe, Recipe):
        return recipe
    if recipe not in RECIPES:
        raise ValueError(f"recipe is {recipe!r}; take one of {', '.join(RECIPES)}.")
    return RECIPES[recipe]


def _of_net(net, picture):
    """The channels that the network draws, in its precision."""
    channels = net.settings["channels"]
    return picture[:, -channels:].to(net.trace.centre.dtype)


def _noisy(net):
    """Adds to a batch the noise of its latent points, from the fit's own generator."""
    latent = net.settings["latent"]

    def augment(generator, *batch):
        noise = torch.randn(len(batch[0]), latent, generator=generator)
        return *batch, noise.to(batch[0].device)

    return augment


def _fit(model, data, objective, recipe, epochs, rate, seed, options):
    settings = {"epochs": epochs, "batch_size": recipe.batch_size, "rate": rate}
    return Fit(model, data, objective, seed=seed[0] * 10 + seed[1], **{**settings, **options})
