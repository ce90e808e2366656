"""One electron in time: its wave packet splits, goes around, and meets itself."""

from functools import lru_cache

import matplotlib
import numpy as np
import traitlets
from matplotlib.patches import Rectangle

from ...transport import ABRing, wave_packet
from ...widgets import COLORS, SEQUENTIAL, LiveFigure, PlayableExplorer, Stop, new_figure, slider
from ._rings import narrow_ring

_STEP, _STEPS = 1.5, 60
_TIMES = _STEP * np.arange(_STEPS + 1)
_LEAD = 30  # columns of each lead on show
_WIDTH = 7.0


class PacketExplorer(PlayableExplorer):
    """The density of one electron at successive times, and how much of it has come through.

    Play it without flux, then with half a flux quantum. Up to when are the two films alike?
    """

    name, title = "ab_packet", "One electron on its way through the ring"
    computed_by = (ABRing, wave_packet)
    columns = (("time", _TIMES), "passed", "returned")
    counts = "step"
    interval = 0.08
    plays = "Let time run"
    path = (
        Stop(
            "Play the film without flux. Follow the bright spot. What happens at the two forks?",
            "At the entrance the wave splits: it takes both arms, not one of them. At the exit the "
            "two parts meet and go on together, and a part is thrown back at each fork.",
            {"flux": 0.0, "step": 0},
        ),
        Stop(
            "Now with half a flux quantum, from the beginning. In which moment does this film "
            "begin to differ from the first?",
            "When the two parts meet, and not before. Each part alone looks the same as without "
            "flux: its density does not know of the magnet. Only their relative phase does, and a "
            "phase shows where two waves overlap. Here they cancel, and the exit stays dark.",
            {"flux": 0.5, "step": 0},
        ),
    )

    step = traitlets.Int(0).tag(control=slider("Time", f"× {_STEP} ħ/t", 0, _STEPS, 1))
    flux = traitlets.Float(0.0).tag(control=slider("Flux Φ", "h/e", 0, 1, 0.05))
    energy = traitlets.Float(-2.8).tag(
        control=slider("Mean energy", "t", -3.0, -2.3, 0.1), group="more"
    )
    disorder = traitlets.Float(0.0).tag(control=slider("Disorder W", "t", 0, 2, 0.2), group="more")

    def prepare(self):
        figure = new_figure(8.8, 4.9)
        top, bottom = figure.subplots(2, 1, height_ratios=[1.9, 1])
        self._picture, self._chart = top, bottom
        self._picture.set_axis_off()
        self._picture.set_aspect("equal")
        one = narrow_ring()
        edge = _LEAD + int(one.extent)
        high = one.extent + 1.5
        self._picture.set(xlim=(-edge - 0.5, edge + 0.5), ylim=(-high, high))
        rows = one.lead_width
        for x in (-edge - 0.5, one.inner_radius):
            strip = Rectangle((x, -rows / 2), edge + 0.5 - one.inner_radius, rows, lw=0)
            strip.set_color("#E9E9E9")
            self._picture.add_patch(strip)
        self._image = self._picture.imshow(
            np.zeros((3, 3, 4)), extent=(-edge - 0.5, edge + 0.5, -high + 1, high - 1), zorder=3
        )
        self._hole = self._picture.text(0, 0, "", ha="center", va="center", color=COLORS["red"])
        words = {"fontsize": 12, "color": "#444444", "va": "bottom"}
        self._picture.text(-edge, 2.5, "in →", ha="left", **words)
        self._picture.text(edge, 2.5, "→ out", ha="right", **words)
        self._chart.set_xlabel("time (ħ/t)")
        self._chart.set_ylabel("probability")
        self._chart.grid(True)
        self._passed = self._chart.plot([], [], color=COLORS["blue"], label="has come through")[0]
        self._back = self._chart.plot(
            [], [], color=COLORS["grey"], ls=(0, (4, 2)), label="before the ring"
        )[0]
        self._now = self._chart.axvline(0, color=COLORS["red"], lw=1.6)
        self._chart.set(xlim=(0, _TIMES[-1]), ylim=(0, 1.02))
        self._chart.legend(loc="center left")
        live = LiveFigure(figure)
        live.animated(self._image, self._hole, self._passed, self._back, self._now)
        live.on_drag(self._chart, lambda x, y: setattr(self, "step", _on_grid(x)))
        return live

    def compute(self, step, flux, energy, disorder):
        film = _film(flux, energy, disorder)
        return {
            "density": film["density"][step],
            "mask": film["mask"],
            "passed": film["passed"],
            "returned": film["returned"],
        }

    def draw(self, data, state):
        step = state["step"]
        strength = np.clip(1.6 * data["density"], 0, 1) ** 0.5
        colours = matplotlib.colormaps[SEQUENTIAL](strength)
        colours[~data["mask"]] = (1, 1, 1, 0)
        self._image.set_data(np.swapaxes(colours, 0, 1))
        self._hole.set_text(f"Φ = {state['flux']:.2f} h/e")
        self._passed.set_data(_TIMES, data["passed"])
        self._back.set_data(_TIMES, data["returned"])
        self._now.set_xdata([_TIMES[step]] * 2)
        passed, back = data["passed"][step], data["returned"][step]
        self.readout = (
            f"t = {_TIMES[step]:.1f} ħ/t: in the ring {100 * (1 - passed - back):.0f} %, through "
            f"<b>{100 * passed:.0f} %</b>"
        )
        return (
            f"Density of one electron at time {_TIMES[step]:.1f} with {state['flux']:.2f} h/e in "
            f"the hole: {100 * back:.0f} % before the ring, {100 * passed:.0f} % have passed it."
        )


@lru_cache(maxsize=16)
def _film(flux, energy, disorder):
    one = narrow_ring(0, disorder, 1)
    packet = wave_packet(one, energy, _TIMES, flux, width=_WIDTH, shown=_LEAD)
    density = np.abs(packet.wave) ** 2
    inside = np.zeros(density.shape[1:], bool)
    rows = np.isin(packet.y, range(-(one.lead_width // 2), one.lead_width // 2 + 1))
    inside[:, rows] = True
    inside[_LEAD:-_LEAD] = one.mask  # its leads begin where it is widest
    return {
        "density": (density / density[: len(_TIMES) // 2].max()).astype(np.float32),
        "mask": inside,
        "passed": packet.passed,
        "returned": packet.returned,
    }


def _on_grid(time):
    return int(np.clip(round(time / _STEP), 0, _STEPS))
