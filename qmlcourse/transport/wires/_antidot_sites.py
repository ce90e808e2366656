"""From circles to sites: which sites of a wire antidots remove, and which of those matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from .. import arrays


@dataclass(frozen=True)
class Holes:
    """The removed sites of one wire, beyond those of its notch.

    Attributes
    ----------
    rim : numpy.ndarray
        (r,) flat site numbers x * width + y of removed sites next to a site that is left.
    all : numpy.ndarray
        (n,) flat numbers of all removed sites, the rim first.
    """

    rim: np.ndarray
    all: np.ndarray


def circles(antidots: Any, length: int, width: int) -> tuple[np.ndarray, bool]:
    """Return `antidots` as a (sample, K, 3) array of x, y, radius, and whether they are one wire.

    Rows of NaN are places that hold no antidot.

    Raises
    ------
    ValueError
        For another shape, a negative radius, or an antidot that does not touch the wire.
    """
    try:
        values = arrays.to_numpy(antidots).astype(float)
    except (TypeError, ValueError):
        raise ValueError("antidots must be an array of numbers x, y, radius.") from None
    single = values.ndim < 3
    if values.size == 0:
        values = values.reshape(*(values.shape[:-2] if values.ndim == 3 else (1,)), 0, 3)
    values = values[None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[-1] != 3:
        raise ValueError(
            f"antidots must be (sample, K, 3) or (K, 3) with x, y, radius, not shape "
            f"{np.shape(antidots)}."
        )
    missing = np.isnan(values).all(-1)
    if not np.isfinite(values[~missing]).all():
        raise ValueError("an antidot needs three finite numbers; only whole rows may be NaN.")
    if (values[..., 2] < 0).any():
        raise ValueError(
            f"the radius of an antidot must not be negative ({np.nanmin(values[..., 2]):g})."
        )
    nearest = np.clip(values[..., :2], -0.5, [length - 0.5, width - 0.5])
    beside = ((values[..., :2] - nearest) ** 2).sum(-1) > values[..., 2] ** 2
    if beside.any():
        x, y, radius = values[beside][0]
        raise ValueError(
            f"the antidot at ({x:g}, {y:g}) of radius {radius:g} lies outside the wire, whose "
            f"sites are x = 0 ... {length - 1}, y = 0 ... {width - 1}."
        )
    return values, single


def covered(antidots: np.ndarray, length: int, width: int) -> np.ndarray:
    """Return which sites are at most one radius away from a centre, (sample, length, width)."""
    x, y, radius = (antidots[..., n, None] for n in range(3))
    across = (np.arange(length) - x) ** 2
    up = (np.arange(width) - y) ** 2
    inside = across[..., :, None] + up[..., None, :] <= radius[..., None] ** 2
    return inside.any(1)


def notch_mask(notch: Any, length: int, width: int) -> np.ndarray:
    """Return which sites the boundary shape takes away, (length, width) boolean.

    `notch` is None, circles (x, y, radius) or (K, 3), sites (n, 2), or a boolean mask.
    """
    if notch is None:
        return np.zeros((length, width), bool)
    array = arrays.to_numpy(notch)
    if array.dtype == bool:
        if array.shape != (length, width):
            raise ValueError(
                f"a notch mask has the shape of the wire, {(length, width)}, not {array.shape}."
            )
        return array
    if array.shape == (3,) or (array.ndim == 2 and array.shape[1] == 3):
        return covered(circles(np.atleast_2d(array), length, width)[0], length, width)[0]
    if array.ndim != 2 or array.shape[1] != 2 or (array != np.round(array)).any():
        raise ValueError(
            "a notch is circles (K, 3) of x, y, radius, sites (n, 2) of integers x, y, or a "
            "boolean mask of the wire."
        )
    sites = array.astype(int)
    if (sites < 0).any() or (sites >= [length, width]).any():
        raise ValueError(
            f"the notch has sites outside the wire, x = 0 ... {length - 1}, y = 0 ... {width - 1}."
        )
    mask = np.zeros((length, width), bool)
    mask[tuple(sites.T)] = True
    return mask


def closed_off(removed: np.ndarray) -> np.ndarray:
    """Return which sites are left but reach neither lead, (sample, length, width).

    No wave comes there.
    """
    free = np.ones((len(removed), removed.shape[1] + 2, removed.shape[2]), bool)
    free[:, 1:-1] = ~removed
    plane = np.zeros((3, 3, 3), int)  # neighbours within a sample, none across samples
    plane[1] = ndimage.generate_binary_structure(2, 1)
    parts, count = ndimage.label(free, plane)
    reached = np.zeros(count + 1, bool)
    reached[parts[:, [0, -1], 0]] = True
    return (free & ~reached[parts])[:, 1:-1]


def find_holes(removed: np.ndarray, notch: np.ndarray) -> list[Holes]:
    """Return the Holes of each wire from the sites its antidots cover (sample, length, width).

    Pockets that they close are removed too. A site is on the rim when one of its four neighbours
    is left, in the wire or in a lead.
    """
    gone = removed | notch
    gone |= closed_off(gone)
    samples, length, width = gone.shape
    around = np.ones((samples, length + 2, width + 2), bool)  # beyond the walls there is nothing
    around[:, [0, -1], 1:-1] = False  # beyond the ends there is the lead
    around[:, 1:-1, 1:-1] = gone
    alone = around[:, :-2, 1:-1] & around[:, 2:, 1:-1] & around[:, 1:-1, :-2] & around[:, 1:-1, 2:]
    new = gone & ~notch
    rims, insides = (_by_sample(part) for part in (new & ~alone, new & alone))
    return [Holes(r, np.concatenate([r, i])) for r, i in zip(rims, insides, strict=True)]


def _by_sample(mask: np.ndarray) -> list[np.ndarray]:
    """Return the flat site numbers where `mask` (sample, x, y) is true, one array a sample."""
    samples, sites = np.nonzero(mask.reshape(len(mask), -1))
    return np.split(sites, np.searchsorted(samples, np.arange(1, len(mask))))
