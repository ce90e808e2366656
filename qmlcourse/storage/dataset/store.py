"""The zarr folder of a dataset: its layout, its chunks, and the notes of what is whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import __version__
from ..atomic import write_bytes

if TYPE_CHECKING:
    from .factory import Recipe

NOTES = ".chunks"
_SCRATCH = ".layout.partial"


def begin(recipe: Recipe, samples: int, out: Path, seed: int, command: str) -> str:
    """Create the store, or check that it is this recipe's; make it longer if asked.

    Metadata and coordinates are written anew each time, so that damage to them is mended; chunks
    are left alone.

    Returns
    -------
    str
        Digest of all that determines the data.

    Raises
    ------
    ValueError
        Where the folder holds other files, or a dataset of another recipe or seed.
    """
    about = {
        "name": recipe.name,
        "chunk": recipe.chunk,
        "seed": seed,
        "version": __version__,
        "parameters": recipe.parameters,
    }
    about = json.loads(json.dumps(about))
    before = stored_recipe(out)
    if before is None and out.exists():
        _refuse_strangers(recipe, out)
    if before is not None:
        _compare(before, about, samples, out)
    _lay_out(recipe, samples, out, about, command)
    write_bytes(out / "recipe.json", json.dumps({**about, "samples": samples}, indent=1).encode())
    for draft in [*out.rglob("*.partial*"), *out.rglob("*.tmp")]:
        draft.unlink()
    return digest(about)


def stored_recipe(out: Path) -> dict[str, Any] | None:
    """Return what stands in recipe.json; None where there is none, or where it cannot be read."""
    try:
        found = json.loads((out / "recipe.json").read_text())
        return found if {"name", "chunk", "seed", "parameters", "samples"} <= set(found) else None
    except (OSError, ValueError, TypeError):
        return None


def digest(about: dict[str, Any]) -> str:
    """Return a checksum of all that determines the data, apart from how many samples there are."""
    text = json.dumps({k: v for k, v in about.items() if k != "samples"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def counts(samples: int, chunk: int) -> list[int]:
    """Return the number of samples in each chunk; the last one may be shorter."""
    return [min(chunk, samples - start) for start in range(0, samples, chunk)]


def _refuse_strangers(recipe: Recipe, out: Path) -> None:
    ours = {".zgroup", ".zattrs", ".zmetadata", NOTES, "recipe.json"}
    ours |= {*recipe.variables, *recipe.coordinates}
    strange = [p.name for p in out.iterdir() if p.name not in ours and ".partial" not in p.name]
    if strange:
        raise ValueError(f"{out} holds other files ({strange[0]}); choose an empty folder.")


def _compare(before: dict, about: dict, samples: int, out: Path) -> None:
    for key, value in about.items():
        if before.get(key) != value:
            raise ValueError(
                f"{out} was made with another {key} ({_short(before.get(key))}, now "
                f"{_short(value)}); choose another folder."
            )
    if samples < before["samples"]:
        raise ValueError(
            f"{out} is meant to have {before['samples']} samples already; ask for as many or more."
        )


def _lay_out(recipe: Recipe, samples: int, out: Path, about: dict, command: str) -> None:
    """Write metadata and coordinates: all of them beside the store first, then file by file."""
    import zarr

    (out / NOTES).mkdir(parents=True, exist_ok=True)
    scratch = out / _SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    group = zarr.open_group(scratch, mode="w", zarr_format=2)
    parameters = json.dumps(about["parameters"])
    group.attrs.put({**about, "parameters": parameters, "command": command})
    for name, (values, units) in recipe.coordinates.items():
        values = np.asarray(values)
        array = group.create_array(
            name, data=values, chunks=values.shape, fill_value=_empty(values.dtype)
        )
        array.attrs.put({"_ARRAY_DIMENSIONS": [name], "units": units})
    for name, variable in recipe.variables.items():
        array = group.create_array(
            name,
            shape=(samples, *variable.shape),
            chunks=(recipe.chunk, *variable.shape),
            dtype=variable.dtype,
            fill_value=_empty(variable.dtype),
        )
        dims = {"_ARRAY_DIMENSIONS": ["sample", *variable.dims]}
        array.attrs.put({**dims, "units": variable.units, "long_name": variable.long_name})
    zarr.consolidate_metadata(scratch, zarr_format=2)
    for file in [p for p in scratch.rglob("*") if p.is_file()]:
        target = out / file.relative_to(scratch)
        target.parent.mkdir(exist_ok=True)
        write_bytes(target, file.read_bytes())
    shutil.rmtree(scratch)


def _empty(dtype: str | np.dtype) -> float | None:
    """Return what stands for values not written: NaN, where the kind of numbers has one."""
    return np.nan if np.dtype(dtype).kind in "fc" else None


def make_chunk(
    recipe: Recipe, seed: int, number: int, count: int, out: str | Path, about: str
) -> int:
    """Make and store one chunk; called on a worker.

    Parameters
    ----------
    recipe, seed
        What makes the samples.
    number, count
        Which chunk it is, and how many samples it has.
    out
        Folder of the dataset.
    about
        Digest of the recipe, for the chunk's note.

    Returns
    -------
    int
        The chunk's number.

    Raises
    ------
    RuntimeError
        Where the recipe makes arrays of another shape than it says.
    """
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
    note = {"recipe": about, "count": count, "sha256": sums}
    write_bytes(out / NOTES / f"{number:06d}.json", json.dumps(note, indent=1).encode())
    return number


def _files(recipe: Recipe, out: Path, number: int) -> list[Path]:
    """Return the files that hold a chunk, one for each variable; all-zero chunks have none."""
    paths = [
        out / name / ".".join(map(str, (number, *(0 for _ in variable.shape))))
        for name, variable in sorted(recipe.variables.items())
    ]
    return [path for path in paths if path.exists()]


def whole(out: Path, number: int, count: int, about: str) -> bool:
    """Return whether a chunk is noted for this recipe and count, and all its files match."""
    try:
        note = json.loads((out / NOTES / f"{number:06d}.json").read_text())
        return (note["recipe"], note["count"]) == (about, count) and all(
            _sha256(out / name) == known for name, known in note["sha256"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_objects(path: Path) -> None:
    """Refuse a dataset with an array of anything but plain numbers.

    Arrays of objects are read by unpickling, which runs what a stranger has put there.

    Raises
    ------
    ValueError
        Where there is such an array.
    """
    for place in (*path.rglob(".zarray"), *path.rglob(".zmetadata"), *path.rglob("zarr.json")):
        told = json.loads(place.read_text("utf-8"))
        arrays = told["metadata"].values() if "metadata" in told else [told]
        for array in arrays:
            if "O" in str(array.get("dtype", "")) or array.get("filters"):
                raise ValueError(f"{place} describes objects, not numbers.")
            if "pickle" in json.dumps(array):
                raise ValueError(f"{place} describes a pickle.")


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 40 else text[:37] + "..."
