"""Pictures of determinants: a row of boxes for each spin, with an arrow where one is filled."""

import numpy as np

from ...widgets import COLORS

UP, DOWN = COLORS["red"], COLORS["orange"]


class BoxStrip:
    """Below a chart with a column for each determinant, the boxes that each of them fills.

    Parameters
    ----------
    ax : Matplotlib axes, of which the x axis is shared with the chart
    occupations : (determinant, 2 * orbital) of 0 and 1, spin up first
    size : of a box, in points
    """

    def __init__(self, ax, occupations, size=9):
        count, orbitals = len(occupations), occupations.shape[1] // 2
        filled = occupations.reshape(count, 2, orbitals).astype(bool)
        across = 0.62 * (np.arange(orbitals) / max(orbitals - 1, 1) - 0.5)
        x = np.broadcast_to(np.arange(count)[:, None, None] + across, filled.shape)
        y = np.broadcast_to(np.array([1, 0])[:, None], filled.shape)
        ax.plot(x.ravel(), y.ravel(), "s", mfc="white", mec="#9A9A9A", ms=size, mew=1)
        for spin, mark, colour in ((0, "^", UP), (1, "v", DOWN)):
            there = filled[:, spin]
            ax.plot(x[:, spin][there], y[:, spin][there], mark, color=colour, ms=0.62 * size)
        ax.set(ylim=(-0.7, 1.7), xlim=(-0.6, count - 0.4))
        ax.set_axis_off()


def centred(atoms):
    """Momentum of each index, from -atoms/2 + 1 to atoms/2."""
    m = np.arange(atoms)
    return np.where(m > atoms // 2, m - atoms, m)


def minus(value, digits=4):
    """A number for the readout, with the sign that print has for it."""
    return f"{value:.{digits}f}".replace("-", "−")
