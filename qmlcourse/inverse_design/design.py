"""The design loop: many random starts at once run up the gradient of any objective."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from .hall import _waves, hall_conductivity


@dataclass(frozen=True)
class Schedule:
    """Learning rate and temperature against the step.

    Attributes
    ----------
    steps : number of steps of a full run
    rate, late_rate, switch : learning rate before and from step `switch` on
    beta : function of the step giving 1 / kT in inverse hoppings
    """

    steps: int
    rate: float
    late_rate: float
    switch: int
    beta: Callable


def cooling(first, last, steps):
    """beta(step): ln beta goes from `first` to `last` over `steps` along half a cosine, then stays.

    Warm first: at zero temperature the Hall conductivity is a step function of the parameters,
    without a gradient to follow.
    """

    def beta(step):
        share = min(step / steps, 1.0)
        return float(np.exp((first + last) / 2 - (last - first) / 2 * np.cos(np.pi * share)))

    return beta


HONEYCOMB = Schedule(100, 0.1, 0.03, 50, cooling(-2, -1, 100))
TRIANGULAR = Schedule(300, 0.1, 0.03, 200, cooling(-2, -1, 200))


@dataclass
class Design:
    """A run of the design loop, which can be stopped, kept and gone on with.

    Attributes
    ----------
    space : DesignSpace
    raw : (start, parameter) tensor, where the starts are now
    value : (start,) the objective at the last step
    history : list of (start,) arrays of it; trajectory : list of (start, parameter) arrays
    step : number of steps taken
    """

    space: object
    raw: torch.Tensor
    objective: Callable
    schedule: Schedule
    optimizer: torch.optim.Optimizer
    step: int = 0
    history: list = field(default_factory=list)
    trajectory: list = field(default_factory=list)

    @property
    def value(self):
        return self.history[-1]

    @property
    def model(self):
        """The models as they are now, a batch without gradients."""
        return self.space.build(self.raw.detach())

    @property
    def best(self):
        """Number of the best start."""
        return int(np.argmax(self.value))

    def advance(self, steps=1):
        """Take some steps; returns the design itself."""
        for _ in range(steps):
            for group in self.optimizer.param_groups:
                late = self.step >= self.schedule.switch
                group["lr"] = self.schedule.late_rate if late else self.schedule.rate
            self.optimizer.zero_grad()
            self.trajectory.append(self.raw.detach().cpu().numpy().copy())
            value = self.objective(self.space.build(self.raw), self.schedule.beta(self.step))
            if not torch.isfinite(value).all():
                raise RuntimeError(
                    f"the objective is not finite at step {self.step}: a gap may have closed on "
                    "the mesh; change the mesh or the temperature."
                )
            (-value.sum()).backward()
            self.optimizer.step()
            self.history.append(value.detach().cpu().numpy())
            self.step += 1
        return self

    def state(self):
        """All that is needed to go on later with `resume`, as a dict for torch.save."""
        return {
            "raw": self.raw.detach(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "history": np.array(self.history),
            "trajectory": np.array(self.trajectory),
        }

    def resume(self, state):
        """Go back to a kept `state`; the next step is the one that would have come."""
        with torch.no_grad():
            self.raw.copy_(state["raw"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        self.history, self.trajectory = list(state["history"]), list(state["trajectory"])
        return self


def design(
    objective,
    space,
    *,
    starts=64,
    seed=0,
    schedule=HONEYCOMB,
    optimizer="rmsprop",
    steps=None,
    callback=None,
    device=None,
):
    """Maximise an objective over a design space from many random starts at once.

    Parameters
    ----------
    objective : function of (TightBinding batch, beta) giving (start,) values to maximise, such as
        `hall_objective`
    space : DesignSpace, such as `honeycomb()`
    starts, seed : number of random starts and the seed of their draws
    schedule : Schedule of learning rate and temperature
    optimizer : 'rmsprop' (as in the paper, decay 0.99) or 'adam'
    steps : steps to take now; default the whole schedule; 0 only prepares
    callback : called with the Design after each step; returning False stops

    Returns
    -------
    Design; `advance` goes on.
    """
    if optimizer not in ("rmsprop", "adam"):
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


def hall_objective(space, *, mesh=20, filling=None):
    """Objective: the Hall conductivity at 1 / beta, on a mesh that is prepared once."""
    waves = {}

    def objective(model, beta):
        device = str(model.hoppings.device)
        if device not in waves:
            waves[device] = _waves(model, mesh)
        return hall_conductivity(model, 1 / beta, filling=filling, mesh=waves[device])

    return objective
