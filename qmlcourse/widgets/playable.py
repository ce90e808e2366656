"""Explorers of what goes on step by step: a slider and a player that stand at the same step.

A subclass names the trait that counts and says how a run begins; each step of a run is computed
once and kept, so that the slider may go back and forth::

    class Learning(PlayableExplorer):
        plays = "Learning"
        steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, 100, 1))
        seed = traitlets.Int(0).tag(control=seed("Random start"))

        @staticmethod
        def begin(seed):
            return Frames(fit(seed), lambda fit: {"loss": fit.loss})
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import ipywidgets

from .explorer import Explorer
from .player import Player
from .state import Remembered


class Steppable(Protocol):
    """A computation that is taken one step further at a time."""

    def advance(self) -> None: ...


class Frames:
    """A computation, with what is kept of each of its steps.

    Parameters
    ----------
    computation
        Anything with ``advance()``, such as a search or a training: one call is one step.
    look
        ``look(computation)`` returns what is kept of the present step, the start included.
    """

    def __init__(self, computation: Steppable, look: Callable[[Any], Any]):
        self.computation, self._look = computation, look
        self._kept = [look(computation)]

    def until(self, step: int) -> list[Any]:
        """Return what is kept from the start to a step, one entry a step; go on where needed."""
        while len(self._kept) <= step:
            self.computation.advance()
            self._kept.append(self._look(self.computation))
        return self._kept[: step + 1]


class PlayableExplorer(Explorer):
    """An explorer with a player that moves one of its sliders.

    Attributes
    ----------
    counts : str
        Name of the trait that counts the steps; its slider says where they begin and end.
    stride : int or float
        What a frame of the player adds to it.
    period : float or None
        Where given, the player begins again after this length and never ends.
    interval : float
        Seconds from the start of a frame to the start of the next.
    plays : str
        What is played, such as ``"Training"``.
    runs_kept : int
        How many runs are kept, for all explorers of the class.
    """

    counts = "steps"
    stride: float = 1
    period: float | None = None
    interval = 0.05
    plays = ""
    runs_kept = 8

    def __init__(self, **start: Any):
        self._player: Player | None = None
        super().__init__(**start)
        self.observe(lambda _: self._follow(), self.counts)

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        cls.forget()

    @staticmethod
    def begin(**setting: Any) -> Frames:
        """Start the run of one setting: of all values that :meth:`compute` uses but the count."""
        raise NotImplementedError

    @classmethod
    def run(cls, **setting: Any) -> Frames:
        """Return the run of a setting, as far as it has come; a new one where none is kept."""
        return cls._runs(**setting)

    @classmethod
    def forget(cls) -> None:
        """Forget all runs; the next look at an explorer starts anew."""
        cls._runs = Remembered(lambda **setting: cls.begin(**setting), cls.runs_kept)

    def compute(self, **state: Any) -> dict[str, Any]:
        """Return what is kept of the step on show."""
        step = state.pop(self.counts)
        return self.run(**state).until(step)[-1]

    def beside(self, name: str) -> list[ipywidgets.Widget]:
        """Return the player beside the slider that it moves."""
        return [self.player] if name == self.counts else super().beside(name)

    @property
    def player(self) -> Player:
        """The buttons that play and step; the slider shows where they stand."""
        if self._player is None:
            endless = self.period is not None
            low, high = self._bounds()
            self._player = Player(
                self._forward,
                lambda: setattr(self, self.counts, low),
                total=None if endless else round((high - low) / self.stride),
                interval=self.interval,
                label=self.plays,
                compact=True,
                report=self.report,
                position=None if endless else self._frame,
            )
        return self._player

    def close(self) -> None:
        """Stop the player, and take view and picture off the page."""
        if self._player is not None:
            self._player.pause()
            self._player = None
        super().close()

    def _bounds(self) -> tuple[float, float]:
        control = self.parts[self.counts]
        return control.low, control.high

    def _frame(self) -> int:
        """The frame of the player at which the count stands."""
        return int((getattr(self, self.counts) - self._bounds()[0]) / self.stride + 1e-9)

    def _forward(self) -> bool:
        low, high = self._bounds()
        before = getattr(self, self.counts)
        after = before + self.stride
        if self.period is not None:  # rounded, since sums of decimals are not quite decimals
            after = round(low + round(after - low, 9) % self.period, 9)
        setattr(self, self.counts, min(after, high))
        now = getattr(self, self.counts)
        if now == before:  # this frame failed: its error stands in the status line
            self.player.pause()
        return self.period is not None or now < high

    def _follow(self) -> None:
        if self._player is not None:
            self._player.seek()
