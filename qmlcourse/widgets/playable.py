"""Explorers of what goes on step by step: a slider and a player that stand at the same step.

The page never waits for a step that takes long. Steps that are not there within a blink are taken
in a worker thread; the picture follows them, the status line says how far they are, and whoever
moves the slider back or presses Stop has the page's answer at once.

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

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import ipywidgets

from .explorer import Explorer
from .guard import guarded
from .latest import Latest
from .player import Player
from .state import Remembered

BLINK = 0.05  # seconds that a page may wait for steps
GLANCE = 0.2  # seconds between two pictures while a worker takes them


class Steppable(Protocol):
    """A computation that is taken one step further at a time."""

    def advance(self) -> None: ...


class Behind(Exception):
    """Steps that are asked for are not there yet.

    Attributes
    ----------
    reached : int
        The last step that is; -1 where not even the start is there.
    """

    def __init__(self, reached: int = -1):
        super().__init__(f"step {reached} is reached")
        self.reached = reached


_hurry = threading.local()  # until when the steps of this thread have to be there


@contextmanager
def within(seconds: float, at_least: int = 0) -> Iterator[None]:
    """Let :meth:`Frames.until` raise :class:`Behind` where steps are not there after so long.

    Parameters
    ----------
    seconds
        How long a reader of the block waits for steps. A step that is going to end later, as the
        last one did, is not begun.
    at_least
        Steps that are taken however long they last.
    """
    before = getattr(_hurry, "until", None)
    _hurry.until = (time.monotonic() + seconds, at_least)
    try:
        yield
    finally:
        _hurry.until = before


def _hurried() -> bool:
    """Whether this thread may not begin anything that takes long."""
    until = getattr(_hurry, "until", None)
    return until is not None and not until[1]


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
        self._pace = 0.0  # seconds of the last step
        self._going_on = threading.Lock()

    def until(self, step: int) -> list[Any]:
        """Return what is kept from the start to a step, one entry a step; go on where needed.

        Raises
        ------
        Behind
            Inside of :func:`within`, where the steps are not there in time or another thread takes
            them.
        """
        if len(self._kept) <= step:
            hurry = getattr(_hurry, "until", None)
            if not self._going_on.acquire(blocking=hurry is None or hurry[1] > 0):
                raise Behind(len(self._kept) - 1)
            try:
                self._go_on(step, *(hurry or (math.inf, 0)))
            finally:
                self._going_on.release()
        return self._kept[: step + 1]

    def _go_on(self, step: int, deadline: float, at_least: int) -> None:
        first = len(self._kept) + at_least
        while len(self._kept) <= step:
            now = time.monotonic()
            if len(self._kept) >= first and now + self._pace > deadline:
                raise Behind(len(self._kept) - 1)
            self.computation.advance()
            self._kept.append(self._look(self.computation))
            self._pace = time.monotonic() - now


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
    long_steps, long_start : bool
        Whether a single step, or the start of a run, may take longer than a page may wait: then a
        worker takes all.
    """

    counts = "steps"
    stride: float = 1
    period: float | None = None
    interval = 0.05
    plays = ""
    runs_kept = 8
    long_steps = long_start = False

    def __init__(self, **start: Any):
        self._player: Player | None = None
        self._ahead = Latest(self._work, self._arrived, lambda state, error: self._lost(error))
        self._loop: asyncio.AbstractEventLoop | None = None
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
        if cls.long_start and setting not in cls._runs and _hurried():
            raise Behind
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
                behind=lambda: self._ahead.busy,
                stop=self.stop,
            )
        return self._player

    def wait(self, timeout: float = 30.0) -> bool:
        """Wait for steps that a worker takes, and for the slow part; say whether both came."""
        self.ensure_picture()
        return self._ahead.wait(timeout) and super().wait(timeout)

    def stop(self) -> None:
        """Stay at the last step that is there, where a worker goes on."""
        if self._ahead.busy and self._reached is not None:
            self._ahead.cancel()
            setattr(self, self.counts, self._reached)

    def close(self) -> None:
        """Stop the player, and take view and picture off the page."""
        self._ahead.cancel()
        if self._player is not None:
            self._player.pause()
            self._player = None
        super().close()

    # A worker takes the steps that are not there in a blink.

    _reached: int | None = None  # the step on show while a worker goes on
    _working: dict[str, Any] | None = None  # the state towards which it goes

    def show_state(self, state: dict[str, Any]) -> None:
        """Draw a state; where its steps are not there in a blink, the last one that is."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        if self._loop is None:  # nobody waits
            super().show_state(state)
            return
        try:
            with within(0 if self.long_steps else BLINK):
                super().show_state(state)
            self._ahead.cancel()
            self._reached = None
        except Behind as there:
            if there.reached < 0:
                self.say_status("Computing …", "busy")
            else:
                self._show_reached(state, there.reached)
            if not (self._ahead.busy and state == self._working):
                self._working = state
                self._ahead.submit(state)
        self._tell_player()

    def _show_reached(self, state: dict[str, Any], step: int) -> None:
        for there in (step, step - 1):  # a picture may look one step ahead
            try:
                with within(0):
                    super().show_state(state | {self.counts: there})
            except Behind:
                continue
            self._reached = step = there
            break
        self.say_status(f"Computing … step {step} of {state[self.counts]}", "busy")

    def _work(self, state: dict[str, Any]) -> dict[str, Any] | None:
        """In the worker: go on, and hand over a picture now and then."""
        while not self._ahead.outdated():
            try:
                with within(GLANCE, at_least=1):
                    return self.data_of(state)
            except Behind as there:
                self._loop.call_soon_threadsafe(self._on_the_way, state, there.reached)
        return None

    def _on_the_way(self, state: dict[str, Any], step: int) -> None:
        if self._ahead.busy and state == self.state() and step != self._reached:
            with self.drawing:
                guarded(self._show_reached, self.report)(state, step)

    def _arrived(self, state: dict[str, Any], result: dict[str, Any] | None) -> None:
        if result is not None and state == self.state():
            self.refresh()

    def _lost(self, error: Exception) -> None:
        self.report(error)
        if self._reached is not None:
            self.restore(self.good_state | {self.counts: self._reached})
        self._tell_player()

    def _tell_player(self) -> None:
        if self._player is not None:
            self._player.waiting = self._ahead.busy

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
