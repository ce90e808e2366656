"""The table of the chapters, and where they lie.

A new chapter is one row of ``CHAPTERS``, and a folder of its name in ``explorers``, ``reproduce``
and ``tests/explorers``; the physics under it is a package of its own.
"""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


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
    package : str
        The physics package that it stands on.
    prefix : str
        How the keys begin under which its predictions and answers are kept.
    """

    number: int
    name: str
    title: str
    subtitle: str
    package: str
    prefix: str

    @property
    def stem(self) -> str:
        """Name of the notebook and of the guide, without ending."""
        return f"{self.number:02d}_{self.name}"

    @property
    def notebook(self) -> Path:
        """Path of the English notebook."""
        return folder() / f"{self.stem}.ipynb"

    @property
    def guide(self) -> Path:
        """Path of the lecturer's guide."""
        return folder() / "guides" / f"{self.stem}.md"


WELCOME = "00_welcome"
CHAPTERS = (
    Chapter(
        1,
        "ab_oscillations",
        "Aharonov-Bohm oscillations",
        "interference in a ring",
        "transport",
        "ab",
    ),
    Chapter(
        2, "ucf_fingerprints", "UCF fingerprints", "the noise that is a signal", "transport", "ucf"
    ),
    Chapter(
        3,
        "anderson_classification",
        "Anderson classification",
        "a network sees metal or insulator",
        "anderson",
        "anderson",
    ),
    Chapter(4, "ynet_inversion", "Y-net inversion", "from g(B) back to the wave", "ynet", "ynet"),
    Chapter(
        5,
        "haldane_rediscovery",
        "Haldane rediscovery",
        "gradients design Hamiltonians",
        "inverse_design",
        "haldane",
    ),
    Chapter(6, "nqs_bands", "NQS bands", "networks as wave functions", "nqs", "nqs"),
    Chapter(
        7,
        "hidden_self_energies",
        "Hidden self-energies",
        "two functions out of one curve",
        "self_energy",
        "hidden",
    ),
)
NAMES = (WELCOME, *(chapter.stem for chapter in CHAPTERS))


PACKED = Path(__file__).parents[1] / "_chapters"  # the chapters inside an installed package


def folder():
    """The folder with the notebooks: here, above here, or beside the package.

    An installed package brings its chapters along; they are copied to ``qmlcourse/chapters`` in the
    user's home at the first call, where they may be changed.

    Raises ValueError when there are no chapters at all.
    """
    here = Path.cwd()
    own = Path.home() / "qmlcourse"
    for place in (here, *here.parents, Path(__file__).resolve().parents[2], own):
        if (place / "chapters" / "00_welcome.ipynb").exists():
            return place / "chapters"
    if not (PACKED / "00_welcome.ipynb").exists():
        raise ValueError(
            "the chapters are not here: run this inside a copy of the qmlcourse repository."
        )
    shutil.copytree(PACKED, own / "chapters")
    return own / "chapters"


def restore(wanted):
    """Put the original of a chapter back; the student's own version is kept in ``kept/``.

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


def _pristine(path):
    """Bytes of a chapter as it came: from the package, or from the repository's last commit."""
    inside = PACKED / path.relative_to(folder())
    if inside.exists():
        return inside.read_bytes()
    asked = subprocess.run(
        ["git", "show", f"HEAD:./{path.name}"], cwd=path.parent, capture_output=True, check=False
    )
    if asked.returncode:
        raise ValueError(f"the original of {path.name} is neither in the package nor in git.")
    return asked.stdout


def find(wanted):
    """Path of the chapter called `wanted`, in the reader's language where there is one.

    The language is that of the environment, ``QMLCOURSE_LANG``.

    Raises ValueError as :func:`original` does.
    """
    path = original(wanted)
    other = path.parent / os.environ.get("QMLCOURSE_LANG", "en") / path.name
    return other if other.exists() else path


def original(wanted):
    """Path of the English chapter: a number 0 to 7, a name or the beginning of one.

    Raises ValueError, with the names that there are, when none or several fit.
    """
    text = str(wanted).removesuffix(".ipynb")
    present = sorted(path.stem for path in folder().glob("[0-9]*.ipynb"))
    if text.isdigit():
        fits = [name for name in present if int(name.split("_")[0]) == int(text)]
    else:
        fits = [n for n in present if n.startswith(text) or n.split("_", 1)[1].startswith(text)]
    if len(fits) == 1:
        return folder() / f"{fits[0]}.ipynb"
    known = ", ".join(
        str(int(name.split("_")[0])) + " " + name.split("_", 1)[1] for name in present
    )
    planned = any(name.startswith(f"{text:0>2}_") or text in name for name in NAMES)
    why = "is in preparation" if planned and not fits else "does not exist"
    raise ValueError(f"chapter {wanted} {why}; there are: {known}.")
