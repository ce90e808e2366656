"""Which energies make the gap: a window on the Kramers-Kronig integral."""

import numpy as np
import traitlets

from ...self_energy import Eliashberg, HiddenFermion, gap_budget, nodes
from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider, style_axes

_AT = nodes(801)
_TRUTHS = {"hidden fermion": "hidden", "one boson": "boson"}


class BudgetExplorer(Explorer):
    """Im Σ_ano, a window on it, and its share of Re Σ_ano(0).

    Drag the shaded window. Which energies must it hold to make nine tenths of Re Σ_ano(0), and
    where do the two superconductors differ?
    """

    name, title = "hidden_budget", "Where the pairing comes from"
    computed_by = (Eliashberg, HiddenFermion, gap_budget)
    columns = (("energy_mev", "energy"), ("im_anomalous_mev", "anomalous"))
    path = (
        Stop(
            "On the left the density of the pairing over energy, with a window that you may drag; "
            "on the right its share of Re Σ_ano(0), added up from zero. Where does the hidden "
            "fermion's pairing come from?",
            "From its peak, and from nowhere else: the blue curve rises there from 0 to 100 %.",
            {"truth": "hidden"},
        ),
        Stop(
            "Now a superconductor that pairs by one boson (Eliashberg's theory). Does its blue "
            "curve rise to 100 % and stay?",
            "It overshoots, and comes down again: above the boson's energies the density is "
            "negative there, which is repulsion. Each energy has a share, and a share may be "
            "negative.",
            {"truth": "hidden"},
            {"truth": "boson"},
        ),
    )

    middle = traitlets.Float(64.0).tag(control=slider("Middle of the window", "meV", 5, 250, 1))
    half = traitlets.Float(20.0).tag(control=slider("Half width", "meV", 2, 100, 1))
    truth = traitlets.Unicode("hidden").tag(control=choice("Superconductor", _TRUTHS))

    def prepare(self):
        figure = new_figure(9.0, 4.2)
        left, right = figure.subplots(1, 2, width_ratios=[1.6, 1])
        style_axes(left, "energy (meV)", "Im Σ_ano (meV)", "anomalous part (computed, no data)")
        style_axes(right, "upper end of the energies (meV)", "share of Re Σ_ano(0) (%)", "added up")
        self._line = left.plot([], [], color=COLORS["green"])[0]
        self._window = left.axvspan(0, 1, color=COLORS["orange"], alpha=0.3, lw=0)
        self._sum = right.plot([], [], color=COLORS["blue"])[0]
        left.axhline(0, color="#AAAAAA", lw=1)
        right.axhline(100, color="#AAAAAA", lw=1, ls=":")
        left.set(xlim=(0, 300), ylim=(-50, 350))
        right.set(xlim=(0, 300), ylim=(-40, 140))
        self._left = left
        live = LiveFigure(figure)
        live.animated(self._window, self._line, self._sum)
        live.on_drag(left, lambda x, y: setattr(self, "middle", _step(x)))
        live.on_arrows(lambda dx, dy: setattr(self, "middle", _step(self.middle + dx)))
        return live

    def compute(self, middle, half, truth):
        source = _source(truth)
        density = -source.components(_AT).anomalous.imag / np.pi
        ends = np.linspace(1, 300, 60)
        low, high = max(middle - half, 0) / 1e3, (middle + half) / 1e3
        fine = np.linspace(0, _AT[-1], 6001)[1:]
        rising = np.cumsum(np.interp(fine, _AT, density) / fine)
        return {
            "energy": 1e3 * _AT,
            "anomalous": -1e3 * np.pi * density,
            "ends": ends,
            "added": 100 * np.interp(ends / 1e3, fine, rising) / rising[-1],
            "share": float(gap_budget(_AT, density, low, high)[0]),
            "gap": 1e3 * source.gap_parameter(),
        }

    def draw(self, data, state):
        self._line.set_data(data["energy"], data["anomalous"])
        low = max(state["middle"] - state["half"], 0)
        self._window.set_x(low)
        self._window.set_width(state["middle"] + state["half"] - low)
        self._sum.set_data(data["ends"], data["added"])
        top = np.abs(data["anomalous"]).max()
        if not 0.4 * self._left.get_ylim()[1] < top < self._left.get_ylim()[1]:
            self._left.set_ylim(-0.6 * top, 1.2 * top)
        self.readout = (
            f"the window makes <b>{100 * data['share']:.0f} %</b> of Re Σ_ano(0) = "
            f"{data['gap']:.0f} meV".replace("-", "−")
        )
        return (
            f"The imaginary part of the anomalous self-energy with a window around "
            f"{state['middle']:.0f} meV that makes {100 * data['share']:.0f} percent of the gap."
        )


def _source(name):
    return HiddenFermion() if name == "hidden" else Eliashberg()


def _step(x):
    return float(round(min(max(x, 5), 250)))
