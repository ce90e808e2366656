"""The guides for lecturers, read from their pages: what to show when, and what to say.

A guide is a Markdown page in ``chapters/guides``. Its tables are the lecture: one row a beat, with
the minutes, the cell that is shown (a piece of its source), bookmarks of explorers, and a note.
The full-window page of ``qmlcourse present`` follows the first table.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from . import chapters

SECTIONS = (
    "goal",
    "prerequisites",
    "misconceptions",
    "vote",
    "25 minutes",
    "50 minutes",
    "on the board",
    "if something fails",
)
KINDS = ("puzzle", "vote", "reveal", "why", "do")
FALLBACKS = 3
_COLUMNS = ("beat", "minutes", "shows", "bookmarks", "say")


@dataclass(frozen=True)
class Beat:
    """One step of a lecture.

    Attributes
    ----------
    kind : str
        ``"puzzle"``, ``"vote"``, ``"reveal"``, ``"why"`` or ``"do"``.
    minutes : float
        Planned time.
    cells : list of str
        Identifiers of the notebook's cells that are shown.
    bookmarks : list of str
        States of explorers, in the order in which they are wanted.
    say : str
        The lecturer's note.
    options : list of str
        What the room votes on; empty where there is no vote.
    """

    kind: str
    minutes: float
    cells: list[str]
    bookmarks: list[str]
    say: str
    options: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Lecture:
    """A guide as data: its sections as text, and the beats of its two cuts."""

    sections: dict[str, str]
    short: list[Beat]
    long: list[Beat]


def guide(notebook: Path) -> Path:
    """Return the path of the guide that belongs to a notebook."""
    return notebook.parent / "guides" / f"{notebook.stem}.md"


def read(notebook: Path) -> Lecture:
    """Read a chapter's guide.

    Raises
    ------
    ValueError
        Where a section is missing, or a row of a table is no beat or fits no cell of the notebook.
    """
    text = guide(notebook).read_text("utf-8")
    book = chapters.load(notebook)
    sections = _sections(text)
    missing = [name for name in SECTIONS if name not in sections]
    if missing:
        raise ValueError(f"the guide {guide(notebook).name} lacks: {', '.join(missing)}.")
    votes = [_lines(part) for part in _parts(sections["vote"], "bullet_list")]
    short, long = (_beats(sections[name], book, votes, notebook.stem) for name in SECTIONS[4:6])
    return Lecture(sections, short, long)


def for_page(notebook: Path) -> dict[str, Any]:
    """Return what the full-window page needs, as plain data for JSON."""
    lecture = read(notebook)
    return {
        "chapter": notebook.stem,
        "beats": [asdict(beat) for beat in lecture.short],
        "minutes": sum(beat.minutes for beat in lecture.short),
        "fails": lecture.sections["if something fails"],
    }


def fallbacks(notebook: Path) -> list[bytes]:
    """Return the first stored pictures of the lecture's beats as PNG files, for a page that fails.

    Raises
    ------
    ValueError
        As :func:`read` does.
    """
    cells = {cell["id"]: cell for cell in chapters.load(notebook)["cells"]}
    found = []
    for beat in read(notebook).short:
        for name in beat.cells:
            found += _pictures(cells[name])
    if len(found) < FALLBACKS:
        found += [one for cell in cells.values() for one in _pictures(cell) if one not in found]
    return [base64.b64decode(one) for one in found[:FALLBACKS]]


def write_share(folder: Path) -> None:
    """Write all lectures where the served page finds them, below `folder`, a Jupyter data path."""
    static = folder / "voila" / "templates" / "lectures" / "static"
    static.mkdir(parents=True)
    for notebook in chapters.notebooks():
        if not guide(notebook).exists():
            continue
        pictures = fallbacks(notebook)
        for n, picture in enumerate(pictures):
            (static / f"{notebook.stem}-{n}.png").write_bytes(picture)
        data = {**for_page(notebook), "pictures": len(pictures)}
        (static / f"{notebook.stem}.json").write_text(json.dumps(data), "utf-8")


def _pictures(cell: dict[str, Any]) -> list[str]:
    found = [chapters.pictures(output) for output in cell.get("outputs", ())]
    return [picture for pictures in found for picture, _ in pictures]


def _sections(text: str) -> dict[str, str]:
    """Return the sections of a guide as Markdown, by their headings in small letters."""
    lines = text.splitlines()
    heads = [part for part in _parts(text, "heading") if part.tag == "h2"]
    ends = [part.map[0] for part in heads[1:]] + [len(lines)]
    return {
        part.children[0].content.strip().lower(): "\n".join(lines[part.map[1] : end]).strip()
        for part, end in zip(heads, ends, strict=True)
    }


def _parts(text: str | SyntaxTreeNode, *kinds: str) -> Iterator[SyntaxTreeNode]:
    """Yield the parts of these kinds of a text, or of a part of one, in their order."""
    if isinstance(text, str):
        text = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))
    return (part for part in text.walk() if part.type in kinds)


def _lines(part: SyntaxTreeNode) -> list[str]:
    """Return the lines of a list, or the cells of a row, as Markdown."""
    return [one.content for one in _parts(part, "inline")]


def _code(text: str) -> list[str]:
    """Return what stands in backticks."""
    return [part.content for part in _parts(text, "code_inline")]


def _beats(text: str, book: dict[str, Any], votes: list[list[str]], name: str) -> list[Beat]:
    """Return the rows of a section's table as beats; the votes take their options in order."""
    beats, waiting = [], list(votes)
    rows = [row for row in _parts(text, "tr") if row.parent.type == "tbody"]
    for row in rows:
        cells = [_lines(cell) for cell in _parts(row, "td")]
        kind, minutes, shows, bookmarks, say = ("".join(cell) for cell in cells)
        if kind not in KINDS:
            raise ValueError(f"{kind!r} in the guide of {name} is not one of {', '.join(KINDS)}.")
        shown = [_cell(piece, book, name) for piece in _code(shows)]
        options = waiting.pop(0) if kind == "vote" and waiting else []
        beats.append(Beat(kind, _number(minutes, name), shown, _code(bookmarks), say, options))
    return beats


def _number(minutes: str, name: str) -> float:
    try:
        return float(minutes)
    except ValueError:
        raise ValueError(
            f"the guide of {name} has {minutes!r} where the minutes stand; a row is: "
            f"{' | '.join(_COLUMNS)}."
        ) from None


def _cell(piece: str, book: dict[str, Any], name: str) -> str:
    """Return the identifier of the first cell whose source contains a piece of text."""
    for cell in book["cells"]:
        if piece in "".join(cell["source"]) and "solution" not in cell["metadata"].get("tags", ()):
            return cell["id"]
    raise ValueError(f"no cell of {name} contains {piece!r}, which its guide wants to show.")
