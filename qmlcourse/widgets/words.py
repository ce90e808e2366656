"""The words of the interface in the language of the reader.

One catalogue a language, ``words_ja.json``: English text to its translation. Texts with numbers in
them are entries with named gaps, such as ``"{count} answers are in the file."``. A text without an
entry stays English, so a page is never empty.

The language is ``QMLCOURSE_LANG`` where it is set (``qmlcourse --lang ja``), otherwise that of the
folder in which the notebook lies (``chapters/ja``), otherwise English.
"""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from pathlib import Path

from .. import LANGUAGES

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
    exact, gapped = catalogue(code)
    if text in exact:
        return exact[text]
    for pattern, translated in gapped:
        found = pattern.fullmatch(text)
        if found:
            parts = {name: exact.get(part, part) for name, part in found.groupdict().items()}
            return translated.format(**parts)
    return text


@lru_cache(maxsize=4)
def catalogue(code: str) -> tuple[dict[str, str], list[tuple[re.Pattern, str]]]:
    """Return the entries of a language: plain ones by text, and patterns for those with gaps."""
    path = Path(__file__).with_name(f"words_{code}.json")
    entries = json.loads(path.read_text("utf-8"))
    exact = {text: words for text, words in entries.items() if not gaps(text)}
    gapped = [(_pattern(text), words) for text, words in entries.items() if gaps(text)]
    return exact, gapped


def gaps(text: str) -> list[str]:
    """Return the names of the gaps in an entry."""
    return re.findall(r"\{(\w+)\}", text)


def _pattern(text: str) -> re.Pattern:
    return re.compile(_GAP.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)
