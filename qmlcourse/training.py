"""One fit loop for all networks, on Lightning Fabric: a CPU, one GPU or many run it unchanged.

Batches follow from (seed, epoch) alone, so that a run that was stopped and resumed sees the same
batches in the same order. A checkpoint is written whole after each epoch.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch


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
    """Stochastic gradient descent on tensors, step by step or to the end.

    Parameters
    ----------
    model : torch module, trained in place
    data : tuple of tensors with the samples first
    objective : function(model, *batch) giving the loss, or (loss, dict of numbers)
    epochs, batch_size, rate : passes over the data, samples a step, highest learning rate (AdamW;
        the rate rises over the first tenth and falls with a cosine)
    seed : int, order of the batches and random numbers of `augment`
    augment : function(generator, *batch) giving the batch that is learned, or None
    validation : tuple of tensors, or None; their mean objective is logged after each epoch
    checkpoint : path of a file to resume from and to write after each epoch, or None
    fabric : lightning Fabric, launched; default one device, that of the data
    decay : weight decay
    stamp : text that a checkpoint must have; another one is not resumed
    """

    def __init__(
        self,
        model,
        data,
        objective,
        *,
        epochs,
        batch_size,
        rate,
        seed,
        augment=None,
        validation=None,
        checkpoint=None,
        fabric=None,
        decay=0.0,
        stamp="",
    ):
        sizes = {len(part) for part in data}
        if len(sizes) != 1 or 0 in sizes:
            raise ValueError(f"data have {sorted(sizes)} samples; take the same number, above 0.")
        if batch_size < 1 or epochs < 1:
            raise ValueError("take a batch_size and a number of epochs of 1 or more.")
        self.data, self.validation = data, validation
        self.objective, self.augment = objective, augment
        self.epochs, self.seed, self.stamp = epochs, seed, stamp
        self.samples = sizes.pop()
        self.batch_size = min(batch_size, self.samples)
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        self.fabric = fabric or _one_device(data[0].device)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
        self.model, self.optimizer = self.fabric.setup(model, optimizer)
        self._rate = rate
        self.steps, self.log = 0, []
        self._order, self._sums = None, {}
        if self.checkpoint is not None:
            self._resume()

    @property
    def steps_per_epoch(self):
        """Batches of one pass; what does not fill a batch is left for the next order."""
        return max(1, self.samples // (self.batch_size * self.fabric.world_size))

    @property
    def total(self):
        """Steps of the whole run."""
        return self.epochs * self.steps_per_epoch

    @property
    def finished(self):
        """Whether all epochs are done."""
        return self.steps >= self.total

    def step(self):
        """One batch; returns its loss. Ends an epoch where one ends."""
        epoch, number = divmod(self.steps, self.steps_per_epoch)
        if self._order is None or number == 0:
            order = torch.randperm(self.samples, generator=self._generator(epoch))
            self._order = order.to(self.data[0].device)
        world, rank = self.fabric.world_size, self.fabric.global_rank
        chosen = self._order[(number * world + rank) * self.batch_size :][: self.batch_size]
        batch = tuple(part[chosen] for part in self.data)
        if self.augment is not None:
            generator = self._generator(epoch, number, rank)
            batch = self.augment(generator, *batch)
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate * self._schedule()
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        loss, numbers = _both(self.objective(self.model, *batch))
        if not bool(torch.isfinite(loss.detach())):
            raise RuntimeError("the loss is no longer finite; take a smaller rate.")
        self.fabric.backward(loss)
        self.fabric.clip_gradients(self.model, self.optimizer, max_norm=5.0)
        self.optimizer.step()
        for name, value in {"loss": float(loss.detach()), **numbers}.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(value) / self.steps_per_epoch
        self.steps += 1
        if self.steps % self.steps_per_epoch == 0:
            self._end_epoch(epoch)
        return float(loss.detach())

    def run(self, name="training", quiet=False):
        """All remaining steps with a line of progress; returns the log, one dict an epoch.

        name : what the line begins with; quiet : bool, no line
        """
        told = self.fabric.is_global_zero and not quiet
        while not self.finished:
            self.step()
            if self.steps % self.steps_per_epoch == 0 and told:
                row = {k: round(v, 4) for k, v in self.log[-1].items()}
                print(f"\r{name}: {row}  ", end="", file=sys.stderr, flush=True)
        if told:
            print(file=sys.stderr)
        return self.log

    def _end_epoch(self, epoch):
        row = {"epoch": epoch + 1, **self._sums}
        self._sums = {}
        if self.validation is not None:
            self.model.eval()
            with torch.no_grad():
                loss, numbers = _both(self.objective(self.model, *self.validation))
            row["validation_loss"] = float(loss)
            row.update({f"validation_{k}": float(v) for k, v in numbers.items()})
        self.log.append(row)
        if self.checkpoint is not None:
            partial = self.checkpoint.with_suffix(".part")
            self.fabric.save(
                partial,
                {
                    "model": self.model,
                    "optimizer": self.optimizer,
                    "steps": self.steps,
                    "log": json.dumps(self.log),
                    "stamp": self._stamp(),
                },
            )
            if self.fabric.is_global_zero:
                os.replace(partial, self.checkpoint)
            self.fabric.barrier()

    def _resume(self):
        if not self.checkpoint.exists():
            self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
            return
        stored = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        if stored.get("stamp") != self._stamp():
            return
        self.model.load_state_dict(stored["model"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.steps, self.log = stored["steps"], json.loads(stored["log"])

    def _stamp(self):
        return json.dumps([self.stamp, self.seed, self.samples, self.batch_size, self.epochs])

    def _schedule(self):
        """Share of the highest rate: up over the first tenth, then a cosine to 1 %."""
        done = (self.steps + 1) / self.total
        if done < 0.1:
            return done / 0.1
        return 0.505 + 0.495 * float(torch.cos(torch.tensor(torch.pi * (done - 0.1) / 0.9)))

    def _generator(self, *where):
        """Random numbers that follow from the seed and the place in the run alone."""
        return seeded([self.seed, *where])


def seeded(seeds, device="cpu"):
    """A torch.Generator that follows from whole numbers, in lists of any nesting."""
    import numpy as np

    state = np.random.SeedSequence(flat_seeds(seeds)).generate_state(1, np.uint64)[0]
    return torch.Generator(device=device).manual_seed(int(state >> 1))


def flat_seeds(seeds):
    """Seeds of any nesting as a list of int."""
    nested = isinstance(seeds, list | tuple)
    return [s for part in seeds for s in flat_seeds(part)] if nested else [int(seeds)]


def _both(result):
    return result if isinstance(result, tuple) else (result, {})


def _one_device(device):
    """A Fabric on the device of the data, silent."""
    try:
        from lightning_fabric import Fabric
    except ImportError:  # the name that it has in conda-forge's lightning
        from lightning.fabric import Fabric

    accelerator = "cuda" if device.type == "cuda" else "cpu"
    fabric = Fabric(accelerator=accelerator, devices=1)
    fabric.launch()
    return fabric
