"""Why g follows the flux: what comes through each arm is an arrow, and the flux turns one."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import ABRing, windings
from ...widgets import COLORS, LiveFigure, Stop, new_figure, slider
from ._arrows import Arrows
from ._rings import FLUX_LABEL, FluxExplorer, fit_top, narrow_ring

_LINE = np.linspace(0, 2, 193)
# winding number, what the path does, colour, width
_PATHS = (
    (0, "lower arm", "blue", 5.0),
    (-1, "upper arm", "orange", 5.0),
    (1, "lower + a turn", "green", 3.6),
    (-2, "upper + a turn", "purple", 3.6),
)
_REST = ("longer paths", "grey", 1.6)
_SUM = ("their sum", "black", 2.2)
_HALVES = (0.15, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4)  # of the plane of arrows


class TwoPathsExplorer(FluxExplorer):
    """The amplitudes of all paths through a ring as arrows tip to tail, and g against the flux.

    The black arrow is the sum of all; its length squared is g. Which arrow does the flux turn, and
    how far in one flux quantum?
    """

    name, title = "ab_paths", "Every way through the ring is an arrow"
    computed_by = (ABRing, windings)
    columns = (("ring_flux", "line_flux"), ("conductance", "line_g"))
    path = (
        Stop(
            "Only two arrows are long: blue is all that comes through the lower arm, orange all "
            "that comes through the upper one. The flux is zero. Where does the black arrow end?",
            "At the tip of the last arrow: amplitudes are added as arrows, and only then is the "
            "length squared. g is the square of the black arrow's length.",
            {"flux": 0.0, "offset": 0, "energy": -3.0, "disorder": 0.0},
        ),
        Stop(
            "Play, or drag the flux to one half. Which of the arrows turns, and which way?",
            "Orange has turned by half a turn: a path through the upper arm crosses the cut once, "
            "and the flux gives it the phase 2πΦ/(h/e). Blue never crosses it and stays. Now they "
            "point apart, and little is left of the sum.",
            {"flux": 0.0},
            {"flux": 0.5},
        ),
        Stop(
            "Go on to one whole flux quantum. What is different from the beginning?",
            "Nothing. Orange has made one turn, a small arrow two, another one back: each is "
            "where it was. So g is back too, whatever the lengths of the arrows are. This is the "
            "period h/e.",
            {"flux": 0.5},
            {"flux": 1.0},
        ),
        Stop(
            "Move the leads up. The arrows change their lengths and directions. Does the period?",
            "No. The metal decides how long each arrow is and where it points at zero flux; the "
            "flux alone decides how fast it turns.",
            {"flux": 0.3, "offset": 0},
            {"offset": 2},
        ),
    )

    flux = traitlets.Float(0.0).tag(control=slider("Flux Φ", "h/e", 0, 2, 0.01))
    energy = traitlets.Float(-3.0).tag(
        control=slider("Fermi energy", "t", -3.1, -2.3, 0.01, help="One channel is open")
    )
    offset = traitlets.Int(0).tag(
        control=slider("Lead position", "sites up", -3, 3, 1, help="Makes the two arms unequal")
    )
    disorder = traitlets.Float(0.0).tag(control=slider("Disorder W", "t", 0, 2, 0.1))

    def prepare(self):
        figure = new_figure(8.8, 4.5)
        grid = figure.add_gridspec(1, 2, width_ratios=[1.25, 1])
        plane = figure.panel(grid[0], "real part", "imaginary part", "amplitudes as arrows")
        self._curve = figure.panel(
            grid[1], FLUX_LABEL, "g (e²/h)", "length² of the black arrow", grid=True
        )
        self._arrows = Arrows(plane, [*(kind[1:] for kind in _PATHS), _REST, _SUM], _HALVES)
        self._g = self._curve.plot([], [], color=COLORS["black"], lw=2)[0]
        self._dot = self._curve.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        self._marker = self._curve.axvline(0, color=COLORS["red"], lw=1.6)
        self._curve.set_xlim(0, 2)
        self._curve.set_xticks([0, 0.5, 1, 1.5, 2])
        live = LiveFigure(figure)
        live.animated(self._g, self._marker, self._dot, *self._arrows.lines)
        self.follow_flux(live, self._curve)
        return live

    def compute(self, flux, energy, offset, disorder):
        found = _sorted(energy, offset, disorder)
        turned = found["amplitudes"] * np.exp(2j * np.pi * flux * found["numbers"])
        shown = [turned[found["numbers"] == number].sum() for number, *_ in _PATHS]
        total = turned.sum()
        return {
            "arrows": np.array([*shown, total - sum(shown)]),
            "sum": total,
            "g": float(abs(total) ** 2),
            "line_flux": _LINE,
            "line_g": found["line_g"],
        }

    def draw(self, data, state):
        self._arrows.reach(np.abs(data["arrows"][:2]).sum())
        tips = np.cumsum(data["arrows"])
        starts = np.concatenate([[0], tips[:-1]])
        self._arrows.point([*starts, 0], [*tips, data["sum"]])
        self._g.set_data(data["line_flux"], data["line_g"])
        self._dot.set_data([state["flux"]], [data["g"]])
        self._marker.set_xdata([state["flux"]] * 2)
        fit_top(self._curve, [max(1.0, data["line_g"].max())], 1.02)
        lower, upper = np.abs(data["arrows"][:2])
        self.readout = (
            f"lower arm <b>{lower:.2f}</b>, upper arm <b>{upper:.2f}</b>; "
            f"length of their sum with all the others squared: <b>g = {data['g']:.3f} e²/h</b>"
        )
        return (
            f"Arrows of the paths through a ring at flux {state['flux']:.2f} h/e: {lower:.2f} long "
            f"through the lower arm, {upper:.2f} through the upper one, which the flux has turned "
            f"by {360 * state['flux'] % 360:.0f} degrees; the sum squared is g = {data['g']:.3f}."
        )


@lru_cache(maxsize=64)
def _sorted(energy, offset, disorder):
    """Transmitted amplitudes by winding of a ring with one open channel."""
    found = windings(narrow_ring(offset, disorder, 1), energy)
    amplitudes = found.amplitude[:, 1, 0]
    amplitudes = amplitudes * np.exp(-1j * np.angle(found.of(0)[1, 0]))  # blue points to the right
    line = np.abs(found.at(_LINE)[:, 1, 0]) ** 2
    return {"numbers": found.number, "amplitudes": amplitudes, "line_g": line}
