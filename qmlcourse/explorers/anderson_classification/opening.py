"""The picture that opens the chapter: two states, one of a metal and one of an insulator."""

from matplotlib.collections import LineCollection, PolyCollection

from ...widgets import new_figure, style_axes
from ._states import state
from ._voxels import box_edges, centred, fewest_sites
from .look import SIZE, surface

_TURN, _TILT = 35.0, 25.0


def opening():
    """Figure: the sites that hold half of a state, of the same crystal at W = 10 and W = 22.

    Returns a Matplotlib figure with an alt text.
    """
    figure = new_figure(8.8, 4.0)
    for ax, strength in zip(figure.subplots(1, 2), (10.0, 22.0), strict=True):
        density = centred(state("box", SIZE, strength, 3)[0])
        inside = fewest_sites(density, 0.5)
        style_axes(ax, title=f"W = {strength:g}")
        corners, colours, lines = surface(density, inside, _TURN, _TILT)
        ax.add_collection(
            LineCollection(box_edges(density.shape, _TURN, _TILT), colors="#9A9A9A", linewidths=1)
        )
        ax.add_collection(
            PolyCollection(corners, facecolors=colours, edgecolors=lines, linewidths=0.35)
        )
        reach = SIZE * 0.9
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        ax.set_axis_off()
    figure.alt = (
        f"Two cubes of {SIZE} sites on a side, the same random crystal: the fewest sites that hold "
        "half of a state. At disorder 10 they lie all over the cube, at disorder 22 close together."
    )
    return figure
