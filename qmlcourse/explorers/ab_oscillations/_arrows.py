"""Arrows of the complex plane, put tip to tail."""

import numpy as np

from ...widgets import COLORS

_HEAD = 0.085  # length of an arrow's head, in parts of the widest view


class Arrows:
    """A few arrows in one pair of axes, moved together.

    Each arrow is a line with a head of its own, drawn as one line, so that it is moved like any
    other artist.
    """

    def __init__(self, ax, colors, widths=None):
        widths = widths or [3.0] * len(colors)
        self.lines = [
            ax.plot([], [], color=COLORS.get(color, color), lw=width, solid_joinstyle="round")[0]
            for color, width in zip(colors, widths, strict=True)
        ]
        ax.set_aspect("equal")

    def point(self, starts, tips, size=1.0):
        """Put the arrows from complex starts to complex tips; heads have a size in data units."""
        for line, start, tip in zip(self.lines, starts, tips, strict=True):
            line.set_data(*arrow(complex(start), complex(tip), _HEAD * size))


def arrow(start, tip, head):
    """Return x and y of one arrow as a single stroke; nothing where it has no length."""
    step = tip - start
    if abs(step) < 1e-9:
        return [], []
    head = min(head, 0.45 * abs(step))
    back = -head * step / abs(step)
    left, right = tip + back * np.exp(0.45j), tip + back * np.exp(-0.45j)
    points = np.array([start, tip, left, tip, right])
    return points.real, points.imag
