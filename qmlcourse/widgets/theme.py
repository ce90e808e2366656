"""The look of all pictures: colours for every eye, type for the last row.

Colours are those of Okabe and Ito (2008), which stay apart for colour-blind readers. The style is
applied through a context and never changes Matplotlib's global settings.
"""

from __future__ import annotations

import base64
import io
import os

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from . import on_page
from .words import say

COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#1A1A1A",
    "grey": "#8A8A8A",
}
SEQUENTIAL = "cividis"  # magnitudes
DIVERGING = "RdBu_r"  # signed quantities, centred on zero
CYCLIC = "twilight"  # phases

DPI = 100  # dots an inch: one dot is one CSS pixel at a scale of one

# how much larger type in pictures is than on a desk; `qmlcourse present` thinks of the last row
TYPE = float(os.environ.get("QMLCOURSE_TYPE", "1"))

_ORDER = ("blue", "red", "green", "orange", "purple", "sky", "black")
STYLE = {
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.08,
    "font.family": ["DejaVu Sans"],
    "text.hinting": "none",  # so that text is as wide here as in the browser
    "font.size": 11.5 * TYPE,  # points; 16 px on the screen
    "axes.titlesize": 12 * TYPE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.labelsize": 11.5 * TYPE,
    "axes.labelcolor": COLORS["black"],
    "axes.edgecolor": "#5A5A5A",
    "axes.linewidth": 0.9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=[COLORS[name] for name in _ORDER]),
    "axes.formatter.use_mathtext": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "xtick.color": "#3C3C3C",
    "ytick.color": "#3C3C3C",
    "xtick.labelsize": 10.5 * TYPE,
    "ytick.labelsize": 10.5 * TYPE,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "legend.fontsize": 10.5 * TYPE,
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
    "lines.solid_capstyle": "round",
    "image.cmap": SEQUENTIAL,
    "image.origin": "lower",
    "image.interpolation": "none",  # sent as its own few values
    "mathtext.fontset": "dejavusans",
}


def style():
    """Apply the course style inside a ``with`` block."""
    return matplotlib.rc_context(STYLE)


class CourseAxes(Axes):
    """Axes whose legend can be arranged anew, in one column or in as many as it was made with.

    Attributes
    ----------
    share : int
        How many panels like this one stand beside each other on a narrow page; 1 takes its width.
    """

    share = 1
    _keys: tuple[tuple, dict] | None = None

    def legend(self, *args, **kwargs):
        """Place a legend; see :meth:`matplotlib.axes.Axes.legend`."""
        self._keys = args, kwargs
        return super().legend(*args, **kwargs)

    def arrange_legend(self, narrow: bool) -> None:
        """Put the keys of the legend into one column, on white, or place them as they were made."""
        if self._keys is None or self.get_legend() is None:
            return
        args, options = self._keys
        if narrow:
            others = {name: value for name, value in options.items() if name != "ncol"}
            box = {"frameon": True, "facecolor": "white", "edgecolor": "none", "framealpha": 0.85}
            options = {**others, **box, "ncols": 1}
        zorder = self.get_legend().get_zorder()
        with style():
            super().legend(*args, **options).set_zorder(zorder)


class CourseFigure(Figure):
    """A Matplotlib figure that keeps the course style and shows itself with an alt text.

    Attributes
    ----------
    alt : str
        One sentence that states what the picture shows.
    as_widget : callable or None
        ``figure.as_widget()`` makes the widget in which a served page shows it.
    """

    alt = ""
    as_widget = None

    def add_subplot(self, *args, **kwargs):
        """Add axes in the course style."""
        if not (args and isinstance(args[0], Axes)) and "projection" not in kwargs:
            kwargs.setdefault("axes_class", CourseAxes)
        with style():
            return super().add_subplot(*args, **kwargs)

    def panel(
        self,
        spot,
        xlabel: str = "",
        ylabel: str = "",
        title: str = "",
        grid: bool = False,
        share: int = 1,
    ):
        """Add labelled axes at a spot of a grid, such as ``grid[0, 1]``; see :func:`style_axes`.

        ``share`` says how many panels like it stand beside each other on a narrow page.
        """
        ax = style_axes(self.add_subplot(spot), xlabel, ylabel, title, grid)
        ax.share = share
        return ax

    def still(self) -> tuple[str, str]:
        """Return what a page without a kernel shows: a PNG file in base64, and its alt text."""
        return base64.b64encode(self._png()).decode(), self.alt

    def _png(self) -> bytes:
        stream = io.BytesIO()
        with style():
            self.savefig(stream, format="png")
        return stream.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        if on_page.served() and self.as_widget:  # the browser draws it, sharp at every size
            return self.as_widget()._repr_mimebundle_()
        bundle = {"text/plain": repr(self), "image/png": self._png()}
        return bundle, {"image/png": {"alt": self.alt}} if self.alt else {}

    def __repr__(self):
        return "Figure" + (f": {self.alt}" if self.alt else "")


def new_figure(width: float = 7.0, height: float = 4.2, alt: str = "") -> CourseFigure:
    """Make an empty figure in the course style, without pyplot.

    Parameters
    ----------
    width, height
        Size in inches, at 100 dots an inch: 7 inches are 700 pixels of the page.
    alt
        One sentence that states what the picture shows, for readers who do not see it.
    """
    with style():
        figure = CourseFigure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.alt = alt
    return figure


def style_axes(ax, xlabel: str = "", ylabel: str = "", title: str = "", grid: bool = False):
    """Label axes in the course style, and return them.

    Parameters
    ----------
    ax
        Matplotlib axes.
    xlabel, ylabel
        Names of the quantities, with units.
    title
        Short heading of the panel.
    grid
        Whether light grid lines help to read values here.
    """
    with style():
        ax.set_xlabel(xlabel)
        ax.set_ylabel(ylabel)
        ax.set_title(title)
        ax.grid(grid)
    return ax


def to_come(ax, words: str):
    """Say in a panel that is still empty what will stand there.

    Parameters
    ----------
    ax
        Axes of the panel.
    words
        What will stand there, and when.

    Returns
    -------
    matplotlib.text.Text
        Its ``set_visible(False)`` takes the words away.
    """
    with style():
        return ax.text(
            0.5,
            0.5,
            say(words),
            transform=ax.transAxes,
            ha="center",
            va="center",
            color=COLORS["grey"],
            fontsize=11 * TYPE,
        )
