"""A guided path through an explorer: a few stops, each sets a state and asks one thing.

Each stop is taken in two steps. It sets the picture and asks; whoever has looked presses for what
there was to see, and only then the next stop is offered. The path can be left at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ipywidgets

from .front import Quiet
from .words import say


@dataclass(frozen=True)
class Stop:
    """One stop of a path.

    Attributes
    ----------
    ask : str
        What to do and to look for, as HTML: one thing.
    see : str
        What there was to see, and why, as HTML.
    state : dict
        The values that are set when the stop begins; all others stay.
    then : dict
        The values that are set with the answer.
    """

    ask: str
    see: str
    state: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] = field(default_factory=dict)


class Tour(Quiet, ipywidgets.VBox):
    """The stops of a path, one at a time.

    Parameters
    ----------
    stops
        In their order.
    set_state
        Takes the values of a stop.
    afterwards
        What stands there once the path is left or walked to its end, as HTML.
    guard
        Wraps what a button does, so that an error is shown and not lost.

    Attributes
    ----------
    place : int
        Which stop is on show, from 0; the number of stops where the path is left.
    answered : bool
        Whether what there was to see is on show.
    """

    def __init__(
        self,
        stops: Sequence[Stop],
        set_state: Callable[[Mapping[str, Any]], None],
        afterwards: str = "",
        guard: Callable[[Callable], Callable] = lambda action: action,
    ):
        self.stops, self._set_state = tuple(stops), set_state
        self._afterwards = afterwards
        self.place, self.answered = 0, False
        self.words = ipywidgets.HTML().add_class("qml-look-for")
        self.buttons = {}
        for name, label, action in (
            ("on", "", self.go_on),
            ("back", "Back", self.go_back),
            ("leave", "Look around on my own", self.leave),
        ):
            button = ipywidgets.Button(description=say(label)).add_class("qml-button")
            safely = guard(action)
            button.on_click(lambda _, safely=safely: safely())
            self.buttons[name] = button
        row = ipywidgets.HBox(list(self.buttons.values())).add_class("qml-row")
        super().__init__([self.words, row])
        self.add_class("qml-tour")
        self._show()

    @property
    def walking(self) -> bool:
        """Whether a stop is on show."""
        return self.place < len(self.stops)

    def go_on(self) -> None:
        """Show what there was to see; then go to the next stop; from the end, begin again."""
        if not self.walking:
            self._enter(0)
        elif not self.answered:
            self._set_state(self.stops[self.place].then)
            self.answered = True
            self._show()
        else:
            self._enter(self.place + 1)

    def go_back(self) -> None:
        """Ask the same question again; from there, go to the stop before."""
        self._enter(max(self.place - (not self.answered), 0))

    def leave(self) -> None:
        """Leave the path; the state stays as it is."""
        self.place, self.answered = len(self.stops), False
        self._show()

    def _enter(self, place: int) -> None:
        if place < len(self.stops):
            self._set_state(self.stops[place].state)
        self.place, self.answered = place, False
        self._show()

    def _show(self) -> None:
        count = len(self.stops)
        if self.walking:
            stop = self.stops[self.place]
            number = f"<b>{self.place + 1}/{count}</b>"
            seen = f"<p class='qml-seen'>{say(stop.see)}</p>" if self.answered else ""
            self.words.value = f"<p>{number} {say(stop.ask)}</p>{seen}"
            last = self.place == count - 1
            on = ("Finish" if last else "Next") if self.answered else "I have looked"
        else:
            self.words.value = f"<p>{say(self._afterwards)}</p>"
            on = "Take the guided path"
        self.buttons["on"].description = say(on)
        self.buttons["leave"].layout.display = None if self.walking else "none"
        there = self.walking and (self.place or self.answered)
        self.buttons["back"].layout.display = None if there else "none"
