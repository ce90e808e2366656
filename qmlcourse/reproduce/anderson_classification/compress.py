"""Stores the shipped classifiers with fewer bits: `python -m ...anderson_classification.compress`.

Only files that hold more than whole numbers are written, and the manifest follows.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from ...anderson.classifier import Classifier
from ...storage import shipped

COMMAND = "python -m qmlcourse.reproduce.anderson_classification.compress"


def compressed_names(bits: int = 8, folder: Path | None = None) -> list[str]:
    """Write all shipped classifiers with some bits a weight, and return the names of those changed.

    Parameters
    ----------
    bits
        2 to 8.
    folder
        Where `manifest.json` and the classifiers lie; default the package's own files.

    Returns
    -------
    list of str
        Names in the manifest of the files that are now smaller. The others stay as they are.
    """
    changed = []
    for name, entry in shipped.manifest().items():
        if not name.startswith("classifier_"):
            continue
        data = shipped.read(name)
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / entry["file"]
            Classifier.from_bytes(data).save(path, bits)
            if path.stat().st_size >= len(data):
                continue
            command = entry["command"].partition(", then")[0]
            shipped.register(
                name,
                path,
                command=f"{command}, then {COMMAND} --bits {bits}",
                tier=entry["tier"],
                what=entry["what"],
                folder=folder,
            )
        changed.append(name)
    return changed


def main(arguments: list[str] | None = None) -> None:
    """Compress the shipped classifiers and say which."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Store classifiers in fewer bits.")
    parser.add_argument("--bits", type=int, default=8, help="2 to 8, default 8")
    changed = compressed_names(parser.parse_args(arguments).bits)
    print("\n".join(changed) or "All classifiers are as small already.")


if __name__ == "__main__":
    main()
