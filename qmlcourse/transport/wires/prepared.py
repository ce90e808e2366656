"""Wires whose fields are prepared once on a machine: on disk, memory-mapped, shared by all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import ArrayLike

from ._antidot_sites import notch_mask
from .antidot_wire import AntidotWire

_KEEP = 2 * 2**30  # bytes of prepared wires that stay on the disk


def cache_folder() -> Path:
    """Return where prepared wires lie: $QMLCOURSE_CACHE, or the user's cache folder."""
    chosen = os.environ.get("QMLCOURSE_CACHE")
    return Path(chosen or platformdirs.user_cache_dir("qmlcourse")) / "wires"


def prepared_wire(
    length: int, width: int, energy: float, flux: ArrayLike, notch: ArrayLike | None = None
) -> AntidotWire:
    """Return a wire that has one energy and some fields ready, from the cache if it knows them.

    A first call prepares them (some 10 ms a field) and stores them; later ones, also in other
    processes, open the same file without reading it. A damaged entry is made again; where nothing
    can be written, the wire is kept in memory only. The oldest entries go when all together take
    more than 2 GiB.

    Parameters
    ----------
    length, width, notch
        Of the :class:`~qmlcourse.transport.AntidotWire`.
    energy
        In hoppings.
    flux
        (field,) in flux quanta h/e through one plaquette.

    Raises
    ------
    ValueError
        For another wire, energy or flux, as in `AntidotWire`.
    OutOfMemory
        When this machine's free memory would not hold the fields.
    """
    flux = np.unique(np.asarray(flux, float))
    mask = notch_mask(notch, length, width)
    name = {
        "size": [length, width, energy],
        "notch": np.argwhere(mask).tolist(),
        "flux": flux.tolist(),
    }
    digest = hashlib.sha256(json.dumps(name).encode()).hexdigest()[:20]
    folder = cache_folder() / digest
    try:
        wire = AntidotWire.load(folder)
        os.utime(folder)
    except (ValueError, OSError):
        wire = AntidotWire(length, width, notch).prepare(energy, flux)
        try:
            wire.save(folder)
            _forget_the_oldest(folder)
            wire = AntidotWire.load(folder)
        except (OSError, ValueError):
            return wire  # a full or read-only disk: this process keeps its own
    return wire


def _forget_the_oldest(newest: Path) -> None:
    """Remove what was used longest ago until the rest fits."""
    entries = [p for p in newest.parent.iterdir() if p.is_dir() and not p.name.startswith(".")]
    entries.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    total = 0
    for entry in entries:
        total += sum(f.stat().st_size for f in entry.iterdir())
        if total > _KEEP and entry != newest:
            shutil.rmtree(entry, ignore_errors=True)
