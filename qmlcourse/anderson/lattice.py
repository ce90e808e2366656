"""What all random lattices share: seeds, strengths, and how batches of samples are drawn."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..training import seeded_generator
from .hamiltonian import LayeredHamiltonian, joined

Seed: TypeAlias = "int | Sequence[int] | torch.Generator"


class RandomLattice(ABC):
    """A model of disorder: one batch of Hamiltonians from strengths and a seed.

    Attributes
    ----------
    highest : float
        Largest strength that the model takes; the lowest is 0.
    """

    highest: ClassVar[float] = math.inf

    def sample(
        self, strengths: ArrayLike, seed: Seed, device: torch.device | str = "cpu"
    ) -> LayeredHamiltonian:
        """Return one Hamiltonian for each strength, drawn at random.

        Parameters
        ----------
        strengths
            Shape (sample,), in the unit that the model names.
        seed
            An integer, a generator on the device of the result, or a sequence of integers with one
            a sample. With one seed the pattern of disorder stays while its strength changes.
        device
            Where samples are drawn whose seed is no generator.

        Returns
        -------
        LayeredHamiltonian
            A batch of as many samples as strengths.

        Raises
        ------
        ValueError
            Where a strength is not one of the model's, or strengths and seeds differ in number.
        """
        if isinstance(seed, torch.Generator) or np.ndim(seed) == 0:
            generator = generator_of(seed, device)
            strengths = checked_strengths(strengths, generator.device, self.highest)
            return self._drawn(strengths, generator)
        strengths = checked_strengths(strengths, device, self.highest)
        if len(strengths) != len(seed):
            raise ValueError(
                f"seed has {len(seed)} integers for {len(strengths)} strengths; give one a sample."
            )
        pairs = zip(strengths, seed, strict=True)
        return joined([self._drawn(w[None], generator_of(s, device)) for w, s in pairs])

    @abstractmethod
    def _drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        """One Hamiltonian for each of the strengths (sample,), on the generator's device."""


def batches(
    model: RandomLattice,
    strengths: ArrayLike,
    samples: int,
    seed: Seed,
    device: torch.device | str = "cpu",
    most: int = 128,
) -> Iterator[LayeredHamiltonian]:
    """Return batches of samples: all strengths once, then all of them again.

    Parameters
    ----------
    model
        Draws the samples.
    strengths
        Shape (strength,).
    samples
        At each strength.
    seed
        An integer or a generator, which all samples follow from; or integers, one a sample, each of
        which draws the same pattern of disorder at all strengths.
    device
        Where samples are drawn whose seed is no generator.
    most
        Largest number of Hamiltonians in a batch.

    Raises
    ------
    ValueError
        Where samples and seeds differ in number.
    """
    strengths = np.asarray(strengths, float)
    tiled = np.tile(strengths, samples)
    parts = [slice(start, start + most) for start in range(0, len(tiled), most)]
    if isinstance(seed, torch.Generator) or np.ndim(seed) == 0:
        generator = seeded_generator(seed, device)
        return (model.sample(tiled[part], generator) for part in parts)
    if len(seed) != samples:
        raise ValueError(f"seed has {len(seed)} integers for {samples} samples; give one a sample.")
    seeds = np.repeat(seed, len(strengths))
    return (model.sample(tiled[part], seeds[part], device) for part in parts)


def part_seed(seed: Seed, number: int, device: torch.device | str = "cpu") -> Seed:
    """Return the seed of one part of a computation.

    Parameters
    ----------
    seed
        An integer gives each part a generator of its own. A generator goes on from part to part,
        and integers with one a sample draw the same samples in all parts.
    number
        Of the part.
    device
        Of a new generator.
    """
    if isinstance(seed, torch.Generator) or np.ndim(seed):
        return seed
    return seeded_generator([seed, number], device)


def generator_of(
    seed: int | torch.Generator, device: torch.device | str = "cpu"
) -> torch.Generator:
    """Return a generator as it is, or one on `device` that follows from an integer `seed`."""
    if isinstance(seed, torch.Generator):
        return seed
    return torch.Generator(device=device).manual_seed(int(seed))


def uniform(shape: int | Sequence[int], seed: int | torch.Generator) -> torch.Tensor:
    """Return uniform numbers in [0, 1), double precision, on the generator's device."""
    generator = generator_of(seed)
    return torch.rand(shape, generator=generator, dtype=torch.float64, device=generator.device)


def checked_strengths(
    strengths: ArrayLike, device: torch.device | str = "cpu", highest: float = math.inf
) -> torch.Tensor:
    """Return strengths (sample,) in double precision on a device.

    Parameters
    ----------
    strengths
        Shape (sample,).
    device
        Of the result.
    highest
        Largest strength of the model.

    Raises
    ------
    ValueError
        For a single number, or a strength outside of 0 to `highest`.
    """
    values = torch.as_tensor(strengths, dtype=torch.float64).to(device)
    if values.dim() != 1:
        raise ValueError(
            f"strengths have {values.dim()} axes; give a sequence with one strength a sample."
        )
    if bool((values < 0).any()) or bool((values > highest).any()):
        limits = f"0 to {highest:g}" if math.isfinite(highest) else "0 or more"
        wrong = values[(values < 0) | (values > highest)][0]
        raise ValueError(f"a strength is {float(wrong):g}; take {limits}.")
    return values


def checked_size(size: int, smallest: int = 3) -> None:
    """Raise a ValueError where a lattice is too small for periodic walls."""
    if int(size) != size or size < smallest:
        raise ValueError(f"size is {size}; take a whole number of {smallest} or more.")


def checked_flux(flux: float | str, size: int) -> None:
    """Raise a ValueError where periodic walls do not allow a flux through each plaquette."""
    if flux == "random":
        return
    if isinstance(flux, str):
        raise ValueError(f"flux is {flux!r}; take a number or 'random'.")
    whole = flux * size
    if abs(whole - round(whole)) > 1e-9:
        raise ValueError(
            f"flux is {flux:g} and size {size}: with periodic walls take a multiple of 1/{size}."
        )
