"""Haldane's model under the hand: bands, Berry curvature, Chern number, the dot on the diagram."""

import itertools

import numpy as np
import traitlets

from ...inverse_design import berry_curvature, chern_number, gap, haldane, honeycomb_lattice
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider
from ._pictures import HexagonPicture, PhaseDiagram, ZonePicture

MESH = 40
_STEPS = 48  # momenta between two corners of the path


class HaldaneExplorer(Explorer):
    """Three numbers, and what they do to the bands.

    Drag the dot across a border of the diagram and watch the bands at K and K′: what happens to the
    gap at the moment when C jumps, and to the colour of that corner?
    """

    name, title = "haldane_model", "Three numbers and an integer"
    computed_by = (berry_curvature, chern_number, gap, haldane, honeycomb_lattice)
    path = (
        Stop(
            "The dot on the diagram stands in the middle of the red field, C = 1. Drag it straight "
            "up, across the border. Watch the bands at K and K′: what happens at the border?",
            "At one of the two corners the bands touch, and open again beyond it. The integer "
            "jumps there and nowhere else.",
            {"phi": 0.5, "ratio": 0.0, "t2": 0.15},
            {"ratio": 5.2},
        ),
        Stop(
            "Now look at the colours of the momentum map while you cross. How does C become 0?",
            "The spot at one corner turns from red to blue. Before, both corners gave half a turn "
            "each, together 1; now they cancel.",
            {"phi": 0.5, "ratio": 4.0},
            {"ratio": 6.5},
        ),
        Stop(
            "How do you come to C = −1, with the smallest number of crossings?",
            "One: at M = 0 go left through φ = 0, where both corners close at once. The arrows in "
            "the hexagon turn round. It is the same crystal in a mirror.",
            {"phi": 0.5, "ratio": 0.0},
            {"phi": -0.5},
        ),
    )

    phi = traitlets.Float(0.5).tag(control=slider("Phase φ", "π", -1, 1, 0.01))
    ratio = traitlets.Float(0.0).tag(control=slider("M / t₂", "", -7, 7, 0.1))
    t2 = traitlets.Float(0.15).tag(control=slider("Second hop t₂", "t₁", 0.02, 0.3, 0.01))

    def prepare(self):
        figure = new_figure(9.6, 6.2)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.2, 1])
        bands = figure.panel(grid[0, 0], "", "energy (t₁)", "bands")
        self._hexagon = HexagonPicture(figure.add_subplot(grid[0, 1]), "hops in one hexagon")
        self._diagram = PhaseDiagram(figure.add_subplot(grid[1, 0]))
        self._zone = ZonePicture(figure.add_subplot(grid[1, 1]))
        corners, names = path_corners()
        distance = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        for at in distance:
            bands.axvline(at, color="#CCCCCC", lw=1)
        bands.axhline(0, color="#CCCCCC", lw=1)
        bands.set(xticks=distance, xlim=(0, distance[-1]), ylim=(-4.2, 4.2))
        bands.set_xticklabels(names)
        self._x = np.concatenate(
            [np.linspace(a, b, _STEPS) for a, b in itertools.pairwise(distance)]
        )
        self._lines = [
            bands.plot([], [], color=COLORS[c], ls=s)[0] for c, s in (("blue", "-"), ("red", "--"))
        ]
        live = LiveFigure(figure)
        live.animated(
            *self._lines, *self._hexagon.moving, *self._diagram.moving, *self._zone.moving
        )
        live.on_drag(self._diagram.ax, self._drag)
        live.on_arrows(
            lambda dx, dy: self._drag(self.phi + 0.01 * dx, self.ratio + 0.1 * dy),
        )
        return live

    def compute(self, phi, ratio, t2):
        model = haldane(np.pi * phi, ratio * t2, t2)
        direct, indirect = (float(part) for part in gap(model, 1, 60))
        try:
            chern = chern_number(model, mesh=24)
        except ValueError:
            chern = None  # the bands touch
        return {
            "bands": model.bands(_path()).numpy(),
            "curvature": berry_curvature(model, MESH).numpy(),
            "hops": model.hoppings[3:].numpy(),
            "on_site": model.on_site.numpy(),
            "gap": direct,
            "indirect": indirect,
            "chern": chern,
        }

    def draw(self, data, state):
        for line, energies in zip(self._lines, data["bands"].T, strict=True):
            line.set_data(self._x, energies)
        self._hexagon.show(np.exp(1j * np.angle(data["hops"])) * state["t2"] / 0.3, data["on_site"])
        self._zone.show(data["curvature"])
        self._diagram.show(np.pi * state["phi"], state["ratio"])
        number = {None: "undefined: the bands touch", 1: "+1", -1: "−1"}.get(data["chern"], "0")
        chern = f"Chern number of the lower band <b>C = {number}</b>"
        self.readout = f"{chern}; smallest gap at one momentum <b>{data['gap']:.2f} t₁</b>"
        if data["indirect"] < 0 < data["gap"]:
            self.readout += ", but the bands overlap in energy"
        return (
            f"Haldane's model at phase {state['phi']:.2f} π and M/t2 = {state['ratio']:.1f}: the "
            f"Chern number of the lower band is {number}, the smallest gap {data['gap']:.2f}."
        )

    def table(self, data, state):
        return {"distance": self._x, "lower": data["bands"][:, 0], "upper": data["bands"][:, 1]}

    def _drag(self, x, y):
        with self.together():
            self.phi = round(min(max(x, -1), 1), 2)
            self.ratio = round(min(max(y, -7), 7), 1)


def path_corners():
    """(corner, 2) momenta of the path K, Γ, M, K, K′ on the honeycomb, and their names."""
    b = honeycomb_lattice().reciprocal
    k, k_prime, m = (2 * b[0] + b[1]) / 3, (b[0] + 2 * b[1]) / 3, b[0] / 2
    return np.array([k, 0 * k, m, k, k_prime]), ["K", "Γ", "M", "K", "K′"]


def _path():
    corners, _ = path_corners()
    share = np.linspace(0, 1, _STEPS)[:, None]
    return np.concatenate([a + share * (b - a) for a, b in itertools.pairwise(corners)])
