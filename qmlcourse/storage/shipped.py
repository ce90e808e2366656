"""Shipped results, weights and data: what they are, which command made them, and their checksum.

`shipped/manifest.json` lists every file with its sha256, the command and the tier that made it.
`read` refuses a file that does not match its checksum. Each chapter has a limit in bytes.
"""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from .atomic import write_bytes

_FOLDER = resources.files("qmlcourse") / "shipped"

LIMITS = {  # bytes of each chapter's shipped files
    "ab_oscillations": 100_000,
    "ucf_fingerprints": 600_000,
    "anderson_classification": 4_000_000,
    "ynet_inversion": 16_000_000,
    "haldane_rediscovery": 200_000,
    "nqs_bands": 800_000,
    "hidden_self_energies": 300_000,
}
_CHAPTER = {  # by the first word of a name in the manifest
    "ab": "ab_oscillations",
    "ucf": "ucf_fingerprints",
    "anderson": "anderson_classification",
    "classifier": "anderson_classification",
    "ynet": "ynet_inversion",
    "haldane": "haldane_rediscovery",
    "crystal": "nqs_bands",
    "nqs": "nqs_bands",
    "hidden": "hidden_self_energies",
}


def manifest() -> dict[str, dict[str, str]]:
    """Return what is known of every shipped file, by name.

    Returns
    -------
    dict
        Name to ``{"file", "sha256", "command", "tier", "what"}``.
    """
    return json.loads((_FOLDER / "manifest.json").read_text())


def sizes(folder: Path | None = None) -> dict[str, int]:
    """Return the bytes of each chapter's shipped files, by the chapter's name.

    Parameters
    ----------
    folder
        Where `manifest.json` lies; default the package's own `shipped`.
    """
    folder = Path(str(folder or _FOLDER))
    listed = folder / "manifest.json"
    found = dict.fromkeys(LIMITS, 0)
    for name, entry in json.loads(listed.read_text()).items() if listed.exists() else ():
        chapter = _CHAPTER.get(name.partition("_")[0])
        if chapter:
            found[chapter] += (folder / entry["file"]).stat().st_size
    return found


def about(name: str) -> dict[str, str]:
    """Return the manifest's entry of one shipped file.

    Raises
    ------
    ValueError
        Where nothing of this name is shipped.
    """
    entries = manifest()
    if name not in entries:
        raise ValueError(f"nothing called {name!r} is shipped; there is {', '.join(entries)}.")
    return entries[name]


def read(name: str) -> bytes:
    """Return the bytes of a shipped file, checked against its sha256.

    Raises
    ------
    ValueError
        Where nothing of this name is shipped.
    RuntimeError
        Where the file is damaged.
    """
    entry = about(name)
    data = (_FOLDER / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise RuntimeError(
            f"the shipped file {entry['file']} is damaged; make it again with: {entry['command']}"
        )
    return data


def load_json(name: str) -> Any:
    """Return a shipped JSON file as Python values; raises as :func:`read` does."""
    return json.loads(read(name))


def register(
    name: str, path: Path, *, command: str, tier: str, what: str, folder: Path | None = None
) -> None:
    """Copy a finished file into the package and list it in the manifest.

    Parameters
    ----------
    name
        Under which the file is found from now on.
    path
        The file.
    command, tier
        What made it: the command, and ``"laptop"`` or ``"gpu"``.
    what
        One sentence that says what it holds.
    folder
        Where `manifest.json` lies; default the package's own `shipped`.

    Raises
    ------
    ValueError
        Where the chapter's files would take more bytes than its limit.
    """
    path, folder = Path(path), Path(str(folder or _FOLDER))
    data = path.read_bytes()
    target = folder / path.name
    listed = folder / "manifest.json"
    entries = json.loads(listed.read_text()) if listed.exists() else {}
    chapter = _CHAPTER.get(name.partition("_")[0])
    if chapter:
        old = (folder / entries[name]["file"]).stat().st_size if name in entries else 0
        taken = sizes(folder)[chapter] - old + len(data)
        if taken > LIMITS[chapter]:
            raise ValueError(
                f"with {path.name}, {chapter} ships {taken} bytes; take at most {LIMITS[chapter]}."
            )
    if target.resolve() != path.resolve():
        write_bytes(target, data)
    entries[name] = {
        "file": target.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "command": command,
        "tier": tier,
        "what": what,
    }
    text = json.dumps(dict(sorted(entries.items())), indent=2)
    write_bytes(listed, f"{text}\n".encode())
