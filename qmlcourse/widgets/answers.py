"""What can be kept: a chosen answer, a drawn curve, the tries of an exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CONFIDENCE = ("a guess", "fairly sure", "certain")
_KEY, _TEXT, _POINTS = 80, 2000, 2000  # largest lengths that a file may hold


@dataclass(frozen=True)
class Answer:
    """A kept prediction: what was chosen, and how sure the student was."""

    choice: str
    confidence: str

    def __str__(self):
        return f"{self.choice} ({self.confidence})"


@dataclass(frozen=True)
class Tries:
    """How an exercise went: wrong answers so far, whether it is solved, and on which day.

    Attributes
    ----------
    memory : str
        When the question comes back, as :mod:`.spacing` wrote it; empty before it came back once.
    """

    wrong: int
    solved: bool
    day: str = ""
    memory: str = ""


def written(answer: Any) -> dict[str, Any]:
    """Turn an answer into what JSON can hold."""
    if isinstance(answer, Answer):
        return {"kind": "choice", "choice": answer.choice, "confidence": answer.confidence}
    if isinstance(answer, Tries):
        tries = {"kind": "tries", "wrong": answer.wrong, "solved": answer.solved, "day": answer.day}
        return {**tries, "memory": answer.memory} if answer.memory else tries
    x, y = answer
    return {"kind": "curve", "x": np.asarray(x).tolist(), "y": np.asarray(y).tolist()}


def read(entry: dict[str, Any]) -> Any:
    """Turn what JSON held into an answer; raises ``ValueError`` for anything that is none."""
    if entry["kind"] == "choice":
        if entry["confidence"] not in CONFIDENCE:
            raise ValueError("unknown confidence")
        return Answer(short(entry["choice"], _TEXT), entry["confidence"])
    if entry["kind"] == "tries":
        wrong, solved = entry["wrong"], entry["solved"]
        if type(wrong) is not int or wrong < 0 or type(solved) is not bool:
            raise ValueError("tries are a count and a yes or no")
        day, memory = short(entry.get("day", ""), 10), short(entry.get("memory", ""), _TEXT)
        return Tries(wrong, solved, day, memory)
    if entry["kind"] != "curve":
        raise ValueError("unknown kind of answer")
    x, y = (np.asarray(entry[name], dtype=float) for name in "xy")
    if x.ndim != 1 or x.shape != y.shape or not 2 <= len(x) <= _POINTS:
        raise ValueError("a curve has as many x as y")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (np.diff(x) > 0).all()):
        raise ValueError("a curve runs from left to right")
    return x, y


def short(text: Any, limit: int = _KEY) -> str:
    """Return a text that is not too long; raises ``ValueError`` otherwise."""
    if not isinstance(text, str) or len(text) > limit:
        raise ValueError("not a short text")
    return text
