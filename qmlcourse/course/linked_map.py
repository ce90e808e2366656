"""The map of the chapters as part of a page: each block is a link, and the next step is one."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from ..widgets.words import say
from .chapters import CHAPTERS, Chapter

_STYLE = (Path(__file__).parent / "map.css").read_text("utf-8")
_ROW = 4  # blocks in a row, where there is room


def linked_map(counts: Mapping[int, tuple[int, int]], colours: Mapping[str, str]) -> str:
    """Return the map as HTML.

    Parameters
    ----------
    counts
        Tasks done and all tasks, by the number of the chapter; a chapter without is not there yet.
    colours
        CSS colours of the subjects.
    """
    there = [chapter for chapter in CHAPTERS if chapter.number in counts]
    following = next_step(counts)
    blocks = "".join(_block(one, counts[one.number], colours, one is following) for one in there)
    return (
        f"<style>{_STYLE}</style><nav class='qml-map' aria-label='{say('Map of the chapters')}'>"
        f"{_next(following)}{_arrows(there)}<ol>{blocks}</ol></nav>"
    )


def next_step(counts: Mapping[int, tuple[int, int]]) -> Chapter | None:
    """Return the chapter to go on with: one that is begun, else the first; None after the last.

    Parameters
    ----------
    counts
        As of :func:`linked_map`.
    """
    to_do = [one for one in CHAPTERS if one.number in counts and _open(counts[one.number])]
    begun = [one for one in to_do if counts[one.number][0]]
    return next(iter(begun or to_do), None)


def _open(count: tuple[int, int]) -> bool:
    return count[0] < count[1]


def _next(chapter: Chapter | None) -> str:
    if chapter is None:
        return f"<p class='qml-next'>{say('All chapters are done.')}</p>"
    words = f"{say('Next step')}: {chapter.number} · {escape(say(chapter.title))}"
    return f"<p class='qml-next'><a href='{chapter.stem}.ipynb'>{words} →</a></p>"


def _block(
    chapter: Chapter, count: tuple[int, int], colours: Mapping[str, str], following: bool
) -> str:
    there, all_ = count
    done = say(f"{there} of {all_} done")
    numbers = ", ".join(map(str, chapter.after))
    before = say(f"it helps to have seen {numbers}") if numbers else ""
    here = " class='qml-here'" if following else ""
    return (
        f"<li style='--subject: {colours[chapter.subject]}'><a href='{chapter.stem}.ipynb'{here}>"
        f"<span class='qml-number'>{chapter.number}</span><b>{escape(say(chapter.title))}</b>"
        f"<span>{escape(say(chapter.subtitle))}</span>"
        f"<small class='qml-subject'>{escape(say(chapter.subject))}"
        f"{f'<br>{before}' if before else ''}</small>"
        f"<span class='qml-bar'><span style='width: {100 * there / all_:.0f}%'></span></span>"
        f"<small>{done}</small></a></li>"
    )


def _arrows(there: list[Chapter]) -> str:
    """Draw what helps to have seen before, between blocks of the first row."""
    row = there[:_ROW]
    ends = [(a, b.number) for b in row for a in b.after if a <= _ROW]
    step = 100 / _ROW
    lines, heads = "", ""
    for start, end in ends:
        a, b = (start - 0.42) * step, (end - 0.58) * step
        lines += f"<path d='M{a} 40C{a} 4 {b} 4 {b} 34'/>"
        heads += f"<i style='left: {b}%'>▼</i>"
    return (
        "<div class='qml-arrows' aria-hidden='true'><svg viewBox='0 0 100 44' "
        f"preserveAspectRatio='none'>{lines}</svg>{heads}</div>"
    )
