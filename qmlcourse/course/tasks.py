"""What there is to do in each chapter: predictions, exercises and recall questions.

A question says the key under which it is kept where it is asked: ``key="ab-flux"``, or
``@checks.filed("ab-two_paths")`` for code. This module reads the keys from the source of a
chapter's ``questions.py`` and ``recall.py``, in the order in which they stand there. It does not
import them, because that loads the chapter's physics and takes seconds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ..widgets import kept
from ..widgets.answers import Answer, Tries
from . import chapters

_ROOMS = Path(__file__).parents[1] / "explorers"
_RECALL = "recall.py"
_MODULES = ("questions.py", _RECALL)


def tasks() -> dict[int, list[str]]:
    """Return the keys of all tasks by chapter number, in their order.

    Chapters that have no room in ``explorers`` yet are left out.
    """
    found = {chapter.number: keys_of(chapter.name) for chapter in chapters.CHAPTERS}
    return {number: list(keys) for number, keys in found.items() if keys}


@cache
def recall_keys() -> dict[int, tuple[str, ...]]:
    """Return the keys of the questions to recall by chapter number, in their order."""
    return {chapter.number: keys_of(chapter.name, _RECALL) for chapter in chapters.CHAPTERS}


@cache
def keys_of(name: str, *modules: str) -> tuple[str, ...]:
    """Return the keys of a chapter's tasks, read from the source of its questions.

    Parameters
    ----------
    name
        Name of the chapter's package.
    modules
        Names of the files to be read; by default all that hold questions.
    """
    paths = [_ROOMS / name / module for module in modules or _MODULES]
    return tuple(key for path in paths if path.exists() for key in _keys(path))


def _keys(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _is_call(node)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return list(dict.fromkeys(key for call in calls for key in _said(call)))


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def _said(call: ast.Call) -> Iterator[str]:
    """Yield the key that a call gives as a plain text; a key from elsewhere is no task's."""
    places = [word.value for word in call.keywords if word.arg == "key"]
    if getattr(call.func, "attr", "") == "filed":
        places += call.args[:1]
    for place in places:
        if isinstance(place, ast.Constant):
            yield place.value


def done(key: str) -> bool:
    """Return whether a prediction is made or an exercise solved."""
    answer = kept.kept(key)
    return answer.solved if isinstance(answer, Tries) else answer is not None


def results(name: str = "") -> dict[str, list[Any]]:
    """Return a table of all tasks for a teacher: columns by name, one row a task.

    Predictions are listed with what was chosen; nobody grades them.

    Parameters
    ----------
    name
        The student's name, in each row.
    """
    rows = []
    for number, keys in tasks().items():
        for key in keys:
            answer = kept.kept(key)
            wrong = str(answer.wrong) if isinstance(answer, Tries) else ""
            day = answer.day if isinstance(answer, Tries) else ""
            said = str(answer) if isinstance(answer, Answer) else ""
            rows.append((name, number, key, "yes" if done(key) else "no", wrong, day, said))
    columns = ("name", "chapter", "task", "done", "wrong_answers", "day", "prediction")
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
