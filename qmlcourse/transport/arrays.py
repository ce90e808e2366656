"""Which array library, device and precision a calculation runs with: those of its inputs."""

import array_api_compat
import numpy as np
from scipy.linalg import get_lapack_funcs


def _is_array(value):
    return array_api_compat.is_array_api_obj(value)


def backend(*values):
    """The array namespace and device shared by `values`; NumPy when none of them is an array.

    Torch tensors win over NumPy arrays, so a ring built from numbers runs on the GPU as soon as
    the fluxes are a tensor there.
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


def complex_dtype(xp, *values):
    """complex64 when a single-precision array is among `values`, else complex128."""
    single = ("float32", "complex64")
    narrow = any(_is_array(v) and str(v.dtype).removeprefix("torch.") in single for v in values)
    return xp.complex64 if narrow else xp.complex128


def real_dtype(xp, dtype):
    """The real type with the precision of the complex `dtype`."""
    return xp.float32 if dtype == xp.complex64 else xp.float64


def as_complex(xp, value, dtype, device):
    """`value` as a complex array of the given precision on the given device."""
    if array_api_compat.is_torch_array(value):
        return value.to(device=device, dtype=dtype)
    array = np.asarray(value)
    if device is None:
        return array.astype(dtype, copy=False)
    # from_numpy refuses negative strides and read-only views; asarray copies when it must
    return xp.asarray(np.ascontiguousarray(array), device=device).to(dtype)


def to_numpy(value):
    """`value` as a NumPy array in main memory."""
    if array_api_compat.is_torch_array(value):
        return value.detach().cpu().numpy()
    return np.asarray(value)


def real_numbers(name, value):
    """`value` as a float64 NumPy array, or a ValueError that says what is wrong with it."""
    try:
        array = to_numpy(value).astype(float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be real numbers, not {value!r}.") from None
    if np.iscomplexobj(to_numpy(value)):
        raise ValueError(f"{name} must be real numbers, not complex ones.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} contains NaN or infinity; give finite numbers only.")
    return array


def one_number(name, value):
    """`value` as a Python float; arrays of one element are accepted."""
    array = real_numbers(name, value)
    if array.size != 1:
        raise ValueError(f"{name} is one number, not an array of {array.size}.")
    return float(array.reshape(()))


def inverse(xp, matrices):
    """Inverses of a batch (n, size, size).

    In NumPy by LAPACK's factor-and-invert, matrix by matrix: for sizes of 20 to 100 a third faster
    than `numpy.linalg.inv`, which solves for the columns of the identity.
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
