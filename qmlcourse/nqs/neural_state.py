"""What every neural state answers to, so that each optimiser and sampler takes each of them.

A state gives log amplitudes of occupations and their derivatives. The signs of fermions are in the
Hamiltonian, not here.
"""

from __future__ import annotations

from typing import Protocol, Self

import torch


class NeuralState(Protocol):
    """A wave function with parameters.

    Attributes
    ----------
    parameters : torch.Tensor
        Shape (parameter,), complex or real.
    holomorphic : bool
        Whether the parameters are complex and the log amplitude is an analytic function of them.
    """

    parameters: torch.Tensor
    holomorphic: bool

    def at(self, parameters: torch.Tensor) -> Self:
        """Return a state of the same shape with these parameters."""

    def moved(self, step: torch.Tensor) -> Self:
        """Return the state with `step` added to its parameters."""

    def log_amplitude(self, spins: torch.Tensor) -> torch.Tensor:
        """Return complex log amplitudes, shape (n,), of spins +-1, shape (n, spin orbital)."""

    def derivatives(self, spins: torch.Tensor) -> torch.Tensor:
        """Return derivatives of the log amplitudes by the parameters, shape (n, parameter)."""


def generator_of(
    seed: int | torch.Generator, device: str | torch.device | None = None
) -> torch.Generator:
    """Return a torch generator that begins at an integer; a generator is returned as it is."""
    if isinstance(seed, torch.Generator):
        return seed
    return torch.Generator(device or "cpu").manual_seed(int(seed))


def normal_numbers(count: int, seed: int | torch.Generator) -> torch.Tensor:
    """Return `count` normal random numbers in double precision, on the generator's device."""
    random = generator_of(seed)
    return torch.randn(count, generator=random, dtype=torch.float64, device=random.device)
