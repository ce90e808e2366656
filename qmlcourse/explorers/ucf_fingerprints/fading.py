"""When the fingerprint fades: temperature averages over energies, length over coherent pieces."""

from functools import cache, lru_cache

import numpy as np
import traitlets

from ...transport import self_averaging, thermal_average, thermal_fluctuations
from ...transport.wires import warm_wires
from ...transport.wires.warm_wires import shipped_pool
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider
from ..shared.wire_picture import steady_ticks
from ._wires import FLUX_LABEL, G_LABEL

_TEMPERATURES = np.array([0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06])
_PIECES = np.array([1, 2, 3, 4, 6, 8])


class FadingExplorer(Explorer):
    """A fingerprint cold and warm, of one coherent piece and of several in series.

    Warm the wire, then put coherent pieces in series. Which features go first, the narrow ones or
    the wide ones? By which factor when you take four pieces?
    """

    name, title = "ucf_fading", "When the fingerprint fades"
    computed_by = (self_averaging, thermal_average, thermal_fluctuations, shipped_pool)
    columns = (("flux_quanta", "quanta"), "cold", ("as_set", "warm"))

    path = (
        Stop(
            "Warm the wire from zero to kT = 0.06. By how much does the swing of the curve fall, "
            "and why should it fall at all?",
            "From 0.21 to 0.04. A warm wire conducts with a window of energies, some 4kT wide. A "
            "wave of another energy has another phase at the end of each path, so each energy has "
            "a fingerprint of its own, and the mean of many is flat. The longest paths, which make "
            "the narrowest wiggles, lose most, on average over wires: this one is an exception.",
            {"temperature": 0.0, "pieces": 1},
            {"temperature": 0.06},
        ),
        Stop(
            "Cold again, but eight coherent pieces in a row, each with its own fingerprint. What "
            "happens to the swing?",
            "Each piece wiggles by itself, and their resistances add: the wiggles average out, "
            "from 0.21 to 0.08 here. The law is a root of the number, and a cable has very many "
            "pieces.",
            {"temperature": 0.0, "pieces": 1},
            {"pieces": 8},
        ),
    )

    temperature = traitlets.Float(0.02).tag(
        control=slider("Temperature kT", "t", 0, 0.06, 0.01, help="Thermal energy, in hoppings")
    )
    pieces = traitlets.Int(1).tag(control=slider("Coherent pieces", "in series", 1, 8, 1))
    wire = traitlets.Int(1).tag(control=slider("First wire", "", 1, 24, 1), group="more")

    def prepare(self):
        figure = new_figure(8.8, 5.6)
        grid = figure.add_gridspec(2, 2, height_ratios=[1.2, 1])
        top = figure.panel(grid[0, :], FLUX_LABEL, G_LABEL, grid=True)
        left = figure.panel(grid[1, 0], "kT (t)", "rms of g (e²/h)", grid=True)
        right = figure.panel(grid[1, 1], "pieces in series", "rms(R) / ⟨R⟩", grid=True)
        self._cold = top.plot([], [], color=COLORS["grey"], lw=2, ls=(0, (4, 2)), label="cold")[0]
        self._warm = top.plot([], [], color=COLORS["blue"], lw=3, label="as set")[0]
        quanta = _pool().quanta
        top.set_xlim(quanta[0], quanta[-1])
        top.legend(loc="upper right", ncol=2)
        steady_ticks(top)
        self._draw_laws(left, right)
        self._now = [ax.axvline(1, color=COLORS["red"], lw=1.8) for ax in (left, right)]
        self._top = top
        live = LiveFigure(figure)
        live.animated(self._cold, self._warm, *self._now)
        return live

    def _draw_laws(self, left, right):
        """Root mean squares against temperature and number of pieces: they do not move."""
        pool = _pool()
        warm = thermal_fluctuations(pool.energies, pool.conductance, _TEMPERATURES)
        middle = pool.conductance[:, len(pool.energies) // 2]
        series = self_averaging(middle, _PIECES)
        laws = ((left, _TEMPERATURES, warm, "T"), (right, _PIECES, series, "n"))
        for ax, x, found, name in laws:
            ax.errorbar(x, found.value, found.error, color=COLORS["blue"], marker="o", capsize=3)
            rule = found.value[0] * np.sqrt(x[0] / x)
            label = f"${name}^{{-1/2}}$"
            ax.loglog(x, rule, ":", color=COLORS["grey"], label=label)
            ax.legend(loc="lower left")
        left.set_xticks([0.01, 0.02, 0.04], ["0.01", "0.02", "0.04"])
        right.set_xticks(_PIECES, [str(n) for n in _PIECES])
        left.set_yticks([0.1, 0.2, 0.3], ["0.1", "0.2", "0.3"])
        right.set_yticks([0.1, 0.2, 0.3], ["0.1", "0.2", "0.3"])
        for ax in (left, right):
            ax.minorticks_off()
        left.set(xlim=(0.008, 0.07), ylim=(0.09, 0.4))
        right.set(xlim=(0.85, 9.5), ylim=(0.06, 0.4))

    def compute(self, temperature, pieces, wire):
        chosen = (np.arange(pieces) + wire - 1) % warm_wires.WIRES
        return {
            "quanta": _pool().quanta,
            "cold": _at(0.0)[wire - 1],
            "warm": pieces / (1 / _at(temperature)[chosen]).sum(0),
        }

    def draw(self, data, state):
        self._cold.set_data(data["quanta"], data["cold"])
        self._warm.set_data(data["quanta"], data["warm"])
        both = np.concatenate([data["cold"], data["warm"]])
        low, high = self._top.get_ylim()
        if both.min() < low or both.max() > high - 0.2 or np.ptp(both) < 0.35 * (high - low):
            self._top.set_ylim(both.min() - 0.1, both.max() + 0.45)
        # the line at the left edge stands for zero temperature, which a logarithm does not show
        self._now[0].set_xdata([max(state["temperature"], 0.0083)] * 2)
        self._now[1].set_xdata([state["pieces"]] * 2)
        cold, warm = data["cold"].std(ddof=1), data["warm"].std(ddof=1)
        self.readout = (
            f"this curve swings by <b>{warm:.3f} e²/h</b> (rms over the field); cold and single: "
            f"{cold:.3f}"
        )
        return (
            f"A fingerprint at kT = {state['temperature']:g} with {state['pieces']} pieces in "
            f"series: it swings by {warm:.3f} e²/h, the cold single piece by {cold:.3f}."
        )


@cache
def _pool():
    return warm_wires.shipped_pool()


@lru_cache(maxsize=32)
def _at(temperature):
    """(wire, field): g of all wires of the pool at a temperature."""
    pool = _pool()
    return thermal_average(pool.energies, pool.conductance, temperature, axis=1)
