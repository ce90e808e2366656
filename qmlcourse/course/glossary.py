"""The words of the glossary as data for the page, so that a word opens as a card.

The notebook ``chapters/glossary.ipynb`` is the one source. ``qmlcourse glossary`` writes its words,
with small pictures, into the page's template, so that a chapter that is served alone and without a
network knows them as well; a test compares the two.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..widgets.words import catalogue
from . import chapters, pages
from .serving import template_folder
from .small_pictures import small_pictures

_LABELS = (
    "In the glossary",
    "opens a new tab",
    "Search the glossary",
    "Words by letter",
    "{count} of {all} words",
    "This chapter is served alone. This command opens the other one:",
    "This is a file of the course:",
    "Contents of the chapter",
    "Contents",
    "about {count} minutes left",
    "{count} of {all} answered",
)


def words(notebook: Path | None = None) -> dict[str, str]:
    """Return the words of the glossary, each with its explanation as HTML with MathML.

    Parameters
    ----------
    notebook
        Default the glossary of the course.
    """
    book = chapters.load(notebook or chapters.folder() / "glossary.ipynb")
    found = {}
    for cell in book["cells"]:
        for part in re.split(r"^### ", "".join(cell["source"]), flags=re.MULTILINE)[1:]:
            word, _, text = part.partition("\n")
            found[word] = pages.markdown(text.strip()).strip()
    return found


def anchor(word: str) -> str:
    """Return what follows the # in a link to a word."""
    return word.replace(" ", "-")


def page_data(pictures: dict[str, str]) -> str:
    """Return the part of the page's template that holds all words.

    Parameters
    ----------
    pictures
        Words with their pictures as SVG.
    """
    entries = {
        anchor(word): {"word": word, "text": text, "picture": pictures.get(word, "")}
        for word, text in words().items()
    }
    japanese = catalogue("ja")
    labels = {"en": {one: one for one in _LABELS}, "ja": {one: japanese[one] for one in _LABELS}}
    data = json.dumps({"words": entries, "labels": labels}, ensure_ascii=False, indent=0)
    closed = data.replace("</", r"<\/")  # nothing inside may end the script
    return (
        '{% raw %}<script type="application/json" id="qml-words">\n'
        f"{closed}\n</script>{{% endraw %}}\n"
    )


def place() -> Path:
    """Return where the page's template keeps the words."""
    return template_folder() / "qmlcourse" / "words.html"


def write() -> Path:
    """Compute the small pictures, write all words for the page, and return the file."""
    place().write_text(page_data(small_pictures()), "utf-8")
    return place()
