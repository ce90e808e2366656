"""The guides for lecturers, read from their pages: what to show when, and what to say.

A guide is a Markdown page in ``chapters/guides``. Its tables are the lecture: one row a beat, with
the minutes, the cell that is shown (a piece of its source), bookmarks of explorers, and a note.
The full-window page of ``qmlcourse present`` follows the first table.
"""

import base64
import json
import re
from dataclasses import asdict, dataclass, field

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
_BOOKMARK = re.compile(r"`(\w+:[^`]*)`")
_CODE = re.compile(r"`([^`]+)`")


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


def guide(notebook):
    """Path of the guide that belongs to a notebook."""
    return notebook.parent / "guides" / f"{notebook.stem}.md"


def read(notebook):
    """Read a chapter's guide.

    Raises
    ------
    ValueError
        Where a section is missing, or a row of a table fits no cell of the notebook.
    """
    text = guide(notebook).read_text("utf-8")
    book = json.loads(notebook.read_text("utf-8"))
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    sections = dict(zip((name.strip().lower() for name in parts[1::2]), parts[2::2], strict=True))
    missing = [name for name in SECTIONS if name not in sections]
    if missing:
        raise ValueError(f"the guide {guide(notebook).name} lacks: {', '.join(missing)}.")
    votes = [re.findall(r"^- (.+)$", part, re.MULTILINE) for part in _votes(sections["vote"])]
    beats = [_beats(sections[name], book, votes, notebook.stem) for name in SECTIONS[4:6]]
    return Lecture({name: part.strip() for name, part in sections.items()}, *beats)


def for_page(notebook):
    """What the full-window page needs, as plain data for JSON."""
    lecture = read(notebook)
    return {
        "chapter": notebook.stem,
        "beats": [asdict(beat) for beat in lecture.short],
        "minutes": sum(beat.minutes for beat in lecture.short),
        "fails": lecture.sections["if something fails"],
    }


def fallbacks(notebook):
    """The first stored pictures of the lecture's beats, as PNG bytes, should all else fail."""
    cells = {cell["id"]: cell for cell in json.loads(notebook.read_text("utf-8"))["cells"]}
    found = []
    for beat in read(notebook).short:
        for name in beat.cells:
            found += _pictures(cells[name])
    if len(found) < FALLBACKS:
        found += [one for cell in cells.values() for one in _pictures(cell) if one not in found]
    return [base64.b64decode(one) for one in found[:FALLBACKS]]


def write_share(folder):
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


def _pictures(cell):
    return [
        output["data"]["image/png"]
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]


def _votes(text):
    """The vote section in pieces, one for each question."""
    return [part for part in re.split(r"^\*\*", text, flags=re.MULTILINE) if "\n- " in part]


def _beats(text, book, votes, name):
    rows = [
        [piece.strip() for piece in line.strip()[1:-1].split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not re.match(r"^\|[-| ]+\|?$", line)
    ][1:]
    beats, waiting = [], list(votes)
    for row in rows:
        if len(row) != 5:
            raise ValueError(f"a row of the guide of {name} has {len(row)} columns, not 5: {row}.")
        kind, minutes, shows, bookmarks, say = row
        if kind not in KINDS:
            raise ValueError(f"{kind!r} in the guide of {name} is not one of {', '.join(KINDS)}.")
        cells = [_cell(piece, book, name) for piece in _CODE.findall(shows)]
        options = waiting.pop(0) if kind == "vote" and waiting else []
        beats.append(Beat(kind, float(minutes), cells, _BOOKMARK.findall(bookmarks), say, options))
    return beats


def _cell(piece, book, name):
    """Identifier of the first cell whose source contains a piece of text."""
    for cell in book["cells"]:
        if piece in "".join(cell["source"]) and "solution" not in cell["metadata"].get("tags", ()):
            return cell["id"]
    raise ValueError(f"no cell of {name} contains {piece!r}, which its guide wants to show.")
