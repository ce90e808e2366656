"""Steps to be put in order, by buttons that also work with a keyboard."""

from __future__ import annotations

import random
from collections.abc import Sequence
from html import escape

import ipywidgets
import traitlets

from .front import Quiet
from .words import say


class Steps(Quiet, ipywidgets.VBox):
    """Sentences in a column, each with buttons that move it up and down.

    Attributes
    ----------
    value : tuple of str
        The sentences in their present order.
    """

    value = traitlets.Tuple()

    def __init__(self, steps: Sequence[str]):
        super().__init__()
        self.add_class("qml-steps")
        self.observe(lambda _: self._show(), "value")
        self.value = _mixed(tuple(steps))

    def move(self, place: int, by: int) -> None:
        """Exchange the sentence at a place with its neighbour above (-1) or below (1)."""
        steps, to = list(self.value), place + by
        if 0 <= to < len(steps):
            steps[place], steps[to] = steps[to], steps[place]
            self.value = tuple(steps)

    def _show(self) -> None:
        rows = []
        for n, step in enumerate(self.value):
            buttons = []
            for arrow, by, where in (("↑", -1, "up"), ("↓", 1, "down")):
                button = ipywidgets.Button(
                    description=arrow,
                    tooltip=say(f"Move step {n + 1} {where}"),
                    disabled=not 0 <= n + by < len(self.value),
                )
                button.on_click(lambda _, n=n, by=by: self.move(n, by))
                buttons.append(button.add_class("qml-small"))
            words = ipywidgets.HTML(f"{n + 1}. {escape(say(step))}").add_class("qml-step")
            rows.append(ipywidgets.HBox([*buttons, words]).add_class("qml-row"))
        self.children = rows


def _mixed(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps in an order that is the same each time and never the right one."""
    mixed = list(steps)
    random.Random(len("".join(steps))).shuffle(mixed)
    return tuple(mixed) if tuple(mixed) != steps else tuple(reversed(steps))
