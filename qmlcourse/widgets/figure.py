"""A Matplotlib figure that lives: artists are moved, and the browser draws the new picture.

What is sent is a display list (``display_list.py``), not pixels: the browser draws it at its own
resolution. The layout is solved for the width that the page gives and then frozen, so that nothing
jumps. Artists declared *animated* are sent alone, and drawn over a scene that the browser keeps.
Stills, for stored notebooks and downloads, are drawn here by Agg.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from . import on_page
from .display_list import DisplayRenderer, record
from .fitting import Fitting
from .front import Picture
from .guard import guarded
from .png import encode
from .theme import CourseFigure, style
from .words import say


class _Canvas(FigureCanvasAgg):
    """Draws by Agg; text is measured by a renderer that knows it already, and measures it alike."""

    measuring = False

    def get_renderer(self):
        """Return what measures while the layout is solved, and Agg's own renderer else."""
        if self.measuring:
            return DisplayRenderer(*self.figure.bbox.size, self.figure.dpi)
        return super().get_renderer()


class LiveFigure:
    """Show a figure in a widget, and redraw it in place.

    Parameters
    ----------
    figure
        A Matplotlib figure, as :func:`~qmlcourse.widgets.new_figure` makes it.
    alt
        One sentence that states what the picture shows.

    Attributes
    ----------
    widget : Picture
        What the page shows.
    report : callable or None
        Receives exceptions of pointer and key callbacks; None lets them rise.
    """

    def __init__(self, figure, alt: str = ""):
        self.figure = figure
        self.canvas = _Canvas(figure)
        width, height = self.canvas.get_width_height()
        alt = alt or getattr(figure, "alt", "") or say("Computing …")
        self.widget = Picture(alt=alt, width=width, height=height)
        self.report: Callable[[Exception], None] | None = None
        self._animated: list = []
        self._fitting = Fitting(figure)
        self._engine = figure.get_layout_engine()
        self._laid_out = False
        self._drags: list[_Drag] = []
        self._held: _Drag | None = None
        self._last: tuple[float, float] | None = None  # where the pointer was held last
        self._press: int | None = None  # the number of the press that was answered last
        self._steer: list[Callable[[int, int], None]] = []
        self.widget.observe(lambda change: self._on_pointer(change.new), "pointer")
        self.widget.observe(lambda change: self._on_arrows(change.new), "arrows")
        self.widget.observe(lambda change: self._safely(self.fit, change.new), "room")

    def animated(self, *artists):
        """Declare artists that are drawn over the stored background; return the first."""
        for artist in artists:
            artist.set_animated(True)
            self._animated.append(artist)
        return artists[0] if artists else None

    def draw(self, alt: str | None = None, full: bool | None = None) -> None:
        """Send the artists as they are now.

        Parameters
        ----------
        alt
            What the picture shows now; None keeps the sentence.
        full
            True sends everything, False only the animated artists. By default Matplotlib is asked
            whether any other artist has changed.
        """
        if on_page.served() and not self.widget.room:
            # the page has not said how wide it is: it draws once it has, and what is in sight first
            if alt is not None:
                self.widget.alt = alt
            return
        self._fitting.wrap()
        if full is None:
            full = self.figure.stale
        with style():
            if not self._laid_out:
                self.relayout()
            scene = record(self.figure) if full or not self.widget.scene else None
            moving = record(self.figure, self._on_top()) if self._animated else b""
        with self.widget.hold_sync():
            if scene is not None:
                self.widget.scene = scene
            self.widget.moving = moving
            if alt is not None:
                self.widget.alt = alt

    def _on_top(self) -> list:
        return sorted(self._animated, key=lambda artist: artist.get_zorder())

    def fit(self, room: int) -> None:
        """Solve the layout for a page that gives the picture so many CSS pixels, and send it.

        Parameters
        ----------
        room
            CSS pixels; the size for which the figure was made where it is negative.
        """
        size = self._fitting.size(room)
        if size != (self.widget.width, self.widget.height):
            with style():
                self._fitting.arrange(size)
            self.relayout()
        elif self.widget.scene:
            return
        with self.widget.hold_sync():
            self.widget.width, self.widget.height = size
            if self.widget.scene or on_page.served():
                self.draw(full=True)

    def relayout(self) -> None:
        """Solve the layout for the labels as they are now, and freeze it."""
        if self._engine is not None:
            with style():
                self.figure.set_layout_engine(self._engine)
                self.canvas.measuring = True
                try:
                    self._engine.execute(self.figure)
                finally:
                    self.canvas.measuring = False
                self.figure.set_layout_engine("none")
        self._laid_out = True
        self.figure.stale = True

    def png(self, scale: float = 1.0) -> bytes:
        """Return the picture as a PNG file, drawn by Agg.

        Parameters
        ----------
        scale
            Pixels of the file for one CSS pixel.
        """
        if not self._laid_out:
            self.relayout()
        dpi, stale = self.figure.dpi, self.figure.stale
        try:
            with style():
                self.figure.dpi = dpi * scale
                self.canvas.draw()
                for artist in self._on_top():
                    (artist.axes or self.figure).draw_artist(artist)
                return encode(np.asarray(self.canvas.buffer_rgba()))
        finally:
            self.figure.dpi = dpi
            self.figure.stale = stale

    def svg(self) -> bytes:
        """Return the picture as an SVG file, whose text stays text."""
        if not self._laid_out:
            self.relayout()
        stale, stream = self.figure.stale, io.BytesIO()
        with style(), matplotlib.rc_context({"svg.fonttype": "none"}):
            self.figure.savefig(stream, format="svg", metadata={"Date": None})
        self.figure.stale = stale
        return stream.getvalue()

    def data_position(self, pointer: dict, ax) -> tuple[float, float] | None:
        """Return the data coordinates of a pointer report in ``ax``, or None outside of it."""
        pixel = self._pixel(pointer)
        if not ax.bbox.contains(*pixel):
            return None
        return _to_data(ax, pixel)

    def on_drag(self, ax, callback, start=None, end=None) -> None:
        """Follow the pointer while it is dragged from a point in ``ax``.

        A drag that leaves the axes goes on along their edge.

        Parameters
        ----------
        ax
            Axes in which the drag starts.
        callback
            ``callback(x, y)`` in data coordinates, for the press and each move.
        start, end
            ``start(x, y)`` takes the press in place of ``callback``; ``end(x, y)`` the release,
            after the move to where it is.
        """
        self._drags.append(_Drag(ax, callback, start or callback, end or (lambda x, y: None)))
        self.widget.draggable = True

    def on_arrows(self, callback: Callable[[int, int], None]) -> None:
        """Call ``callback(dx, dy)`` for arrow keys on the focused picture: ±1, ±10 with Shift."""
        self._steer.append(callback)
        self.widget.steerable = True

    def _pixel(self, pointer: dict) -> tuple[float, float]:
        return pointer["x"] * self.figure.bbox.width, pointer["y"] * self.figure.bbox.height

    def _safely(self, callback: Callable, *args) -> None:
        (callback if self.report is None else guarded(callback, self.report))(*args)

    def _on_pointer(self, pointer: dict) -> None:
        phase, press = pointer["phase"], pointer.get("pressed")
        number = press and press["n"]
        try:
            if phase != "down" and number != self._press:
                # the report of the press was replaced by this one while the kernel was busy
                self._answer(self._pixel(press), "down")
            self._press = number
            self._answer(self._pixel(pointer), phase)
        finally:
            self.widget.seen = int(pointer.get("n", 0))

    def _answer(self, pixel: tuple[float, float], phase: str) -> None:
        if phase == "down":
            hits = (drag for drag in self._drags if drag.ax.bbox.contains(*pixel))
            self._held = next(hits, None)
        held = self._held
        if held is None:
            return
        if phase == "up":
            if pixel != self._last:  # the move that led here was replaced by the release
                self._answer(pixel, "move")
            self._held = None
        self._last = pixel
        box = held.ax.bbox
        inside = np.clip(pixel, (box.x0, box.y0), (box.x1, box.y1))
        self._safely(held.answer(phase), *_to_data(held.ax, inside))

    def _on_arrows(self, arrows: dict) -> None:
        try:
            for callback in self._steer:
                self._safely(callback, int(arrows["dx"]), int(arrows["dy"]))
        finally:
            self.widget.seen = int(arrows.get("n", 0))

    def __repr__(self):
        return "LiveFigure"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_()[0]
        if on_page.served():
            return bundle, {}
        picture = base64.b64encode(self.png()).decode()
        return {**bundle, "image/png": picture}, {"image/png": {"alt": self.widget.alt}}


def still(figure) -> Picture:
    """Return a widget that shows a figure as it is now, with its alt text."""
    live = LiveFigure(figure, figure.alt)
    live.draw()
    return live.widget


CourseFigure.as_widget = still


class _Drag:
    """What happens when the pointer is pressed, moved and released in one pair of axes."""

    def __init__(self, ax, move, start, end):
        self.ax = ax
        self._answers = {"down": start, "move": move, "up": end}

    def answer(self, phase: str) -> Callable[[float, float], None]:
        return self._answers[phase]


def _to_data(ax, pixel) -> tuple[float, float]:
    x, y = ax.transData.inverted().transform(pixel)
    return float(x), float(y)
