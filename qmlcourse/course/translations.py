"""Chapters in other languages: the same cells, numbers, formulas and references in other words.

A translated notebook lies in a folder named after the language, ``chapters/ja``. Each of its text
cells notes of which English text it is the translation, so that a changed original is found.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from . import chapters

_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
_CODE = re.compile(r"`[^`]+`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_JOURNALS = (
    r"Phys\. Rev\. (?:Lett\.|B|A)?|JETP Lett\.|Rev\. Mod\. Phys\.|Adv\. Phys\.|New J\. Phys\."
)
_REFERENCE = re.compile(rf"(?:{_JOURNALS}) ?\d+, \d+ \(\d{{4}}\)")
_NUMBER = re.compile(r"(?<![\w/.#-])\d+(?:,\d{3})*(?:\.\d+)?")
_HEAD = re.compile(r"^\*\*\d\*\* \([^)]*\)", re.MULTILINE)  # of an exercise, with its minutes


def translated(notebook: Path, code: str) -> Path:
    """Return the path of a chapter in a language."""
    return notebook.parent / code / notebook.name


def update(notebook: Path, code: str, *, accept: bool = False) -> list[str]:
    """Bring a translation's cells in line with its original; write it, and list what is to do.

    Parameters
    ----------
    notebook
        The English chapter.
    code
        Language, such as ``"ja"``.
    accept
        Whether all texts are now right as they are.

    Returns
    -------
    list of str
        Cells that are new, in English still, or whose original has changed.
    """
    path = translated(notebook, code)
    book = chapters.load(notebook)
    old = {cell["id"]: cell for cell in _cells(path)} if path.exists() else {}
    todo = []
    for cell in book["cells"]:
        before = old.get(cell["id"])
        if cell["cell_type"] == "code":
            if before and before["source"] == cell["source"]:
                cell["outputs"] = before["outputs"]
            continue
        mark = _mark(cell)
        if before is None:
            todo.append(cell["id"])
            continue
        if accept or before["metadata"].get("translation_of") == mark:
            cell["metadata"]["translation_of"] = mark
        else:
            cell["metadata"]["translation_of"] = before["metadata"].get("translation_of", "")
            todo.append(cell["id"])
        cell["source"] = before["source"]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return todo


def problems(notebook: Path, code: str) -> list[str]:
    """Return sentences on what a translation must have in common with its original and has not."""
    english = _cells(notebook)
    other = {cell["id"]: cell for cell in _cells(translated(notebook, code))}
    if [cell["id"] for cell in english] != list(other):
        return ["the cells are not the same, or not in the same order."]
    found = []
    for cell in english:
        mine, name = other[cell["id"]], cell["id"]
        if cell["cell_type"] == "code":
            if mine["source"] != cell["source"]:
                found.append(f"{name}: the code differs.")
            continue
        if mine["metadata"].get("translation_of") != _mark(cell):
            found.append(f"{name}: the original has changed.")
        for what, of in _SAME.items():
            here, there = of(_text(cell)), of(_text(mine))
            if here != there:
                found.append(f"{name}: the {what} differ: {here} against {there}.")
    return found


def available(code: str) -> list[Path]:
    """Return the chapters that exist in a language, as paths of the English ones."""
    return [one for one in chapters.pages() if translated(one, code).exists()]


def _cells(path: Path) -> list[dict[str, Any]]:
    return chapters.load(Path(path))["cells"]


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _mark(cell: dict[str, Any]) -> str:
    return hashlib.sha256(_text(cell).encode()).hexdigest()[:12]


def _heads(text: str) -> int:
    return len(re.findall(r"^#+ ", text, re.MULTILINE))


def _formulas(text: str) -> list[str]:
    return sorted(_FORMULA.findall(text))


def _codes(text: str) -> list[str]:
    return sorted(_CODE.findall(text))


def _references(text: str) -> list[str]:
    return sorted(_REFERENCE.findall(text))


def _links(text: str) -> list[str]:
    """Where links lead, but for those between the languages and the step out of the folder."""
    names = (link.removeprefix("../").removeprefix("ja/") for link in _LINK.findall(text))
    return sorted(set(names) - {name for name in names if name.endswith("welcome.ipynb")})


def _numbers(text: str) -> list[str]:
    """Numbers of two digits or more outside of formulas, code, links and references."""
    for pattern in (_FORMULA, _CODE, _LINK, _REFERENCE, _HEAD):
        text = pattern.sub(" ", text)
    return sorted(one.replace(",", "") for one in _NUMBER.findall(text) if len(one) > 1)


_SAME = {
    "headings": _heads,
    "formulas": _formulas,
    "code words": _codes,
    "references": _references,
    "links": _links,
    "numbers": _numbers,
}
