"""Where the chapters lie, and which one a user means."""

import os
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


def folder():
    """The folder with the notebooks: here, above here, or beside the package.

    Raises ValueError when the package is installed without its chapters.
    """
    here = Path.cwd()
    places = [here, *here.parents, Path(__file__).resolve().parents[1]]
    for place in places:
        if (place / "chapters" / "00_welcome.ipynb").exists():
            return place / "chapters"
    raise ValueError(
        "the chapters are not here: run this inside a copy of the qmlcourse repository."
    )


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
