"""Making, checking and loading datasets; what a recipe is."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from . import store
from .schedule import Progress, disk_errors, on_cluster, on_threads


@dataclass(frozen=True)
class Variable:
    """One array of a dataset: its dimensions after `sample`, their sizes, and what it is."""

    dims: tuple = ()
    shape: tuple = ()
    units: str = ""
    long_name: str = ""
    dtype: str = "float64"


class Recipe(Protocol):
    """What a dataset is made by.

    Attributes
    ----------
    name : str; chunk : int, samples in a chunk
    parameters : dict of JSON values, all that determines the data besides the seed
    variables : dict name -> Variable; coordinates : dict name -> (array, units)
    """

    name: str
    chunk: int
    parameters: dict
    variables: dict
    coordinates: dict

    def make(self, generator: np.random.Generator, count: int) -> dict:
        """Arrays (count, ...) of one chunk, drawn from its own generator alone."""


def generate(
    recipe, samples, out, *, seed=0, scheduler=None, workers=None, command="", quiet=False
):
    """Make a dataset, or finish one; chunks that are there and whole are kept.

    Parameters
    ----------
    recipe : Recipe
    samples : int; a larger number later makes the dataset longer
    out : folder of the zarr store
    seed : int; chunk n draws from numpy's generator of [seed, n]
    scheduler : address of a Dask scheduler whose workers see `out` under the same name; by default
        this machine's cores (threads)
    workers : number of threads; default one for each core
    command : what made it, kept in the attributes

    Returns
    -------
    The folder. Raises ValueError when `out` holds something else, ConnectionError when no scheduler
    answers, OSError when the disk is full; what is finished is kept in each case.
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


def load(path):
    """The finished dataset as an xarray.Dataset, opened lazily.

    Raises ValueError, with how to go on, when it is not there or unfinished.
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


def verify(path):
    """Numbers of the chunks that are missing or do not match their checksums."""
    path = Path(path)
    kept = store.kept_recipe(path)
    if kept is None:
        raise ValueError(f"{path} holds no dataset of this course; make one with: generate.")
    about = store.digest(kept)
    sizes = store.counts(kept["samples"], kept["chunk"])
    return [n for n, count in enumerate(sizes) if not store.whole(path, n, count, about)]
