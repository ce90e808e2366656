"""The file in which answers are kept: small, readable, never lost.

JSON of the form ``{"qmlcourse": 1, "answers": {key: {"kind": ..., ...}}}``. A file that cannot be
read, or that a newer version wrote, is renamed and named; it is never overwritten.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..storage.atomic import write_bytes
from .answers import read, short, written

VERSION = 1
LARGEST = 1_000_000  # bytes
PATIENCE = 3.0  # seconds to wait for another kernel that writes
_GLANCE = 0.1  # seconds to wait where it was in vain before, so that a page stays quick


class ProgressFile:
    """A progress file, shared by all kernels of one user.

    A change that cannot be written waits in memory. It is written with the next change, or when
    the kernel ends.

    Parameters
    ----------
    path
        Where the file is, or will be.
    """

    def __init__(self, path: Path):
        self.path = Path(path)
        self._news = ""  # a file was set aside; stays true
        self._trouble = ""  # true as long as changes wait
        self._waiting: list[Callable[[dict[str, Any]], Any]] = []
        self._lock = FileLock(self.path.with_name(f"{self.path.name}.lock"))

    @property
    def notice(self) -> str:
        """What the student has to know about the file, in a sentence or two; empty if nothing."""
        return " ".join(filter(None, (self._news, self._trouble)))

    def read(self) -> dict[str, Any]:
        """Return the answers; a file that is damaged is set aside, and named in `notice`."""
        try:
            return self._load()
        except OSError as error:
            self._trouble = f"Your progress at {self.path} cannot be read: {error.strerror}."
            return {}

    def _load(self) -> dict[str, Any]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            return self.decode(content)
        except ValueError as error:
            aside = self.set_aside()
            self._news = f"{error} The file is kept as {aside.name}, and a new one is begun."
            return {}

    def put(self, fresh: dict[str, Any]) -> None:
        """Write answers by key; what other kernels wrote in between stays."""
        self._change(lambda answers: answers.update(fresh))

    def remove(self, key: str | None) -> None:
        """Remove one answer; None sets the whole file aside."""
        self._change(self._forget if key is None else lambda answers: answers.pop(key, None))

    def set_aside(self) -> Path:
        """Rename the file, and return its new path."""
        stem = f"{self.path.stem}-{time.strftime('%Y%m%d-%H%M%S')}"
        aside, count = self.path.with_name(f"{stem}.json"), 1
        while aside.exists():
            count += 1
            aside = self.path.with_name(f"{stem}-{count}.json")
        os.replace(self.path, aside)
        return aside

    def flush(self) -> bool:
        """Write the changes that wait; return whether none waits any more."""
        if not self._waiting:
            return True
        patience = _GLANCE if self._trouble else PATIENCE
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock.acquire(timeout=patience):
                answers = self._load()
                for change in self._waiting:
                    change(answers)
                write_bytes(self.path, self.encode(answers))
        except Timeout:
            self._trouble = (
                f"Another program holds your progress file {self.path}; your answers wait in this "
                "page and are written with the next one."
            )
            return False
        except (OSError, NotImplementedError) as error:
            why = getattr(error, "strerror", None) or "its folder cannot be locked"
            self._trouble = f"Your progress cannot be written to {self.path}: {why}."
            return False
        self._waiting.clear()
        self._trouble = ""
        return True

    def _change(self, change: Callable[[dict[str, Any]], Any]) -> None:
        self._waiting.append(change)
        if not self.flush() and len(self._waiting) == 1:
            atexit.register(self.flush)

    def _forget(self, answers: dict[str, Any]) -> None:
        answers.clear()
        if self.path.exists():
            self._news = f"Your earlier answers are kept as {self.set_aside().name}."

    @staticmethod
    def encode(answers: dict[str, Any]) -> bytes:
        """Write answers as a file."""
        entries = {key: written(answer) for key, answer in answers.items()}
        return json.dumps({"qmlcourse": VERSION, "answers": entries}, indent=1).encode()

    @staticmethod
    def decode(content: bytes) -> dict[str, Any]:
        """Read answers from a file; raises ``ValueError`` in one sentence."""
        if len(content) > LARGEST:
            raise ValueError("This progress file is too large.")
        try:
            book = json.loads(content.decode("utf-8"))
        except (ValueError, RecursionError):
            raise ValueError("This is not a progress file of the course.") from None
        if not isinstance(book, dict) or not isinstance(book.get("answers"), dict):
            raise ValueError("This is not a progress file of the course.")
        version = book.get("qmlcourse")
        if version != VERSION:
            raise ValueError(f"This progress file has version {version!r:.20}, not {VERSION}.")
        try:
            return {short(key): read(entry) for key, entry in book["answers"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ValueError("This progress file is damaged.") from None
