"""Where the chapters lie, and which one a user means."""

import os
import shutil
import subprocess
import time
from pathlib import Path

NAMES = (
    "00_welcome",
    "01_ab_oscillations",
    "02_ucf_fingerprints",
    "03_anderson_classification",
    "04_ynet_inversion",
    "05_haldane_rediscovery",
    "06_nqs_bands",
    "07_hidden_self_energies",
)


PACKED = Path(__file__).with_name("_chapters")  # the chapters inside an installed package


def folder():
    """The folder with the notebooks: here, above here, or beside the package.

    An installed package brings its chapters along; they are copied to ``qmlcourse/chapters`` in the
    user's home at the first call, where they may be changed.

    Raises ValueError when there are no chapters at all.
    """
    here = Path.cwd()
    own = Path.home() / "qmlcourse"
    for place in (here, *here.parents, Path(__file__).resolve().parents[1], own):
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
