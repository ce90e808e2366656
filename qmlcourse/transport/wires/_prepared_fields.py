"""The energies and fields at which a clean wire is solved, kept as long as memory allows."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from . import _antidot_sites, _green
from ._green import Tables
from ._points import Points

_BATCH = 64  # any value: fields prepared at a time

Key = tuple[str, str]  # precision and device


class PreparedFields:
    """Tables of one clean wire, by precision, device, energy and field.

    Parameters
    ----------
    length, width
        Numbers of sites.
    notch
        (length, width) boolean, the sites that are gone.
    max_bytes
        Above this, the fields that were prepared first are forgotten.
    """

    def __init__(self, length: int, width: int, notch: np.ndarray, max_bytes: int) -> None:
        self.length, self.width, self.notch, self.max_bytes = length, width, notch, max_bytes
        self._blocks: dict[int, tuple[Key, Tables]] = {}  # by number, the oldest first
        self._where: dict[tuple[Key, float, float], tuple[int, int]] = {}  # block and row
        self._count = 0
        self._lock = threading.RLock()

    def memory(self, energy: float, fields: int) -> int:
        """Return the bytes of `fields` fields at one energy, in double precision."""
        rank = int(self.notch.sum())
        return _green.table_bytes(self.length, self.width, energy, rank, fields)

    def ready(self, energy: float) -> np.ndarray:
        """Return the fluxes that are prepared at an energy, sorted."""
        return np.unique([flux for _, known, flux in self._where if known == energy])

    @property
    def nbytes(self) -> int:
        """Bytes of all tables but those that lie in files."""
        return sum(t.nbytes for _, t in self._blocks.values() if not isinstance(t.flux, np.memmap))

    def tables(
        self, points: Points, xp: ModuleType, dtype: Any, device: Any
    ) -> Iterator[tuple[Tables, np.ndarray]]:
        """Yield Tables for the points, block by block, with the numbers of the points."""
        key = _key(dtype, device)
        pairs = list(zip(points.energy.tolist(), points.flux.tolist(), strict=True))
        known, missing = self._known(pairs, key)
        yield from known
        (notch,) = _antidot_sites.find_holes(self.notch[None], np.zeros_like(self.notch))
        for energy, fluxes in missing.items():
            size = max(1, min(_BATCH, int(self.max_bytes // (2 * self.memory(energy, 1)))))
            for start in range(0, len(fluxes), size):
                batch = fluxes[start : start + size]
                tables = _green.solve_clean_wire(
                    self.length, self.width, energy, np.array(batch), notch
                ).cast(xp, dtype, device)
                self._keep(key, tables)
                row = {(energy, flux): n for n, flux in enumerate(batch)}
                numbers = [n for n, pair in enumerate(pairs) if pair in row]
                yield _ordered(tables, [row[pairs[n]] for n in numbers], numbers)

    def save(self, folder: Path) -> None:
        """Write all tables of NumPy in double precision into a folder.

        Raises
        ------
        ValueError
            When there are none.
        """
        wanted = _key(np.complex128, None)
        blocks = [tables for key, tables in self._blocks.values() if key == wanted]
        if not blocks:
            raise ValueError("no field is prepared yet: call prepare(energy, flux) before save.")
        about = {"length": self.length, "width": self.width}
        about["notch"] = np.argwhere(self.notch).tolist()
        _green.save_tables(_green.join_tables(blocks), folder, about)

    def take(self, tables: Tables) -> None:
        """Keep tables of NumPy in double precision that were read from a file."""
        self._keep(_key(np.complex128, None), tables)

    def _known(
        self, pairs: Sequence[tuple[float, float]], key: Key
    ) -> tuple[list[tuple[Tables, np.ndarray]], dict[float, list[float]]]:
        """Return tables that are there with the numbers of their points, and missing fluxes."""
        with self._lock:
            places = [self._where.get((key, *pair)) for pair in pairs]
            missing: dict[float, dict[float, None]] = {}
            for (energy, flux), place in zip(pairs, places, strict=True):
                if place is None:
                    missing.setdefault(energy, {})[flux] = None
            found = []
            for block in dict.fromkeys(place[0] for place in places if place):
                numbers = [n for n, place in enumerate(places) if place and place[0] == block]
                rows = [places[n][1] for n in numbers]
                found.append(_ordered(self._blocks[block][1], rows, numbers))
        return found, {energy: list(fluxes) for energy, fluxes in missing.items()}

    def _keep(self, key: Key, tables: Tables) -> None:
        """Keep a block; forget the oldest ones while all take more than max_bytes."""
        with self._lock:
            self._count += 1
            self._blocks[self._count] = key, tables
            for row, pair in enumerate(zip(tables.energy, tables.flux, strict=True)):
                self._where[key, float(pair[0]), float(pair[1])] = self._count, row
            while len(self._blocks) > 1 and self.nbytes > self.max_bytes:
                oldest = next(iter(self._blocks))
                del self._blocks[oldest]
                self._where = {k: v for k, v in self._where.items() if v[0] != oldest}


def _ordered(
    tables: Tables, rows: Sequence[int], numbers: Sequence[int]
) -> tuple[Tables, np.ndarray]:
    """Return the tables at these rows and the numbers, in the order of the rows."""
    order = np.argsort(rows, kind="stable")
    return tables.at(np.array(rows)[order]), np.array(numbers)[order]


def _key(dtype: Any, device: Any) -> Key:
    name = "complex64" if "complex64" in str(dtype) else "complex128"
    return name, "numpy" if device is None else str(device)
