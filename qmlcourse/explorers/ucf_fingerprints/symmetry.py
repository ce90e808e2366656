"""Which wires share a fingerprint: the field reversed, mirror images, and a notch in the wall."""

from functools import lru_cache

import ipywidgets
import numpy as np
import traitlets

from ...transport.wires.prepared import prepared_wire
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, slider, toggle
from ..shared.wire_picture import WirePicture, steady_ticks
from . import _wires
from ._wires import FLUX_LABEL, G_LABEL

LENGTH, WIDTH, ENERGY = 40, 16, -2.6
QUANTA = np.linspace(-16, 16, 81)
NOTCH = (13.0, WIDTH - 0.5, 3.5)
_RADIUS, _COUNT = 2.0, 5
_IMAGES = {
    "field reversed": "field",
    "left and right swapped": "x",
    "top and bottom swapped": "y",
    "turned by 180°": "xy",
    "moved 3 sites along": "along",
}
_MOVED = 3.0


class SymmetryExplorer(Explorer):
    """A wire and its image: are their fingerprints the same?

    Choose an image of the wire and compare the two curves. Then cut a notch into the wall and
    choose again: which of the five still agrees?
    """

    name, title = "ucf_symmetry", "A wire and its images"
    computed_by = (prepared_wire,)
    columns = (("flux_quanta", QUANTA), "wire", "image")

    path = (
        Stop(
            "Go through the five images of the wire. Which of them have another fingerprint?",
            "None, up to the rounding of the computer. All five are the same curve, though the "
            "waves inside are not.",
            {"notch": False, "image": "field"},
        ),
        Stop(
            "Now a known notch is cut into the wall, which stays where it is while the "
            "impurities are mirrored or moved. Go through the images again. Which of them still "
            "agrees?",
            "The reversed field alone: that is a law for every wire with two leads. All other "
            "images now have a curve of their own, and can be told apart.",
            {"notch": False},
            {"notch": True, "image": "x"},
        ),
    )

    image = traitlets.Unicode("field").tag(control=choice("Compare with", _IMAGES))
    notch = traitlets.Bool(False).tag(control=toggle("Notch in the wall"))
    field = traitlets.Float(6.0).tag(control=slider("Flux Φ", "h/e", -16, 16, 0.4))
    sample = traitlets.Int(2).tag(state=True)

    def prepare(self):
        figure = new_figure(8.8, 5.6)
        grid = figure.add_gridspec(2, 2, height_ratios=[1, 1.35])
        left, right = (figure.add_subplot(grid[0, n]) for n in (0, 1))
        below = figure.panel(grid[1, :], FLUX_LABEL, G_LABEL, grid=True)
        self._pictures = [WirePicture(ax, _COUNT, LENGTH, WIDTH) for ax in (left, right)]
        self._titles = [style_axes(left, title="the wire"), style_axes(right, title="its image")]
        for ax in (left, right):
            ax.set_axis_off()
        self._own = below.plot([], [], color=COLORS["grey"], lw=5, alpha=0.55, label="the wire")[0]
        self._other = below.plot([], [], color=COLORS["blue"], label="its image")[0]
        self._marker = below.axvline(0, color=COLORS["red"], lw=1.6)
        below.set_xlim(QUANTA[0], QUANTA[-1])
        below.legend(loc="upper right", ncol=2)
        steady_ticks(below)
        self._below = below
        live = LiveFigure(figure)
        moving = [artist for picture in self._pictures for artist in picture.moving]
        live.animated(*moving, self._own, self._other, self._marker)
        live.on_drag(below, lambda x, y: setattr(self, "field", _on_grid(x)))
        live.on_arrows(lambda dx, dy: setattr(self, "field", _on_grid(self.field + 0.4 * dx)))
        return live

    def extras(self):
        other = ipywidgets.Button(description="Another wire", tooltip="Draws new places")
        other.add_class("qml-button")
        other.on_click(self.guarded(lambda _: setattr(self, "sample", self.sample + 1)))
        return [other]

    def antidots(self):
        """(K, 3): x, y, radius of the wire's impurities."""
        return _antidots(self.sample)

    def compute(self, image, notch, field, sample):
        wire = _wire(notch)
        own = _antidots(sample)
        other = mirrored(own, image)
        sign = -1 if image == "field" else 1
        here = _wires.per_plaquette(field, LENGTH, WIDTH)
        curve, partner = _curves(sample, notch), _curves(sample, notch, image)
        return {
            "antidots": (own, other),
            "quanta": QUANTA,
            "wire": curve,
            "image": partner,
            "density": (
                wire.density(ENERGY, here, own),
                wire.density(ENERGY, sign * here, other),
            ),
            "mask": (wire.mask(own), wire.mask(other)),
            "difference": float(np.abs(curve - partner).max()),
        }

    def draw(self, data, state):
        for n, picture in enumerate(self._pictures):
            picture.show(data["density"][n], data["mask"][n], data["antidots"][n], numbered=False)
        words = next(text for text, value in _IMAGES.items() if value == state["image"])
        if self._titles[1].get_title(loc="left") != words:
            style_axes(self._titles[1], title=words)
            self._titles[1].set_axis_off()
        self._own.set_data(QUANTA, data["wire"])
        self._other.set_data(QUANTA, data["image"])
        self._marker.set_xdata([state["field"]] * 2)
        both = np.concatenate([data["wire"], data["image"]])
        low, high = both.min(), both.max()
        now = self._below.get_ylim()
        if low < now[0] or high > now[1] - 0.1 or high - low < 0.4 * (now[1] - now[0]):
            self._below.set_ylim(low - 0.1, high + 0.35 * (high - low) + 0.1)
        difference = data["difference"]
        same = difference < 1e-9
        self.readout = f"largest difference <b>{_number(difference)} e²/h</b>: " + (
            "the same fingerprint" if same else "two different fingerprints"
        )
        apart = "are the same" if same else f"differ by {difference:.2f} e²/h at most"
        return (
            f"A wire {'with' if state['notch'] else 'without'} a notch and its image ({words}): "
            f"their conductance curves {apart}. The waves are shown at {state['field']:g} flux "
            "quanta."
        )


def mirrored(antidots, image):
    """(K, 3): the antidots of an image; `image` names the axes to reverse, or is 'along'."""
    if image == "along":
        return antidots + np.array([_MOVED, 0, 0])
    image = "" if image == "field" else image
    x = LENGTH - 1 - antidots[:, 0] if "x" in image else antidots[:, 0]
    y = WIDTH - 1 - antidots[:, 1] if "y" in image else antidots[:, 1]
    return np.stack([x, y, antidots[:, 2]], axis=-1)


@lru_cache(maxsize=8)
def _antidots(sample):
    places = _wires.random_places(sample, _COUNT, _RADIUS, LENGTH, WIDTH, margin=7)
    return np.array([(x, y, _RADIUS) for x, y in places])


@lru_cache(maxsize=2)
def _wire(notched):
    flux = _wires.per_plaquette(QUANTA, LENGTH, WIDTH)
    return prepared_wire(LENGTH, WIDTH, ENERGY, flux, NOTCH if notched else None)


@lru_cache(maxsize=32)
def _curves(sample, notched, image=""):
    """g at all fields of the wire, or of its image."""
    antidots = _antidots(sample)
    flux = _wires.per_plaquette(QUANTA, LENGTH, WIDTH)
    if image == "field":
        return _wire(notched).conductance(ENERGY, -flux, antidots)
    return _wire(notched).conductance(ENERGY, flux, mirrored(antidots, image))


def _number(value):
    return f"{value:.0e}" if value < 1e-3 else f"{value:.2f}"


def _on_grid(quanta):
    return round(2.5 * min(max(quanta, QUANTA[0]), QUANTA[-1])) / 2.5
