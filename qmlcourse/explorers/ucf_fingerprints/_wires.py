"""What the explorers of this chapter share: prepared wires, their fields, and their pictures."""

from collections import OrderedDict

import matplotlib
import numpy as np
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import MaxNLocator

from ...transport.prepared import prepared_wire
from ...widgets import COLORS, SEQUENTIAL

LENGTH, WIDTH, ENERGY = 60, 22, -2.6
QUANTA = np.arange(81) / 4  # flux quanta through the whole wire
FLUX_LABEL = "flux through the wire Φ (h/e)"
G_LABEL = "conductance g (e²/h)"


def per_plaquette(quanta, length=LENGTH, width=WIDTH):
    """Flux quanta through one plaquette from those through the whole wire."""
    return np.asarray(quanta, float) / (length * width)


_ready = OrderedDict()  # energy -> wire, the oldest first


def wire(energy=ENERGY):
    """The wire of this chapter with all its fields ready; three energies are kept at a time."""
    if energy not in _ready:
        _ready[energy] = prepared_wire(LENGTH, WIDTH, energy, per_plaquette(QUANTA))
        while len(_ready) > 3:
            _ready.popitem(last=False)
    return _ready[energy]


def ready(energy):
    """The same, or None where it would have to be prepared first."""
    return _ready.get(energy)


_SMALL = {"color": "#444444", "fontsize": 10.5}


class WirePicture:
    """A wire on a pair of axes: leads, density, antidots; its artists move in place.

    Parameters
    ----------
    ax : Matplotlib axes
    most : int, the largest number of antidots
    """

    def __init__(self, ax, most, length=LENGTH, width=WIDTH):
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
            interpolation="nearest",
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

    def show(self, density, mask, antidots, chosen=None, numbered=True):
        """Draw a density (x, y) and antidots (K, 3); `chosen` is the one in the hand."""
        top = max(float(np.quantile(density[mask], 0.98)), 1e-12)
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


def random_places(seed, count, radius, length=LENGTH, width=WIDTH, margin=3):
    """`count` places (x, y) of antidots in the wire that keep a distance from each other.

    A tuple of tuples, in hundredths of a site, `margin` sites or more from the ends of the wire.
    """
    rng = np.random.default_rng(seed)
    places, tries = [], 0
    while len(places) < count:
        tries += 1
        apart = (2 * radius + 1.5) * 0.98 ** (tries / 20)  # crowded: come closer, never stop
        x, y = rng.uniform((margin, 1), (length - 1 - margin, width - 2))
        if all(np.hypot(x - a, y - b) > apart for a, b in places):
            places.append((round(float(x), 2), round(float(y), 2)))
    return tuple(places)


def similarity(first, second):
    """Correlation coefficient of two curves; NaN when one of them is flat."""
    a, b = first - np.mean(first), second - np.mean(second)
    norm = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / norm) if norm > 1e-12 else float("nan")
