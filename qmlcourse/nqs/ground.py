"""What a search ends with: a network whose energy and variance are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .neural_state import NeuralState
from .symmetry import Basis


@dataclass(frozen=True, eq=False)
class GroundState:
    """A trained state.

    Attributes
    ----------
    energy : float
        Hartree, total with nuclear repulsion.
    variance : float
        Variance of the local energy, hartree^2: zero for an eigenstate, so a certificate.
    history : list of dict
        One dict a step: ``energy`` and ``variance`` before it, its ``length`` (Fubini-Study) and
        its damping, ``regularisation``.
    network : NeuralState
        The trained network.
    basis : Basis
        What the network gives amplitudes to.
    """

    energy: float
    variance: float
    history: list[dict[str, float]]
    network: NeuralState
    basis: Basis

    def amplitudes(self) -> np.ndarray:
        """Return normalised amplitudes of all determinants; the largest one is positive.

        Returns
        -------
        numpy.ndarray
            Complex, shape (determinant,), in the order of ``basis.sector``.
        """
        spins, weight = basis_tensors(self.basis, self.network.parameters.device)
        psi = self.basis.expand(normalised_amplitudes(self.network, spins, weight).cpu().numpy())
        largest = psi[np.abs(psi).argmax()]
        return psi * (np.abs(largest) / largest / np.linalg.norm(psi))


def basis_tensors(basis: Basis, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Return spins +-1, complex, (state, spin orbital), and log weights, (state,), of a basis."""
    spins = 2.0 * torch.as_tensor(basis.occupations, dtype=torch.complex128, device=device) - 1
    return spins, torch.as_tensor(basis.weight, device=device)


def normalised_amplitudes(
    network: NeuralState, spins: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Return normalised complex amplitudes, (state,), of spins and log weights of a basis."""
    log = network.log_amplitude(spins) + weight
    psi = torch.exp(log - log.real.max())
    return psi / torch.linalg.vector_norm(psi)
