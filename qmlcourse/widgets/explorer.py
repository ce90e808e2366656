"""The base of all explorers: controls on traits, a computation, a picture.

A subclass declares traits with controls and says how to prepare, compute and draw::

    class Wave(Explorer):
        '''A sine wave.

        Watch the zeros move together.
        '''

        name, title = "wave", "A wave"
        cycles = traitlets.Float(2.0).tag(control=slider("Cycles", "", 0.5, 8, 0.1))

        def prepare(self):
            figure = new_figure()
            ax = style_axes(figure.subplots(), "time (s)", "height (m)")
            ...
            return LiveFigure(figure)
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets

from . import on_page
from .export import csv_bytes
from .figure import LiveFigure
from .guard import guarded, sentence
from .latest import Latest
from .png import with_strip
from .public_name import public_name
from .state import Remembered, Stateful
from .theme import style
from .tour import Stop
from .view import ExplorerView


class Explorer(Stateful):
    """Bind controls to a computation and a picture.

    Attributes
    ----------
    name : str
        Short identifier, used in bookmarks and file names.
    title, look_for : str
        The heading, and the sentences below the picture that say what to look for. A class that
        gives itself a title has the latter from its docstring: all that follows the first line.
    path : tuple of Stop
        A guided path; it stands in the place of ``look_for`` until it is walked or left.
    compute_depends, slow_depends : tuple of str or None
        The traits that :meth:`compute` and :meth:`compute_slow` use; None means all.
    computed_by : tuple of functions and classes
        Those of the library that compute what is shown, named below the picture; as text where
        they are imported only when they are needed.
    columns : tuple
        What the CSV file holds: names in the data, or pairs of a column's name and its name in the
        data, or its values.
    made_from : str
        Where stored results come from, said below the picture, such as a command.
    cache_size : int
        How many results of each are kept.
    still_wait : float
        Seconds that a notebook cell waits at most for the slow part before it stores the still.
    status : str
        The status line. Subclasses may set it; an error is shown there and cleared by the next
        good picture.
    readout : str
        Key numbers beside the picture, as HTML; usually set in :meth:`draw`.
    errors : list of Exception
        All that went wrong so far, for tests.
    """

    name = "explorer"
    title = ""
    look_for = ""
    path: tuple[Stop, ...] = ()
    compute_depends: tuple[str, ...] | None = None
    slow_depends: tuple[str, ...] | None = None
    computed_by: tuple[Callable | str, ...] = ()
    columns: tuple[str | tuple[str, Any], ...] = ()
    made_from = ""
    cache_size = 32
    still_wait = 30.0

    status = traitlets.Unicode("")
    readout = traitlets.Unicode("")

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if "title" in vars(cls) and "look_for" not in vars(cls):
            cls.look_for = " ".join((cls.__doc__ or "").partition("\n")[2].split())

    def __init__(self, **start: Any):
        self.errors: list[Exception] = []
        self._figure: LiveFigure | None = None
        self._view: ExplorerView | None = None
        self._data: dict[str, Any] | None = None
        self.good_state: dict[str, Any] = {}
        self._said = ("", "note")  # the kit's own last status and its tone
        self._asked: dict[str, Any] | None = None
        self.drawing = threading.RLock()  # held while a picture is made
        self._quick = Remembered(self.compute, self.cache_size)
        self._slow_kept = Remembered(lambda **state: self.compute_slow(state), self.cache_size)
        self._latest = Latest(
            lambda state: self._slow_kept(**state), self._slow_done, self._slow_failed
        )
        super().__init__(**start)

    # What a subclass says.

    def prepare(self) -> LiveFigure:
        """Build the figure and its artists, once."""
        raise NotImplementedError

    def compute(self, **state: Any) -> dict[str, Any]:
        """Return the arrays to draw, from the values named in ``compute_depends``."""
        return {}

    def compute_slow(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return further arrays, in a worker thread; the picture is drawn again with them.

        Long work asks ``self.outdated()`` now and then and returns early.
        """
        raise NotImplementedError

    def draw(self, data: dict[str, Any], state: dict[str, Any]) -> str:
        """Move the artists, and return one sentence that states what the picture shows now."""
        raise NotImplementedError

    def table(self, data: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
        """Return named columns for the CSV file: those of ``columns`` that are there by now."""
        pairs = ((one, one) if isinstance(one, str) else one for one in self.columns)
        known = {name: data.get(of) if isinstance(of, str) else of for name, of in pairs}
        return {name: values for name, values in known.items() if values is not None}

    def extras(self) -> list[ipywidgets.Widget]:
        """Return widgets that stand below the controls, such as buttons."""
        return []

    def beside(self, name: str) -> list[ipywidgets.Widget]:
        """Return widgets that stand beside the control of a trait, such as a player's buttons."""
        return []

    # What everyone uses.

    @property
    def figure(self) -> LiveFigure | None:
        """The live figure with its first picture drawn; None where it could not be prepared."""
        self.ensure_picture()
        return self._figure

    @property
    def has_picture(self) -> bool:
        """Whether a picture has been drawn."""
        return self._data is not None

    @property
    def data(self) -> dict[str, Any]:
        """The arrays behind the present picture."""
        self.ensure_picture()
        self._latest.wait(0)
        return dict(self._data or {})

    @property
    def view(self) -> ExplorerView:
        """The widget: controls, picture, readout, what to look for, and the status line."""
        if self._view is None:
            self.ensure_picture()
            self._view = ExplorerView(self)
        return self._view

    @property
    def tone(self) -> str:
        """The tone of the status line: ``"note"``, ``"busy"`` or ``"error"``."""
        text, tone = self._said
        return tone if self.status == text else "note"

    @property
    def controls(self) -> dict[str, ipywidgets.Widget]:
        """The widgets that set the state, by name."""
        return self.view.controls

    def relayout(self) -> None:
        """Solve the layout of the figure again, for labels that :meth:`draw` has changed."""
        self._figure.relayout()

    def report(self, error: Exception) -> None:
        """Show what went wrong in the status line."""
        self.errors.append(error)
        self.say_status(sentence(error), "error")

    def guarded(self, callback: Callable) -> Callable:
        """Wrap a callback of an extra widget: what it raises is shown in the status line."""
        return guarded(callback, self.report)

    def refresh(self) -> None:
        """Compute and draw the present state; an error is shown in the status line."""
        with self.drawing:
            if self._figure is None:
                self._prepare()
            if self._figure is None:
                return
            state = self.state()
            try:
                self.show_state(state)
            except Exception as error:
                self.report(error)
                self._back_to_good()
                return
            self.good_state = state

    def wait(self, timeout: float = 30.0) -> bool:
        """Wait for the slow part and draw it; return whether it came in time."""
        self.ensure_picture()
        return self._latest.wait(timeout)

    def close(self) -> None:
        """Take view and picture off the page and stop what runs; another look makes new ones."""
        self._latest.cancel()
        with self.drawing:
            if self._view is not None:
                self._view.close()
            if self._figure is not None:
                self._figure.widget.close()
            self._view = self._figure = self._data = None

    def outdated(self) -> bool:
        """Whether a newer state has come since the running slow part began."""
        return self._latest.outdated()

    def export_png(self) -> bytes:
        """Return the present picture as a PNG file, at two pixels for one of the page."""
        return self.figure.png(scale=2)

    def export_svg(self) -> bytes:
        """Return the present picture as an SVG file."""
        return self.figure.svg()

    def export_csv(self) -> bytes:
        """Return the present data as a CSV file with the title and the bookmark on top."""
        columns = self.table(self.data, self.state())
        if not columns:
            raise ValueError("This explorer has no table to save.")
        return csv_bytes(columns, (self.title or self.name, self.bookmark()))

    @classmethod
    def made_by(cls) -> list[str]:
        """Return the public names of what computes this picture."""
        return sorted(public_name(part) for part in cls.computed_by)

    # How it works.

    def ensure_picture(self) -> None:
        """Draw the first picture where there is none."""
        if self._data is None:
            self.refresh()

    def _state_changed(self) -> None:
        if self._figure is not None:
            self.refresh()

    def _prepare(self) -> None:
        try:
            with style():
                figure = self.prepare()
        except Exception as error:
            self.report(error)
            return
        figure.report = self.report
        self._figure = figure

    def data_of(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return what :meth:`compute` gives for a state, kept where it has been asked for."""
        return self._quick(**_chosen(state, self.compute_depends))

    def show_state(self, state: dict[str, Any]) -> None:
        """Compute and draw a state, and let a worker begin with its slow part."""
        data = dict(self.data_of(state))
        waiting = False
        if type(self).compute_slow is not Explorer.compute_slow:
            part = _chosen(state, self.slow_depends)
            if part in self._slow_kept:
                self._latest.cancel()
                data.update(self._slow_kept(**part))
            else:
                waiting = True
        self._paint(data, state, waiting)
        if waiting and not (self._latest.busy and part == self._asked):
            self._asked = part
            self._latest.submit(part)

    def _paint(self, data: dict[str, Any], state: dict[str, Any], waiting: bool = False) -> None:
        with style():
            alt = self.draw(data, state)
        self._figure.draw(alt)
        self._data = data
        if waiting:
            self.say_status("Computing …", "busy")
        elif self.tone != "note":
            self.say_status("")

    def _slow_done(self, part: dict[str, Any], result: dict[str, Any] | None) -> None:
        state = self.state()
        if result is None or part != _chosen(state, self.slow_depends):
            return
        with self.drawing:
            guarded(self._paint, self.report)({**(self._data or {}), **result}, state)

    def _slow_failed(self, part: dict[str, Any], error: Exception) -> None:
        self.report(error)

    def _back_to_good(self) -> None:
        """Return to the state of the last good picture, so that both agree."""
        if self._data is None:
            return
        self.restore(self.good_state)
        with style():
            guarded(self.draw, self.report)(self._data, self.good_state)

    def say_status(self, text: str, tone: str = "note") -> None:
        """Write the kit's own words into the status line."""
        self._said = (text, tone)
        self.status = text

    def __repr__(self):
        return f"{type(self).__name__} ({self.bookmark()})"

    def still(self) -> tuple[str, str]:
        """Return what a page without a kernel shows: a PNG file in base64, and its alt text."""
        self.wait(self.still_wait)  # the slow part is in it too
        if self.figure is None:
            raise ValueError(f"There is no picture: {self.status}")
        poster = with_strip(self.export_png(), "Still picture: run this notebook to move it.")
        return base64.b64encode(poster).decode(), self.figure.widget.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = self.view
        on_page.show(self)
        bundle = dict(view._repr_mimebundle_()[0])
        bundle["text/plain"] = repr(self)
        metadata = {}
        if not on_page.served() and self._figure is not None:
            bundle["image/png"], alt = self.still()
            metadata["image/png"] = {"alt": alt}
        return bundle, metadata


def _chosen(state: dict[str, Any], names: tuple[str, ...] | None) -> dict[str, Any]:
    return state if names is None else {name: state[name] for name in names}
