"""Weights of networks as small whole numbers: each row of a large tensor has its own scale."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

_SCALE, _PACKED = ".scale", ".packed"
_SHRINK = torch.linspace(0.4, 1.0, 25)  # of the largest number of a row; outliers are then cut


def quantise(state: dict[str, Tensor], bits: int = 8, smallest: int = 4096) -> dict[str, Tensor]:
    """Return the tensors of a network in a form that takes `bits` bits a weight in a file.

    Parameters
    ----------
    state
        Tensors by name, such as ``state_dict()`` gives them.
    bits
        2 to 8, bits of each number of a large tensor.
    smallest
        Tensors of two or more axes with at least so many numbers become whole numbers; the other
        ones go to half precision. What holds no floating-point numbers stays as it is.

    Returns
    -------
    dict of str to torch.Tensor
        ``NAME`` with whole numbers and ``NAME.scale``, shape (row, 1, ...), one float a row of the
        first axis. Eight bits are stored as int8 in the tensor's own shape. Fewer bits are packed
        into one row of bytes, and ``NAME.packed`` holds the number of bits and the shape.

    Raises
    ------
    ValueError
        For a number of bits outside of 2 to 8, a name that the scales need, or a weight that is
        not finite.

    Notes
    -----
    A row w becomes s q with whole numbers q from -(2^(bits - 1) - 1) to 2^(bits - 1) - 1. Of 25
    scales s up to max|w| / (2^(bits - 1) - 1), each row takes that with the least square error.
    Larger scales max|w| / k with a whole number k are tried too, so that weights which are rounded
    already stay as they are.
    """
    if bits not in range(2, 9):
        raise ValueError(f"bits is {bits}; take 2 to 8.")
    out: dict[str, Tensor] = {}
    for name, value in state.items():
        for ending in (_SCALE, _PACKED):
            if name + ending in state:
                raise ValueError(f"the state holds {name + ending!r}, a name that scales take.")
        value = value.detach().cpu()
        if not value.is_floating_point():
            out[name] = value.contiguous()
        elif value.dim() < 2 or value.numel() < smallest:
            out[name] = value.half().contiguous()
        else:
            if not bool(torch.isfinite(value).all()):
                raise ValueError(f"{name} holds weights that are not finite; train again.")
            whole, scale = _by_rows(value.float().flatten(1), 2 ** (bits - 1) - 1)
            out[name + _SCALE] = scale.reshape(-1, *[1] * (value.dim() - 1))
            if bits == 8:
                out[name] = whole.to(torch.int8).reshape(value.shape)
            else:
                out[name] = _packed(whole, bits)
                out[name + _PACKED] = torch.tensor([bits, *value.shape])
    return out


def dequantise(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return what `quantise` was given, in single precision, to within half a step of each row.

    Parameters
    ----------
    stored
        Tensors by name. Those without a scale are only brought to single precision, so that files
        of weights in half or single precision are read too.

    Raises
    ------
    ValueError
        Where a tensor, its scale and its shape do not belong together.
    """
    out = {}
    for name, value in stored.items():
        owner = name.removesuffix(_SCALE).removesuffix(_PACKED)
        if owner != name and owner in stored:
            continue
        scale = stored.get(name + _SCALE)
        if scale is None:
            out[name] = value.float() if value.is_floating_point() else value
            continue
        if name + _PACKED in stored:
            value = _unpacked(value, stored[name + _PACKED], name)
        rows = value.shape[:1] + (1,) * (value.dim() - 1)
        if value.dtype != torch.int8 or tuple(scale.shape) != tuple(rows):
            raise ValueError(f"the weights {name} and their scales do not fit.")
        out[name] = value.float() * scale.float()
    return out


def _by_rows(rows: Tensor, top: int) -> tuple[Tensor, Tensor]:
    """Return whole numbers up to `top` and the scale (row, 1) with the least square error."""
    largest = rows.abs().amax(1, keepdim=True).clamp_min(1e-12) / top
    best, scale = torch.full_like(largest, torch.inf), largest
    for share in (*_SHRINK, *(top / k for k in range(top - 1, top // 2, -1))):
        trial = share * largest
        error = (_rounded(rows, trial, top) * trial - rows).square().sum(1, keepdim=True)
        scale = torch.where(error < best, trial, scale)
        best = torch.minimum(error, best)
    return _rounded(rows, scale, top), scale


def _rounded(rows: Tensor, scale: Tensor, top: int) -> Tensor:
    return torch.round(rows / scale).clamp(-top, top)


def _packed(whole: Tensor, bits: int) -> Tensor:
    """Return whole numbers as one row of bytes, `bits` bits each, the highest bit first."""
    code = (whole + 2 ** (bits - 1)).to(torch.uint8).numpy().reshape(-1, 1)
    used = np.unpackbits(code, axis=1)[:, 8 - bits :]
    return torch.from_numpy(np.packbits(used))


def _unpacked(packed: Tensor, told: Tensor, name: str) -> Tensor:
    """Return the int8 tensor that `_packed` was given; `told` is the number of bits and shape."""
    bits, *shape = told.reshape(-1).tolist() or [0]
    count = math.prod(shape)
    known = bits in range(2, 8) and shape and min(shape) > 0
    known = known and told.dtype == torch.int64 and packed.dtype == torch.uint8
    # the bytes that are there limit the memory that a file can ask for
    if not known or packed.shape != (math.ceil(count * bits / 8),):
        raise ValueError(f"the packed weights {name} and their shape do not fit.")
    used = np.unpackbits(packed.numpy())[: count * bits].reshape(count, bits)
    code = np.packbits(np.pad(used, ((0, 0), (8 - bits, 0))), axis=1)[:, 0]
    whole = code.astype(np.int16) - 2 ** (bits - 1)
    return torch.from_numpy(whole.astype(np.int8)).reshape(shape)
