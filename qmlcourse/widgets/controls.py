"""Controls as descriptions on traits: what a number means, and how it is set.

A trait tagged with one of these becomes a labelled widget with a unit and keyboard access::

    flux = traitlets.Float(0.25).tag(control=slider("Flux through the hole", "h/e", 0, 2, 0.01))
"""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import ipywidgets

from .words import say

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Control:
    """What all controls share; also the description of a state that no control shows."""

    label: str = ""
    help: str = field(default="", kw_only=True)

    def build(self, value: Any) -> ipywidgets.Widget:
        """Make the widget whose ``value`` is linked to the trait."""
        raise TypeError("this part of the state has no control")

    def row(self, widget: ipywidgets.Widget) -> ipywidgets.Widget:
        """Return what stands in the column: the widget, or the widget with its company."""
        return widget

    def check(self, name: str, value: Any) -> Any:
        """Return ``value`` if it is allowed, and raise ``ValueError`` in one sentence if not."""
        return value

    def encode(self, value: Any) -> str:
        """Write a value for a bookmark."""
        text = json.dumps(value, separators=(",", ":"), default=_plain)
        return quote(text, safe="[],.-+: " if '"' not in text else "")

    def decode(self, name: str, text: str) -> Any:
        """Read a value from a bookmark."""
        try:
            return json.loads(unquote(text))
        except ValueError:
            raise ValueError(f"The value {text!r} of {name} cannot be read.") from None


@dataclass(frozen=True)
class Slider(Control):
    """A number between two bounds."""

    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    log: bool = False
    format: str | None = None

    def build(self, value):
        unit = f" ({say(self.unit)})" if self.unit else ""
        options = {
            "description": f"{say(self.label)}{unit}",
            "tooltip": say(self.help),
            "value": value,
            "readout_format": self.format or self._format(value),
            "continuous_update": True,
        }
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return ipywidgets.FloatLogSlider(min=low, max=high, step=self.step, **options)
        kind = ipywidgets.IntSlider if isinstance(value, int) else ipywidgets.FloatSlider
        return kind(min=self.low, max=self.high, step=self.step, **options)

    def _format(self, value) -> str:
        if isinstance(value, int):
            return "d"
        if self.log:
            return ".3g"
        return f".{max(0, math.ceil(-math.log10(self.step) - 1e-9))}f"

    def check(self, name, value):
        unit = f" {self.unit}" if self.unit else ""
        slack = 1e-9 * (self.high - self.low)
        if not self.low - slack <= value <= self.high + slack:  # also refuses NaN
            raise ValueError(
                f"{name} is {value:g}{unit}, but it must lie between "
                f"{self.low:g} and {self.high:g}{unit}."
            )
        return min(max(value, self.low), self.high)

    def encode(self, value):
        short = f"{value:.10g}"
        return short if float(short) == value else repr(value)

    def decode(self, name, text):
        for number in (int, float):
            try:
                return number(text)
            except ValueError:
                continue
        raise ValueError(f"{name} must be a number, not {text!r}.")


@dataclass(frozen=True)
class Choice(Control):
    """One of a few named values."""

    options: tuple[tuple[str, Any], ...] = ()

    def build(self, value):
        wide = len(self.options) > 4 or sum(len(label) + 3 for label, _ in self.options) > 36
        kind = ipywidgets.Dropdown if wide else ipywidgets.ToggleButtons
        options = [(say(label), known) for label, known in self.options]
        return kind(
            description=say(self.label), options=options, value=value, tooltip=say(self.help)
        )

    def check(self, name, value):
        for _, known in self.options:
            if type(known) is type(value) and known == value:
                return known
        legal = ", ".join(repr(known) for _, known in self.options)
        raise ValueError(f"{name} is {value!r}, but it must be one of {legal}.")

    def encode(self, value):
        return quote(str(value), safe=" .-+")

    def decode(self, name, text):
        for _, known in self.options:
            if str(known) == unquote(text):
                return known
        return self.check(name, unquote(text))


@dataclass(frozen=True)
class Toggle(Control):
    """Yes or no."""

    def build(self, value):
        return ipywidgets.Checkbox(
            description=say(self.label), value=value, indent=False, tooltip=say(self.help)
        )

    def encode(self, value):
        return "yes" if value else "no"

    def decode(self, name, text):
        if text not in ("yes", "no"):
            raise ValueError(f"{name} must be yes or no, not {text!r}.")
        return text == "yes"


@dataclass(frozen=True)
class Seed(Control):
    """A whole number that fixes what is random, with a button for another one."""

    def build(self, value):
        return ipywidgets.BoundedIntText(
            description=say(self.label),
            value=value,
            min=0,
            max=LARGEST_SEED,
            tooltip=say(self.help),
        )

    def row(self, widget):
        new = ipywidgets.Button(
            description=say("New"), tooltip=say(f"Another {self.label.lower()}")
        )
        new.on_click(lambda _: setattr(widget, "value", random.randrange(10_000)))
        return ipywidgets.HBox([widget, new.add_class("qml-small")]).add_class("qml-seed")

    def check(self, name, value):
        if not 0 <= value <= LARGEST_SEED:
            raise ValueError(f"{name} is {value}, but it must be between 0 and {LARGEST_SEED}.")
        return value

    def encode(self, value):
        return str(value)

    def decode(self, name, text):
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"{name} must be a whole number, not {text!r}.") from None


def slider(label, unit, low, high, step, log=False, format=None, help="") -> Slider:
    """Describe a slider.

    Parameters
    ----------
    label, unit
        Name of the quantity and its unit (empty for a pure number).
    low, high
        Bounds, in that unit; both belong to the range.
    step
        Step of one arrow key; of the decimal exponent where ``log`` is set. A whole-number trait
        with a whole step makes a whole-number slider.
    log
        Whether the slider runs over orders of magnitude.
    format
        How the number is shown, such as ``".2f"``; follows from the step by default.
    help
        A sentence that appears when the pointer rests on the label.
    """
    if not low < high or step <= 0 or (log and low <= 0):
        raise ValueError(f"slider {label!r} needs low < high and step > 0 (and low > 0 for log)")
    return Slider(label, unit, low, high, step, log, format, help=help)


def choice(label, options, help="") -> Choice:
    """Describe a choice; ``options`` is a list of values or a dictionary from label to value."""
    pairs = (
        options.items() if isinstance(options, dict) else ((str(item), item) for item in options)
    )
    return Choice(label, tuple(pairs), help=help)


def toggle(label, help="") -> Toggle:
    """Describe a switch."""
    return Toggle(label, help=help)


def seed(label="Random seed", help="") -> Seed:
    """Describe a random seed: a whole number with a button that takes a new one."""
    return Seed(label, help=help)


def _plain(value):
    """Turn NumPy numbers and arrays into what JSON can write."""
    return value.tolist()
