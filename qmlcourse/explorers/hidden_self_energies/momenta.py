"""What one more momentum is worth: the posterior of the gap before any fit."""

import numpy as np
import traitlets

from ...self_energy import HiddenFermion, measured_curves, posterior
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, style_axes

_W = np.linspace(0, 0.2, 81)
_ORDER = (0.0, -0.06, -0.15, 0.05, -0.1, -0.2, -0.03)


class MomentaExplorer(Explorer):
    """Standard deviation of Re Σ_ano(0) and of Im Σ_ano for an experiment that is planned.

    One momentum: raise the counts from a thousand to a million. Then go back to ten thousand and
    add a second momentum. Which of the two is the better use of beam time?
    """

    name, title = "hidden_momenta", "Plan the experiment"
    computed_by = (HiddenFermion, measured_curves, posterior)
    columns = (("energy_mev", 1e3 * _W), ("before_mev", "before"), ("after_mev", "after"))
    compute_depends = ()
    path = (
        Stop(
            "Before any fit: how well would an experiment know the anomalous part? The grey bar is "
            "what is known without data (laws and smoothness), the green one with data. First a "
            "hundred times the counts at one momentum. How much is gained?",
            "Next to nothing: from ± 252 to ± 242 meV. The value itself is 94. The same sum is "
            "known more exactly, and the sum is not what is asked for.",
            {"momenta": 1, "log_counts": 4.0, "resolution": 10.0},
            {"log_counts": 6.0},
        ),
        Stop(
            "Back to ten thousand counts, and one more momentum, which doubles the time. How much "
            "now?",
            "A factor of ten: ± 26 meV. A third momentum gives another ten, ± 3. Then it is the "
            "counts' turn.",
            {"momenta": 1, "log_counts": 4.0},
            {"momenta": 2},
        ),
    )

    momenta = traitlets.Int(1).tag(control=slider("Momenta", "", 1, 7, 1))
    log_counts = traitlets.Float(4.0).tag(
        control=slider("Counts at the peak, log₁₀", "", 3, 6, 0.5)
    )
    resolution = traitlets.Float(10.0).tag(control=slider("Resolution", "meV", 3, 30, 1))
    slow_depends = ("momenta", "log_counts", "resolution")

    def prepare(self):
        figure = new_figure(9.4, 4.2)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.2])
        style_axes(left, "", "sd of Re Σ_ano(0) (meV)", "what is known about Σ_ano(0)")
        style_axes(right, "energy (meV)", "sd of Im Σ_ano (meV)", "and about its peak", grid=True)
        self._bars = left.bar(
            ["before", "after"], [1, 1], color=[COLORS["grey"], COLORS["green"]], width=0.6
        )
        left.set(yscale="log", ylim=(0.3, 1000))
        left.axhline(1e3 * HiddenFermion().gap_parameter(), color=COLORS["red"], ls=":", lw=1.8)
        left.text(1, 105, "Re Σ_ano(0) itself", ha="center", color="#333333")
        self._before = right.plot([], [], color=COLORS["grey"], ls="--", label="before")[0]
        self._after = right.plot([], [], color=COLORS["green"], label="after")[0]
        right.set(yscale="log", xlim=(0, 200), ylim=(0.3, 1000))
        right.legend(loc="lower right")
        live = LiveFigure(figure)
        live.animated(*self._bars, self._before, self._after)
        return live

    def compute_slow(self, state):
        truth = HiddenFermion()
        data = measured_curves(
            truth,
            _ORDER[: state["momenta"]],
            counts=10 ** state["log_counts"],
            resolution=state["resolution"] / 1e3,
        )
        found = posterior(data, truth)
        before, after = found.anomalous_deviations(_W)
        return {
            "gap": tuple(1e3 * v for v in found.gap_parameter_deviations()),
            "before": 1e3 * before,
            "after": 1e3 * after,
            "informative": found.informative,
        }

    def draw(self, data, state):
        if "gap" not in data:
            return "Standard deviations of the gap, being computed."
        for bar, height in zip(self._bars, data["gap"], strict=True):
            bar.set_height(height)
        self._before.set_data(1e3 * _W, np.maximum(data["before"], 1e-3))
        self._after.set_data(1e3 * _W, np.maximum(data["after"], 1e-3))
        self.readout = (
            f"{state['momenta']} moment{'um' if state['momenta'] == 1 else 'a'}, "
            f"10<sup>{state['log_counts']:g}</sup> counts: Re Σ_ano(0) to <b>± "
            f"{data['gap'][1]:.1f} meV</b> (before: ± {data['gap'][0]:.0f}); "
            f"{data['informative']} directions are learned"
        )
        return (
            f"With {state['momenta']} momenta and 10^{state['log_counts']:g} counts the anomalous "
            f"part at zero energy is known to {data['gap'][1]:.1f} meV, before to "
            f"{data['gap'][0]:.0f} meV."
        )
