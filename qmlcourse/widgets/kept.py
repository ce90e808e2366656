"""What students have predicted and solved, kept by key: in memory, and in a small file.

The file lies in the user's data folder. ``QMLCOURSE_PROGRESS`` names another one, or ``off`` keeps
nothing beyond the life of the kernel, as on a server that a whole class shares.
"""

from __future__ import annotations

import datetime
import inspect
import os
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .answers import Tries
from .progress_file import ProgressFile

_answers: dict[str, Any] = {}
_followers: dict[str, list[Callable]] = {}  # references, which give a callback or None
_watchers: list[Callable] = []
_file: list[ProgressFile | None] = []


def keep(key: str, answer: Any) -> None:
    """Keep an answer, and tell those who follow the key."""
    _keep_all({key: answer})


def kept(key: str) -> Any:
    """Return the kept answer, or None."""
    _opened()
    return _answers.get(key)


def everything() -> dict[str, Any]:
    """Return all that is kept, by key."""
    _opened()
    return dict(_answers)


def tried(key: str, ok: bool) -> None:
    """Count a try of an exercise; once solved, it stays solved."""
    before = kept(key) or Tries(0, False)
    if before.solved:
        return
    day = datetime.date.today().isoformat()
    keep(key, Tries(before.wrong + (not ok), ok, day))


def clear(key: str | None = None) -> None:
    """Forget one answer, or all of them; a file with all of them is set aside, not deleted."""
    _opened()
    if _file[0]:
        _file[0].remove(key)
    names = list(_answers) if key is None else [key]
    for name in names:
        _answers.pop(name, None)
    _tell(names)


def follow(key: str, callback: Callable[[], None]) -> None:
    """Call ``callback()`` now and whenever the answer under ``key`` changes.

    The owner of a method is not kept alive by it.
    """
    _followers.setdefault(key, []).append(_held(callback))
    callback()


def watch(callback: Callable[[], None]) -> None:
    """Call ``callback()`` now and whenever any answer changes; else as :func:`follow`."""
    _watchers.append(_held(callback))
    callback()


def leave(callback: Callable[[], None]) -> None:
    """Let a callback follow nothing any more."""
    for references in (*_followers.values(), _watchers):
        references[:] = [one for one in references if one() not in (None, callback)]


def export() -> bytes:
    """Return all that is kept as one file, to be read by :func:`include`."""
    return ProgressFile.encode(everything())


def include(content: bytes) -> int:
    """Take the answers of an exported file over, and return how many.

    What is kept here already and solved stays; nothing is lost.

    Raises
    ------
    ValueError
        Where the content is not such a file.
    """
    found = ProgressFile.decode(content)
    mine = everything()
    open_still = {key for key, one in mine.items() if isinstance(one, Tries) and not one.solved}
    _keep_all({key: one for key, one in found.items() if key not in mine or key in open_still})
    return len(found)


def notice() -> str:
    """Say what happened to a file that could not be read; empty where all is well."""
    _opened()
    return _file[0].notice if _file[0] else ""


def where() -> Path | None:
    """Return the file in which answers are kept, or None."""
    _opened()
    return _file[0].path if _file[0] else None


def _opened() -> None:
    if _file:
        return
    wanted = os.environ.get("QMLCOURSE_PROGRESS", "")
    if wanted == "off":
        _file.append(None)
        return
    _file.append(ProgressFile(Path(wanted) if wanted else _place()))
    _answers.update(_file[0].read())


def _place() -> Path:
    from platformdirs import user_data_path

    return user_data_path("qmlcourse", appauthor=False) / "progress.json"


def _keep_all(fresh: dict[str, Any]) -> None:
    """Keep answers: one write, and one word to whoever watches, however many they are."""
    _opened()
    _answers.update(fresh)
    if _file[0]:
        _file[0].put(fresh)
    _tell(fresh)


def _tell(keys: Iterable[str]) -> None:
    for reference in [*(one for key in keys for one in _followers.get(key, ())), *_watchers]:
        callback = reference()
        if callback is not None:
            callback()


def _held(callback: Callable[[], None]) -> Callable:
    return weakref.WeakMethod(callback) if inspect.ismethod(callback) else lambda: callback
