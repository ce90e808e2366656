"""Shipped results, weights and data: what they are, which command made them, and their checksum.

`shipped/manifest.json` lists every file with its sha256, the command and the tier that made it.
`load` refuses a file that does not match its checksum.
"""

import hashlib
import json
from importlib import resources
from pathlib import Path

_FOLDER = resources.files("qmlcourse") / "shipped"


def manifest():
    """Dict from name to {file, sha256, command, tier, what} of everything that is shipped."""
    return json.loads((_FOLDER / "manifest.json").read_text())


def about(name):
    """The manifest's entry of one shipped file."""
    entries = manifest()
    if name not in entries:
        raise ValueError(f"nothing called {name!r} is shipped; there is {', '.join(entries)}.")
    return entries[name]


def read(name):
    """Bytes of a shipped file, checked against its sha256.

    Raises RuntimeError when the file is damaged.
    """
    entry = about(name)
    data = (_FOLDER / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise RuntimeError(
            f"the shipped file {entry['file']} is damaged; make it again with: {entry['command']}"
        )
    return data


def load_json(name):
    """A shipped JSON file as Python values."""
    return json.loads(read(name))


def register(name, path, *, command, tier, what, folder=None):
    """Copy a finished file into the package and list it in the manifest.

    Parameters
    ----------
    path : the file, made by `command` on the given tier ('laptop' or 'gpu')
    what : one sentence that says what it holds
    folder : where `manifest.json` lies; default the package's own `shipped`
    """
    folder = Path(str(folder or _FOLDER))
    data = Path(path).read_bytes()
    target = folder / Path(path).name
    if target.resolve() != Path(path).resolve():
        target.write_bytes(data)
    listed = folder / "manifest.json"
    entries = json.loads(listed.read_text()) if listed.exists() else {}
    entries[name] = {
        "file": target.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "command": command,
        "tier": tier,
        "what": what,
    }
    listed.write_text(json.dumps(dict(sorted(entries.items())), indent=2) + "\n")
