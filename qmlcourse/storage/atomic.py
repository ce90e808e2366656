"""Files and folders that are whole or absent: a reader never sees a half of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Give a draft beside `path`; it takes the place of `path` where the block ends well.

    Parameters
    ----------
    path
        The file to write; its folder exists.

    Yields
    ------
    pathlib.Path
        Where to write. It has the ending of `path`, and it is removed where the block fails.
    """
    path = Path(path)
    draft = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield draft
        os.replace(draft, path)
    finally:
        with suppress(OSError):
            draft.unlink()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    with replacing_file(path) as draft:
        draft.write_bytes(data)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Give an empty draft folder; it takes the place of `folder` where the block ends well.

    Two processes may do this at once: the one that comes later finds the other's folder whole.

    Raises
    ------
    OSError
        Where the disk is full or read-only; the draft is gone then.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield draft
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
