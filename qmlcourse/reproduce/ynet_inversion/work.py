"""Computes chapter 4 at full scale, section by section, and trains its readers one by one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import torch

from ..runner import Run
from .laboratory import laboratory_row
from .polished import polish_row
from .readers import reader_row, readers_row, weights_path
from .report import reader_line
from .rivals import rivals_row
from .sheet import maps_row, thickness_row
from .sizes import KNOWN
from .symmetric import symmetric_row
from .wire_sets import WireSets

SECTIONS = {
    "thickness": thickness_row,
    "readers": readers_row,
    "maps": maps_row,
    "symmetric": symmetric_row,
    "rivals": rivals_row,
    "laboratory": laboratory_row,
    "polish": polish_row,
}


def compute(run: Run) -> dict[str, Any]:
    """Return the result of chapter 4; the laptop tier takes about two hours on one core."""
    torch.set_num_threads(1)
    sets = WireSets(run)
    rows = {name: run.row(name, partial(work, run, sets)) for name, work in SECTIONS.items()}
    return run.header() | rows


def train(run: Run, name: str) -> Path:
    """Make the wires of one reader and train it, or finish a training; return its weights.

    Parameters
    ----------
    run
        Where wires, checkpoints and weights are stored.
    name
        ``"one"``, ``"two"``, ``"three"``, ``"symmetric"`` or ``"rough"``, which trains ``"one"``
        first.

    Raises
    ------
    ValueError
        For another name.
    """
    if name not in KNOWN:
        raise ValueError(f"there is no Y-net {name!r}; take one of {', '.join(KNOWN)}.")
    torch.set_num_threads(1)
    row = reader_row(run, WireSets(run), name)
    print(reader_line(name, row["scores"]))
    return weights_path(run, name)
