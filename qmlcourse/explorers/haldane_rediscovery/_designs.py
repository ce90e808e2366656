"""What the explorers of running designs share: all steps of a design, kept."""

import numpy as np
import torch

from ...widgets import Frames


class DesignFrames(Frames):
    """The raw parameters of all starts of a design, from step to step.

    Attributes
    ----------
    space : the space of models that the design searches
    """

    def __init__(self, run):
        super().__init__(run, lambda run: run.raw.detach().numpy().copy())
        self.space = run.space

    def raw(self, steps):
        """Return all raw parameters from the start on: a tensor (step + 1, start, parameter)."""
        return torch.as_tensor(np.array(self.until(steps)))

    def goal(self, steps):
        """Return the objective at each step, (step + 1, start); a step notes it as it begins."""
        self.until(steps + 1)
        return np.array(self.computation.values[: steps + 1])
