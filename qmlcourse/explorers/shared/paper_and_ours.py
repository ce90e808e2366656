"""Numbers of a paper and ours as one picture: a mark for each, and how far apart they are.

It is a table whose second column is drawn (SVG), so it is sharp at every size, is read by a screen
reader as numbers, and stands in stored notebooks, on pages without a kernel and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from ...reproduce.comparison import Comparison
from ...storage import shipped
from ...widgets import COLORS
from ...widgets.words import say
from .full_scale import name_of, stored, told

WIDE, HIGH = 240, 24  # of a drawn row, in CSS pixels
REACHES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # of the axis to each side; what is farther is an arrow


class PaperAndOurs:
    """A table with marks, and all other numbers behind a fold.

    Parameters
    ----------
    rows
        What is compared.
    beside
        What ours stand beside, in one word, such as "paper" or "exact".
    made_by
        Tier and command of our numbers, said on hover and below the table.
    everything
        The whole report, as text.
    """

    def __init__(self, rows: Sequence[Comparison], beside: str, made_by: str, everything: str):
        self.rows, self.beside = list(rows), escape(say(beside))
        self.made_by, self.everything = made_by, everything
        most = max(abs(row.difference) + row.error / row.unit for row in self.rows)
        self.reach = next((reach for reach in REACHES if most <= reach), REACHES[-1])

    def place(self, share: float) -> float:
        """Return where a difference is drawn, in pixels from the left."""
        inside = max(-1.0, min(1.0, share / self.reach))
        return WIDE / 2 + inside * (WIDE / 2 - 10)

    def __repr__(self) -> str:
        lines = [f"{row.quantity}: {_number(row.reference)} | {_ours(row)}" for row in self.rows]
        return "\n".join([f"{self.beside} | {say('ours')}", *lines, self.made_by])

    def _repr_html_(self) -> str:
        body = "".join(self._row(row) for row in self.rows)
        percent = f"{100 * self.reach:g} %"
        axis = (
            f'<span style="display:inline-block;width:{WIDE}px;max-width:100%;white-space:nowrap">'
            f'<span style="float:left">−{percent}</span><span style="float:right">+{percent}</span>'
            f'<span style="display:block;text-align:center">{self.beside}</span></span>'
        )
        sources = dict.fromkeys(row.source for row in self.rows if row.source)
        notes = "".join(f"<li>{escape(source)}</li>" for source in sources)
        return (
            '<div class="qml-compare">'
            f'<table><thead><tr><th scope="col">{say("quantity")}</th>'
            f'<th scope="col">{axis}</th><th scope="col">{self.beside}</th>'
            f'<th scope="col">{say("ours")}</th></tr></thead><tbody>{body}</tbody></table>'
            f"<p>{_legend(self.beside)} ±{percent}. {escape(self.made_by)}</p>"
            f"<details><summary>{say('Where the reference numbers are from')}</summary>"
            f"<ul>{notes}</ul></details>"
            f"<details><summary>{say('All numbers of this run')}</summary>"
            f'<pre style="overflow:auto;max-width:100%;max-height:60vh" tabindex="0">'
            f"{escape(self.everything)}</pre></details></div>"
        )

    def _row(self, row: Comparison) -> str:
        hover = f"{row.quantity}: {_ours(row)}; {row.source}: {_reference(row)}. {self.made_by}"
        return (
            f'<tr title="{escape(hover)}"><th scope="row">{escape(row.quantity)}</th>'
            f'<td>{self._marks(row)}</td><td data-of="{self.beside}">{_reference(row)}</td>'
            f'<td data-of="{say("ours")}">{_ours(row)}</td></tr>'
        )

    def _marks(self, row: Comparison) -> str:
        middle, there, half = WIDE / 2, self.place(row.difference), HIGH / 2
        spread = row.reference_error / row.unit
        shapes = [_line(middle, 0, middle, HIGH, "currentColor", 0.35)]
        if spread:
            low, high = self.place(-spread), self.place(spread)
            shapes.append(
                f'<rect x="{low:.1f}" y="2" width="{high - low:.1f}" height="{HIGH - 4}" '
                f'fill="{COLORS["orange"]}" opacity="0.25"/>'
            )
        shapes.append(_diamond(middle, half))
        if row.error:
            share = row.error / row.unit
            low, high = self.place(row.difference - share), self.place(row.difference + share)
            shapes.append(_line(low, half, high, half, COLORS["blue"], 1, 2))
        if abs(row.difference) > self.reach:  # beyond the axis: an arrow that says so
            way = 1 if row.difference > 0 else -1
            shapes.append(
                f'<path d="M{there - 8 * way:.1f} {half - 6}l{12 * way} 6 {-12 * way} 6z" '
                f'fill="{COLORS["blue"]}"/>'
            )
        else:
            shapes.append(_dot(f"{there:.1f}", half))
        return (
            f'<svg viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" '
            f'style="max-width:100%;display:block" aria-hidden="true">{"".join(shapes)}</svg>'
        )


def compared(room, beside: str) -> PaperAndOurs:
    """Return the shipped results of a package of `reproduce` beside their references."""
    made_by = f"{say('Ours:')} {shipped.about(name_of(room))['command']}"
    return PaperAndOurs(room.comparisons(stored(room)), beside, made_by, told(room))


def _legend(beside: str) -> str:
    reference, own = (
        '<svg viewBox="0 0 16 16" width="16" height="16" style="vertical-align:-3px" '
        f'aria-hidden="true">{mark}</svg>'
        for mark in (_diamond(8, 8), _dot(8, 8))
    )
    return f"{reference} {beside} &nbsp; {own} {say('ours')} &nbsp;"


def _diamond(x, y) -> str:
    return (
        f'<path d="M{x} {y - 7}l7 7-7 7-7-7z" fill="none" '
        f'stroke="{COLORS["orange"]}" stroke-width="2"/>'
    )


def _dot(x, y) -> str:
    return f'<circle cx="{x}" cy="{y}" r="4.5" fill="{COLORS["blue"]}"/>'


def _line(x1, y1, x2, y2, colour, opacity=1.0, width=1) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:g}" x2="{x2:.1f}" y2="{y2:g}" stroke="{colour}" '
        f'stroke-width="{width}" opacity="{opacity:g}"/>'
    )


def _number(value: float, error: float = 0.0) -> str:
    """Return a number with as many digits as its error, or four of them, has."""
    if error:
        digits = max(0, 1 - math.floor(math.log10(error)))
        return f"{value:.{digits}f} ± {error:.{digits}f}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


def _reference(row: Comparison) -> str:
    return _number(row.reference, row.reference_error)


def _ours(row: Comparison) -> str:
    return _number(row.ours, row.error)
