"""Sites as cubes, seen from any side: the surface that encloses a share of a density."""

import numpy as np

_CORNERS = {
    0: np.array([[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]]),
    1: np.array([[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]]),
    2: np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]),
}
_LIGHT = (0.72, 0.86, 1.0)


def fewest_sites(density, share):
    """The smallest set of sites (boolean lattice) that holds a share of the density."""
    flat = density.ravel()
    order = np.argsort(-flat)
    count = int(np.searchsorted(np.cumsum(flat[order]), share * flat.sum())) + 1
    inside = np.zeros(flat.size, bool)
    inside[order[:count]] = True
    return inside.reshape(density.shape)


def centred(density):
    """The lattice shifted so that the weight lies in the middle: periodic walls allow it."""
    shift = []
    for axis in range(density.ndim):
        size = density.shape[axis]
        weight = density.sum(tuple(a for a in range(density.ndim) if a != axis))
        angle = np.angle((weight * np.exp(2j * np.pi * np.arange(size) / size)).sum())
        shift.append(round(size / 2 - angle / (2 * np.pi) * size))
    return np.roll(density, shift, range(density.ndim))


def summed(density, axis):
    """The density summed over one axis, as shades from 0 to 1 of its logarithm, for `imshow`."""
    weight = len(density) ** 2 * density.sum(axis)
    return np.clip((np.log10(np.maximum(weight, 1e-4)).T + 2) / 3, 0, 1)


def axes_of(turn, tilt):
    """Screen right, screen up and the direction toward the eye, from two angles in degrees."""
    turn, tilt = np.radians(turn), np.radians(tilt)
    right = np.array([-np.sin(turn), np.cos(turn), 0.0])
    eye = np.array([np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn), np.sin(tilt)])
    return right, np.cross(eye, right), eye


def visible_faces(inside, turn, tilt):
    """Faces of the cubes that look toward the eye, the farthest first.

    Returns
    -------
    corners (face, 4, 2) on the screen, site (face, 3), light (face,)
    """
    right, up, eye = axes_of(turn, tilt)
    padded = np.pad(inside, 1)
    corners, sites, light = [], [], []
    for axis in range(3):
        ahead = 1 if eye[axis] > 0 else -1
        covered = np.roll(padded, -ahead, axis)[1:-1, 1:-1, 1:-1]
        found = np.argwhere(inside & ~covered)
        offset = _CORNERS[axis].astype(float)
        offset[:, axis] = 1.0 if ahead > 0 else 0.0
        corners.append(found[:, None] + offset[None])
        sites.append(found)
        light.append(np.full(len(found), _LIGHT[axis]))
    corners, sites = np.concatenate(corners), np.concatenate(sites)
    light = np.concatenate(light)
    order = np.argsort(corners.mean(1) @ eye)
    flat = (corners - np.array(inside.shape) / 2) @ np.stack([right, up], -1)
    return flat[order], sites[order], light[order]


def sum_panels(figure, grid, labels, size, **looks):
    """Images without ticks, one a label, for the sums of a density over z and over y."""
    images = []
    for column, label in enumerate(labels):
        ax = figure.panel(grid[0, column], title=label)
        ax.set(xticks=[], yticks=[])
        images.append(ax.imshow(np.zeros((size, size)), vmin=0, vmax=1, **looks))
    return images


def box_edges(shape, turn, tilt):
    """The twelve edges of the lattice's box on the screen, (12, 2, 2); the far ones first."""
    right, up, eye = axes_of(turn, tilt)
    size = np.array(shape, float)
    edges = []
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        for first in (0, 1):
            for second in (0, 1):
                start = np.zeros(3)
                start[others[0]], start[others[1]] = first, second
                end = start.copy()
                end[axis] = 1
                edges.append([start * size, end * size])
    edges = np.array(edges) - size / 2
    order = np.argsort(edges.mean(1) @ eye)
    return edges[order] @ np.stack([right, up], -1)
