"""A chain of spins as arrows in perspective."""

import numpy as np
from matplotlib.collections import LineCollection

from ...widgets import COLORS, style_axes

_TILT = np.radians(24)  # how far from above the viewer stands


class SpinPicture:
    """Twelve sites of a chain: each spin an arrow, its shadow below it."""

    sites = 12

    def __init__(self, ax, title=""):
        style_axes(ax, title=title)
        ax.set(xlim=(-0.9, self.sites - 0.1), ylim=(-1.15, 1.35), aspect="equal")
        ax.set_axis_off()
        ax.plot([-0.8, self.sites - 0.2], [0, 0], color="#BBBBBB", lw=1.5, zorder=0)
        self.rims = ax.add_collection(LineCollection([], colors="#DDDDDD", linewidths=1))
        self.shafts = ax.add_collection(LineCollection([], colors=COLORS["blue"], linewidths=3))
        self.heads = ax.plot([], [], "o", color=COLORS["red"], ms=7)[0]
        self.moving = [self.rims, self.shafts, self.heads]

    def show(self, spins, upright=False):
        """Draw (site, 3) spins of one cell, repeated; `upright` turns their mean towards z."""
        spins = _upright(spins) if upright else np.asarray(spins)
        spins = np.tile(spins, (self.sites // len(spins), 1))
        base = np.stack([np.arange(self.sites), np.zeros(self.sites)], -1)
        tips = base + 0.95 * _project(spins)
        self.shafts.set_segments(np.stack([base, tips], 1))
        self.heads.set_data(*tips.T)
        turn = np.linspace(0, 2 * np.pi, 40)
        rims = []
        for at, spin in zip(base, spins, strict=True):
            radius = np.hypot(*spin[:2])
            ring = np.stack([radius * np.cos(turn), radius * np.sin(turn), 0 * turn + spin[2]], -1)
            rims.append(at + 0.95 * _project(ring))
        self.rims.set_segments(rims)


def _project(vectors):
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.stack([0.62 * x, np.cos(_TILT) * z + np.sin(_TILT) * y], -1)


def _upright(spins):
    """The same texture turned so that the mean points along z and the first spin to the right."""
    mean = np.mean(spins, 0)
    if np.linalg.norm(mean) < 1e-6:
        return np.asarray(spins)
    z = mean / np.linalg.norm(mean)
    x = spins[0] - (spins[0] @ z) * z
    x = x / max(np.linalg.norm(x), 1e-9)
    return np.asarray(spins) @ np.stack([x, np.cross(z, x), z], -1)
