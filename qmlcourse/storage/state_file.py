"""The state of a long computation in one file: arrays as arrays, all else as JSON, no pickles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .atomic import replacing_file

_REST = "__rest__"


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write what ``state()`` of a long computation returns.

    Parameters
    ----------
    path
        File to write, with the ending ``.npz``.
    state
        Dict of NumPy arrays, tensors and JSON values; a value may be a dict of them.

    Raises
    ------
    OSError
        Where the disk is full or read-only; an older file stays whole then.
    """
    arrays: dict[str, np.ndarray] = {}
    rest = _split(state, "", arrays)
    with replacing_file(Path(path)) as draft, draft.open("wb") as file:
        np.savez(file, **arrays, **{_REST: np.array(json.dumps(rest))})


def read_state(path: Path) -> dict[str, Any]:
    """Read a state; arrays come back as NumPy arrays.

    Raises
    ------
    ValueError
        Where the file is damaged or holds something else; nothing of it is executed.
    FileNotFoundError
        Where there is none.
    """
    try:
        with np.load(path, allow_pickle=False) as found:
            arrays = {key: found[key] for key in found.files if key != _REST}
            return _join(json.loads(str(found[_REST])), arrays)
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path} holds no state that can be read; start afresh.") from error


def _split(value: Any, place: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return the JSON part of a value; its arrays go to `arrays` under their place."""
    if isinstance(value, dict):
        return {key: _split(part, f"{place}/{key}", arrays) for key, part in value.items()}
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        arrays[place] = value
        return {_REST: place}
    return value


def _join(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, dict):
        if set(value) == {_REST}:
            return arrays[value[_REST]]
        return {key: _join(part, arrays) for key, part in value.items()}
    return value
