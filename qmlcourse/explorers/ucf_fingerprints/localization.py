"""The average over wires: fluctuations fade, a dip at zero field stays."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import (
    DisorderedWire,
    conductance_variance,
    magnetoconductance,
    weak_localization,
)
from ...widgets import COLORS, LiveFigure, PlayableExplorer, new_figure, slider, style_axes
from ..shared.wire_picture import steady_ticks
from ._wires import FLUX_LABEL, G_LABEL

MOST, BLOCK = 400, 10
_UNIT = 2  # wires that are computed together: the first ones are drawn at once
ENERGY = -0.85
QUANTA = np.linspace(0, 12, 21)
_STRONG = 5.0  # flux quanta from which the dip is over


class WeakLocalizationExplorer(PlayableExplorer):
    """g(B) of single wires and their mean, as more and more wires are measured.

    Press play: each frame measures ten more wires. The wiggles of the mean shrink as one over the
    root of their number. What does not shrink?
    """

    name, title = "ucf_localization", "The average of many wires"
    computed_by = (DisorderedWire, conductance_variance, magnetoconductance, weak_localization)
    counts = "samples"
    stride = BLOCK
    plays = "Measuring"

    samples = traitlets.Int(20).tag(
        control=slider("Wires averaged", "", BLOCK, MOST, BLOCK, help="Each with other disorder")
    )
    length = traitlets.Int(60).tag(control=slider("Length", "sites", 20, 80, 10))
    disorder = traitlets.Float(2.0).tag(control=slider("Disorder W", "t", 1, 3, 0.25))
    width = traitlets.Int(16).tag(control=slider("Width", "sites", 8, 20, 2), group="more")

    def prepare(self):
        figure = new_figure(8.8, 4.7)
        ax = style_axes(figure.subplots(), FLUX_LABEL, G_LABEL, grid=True)
        self._single = [ax.plot([], [], color="#C4C4C4", lw=1.2)[0] for _ in range(4)]
        self._band = ax.fill_between([0, 1], 0, 0, color=COLORS["blue"], alpha=0.25, lw=0)
        self._mean = ax.plot([], [], color=COLORS["blue"], lw=3, label="mean, with its error")[0]
        self._single[0].set_label("single wires")
        self._level = ax.plot([], [], color=COLORS["orange"], ls=(0, (5, 3)), lw=1.8)[0]
        self._arrow = ax.plot([], [], color=COLORS["red"], lw=2.4, marker="_", ms=10)[0]
        ax.set_xlim(-QUANTA[-1], QUANTA[-1])
        ax.legend(loc="upper right", ncol=2)
        steady_ticks(ax)
        self._ax = ax
        live = LiveFigure(figure)
        live.animated(*self._single, self._band, self._level, self._mean, self._arrow)
        return live

    def compute(self, samples, length, disorder, width):
        """What is known already is drawn at once: the rest comes from the worker."""
        known = [_unit(0, length, width, disorder)]
        for n in range(1, samples // _UNIT):
            if (n, length, width, disorder) not in _KNOWN:
                break
            known.append(_unit(n, length, width, disorder))
        return {"g": np.concatenate(known)}

    def compute_slow(self, state):
        part = state["length"], state["width"], state["disorder"]
        found = []
        for n in range(state["samples"] // _UNIT):
            if self.outdated():
                return None
            found.append(_unit(n, *part))
        return {"g": np.concatenate(found)}

    def draw(self, data, state):
        g = data["g"]
        mean = magnetoconductance(g)
        dip = weak_localization(QUANTA, g, _STRONG)
        spread = conductance_variance(g)
        # g(-B) = g(B) for each wire (the twins above show it): the left half is the right one
        both = np.concatenate([-QUANTA[:0:-1], QUANTA])
        for line, curve in zip(self._single, g, strict=False):
            line.set_data(both, _mirrored(curve))
        value, error = _mirrored(mean.value), _mirrored(mean.error)
        self._mean.set_data(both, value)
        corners = [np.c_[both, value - error], np.c_[both, value + error][::-1]]
        self._band.set_verts([np.concatenate(corners)])
        level = mean.value[QUANTA >= _STRONG].mean()
        self._level.set_data(both[[0, -1]], [level, level])
        self._arrow.set_data([0, 0], [mean.value[0], level])
        self._fit(g[:4], mean.value)
        self.readout = (
            f"mean of {len(g)} wires: dip at zero field <b>{float(dip):.3f} ± {dip.error:.3f}"
            f" e²/h</b>; variance of single wires {spread.value[0]:.3f} at zero field"
        )
        return (
            f"Conductance against flux of four wires and the mean of {len(g)}: the mean dips by "
            f"{float(dip):.3f} e²/h at zero field."
        )

    def table(self, data, state):
        mean = magnetoconductance(data["g"])
        return {"flux_quanta": QUANTA, "mean_g": mean.value, "error": mean.error}

    def _fit(self, single, mean):
        low, high = min(single.min(), mean.min()), max(single.max(), mean.max())
        now = self._ax.get_ylim()
        if low < now[0] or high > now[1] - 0.3 or high - low < 0.35 * (now[1] - now[0]):
            self._ax.set_ylim(max(low - 0.15, 0), high + 0.5)


_KNOWN = set()


@lru_cache(maxsize=4096)
def _unit(number, length, width, disorder):
    """(wire, field): two wires at all fields; unit n has the seeds 2 n and 2 n + 1."""
    wire = DisorderedWire(length, width)
    on_site = wire.potential(disorder, range(_UNIT * number, _UNIT * (number + 1)))
    g = wire.conductance(ENERGY, QUANTA / (length * width), on_site)
    _KNOWN.add((number, length, width, disorder))
    return g


def _mirrored(curve):
    return np.concatenate([curve[:0:-1], curve])
