"""What cannot be known: an antidot and its mirror images with one and the same fingerprint."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider, style_axes
from ...ynet import centres, load_ynet, mirror_images, wires
from ...ynet.network import SCALE
from ..shared.wire_picture import steady_ticks
from ._wires import (
    FLUX_LABEL,
    G_LABEL,
    HIGH,
    LOW,
    QUANTA,
    Panel,
    antidots,
    inside,
    reader,
    rest,
    truth,
)

_KINDS = {"four equal bites": "symmetric", "two unequal bites": "one"}
_TWINS = ("this wire", "left and right exchanged", "up and down exchanged", "both exchanged")


class SymmetricExplorer(Explorer):
    """One wire of four twins, the network's average of them, and what a flow draws.

    Move the antidot: the dashed curves belong to its mirror images. In the symmetric wire the
    network can only average; the flow on the right says each of the twins in turn.
    """

    name, title = "ynet_symmetric", "A wire and its mirror images"
    computed_by = (centres, load_ynet, mirror_images, wires)
    cache_size = 8
    path = (
        Stop(
            "Four equal bites: the wire is its own mirror image, left-right and up-down. Move the "
            "antidot. On the left below are the fingerprints of the wire and of its three mirror "
            "images. How far are they apart?",
            "Not at all, to rounding. No reader, however clever, can tell the four apart. The "
            "network draws the average of the four, which is no wire at all.",
            {"kind": "symmetric", "x": 11.05, "y": 8.05, "draws": 24},
        ),
        Stop(
            "On the right below each dot is one draw of the flow, from the same curve. Does it "
            "draw the average, too?",
            "No: each draw is one of the four wires, each about equally often. Where the curve "
            "does not decide, the honest answer is several wires and not their mean.",
            {"kind": "symmetric", "draws": 24},
            {"draws": 48},
        ),
        Stop(
            "Now two unequal bites. Where will the dots of the flow be?",
            "In one place. The mirror images have other curves now, so the curve decides, and the "
            "same flow has nothing left to guess.",
            {"kind": "symmetric"},
            {"kind": "one"},
        ),
    )

    x = traitlets.Float(11.05).tag(control=slider("Antidot x", "sites", LOW[0], HIGH[0], 0.5))
    y = traitlets.Float(8.05).tag(control=slider("Antidot y", "sites", LOW[1], HIGH[1], 0.5))
    kind = traitlets.Unicode("symmetric").tag(control=choice("Wire", _KINDS))
    draws = traitlets.Int(24).tag(control=slider("Flow draws", "", 4, 48, 4))

    def prepare(self):
        figure = new_figure(11.0, 5.4)
        axes = figure.subplots(2, 2)
        self._true = Panel(
            axes[0, 0], "the wire and its mirror images", 4, ("red", "white", "white", "white")
        )
        self._mean = Panel(axes[0, 1], "read by the network", 1, ("white",))
        self._heap = Panel(
            axes[1, 1], "places that the flow draws", 4, ("red", "white", "white", "white")
        )
        below = style_axes(axes[1, 0], FLUX_LABEL, G_LABEL, "four fingerprints", grid=True)
        styles = ("-", "--", "-.", ":")
        colours = ("red", "blue", "orange", "black")
        self._lines = [
            below.plot(
                [], [], styles[n], color=COLORS[colours[n]], lw=2.6 - 0.3 * n, label=_TWINS[n]
            )[0]
            for n in range(4)
        ]
        below.set(xlim=(0, 32), ylim=(0, 5))
        below.legend(fontsize=9, ncols=2, loc="upper right")
        steady_ticks(below)
        self._dots = axes[1, 1].plot(
            [], [], "o", color=COLORS["orange"], ms=6, mec="white", alpha=0.85
        )[0]
        live = LiveFigure(figure)
        live.animated(
            *self._true.moving, *self._mean.moving, *self._heap.moving, self._dots, *self._lines
        )
        live.on_drag(axes[0, 0], self._drag)
        live.on_arrows(lambda dx, dy: self._drag(self.x + 0.5 * dx, self.y + 0.5 * dy))
        return live

    def compute(self, x, y, kind, draws):
        true = truth(kind, ((x, y),))
        twins = mirror_images(antidots((x, y))[0])
        recipe = wires(kind)
        g = recipe.wire.conductance(recipe.energy, recipe.flux, twins.astype(np.float32))
        found = reader(kind).decode(true["g"])
        drawn = _candidates(kind, x, y, draws)
        places = centres(drawn[:, 1], 1)[:, 0].numpy()
        away = np.linalg.norm(places[:, None] - twins[:, 0, :2], axis=-1)
        return {
            "g": g,
            "density": true["density"],
            "mask": true["mask"],
            "found": found,
            "twins": twins[:, 0, :2],
            "places": places,
            "counts": np.bincount(away.argmin(1), minlength=4),
            "differ": float(np.sqrt(((g[1:] - g[0]) ** 2).mean(1)).max()),
            "cloud": SCALE * drawn[:, 0].mean(0).numpy(),
            "rest": drawn[:, 1].mean(0).numpy(),
        }

    def draw(self, data, state):
        kind = state["kind"]
        self._true.show(data["density"], data["mask"])
        self._mean.show(data["found"].density, rest(kind, data["found"].removed))
        self._heap.show(data["cloud"], rest(kind, data["rest"]))
        for n, place in enumerate(data["twins"]):
            self._true.ring(n, place, "-" if n == 0 else ":")
            self._heap.ring(n, place, "-" if n == 0 else ":")
            self._lines[n].set_data(QUANTA, data["g"][n])
        self._mean.ring(0, data["found"].antidots[0], "--")
        self._dots.set_data(*data["places"].T)
        counts = ", ".join(str(c) for c in data["counts"])
        off = np.hypot(*(data["found"].antidots[0] - data["twins"][0]))
        self.readout = (
            f"mirror images differ by up to <b>{data['differ']:.1e} e²/h</b> (rms); the network's "
            f"antidot is <b>{off:.1f} sites</b> off; the flow's {state['draws']} draws lie nearest "
            f"to the four twins <b>{counts}</b> times"
        )
        return (
            f"An antidot at x = {state['x']:.1f}, y = {state['y']:.1f}, its mirror images, whose "
            f"fingerprints differ by {data['differ']:.1e} e²/h, and {state['draws']} candidates."
        )

    def table(self, data, state):
        return {"flux_quanta": QUANTA, **{f"twin_{n}": data["g"][n] for n in range(4)}}

    def _drag(self, x, y):
        with self.together():
            self.x, self.y = inside(x, y)


@lru_cache(maxsize=64)
def _candidates(kind, x, y, draws):
    with torch.no_grad():
        return reader(kind).candidates(truth(kind, ((x, y),))["g"], draws, seed=0)
