"""Making, checking and loading datasets; what a recipe is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from . import store
from .schedule import Progress, disk_errors, on_cluster, on_threads

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class Variable:
    """One array of a dataset.

    Attributes
    ----------
    dims : tuple of str
        Names of its dimensions after ``sample``.
    shape : tuple of int
        Their sizes.
    units, long_name : str
        What it is, as xarray and netCDF name these attributes.
    dtype : str
        Kind of its numbers.
    """

    dims: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    units: str = ""
    long_name: str = ""
    dtype: str = "float64"


class Recipe(Protocol):
    """What a dataset is made by.

    Attributes
    ----------
    name : str
        Name of the dataset.
    chunk : int
        Number of samples in a chunk.
    parameters : dict
        JSON values: all that determines the data besides the seed.
    variables : mapping
        The arrays, by name.
    coordinates : mapping
        Name to (values, units) of the axes.
    """

    name: str
    chunk: int
    parameters: dict[str, Any]
    variables: Mapping[str, Variable]
    coordinates: Mapping[str, tuple[np.ndarray, str]]

    def make(self, generator: np.random.Generator, count: int) -> dict[str, np.ndarray]:
        """Return the arrays (count, ...) of one chunk, drawn from its own generator alone."""


def generate(
    recipe: Recipe,
    samples: int,
    out: str | Path,
    *,
    seed: int = 0,
    scheduler: str | None = None,
    workers: int | None = None,
    command: str = "",
    quiet: bool = False,
) -> Path:
    """Make a dataset, or finish one; chunks that are stored and whole are not made again.

    Parameters
    ----------
    recipe
        What makes the samples.
    samples
        How many in all; a larger number later makes the dataset longer.
    out
        Folder of the zarr store.
    seed
        Chunk n draws from numpy's generator of [seed, n].
    scheduler
        Address of a Dask scheduler whose workers see `out` under the same name; by default the
        cores of this machine work, as threads.
    workers
        Number of threads; default one for each core.
    command
        What made it, for the attributes.
    quiet
        Whether no progress is printed.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        Where `out` holds something else, or no sample is asked for.
    ConnectionError
        Where no scheduler answers.
    OSError
        Where the disk is full. What is finished stays stored in each case.
    """
    if samples < 1:
        raise ValueError(f"a dataset has at least one sample, not {samples}.")
    out = Path(out)
    with disk_errors(out):
        about = store.begin(recipe, samples, out, seed, command)
        number = math.ceil(samples / recipe.chunk)
        jobs = [
            (recipe, seed, n, count, str(out), about)
            for n, count in enumerate(store.counts(samples, recipe.chunk))
        ]
        todo = [job for job in jobs if not store.whole(out, job[2], job[3], about)]
        progress = Progress(number, number - len(todo), recipe.chunk, quiet)
        run = on_cluster if scheduler else on_threads
        run(todo, scheduler or workers, progress)
        progress.end()
    return out


def load(path: str | Path) -> xarray.Dataset:
    """Open a finished dataset lazily.

    Raises
    ------
    ValueError
        Where it is not there, unfinished or damaged; the sentence says how to go on.
    """
    import xarray

    path = Path(path)
    if not (path / "recipe.json").exists():
        raise ValueError(f"{path} holds no dataset of this course; make one with: generate.")
    try:
        store.refuse_objects(path)
        dataset = xarray.open_zarr(path, consolidated=True)
        number = math.ceil(dataset.sizes["sample"] / dataset.attrs["chunk"])
    except Exception as error:
        raise ValueError(f"{path} is damaged, or no dataset of this course.") from error
    missing = [n for n in range(number) if not (path / store.NOTES / f"{n:06d}.json").exists()]
    if missing:
        raise ValueError(
            f"{path} has {number - len(missing)} of {number} chunks; run the same command again to "
            "finish it."
        )
    return dataset


def verify(path: str | Path) -> list[int]:
    """Return the numbers of the chunks that are missing or do not match their checksums.

    Raises
    ------
    ValueError
        Where there is no dataset.
    """
    path = Path(path)
    stored = store.stored_recipe(path)
    if stored is None:
        raise ValueError(f"{path} holds no dataset of this course; make one with: generate.")
    about = store.digest(stored)
    sizes = store.counts(stored["samples"], stored["chunk"])
    return [n for n, count in enumerate(sizes) if not store.whole(path, n, count, about)]
