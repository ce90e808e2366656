"""Datasets made in chunks: interrupted, killed or spread over workers, the same bytes in the end.

A dataset is a zarr folder that xarray opens. It is a list of chunks of samples, each a function of
(recipe, seed, number of the chunk) alone. A chunk that is written is noted in `.chunks/` with the
checksums of its files; what is not noted, or does not match, is made again.
"""

import errno
import hashlib
import json
import math
import os
import sys
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from . import __version__

_NOTES = ".chunks"


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
    with _disk_errors(out):
        _begin(recipe, samples, out, seed, command)
        number = math.ceil(samples / recipe.chunk)
        jobs = [
            (recipe, seed, n, min(recipe.chunk, samples - n * recipe.chunk), str(out))
            for n in range(number)
        ]
        todo = [job for job in jobs if not _whole(out, job[2], job[3])]
        progress = _Progress(number, number - len(todo), recipe.chunk, quiet)
        run = _on_cluster if scheduler else _on_threads
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
    dataset = xarray.open_zarr(path, consolidated=True)
    chunk, samples = dataset.attrs["chunk"], dataset.sizes["sample"]
    number = math.ceil(samples / chunk)
    missing = [n for n in range(number) if not (path / _NOTES / f"{n:06d}.json").exists()]
    if missing:
        raise ValueError(
            f"{path} has {number - len(missing)} of {number} chunks; run the same command again to "
            "finish it."
        )
    return dataset


def verify(path):
    """Numbers of the chunks that are missing or do not match their checksums."""
    path = Path(path)
    about = json.loads((path / "recipe.json").read_text())
    sizes = _counts(about["samples"], about["chunk"])
    return [n for n, count in enumerate(sizes) if not _whole(path, n, count)]


def _counts(samples, chunk):
    return [min(chunk, samples - start) for start in range(0, samples, chunk)]


# -- the store ----------------------------------------------------------------------------


def _begin(recipe, samples, out, seed, command):
    """Create the store, or check that it is this recipe's; make it longer if asked."""
    about = {
        "name": recipe.name,
        "chunk": recipe.chunk,
        "seed": seed,
        "version": __version__,
        "parameters": recipe.parameters,
    }
    about = json.loads(json.dumps(about))
    kept = out / "recipe.json"
    before = json.loads(kept.read_text()) if kept.exists() else None
    if before is None and out.exists() and any(out.iterdir()):
        unfinished = {
            ".zgroup",
            ".zattrs",
            _NOTES,
            *recipe.variables,
            *recipe.coordinates,
            "sample",
        }
        strange = [p.name for p in out.iterdir() if p.name not in unfinished]
        if strange:
            raise ValueError(f"{out} holds other files ({strange[0]}); choose an empty folder.")
    if before is not None:
        length = before.pop("samples")
        for key, value in about.items():
            if before[key] != value:
                raise ValueError(
                    f"{out} was made with another {key} ({_short(before[key])}, now "
                    f"{_short(value)}); choose another folder."
                )
        if samples < length:
            raise ValueError(
                f"{out} is meant to have {length} samples already; ask for as many or more."
            )
    if before is None or samples > length:
        _lay_out(recipe, samples, out, about, command, fresh=before is None)
        _write(kept, json.dumps({**about, "samples": samples}, indent=1).encode())
    for draft in [*out.rglob("*.partial"), *out.rglob("*.tmp")]:
        draft.unlink()


def _lay_out(recipe, samples, out, about, command, *, fresh):
    """Write the metadata of all arrays, for `samples` samples, and the coordinates."""
    import zarr

    (out / _NOTES).mkdir(parents=True, exist_ok=True)
    group = zarr.open_group(out, mode="a", zarr_format=2)
    parameters = json.dumps(about["parameters"])
    group.attrs.put({**about, "parameters": parameters, "command": command})
    for name, (values, units) in recipe.coordinates.items():
        values = np.asarray(values)
        array = group.create_array(
            name, data=values, chunks=values.shape, overwrite=True, fill_value=_empty(values.dtype)
        )
        array.attrs.put({"_ARRAY_DIMENSIONS": [name], "units": units})
    for name, variable in recipe.variables.items():
        if not fresh:
            group[name].resize((samples, *variable.shape))
            continue
        array = group.create_array(
            name,
            shape=(samples, *variable.shape),
            chunks=(recipe.chunk, *variable.shape),
            dtype=variable.dtype,
            fill_value=_empty(variable.dtype),
            overwrite=True,
        )
        dims = {"_ARRAY_DIMENSIONS": ["sample", *variable.dims]}
        array.attrs.put({**dims, "units": variable.units, "long_name": variable.long_name})
    with warnings.catch_warnings():  # it says that it does not know the folder of notes
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(out, zarr_format=2)


def _empty(dtype):
    """The value of what is not written: NaN, which xarray reads as missing, where there is one."""
    return np.nan if np.dtype(dtype).kind in "fc" else None


def make_chunk(recipe, seed, number, count, out):
    """Make and store one chunk; called on a worker."""
    import zarr

    out = Path(out)
    arrays = recipe.make(np.random.default_rng([seed, number]), count)
    group = zarr.open_group(out, mode="r+", zarr_format=2, use_consolidated=False)
    start = number * recipe.chunk
    for name, variable in recipe.variables.items():
        values = np.asarray(arrays[name], variable.dtype)
        if values.shape != (count, *variable.shape):
            raise RuntimeError(
                f"the recipe {recipe.name} made {name} of shape {values.shape}, not "
                f"{(count, *variable.shape)}."
            )
        group[name][start : start + count] = values
    sums = {str(f.relative_to(out)): _sha256(f) for f in _files(recipe, out, number)}
    note = {"count": count, "sha256": sums}
    _write(out / _NOTES / f"{number:06d}.json", json.dumps(note, indent=1).encode())
    return number


def _files(recipe, out, number):
    """The files that hold a chunk, one for each variable; all-zero chunks have none."""
    paths = [
        out / name / ".".join(map(str, (number, *(0 for _ in variable.shape))))
        for name, variable in sorted(recipe.variables.items())
    ]
    return [path for path in paths if path.exists()]


def _whole(out, number, count):
    """Whether a chunk is noted, with this many samples, and all its files match."""
    try:
        note = json.loads((out / _NOTES / f"{number:06d}.json").read_text())
        return note["count"] == count and all(
            _sha256(out / name) == digest for name, digest in note["sha256"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def _sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path, data):
    draft = path.with_suffix(".partial")
    draft.write_bytes(data)
    os.replace(draft, path)


def _short(value):
    text = json.dumps(value)
    return text if len(text) < 40 else text[:37] + "..."


# -- the work -----------------------------------------------------------------------------


def _on_threads(jobs, workers, progress):
    """Run the jobs on this machine's cores by Dask's threads."""
    import dask
    from dask.callbacks import Callback

    tasks = [dask.delayed(make_chunk, pure=False)(*job) for job in jobs]
    with Callback(posttask=lambda *_: progress.one_more()):
        dask.compute(*tasks, scheduler="threads", num_workers=workers or os.cpu_count())


def _on_cluster(jobs, address, progress):
    """Run the jobs on the workers of a Dask scheduler; a job whose worker dies goes to another."""
    import distributed

    try:
        client = distributed.Client(address, timeout=5)
    except (OSError, ValueError, TypeError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}); start one with "
            "`dask scheduler`, or leave the option out to use this machine."
        ) from None
    with client:
        futures = client.map(lambda job: make_chunk(*job), jobs, retries=3, pure=False)
        for future in distributed.as_completed(futures):
            future.result()
            progress.one_more()


@contextmanager
def _disk_errors(out):
    """A full disk said in one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise OSError(
            f"the disk that holds {out} is full; make room and run the same command again: what is "
            "finished is kept."
        ) from None


@dataclass
class _Progress:
    """One line on stderr: chunks done, samples a second, time left."""

    number: int
    done: int
    chunk: int
    quiet: bool
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self):
        self.before = self.done
        if self.before and not self.quiet:
            print(f"{self.before} of {self.number} chunks are there already.", file=sys.stderr)

    def one_more(self):
        self.done += 1
        if self.quiet:
            return
        rate = (self.done - self.before) / max(time.monotonic() - self.begun, 1e-9)
        left = (self.number - self.done) / rate
        bar = "#" * (30 * self.done // self.number)
        print(
            f"\r[{bar:<30}] {self.done} of {self.number} chunks, "
            f"{rate * self.chunk:.0f} samples/s, {left:.0f} s left ",
            end="", file=sys.stderr, flush=True,
        )  # fmt: skip

    def end(self):
        if not self.quiet and self.done > self.before:
            print(file=sys.stderr)
