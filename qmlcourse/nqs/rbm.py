"""The complex restricted Boltzmann machine as a wave function."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import numpy as np
import torch

from .neural_state import normal_numbers


class RBM:
    """Complex restricted Boltzmann machine: one layer of hidden units, summed over in closed form.

    Parameters
    ----------
    parameters
        Complex, shape (visible + hidden + visible * hidden,): a, b, and W row by row.
    visible
        Number of spin orbitals.

    Raises
    ------
    ValueError
        Where the number of parameters fits no number of hidden units.

    Attributes
    ----------
    a, b, W : torch.Tensor
        Shapes (visible,), (hidden,) and (visible, hidden).
    hidden : int
        Number of hidden units.
    holomorphic : bool
        True: parameters are complex, and so are steps.

    Notes
    -----
    With s = 2 n - 1 = +-1 for an occupied and an empty spin orbital::

        ln psi(s) = a.s + sum_j ln cosh(b_j + W_j.s)

    References
    ----------
    G. Carleo and M. Troyer, Science 355, 602 (2017).
    """

    holomorphic = True

    def __init__(self, parameters: torch.Tensor, visible: int):
        hidden, rest = divmod(len(parameters) - visible, visible + 1)
        if rest or hidden < 1:
            raise ValueError(
                f"{len(parameters)} parameters do not fit {visible} spin orbitals: "
                "visible + hidden + visible * hidden are needed."
            )
        self.parameters, self.visible, self.hidden = parameters, visible, hidden
        self.a, self.b = parameters[:visible], parameters[visible : visible + hidden]
        self.W = parameters[visible + hidden :].reshape(visible, hidden)

    def __repr__(self) -> str:
        return f"RBM({self.visible} spin orbitals, {self.hidden} hidden units)"

    @classmethod
    def start(
        cls,
        reference: np.ndarray | Sequence[int],
        seed: int | torch.Generator,
        density: float = 1.0,
        bias: float = 0.3,
        scale: float = 0.02,
        device: str | torch.device | None = None,
    ) -> Self:
        """Return a state of small random numbers that leans on one determinant.

        Parameters
        ----------
        reference
            Occupations of that determinant, 0 or 1, shape (spin orbital,).
        seed
            Integer or generator.
        density
            Hidden units for each spin orbital.
        bias
            Added to `a` along the determinant; 0.2 to 0.5 keeps most starts from high-lying states.
        scale
            Standard deviation of the real and of the imaginary part of each parameter.
        device
            Where the parameters lie; default the CPU.
        """
        spins = 2.0 * torch.as_tensor(reference, dtype=torch.float64) - 1
        visible = len(spins)
        hidden = max(1, round(density * visible))
        count = visible + hidden + visible * hidden
        numbers = scale * normal_numbers(2 * count, seed).view(2, -1)
        parameters = torch.complex(numbers[0], numbers[1])
        parameters[:visible] += bias * spins
        return cls(parameters.to(device), visible)

    def at(self, parameters: torch.Tensor) -> Self:
        """Return a state of the same shape with these parameters."""
        return type(self)(parameters, self.visible)

    def moved(self, step: torch.Tensor) -> Self:
        """Return the state with `step` added to its parameters."""
        return self.at(self.parameters + step)

    def log_amplitude(self, spins: torch.Tensor) -> torch.Tensor:
        """Return complex log amplitudes, shape (n,), of complex spins +-1, shape (n, visible)."""
        return spins @ self.a + _log_cosh(self.b + spins @ self.W).sum(1)

    def derivatives(self, spins: torch.Tensor) -> torch.Tensor:
        """Return derivatives by the parameters, (n, parameter), at `spins` of (n, visible)."""
        active = torch.tanh(self.b + spins @ self.W)
        products = (spins[:, :, None] * active[:, None, :]).reshape(len(spins), -1)
        return torch.cat([spins, active, products], 1)


def _log_cosh(z: torch.Tensor) -> torch.Tensor:
    """Logarithm of cosh that does not overflow, since cosh is even."""
    z = torch.where(z.real < 0, -z, z)
    return z + torch.log1p(torch.exp(-2 * z)) - math.log(2)
