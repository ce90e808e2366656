"""A design space: which models an optimiser may choose from, and where it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .tight_binding import Lattice

Seed = int | Sequence[int] | np.random.Generator


@dataclass(frozen=True)
class DesignSpace:
    """All models that an optimiser may choose from.

    Raw parameters have no bounds; `build` turns them into amplitudes, energies and phases.

    Attributes
    ----------
    lattice
        Orbitals and bonds of the models.
    names
        One name for each raw parameter.
    build
        Function of raw parameters, shape (..., parameter), giving a batch of models.
    draw
        Function of (numpy generator, count) giving random raw parameters, shape (count, parameter).
    """

    lattice: Lattice
    names: tuple[str, ...]
    build: Callable[[torch.Tensor], Any]
    draw: Callable[[np.random.Generator, int], np.ndarray]

    def starts(self, count: int, seed: Seed = 0) -> torch.Tensor:
        """Return random raw parameters.

        Parameters
        ----------
        count
            Number of starts.
        seed
            An integer, a sequence of integers with one a start, or a generator.

        Returns
        -------
        torch.Tensor
            Shape (count, parameter).

        Raises
        ------
        ValueError
            Where there is not one seed a start.
        """
        if isinstance(seed, np.random.Generator) or np.ndim(seed) == 0:
            return torch.as_tensor(self.draw(np.random.default_rng(seed), count))
        if len(seed) != count:
            raise ValueError(f"there are {len(seed)} seeds but {count} starts; give one a start.")
        rows = [self.draw(np.random.default_rng(int(one)), 1) for one in seed]
        return torch.as_tensor(np.concatenate(rows))


def bounded_draw(
    *bounds: tuple[int, float, float],
) -> Callable[[np.random.Generator, int], np.ndarray]:
    """Return a `draw` of uniform numbers.

    Parameters
    ----------
    *bounds
        (how many parameters, lower bound, upper bound) for each group of parameters, in order.
    """
    counts, low, high = (np.array(part) for part in zip(*bounds, strict=True))

    def draw(generator: np.random.Generator, count: int) -> np.ndarray:
        ends = np.repeat(low, counts), np.repeat(high, counts)
        return generator.uniform(*ends, (count, counts.sum()))

    return draw
