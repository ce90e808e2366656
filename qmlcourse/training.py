"""One fit loop for all networks, on Lightning Fabric: a CPU, one GPU or many run it unchanged.

Batches follow from (seed, epoch) alone, so that a run that was stopped and resumed sees the same
batches in the same order. A checkpoint is written whole after each epoch.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR

from .storage.state_file import read_state, write_state

if TYPE_CHECKING:
    from lightning_fabric import Fabric

WARM_UP = 0.1  # share of a fit in which the learning rate rises
LAST = 0.01  # learning rate at the end, as a share of the highest
_LARGEST_GRADIENT = 5.0  # norm to which the gradient of a batch is cut


@runtime_checkable
class LongComputation(Protocol):
    """What every search, design and training of the library is: steps that can be stopped.

    Attributes
    ----------
    history : list of dict
        One dict of numbers for each step that counts (an epoch of a :class:`Fit`).
    """

    history: list[dict[str, float]]

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""

    def advance(self) -> None:
        """Do one step."""

    def state(self) -> dict[str, Any]:
        """Return all that a later call of `resume` needs, as arrays and JSON values."""

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state, to the same numbers as if never stopped.

        Raises
        ------
        ValueError
            Where the state belongs to another computation.
        """


class Fit:
    """Stochastic gradient descent (AdamW) on tensors, batch by batch or to the end.

    A :class:`LongComputation`: one call of `advance` is one batch, one row of `history` an epoch.

    Parameters
    ----------
    model
        Trained in place.
    data
        Tensors with the samples first, all with the same number of samples.
    objective
        Function of the model and a batch. It returns the loss, or the loss and a dict of further
        numbers that are logged.
    epochs
        Passes over the data.
    batch_size
        Samples in a batch, on each device.
    rate
        Highest learning rate, see :func:`rate_share`.
    seed
        The order of the batches and the random numbers of `augment` follow from it.
    augment
        Function of a generator and a batch, giving the batch that is learned.
    validation
        Tensors like `data`; their mean objective is logged after each epoch.
    checkpoint
        File to resume from and to write after each epoch, with the ending ``.npz``.
    fabric
        A launched Fabric; default one device, that of the data.
    decay
        Weight decay of AdamW.
    stamp
        Text that a checkpoint must have; a checkpoint with another one is replaced.

    Attributes
    ----------
    model : torch.nn.Module
        The model in Fabric's wrapper; ``model.module`` is the one that was given.
    history : list of dict
        One row an epoch: ``epoch``, ``loss``, what the objective tells, and the same with
        ``validation_`` before it.
    steps : int
        Batches done.
    loss : float
        Loss of the last batch; NaN before the first.

    Raises
    ------
    ValueError
        Where the data differ in their number of samples, or a size is below 1.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        data: Sequence[torch.Tensor],
        objective: Callable[..., Any],
        *,
        epochs: int,
        batch_size: int,
        rate: float,
        seed: int,
        augment: Callable[..., tuple[torch.Tensor, ...]] | None = None,
        validation: Sequence[torch.Tensor] | None = None,
        checkpoint: Path | str | None = None,
        fabric: Fabric | None = None,
        decay: float = 0.0,
        stamp: str = "",
    ):
        sizes = {len(part) for part in data}
        if len(sizes) != 1 or 0 in sizes:
            raise ValueError(f"data have {sorted(sizes)} samples; take the same number, above 0.")
        if batch_size < 1 or epochs < 1:
            raise ValueError(
                f"batch_size is {batch_size} and epochs {epochs}; take 1 or more of both."
            )
        self.data, self.validation = data, validation
        self.objective, self.augment = objective, augment
        self.epochs, self.seed, self.stamp = epochs, seed, stamp
        self.samples = sizes.pop()
        self.batch_size = min(batch_size, self.samples)
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        self.fabric = fabric or _one_device(data[0].device)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
        self._schedule = LambdaLR(optimizer, lambda step: rate_share((step + 1) / self.total))
        self.model, self.optimizer = self.fabric.setup(model, optimizer)
        self.steps, self.loss = 0, math.nan
        self.history: list[dict[str, float]] = []
        self._order: torch.Tensor | None = None
        self._sums: dict[str, float] = {}
        if self.checkpoint is not None:
            self._begin_from_checkpoint()

    @property
    def steps_per_epoch(self) -> int:
        """Batches of one pass; the samples that do not fill a batch wait for the next order."""
        return max(1, self.samples // (self.batch_size * self.fabric.world_size))

    @property
    def total(self) -> int:
        """Batches of the whole run."""
        return self.epochs * self.steps_per_epoch

    @property
    def done(self) -> bool:
        """Whether all epochs are done."""
        return self.steps >= self.total

    def advance(self) -> None:
        """Learn from one batch; where it is the last of an epoch, validate and write a checkpoint.

        Raises
        ------
        RuntimeError
            Where the loss is no longer finite.
        """
        epoch, number = divmod(self.steps, self.steps_per_epoch)
        batch = self._batch(epoch, number)
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        loss, numbers = _both(self.objective(self.model, *batch))
        self.loss = float(loss.detach())
        if not math.isfinite(self.loss):
            raise RuntimeError("the loss is no longer finite; take a smaller rate.")
        self.fabric.backward(loss)
        self.fabric.clip_gradients(self.model, self.optimizer, max_norm=_LARGEST_GRADIENT)
        self.optimizer.step()
        self._schedule.step()
        for name, value in {"loss": self.loss, **numbers}.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(value) / self.steps_per_epoch
        self.steps += 1
        if self.steps % self.steps_per_epoch == 0:
            self._end_epoch(epoch)

    def run(self, name: str = "training", quiet: bool = False) -> list[dict[str, float]]:
        """Do all that remains and return the history.

        Parameters
        ----------
        name, quiet
            What the line of progress begins with, and whether there is none.
        """
        told = self.fabric.is_global_zero and not quiet
        while not self.done:
            self.advance()
            if self.steps % self.steps_per_epoch == 0 and told:
                row = {k: round(v, 4) for k, v in self.history[-1].items()}
                print(f"\r{name}: {row}  ", end="", file=sys.stderr, flush=True)
        if told:
            print(file=sys.stderr)
        return self.history

    def state(self) -> dict[str, Any]:
        """Return a copy of weights, optimiser, learning rate and history, on the CPU."""
        optimizer = self.optimizer.state_dict()
        return {
            "stamp": self._stamp(),
            "steps": self.steps,
            "history": json.loads(json.dumps(self.history)),
            "sums": dict(self._sums),
            "model": _copies(self.model.state_dict()),
            "moments": {str(n): _copies(part) for n, part in optimizer["state"].items()},
            "groups": [dict(group) for group in optimizer["param_groups"]],
            "schedule": self._schedule.state_dict(),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state, with the same batches and numbers as if never stopped.

        Raises
        ------
        ValueError
            Where the state is that of other data, another seed, stamp or network.
        """
        own = {name: tuple(value.shape) for name, value in self.model.state_dict().items()}
        if state.get("stamp") != self._stamp() or own != {
            name: tuple(value.shape) for name, value in state["model"].items()
        }:
            raise ValueError(
                f"the state belongs to the fit {state.get('stamp')!r} and this one is "
                f"{self._stamp()!r}; take a state of the same fit and network."
            )
        self.model.load_state_dict(_copies(state["model"]))
        moments = {int(n): _copies(part) for n, part in state["moments"].items()}
        groups = [dict(group) for group in state["groups"]]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})
        self._schedule.load_state_dict(state["schedule"])
        self.steps, self._order = state["steps"], None
        self.history = json.loads(json.dumps(state["history"]))
        self._sums = dict(state["sums"])

    def _batch(self, epoch: int, number: int) -> tuple[torch.Tensor, ...]:
        """The batch of one step on this device."""
        if self._order is None or number == 0:
            order = torch.randperm(self.samples, generator=self._generator(epoch))
            self._order = order.to(self.data[0].device)
        world, rank = self.fabric.world_size, self.fabric.global_rank
        chosen = self._order[(number * world + rank) * self.batch_size :][: self.batch_size]
        batch = tuple(part[chosen] for part in self.data)
        if self.augment is None:
            return batch
        return self.augment(self._generator(epoch, number, rank), *batch)

    def _end_epoch(self, epoch: int) -> None:
        row = {"epoch": epoch + 1, **self._sums}
        self._sums = {}
        if self.validation is not None:
            self.model.eval()
            with torch.no_grad():
                loss, numbers = _both(self.objective(self.model, *self.validation))
            row["validation_loss"] = float(loss)
            row.update({f"validation_{k}": float(v) for k, v in numbers.items()})
        self.history.append(row)
        if self.checkpoint is not None:
            if self.fabric.is_global_zero:
                write_state(self.checkpoint, self.state())
            self.fabric.barrier()

    def _begin_from_checkpoint(self) -> None:
        """Resume where the checkpoint is one of this fit; otherwise begin, and replace it later."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.resume(read_state(self.checkpoint))
        except (FileNotFoundError, ValueError):
            return

    def _stamp(self) -> str:
        return json.dumps([self.stamp, self.seed, self.samples, self.batch_size, self.epochs])

    def _generator(self, *where: int) -> torch.Generator:
        """Random numbers that follow from the seed and the place in the run alone."""
        return seeded_generator([self.seed, *where])


def rate_share(done: float) -> float:
    """Share of the highest learning rate: a straight rise, then half a period of a cosine.

    Parameters
    ----------
    done
        Share of the fit that is done with the current batch, above 0 and up to 1.

    Returns
    -------
    float
        ``done / WARM_UP`` up to 1 at ``WARM_UP``, then a cosine that ends at ``LAST``.

    References
    ----------
    I. Loshchilov and F. Hutter, arXiv:1608.03983 (2017), equation 5, for the cosine.
    """
    if done < WARM_UP:
        return done / WARM_UP
    turn = math.pi * (done - WARM_UP) / (1 - WARM_UP)
    return LAST + (1 - LAST) * (1 + math.cos(turn)) / 2


def seeded_generator(
    seed: int | Sequence[Any] | torch.Generator, device: str | torch.device = "cpu"
) -> torch.Generator:
    """Return a generator that follows from a seed.

    Parameters
    ----------
    seed
        Whole number, or a list of them, of any nesting. A generator is returned as it is.
    device
        Where the generator draws.
    """
    if isinstance(seed, torch.Generator):
        return seed
    state = np.random.SeedSequence(flat_seeds(seed)).generate_state(1, np.uint64)[0]
    return torch.Generator(device=device).manual_seed(int(state >> 1))


def flat_seeds(seed: int | Sequence[Any]) -> list[int]:
    """Return a seed of any nesting as a list of whole numbers."""
    nested = isinstance(seed, list | tuple)
    return [s for part in seed for s in flat_seeds(part)] if nested else [int(seed)]


def _both(result: Any) -> tuple[torch.Tensor, dict[str, Any]]:
    return result if isinstance(result, tuple) else (result, {})


def _copies(values: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Tensors or arrays as tensors on the CPU that share no memory with them."""
    return {name: torch.as_tensor(value).detach().cpu().clone() for name, value in values.items()}


def _one_device(device: torch.device) -> Fabric:
    """A Fabric on the device of the data, silent."""
    try:
        from lightning_fabric import Fabric
    except ImportError:  # the name that it has in conda-forge's lightning
        from lightning.fabric import Fabric

    accelerator = "cuda" if device.type == "cuda" else "cpu"
    fabric = Fabric(accelerator=accelerator, devices=1)
    fabric.launch()
    return fabric
