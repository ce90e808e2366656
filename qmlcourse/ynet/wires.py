"""Wires with their fingerprints and the pictures behind them: what the networks learn from.

After S. Daimon et al., Nature Communications 13, 3160 (2022); sizes and fields are our own.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike

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
_AT_A_TIME = 5000  # any value: wires that are drawn at a time, for the sake of memory
_PARTS = 20  # one part of the sets of removed sites is held out, one is for choices


@dataclass(frozen=True)
class Wires(Fingerprints):
    """Recipe of wires with a fixed number of equal antidots: g(B), and the density at one field.

    Numbers are made in single precision. At the energy of the default, seven channels are open
    without field.

    Attributes
    ----------
    length, width : int
        Of the wire, in lattice constants.
    notch : tuple
        Bites out of the walls, each (x, y, radius) in lattice constants.
    quanta : float
        The fields go from 0 to so many flux quanta through the whole wire.
    most : int
        Antidots in each wire.
    radius : tuple of float
        Smallest and largest radius of an antidot, in lattice constants.
    picture : float
        Flux quanta through the whole wire at which the density is that of the picture.
    chunk : int
        Wires in a chunk of a dataset.
    """

    length: int = LENGTH
    width: int = WIDTH
    notch: tuple[tuple[float, float, float], ...] = BROKEN
    quanta: float = 32.0
    most: int = 1
    radius: tuple[float, float] = (3.0, 3.0)
    picture: float = 0.0
    chunk: int = 1000

    name = "wires"

    @property
    def variables(self) -> dict[str, Variable]:
        """Return the arrays of a dataset of these wires."""
        return super().variables | {
            "density": Variable(
                ("x", "y"),
                (self.length, self.width),
                "1/hopping",
                "sum over channels of |psi|^2, states from the left",
                "float16",
            ),
        }

    def make(self, seed: int | np.random.Generator, count: int) -> dict[str, np.ndarray]:
        """Return the arrays of new wires.

        Parameters
        ----------
        seed
            Of the antidots, an integer or a generator.
        count
            Wires.

        Returns
        -------
        dict
            ``conductance`` (sample, field) in e^2/h, ``antidots`` (sample, antidot, 3), and
            ``density`` (sample, x, y) in 1/hopping.
        """
        antidots = self.draw(np.random.default_rng(seed), count)
        given = antidots.astype(np.float32)
        if self.device != "cpu":
            given = torch.as_tensor(given, device=self.device)
        return {
            "conductance": to_numpy(self.wire.conductance(self.energy, self.flux, given)),
            "antidots": antidots,
            "density": self.density(given).astype(np.float16),
        }

    def density(self, antidots: ArrayLike) -> np.ndarray:
        """Return the density of the picture, shape (sample, x, y), in 1/hopping.

        It is that of the scattering states from the left, summed over channels.

        Parameters
        ----------
        antidots
            Shape (sample, antidot, 3).
        """
        flux = self.picture / (self.length * self.width)
        density = to_numpy(self.wire.density(self.energy, flux, antidots))
        return np.minimum(density, 60000)  # the largest number of half precision

    def removed(self, antidots: ArrayLike) -> np.ndarray:
        """Return which sites antidots have removed, not the notch, shape (sample, x, y)."""
        return ~self.wire.mask(antidots) & ~self.wire.notch

    def _number(self, generator: np.random.Generator) -> int:
        return self.most


TIERS = {"laptop": Wires(), "gpu": Wires(chunk=10_000, device="cuda")}
SETS = {
    "one": {"most": 1},
    "two": {"most": 2},
    "three": {"most": 3},
    "symmetric": {"most": 1, "notch": SYMMETRIC},
}


def wires(kind: str, tier: str = "laptop") -> Wires:
    """Return the recipe of a set of wires.

    Parameters
    ----------
    kind
        ``"one"``, ``"two"`` or ``"three"`` antidots in a wire without a symmetry, or
        ``"symmetric"``: one antidot in a wire with both mirrors.
    tier
        ``"laptop"`` or ``"gpu"``.

    Raises
    ------
    ValueError
        For another kind or tier.
    """
    if kind not in SETS:
        raise ValueError(f"kind is {kind!r}; take one of {', '.join(SETS)}.")
    return replace(of_tier(TIERS, tier), **SETS[kind])


def recipe_one(tier: str) -> Wires:
    """Return the recipe of the dataset `wires-one`: one antidot, no symmetry."""
    return wires("one", tier)


def recipe_two(tier: str) -> Wires:
    """Return the recipe of the dataset `wires-two`: two antidots, no symmetry."""
    return wires("two", tier)


def recipe_three(tier: str) -> Wires:
    """Return the recipe of the dataset `wires-three`: three antidots, no symmetry."""
    return wires("three", tier)


def recipe_symmetric(tier: str) -> Wires:
    """Return the recipe of the dataset `wires-symmetric`: one antidot, and both mirrors."""
    return wires("symmetric", tier)


@dataclass(frozen=True)
class Samples:
    """Wires with their fingerprints and pictures, as tensors.

    Attributes
    ----------
    trace : torch.Tensor
        Shape (sample, field), float32: g(B) in e^2/h.
    picture : torch.Tensor
        Shape (sample, 2, x, y), float16: what :func:`~qmlcourse.ynet.pictures` returns.
    antidots : numpy.ndarray
        Shape (sample, antidot, 3), float64: x, y and radius in lattice constants.
    part : numpy.ndarray
        Shape (sample,), 0 to 19: follows from the removed sites, alike for mirror images.
    recipe : Wires
        What the wires were made by.
    """

    trace: torch.Tensor
    picture: torch.Tensor
    antidots: np.ndarray
    part: np.ndarray
    recipe: Wires

    def __len__(self) -> int:
        return len(self.trace)

    def at(self, chosen: slice | ArrayLike) -> Samples:
        """Return the samples that are `chosen` by numbers, a slice or a mask."""
        numbers = np.arange(len(self))[chosen]
        return Samples(
            self.trace[numbers],
            self.picture[numbers],
            self.antidots[numbers],
            self.part[numbers],
            self.recipe,
        )

    def to(self, device: str | torch.device) -> Samples:
        """Return the same with its tensors on a device."""
        return replace(self, trace=self.trace.to(device), picture=self.picture.to(device))

    def split(self) -> tuple[Samples, Samples, Samples]:
        """Return training, validation and held-out wires.

        No set of removed sites, nor a mirror image of one, stands in two of them.
        """
        return self.at(self.part > 1), self.at(self.part == 1), self.at(self.part == 0)


def fingerprints(
    count: int,
    seed: int | np.random.Generator,
    kind: str = "one",
    recipe: Wires | None = None,
) -> Samples:
    """Return wires that are made on the spot, about 700 a second on one core.

    Parameters
    ----------
    count
        Number of wires, 1 or more.
    seed
        Of the antidots, an integer or a generator.
    kind
        As of :func:`wires`.
    recipe
        Recipe that is taken instead of a kind.

    Raises
    ------
    ValueError
        For a count below 1 or another kind.
    """
    if count < 1:
        raise ValueError(f"count is {count}; take 1 or more.")
    recipe = recipe or wires(kind)
    made = recipe.make(seed, count)
    return samples_of(recipe, made["conductance"], made["density"], made["antidots"])


def samples_of(
    recipe: Wires, conductance: ArrayLike, density: ArrayLike, antidots: ArrayLike
) -> Samples:
    """Return the samples of arrays that a recipe has made.

    Parameters
    ----------
    recipe
        What the arrays were made by.
    conductance
        Shape (sample, field), in e^2/h.
    density
        Shape (sample, x, y), in 1/hopping.
    antidots
        Shape (sample, antidot, 3).
    """
    pieces, parts = [], []
    for start in range(0, len(antidots), _AT_A_TIME):
        some = slice(start, start + _AT_A_TIME)
        removed = recipe.removed(antidots[some])
        pieces.append(pictures(np.asarray(density[some], np.float32), removed).half())
        parts.append(_parts(removed))
    trace = torch.as_tensor(np.asarray(conductance, np.float32))
    return Samples(trace, torch.cat(pieces), np.asarray(antidots), np.concatenate(parts), recipe)


def held_out(removed: ArrayLike) -> np.ndarray:
    """Return which wires no shipped network is trained or chosen on, shape (sample,), boolean.

    Parameters
    ----------
    removed
        Shape (sample, x, y), boolean: the removed sites, which the answer follows from.
    """
    return _parts(np.asarray(removed)) == 0


def joined(parts: Sequence[Samples]) -> Samples:
    """Return several sets as one; the recipe is that of the first."""
    return replace(
        parts[0],
        trace=torch.cat([p.trace for p in parts]),
        picture=torch.cat([p.picture for p in parts]),
        antidots=np.concatenate([p.antidots for p in parts]),
        part=np.concatenate([p.part for p in parts]),
    )


def mirror_images(antidots: ArrayLike, length: int = LENGTH, width: int = WIDTH) -> np.ndarray:
    """Return the four arrangements that the mirrors of a straight wire make of one.

    Parameters
    ----------
    antidots
        Shape (antidot, 3): x, y and radius in lattice constants.
    length, width
        Of the wire, in lattice constants.

    Returns
    -------
    numpy.ndarray
        Shape (4, antidot, 3): itself, left and right exchanged, up and down exchanged, both.

    Notes
    -----
    In a symmetric wire all four have the same g(B): a mirror turns the field round, and
    g(B) = g(-B).
    """
    antidots = np.asarray(antidots, float)
    flip_x, flip_y = antidots.copy(), antidots.copy()
    flip_x[..., 0] = length - 1 - antidots[..., 0]
    flip_y[..., 1] = width - 1 - antidots[..., 1]
    both = flip_x.copy()
    both[..., 1] = flip_y[..., 1]
    return np.stack([antidots, flip_x, flip_y, both])


def _parts(removed: np.ndarray) -> np.ndarray:
    """Numbers 0 to 19, shape (sample,), from the removed sites, alike for mirror images."""
    images = [removed, removed[:, ::-1], removed[:, :, ::-1], removed[:, ::-1, ::-1]]
    packed = [np.packbits(image.reshape(len(image), -1), axis=1) for image in images]
    return np.array(
        [min(zlib.crc32(p.tobytes()) for p in four) % _PARTS for four in zip(*packed, strict=True)]
    )
