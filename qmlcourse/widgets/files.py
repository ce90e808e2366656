"""A user's own file: refused in one sentence, or read and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets

from .front import Chooser, Quiet, StatusLine
from .guard import sentence
from .words import say

CHANNEL_LIMIT = 8_000_000  # bytes; Jupyter closes a connection that sends 10 MB in one message


class Upload(Quiet, ipywidgets.VBox):
    """A file button, what became of the file, and the last one that could be read.

    Attributes
    ----------
    value : object
        What ``parse`` made of the last good file; None before the first.
    name : str
        Name of that file.
    errors : list of Exception
        Files that were refused.
    """

    value = traitlets.Any(None, allow_none=True)
    name = traitlets.Unicode("")

    def __init__(self, label: str, accept: str, parse: Callable[[bytes], Any], max_bytes: int):
        self._parse, self._limit = parse, min(max_bytes, CHANNEL_LIMIT)
        self.errors: list[Exception] = []
        self.chooser = Chooser(label=say(label), accept=accept, limit=self._limit)
        self.chooser.on_file(self.receive)
        self.status = StatusLine()
        super().__init__([self.chooser, self.status])
        self.add_class("qml").add_class("qml-upload")

    def receive(self, name: str, size: int | None = None, content: bytes | None = None) -> bool:
        """Take a file, and return whether it was read.

        Parameters
        ----------
        name
            File name.
        size
            Size in bytes as the browser says; None takes the length of the content.
        content
            The bytes; None where the browser held them back because there are too many.
        """
        try:
            value = self._read(name, len(content or b"") if size is None else size, content)
        except Exception as error:
            self.errors.append(error)
            kept = f" {self.name} stays in use." if self.name else ""
            self.status.say(sentence(error) + kept, "error")
            return False
        with self.hold_trait_notifications():
            self.value, self.name = value, name
        self.status.say(f"{name} is read.", "good")
        return True

    def _read(self, name: str, size: int, content: bytes | None) -> Any:
        if size == 0:
            raise ValueError(f"{name} is empty.")
        if size > self._limit:
            raise ValueError(f"{name} has {_size(size)}; at most {_size(self._limit)} are taken.")
        if not content:
            raise ValueError(f"{name} did not arrive; please choose it again.")
        try:
            return self._parse(content)
        except UnicodeDecodeError:
            raise ValueError(f"{name} is not a text file.") from None


def upload(
    label: str, accept: str, parse: Callable[[bytes], Any], max_bytes: int = 2_000_000
) -> Upload:
    """Make a button for a user's own file.

    Parameters
    ----------
    label
        What the button says.
    accept
        File endings, such as ``".csv,.txt"``.
    parse
        Turns the bytes into a value, or raises ``ValueError`` in one sentence. The last value that
        it returned stays in ``.value``; observe that trait to use it.
    max_bytes
        Larger files are refused before they are sent, and before they are parsed; never more than
        8 MB, which is what a Jupyter connection carries.
    """
    return Upload(label, accept, parse, max_bytes)


def text(content: bytes) -> str:
    """Decode a text file, as a first step of parsing; raises ``ValueError`` for other files."""
    if b"\0" in content:
        raise ValueError("This is not a text file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("This is not a text file in UTF-8.") from None


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count} bytes"
