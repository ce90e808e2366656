"""A loop around the ring and its mirror image in time: the pair that no impurity can separate."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import ABRing, windings
from ...widgets import COLORS, LiveFigure, Stop, new_figure, seed, slider
from ._arrows import Arrows
from ._rings import FLUX_LABEL, FluxExplorer, narrow_ring

_LINE = np.linspace(0, 1, 97)
_ENERGY = -2.8
_KINDS = (
    ("no turn, halved", "grey", 2.0),
    ("clockwise", "blue", 5.0),
    ("counter-clockwise", "orange", 5.0),
    ("blue + orange", "black", 2.2),
)
_HALVES = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)  # of the plane of arrows
_TURN = np.linspace(0, 2 * np.pi, 80)


class MirroredLoopsExplorer(FluxExplorer):
    """What comes back to the entrance after one whole turn, clockwise and counter-clockwise.

    Draw another ring: all arrows change. Which two always change together?
    """

    name, title = "ab_loops", "A loop and its mirror image in time"
    computed_by = (ABRing, windings)
    columns = (("ring_flux", "line_flux"), ("pair", "line_pair"))
    stride = 0.01
    period = 1
    path = (
        Stop(
            "Blue is all that returns after one turn clockwise, orange after one turn the other "
            "way; grey comes back without a turn. Draw a few other rings with the button at the "
            "seed. What do blue and orange do?",
            "They change with every ring, yet they stay equal to each other: both waves meet the "
            "same impurities, only in the opposite order, and the product of all that happens to "
            "them on the way is the same. Grey points anywhere, in each ring elsewhere.",
            {"flux": 0.0},
        ),
        Stop(
            "Now let the flux grow. Which way do blue and orange turn?",
            "Opposite ways, by 2πΦ/(h/e) each, so by twice that against each other. At a quarter "
            "of a flux quantum they cancel, at a half they agree again: the period is h/2e.",
            {"flux": 0.0},
            {"flux": 0.25},
        ),
        Stop(
            "Set the flux to 0.25 and draw more rings. Is there one in which the pair does not "
            "cancel?",
            "No. The flux at which they agree or cancel is the same in all rings, however long the "
            "arrows are. Keep this in mind for the question that follows.",
            {"flux": 0.25},
        ),
    )

    flux = traitlets.Float(0.0).tag(control=slider("Flux Φ", "h/e", 0, 1, 0.01))
    seed = traitlets.Int(0).tag(control=seed("Which ring"))
    disorder = traitlets.Float(0.7).tag(control=slider("Disorder W", "t", 0.1, 1.5, 0.1))

    def prepare(self):
        figure = new_figure(8.8, 4.6)
        grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.35], height_ratios=[1.25, 1])
        self._ring = figure.panel(grid[:, 0], title="two ways around")
        plane = figure.panel(grid[0, 1], "real part", "imaginary part", "what comes back")
        self._curve = figure.panel(
            grid[1, 1], FLUX_LABEL, "|blue + orange|²", "the pair, largest = 1", grid=True
        )
        self._image = self._ring.imshow(
            np.zeros((3, 3)), extent=(-1, 1, -1, 1), cmap="Greys", vmin=-0.7, vmax=2.2
        )
        self._ring.set(xlim=(-1.75, 1.3), ylim=(-1.3, 1.3), aspect="equal")
        self._ring.set_axis_off()
        for radius, color, way in ((1.17, "orange", 1), (0.6, "blue", -1)):
            angle = np.pi + way * (0.16 + _TURN * 0.95)
            self._ring.plot(
                radius * np.cos(angle), radius * np.sin(angle), color=COLORS[color], lw=3, zorder=4
            )
            end, before = (radius * np.exp(1j * angle[n]) for n in (-1, -4))
            self._ring.annotate(
                "",
                (end.real, end.imag),
                (before.real, before.imag),
                arrowprops={"arrowstyle": "-|>", "color": COLORS[color], "lw": 3},
                zorder=4,
            )
        self._ring.annotate("in →", (-1.72, 0), va="center", fontsize=12)
        self._hole = self._ring.text(0, 0, "", ha="center", va="center", color=COLORS["red"])
        self._arrows = Arrows(plane, _KINDS, _HALVES, room=3.2, spacing=0.16)
        self._pair = self._curve.plot([], [], color=COLORS["black"], lw=2)[0]
        self._dot = self._curve.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        self._marker = self._curve.axvline(0, color=COLORS["red"], lw=1.6)
        self._curve.set(xlim=(0, 1), ylim=(0, 1.08), xticks=[0, 0.25, 0.5, 0.75, 1])
        self._drawn = None
        live = LiveFigure(figure)
        live.animated(self._hole, *self._arrows.lines)
        live.animated(self._pair, self._marker, self._dot)
        self.follow_flux(live, self._curve)
        return live

    def compute(self, flux, seed, disorder):
        found = _returned(seed, disorder)
        once = found["once"] * np.exp(2j * np.pi * flux * np.array([-1, 1]))
        pair = np.abs(found["once"] @ np.exp(2j * np.pi * np.outer([-1, 1], _LINE))) ** 2
        return {
            "clockwise": once[0],
            "counter_clockwise": once[1],
            "direct": found["direct"],
            "potential": found["potential"],
            "line_flux": _LINE,
            "line_pair": pair / pair.max(),
        }

    def draw(self, data, state):
        pair = [data["clockwise"], data["counter_clockwise"]]
        starts = [0, 0, pair[0], 0]
        tips = [data["direct"] / 2, pair[0], sum(pair), sum(pair)]
        self._arrows.reach(max(2 * np.abs(pair).max(), abs(data["direct"]) / 2))
        self._arrows.point(starts, tips)
        if data["potential"] is not self._drawn:
            self._image.set_data(data["potential"].T)
            self._drawn = data["potential"]
        self._hole.set_text(f"Φ =\n{state['flux']:.2f} h/e")
        self._pair.set_data(data["line_flux"], data["line_pair"])
        now = float(np.interp(state["flux"], data["line_flux"], data["line_pair"]))
        self._dot.set_data([state["flux"]], [now])
        self._marker.set_xdata([state["flux"]] * 2)
        apart = np.degrees(np.angle(pair[1] * np.conj(pair[0])))
        self.readout = (
            f"blue and orange are both <b>{abs(pair[0]):.3f}</b> long and point "
            f"<b>{abs(apart):.0f}°</b> apart"
        )
        return (
            f"What returns from ring {state['seed']} after one turn: clockwise and "
            f"counter-clockwise waves of equal length {abs(pair[0]):.3f}, {abs(apart):.0f} degrees "
            f"apart at flux {state['flux']:.2f} h/e; together {100 * now:.0f} % of their most."
        )


@lru_cache(maxsize=64)
def _returned(seed, disorder):
    """Reflected amplitudes of one channel after no turn and after one, and the ring's potential."""
    one = narrow_ring(0, disorder, seed)
    found = windings(one, _ENERGY)
    picture = np.full((2 * one.extent + 1,) * 2, np.nan)
    picture[tuple(one.sites.T + one.extent)] = one.on_site / disorder
    return {
        "once": np.array([found.of(-1)[0, 0], found.of(1)[0, 0]]),
        "direct": found.of(0)[0, 0],
        "potential": np.ma.masked_invalid(picture),
    }
