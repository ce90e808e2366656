"""Shipped results, weights and data: what they are, which command made them, and their checksum.

`shipped/manifest.json` lists every file with its sha256, the command and the tier that made it.
`read` refuses a file that does not match its checksum.
"""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from .atomic import write_bytes

_FOLDER = resources.files("qmlcourse") / "shipped"


def manifest() -> dict[str, dict[str, str]]:
    """Return what is known of every shipped file, by name.

    Returns
    -------
    dict
        Name to ``{"file", "sha256", "command", "tier", "what"}``.
    """
    return json.loads((_FOLDER / "manifest.json").read_text())


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
    """
    path, folder = Path(path), Path(str(folder or _FOLDER))
    data = path.read_bytes()
    target = folder / path.name
    if target.resolve() != path.resolve():
        write_bytes(target, data)
    listed = folder / "manifest.json"
    entries = json.loads(listed.read_text()) if listed.exists() else {}
    entries[name] = {
        "file": target.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "command": command,
        "tier": tier,
        "what": what,
    }
    text = json.dumps(dict(sorted(entries.items())), indent=2)
    write_bytes(listed, f"{text}\n".encode())
