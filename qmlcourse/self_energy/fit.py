"""Fits of many starts at once: damped Gauss-Newton steps with exact derivatives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from .ansatz import Ansatz
from .forward import BROADENING, ForwardModel
from .kramers_kronig import transform_matrix
from .measurement import Curves
from .nambu import Components, components_of
from .truths import WrittenPair

SOFTENING = 40  # steps in which the weight of the prior falls from _STIFF to the one asked for
_STIFF = 1e4
_LARGEST_STEP = 2.0  # of a raw parameter
_TURNS = 8  # dampings tried at a step
_HOLD = 2e-4  # eV, how tightly a profile holds Re Sigma_ano(0)
_SETTLED = 1e-4  # relative gain of three steps below which a start has converged


class SelfEnergyFit:
    """A batch of fits of both self-energies to the same curves, one a random start.

    A `LongComputation`: one call of `advance` is one damped Gauss-Newton step of all starts. The
    prior is stiff in the first steps, so that all starts find the way, and softens to the
    smoothness asked for.

    Parameters
    ----------
    data
        The curves.
    ansatz
        How the densities are written, such as `Grid()`.
    seed
        Integers, one a start.
    smoothness
        Final weight of the prior, in units of chi squared.
    steps
        After how many steps the fit is done; it is done earlier once all starts have converged.
    device
        Torch device; default the CPU.

    Attributes
    ----------
    raw : torch.Tensor
        Shape (start, parameter), where the fits are now.
    target : torch.Tensor or None
        Shape (start,), values in eV that hold Re Sigma_ano(0), for a profile.

    Raises
    ------
    ValueError
        Where there is no start or no point to fit, or where the nodes end inside the data.
    """

    def __init__(
        self,
        data: Curves,
        ansatz: Ansatz,
        *,
        seed: Sequence[int] = range(8),
        smoothness: float = 20.0,
        steps: int = 60,
        device: torch.device | str | None = None,
    ):
        if isinstance(seed, int | np.integer) or not len(seed):
            raise ValueError(f"seed is {seed!r}; give one integer a start, such as range(8).")
        if not data.points:
            raise ValueError("all points are masked: too few counts.")
        if np.abs(ansatz.at).max() < np.abs(data.energies).max():
            raise ValueError(
                f"the nodes end at {ansatz.at[-1]:g} eV, inside the data; take a wider range."
            )
        self.data, self.ansatz, self.smoothness = data, ansatz, smoothness
        self.most_steps = steps
        self._seed = [int(s) for s in seed]
        self.raw = ansatz.start(self._seed).to(device).clone()
        self.forward = ForwardModel(data, ansatz.at, device)
        self.target: torch.Tensor | None = None
        self._damping = torch.full((len(self.raw),), 1e-2).to(self.raw)
        self._chi2: list[np.ndarray] = []
        self._remember()

    @property
    def chi2(self) -> np.ndarray:
        """Return chi squared a point, shape (start,)."""
        return self._chi2[-1]

    @property
    def best(self) -> int:
        """Return the number of the start with the smallest chi squared."""
        return int(np.argmin(self.chi2))

    @property
    def history(self) -> list[dict[str, float]]:
        """Return a row a step, the first before any: step, and chi2 a point of the best start."""
        return [{"step": n, "chi2": float(row.min())} for n, row in enumerate(self._chi2)]

    @property
    def steps(self) -> int:
        """Return the number of steps taken."""
        return len(self._chi2) - 1

    @property
    def converged(self) -> np.ndarray:
        """Return whether the last three steps gained less than 1e-4 of chi squared, (start,)."""
        if self.steps < SOFTENING + 4:
            return np.zeros(len(self.raw), bool)
        gained = self._chi2[-4] - self._chi2[-1]
        return gained < _SETTLED * np.maximum(self._chi2[-1], 0.1)

    @property
    def done(self) -> bool:
        """Whether all starts have converged or all steps are taken."""
        return self.steps >= self.most_steps or bool(self.converged.all())

    @property
    def weight(self) -> float:
        """Return the weight of the prior at the present step."""
        share = min(self.steps / SOFTENING, 1.0)
        return _STIFF * (self.smoothness / _STIFF) ** share

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on later with `resume`, as arrays."""
        return {
            "raw": self.raw.cpu().numpy().copy(),
            "damping": self._damping.cpu().numpy().copy(),
            "chi2": np.array(self._chi2),
            "stamp": self._stamp(),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state, to the same numbers as if never stopped.

        Raises
        ------
        ValueError
            Where the state is that of other data, another ansatz, smoothness or seed.
        """
        if state["stamp"] != self._stamp():
            raise ValueError(
                f"the state has the stamp {state['stamp']}, this fit {self._stamp()}: take the "
                "fit's own data, ansatz, smoothness and seed."
            )
        self.raw = torch.as_tensor(state["raw"]).to(self.raw).clone()
        self._damping = torch.as_tensor(state["damping"]).to(self.raw).clone()
        self._chi2 = list(np.asarray(state["chi2"]))

    def from_start(self, number: int, count: int) -> SelfEnergyFit:
        """Return a fit of `count` copies of the start `number`, at its step, with new dampings."""
        copy = SelfEnergyFit(
            self.data,
            self.ansatz,
            seed=[0] * count,
            smoothness=self.smoothness,
            steps=self.most_steps,
            device=self.raw.device,
        )
        copy.raw = self.raw[number].repeat(count, 1)
        copy._chi2 = [np.full(count, row[number]) for row in self._chi2]
        return copy

    def densities(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return rho_nor and rho_ano, shape (start, node), and the static part (start,), in eV."""
        with torch.no_grad():
            return tuple(part.cpu().numpy() for part in self.ansatz.densities(self.raw))

    def components(self, energies: ArrayLike) -> Components:
        """Return both self-energies of all fits, shape (start, energy), at energies in eV."""
        return components_of(self.ansatz.at, *self.densities(), energies)

    def pair(self, number: int) -> WrittenPair:
        """Return what one start has found, as a pair that has a spectrum at every momentum.

        Parameters
        ----------
        number
            Of the start, from 0.
        """
        normal, anomalous, static = self.densities()
        parts = normal[number], anomalous[number], float(static[number])
        return WrittenPair(self.ansatz.at, *parts, broadening=BROADENING)

    def curves(self) -> np.ndarray:
        """Return the fitted counts, shape (start, momentum, energy), NaN where masked."""
        with torch.no_grad():
            parts = self.ansatz.densities(self.raw)
            spectrum, _, _ = self.forward.spectra(*self.forward.self_energies(*parts))
            columns = self.forward.columns(spectrum)
            _, found = self.forward.project(columns)
            return self.forward.counts(columns, found)

    def gap_parameter(self) -> np.ndarray:
        """Return Re Sigma_ano(0) in eV, shape (start,), positive by the choice of sign."""
        return np.abs(self.components(np.zeros(1)).anomalous.real[:, 0])

    def advance(self) -> None:
        """Do one damped Gauss-Newton step of all starts, also where the fit is done."""
        with torch.no_grad():
            residual, slope = self.linearised(self.raw)
            gram, right = slope.mT @ slope, (slope.mT @ residual.flatten(1)[..., None])[..., 0]
            prior, pull = self.prior(self.raw)
            gram = gram + prior
            right = right + pull
            if self.target is not None:
                row, miss = self._held(self.raw)
                gram = gram + row[..., :, None] * row[..., None, :]
                right = right + row * miss[..., None]
            cost = self._cost(self.raw)
            scale = torch.diagonal(gram, dim1=-2, dim2=-1).clamp_min(1e-9)
            if not self.ansatz.own_scales:
                scale = scale.mean(-1, keepdim=True).expand_as(scale)
            todo = torch.arange(len(self.raw), device=self.raw.device)
            for _ in range(_TURNS):  # more damping for those that would rise
                damped = gram[todo] + torch.diag_embed(
                    self._damping[todo, None] * scale[todo] + 1e-9
                )
                factor, _ = torch.linalg.cholesky_ex(damped)
                move = -torch.cholesky_solve(right[todo, :, None], factor)[..., 0]
                tried = self.raw[todo] + move.clamp(-_LARGEST_STEP, _LARGEST_STEP)
                good = self._cost(tried, todo) < cost[todo]
                self.raw[todo[good]] = tried[good]
                self._damping[todo[good]] = (self._damping[todo[good]] / 4).clamp_min(1e-8)
                todo = todo[~good]
                if not len(todo):
                    break
                self._damping[todo] = (self._damping[todo] * 4).clamp_max(1e6)
        self._remember()

    def linearised(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the residual and its slope with respect to the raw parameters.

        Parameters
        ----------
        raw
            Shape (start, parameter).

        Returns
        -------
        residual, slope
            Shape (start, momentum, energy) in standard deviations, and
            (start, momentum * energy, parameter).
        """
        residual, slope = self.forward.jacobian(*self.ansatz.densities(raw))
        return residual, self._chain(raw, slope)

    def prior(
        self, raw: torch.Tensor, weight: float | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the matrix of the prior and its pull on raw parameters.

        Parameters
        ----------
        raw
            Shape (start, parameter).
        weight
            Of the prior; default that of the present step.

        Returns
        -------
        matrix, pull
            Shape (parameter, parameter) and (start, parameter).
        """
        matrix = self.ansatz.penalty().to(raw.device) * (self.weight if weight is None else weight)
        return matrix, raw @ matrix

    def linearised_gap_parameter(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return Re Sigma_ano(0) in eV, shape (start,), and its slope, (start, parameter).

        Parameters
        ----------
        raw
            Shape (start, parameter).
        """
        row = self._gap_row()
        value = torch.cat([part.reshape(len(raw), -1) for part in self.ansatz.densities(raw)], -1)
        return value @ row, self._chain(raw, row.expand(len(raw), 1, -1))[:, 0]

    def _stamp(self) -> str:
        """Return what tells this computation from others, in 16 characters."""
        laws = {k: v for k, v in vars(self.ansatz).items() if k != "at"}
        words = repr([self.ansatz.name, laws, self.smoothness, self._seed])
        numbers = (self.ansatz.at, self.data.energies, self.data.bands, self.data.counts)
        whole = hashlib.sha256(words.encode())
        for array in numbers:
            whole.update(np.ascontiguousarray(array).tobytes())
        return whole.hexdigest()[:16]

    def _remember(self) -> None:
        with torch.no_grad():
            residual = self.forward.residual(*self.ansatz.densities(self.raw))
            self._chi2.append(self.forward.chi2(residual).cpu().numpy())

    def _chain(self, raw: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Return slopes by densities as slopes by raw parameters, (start, row, parameter)."""

        def flat(one: torch.Tensor) -> torch.Tensor:
            normal, anomalous, static = self.ansatz.densities(one)
            return torch.cat([normal, anomalous, static[..., None]], -1)

        def back(one: torch.Tensor, its_rows: torch.Tensor) -> torch.Tensor:
            _, pull = torch.func.vjp(flat, one)
            return torch.func.vmap(pull)(its_rows)[0]

        return torch.func.vmap(back)(raw, rows)

    def _cost(self, raw: torch.Tensor, which: Any = slice(None)) -> torch.Tensor:
        residual = self.forward.residual(*self.ansatz.densities(raw))
        _, pull = self.prior(raw)
        cost = (residual**2).sum((-2, -1)) + (raw * pull).sum(-1)
        if self.target is not None:
            cost = cost + self._miss(raw, which) ** 2
        return torch.where(torch.isfinite(cost), cost, torch.inf)

    def _gap_row(self) -> torch.Tensor:
        """Return Re Sigma_ano(0) as a linear function of the densities, shape (2 node + 1,)."""
        at = self.ansatz.at
        row = np.zeros(2 * len(at) + 1)
        row[len(at) : -1] = transform_matrix(at, np.zeros(1))[0].real
        row[-1] = 1
        return torch.as_tensor(row, device=self.raw.device)

    def _miss(self, raw: torch.Tensor, which: Any = slice(None)) -> torch.Tensor:
        normal, anomalous, static = self.ansatz.densities(raw)
        flat = torch.cat([normal, anomalous, static[:, None]], -1)
        return (flat @ self._gap_row() - self.target[which]) / _HOLD

    def _held(self, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return slope and value of the row that holds Re Sigma_ano(0) at its target."""
        _, slope = self.linearised_gap_parameter(raw)
        return slope / _HOLD, self._miss(raw)


def fit(
    data: Curves,
    ansatz: Ansatz,
    *,
    seed: Sequence[int] = range(8),
    smoothness: float = 20.0,
    steps: int = 60,
    callback: Callable[[SelfEnergyFit], bool | None] | None = None,
    device: torch.device | str | None = None,
) -> SelfEnergyFit:
    """Fit both self-energies to curves from many random starts at once, until done.

    Parameters
    ----------
    data, ansatz, seed, smoothness, steps, device
        As for :class:`SelfEnergyFit`, whose errors are raised.
    callback
        Called with the fit after each step; returning False stops.

    Returns
    -------
    SelfEnergyFit
        Where it is done, or was stopped.
    """
    run = SelfEnergyFit(data, ansatz, seed=seed, smoothness=smoothness, steps=steps, device=device)
    while not run.done:
        run.advance()
        if callback is not None and callback(run) is False:
            break
    return run
