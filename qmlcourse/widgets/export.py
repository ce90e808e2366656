"""Files that leave the page: tables as CSV."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest

import numpy as np


def csv_bytes(columns: dict[str, object], notes: tuple[str, ...] = ()) -> bytes:
    """Write named columns as a CSV file.

    Parameters
    ----------
    columns
        One-dimensional arrays by name; shorter ones end in empty cells.
    notes
        Lines above the table, each introduced by ``#``.
    """
    text = io.StringIO()
    for note in notes:
        text.write(f"# {' '.join(note.split())}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    lists = [_cells(values) for values in columns.values()]
    writer.writerows(zip_longest(*lists, fillvalue=""))
    return text.getvalue().encode()


def _cells(values) -> list[str]:
    values = np.atleast_1d(np.asarray(values))
    if values.ndim != 1:
        raise ValueError(f"a column of a table has one dimension, not {values.ndim}")
    if values.dtype.kind in "fc":
        return [f"{value:.10g}" for value in values.tolist()]
    return [_harmless(str(value)) for value in values.tolist()]


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading text as a formula."""
    return (
        f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _number(text) else text
    )


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
