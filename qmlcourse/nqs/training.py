"""The search for a ground state: a long computation that moves the parameters of a network."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Self

import numpy as np
import torch

from .directions import gram_spectrum, natural_direction, tangent_vectors
from .ground import GroundState, basis_tensors, normalised_amplitudes
from .neural_state import NeuralState, generator_of
from .operators import SparseOperator
from .samplers import ExactSum, Rows, Sampler
from .settings import SearchSettings
from .symmetry import Basis

_TRIES = 5  # tries of a Newton-like step, each with four times the damping of the last
_STALLED = 1e8  # damping, in units of the usual one, at which no step lowers the energy
_FORMS = {"minsr": "sample", "sr": "parameter"}


class Training:
    """A ground-state search that can be advanced, looked at, stored and resumed.

    It is a :class:`qmlcourse.training.LongComputation`.

    Parameters
    ----------
    basis
        What the network gives amplitudes to, with the Hamiltonian among it.
    network
        The neural state at the start.
    settings
        How steps are taken; default those of :class:`SearchSettings`.
    sampler
        What draws determinants; default the exact sum over the basis.
    seed
        Of the sampler: integer or generator.
    device
        Of the tensors; default that of the network.

    Attributes
    ----------
    network : NeuralState
        The present one.
    psi : torch.Tensor
        Its normalised amplitudes, complex, shape (amplitude,).
    energy, variance : float
        Of the present state, hartree and hartree^2.
    residual : torch.Tensor
        (H - E) psi, shape (amplitude,), hartree.
    history : list of dict
        One dict a step: ``energy`` and ``variance`` before it, its ``length`` and its damping,
        ``regularisation``.

    Notes
    -----
    With X = psi (O - <O>), the tangent vectors of the normalised state, and r = (H - E) psi, its
    residual, the change of the parameters is::

        sr       -eta (X+ X + lambda)^-1 X+ r
        minsr    -eta X+ (X X+ + lambda)^-1 r
        newton   -(X+ D X + lambda)^-1 X+ r     D = diagonal of H, less E, plus a shift
        gradient -eta X+ r

    The first two are the same step. The Newton-like form has the fixed points of the others
    (X+ r = 0), but weighs each determinant with its own excitation energy, as Davidson's
    eigensolver does: high-lying determinants no longer limit the step.

    References
    ----------
    S. Sorella, Phys. Rev. Lett. 80, 4558 (1998); A. Chen and M. Heyl, Nature Physics 20, 1476
    (2024); E. R. Davidson, J. Comput. Phys. 17, 87 (1975).
    """

    def __init__(
        self,
        basis: Basis,
        network: NeuralState,
        settings: SearchSettings | None = None,
        sampler: Sampler | None = None,
        seed: int | torch.Generator = 0,
        device: str | torch.device | None = None,
    ):
        self.basis, self.network = basis, network
        self.settings = settings or SearchSettings()
        self.sampler = sampler or ExactSum()
        self.device = network.parameters.device if device is None else torch.device(device)
        self.generator = generator_of(seed, self.device)
        self.spins, self.weight = basis_tensors(basis, self.device)
        self.matrix = SparseOperator(basis.matrix, self.device)
        self.diagonal = torch.as_tensor(basis.matrix.diagonal().real.copy(), device=self.device)
        self.history: list[dict[str, float]] = []
        self._newton, self._trust = False, 1.0
        self._look()

    @property
    def step(self) -> int:
        """Return the number of steps taken."""
        return len(self.history)

    @property
    def done(self) -> bool:
        """Whether the variance is below the settings' limit, or no step lowers the energy."""
        return self.variance < self.settings.tol or self._trust > _STALLED

    def advance(self) -> None:
        """Take one step; none where the search is done.

        Raises
        ------
        RuntimeError
            Where numbers are no longer finite.
        """
        if self.done:
            return
        settings = self.settings
        damping = settings.damping(self.step)
        small = self.step >= settings.warm and self.variance < settings.begin
        self._newton |= settings.method == "newton" and self.sampler.exact and small
        row = {"energy": self.energy, "variance": self.variance, "regularisation": damping}
        rows = self.sampler.rows(self)
        tangent = tangent_vectors(self.network.derivatives(rows.spins), rows.psi)
        if self._newton:
            length = self._newton_step(tangent, rows, damping)
        else:
            change = settings.step * self._solve(tangent, rows.residual, damping)
            length = self._move(self.network, tangent, change)
        self.history.append(row | {"length": min(length, settings.cap)})
        if not np.isfinite(self.energy):
            raise RuntimeError(
                f"step {self.step} of the search left the finite numbers; use a smaller step "
                "or cap, or a larger regularisation."
            )

    def run(self, steps: int) -> Self:
        """Return the search after up to `steps` steps, fewer where it is done before."""
        for _ in range(steps):
            if self.done:
                break
            self.advance()
        return self

    def result(self) -> GroundState:
        """Return the present state."""
        return GroundState(self.energy, self.variance, self.history, self.network, self.basis)

    def overlap_spectrum(self) -> np.ndarray:
        """Return the eigenvalues of S = X+ X, descending: how far each direction moves the state.

        Returns
        -------
        numpy.ndarray
            As many as can differ from zero; the others, up to the number of parameters, are zero.
        """
        tangent = tangent_vectors(self.network.derivatives(self.spins), self.psi)
        return gram_spectrum(tangent, real=not self.network.holomorphic).cpu().numpy()

    def state(self) -> dict[str, Any]:
        """Return parameters, history and random numbers: a search that resumes it goes on alike."""
        return {
            "search": self._about(),
            "parameters": self.network.parameters.cpu().numpy(),
            "generator": self.generator.get_state().cpu().numpy(),
            "sampler": self.sampler.state(),
            "newton": bool(self._newton),
            "trust": self._trust,
            "history": list(self.history),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state of :meth:`state`, to the same numbers as if never stopped.

        Raises
        ------
        ValueError
            Where the state belongs to another sector, network, sampler or other settings.
        """
        if state.get("search") != self._about():
            raise ValueError(
                f"this state belongs to another search, {state.get('search')}, and not to "
                f"{self._about()}; remove its file, or use its settings."
            )
        parameters = torch.as_tensor(state["parameters"], device=self.device)
        self.network = self.network.at(parameters)
        self.generator.set_state(torch.as_tensor(state["generator"]))
        self.sampler.resume(state["sampler"])
        self._newton, self._trust = state["newton"], state["trust"]
        self.history = list(state["history"])
        self._look()

    def _about(self) -> dict[str, Any]:
        """What a state must have been made with, as JSON values."""
        return {
            "sector": repr(self.basis.sector),
            "amplitudes": self.basis.size,
            "network": repr(self.network),
            "sampler": type(self.sampler).__name__,
            **asdict(self.settings),
        }

    def _look(self) -> None:
        """Amplitudes, energy, residual and variance of the present network."""
        self.psi = normalised_amplitudes(self.network, self.spins, self.weight)
        image = self.matrix @ self.psi
        self.energy = float((self.psi.conj() @ image).real)
        self.residual = image - self.energy * self.psi
        self.variance = float((self.residual.abs() ** 2).sum())

    def _newton_step(self, tangent: torch.Tensor, rows: Rows, damping: float) -> float:
        """Take a Newton-like step that lowers the energy, or none; return its length."""
        before, energy = self.network, self.energy
        excitation = (rows.diagonal - energy).clamp(min=0)
        for _ in range(_TRIES):
            root = torch.sqrt(excitation + self.settings.shift * self._trust)
            change = self._solve(
                tangent * root[:, None], rows.residual / root, damping * self._trust
            )
            length = self._move(before, tangent, change)
            if self.energy < energy:
                self._trust = max(self._trust / 2, 1.0)
                return length
            self._trust *= 4
        self.network = before  # the last digits are reached
        self._look()
        return length

    def _move(self, before: NeuralState, tangent: torch.Tensor, change: torch.Tensor) -> float:
        """Change the parameters, by less where the state would move by more than the cap."""
        length = float(torch.linalg.vector_norm(tangent @ change.to(tangent.dtype)))
        change = change * min(1.0, self.settings.cap / max(length, 1e-300))
        self.network = before.moved(-change)
        self._look()
        return length

    def _solve(self, left: torch.Tensor, right: torch.Tensor, damping: float) -> torch.Tensor:
        """Direction of a step, without eta and the sign."""
        if self.settings.method == "gradient":
            force = left.conj().T @ right
            return force if self.network.holomorphic else force.real
        return natural_direction(
            left,
            right,
            damping,
            real=not self.network.holomorphic,
            form=_FORMS.get(self.settings.method, "cheaper"),
        )
