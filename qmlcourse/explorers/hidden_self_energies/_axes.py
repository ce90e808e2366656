"""Axes that follow their curves in few steps, so that the picture stands still between them."""


def fit_range(ax, largest, bottom=None):
    """Give the largest value room where it leaves the axis or fills too little of it.

    Without `bottom` the axis is symmetric about zero.
    """
    top = ax.get_ylim()[1]
    if not 0.35 * top < largest < 0.97 * top:
        ax.set_ylim(-1.2 * largest if bottom is None else bottom, 1.2 * largest)
