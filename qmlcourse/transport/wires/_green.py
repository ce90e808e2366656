"""The clean wire, solved once for each field: everything that antidots need of it.

A clean wire goes on into its leads without a seam, so its Green's function depends on x - x' only:
(2 length - 1) blocks of width x width hold it, where the full inverse would be length / 2 times as
large. They follow from the two surface Green's functions: one step to the right multiplies by
g_right tau, one step to the left by g_left tau^dagger, and both only decay.
A notch is folded in as a correction of low rank, G = G0 - A B.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ...storage.atomic import replacing_folder
from .. import arrays
from ..arrays import Array
from ..leads import open_channels
from ._antidot_sites import Holes
from ._points import stacked_leads
from .wire import check_memory

_SAFE = 1e5  # largest growth up to which a rim is trusted; its error is some 1e-16 times that
_FINITE = 1e4  # largest element of G0 that corrections may start from
VERSION = 3  # of prepared wires on the disk


@dataclass
class Tables:
    """The clean wire at some points, each an energy and a field.

    N = length * width sites, c channels, n sites of the notch.

    Attributes
    ----------
    energy, flux : numpy.ndarray
        (point,) in hoppings and in flux quanta a plaquette.
    channels : numpy.ndarray
        (point,) numbers of open channels; the waves of closed ones are zeros at the end.
    finite : numpy.ndarray
        (point,) false where a channel opens right at the energy, so that G0 diverges.
    green : numpy.ndarray or torch.Tensor
        G0(x - x' + length - 1, y, y') flattened, (point, (2 length - 1) * width * width).
    into : numpy.ndarray or torch.Tensor
        (side, point, N, c), waves that come in from a side: G[:, side] Q.
    out : numpy.ndarray or torch.Tensor
        (side, point, c, N), their duals that go out there: Q^dagger G[side, :].
    straight : numpy.ndarray or torch.Tensor
        (to, from, point, c, c), Q^dagger G Q between the sides.
    notch_left, notch_right : numpy.ndarray or torch.Tensor
        (point, N, n) and (point, n, N), the A and B of the notch.
    """

    energy: np.ndarray
    flux: np.ndarray
    channels: np.ndarray
    finite: np.ndarray
    green: Array
    into: Array
    out: Array
    straight: Array
    notch_left: Array
    notch_right: Array

    @property
    def nbytes(self) -> int:
        """Bytes of all tables."""
        return sum(getattr(self, f.name).nbytes for f in fields(self))

    def cast(self, xp: ModuleType, dtype: Any, device: Any) -> Tables:
        """Return the same tables for an array library, precision and device."""
        moved = {
            f.name: arrays.as_complex(xp, getattr(self, f.name), dtype, device)
            for f in fields(self)
            if f.name not in ("energy", "flux", "channels", "finite")
        }
        return Tables(self.energy, self.flux, self.channels, self.finite, **moved)

    def at(self, rows: slice | np.ndarray) -> Tables:
        """Return the tables at some points, a slice or numbers in order; views where possible."""
        if not isinstance(rows, slice) and len(rows) == rows[-1] - rows[0] + 1:
            rows = slice(int(rows[0]), int(rows[-1]) + 1)
        channels = self.channels[rows]
        c = int(channels.max())
        return Tables(
            self.energy[rows],
            self.flux[rows],
            channels,
            self.finite[rows],
            self.green[rows],
            self.into[:, rows][..., :c],
            self.out[:, rows][:, :, :c],
            self.straight[:, :, rows][..., :c, :c],
            self.notch_left[rows],
            self.notch_right[rows],
        )


def table_bytes(
    length: int, width: int, energy: float, notch_sites: int, count: int, itemsize: int = 16
) -> int:
    """Return the bytes of the tables for `count` fields at one energy."""
    channels, sites = open_channels(width, energy), length * width
    green = (2 * length - 1) * width**2
    waves = 4 * sites * channels + 4 * channels**2
    return count * itemsize * (green + waves + 2 * sites * notch_sites)


def solve_clean_wire(
    length: int, width: int, energy: float, flux: np.ndarray, notch: Holes
) -> Tables:
    """Return the Tables of the clean wire at one energy and the fields `flux`."""
    needed = table_bytes(length, width, energy, len(notch.all), len(flux))
    check_memory(2 * needed, f"a wire of {length} x {width} sites at {len(flux)} fields")
    energies = np.full(len(flux), energy)
    sigma, injection, channels = stacked_leads(width, energies, flux)
    blocks = _green_blocks(length, width, energy, sigma, flux)
    finite = np.abs(blocks).max((1, 2, 3)) < _FINITE
    blocks[~finite] = 0  # solved another way: see _antidot_direct
    into, out, straight = _waves(blocks, injection, length)
    count = len(flux)
    tables = Tables(
        energies,
        np.array(flux),
        channels,
        finite,
        blocks.reshape(count, -1),
        into,
        out,
        straight,
        np.zeros((count, length * width, 0), complex),
        np.zeros((count, 0, length * width), complex),
    )
    return _with_notch(tables, notch, length, width) if len(notch.all) else tables


def _green_blocks(
    length: int, width: int, energy: float, sigma: np.ndarray, flux: np.ndarray
) -> np.ndarray:
    """Return G0 at x - x' = 1 - length ... length - 1, (point, 2 length - 1, width, width)."""
    h = -(np.eye(width, k=1) + np.eye(width, k=-1))
    bare = energy * np.eye(width) - h
    hop = -np.exp(-2j * np.pi * np.outer(flux, np.arange(width)))  # from x to x + 1
    left, right = sigma
    blocks = np.empty((len(flux), 2 * length - 1, width, width), complex)
    blocks[:, length - 1] = _inverse(bare - left - right)
    ahead = np.linalg.inv(bare - right) * hop[:, None, :]
    back = np.linalg.inv(bare - left) * hop.conj()[:, None, :]
    for n in range(1, length):
        blocks[:, length - 1 + n] = ahead @ blocks[:, length - 2 + n]
        blocks[:, length - 1 - n] = back @ blocks[:, length - n]
    return blocks


def _inverse(matrices: np.ndarray) -> np.ndarray:
    """Return the inverses; infinite where a matrix has none."""
    try:
        return np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.full_like(matrices, np.inf)
        return np.concatenate([_inverse(one[None]) for one in matrices])


def _waves(
    blocks: np.ndarray, injection: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the tables `into`, `out` and `straight` from the blocks and the leads' injections."""
    count, _, width, _ = blocks.shape
    left, right = (q[:, None] for q in injection)
    bra_left, bra_right = (q.conj().swapaxes(-1, -2) for q in (left, right))
    from_left, from_right = blocks[:, length - 1 :], blocks[:, :length]
    into = np.array([from_left @ left, from_right @ right])
    into = into.reshape(2, count, length * width, -1)
    out = np.array([bra_left @ from_right[:, ::-1], bra_right @ from_left[:, ::-1]])
    out = out.swapaxes(2, 3).reshape(2, count, out.shape[3], length * width)
    ends = slice(0, width), slice((length - 1) * width, None)
    bras = injection.conj().swapaxes(-1, -2)
    straight = np.array([[bras[to] @ into[at][:, ends[to]] for at in (0, 1)] for to in (0, 1)])
    return into, out, straight


def pair_index(to: Any, at: Any, length: int, width: int) -> Any:
    """Return where G0(to, at) stands in the flattened table.

    `to` and `at` are flat site numbers of shapes that fit together.
    """
    shift = to // width - at // width + (length - 1)
    return (shift * width + to % width) * width + at % width


def _with_notch(tables: Tables, notch: Holes, length: int, width: int) -> Tables:
    """Return the tables of the wire whose notch sites are gone."""
    everywhere = np.arange(length * width)
    for sites in (notch.rim, notch.all):
        columns = tables.green[:, pair_index(everywhere[:, None], sites, length, width)]
        rows = tables.green[:, pair_index(sites[:, None], everywhere, length, width)]
        inverse = _inverse(columns[:, sites])
        good = np.abs(inverse).max((1, 2)) < _SAFE
        if good[tables.finite].all():
            break  # the rim is enough unless what it cuts off has a level at the energy
    finite = tables.finite & good
    inverse[~finite] = 0
    b = inverse @ rows
    into = np.array([wave - columns @ (inverse @ wave[:, sites]) for wave in tables.into])
    out = np.array([wave - wave[:, :, sites] @ b for wave in tables.out])
    straight = np.array(
        [
            [
                tables.straight[to, at]
                - tables.out[to][:, :, sites] @ (inverse @ tables.into[at][:, sites])
                for at in (0, 1)
            ]
            for to in (0, 1)
        ]
    )
    return replace(
        tables,
        finite=finite,
        into=into,
        out=out,
        straight=straight,
        notch_left=columns,
        notch_right=b,
    )


def join_tables(blocks: Sequence[Tables]) -> Tables:
    """Return one Tables from several; where channels are fewer, zeros are filled in."""
    axis = {"into": 1, "out": 1, "straight": 2}
    joined = {}
    for name in vars(blocks[0]):
        arrays, along = [getattr(block, name) for block in blocks], axis.get(name, 0)
        shape = np.max([a.shape for a in arrays], axis=0)
        shape[along] = 0  # nothing to fill up there
        room = [
            [(0, max(0, big - n)) for big, n in zip(shape, a.shape, strict=True)] for a in arrays
        ]
        padded = [np.pad(a, r) for a, r in zip(arrays, room, strict=True)]
        joined[name] = np.concatenate(padded, along)
    return Tables(**joined)


def save_tables(tables: Tables, folder: Path, about: dict[str, Any]) -> None:
    """Write tables as .npy files into a new folder that takes the place of the old one."""
    with replacing_folder(folder) as draft:
        for f in fields(tables):
            np.save(draft / f"{f.name}.npy", getattr(tables, f.name))
        (draft / "wire.json").write_text(json.dumps({"version": VERSION, **about}, indent=1))


def load_tables(folder: Path) -> tuple[Tables, dict[str, Any]]:
    """Return tables and what was said about them, memory-mapped: several readers share one copy.

    Raises
    ------
    ValueError
        When the folder holds no prepared wire, or one of another version.
    """
    folder = Path(folder)
    try:
        about = json.loads((folder / "wire.json").read_text())
        parts = {f.name: np.load(folder / f"{f.name}.npy", mmap_mode="r") for f in fields(Tables)}
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{folder} holds no prepared wire that can be read ({error}); prepare it again."
        ) from None
    if about.pop("version", None) != VERSION:
        raise ValueError(f"{folder} was made by another version; prepare it again.")
    return Tables(**parts), about
