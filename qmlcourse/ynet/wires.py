"""Wires with their fingerprints and the pictures behind them: what the networks learn from.

After S. Daimon et al., Nature Communications 13, 3160 (2022); sizes and fields are our own.
"""

import zlib
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..storage.dataset import Variable
from ..transport.arrays import to_numpy
from ..transport.wires.fingerprints import Fingerprints, of_tier
from .network import pictures

LENGTH, WIDTH = 36, 24
# two unequal bites in opposite walls: no two places of an antidot have one fingerprint
BROKEN = ((9.0, 23.0, 6.0), (25.0, 0.0, 4.0))
# one round bite: its own mirror, x -> 18 - x, exchanges antidots on its two sides, since the leads
# go on as the wire does; places up to x = 18 have a twin
ONE_BITE = ((9.0, 23.0, 6.0),)
# the same bite in all four corners: both mirrors keep the wire
SYMMETRIC = ((0.0, 0.0, 5.0), (0.0, 23.0, 5.0), (35.0, 0.0, 5.0), (35.0, 23.0, 5.0))
_PARTS = 20  # one part of the sets of removed sites is held out, one is for choices


@dataclass(frozen=True)
class Wires(Fingerprints):
    """Recipe: g(B) of wires with a fixed number of equal antidots, and their density at one field.

    Lengths in lattice constants, energy in hoppings (seven open channels without field); fields
    from 0 to `quanta` flux quanta through the whole wire; the density is that of the states from
    the left at `picture` flux quanta. Numbers are made in single precision.
    """

    length: int = LENGTH
    width: int = WIDTH
    notch: tuple = BROKEN
    quanta: float = 32.0
    most: int = 1
    radius: tuple = (3.0, 3.0)
    picture: float = 0.0
    chunk: int = 1000

    name = "wires"

    @property
    def variables(self):
        return super().variables | {
            "density": Variable(
                ("x", "y"),
                (self.length, self.width),
                "1/hopping",
                "sum over channels of |psi|^2, states from the left",
                "float16",
            ),
        }

    def draw(self, generator, count):
        """(count, most, 3): antidots inside the wire, apart from each other and the notch."""
        return np.array([self._draw(generator) for _ in range(count)])

    def make(self, generator, count):
        antidots = self.draw(generator, count)
        given = antidots.astype(np.float32)
        if self.device != "cpu":
            given = torch.as_tensor(given, device=self.device)
        return {
            "conductance": to_numpy(self.wire.conductance(self.energy, self.flux, given)),
            "antidots": antidots,
            "density": self.density(given).astype(np.float16),
        }

    def density(self, antidots):
        """(sample, x, y) NumPy array: the density of the picture, in 1/hopping."""
        flux = self.picture / (self.length * self.width)
        density = to_numpy(self.wire.density(self.energy, flux, antidots))
        return np.minimum(density, 60000)  # the largest number of half precision

    def removed(self, antidots):
        """(sample, x, y) boolean: sites that antidots, not the notch, have removed."""
        return ~self.wire.mask(antidots) & ~self.wire.notch

    def _number(self, generator):
        return self.most


TIERS = {"laptop": Wires(), "gpu": Wires(chunk=10_000, device="cuda")}
SETS = {
    "one": {"most": 1},
    "two": {"most": 2},
    "three": {"most": 3},
    "symmetric": {"most": 1, "notch": SYMMETRIC},
}


def wires(kind, tier="laptop"):
    """The recipe of a set of wires: 'one', 'two', 'three' antidots, or 'symmetric' for one."""
    if kind not in SETS:
        raise ValueError(f"kind is {kind!r}; take one of {', '.join(SETS)}.")
    return replace(of_tier(TIERS, tier), **SETS[kind])


def recipe_one(tier):
    """The dataset `wires-one`: one antidot, no symmetry."""
    return wires("one", tier)


def recipe_two(tier):
    """The dataset `wires-two`: two antidots, no symmetry."""
    return wires("two", tier)


def recipe_three(tier):
    """The dataset `wires-three`: three antidots, no symmetry."""
    return wires("three", tier)


def recipe_symmetric(tier):
    """The dataset `wires-symmetric`: one antidot in a wire with both mirrors."""
    return wires("symmetric", tier)


@dataclass(frozen=True)
class Samples:
    """Wires as tensors: trace (sample, field) float32 in e^2/h, picture (sample, 2, x, y) float16,
    antidots (sample, K, 3) float64, part (sample,) of 20 by the removed sites; and the recipe."""

    trace: torch.Tensor
    picture: torch.Tensor
    antidots: np.ndarray
    part: np.ndarray
    recipe: Wires

    def __len__(self):
        return len(self.trace)

    def at(self, chosen):
        """The same for some of the samples: numbers, a slice or a mask, as NumPy takes them."""
        numbers = np.arange(len(self))[chosen]
        return Samples(
            self.trace[numbers],
            self.picture[numbers],
            self.antidots[numbers],
            self.part[numbers],
            self.recipe,
        )

    def to(self, device):
        """The same with its tensors on a device."""
        return replace(self, trace=self.trace.to(device), picture=self.picture.to(device))

    def split(self):
        """(training, validation, held-out): no set of removed sites, nor a mirror image of one,
        stands in two of them."""
        return self.at(self.part > 1), self.at(self.part == 1), self.at(self.part == 0)


def fingerprints(count, seed, kind="one", recipe=None):
    """Wires made on the spot, as Samples.

    Parameters
    ----------
    count : int, number of wires (about 800 a second on one core)
    seed : int or numpy Generator
    kind : 'one', 'two', 'three' or 'symmetric'; recipe : a Wires instead of it
    """
    if count < 1:
        raise ValueError(f"count is {count}; take 1 or more.")
    recipe = recipe or wires(kind)
    made = recipe.make(np.random.default_rng(seed), count)
    return samples_of(recipe, made["conductance"], made["density"], made["antidots"])


def samples_of(recipe, conductance, density, antidots):
    """Samples of arrays that a Wires recipe has made."""
    pieces, parts = [], []
    for start in range(0, len(antidots), 5000):
        some = slice(start, start + 5000)
        removed = recipe.removed(antidots[some])
        pieces.append(pictures(np.asarray(density[some], np.float32), removed).half())
        parts.append(_parts(removed))
    trace = torch.as_tensor(np.asarray(conductance, np.float32))
    return Samples(trace, torch.cat(pieces), np.asarray(antidots), np.concatenate(parts), recipe)


def held_out(removed):
    """(sample,) boolean: wires that no shipped network is trained or chosen on, by their removed
    sites (sample, x, y)."""
    return _parts(np.asarray(removed)) == 0


def joined(parts):
    """Samples of several sets as one; the recipe is that of the first."""
    return replace(
        parts[0],
        trace=torch.cat([p.trace for p in parts]),
        picture=torch.cat([p.picture for p in parts]),
        antidots=np.concatenate([p.antidots for p in parts]),
        part=np.concatenate([p.part for p in parts]),
    )


def mirror_images(antidots, length=LENGTH, width=WIDTH):
    """The four arrangements (4, K, 3) that the mirrors of a straight wire make of one (K, 3).

    In the order itself, left and right exchanged, up and down exchanged, both. In a symmetric wire
    all four have the same g(B): a mirror turns the field round, and g(B) = g(-B).
    """
    antidots = np.asarray(antidots, float)
    flip_x, flip_y = antidots.copy(), antidots.copy()
    flip_x[..., 0] = length - 1 - antidots[..., 0]
    flip_y[..., 1] = width - 1 - antidots[..., 1]
    both = flip_x.copy()
    both[..., 1] = flip_y[..., 1]
    return np.stack([antidots, flip_x, flip_y, both])


def _parts(removed):
    """(sample,) numbers 0 to 19 that follow from the removed sites, alike for mirror images."""
    images = [removed, removed[:, ::-1], removed[:, :, ::-1], removed[:, ::-1, ::-1]]
    packed = [np.packbits(image.reshape(len(image), -1), axis=1) for image in images]
    return np.array(
        [min(zlib.crc32(p.tobytes()) for p in four) % _PARTS for four in zip(*packed, strict=True)]
    )
