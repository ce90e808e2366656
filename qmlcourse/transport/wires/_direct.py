"""A whole wire as one sparse matrix: for the rare energies at which nothing quicker is safe."""

from __future__ import annotations

import numpy as np
import scipy.sparse
import scipy.sparse.linalg


def wire_states(
    energy: float,
    on_site: np.ndarray,
    hop: np.ndarray,
    sigma: np.ndarray | tuple[np.ndarray, np.ndarray],
    injection: np.ndarray | tuple[np.ndarray, np.ndarray],
    kept: np.ndarray | None = None,
) -> np.ndarray:
    """Return the scattering states (2, site, channel) that the left and the right lead feed.

    Parameters
    ----------
    energy
        In hoppings.
    on_site
        (length, width), the potential.
    hop
        (width,) from a slice to the next.
    sigma, injection
        Of the left and the right lead.
    kept
        Flat numbers x * width + y of the sites that are there; default all.
    """
    length, width = on_site.shape
    number = np.arange(length * width).reshape(length, width)
    up, down = number[:, :-1].ravel(), number[:, 1:].ravel()
    behind, ahead = number[:-1].ravel(), number[1:].ravel()
    along = np.tile(hop, length - 1)
    rows, columns = (
        [number.ravel(), up, down, ahead, behind],
        [number.ravel(), down, up, behind, ahead],
    )
    values = [energy - on_site.ravel(), np.ones(len(up)), np.ones(len(up)), -along, -along.conj()]
    for slice_, self_energy in ((number[0], sigma[0]), (number[-1], sigma[1])):
        rows.append(np.repeat(slice_, width))
        columns.append(np.tile(slice_, width))
        values.append(-self_energy.ravel())
    places = np.concatenate(rows), np.concatenate(columns)
    matrix = scipy.sparse.csc_array((np.concatenate(values).astype(complex), places))
    channels = injection[0].shape[-1]
    source = np.zeros((length * width, 2 * channels), complex)
    source[number[0], :channels], source[number[-1], channels:] = injection
    kept = number.ravel() if kept is None else kept
    psi = np.zeros_like(source)
    if len(kept) and channels:
        inner = matrix[kept][:, kept].tocsc()
        psi[kept] = scipy.sparse.linalg.splu(inner).solve(source[kept])
    return np.array([psi[:, :channels], psi[:, channels:]])
