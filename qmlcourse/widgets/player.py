"""Play a computation frame by frame: play, pause, step, reset.

Frames run as a task on the kernel's event loop, so that the page answers between two of them.
Nothing starts by itself, and a notebook that is run without a reader never waits for a player.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import ipywidgets
import traitlets

from .front import Quiet, StatusLine
from .guard import guarded, sentence
from .words import say

BREATH = 0.004  # seconds left to the kernel's messages after each frame, however long it took


class Player(Quiet, ipywidgets.VBox):
    """Buttons that drive a step-by-step computation.

    Parameters
    ----------
    step
        Does one frame; returns False when all is done.
    reset
        Goes back to the beginning.
    total
        Number of frames, where it is known; shown as a progress bar.
    interval
        Seconds from the start of a frame to the start of the next.
    label
        What is played, such as ``"Training"``.
    compact
        Only play and step, for a place beside a slider that shows the position; what is played
        stands in a tooltip.
    report
        Also receives exceptions of ``step`` and ``reset``.
    position
        ``position()`` returns the frame at which the computation stands, where other hands can move
        it too; by default frames are counted.
    behind
        ``behind()`` says whether the last frame is still being computed; the next one waits for it.
    stop
        Called by the first button while it says Stop.

    Attributes
    ----------
    frame : int
        Frames done so far.
    playing, finished : bool
        Whether frames are running, and whether all are done.
    waiting : bool
        Whether somebody else runs frames, which the first button stops.
    errors : list of Exception
        What went wrong so far.
    """

    frame = traitlets.Int(0)
    playing = traitlets.Bool(False)
    finished = traitlets.Bool(False)
    waiting = traitlets.Bool(False)

    def __init__(
        self,
        step: Callable[[], bool | None],
        reset: Callable[[], None] | None = None,
        total: int | None = None,
        interval: float = 0.03,
        label: str = "",
        compact: bool = False,
        report: Callable[[Exception], None] | None = None,
        position: Callable[[], int] | None = None,
        behind: Callable[[], bool] = lambda: False,
        stop: Callable[[], None] | None = None,
    ):
        self._step, self._reset, self._report = step, reset, report
        self._behind, self._stop = behind, stop
        self._position = position
        self.total, self.interval = total, interval
        self.errors: list[Exception] = []
        self._task: asyncio.Task | None = None
        self.buttons = {
            "play": self._button("▶ Play", self._toggle),
            "step": self._button("Step", self.advance),
            "reset": self._button("Reset", self.restart),
        }
        self.bar = ipywidgets.IntProgress(min=0, max=total or 1).add_class("qml-progress")
        self.bar.layout.display = None if total else "none"
        self.count = ipywidgets.HTML().add_class("qml-count")
        self.status = StatusLine()
        self.buttons["play"].tooltip = say(label)
        row = [self.buttons["play"], self.buttons["step"]]
        head, foot = [], [self.status]
        if not compact:
            row += [self.buttons["reset"], self.bar, self.count]
            head = [ipywidgets.HTML(say(label)).add_class("qml-label")] if label else []
        elif report is not None:
            foot = []  # who is told of errors shows them
        super().__init__([*head, ipywidgets.HBox(row).add_class("qml-row"), *foot])
        self.add_class("qml").add_class("qml-player")
        self.observe(lambda _: self._show(), ["frame", "playing", "finished", "waiting"])
        self._show()
        self.seek()

    def play(self) -> None:
        """Run frames until the end or :meth:`pause`; without an event loop, run one frame."""
        if self.playing or self.finished:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.advance()
            return
        self.playing = True
        self._task = loop.create_task(self._run())

    def pause(self) -> None:
        """Stop after the present frame."""
        self.playing = False
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def advance(self) -> bool:
        """Run one frame, and return whether there are more."""
        if self.finished:
            return False
        try:
            more = self._step() is not False
        except Exception as error:
            self._fail(error)
            return False
        self.frame = self.frame + 1 if self._position is None else self._position()
        self.finished = not more or self._at_end()
        if self.finished:
            self.playing = False
        return not self.finished

    def seek(self) -> None:
        """Show the frame at which the computation stands, after another hand has moved it."""
        if self._position is not None:
            self.frame = self._position()
            self.finished = self._at_end()
            self.playing = self.playing and not self.finished

    def restart(self) -> None:
        """Stop, and go back to the beginning."""
        self.pause()
        if self._reset is not None:
            self._reset()
        self.status.say("")
        self.finished, self.frame = False, 0

    def finish(self, max_steps: int = 10_000) -> int:
        """Run to the end at once, at most ``max_steps`` frames; return how many were run."""
        self.pause()
        start = self.frame
        for _ in range(max_steps):
            if not self.advance():
                break
        return self.frame - start

    async def _run(self) -> None:
        while self.playing:
            start = time.monotonic()
            if not self.advance():
                return
            await asyncio.sleep(max(BREATH, self.interval - (time.monotonic() - start)))
            while self.playing and self._behind():
                await asyncio.sleep(2 * BREATH)

    def _at_end(self) -> bool:
        return self.total is not None and self.frame >= self.total

    def _toggle(self) -> None:
        if self._stops():
            self._stop()
            return
        if self.playing:
            self.pause()
            return
        if self.finished:
            self.restart()
        self.play()

    def _fail(self, error: Exception) -> None:
        self.playing = False
        self.errors.append(error)
        self.status.say(sentence(error), "error")
        if self._report is not None:
            self._report(error)

    def _button(self, label: str, action: Callable) -> ipywidgets.Button:
        button = ipywidgets.Button(description=say(label)).add_class("qml-button")
        safely = guarded(action, self._fail)
        button.on_click(lambda _: safely())
        return button

    def _stops(self) -> bool:
        return self.waiting and not self.playing and self._stop is not None

    def _show(self) -> None:
        play = "❚❚ Pause" if self.playing else ("↻ Again" if self.finished else "▶ Play")
        play = "■ Stop" if self._stops() else play
        self.buttons["play"].description = say(play)
        self.buttons["step"].disabled = self.playing or self.finished
        self.bar.value = self.frame
        self.count.value = f"{self.frame} of {self.total}" if self.total else f"{self.frame}"
