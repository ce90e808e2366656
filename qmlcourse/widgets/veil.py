"""A veil: what gives an answer away stays covered until the student has committed to one.

A lecture has its own order, so there the veils are off: ``QMLCOURSE_VEILS=off``.
"""

from __future__ import annotations

import os
import weakref
from html import escape

import ipywidgets

from . import kept
from .answers import Answer
from .explorer import Explorer
from .following import Follower
from .theme import CourseFigure
from .words import say

_veils: weakref.WeakSet[Veil] = weakref.WeakSet()
VEILED = "qml-veiled"  # the class of the fold in which a page without a kernel holds the picture
_OPENS = "Your answer to the question above opens this: {title}."
_FIGURE = "the picture"


class Veil(Follower):
    """Cover an explorer or a figure until the question under a key is answered.

    Parameters
    ----------
    key
        Name under which the answer is kept, as of :class:`~qmlcourse.widgets.Prediction`.
    thing
        What is covered; its picture is not drawn before it is shown.

    Attributes
    ----------
    shown : bool
        Whether it is uncovered.
    """

    def __init__(self, key: str, thing: Explorer | CourseFigure):
        self.key, self.thing = key, thing
        self._skipped = os.environ.get("QMLCOURSE_VEILS") == "off"
        self._words = ipywidgets.HTML(f"<p>{self._sentence()}</p>").add_class("qml-question")
        self.button = ipywidgets.Button(description=say("Show it without an answer"))
        self.button.add_class("qml-button").on_click(lambda _: self.skip())
        self._own = ipywidgets.HTML().add_class("qml").add_class("qml-own-answer")
        self._picture: ipywidgets.Widget | None = None  # what the veil covered, once it is shown
        self._cover = ipywidgets.VBox([self._words, self.button])
        self._cover.add_class("qml").add_class("qml-card").add_class("qml-veil")
        super().__init__([self._cover])
        _veils.add(self)
        self.follow()

    @property
    def shown(self) -> bool:
        """Whether it is uncovered."""
        return self._skipped or kept.kept(self.key) is not None

    def skip(self) -> None:
        """Show it, and all else under its key, although nothing was answered."""
        for veil in [one for one in _veils if one.key == self.key]:
            veil._skipped = True
            veil._show()

    def close(self) -> None:
        """Take veil and picture off the page."""
        if isinstance(self.thing, Explorer):
            self.children = ()
            self.thing.close()
        _veils.discard(self)
        super().close()

    def _show(self) -> None:
        """Follow the answer; what has been seen is not covered again by forgetting it."""
        if self.shown and self._picture is None:
            self._skipped = True
            thing = self.thing
            self._picture = thing.view if isinstance(thing, Explorer) else thing.as_widget()
        if self._picture is not None:
            self.children = [*self._own_answer(), self._picture]

    def _own_answer(self) -> list[ipywidgets.HTML]:
        """Return the student's own choice, to be read over the picture that judges it."""
        answer = kept.kept(self.key)
        if not isinstance(answer, Answer) or os.environ.get("QMLCOURSE_VEILS") == "off":
            return []
        said = say("You said: <b>{}</b> ({}). What does the picture say?")
        text = said.format(escape(say(answer.choice)), say(answer.confidence))
        self._own.value = f"<p>{text}</p>"
        return [self._own]

    def _sentence(self) -> str:
        title = self.thing.title if isinstance(self.thing, Explorer) else _FIGURE
        return say(_OPENS.format(title=say(title)))

    def __repr__(self):
        return f"Veil over {self.thing!r}" if isinstance(self.thing, Explorer) else "Veil"

    def on_paper(self) -> str:
        """Return the sentence, and the still in a closed fold, for a page without a kernel."""
        picture, alt = self.thing.still()
        head = f"<summary>{escape(self._sentence())}</summary>"
        image = f'<img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{picture}" />'
        return f'<details class="{VEILED}">{head}{image}</details>'


def after(key: str, thing: Explorer | CourseFigure) -> Veil:
    """Show an explorer or a figure after the question under a key is answered.

    Parameters
    ----------
    key
        Name under which the answer is kept.
    thing
        What gives the answer away.
    """
    return Veil(key, thing)
