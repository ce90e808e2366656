"""A drawn guess: the student draws a curve before the computer does."""

from __future__ import annotations

import ipywidgets
import numpy as np

from . import kept as store
from .figure import LiveFigure
from .following import Follower
from .front import Quiet, StatusLine
from .guard import guarded, sentence
from .theme import COLORS, new_figure, style_axes
from .words import say


class Sheet(Quiet, ipywidgets.VBox):
    """A sheet on which a curve y(x) is drawn with the pointer or with the arrow keys.

    Parameters
    ----------
    xlabel, ylabel
        Axis labels with units.
    xlim, ylim
        Axis ranges.
    points
        Number of x values.
    width, height
        Size in inches.

    Attributes
    ----------
    x, y : numpy.ndarray
        The curve so far; ``y`` is NaN where nothing is drawn.
    """

    def __init__(
        self,
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] = (0.0, 1.0),
        ylim: tuple[float, float] = (0.0, 1.0),
        points: int = 101,
        width: float = 6.4,
        height: float = 3.4,
    ):
        self._ylim = ylim
        self.x = np.linspace(*xlim, points)
        self.y = np.full(points, np.nan)
        self._at: int | None = None
        self.figure = self._prepare(new_figure(width, height), xlabel, ylabel)
        self.figure.report = self._report
        self.status = StatusLine()
        self.again = ipywidgets.Button(description=say("Clear")).add_class("qml-button")
        self.again.on_click(lambda _: guarded(self.erase, self._report)())
        super().__init__(self._parts())
        self._show()

    def _parts(self) -> list[ipywidgets.Widget]:
        return [self.figure.widget, self.again, self.status]

    @property
    def locked(self) -> bool:
        """Whether the curve can no longer be changed."""
        return False

    @property
    def value(self) -> tuple[np.ndarray, np.ndarray]:
        """The curve so far: x and a copy of y."""
        return self.x, self.y.copy()

    def _prepare(self, figure, xlabel, ylabel) -> LiveFigure:
        ax = style_axes(figure.subplots(), xlabel, ylabel, grid=True)
        ax.set(xlim=(self.x[0], self.x[-1]), ylim=self._ylim)
        (self._line,) = ax.plot(self.x, self.y, color=COLORS["purple"], lw=3)
        (self._pen,) = ax.plot([], [], "o", color=COLORS["purple"], ms=9, clip_on=False)
        live = LiveFigure(figure)
        live.animated(self._line, self._pen)
        live.on_drag(ax, self.move, start=self.touch)
        live.on_arrows(self._steer)
        live.widget.hint = say("Draw with the pointer, or with the arrow keys.")
        return live

    def touch(self, x: float, y: float) -> None:
        """Put the pen down at a point."""
        self._at = None
        self.move(x, y)

    def move(self, x: float, y: float) -> None:
        """Draw a straight stroke from the last point to this one."""
        if self.locked:
            return
        to = int(np.argmin(abs(self.x - x)))
        start = to if self._at is None else self._at
        step = 1 if to >= start else -1
        stroke = np.arange(start, to + step, step)
        first = y if start == to else self.y[start]
        self.y[stroke] = np.linspace(first, y, len(stroke)) if start != to else y
        self._at = to
        self._show()

    def erase(self) -> None:
        """Start again with an empty sheet."""
        if not self.locked:
            self.y[:] = np.nan
            self._at = None
            self._show()

    def _steer(self, dx: int, dy: int) -> None:
        low, high = self._ylim
        at = 0 if self._at is None else self._at
        y = self.y[at] if np.isfinite(self.y[at]) else (low + high) / 2
        to = min(max(at + dx, 0), len(self.x) - 1)
        self.move(self.x[to], float(np.clip(y + dy * (high - low) / 50, low, high)))

    def _show(self) -> None:
        self._line.set_ydata(self.y)
        pen = [] if self._at is None or self.locked else [self._at]
        self._pen.set_data(self.x[pen], self.y[pen])
        self.figure.draw(alt=self._words(self.locked))

    def _words(self, locked: bool) -> str:
        drawn = np.flatnonzero(np.isfinite(self.y))
        if not len(drawn):
            return "An empty sheet on which a curve can be drawn."
        a, b = drawn[0], drawn[-1]
        state = "Your kept curve" if locked else "Your curve so far"
        return (
            f"{state} from x = {self.x[a]:.3g}, y = {self.y[a]:.3g} "
            f"to x = {self.x[b]:.3g}, y = {self.y[b]:.3g}."
        )

    def _report(self, error: Exception) -> None:
        self.status.say(sentence(error), "error")


class Sketch(Sheet, Follower):
    """Ask for a curve before the computer shows it, and keep it.

    Parameters
    ----------
    question
        What to draw, as HTML.
    key
        Name under which the curve is kept.
    options
        As of :class:`Sheet`.
    """

    def __init__(self, question: str, key: str, xlabel: str = "", ylabel: str = "", **options):
        self.key, self._question = key, question
        self.button = ipywidgets.Button(description=say("Keep my sketch")).add_class("qml-button")
        self.button.on_click(lambda _: guarded(self.keep, self._report)())
        super().__init__(xlabel, ylabel, **options)
        self.add_class("qml").add_class("qml-card")
        self.follow()

    def _parts(self) -> list[ipywidgets.Widget]:
        head = ipywidgets.HTML(f"<p>{say(self._question)}</p>").add_class("qml-question")
        row = ipywidgets.HBox([self.button, self.again]).add_class("qml-row")
        return [head, self.figure.widget, row, self.status]

    def on_paper(self) -> str:
        """Return what to draw, for a page without a kernel."""
        return f"<p>{say(self._question)}</p>"

    @property
    def locked(self) -> bool:
        """Whether the curve is kept."""
        return store.kept(self.key) is not None

    @staticmethod
    def kept(key: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the kept curve as ``x, y`` (the drawn part only), or None."""
        return store.kept(key)

    def keep(self) -> None:
        """Keep the curve; it is locked from then on."""
        drawn = np.isfinite(self.y)
        if drawn.sum() < 2:
            raise ValueError("Draw a curve first: drag over the picture, or use the arrow keys.")
        if not self.locked:
            store.keep(self.key, (self.x[drawn].copy(), self.y[drawn].copy()))

    def _show(self) -> None:
        kept = store.kept(self.key)
        if kept is not None:
            self.y = np.interp(self.x, *kept, left=np.nan, right=np.nan)
        self.button.disabled = self.again.disabled = kept is not None
        super()._show()
        self.status.say("Kept. Your curve will be drawn over the true one." if kept else "")
