"""The state of an explorer: named numbers that can be read, set, checked and shared as text.

A bookmark is one line, such as ``ab_ring:flux=0.5,energy=-1.2``: the explorer's name and whatever
differs from the defaults.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import traitlets
from cachetools import LRUCache

from .controls import Control


class Stateful(traitlets.HasTraits):
    """Traits tagged with ``control=`` (or ``state=True``) that form a state.

    Setting a trait outside the range of its control raises ``ValueError`` in one sentence.
    Subclasses implement :meth:`_state_changed`, which is called once however many traits change
    together.
    """

    name = "state"

    def __init__(self, **start: Any):
        super().__init__()
        self._together = 0
        self._touched = False
        self._parts = _parts(type(self))
        for name in self._parts:
            if name not in self._trait_validators:
                self._register_validator(_in_range, (name,))
        self._set(self._checked(start))
        self._start = self.state()
        self.observe(lambda _: self._touch(), list(self._parts))

    @property
    def parts(self) -> dict[str, Control]:
        """How each named value is set, in the order of their declaration."""
        return self._parts

    def state(self) -> dict[str, Any]:
        """Return all named values, in the order of their declaration."""
        return {name: getattr(self, name) for name in self._parts}

    def set_state(self, state: dict[str, Any] | str) -> None:
        """Set several values at once, from a dictionary or a bookmark; one redraw follows.

        Parameters
        ----------
        state
            A dictionary changes the values it names. A bookmark also sets all others to their
            defaults.

        Raises
        ------
        ValueError
            Where a name is unknown or a value is out of range; nothing is changed then.
        """
        if isinstance(state, str):
            state = self.defaults() | self._read(state)
        checked = self._checked(state)
        with self.together():
            self._set(checked)

    def defaults(self) -> dict[str, Any]:
        """Return the values that a fresh explorer of this class has."""
        return {name: self.traits()[name].default(self) for name in self._parts}

    def bookmark(self) -> str:
        """Return the state as one line of text: the name, and what differs from the defaults."""
        defaults = self.defaults()
        parts = [
            f"{name}={self._parts[name].encode(value)}"
            for name, value in self.state().items()
            if freeze(value) != freeze(defaults[name])
        ]
        return f"{self.name}:{','.join(parts)}"

    def reset(self) -> None:
        """Go back to the values with which this explorer was made."""
        self.set_state(self._start)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Change several traits inside a ``with`` block; one redraw follows."""
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            if self._touched and not self._together:
                self._touched = False
                self._state_changed()

    def restore(self, state: dict[str, Any]) -> None:
        """Set values that were valid before; :meth:`_state_changed` is not called."""
        with self.together():
            self._set(state)
            self._touched = False

    def _state_changed(self) -> None:
        raise NotImplementedError

    def _touch(self) -> None:
        if self._together:
            self._touched = True
        else:
            self._state_changed()

    def _set(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def _checked(self, state: dict[str, Any]) -> dict[str, Any]:
        checked = {}
        for name, value in state.items():
            if name not in self._parts:
                known = ", ".join(self._parts)
                raise ValueError(f"{self.name} has no value called {name!r}; it has {known}.")
            try:
                checked[name] = self.traits()[name]._validate(self, value)
            except traitlets.TraitError:
                kind = type(self.traits()[name]).__name__.lower()
                raise ValueError(f"{name} is {value!r}, but it must be of type {kind}.") from None
        return checked

    def _read(self, bookmark: str) -> dict[str, Any]:
        owner, colon, rest = bookmark.strip().partition(":")
        if not colon or owner != self.name:
            raise ValueError(
                f"A bookmark of this explorer starts with '{self.name}:', not {bookmark[:30]!r}."
            )
        state = {}
        for part in _split(rest):
            name, equals, text = (piece.strip() for piece in part.partition("="))
            if not equals:
                raise ValueError(f"{part!r} in the bookmark is not of the form name=value.")
            if name not in self._parts:
                self._checked({name: None})
            value = self._parts[name].decode(name, text)
            as_tuple = isinstance(self.traits()[name], traitlets.Tuple)
            state[name] = _tuples(value) if as_tuple else value
        return state


class Remembered:
    """A function of keyword arguments that keeps its last results.

    Parameters
    ----------
    function
        A pure function of keyword arguments.
    size
        How many results are kept; None, an abandoned result, is never kept.
    """

    def __init__(self, function: Callable[..., Any], size: int):
        self._function = function
        self._kept = LRUCache(size)
        self._lock = threading.Lock()  # a worker thread and the page ask at the same time

    def __call__(self, **arguments: Any) -> Any:
        key = freeze(arguments)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        result = self._function(**arguments)
        if result is not None:
            with self._lock:
                self._kept[key] = result
        return result

    def __contains__(self, arguments: dict[str, Any]) -> bool:
        return freeze(arguments) in self._kept


def freeze(value: Any) -> Any:
    """Turn nested lists, dictionaries and arrays into something that can be a key."""
    if isinstance(value, dict):
        return tuple((name, freeze(item)) for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    return value


def _parts(owner: type) -> dict[str, Control]:
    """Return the tagged traits of a class in the order of their declaration."""
    parts: dict[str, Control] = {}
    for base in reversed(owner.__mro__):
        for name, item in vars(base).items():
            if isinstance(item, traitlets.TraitType):
                tags = item.metadata
                parts.pop(name, None)
                if "control" in tags or tags.get("state"):
                    parts[name] = tags.get("control", Control(name))
    return parts


def _in_range(owner: Stateful, proposal) -> Any:
    name = proposal["trait"].name
    return owner._parts[name].check(name, proposal["value"])


def _split(text: str) -> list[str]:
    """Split at the commas that stand outside of brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{(") - (letter in "]})")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part.strip()]


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
