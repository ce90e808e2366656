"""The picture of a wire with antidots, for all chapters that show one."""

import matplotlib
import numpy as np
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import MaxNLocator

from ...widgets import COLORS, SEQUENTIAL

_SMALL = {"color": "#444444", "fontsize": 10.5}


class WirePicture:
    """A wire on a pair of axes: leads, density, antidots; its artists move in place.

    Parameters
    ----------
    ax : Matplotlib axes
    most : int, the largest number of antidots
    """

    def __init__(self, ax, most, length, width):
        self.size = length, width
        room = 0.11 * length
        ax.set_axis_off()
        ax.set(xlim=(-0.5 - room, length - 0.5 + room), ylim=(-1.1, width + 0.1), aspect="equal")
        for x, word in ((-0.5 - room, "in"), (length - 0.5, "out")):
            ax.add_patch(Rectangle((x, -0.5), room, width, color="#E4E4E4", lw=0))
            ax.text(x + room / 2, width / 2 - 0.5, word, va="center", ha="center", **_SMALL)
        self.image = ax.imshow(
            np.zeros((width, length, 4), np.uint8),
            extent=(-0.5, length - 0.5, -0.5, width - 0.5),
            origin="lower",
            interpolation="none",
        )
        ax.set(xlim=(-0.5 - room, length - 0.5 + room), ylim=(-1.1, width + 0.1))
        self.walls = ax.hlines(
            [-0.55, width - 0.45], -0.5 - room, length - 0.5 + room, color="#444444", lw=1.6
        )
        self.circles = [ax.add_patch(Circle((0, 0), 1, lw=2, zorder=4)) for _ in range(most)]
        inside = Rectangle((-0.5, -0.5), length, width, transform=ax.transData)
        for circle in self.circles:
            circle.set_clip_path(inside)
        self.numbers = [
            ax.text(0, 0, "", ha="center", va="center", fontsize=11, zorder=5) for _ in range(most)
        ]

    @property
    def moving(self):
        """The artists that change from frame to frame."""
        return [self.image, self.walls, *self.circles, *self.numbers]

    def show(self, density, mask, antidots, chosen=None, numbered=True, top=None):
        """Draw a density (x, y) and antidots (K, 3); `chosen` is the one in the hand.

        top : density that has the brightest colour; by default one that 2 % of the sites exceed
        """
        top = max(float(np.quantile(density[mask], 0.98)), 1e-12) if top is None else top
        strength = np.clip(density / top, 0, 1) ** 0.7  # lets weak waves be seen
        colours = matplotlib.colormaps[SEQUENTIAL](strength, bytes=True)  # bytes draw faster
        colours[~mask] = 255
        self.image.set_data(np.swapaxes(colours, 0, 1))
        for n, (circle, number) in enumerate(zip(self.circles, self.numbers, strict=True)):
            there = n < len(antidots)
            circle.set_visible(there)
            number.set_text(str(n + 1) if there and numbered else "")
            if there:
                x, y, radius = antidots[n]
                circle.set(center=(x, y), radius=radius + 0.35)
                held = n == chosen
                circle.set_facecolor("#FFFFFF" if not held else "#FBE3DC")
                circle.set_edgecolor(COLORS["red"] if held else "#555555")
                number.set_position((x, y))


def steady_ticks(ax):
    """One decimal on the axis of g, whatever its range: the layout does not move."""
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], min_n_ticks=2))
    ax.yaxis.set_major_formatter("{x:.1f}")
