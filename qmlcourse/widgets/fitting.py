"""How a figure fits the width that a page gives it, without its type getting smaller.

A figure drawn for 1,000 pixels keeps its type on a phone: panels that stand beside each other are
put below each other where the page is too narrow for them.
"""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.text import Text

from .theme import CourseAxes

SMALLEST = 300  # pixels
WIDEST = 1.3  # times the width for which a figure was made
NARROW = 0.66  # of this width: from here on panels stand below each other
_LINE = 30  # letters of a title or label on a narrow page
_TITLE = 30  # pixels above a small panel
TALLEST = 560  # pixels, so that an explorer fits on the screen of a laptop


class Fitting:
    """The sizes of one figure.

    Parameters
    ----------
    figure
        A figure in the size for which it was made.
    """

    def __init__(self, figure: Figure):
        self.figure = figure
        self._made = tuple(figure.get_size_inches() * figure.dpi)
        self._places: list | None = None
        self._narrow: bool | None = None

    def size(self, room: int) -> tuple[int, int]:
        """Return width and height in CSS pixels for so much room; those it was made for below 0."""
        made, high = self._made
        if room < 0:
            return round(made), round(high)
        width = min(max(room, SMALLEST), WIDEST * made)
        share = width / made
        if share < NARROW and self._beside():
            return round(width), round(sum(self._heights(width)))
        tall = min(high * min(max(share, 0.82), 1.1), max(TALLEST, 0.82 * high))
        return round(width), round(tall)

    def arrange(self, size: tuple[int, int]) -> None:
        """Give the figure a size, with its panels beside or below each other."""
        panels, narrow = self._beside(), size[0] / self._made[0] < NARROW
        if narrow != bool(self._narrow):
            for ax in self.figure.axes:
                if isinstance(ax, CourseAxes):
                    ax.arrange_legend(narrow)
        self._narrow = narrow
        self.wrap()
        if panels:
            if narrow:
                self._below_each_other(size[0])
            else:
                for ax, place in panels:
                    ax.set_subplotspec(place)
        self.figure.set_size_inches(size[0] / self.figure.dpi, size[1] / self.figure.dpi)

    def _below_each_other(self, width: float) -> None:
        rows, heights = self._rows(), self._heights(width)
        grid = GridSpec(len(rows), 1, figure=self.figure, height_ratios=heights)
        for spot, row in zip(grid, rows, strict=True):
            parts = [1 / _share(ax) for ax in row]
            rest = 1 - sum(parts)
            if rest > 0.01:
                parts.append(rest)
            columns = spot.subgridspec(1, len(parts), width_ratios=parts)
            for n, ax in enumerate(row):
                ax.set_subplotspec(columns[0, n] if len(parts) > 1 else spot)

    def _rows(self) -> list[list]:
        """The panels of a narrow page, row by row."""
        rows, left = [], 0.0
        for ax, _ in self._beside():
            part = 1 / _share(ax)
            if part > left + 0.01:
                rows.append([])
                left = 1.0
            rows[-1].append(ax)
            left -= part
        return rows

    def _heights(self, width: float) -> list[float]:
        """Pixels of each row of a narrow page."""
        whole = min(self._made[1], max(0.68 * width, 220))
        return [
            whole if _share(row[0]) == 1 else width / min(map(_share, row)) + _TITLE
            for row in self._rows()
        ]

    def wrap(self) -> None:
        """Break titles and labels that are too long for a narrow page."""
        if self._narrow is not None:
            for text in self._words():
                _wrapped(text, _LINE if self._narrow else None)

    def _words(self) -> list:
        """All titles and labels of axes."""
        return [
            text
            for ax in self.figure.axes
            for text in (*ax.get_children(), ax.xaxis.label, ax.yaxis.label)
            if isinstance(text, Text) and text not in ax.texts and text.get_text()
        ]

    def _beside(self) -> list:
        """Panels with their places, in the order of reading; empty where none are side by side."""
        if self._places is None:
            found = [(ax, ax.get_subplotspec()) for ax in self.figure.axes]
            found = [(ax, place) for ax, place in found if place is not None]
            left = {round(place.get_position(self.figure).x0, 3) for _, place in found}
            self._places = sorted(found, key=self._order) if len(left) > 1 else []
        return self._places

    def _order(self, panel) -> tuple[float, float]:
        box = panel[1].get_position(self.figure)
        if any(_share(ax) > 1 for ax in self.figure.axes):
            return round(-box.y1, 3), box.x0  # row by row, so that rows of small ones stay rows
        return box.x0, -box.y1


def _share(ax) -> int:
    return getattr(ax, "share", 1)


def _wrapped(text, letters: int | None) -> None:
    """Break a title or label into lines of so many letters; None makes it one line again."""
    words = text.get_text()
    whole = getattr(text, "qml_whole", None)
    if whole is None and (letters is None or len(words) <= letters or "\n" in words):
        return
    if whole is None or words.replace("\n", " ") != whole:
        whole = text.qml_whole = words
    text.set_text(whole if letters is None else textwrap.fill(whole, letters))
