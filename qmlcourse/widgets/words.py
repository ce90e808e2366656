"""The words of the interface in the language of the reader.

One gettext catalogue a language, ``locale/ja/LC_MESSAGES/qmlcourse.po``: the English text is the
identifier. A text with numbers in it is an entry with named gaps, such as
``"{count} answers are in the file."``. A text without an entry stays English, so a page is never
empty. Babel reads the catalogue at the first text that is asked for, so there is no compiled file
that could be older than its source.

The language is ``QMLCOURSE_LANG`` where it is set (``qmlcourse --lang ja``), otherwise that of the
folder in which the notebook lies (``chapters/ja``), otherwise English.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from .. import LANGUAGES

LOCALE = Path(__file__).parents[1] / "locale"
_GAP = re.compile(r"\\\{(\w+)\\\}")


def language() -> str:
    """Return the language of the interface, ``"en"`` or ``"ja"``."""
    wanted = os.environ.get("QMLCOURSE_LANG") or Path.cwd().name
    return wanted if wanted in LANGUAGES else "en"


def say(text: str) -> str:
    """Return a text in the reader's language, or unchanged where it has no entry."""
    code = language()
    if code == "en" or not text:
        return text
    entries = catalogue(code)
    if text in entries:
        return entries[text]
    for pattern, translated in _gapped(code):
        found = pattern.fullmatch(text)
        if found:
            parts = {name: entries.get(part, part) for name, part in found.groupdict().items()}
            return translated.format(**parts)
    return text


@cache
def catalogue(code: str) -> dict[str, str]:
    """Return the entries of a language, by their English text.

    Parameters
    ----------
    code
        A language other than English, such as ``"ja"``.

    Returns
    -------
    dict
        Entries that are translated and not marked as fuzzy.

    Raises
    ------
    FileNotFoundError
        Where the language has no catalogue.
    """
    from babel.messages.pofile import read_po

    with (LOCALE / code / "LC_MESSAGES" / "qmlcourse.po").open("rb") as file:
        found = read_po(file, locale=code)
    return {one.id: one.string for one in found if one.id and one.string and not one.fuzzy}


def gaps(text: str) -> list[str]:
    """Return the names of the gaps in an entry."""
    return re.findall(r"\{(\w+)\}", text)


@cache
def _gapped(code: str) -> list[tuple[re.Pattern, str]]:
    """Return the entries with gaps, each as a pattern and its translation."""
    return [(_pattern(text), words) for text, words in catalogue(code).items() if gaps(text)]


def _pattern(text: str) -> re.Pattern:
    return re.compile(_GAP.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)
