"""Run the chapters from top to bottom and store their outputs, the same bytes each time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

_KEEP = {"kernelspec", "language_info"}


def execute(path: str | Path, timeout: int = 120) -> float:
    """Execute a notebook in place.

    Parameters
    ----------
    path
        The notebook.
    timeout
        Seconds that one cell may take.

    Returns
    -------
    float
        Seconds that it took.

    Notes
    -----
    What differs from run to run (widget models, execution times) is not stored; the picture of
    each explorer is, so that the page can be read without a kernel.
    """
    import nbformat
    from nbclient import NotebookClient

    path = Path(path)
    book = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    NotebookClient(
        book,
        timeout=timeout,
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute(env={**os.environ, "QMLCOURSE_PROGRESS": "off"})
    seconds = time.perf_counter() - start
    for name in set(book.metadata) - _KEEP:
        del book.metadata[name]
    book.metadata["language_info"] = {"name": "python"}
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            _strip(output)
    nbformat.write(book, path)
    return seconds


def _strip(output: dict[str, Any]) -> None:
    """Take off the identifier of the widget, which is new in every run and dead in a file."""
    output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
