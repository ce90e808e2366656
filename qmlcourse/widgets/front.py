"""The browser's half of the kit: picture, status line and file chooser in one small module.

Everything else in the kit is made of core ipywidgets. ``display.js``, ``picture.js`` and
``picture.css`` lie beside this file and need no network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from . import on_page
from .font import fonts
from .words import say

HERE = Path(__file__).parent


class Quiet:
    """Widgets that print their name or their words, not their state, so that outputs compare equal.

    Closing one closes all that stands in it; a cell that runs again closes what it showed before.
    """

    def __repr__(self):
        return type(self).__name__

    def on_paper(self) -> str:
        """Return as HTML what a page without a kernel shows; by default nothing but the name."""
        return ""

    def close(self) -> None:
        """Take the widget off the page, with all that stands in it."""
        on_page.close_tree(self)
        super().close()

    def _repr_mimebundle_(self, **options):
        on_page.show(self)
        found = super()._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found, {})
        words = "" if on_page.served() else self.on_paper()
        if words:
            plain = unescape(re.sub(r"<[^>]+>", " ", words))
            data = {**data, "text/html": words, "text/plain": " ".join(plain.split())}
        return data, metadata


class Column(Quiet, ipywidgets.VBox):
    """Several widgets of the kit below each other, on the page and on paper."""

    def on_paper(self) -> str:
        """Return what its widgets show on paper, one after the other."""
        return "".join(one.on_paper() for one in self.children)


class Front(Quiet, anywidget.AnyWidget):
    """A widget drawn by ``picture.js``; ``kind`` says by which of its parts."""

    # as text: of a file that it could watch for changes, anywidget keeps every widget for ever
    _esm = "".join((HERE / name).read_text("utf-8") for name in ("display.js", "picture.js"))
    _css = (HERE / "picture.css").read_text("utf-8")
    kind = traitlets.Unicode().tag(sync=True)

    def __repr__(self):
        return next(c.__name__ for c in type(self).__mro__ if c.__module__ == __name__)


class Picture(Front):
    """A picture that the browser draws, that can be dragged on, steered by keys and read aloud.

    Attributes
    ----------
    scene, moving : bytes
        Display lists: what stays, and what is drawn over it.
    room : int
        CSS pixels that the page gives to the picture, told by the browser once it comes near to
        what is in sight; 0 before it is known, -1 where the picture is enlarged as it was made.
    alt : str
        One sentence that states what it shows now.
    width, height : int
        Size in CSS pixels; a narrow window scales it down.
    draggable, steerable : bool
        Whether pointer positions and arrow keys are reported.
    hint : str
        How to use it, shown when the pointer rests on it.
    pointer : dict
        ``{"x", "y", "phase", "n", "pressed"}``: position in figure fractions from the lower left
        corner, ``"down"``, ``"move"`` or ``"up"``, and ``{"x", "y", "n"}`` of the press itself.
    arrows : dict
        ``{"dx", "dy", "n"}``: arrow keys pressed since the last report (ten each with Shift).
    seen : int
        The last ``n`` that the kernel has answered; the browser holds moves back until then.
    """

    kind = traitlets.Unicode("picture").tag(sync=True)
    scene = traitlets.Bytes(b"").tag(sync=True)
    moving = traitlets.Bytes(b"").tag(sync=True)
    room = traitlets.Int(0).tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(700).tag(sync=True)
    height = traitlets.Int(420).tag(sync=True)
    draggable = traitlets.Bool(False).tag(sync=True)
    steerable = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    pointer = traitlets.Dict().tag(sync=True)
    arrows = traitlets.Dict().tag(sync=True)
    seen = traitlets.Int(0).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(lambda _, message, buffers: message.get("do") == "fonts" and self._letter())

    def _letter(self) -> None:
        """Give the page the font of all pictures, where its machine has none."""
        weights = fonts()
        self.send({"do": "fonts", "weights": [*weights]}, buffers=[*weights.values()])

    def offer(self, name: str, content: bytes, mime: str = "application/octet-stream") -> None:
        """Let the browser download ``content`` as a file called ``name``."""
        self.send({"do": "offer", "name": name, "mime": mime}, buffers=[content])


class StatusLine(Front):
    """A line that screen readers announce when it changes.

    Attributes
    ----------
    text : str
        What it says.
    tone : str
        ``"note"``, ``"busy"``, ``"good"``, ``"close"`` or ``"error"``: its colour and its sign.
    """

    kind = traitlets.Unicode("status").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    tone = traitlets.Enum(("note", "busy", "good", "close", "error"), "note").tag(sync=True)

    def say(self, text: str, tone: str = "note") -> None:
        """Show ``text`` in the given tone."""
        with self.hold_sync():
            self.text, self.tone = say(text), tone


class Chooser(Front):
    """A file button that refuses what is too large before anything is sent.

    Attributes
    ----------
    label : str
        What the button says.
    accept : str
        File endings, such as ``".csv,.txt"``.
    limit : int
        Largest size in bytes.
    """

    kind = traitlets.Unicode("chooser").tag(sync=True)
    label = traitlets.Unicode("Choose a file").tag(sync=True)
    accept = traitlets.Unicode("").tag(sync=True)
    limit = traitlets.Int(2_000_000).tag(sync=True)

    def on_file(self, receive: Callable[[str, int, bytes | None], None]) -> None:
        """Call ``receive(name, size, content)``; ``content`` is None where it was too large."""

        def handle(_, message, buffers):
            if message.get("do") == "file":
                content = bytes(buffers[0]) if buffers else None
                receive(str(message["name"]), int(message["size"]), content)

        self.on_msg(handle)


def listed(items: Iterable[str]) -> str:
    """Return words as a list in HTML."""
    return "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in items) + "</ul>"


def heading(text: str, level: int = 3) -> ipywidgets.HTML:
    """Make a heading that belongs to the outline of the page."""
    return ipywidgets.HTML(f"<h{level} class='qml-title'>{say(text)}</h{level}>")


class Fold(Quiet, ipywidgets.VBox):
    """A folded part that opens by pointer or keyboard.

    Parameters
    ----------
    title
        What the fold holds.
    children
        Widgets inside.
    opened
        Whether it starts open.

    Attributes
    ----------
    paper : str
        What stands in it on a page without a kernel, as HTML, where this is not the same.
    """

    paper = ""

    def __init__(self, title: str, children, opened: bool = False):
        self._title = say(title)
        self.button = ipywidgets.ToggleButton(value=opened).add_class("qml-fold-button")
        self.inside = ipywidgets.VBox(list(children)).add_class("qml-fold-inside")
        super().__init__([self.button, self.inside])
        self.add_class("qml-fold")
        self.button.observe(lambda _: self._show(), "value")
        self._show()

    def on_paper(self) -> str:
        """Return the same fold for a page without a kernel, with the words that stand in it."""
        words = self.paper or "".join(getattr(one, "value", "") for one in self.inside.children)
        return f"<details><summary>{self._title}</summary>{words}</details>" if words else ""

    def _show(self):
        opened = self.button.value
        self.button.description = ("▾ " if opened else "▸ ") + self._title
        self.inside.layout.display = None if opened else "none"
