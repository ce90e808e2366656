"""The table of the chapters, and where they lie.

A new chapter is one row of ``CHAPTERS``, and a folder of its name in ``explorers``, ``reproduce``
and ``tests/explorers``; the physics under it is a package of its own. Commands, pages, lectures,
tasks and the map on the welcome page follow from the row.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

_BEHIND_A_VEIL = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]*)"')


@dataclass(frozen=True)
class Chapter:
    """One chapter of the course.

    Attributes
    ----------
    number : int
        Its place in the course.
    name : str
        Name of its folders in ``explorers`` and ``reproduce``.
    title, subtitle : str
        Its name on the map, and what it is about in a few words.
    subject : str
        What its physics is about, in the words of the map's legend.
    package : str
        The physics package that it stands on.
    prefix : str
        How the keys begin under which its predictions and answers are kept.
    after : tuple of int
        Numbers of the chapters that it helps to have seen before.
    datasets : mapping
        Datasets that ``qmlcourse generate`` makes: name to ``"module:function"``, a function of
        the tier that returns a recipe.
    networks : str
        The kind of network that ``qmlcourse train KIND-NAME`` trains; empty where it has none.
    """

    number: int
    name: str
    title: str
    subtitle: str
    subject: str
    package: str
    prefix: str
    after: tuple[int, ...] = ()
    datasets: Mapping[str, str] = field(default_factory=dict)
    networks: str = ""

    @property
    def stem(self) -> str:
        """Name of the notebook and of the guide, without ending."""
        return f"{self.number:02d}_{self.name}"

    @property
    def notebook(self) -> Path:
        """Path of the English notebook."""
        return folder() / f"{self.stem}.ipynb"


WELCOME = "00_welcome"
CHAPTERS = (
    Chapter(
        number=1,
        name="ab_oscillations",
        title="Aharonov-Bohm oscillations",
        subtitle="interference in a ring",
        subject="electrons that interfere",
        package="transport",
        prefix="ab",
    ),
    Chapter(
        number=2,
        name="ucf_fingerprints",
        title="UCF fingerprints",
        subtitle="the noise that is a signal",
        subject="electrons that interfere",
        package="transport",
        prefix="ucf",
        after=(1,),
        datasets={"fingerprints": "qmlcourse.transport.wires.fingerprints:recipe"},
    ),
    Chapter(
        number=3,
        name="anderson_classification",
        title="Anderson classification",
        subtitle="a network sees metal or insulator",
        subject="electrons that get stuck",
        package="anderson",
        prefix="anderson",
        networks="metal",
    ),
    Chapter(
        number=4,
        name="ynet_inversion",
        title="Y-net inversion",
        subtitle="from g(B) back to the wave",
        subject="electrons that interfere",
        package="ynet",
        prefix="ynet",
        after=(2, 3),
        datasets={
            f"wires-{kind}": f"qmlcourse.ynet.wires:recipe_{kind}"
            for kind in ("one", "two", "three", "symmetric")
        },
        networks="ynet",
    ),
    Chapter(
        number=5,
        name="haldane_rediscovery",
        title="Haldane rediscovery",
        subtitle="gradients design Hamiltonians",
        subject="designed matter",
        package="inverse_design",
        prefix="haldane",
    ),
    Chapter(
        number=6,
        name="nqs_bands",
        title="NQS bands",
        subtitle="networks as wave functions",
        subject="many electrons",
        package="nqs",
        prefix="nqs",
    ),
    Chapter(
        number=7,
        name="hidden_self_energies",
        title="Hidden self-energies",
        subtitle="two functions out of one curve",
        subject="superconductors",
        package="self_energy",
        prefix="hidden",
    ),
)
PACKED = Path(__file__).parents[1] / "_chapters"  # the chapters inside an installed package


def datasets() -> dict[str, str]:
    """Return all datasets that can be made: name to ``"module:function"``."""
    return {name: place for chapter in CHAPTERS for name, place in chapter.datasets.items()}


def networks() -> dict[str, Chapter]:
    """Return the chapters that train networks, by the kind of network."""
    return {chapter.networks: chapter for chapter in CHAPTERS if chapter.networks}


def notebooks(place: Path | None = None) -> list[Path]:
    """Return the paths of the chapters in `place` (default :func:`folder`), without welcome."""
    place = folder() if place is None else Path(place)
    paths = [place / f"{chapter.stem}.ipynb" for chapter in CHAPTERS]
    return [path for path in paths if path.exists()]


def pages(place: Path | None = None) -> list[Path]:
    """Return the paths of the welcome page and of all chapters in `place`."""
    place = folder() if place is None else Path(place)
    welcome = place / f"{WELCOME}.ipynb"
    return [*([welcome] if welcome.exists() else []), *notebooks(place)]


def chapter_of(notebook: Path) -> Chapter | None:
    """Return the table's row of a notebook; None for the welcome page and foreign notebooks."""
    rows = [chapter for chapter in CHAPTERS if chapter.stem == Path(notebook).stem]
    return rows[0] if rows else None


def load(notebook: Path) -> dict[str, Any]:
    """Read a notebook as JSON values.

    Raises
    ------
    ValueError
        Where the file is damaged; the sentence says how to get the original back.
    """
    try:
        book = json.loads(notebook.read_text("utf-8"))
        if isinstance(book["cells"], list):
            return book
    except (ValueError, KeyError, TypeError):
        pass
    row = chapter_of(notebook)
    number = row.number if row else 0
    raise ValueError(
        f"{notebook} is damaged; `qmlcourse restore {number}` gives the original back."
    )


def pictures(output: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the stored pictures of a cell's output, those behind a veil too.

    Parameters
    ----------
    output
        One output, as the notebook's file holds it.

    Returns
    -------
    list of (str, str)
        PNG files in base64, each with its alt text.
    """
    data = output.get("data", {})
    if "image/png" in data:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        return [("".join(data["image/png"]).replace("\n", ""), alt)]
    page = "".join(data.get("text/html", ""))
    return [(picture, unescape(alt)) for alt, picture in _BEHIND_A_VEIL.findall(page)]


def folder() -> Path:
    """Find the folder with the notebooks: here, above here, or beside the package.

    An installed package brings its chapters along; they are copied to ``qmlcourse/chapters`` in the
    user's home at the first call, where they may be changed.

    Raises
    ------
    ValueError
        Where there are no chapters at all.
    """
    here = Path.cwd()
    own = Path.home() / "qmlcourse"
    page = f"{WELCOME}.ipynb"
    for place in (here, *here.parents, Path(__file__).resolve().parents[2], own):
        if (place / "chapters" / page).exists():
            return place / "chapters"
    if not (PACKED / page).exists():
        raise ValueError(
            "the chapters are not here: run this inside a copy of the qmlcourse repository."
        )
    shutil.copytree(PACKED, own / "chapters")
    return own / "chapters"


def restore(wanted: str | int) -> tuple[Path, Path | None]:
    """Put the original of a chapter back; the student's own version moves into ``kept/``.

    Returns
    -------
    tuple of Path
        The restored chapter, and where the student's version is (None where there was none).

    Raises
    ------
    ValueError
        Where no original can be found.
    """
    path = find(wanted)
    fresh = _pristine(path)
    if path.read_bytes() == fresh:
        return path, None
    kept = path.parent / "kept" / f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}.ipynb"
    kept.parent.mkdir(exist_ok=True)
    path.replace(kept)
    path.write_bytes(fresh)
    return path, kept


def _pristine(path: Path) -> bytes:
    """Return a chapter as it came: from the package, or from the repository's last commit."""
    inside = PACKED / path.relative_to(folder())
    if inside.exists():
        return inside.read_bytes()
    asked = subprocess.run(
        ["git", "show", f"HEAD:./{path.name}"], cwd=path.parent, capture_output=True, check=False
    )
    if asked.returncode:
        raise ValueError(f"the original of {path.name} is neither in the package nor in git.")
    return asked.stdout


def find(wanted: str | int) -> Path:
    """Return the path of a chapter, in the reader's language where there is a translation.

    The language is that of the environment, ``QMLCOURSE_LANG``.

    Raises
    ------
    ValueError
        As :func:`original` does.
    """
    path = original(wanted)
    other = path.parent / os.environ.get("QMLCOURSE_LANG", "en") / path.name
    return other if other.exists() else path


def original(wanted: str | int) -> Path:
    """Return the path of an English chapter.

    Parameters
    ----------
    wanted
        A number, 0 for the welcome page, or a name or the beginning of one.

    Raises
    ------
    ValueError
        Where no chapter fits, or several; the sentence names the chapters that there are.
    """
    text = str(wanted).removesuffix(".ipynb")
    present = pages()
    fits = [path for path in present if _fits(text, path.stem)]
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(f"{int(path.stem[:2])} {path.stem[3:]}" for path in present)
    planned = any(_fits(text, chapter.stem) for chapter in CHAPTERS)
    why = "is in preparation" if planned and not fits else "does not exist"
    raise ValueError(f"chapter {wanted} {why}; there are: {known}.")


def _fits(text: str, stem: str) -> bool:
    if text.isdigit():
        return int(stem[:2]) == int(text)
    return bool(text) and (stem.startswith(text) or stem[3:].startswith(text))
