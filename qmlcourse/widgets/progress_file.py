"""The file in which answers are kept: small, readable, never lost.

JSON of the form ``{"qmlcourse": 1, "answers": {key: {"kind": ..., ...}}}``. A file that cannot be
read, or that a newer version wrote, is renamed and named; it is never overwritten.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .answers import read, short, written

VERSION = 1
LARGEST = 1_000_000  # bytes
_PATIENCE = 2.0  # seconds to wait for another kernel that writes


class ProgressFile:
    """A progress file, shared by all kernels of one user.

    Attributes
    ----------
    path : pathlib.Path
        Where it is.
    notice : str
        One sentence on a file that was set aside, or on a folder that cannot be written.
    """

    def __init__(self, path: Path):
        self.path, self.notice = Path(path), ""

    def read(self) -> dict[str, Any]:
        """Return the answers; a file that cannot be read is set aside, and named in `notice`."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.notice = f"Your progress at {self.path} cannot be read: {error.strerror}."
            return {}
        try:
            return self.decode(content)
        except ValueError as error:
            aside = self.set_aside()
            self.notice = f"{error} The file is kept as {aside.name}, and a new one is begun."
            return {}

    def put(self, fresh: dict[str, Any]) -> None:
        """Write answers by key; what other kernels wrote in between stays."""
        self._change(lambda answers: answers.update(fresh))

    def remove(self, key: str | None) -> None:
        """Remove one answer; None sets the whole file aside."""
        if key is not None:
            self._change(lambda answers: answers.pop(key, None))
        elif self.path.exists():
            aside = self.set_aside()
            self.notice = f"Your earlier answers are kept as {aside.name}."

    def set_aside(self) -> Path:
        """Rename the file, and return its new path."""
        stem = f"{self.path.stem}-{time.strftime('%Y%m%d-%H%M%S')}"
        aside, count = self.path.with_name(f"{stem}.json"), 1
        while aside.exists():
            count += 1
            aside = self.path.with_name(f"{stem}-{count}.json")
        os.replace(self.path, aside)
        return aside

    def _change(self, change) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self.path.with_suffix(".lock")):
                answers = self.read()
                change(answers)
                fresh = self.path.with_suffix(f".{os.getpid()}.new")
                fresh.write_bytes(self.encode(answers))
                os.replace(fresh, self.path)
        except OSError as error:
            self.notice = f"Your progress cannot be written to {self.path}: {error.strerror}."

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


@contextmanager
def _alone(lock: Path):
    """Hold a lock file; one that a killed kernel left is taken over after a while."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if time.monotonic() > until:
                break
            time.sleep(0.02)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()
