"""What no network has seen: level ratios, transfer matrices, dimensions and clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import torch

from ...anderson.measures import fractal_dimension
from ...anderson.models import AndersonModel
from ...anderson.percolation import threshold
from ...anderson.scaling import ScalingFit, scaling_fit
from ...anderson.transfer_matrix import transfer_matrix_length
from ...anderson.witnesses import (
    level_statistics,
    mean_participation,
    slope_at,
    slope_crossing,
)
from ...training import seeded_generator
from ..runner import Run
from .cases import CASES

_BARS = {"box": (15, 18), "gaussian": (5.4, 6.9), "cauchy": (3.6, 4.9)}  # windows of strengths
_CLUSTERS = {"sites": (0.28, 0.35), "bonds": (0.22, 0.28)}  # windows of shares
_STRENGTHS = (5, 10, 16.54, 20, 30)  # of the fractal dimensions
_SIZES = (6, 8, 12, 16)


def witness_rows(run: Run) -> dict[str, Any]:
    """Return the rows of all witnesses; each is stored as soon as it is done."""
    sizes = run.sizes
    rows: dict[str, Any] = {"levels": _level_rows(run), "transfer": {}}
    for number, (case, window) in enumerate(_BARS.items()):
        share = 1 if case == "box" else 4
        bars = [(width, slices // share) for width, slices in sizes.bars]
        make = partial(bar_row, case, window, bars, run.seed + number, run.device)
        row = run.row(f"transfer-{case}", make, [case, bars])
        rows["transfer"][case] = row | {"fit": asdict(scaling_of(row))}
    slope = slope_at(rows["levels"]["box"], rows["transfer"]["box"]["fit"]["critical"])
    for row in rows["levels"].values():
        row |= {"slope": slope, "crossing": slope_crossing(row, *slope)}
    make = partial(dimension_row, sizes.witness_samples, [run.seed, 17], run.device)
    rows["dimension"] = run.row("dimension", make, sizes.witness_samples)
    for name in _CLUSTERS:
        make = partial(cluster_row, name, *sizes.percolation, run.seed)
        rows[f"classical {name}"] = run.row(f"classical-{name}", make, sizes.percolation)
    return rows


def bar_row(
    disorder: str,
    window: tuple[float, float],
    bars: Sequence[tuple[int, int]],
    seed: int,
    device: str,
) -> dict[str, Any]:
    """Return the reduced localisation lengths of bars of several widths, with their errors.

    Parameters
    ----------
    disorder
        As in `AndersonModel`.
    window
        Lowest and highest of seven strengths.
    bars
        Width, and slices in all of four bars.
    seed, device
        All random numbers follow from the seed; they are drawn on the device.
    """
    strengths = np.linspace(*window, 7)
    found = [
        transfer_matrix_length(
            AndersonModel(width, disorder),
            0.0,
            strengths,
            length=length // 4,
            bars=4,
            seed=torch.Generator(device=device).manual_seed(1000 * seed + width),
        )
        for width, length in bars
    ]
    return {
        "widths": [width for width, _ in bars],
        "strengths": strengths.tolist(),
        "reduced": [one.reduced.tolist() for one in found],
        "errors": [one.error.tolist() for one in found],
    }


def level_row(
    make: Callable[[int], Any],
    energy: float,
    strengths: np.ndarray,
    sizes: Sequence[int],
    samples: int,
    seeds: Sequence[int],
    device: str,
    pairs: bool = False,
) -> dict[str, Any]:
    """Return the level statistics of several sizes as JSON values.

    Parameters
    ----------
    make
        Makes the model of a size.
    energy, strengths, samples, device, pairs
        As in :func:`~qmlcourse.anderson.witnesses.level_statistics`.
    sizes
        Edges of the lattices.
    seeds
        Random numbers of a size follow from these numbers and the size.

    Returns
    -------
    dict
        ``strengths``, ``sizes``, ``energy``; ``ratio``, ``errors``, ``log_share`` and
        ``share_errors``, one list over the strengths for each size.
    """
    found = []
    for size in sizes:
        generator = seeded_generator([seeds, size], device)
        found.append(
            level_statistics(make(size), energy, strengths, samples, generator, device, pairs)
        )
    return {
        "strengths": np.asarray(strengths, float).tolist(),
        "sizes": list(sizes),
        "energy": energy,
        "ratio": [one.ratio.tolist() for one in found],
        "errors": [one.ratio_error.tolist() for one in found],
        "log_share": [one.log_share.tolist() for one in found],
        "share_errors": [one.log_share_error.tolist() for one in found],
    }


def dimension_row(samples: int, seeds: Sequence[int], device: str) -> dict[str, Any]:
    """Return <P2> by size and the dimensions D2 of the box model at the band centre.

    Parameters
    ----------
    samples
        At each strength and size.
    seeds, device
        As in :func:`level_row`.

    Returns
    -------
    dict
        JSON values: ``strengths``, ``sizes``, ``participation`` with one list over the strengths
        for each size, and ``dimension`` over the strengths.
    """
    means = []
    for size in _SIZES:
        generator = seeded_generator([seeds, size], device)
        means.append(
            mean_participation(AndersonModel(size), 0.0, _STRENGTHS, samples, generator, device)
        )
    return {
        "strengths": list(_STRENGTHS),
        "sizes": list(_SIZES),
        "participation": np.array(means).tolist(),
        "dimension": [fractal_dimension(_SIZES, column) for column in np.array(means).T],
    }


def scaling_of(row: dict[str, Any]) -> ScalingFit:
    """Return the scaling fit of a row of bars.

    Four bars give a rough error, so all strengths of a width share the mean square of theirs.
    """
    reduced, errors = np.array(row["reduced"]), np.array(row["errors"])
    share = np.sqrt(((errors / reduced) ** 2).mean(1, keepdims=True))
    return scaling_fit(row["widths"], row["strengths"], reduced, share * reduced)


def cluster_row(name: str, small: int, large: int, samples: int, seed: int) -> list[float]:
    """Return the classical threshold of ``"sites"`` or ``"bonds"`` and its standard error."""
    shares = np.linspace(*_CLUSTERS[name], 9)
    return list(threshold(small, large, shares, samples, seed, bonds=name == "bonds"))


def _level_rows(run: Run) -> dict[str, Any]:
    sizes, rows = run.sizes, {}
    for number, (name, case) in enumerate(CASES.items()):
        make = partial(
            level_row,
            case.model,
            case.energy,
            np.linspace(*case.window, 9),
            sizes.witness_sizes,
            sizes.witness_samples,
            [run.seed, 13, number],
            run.device,
        )
        stamp = [name, sizes.witness_sizes, sizes.witness_samples]
        rows[name] = run.row(f"levels-{name}", make, stamp)
    return rows
