"""What the explorers of this chapter share: readers, true wires, stored results, panels."""

from functools import lru_cache

import matplotlib
import numpy as np
import torch
from matplotlib.patches import Circle

from ...reproduce.ynet_inversion import STORED
from ...storage import shipped
from ...widgets import COLORS, SEQUENTIAL, style_axes
from ...ynet import held_out, load_ynet, position_error, wires
from ...ynet.wires import LENGTH, WIDTH

RADIUS = 3.0
QUANTA = np.linspace(0, 32, 64)
FLUX_LABEL = "flux Φ through the wire (h/e)"
G_LABEL = "g (e²/h)"
# where centres may lie; off the lattice points, at which a disc touches sites with its very edge
LOW, HIGH = (3.55, 3.55), (31.45, 19.45)
TOP = 1.2  # density of the brightest colour, 1/hopping
torch.set_num_threads(1)  # two threads on small tensors are far slower


@lru_cache(maxsize=4)
def reader(name):
    """A shipped reader, loaded once."""
    return load_ynet(name)


@lru_cache(maxsize=1)
def stored():
    """The shipped full-scale results, read once; not to be changed."""
    return shipped.load_json(STORED)


def inside(x, y):
    """A centre moved into the part of the wire that antidots may take, in hundredths of a site."""
    x, y = np.clip((x, y), LOW, HIGH)
    return round(float(x), 2), round(float(y), 2)


def antidots(*places):
    """(1, K, 3) of centres (x, y)."""
    return np.array([[(x, y, RADIUS) for x, y in places]], np.float32)


@lru_cache(maxsize=64)
def truth(kind, places):
    """Dict of g (field,), density (x, y) and mask (x, y) of sites that are left, by the engine.

    kind : of wires; places : tuple of centres
    """
    recipe, given = wires(kind), antidots(*places)
    return {
        "g": recipe.wire.conductance(recipe.energy, recipe.flux, given)[0].astype(float),
        "density": recipe.density(given)[0],
        "mask": recipe.wire.mask(given)[0],
    }


@lru_cache(maxsize=512)
def hidden(kind, seed):
    """Centres (tuple) of a wire drawn from a seed, of those that no network was trained on."""
    recipe, rng = wires(kind), np.random.default_rng([seed, 2022])
    while True:
        given = np.round(recipe.draw(rng, 40), 2)
        for row in given[held_out(recipe.removed(given))]:
            return tuple((float(x), float(y)) for x, y, _ in row)


COLOURS = {"x": "x", "y": "y", "interference": "interference"}  # of a map of latent points


def turned(points, degrees):
    """(n, 2): a map in three dimensions, seen from the side after a turn, within -1 to 1."""
    angle = np.deg2rad(degrees)
    x, y, z = np.asarray(points).T
    depth = x * np.sin(angle) + z * np.cos(angle)
    view = np.stack([x * np.cos(angle) - z * np.sin(angle), y + 0.25 * depth], 1)
    return view / np.abs(view).max()


def colours_of(row, name):
    """(n,) values of the wires of a stored map, by a name in COLOURS."""
    if name == "interference":
        return np.array(row["interference"])
    return np.array(row["antidots"])[:, {"x": 0, "y": 1}[name]]


class Panel:
    """A wire on axes: a density, white where sites are missing, and circles around antidots.

    Parameters
    ----------
    ax : Matplotlib axes; title : above it; rings : number of circles
    colours : of the circles, names in COLORS or 'white'
    """

    def __init__(self, ax, title="", rings=0, colours=("red",), cmap=SEQUENTIAL):
        self.ax = ax
        style_axes(ax, title=title)
        ax.set(xlim=(-0.5, LENGTH - 0.5), ylim=(-0.9, WIDTH - 0.1), aspect="equal")
        ax.set_axis_off()
        self.image = ax.imshow(
            np.full((WIDTH, LENGTH, 4), 255, np.uint8),
            origin="lower",
            interpolation="none",
            extent=(-0.5, LENGTH - 0.5, -0.5, WIDTH - 0.5),
        )
        ax.set(xlim=(-0.5, LENGTH - 0.5), ylim=(-0.9, WIDTH - 0.1))
        walls = ax.hlines([-0.6, WIDTH - 0.4], -0.5, LENGTH - 0.5, color="#444444", lw=1.6)
        self.rings = [
            ax.add_patch(
                Circle(
                    (0, 0),
                    RADIUS + 0.4,
                    fill=False,
                    lw=2.2,
                    color=COLORS.get(colours[n % len(colours)], "white"),
                )
            )
            for n in range(rings)
        ]
        self._map = matplotlib.colormaps[cmap]
        self.moving = [self.image, walls, *self.rings]

    def show(self, density, left, top=TOP, low=0.0):
        """Draw a density (x, y); `left` (x, y) is 1 where a site is there, 0 where not."""
        share = np.clip((density - low) / (top - low), 0, 1)
        share = share**0.7 if low == 0 else share  # lets weak waves be seen
        colours = self._map(share)
        there = np.clip(np.asarray(left, float), 0, 1)[..., None]
        colours[..., :3] = 1 - there * (1 - colours[..., :3])
        self.image.set_data(np.swapaxes((255 * colours).astype(np.uint8), 0, 1))

    def ring(self, number, place, style="-"):
        """Put a circle at a place, or hide it where place is None."""
        circle = self.rings[number]
        circle.set_visible(place is not None)
        circle.set_linestyle(style)
        if place is not None:
            circle.set_center(place)


def rest(kind, removed):
    """(x, y) chance that a site is there: not removed by an antidot and not in a bite."""
    return (1 - removed) * ~wires(kind).wire.notch


def distance(found, places):
    """Largest distance in sites of found centres from the true ones, matched."""
    return float(position_error(np.array(found)[None, :, :2], np.array(places)[None]).max())


def draw_skills(ax, *disturbances):
    """Draw the stored skill of both readers against the level of what disturbs the curves."""
    for name, colour in (("clean", "blue"), ("rough", "orange")):
        rows = [r for r in stored()["laboratory"]["rows"] if r["reader"] == name]
        shown = [r for r in rows if r["what"] in disturbances]
        levels, skills = [r["level"] for r in shown], [r["skill"] for r in shown]
        ax.plot(levels, skills, "o-", color=COLORS[colour], label=f"{name} reader")
