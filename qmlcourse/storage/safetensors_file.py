"""Networks in safetensors files: read with distrust, since anybody may have made the file."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

LARGEST_HEADER = 5_000_000  # bytes
LARGEST_SETTING = 100_000
_NOT = "this is not a file with {what} of this course"


def read(data: bytes, key: str, what: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Return settings and tensors of a file written by this course.

    Parameters
    ----------
    data
        The file.
    key
        Name under which the settings stand in the file's metadata.
    what
        What the file should hold, for the error message, such as ``"a reader"``.

    Returns
    -------
    settings : dict
        JSON values by name.
    tensors : dict
        Tensors on the CPU, by name.

    Raises
    ------
    ValueError
        In one sentence, whatever is wrong with the file; nothing of it is executed.
    """
    from safetensors.torch import load

    refusal = _NOT.format(what=what)
    try:
        length = struct.unpack("<Q", data[:8])[0]
        if not 2 <= length <= min(LARGEST_HEADER, len(data) - 8):
            raise ValueError(refusal)
        told = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][key])
        tensors = load(data)
    except Exception as error:
        raise ValueError(f"{refusal}, or it is damaged.") from error
    if not isinstance(told, dict):
        raise ValueError(f"{refusal}, or it is damaged.")
    return told, tensors


def rebuild(
    make: Callable[..., torch.nn.Module],
    settings: Mapping[str, Any],
    tensors: Mapping[str, torch.Tensor],
    what: str,
) -> torch.nn.Module:
    """Build a network with the weights of a file, in evaluation mode.

    The network is first laid out without memory, so that a file cannot ask for more numbers than
    it brings.

    Parameters
    ----------
    make
        Class of the network.
    settings
        Its arguments by name.
    tensors
        Its state by name.
    what
        What the file should hold, for the error message.

    Raises
    ------
    ValueError
        Where settings and tensors do not belong together, or a setting is absurdly large.
    """
    import torch

    refusal = _NOT.format(what=what)
    try:
        if not _modest(settings):
            raise ValueError(refusal)
        with torch.device("meta"):
            shapes = {k: v.shape for k, v in make(**settings).state_dict().items()}
        if shapes != {k: v.shape for k, v in tensors.items()}:
            raise ValueError(refusal)
        net = make(**settings)
        net.load_state_dict(tensors)
    except Exception as error:
        raise ValueError(f"{refusal}: its settings and weights do not fit.") from error
    return net.eval()


def _modest(value: Any) -> bool:
    """Return whether settings hold only names and numbers of a sensible size."""
    if isinstance(value, dict):
        return len(value) <= 64 and all(isinstance(k, str) and _modest(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return len(value) <= 64 and all(map(_modest, value))
    if isinstance(value, (int, float)):
        return abs(value) <= LARGEST_SETTING
    return value is None or (isinstance(value, str) and len(value) <= 200)
