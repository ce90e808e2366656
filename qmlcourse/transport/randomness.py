"""What a seed may be: an integer, a sequence of integers with one a sample, or a generator."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

Seed: TypeAlias = "int | Sequence[int] | np.random.Generator"
Rng: TypeAlias = "int | np.random.Generator"  # one stream of random numbers


def generators(seed: Seed) -> tuple[list[np.random.Generator], bool]:
    """Return one generator a sample, and whether the seed stands for a single sample.

    Parameters
    ----------
    seed
        An integer or a generator for a single sample; a sequence of integers for one sample each.

    Raises
    ------
    ValueError
        For anything else, for an empty sequence and for negative integers.
    """
    if isinstance(seed, np.random.Generator):
        return [seed], True
    single = np.ndim(seed) == 0
    try:
        numbers = [operator.index(s) for s in ([seed] if single else seed)]
    except TypeError:
        numbers = []
    if not numbers or min(numbers) < 0:
        raise ValueError(
            "seed is an integer of 0 or more, a non-empty sequence of such integers or a "
            f"generator, not {seed!r}."
        )
    return [np.random.default_rng(n) for n in numbers], single
