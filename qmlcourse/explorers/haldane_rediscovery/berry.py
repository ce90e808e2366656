"""A state carried round a loop of momenta: the Berry phase, and the curvature inside."""

from functools import lru_cache

import numpy as np
import traitlets

from ...inverse_design import berry_curvature, haldane, honeycomb_lattice
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import slider
from ._pictures import ZonePicture, zone_corners

T2, MESH, POINTS = 0.15, 170, 240
_SIZES = np.round(np.arange(0, 1.001, 0.05), 2)


class BerryLoopExplorer(PlayableExplorer):
    """An arrow that is carried along a hexagon of momenta, and by how much it is turned at the end.

    Press Play. By which angle has the arrow turned when it is back? What is special about the
    largest loop?
    """

    name, title = "haldane_berry", "An arrow, carried round"
    computed_by = (berry_curvature, haldane, honeycomb_lattice)
    columns = (("size", _SIZES), ("turns_of_the_loop", "loops"), ("turns_inside", "inside"))
    counts = "way"
    stride = 0.02
    interval = 0.05
    plays = "Carry it round"
    path = (
        Stop(
            "At each momentum the lower band has a state of two numbers, one for each kind of "
            "site. Carry it along the loop on the left, and change it at each step as little as "
            "possible. Press Play: when it is back where it began, does the arrow point as at the "
            "start?",
            "No: it is the same state, turned by a phase, here by a sixth of a turn. This is the "
            "Berry phase. Nothing has pushed the arrow: each step was as small as could be.",
            {"size": 0.8, "way": 0.0, "ratio": 0.0},
            {"way": 1.0},
        ),
        Stop(
            "The dots on the right add up the Berry curvature inside of the loop. How do the "
            "turned arrow and this sum hang together, for loops of any size?",
            "They are equal. The curvature is the turning of a tiny loop, for each area; and a "
            "large loop turns the arrow by as much as all the tiny ones inside of it together, "
            "since what is carried along an inner edge is carried back along it by the neighbour.",
            {"size": 0.8, "way": 1.0, "ratio": 0.0},
            {"size": 0.9},
        ),
        Stop(
            "Now the largest loop: the edge of the whole zone. Opposite sides of it are the same "
            "momenta, so what one side turns the other turns back. What must the arrow do, and "
            "what may the sum still be?",
            "The arrow comes back as it was. The sum may be any whole number of turns, since a "
            "whole turn is no turn: here it is 1. This is the Chern number, and this is why it is "
            "whole. The Hall response is the same sum over all filled states.",
            {"size": 0.9, "way": 1.0, "ratio": 0.0},
            {"size": 1.0},
        ),
        Stop(
            "Last, an M beyond the border, M/t₂ = 6.5. Will the sum over the zone still be 1?",
            "It is 0: what K gives, K′ takes away. In between the arrow still turns, so small "
            "loops know of both corners. Only the whole zone says zero.",
            {"size": 1.0, "way": 1.0, "ratio": 0.0},
            {"ratio": 6.5},
        ),
    )

    way = traitlets.Float(0.0).tag(control=slider("Part of the loop", "", 0, 1, 0.02))
    size = traitlets.Float(0.8).tag(control=slider("Size of the loop", "", 0.05, 1, 0.05))
    ratio = traitlets.Float(0.0).tag(control=slider("M / t₂", "", -7, 7, 0.5))
    compute_depends = ("size", "ratio")
    slow_depends = ()

    def prepare(self):
        figure = new_figure(10.4, 4.3)
        zone, dial, total = figure.subplots(1, 3, width_ratios=[1.05, 0.85, 1.1])
        self._zone = ZonePicture(zone, title="curvature, and the loop")
        self._edge = zone.plot([], [], color=COLORS["black"], lw=1.4, ls="--")[0]
        self._done = zone.plot([], [], color=COLORS["black"], lw=3)[0]
        self._here = zone.plot([], [], "o", color=COLORS["black"], ms=9, mec="white")[0]
        dial.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25), aspect="equal", title="the arrow")
        dial.set_axis_off()
        around = np.linspace(0, 2 * np.pi, 121)
        dial.plot(np.cos(around), np.sin(around), color="#BBBBBB", lw=1.2)
        dial.plot([0, 1], [0, 0], color="#BBBBBB", lw=3)
        self._arrow = dial.plot([], [], color=COLORS["orange"], lw=4)[0]
        self._tip = dial.plot([], [], "o", color=COLORS["orange"], ms=10)[0]
        total.set(xlim=(0, 1.02), ylim=(-1.25, 1.25), xlabel="size of the loop")
        total.set(ylabel="turns", title="by the arrow, and inside")
        total.axhline(0, color="#BBBBBB", lw=1)
        self._line = total.plot([], [], color=COLORS["orange"], label="arrow")[0]
        self._sums = total.plot([], [], "o", color=COLORS["black"], ms=5, label="curvature")[0]
        self._now = total.plot([], [], "o", color=COLORS["orange"], ms=12, mec="white")[0]
        total.legend(loc="lower right")
        live = LiveFigure(figure)
        live.animated(*self._zone.moving, self._edge, self._done, self._here)
        live.animated(self._arrow, self._tip, self._line, self._sums, self._now)
        return live

    def compute(self, size, ratio):
        ratio = round(ratio, 2)
        curvature, inside = _curvature(ratio)
        carried, place = _carried(ratio), np.abs(_SIZES - size).argmin()
        return {
            "curvature": curvature,
            "inside": inside,
            "loops": np.unwrap(carried[:, -1], period=1),
            "angles": carried[place],
            "place": place,
            "loop": _hexagon(float(_SIZES[place])),
        }

    def draw(self, data, state):
        self._zone.show(data["curvature"])
        self._edge.set_data(*data["loop"].T)
        at = round(state["way"] * POINTS)
        self._done.set_data(*data["loop"][: at + 1].T)
        self._here.set_data(*data["loop"][[at]].T)
        angle = 2 * np.pi * data["angles"][at]
        self._arrow.set_data([0, np.cos(angle)], [0, np.sin(angle)])
        self._tip.set_data([np.cos(angle)], [np.sin(angle)])
        self._line.set_data(_SIZES, data["loops"])
        self._sums.set_data(_SIZES, data["inside"])
        place = data["place"]
        self._now.set_data([_SIZES[place]], [data["loops"][place]])
        back = data["loops"][place]
        words = f"{back:+.3f}".replace("-", "−")
        sums = f"{data['inside'][place]:+.3f}".replace("-", "−")
        self.readout = (
            f"once around, the arrow turns by <b>{words}</b> of a whole turn; the curvature inside "
            f"adds up to <b>{sums}</b>"
        )
        return (
            f"A state carried along {100 * state['way']:.0f} percent of a loop of size "
            f"{state['size']:.2f} at M/t2 = {state['ratio']:.1f}: once around it turns by "
            f"{back:+.3f} of a turn, the curvature inside is {data['inside'][place]:+.3f}."
        )


@lru_cache(maxsize=64)
def _hexagon(size):
    """(POINTS + 1, 2): momenta along the zone's edge, shrunk towards its middle."""
    corners = size * zone_corners(honeycomb_lattice().reciprocal)
    corners = np.vstack([corners, corners[:1]])
    where = np.linspace(0, 6, POINTS + 1)
    return np.stack([np.interp(where, np.arange(7), axis) for axis in corners.T], -1)


@lru_cache(maxsize=64)
def _carried(ratio):
    """(size, POINTS + 1): turns of the carried state, for loops of all sizes.

    They are counted against a state of which the first number is positive; where a loop closes
    this means nothing any more.
    """
    model = haldane(np.pi / 2, ratio * T2, T2)
    momenta = np.stack([_hexagon(float(size)) for size in _SIZES])
    h = model.hamiltonian(momenta.reshape(-1, 2)).numpy()
    states = np.linalg.eigh(h)[1][:, :, 0].reshape(*momenta.shape)
    states = states * np.exp(-1j * np.angle(states[..., :1]))
    states[:, -1] = states[:, 0]
    overlaps = np.einsum("lni,lni->ln", states[:, :-1].conj(), states[:, 1:])
    turned = -np.cumsum(np.angle(overlaps), axis=1) / (2 * np.pi)
    return np.concatenate([np.zeros((len(_SIZES), 1)), turned], axis=1)


@lru_cache(maxsize=64)
def _curvature(ratio):
    """The curvature on a mesh, and what is inside of each loop, in turns."""
    curvature = berry_curvature(haldane(np.pi / 2, ratio * T2, T2), MESH).numpy()
    order, ends, cell = _by_size()
    added = np.append(0, np.cumsum(curvature.ravel()[order]))
    return curvature, cell * added[ends] / (2 * np.pi)


@lru_cache(maxsize=1)
def _by_size():
    """The mesh from the middle outwards, how far each loop reaches in it, and a cell's area."""
    b = honeycomb_lattice().reciprocal
    share = np.stack(np.meshgrid(*[np.arange(MESH) / MESH] * 2, indexing="ij"), -1)
    near = [share @ b + n * b[0] + m * b[1] for n in (-1, 0, 1) for m in (-1, 0, 1)]
    length = np.linalg.norm(near, axis=-1)
    k = np.take_along_axis(np.array(near), length.argmin(0)[None, ..., None], 0)[0]
    around = [n * b[0] + m * b[1] for n in (-1, 0, 1) for m in (-1, 0, 1) if n or m]
    shortest = min(np.linalg.norm(wall) for wall in around)
    walls = [wall for wall in around if np.linalg.norm(wall) < 1.01 * shortest]
    reach = np.max([2 * k @ wall / (wall @ wall) for wall in walls], axis=0).ravel()
    order = np.argsort(reach, kind="stable")
    ends = np.searchsorted(reach[order], _SIZES + 1e-9, side="right")
    return order, ends, abs(np.linalg.det(b)) / MESH**2
