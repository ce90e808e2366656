"""What all random lattices share: seeds, strengths, and how a batch of samples is drawn."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike

from .hamiltonian import LayeredHamiltonian, joined


class RandomLattice(ABC):
    """A model of disorder: one batch of Hamiltonians from strengths and a seed.

    Attributes
    ----------
    highest : float
        Largest strength that the model takes; the lowest is 0.
    """

    highest: ClassVar[float] = math.inf

    def sample(
        self, strengths: ArrayLike, seed: int | Sequence[int] | torch.Generator
    ) -> LayeredHamiltonian:
        """Return one Hamiltonian for each strength, drawn at random.

        Parameters
        ----------
        strengths
            Shape (sample,), in the unit that the model names.
        seed
            An integer, a generator on the device of the result, or a sequence of integers with one
            a sample. With one seed the pattern of disorder stays while its strength changes.

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
            generator = generator_of(seed)
            return self.drawn(checked_strengths(strengths, generator, self.highest), generator)
        strengths = checked_strengths(strengths, torch.Generator(), self.highest)
        if len(strengths) != len(seed):
            raise ValueError(
                f"seed has {len(seed)} integers for {len(strengths)} strengths; give one a sample."
            )
        pairs = zip(strengths, seed, strict=True)
        return joined([self.drawn(w[None], generator_of(s)) for w, s in pairs])

    @abstractmethod
    def drawn(self, strengths: torch.Tensor, generator: torch.Generator) -> LayeredHamiltonian:
        """Return a Hamiltonian for each of the `strengths`, drawn by `generator` on its device."""


def generator_of(seed: int | torch.Generator) -> torch.Generator:
    """Return a generator as it is, or one on the CPU that follows from an integer."""
    if isinstance(seed, torch.Generator):
        return seed
    return torch.Generator().manual_seed(int(seed))


def uniform(shape: int | Sequence[int], seed: int | torch.Generator) -> torch.Tensor:
    """Return uniform numbers in [0, 1), double precision, on the generator's device."""
    generator = generator_of(seed)
    return torch.rand(shape, generator=generator, dtype=torch.float64, device=generator.device)


def checked_strengths(
    strengths: ArrayLike, generator: torch.Generator, highest: float = math.inf
) -> torch.Tensor:
    """Return strengths (sample,) in double precision on the generator's device.

    Raises
    ------
    ValueError
        For a single number, or a strength outside of 0 to `highest`.
    """
    values = torch.as_tensor(strengths, dtype=torch.float64).to(generator.device)
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
