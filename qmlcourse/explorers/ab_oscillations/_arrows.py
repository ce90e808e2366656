"""Arrows of the complex plane, put tip to tail, with their names beside them."""

import numpy as np

from ...widgets import COLORS
from ...widgets.theme import TYPE

_HEAD = 0.085  # length of an arrow's head, in parts of half the height of the plane


class Arrows:
    """A few arrows in one pair of axes, moved together.

    Each arrow is a line with a head of its own, drawn as one stroke, so that it is moved like any
    other artist.

    Parameters
    ----------
    ax : axes
    kinds : list of (str, str, float)
        Name, colour and width of each arrow.
    halves : list of float
        Half the heights that the plane may have, in ascending order: it does not move all the time.
    room : float
        How far the plane goes on to the right, where the names stand, in halves of its height.
    spacing : float
        From one name to the next, in parts of the plane's height.
    """

    def __init__(self, ax, kinds, halves, room=2.0, spacing=0.1):
        self._ax, self._halves, self._room = ax, np.array(halves), room
        for line in (ax.axhline, ax.axvline):
            line(0, color="#DDDDDD", lw=1, zorder=0)
        self.lines = []
        for n, (name, color, _) in enumerate(kinds):
            ax.text(
                *(0.985, 0.97 - n * spacing),
                name,
                transform=ax.transAxes,
                ha="right",
                va="top",
                color=COLORS[color],
                weight="bold",
                fontsize=10.5 * TYPE,
            )
        for _, color, width in kinds:
            self.lines += ax.plot([], [], color=COLORS[color], lw=width, solid_joinstyle="round")
        ax.set_aspect("equal")
        self.reach(1.0)

    def reach(self, longest):
        """Let the plane hold arrows up to a length."""
        half = self._half = float(self._halves[np.searchsorted(self._halves[:-1], 1.05 * longest)])
        if self._ax.get_ylim() != (-half, half):
            self._ax.set(xlim=(-half, self._room * half), ylim=(-half, half))

    def point(self, starts, tips):
        """Put the arrows from complex starts to complex tips."""
        for line, start, tip in zip(self.lines, starts, tips, strict=True):
            line.set_data(*_arrow(complex(start), complex(tip), _HEAD * self._half))


def _arrow(start, tip, head):
    """x and y of one arrow as a single stroke; nothing where it has no length."""
    step = tip - start
    if abs(step) < 1e-9:
        return [], []
    head = min(head, 0.45 * abs(step))
    back = -head * step / abs(step)
    left, right = tip + back * np.exp(0.45j), tip + back * np.exp(-0.45j)
    points = np.array([start, tip, left, tip, right])
    return points.real, points.imag
