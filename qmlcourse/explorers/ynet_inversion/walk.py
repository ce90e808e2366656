"""Walk through the latent space: a point on the sheet, its picture, and its fingerprint."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider
from ...ynet import load_ynet, wires
from ...ynet.network import SCALE, with_chances
from ..shared.wire_picture import steady_ticks
from ._wires import (
    COLOURS,
    FLUX_LABEL,
    G_LABEL,
    QUANTA,
    Panel,
    colours_of,
    reader,
    rest,
    stored,
    truth,
    turned,
)

MAPS = {"t-SNE": "tsne", "neighbour graph": "neighbours", "PCA": "pca"}


class WalkExplorer(Explorer):
    """A map of the latent points of real wires; the chosen one is decoded beside it.

    Click on the map, or step through the points. Colour it by x, then by y: which directions of the
    sheet are the antidot's place? Then by interference.
    """

    name, title = "ynet_walk", "Walk over the sheet"
    computed_by = (load_ynet, with_chances, wires)
    path = (
        Stop(
            "Each dot is a wire, at its point of 16 numbers, drawn on a map. The colour is the x "
            "of its antidot. Drag across the map from dark to bright, and watch the antidot on "
            "the right. Which way does it go?",
            "Along the wire, from left to right, with its waves. Nobody told the network that "
            "there is such a thing as x: it put wires with similar pictures side by side.",
            {"kind": "tsne", "colour": "x", "turn": 30, "point": 200},
        ),
        Stop(
            "Now the colour is y. Walk along a line of one colour, and then across. Into how many "
            "directions can one walk, though each point has 16 numbers?",
            "Two: one moves the antidot along, one across. There is no third direction, since a "
            "wire here is given by two numbers. This is why the cloud is a sheet, crumpled as it "
            "may be.",
            {"colour": "x"},
            {"colour": "y"},
        ),
        Stop(
            "The cross is where the fingerprint of the chosen wire leads, by C. Take some wires "
            "near the edge of the sheet. Does the cross stay on the sheet?",
            "Yes, always near the star. C has learned not just numbers but where wires are. A "
            "curve that leads off the sheet is not the curve of such a wire; that is how the "
            "network notices strangers.",
            {"colour": "y"},
        ),
    )

    point = traitlets.Int(200).tag(control=slider("Wire", "", 0, 1499, 1))
    turn = traitlets.Int(30).tag(control=slider("Turn the map", "°", 0, 360, 5))
    kind = traitlets.Unicode("tsne").tag(control=choice("Map", MAPS))
    colour = traitlets.Unicode("x").tag(control=choice("Coloured by", COLOURS))

    def prepare(self):
        figure = new_figure(11.0, 4.6)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.15, 1], height_ratios=[1.35, 1])
        left = figure.panel(grid[:, 0])
        left.set(xticks=[], yticks=[], xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
        self._cloud = left.scatter(*np.zeros((2, 2)), s=11, c=[0, 1], cmap="viridis", lw=0)
        self._star = left.plot([], [], "*", color=COLORS["red"], mec="white", ms=19)[0]
        self._cross = left.plot([], [], "x", color=COLORS["black"], ms=11, mew=2.4)[0]
        self._panel = Panel(figure.add_subplot(grid[0, 1]), "decoded from the point", 1, ("red",))
        right = figure.panel(grid[1, 1], FLUX_LABEL, G_LABEL, grid=True)
        self._g = right.plot([], [], color=COLORS["black"], lw=1.8)[0]
        right.set(xlim=(0, 32), ylim=(0, 4))
        steady_ticks(right)
        self._left = left
        live = LiveFigure(figure)
        live.animated(self._cloud, self._star, self._cross, *self._panel.moving, self._g)
        live.on_drag(left, self._choose)
        return live

    def compute(self, point, turn, kind, colour):
        view = turned(_map(kind), turn)
        place = _places()[point]
        g = truth("one", (tuple(place),))["g"]
        net = reader("one").net
        with torch.no_grad():
            drawn = with_chances(net.draw(torch.as_tensor(_points()[point])[None]))[0]
            led = net.trace(torch.as_tensor(g.astype(np.float32))[None])[0].numpy()
        away = np.linalg.norm(_points() - led, axis=1)
        return {
            "view": view,
            "density": SCALE * drawn[0].numpy(),
            "removed": drawn[1].numpy(),
            "place": place,
            "g": g,
            "led": int(away.argmin()),
            "colours": _colours(colour),
            "off": float(np.linalg.norm(_points()[point] - led)),
        }

    def draw(self, data, state):
        view, values = data["view"], data["colours"]
        self._cloud.set_offsets(view)
        self._cloud.set_array(values)
        self._cloud.set_clim(*np.quantile(values, (0.02, 0.98)))
        self._star.set_data(*view[[state["point"]]].T)
        self._cross.set_data(*view[[data["led"]]].T)
        self._panel.show(data["density"], rest("one", data["removed"]))
        self._panel.ring(0, data["place"])
        self._g.set_data(QUANTA, data["g"])
        x, y = data["place"]
        same = data["led"] == state["point"]
        self.readout = (
            f"wire {state['point']}: antidot at <b>x = {x:.1f}, y = {y:.1f}</b>; its fingerprint "
            "leads to "
            + ("<b>this very point</b>" if same else f"the cross (wire {data['led']})")
            + f", {data['off']:.2f} from A's point"
        )
        return (
            f"Map of {len(view)} latent points coloured by {state['colour']}; the chosen wire has "
            f"its antidot at x = {x:.1f}, y = {y:.1f}."
        )

    def table(self, data, state):
        return {
            "x": _places()[:, 0],
            "y": _places()[:, 1],
            "map_1": data["view"][:, 0],
            "map_2": data["view"][:, 1],
            "colour": data["colours"],
        }

    def _choose(self, x, y):
        away = np.hypot(*(self.data["view"] - [x, y]).T)
        self.point = int(away.argmin())


@lru_cache(maxsize=8)
def _map(kind):
    return np.array(stored()["maps"]["maps"][kind])


@lru_cache(maxsize=1)
def _points():
    return np.array(stored()["maps"]["points"], np.float32)


@lru_cache(maxsize=1)
def _places():
    return np.array(stored()["maps"]["antidots"])


@lru_cache(maxsize=4)
def _colours(name):
    return colours_of(stored()["maps"], name)
