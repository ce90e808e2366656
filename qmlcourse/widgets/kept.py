"""What students have predicted, kept by key for as long as the kernel lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_answers: dict[str, Any] = {}
_followers: dict[str, list[Callable[[], None]]] = {}


def keep(key: str, answer: Any) -> None:
    """Keep an answer, and tell those who follow the key."""
    _answers[key] = answer
    _tell(key)


def kept(key: str) -> Any:
    """Return the kept answer, or None."""
    return _answers.get(key)


def clear(key: str | None = None) -> None:
    """Forget one answer, or all of them."""
    for name in list(_answers) if key is None else [key]:
        _answers.pop(name, None)
        _tell(name)


def follow(key: str, callback: Callable[[], None]) -> None:
    """Call ``callback()`` now and whenever the answer under ``key`` changes."""
    _followers.setdefault(key, []).append(callback)
    callback()


def _tell(key: str) -> None:
    for callback in list(_followers.get(key, ())):
        callback()
