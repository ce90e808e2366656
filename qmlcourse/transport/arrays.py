"""Which array library, device and precision a calculation runs with: those of its inputs."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import array_api_compat
import numpy as np
from scipy.linalg import get_lapack_funcs

if TYPE_CHECKING:
    import torch

Array: TypeAlias = "np.ndarray | torch.Tensor"


def _is_array(value: Any) -> bool:
    return array_api_compat.is_array_api_obj(value)


def backend(*values: Any) -> tuple[ModuleType, torch.device | None]:
    """Return the array namespace and the device that `values` share.

    Torch tensors win over NumPy arrays, so a ring built from numbers runs on the GPU as soon as
    the fluxes are a tensor there. Without any array, the namespace is NumPy and the device None.

    Raises
    ------
    ValueError
        When the tensors lie on different devices.
    """
    tensors = [v for v in values if array_api_compat.is_torch_array(v)]
    if tensors:
        devices = {str(v.device) for v in tensors}
        if len(devices) > 1:
            raise ValueError(
                f"the inputs lie on different devices ({', '.join(sorted(devices))}); "
                "move them to one."
            )
        return array_api_compat.array_namespace(tensors[0]), tensors[0].device
    return array_api_compat.array_namespace(np.zeros(1)), None


def complex_dtype(xp: ModuleType, *values: Any) -> Any:
    """Return complex64 when a single-precision array is among `values`, else complex128."""
    single = ("float32", "complex64")
    narrow = any(_is_array(v) and str(v.dtype).removeprefix("torch.") in single for v in values)
    return xp.complex64 if narrow else xp.complex128


def real_dtype(xp: ModuleType, dtype: Any) -> Any:
    """Return the real type with the precision of the complex `dtype`."""
    return xp.float32 if dtype == xp.complex64 else xp.float64


def as_complex(xp: ModuleType, value: Any, dtype: Any, device: torch.device | None) -> Array:
    """Return `value` as a complex array of the given precision on the given device."""
    if array_api_compat.is_torch_array(value):
        return value.to(device=device, dtype=dtype)
    array = np.asarray(value)
    if device is None:
        return array.astype(dtype, copy=False)
    # torch takes neither negative strides nor read-only views; a copy has neither
    return xp.asarray(np.ascontiguousarray(array), device=device).to(dtype)


def to_numpy(value: Any) -> np.ndarray:
    """Return `value` as a NumPy array in main memory."""
    if array_api_compat.is_torch_array(value):
        return value.detach().cpu().numpy()
    return np.asarray(value)


def real_numbers(name: str, value: Any) -> np.ndarray:
    """Return `value` as a float64 NumPy array.

    Raises
    ------
    ValueError
        When `value`, called `name` in the sentence, holds complex numbers, NaN, infinity or no
        numbers at all.
    """
    try:
        array = to_numpy(value).astype(float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be real numbers, not {value!r}.") from None
    if np.iscomplexobj(to_numpy(value)):
        raise ValueError(f"{name} must be real numbers, not complex ones.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} contains NaN or infinity; give finite numbers only.")
    return array


def one_number(name: str, value: Any) -> float:
    """Return `value` as a Python float; arrays of one element are accepted.

    Raises
    ------
    ValueError
        For several numbers, and as in :func:`real_numbers`.
    """
    array = real_numbers(name, value)
    if array.size != 1:
        raise ValueError(f"{name} is one number, not an array of {array.size}.")
    return float(array.reshape(()))


def energies_in_band(energy: Any) -> np.ndarray:
    """Return energies as a float64 array, () for one and (energy,) for several.

    Raises
    ------
    ValueError
        For an energy outside the band of the square lattice, -4 to 4, and for arrays of two
        dimensions or more.
    """
    energies = real_numbers("energy", energy) + 0.0
    if energies.ndim > 1:
        raise ValueError(f"energy is one number or a one-dimensional array, not {energies.shape}.")
    outside = np.atleast_1d(energies)[np.abs(np.atleast_1d(energies)) >= 4]
    if len(outside):
        raise ValueError(
            f"the energy {outside[0]:g} lies outside the band of the square lattice, -4 to 4."
        )
    return energies


def inverse(xp: ModuleType, matrices: Array) -> Array:
    """Return the inverses of a batch (n, size, size).

    In NumPy by LAPACK's factor-and-invert, matrix by matrix: for sizes of 20 to 100 a third faster
    than `numpy.linalg.inv`, which solves for the columns of the identity.

    Raises
    ------
    numpy.linalg.LinAlgError
        When a matrix is singular; torch raises its own subclass of RuntimeError.
    """
    if not isinstance(matrices, np.ndarray) or matrices.shape[-1] < 12:
        return xp.linalg.inv(matrices)
    factor, invert = get_lapack_funcs(("getrf", "getri"), (matrices,))
    result = np.empty_like(matrices)
    for n, matrix in enumerate(matrices):  # the transpose is what LAPACK sees, and gives back
        lu, pivots, failed = factor(matrix.T)
        if failed:
            raise np.linalg.LinAlgError("Singular matrix")
        result[n] = invert(lu, pivots, overwrite_lu=True)[0].T
    return result
