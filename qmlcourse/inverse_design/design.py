"""The design loop: many random starts at once run up the gradient of any objective."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from .design_space import DesignSpace, Seed

_OPTIMIZERS = ("rmsprop", "adam")
Objective = Callable[[Any, float], torch.Tensor]


@dataclass(frozen=True)
class Schedule:
    """Learning rate and temperature against the step.

    Attributes
    ----------
    steps
        Number of steps of a full run.
    rate, late_rate, switch
        Learning rate before and from step `switch` on.
    beta
        Function of the step, giving 1 / kT in inverse hoppings.
    """

    steps: int
    rate: float
    late_rate: float
    switch: int
    beta: Callable[[int], float]


def cooling(first: float, last: float, steps: int) -> Callable[[int], float]:
    """Return the inverse temperature against the step: from warm to cold along half a cosine.

    Warm first: at zero temperature the Hall conductivity is a step function of the parameters,
    without a gradient to follow.

    Parameters
    ----------
    first, last
        ln beta at step 0 and from step `steps` on.
    steps
        How many steps the cooling takes.

    Returns
    -------
    callable
        Function of the step, giving beta = 1 / kT.
    """

    def beta(step: int) -> float:
        share = min(step / steps, 1.0)
        return float(np.exp((first + last) / 2 - (last - first) / 2 * np.cos(np.pi * share)))

    return beta


HONEYCOMB = Schedule(100, 0.1, 0.03, 50, cooling(-2, -1, 100))
TRIANGULAR = Schedule(300, 0.1, 0.03, 200, cooling(-2, -1, 200))


@dataclass
class Design:
    """A run of the design loop, a long computation that can be stopped and gone on with.

    Attributes
    ----------
    space
        The design space.
    raw
        Shape (start, parameter): where the starts are now.
    objective
        Function of (batch of models, beta) giving (start,) values to maximise.
    schedule
        Learning rates and temperatures.
    optimizer
        The torch optimiser that moves `raw`.
    step
        Number of steps taken.
    history
        One dict a step: ``beta``, and the ``best`` and ``median`` value over the starts.
    values
        One array of shape (start,) a step: the objective before the step.
    trajectory
        One array of shape (start, parameter) a step: the raw parameters before the step.
    """

    space: DesignSpace
    raw: torch.Tensor
    objective: Objective
    schedule: Schedule
    optimizer: torch.optim.Optimizer
    step: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)
    trajectory: list[np.ndarray] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether the schedule is at its end; `advance` still goes on at its last settings."""
        return self.step >= self.schedule.steps

    @property
    def value(self) -> np.ndarray:
        """Return the objective at the last step, shape (start,)."""
        return self.values[-1]

    @property
    def model(self) -> Any:
        """Return the models as they are now, a batch without gradients."""
        return self.space.build(self.raw.detach())

    @property
    def best(self) -> int:
        """Return the number of the best start."""
        return int(np.argmax(self.value))

    def advance(self) -> None:
        """Take one step up the gradient.

        Raises
        ------
        RuntimeError
            Where the objective is not finite.
        """
        late = self.step >= self.schedule.switch
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.late_rate if late else self.schedule.rate
        self.optimizer.zero_grad()
        beta = self.schedule.beta(self.step)
        before = self.raw.detach().cpu().numpy().copy()
        value = self.objective(self.space.build(self.raw), beta)
        if not torch.isfinite(value).all():
            raise RuntimeError(
                f"the objective is not finite at step {self.step}: a gap may have closed on "
                "the mesh; change the mesh or the temperature."
            )
        (-value.sum()).backward()
        self.optimizer.step()
        value = value.detach().cpu().numpy()
        self.trajectory.append(before)
        self.values.append(value)
        self.history.append(
            {"beta": beta, "best": float(value.max()), "median": float(np.median(value))}
        )
        self.step += 1

    def state(self) -> dict[str, Any]:
        """Return all that `resume` needs, as arrays and JSON values."""
        moments = self.optimizer.state.get(self.raw, {})
        return {
            "of": self._identity(),
            "raw": _array(self.raw),
            "optimizer": {name: _array(value) for name, value in moments.items()},
            "step": self.step,
            "history": [dict(row) for row in self.history],
            "values": np.array(self.values),
            "trajectory": np.array(self.trajectory),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state; the next step is the one that would have come.

        Raises
        ------
        ValueError
            Where the state is of another lattice, number of starts or optimiser.
        """
        if state.get("of") != self._identity():
            raise ValueError(
                f"the state belongs to {_words(state.get('of'))}; this design is "
                f"{_words(self._identity())}."
            )
        with torch.no_grad():
            self.raw.copy_(torch.as_tensor(state["raw"]))
        whole = self.optimizer.state_dict()
        moments = {n: torch.tensor(np.array(v)) for n, v in state["optimizer"].items()}
        whole["state"] = {0: moments} if moments else {}
        self.optimizer.load_state_dict(whole)
        self.step = int(state["step"])
        self.history = [dict(row) for row in state["history"]]
        self.values, self.trajectory = list(state["values"]), list(state["trajectory"])

    def _identity(self) -> dict[str, Any]:
        return {
            "lattice": self.space.lattice.name,
            "parameters": list(self.space.names),
            "starts": len(self.raw),
            "optimizer": type(self.optimizer).__name__.lower(),
        }


def design(
    objective: Objective,
    space: DesignSpace,
    *,
    starts: int = 64,
    seed: Seed = 0,
    schedule: Schedule = HONEYCOMB,
    optimizer: str = "rmsprop",
    steps: int | None = None,
    callback: Callable[[Design], Any] | None = None,
    device: str | torch.device | None = None,
) -> Design:
    """Return a design that maximises an objective from many random starts at once.

    Parameters
    ----------
    objective
        Function of (batch of models, beta) giving values of shape (start,) to maximise, such as
        `hall_objective`; beta is 1 / kT in inverse hoppings.
    space
        The design space, such as `honeycomb()`.
    starts
        Number of random starts.
    seed
        An integer, a sequence of integers with one a start, or a generator.
    schedule
        Learning rates and temperatures.
    optimizer
        ``"rmsprop"`` (as in the paper, decay 0.99) or ``"adam"``.
    steps
        Steps to take now; default the whole schedule; 0 only prepares.
    callback
        Called with the Design after each step; where it returns False, the run stops.
    device
        Where the models lie; default the CPU.

    Returns
    -------
    Design
        `advance` goes on.

    Raises
    ------
    ValueError
        For an unknown optimiser, no start, or a number of seeds that is not that of the starts.
    RuntimeError
        Where the objective is not finite.

    References
    ----------
    K. Inui and Y. Motome, Communications Physics 6, 37 (2023).
    """
    if optimizer not in _OPTIMIZERS:
        raise ValueError(f"optimizer is 'rmsprop' or 'adam', not {optimizer!r}.")
    if starts < 1:
        raise ValueError(f"a design has at least one start, not {starts}.")
    raw = space.starts(starts, seed).to(device).requires_grad_()
    if optimizer == "rmsprop":
        engine = torch.optim.RMSprop([raw], lr=schedule.rate, alpha=0.99)
    else:
        engine = torch.optim.Adam([raw], lr=schedule.rate)
    run = Design(space, raw, objective, schedule, engine)
    for _ in range(schedule.steps if steps is None else steps):
        run.advance()
        if callback is not None and callback(run) is False:
            break
    return run


def _array(tensor: torch.Tensor) -> np.ndarray:
    """A copy that later steps do not change."""
    return tensor.detach().cpu().numpy().copy()


def _words(identity: dict[str, Any] | None) -> str:
    if not identity:
        return "another computation"
    return (
        f"{identity['starts']} starts of {len(identity['parameters'])} parameters on "
        f"{identity['lattice']} with {identity['optimizer']}"
    )
