"""Universal: the variance of g over 200 wires, whatever their length, width and disorder."""

import numpy as np
import traitlets

from ...transport import DisorderedWire, conductance_variance
from ...widgets import COLORS, LiveFigure, new_figure, seed, slider, style_axes
from ._points import PointsExplorer
from ._wires import MANY, MANY_ENERGY, few_wires, many_wires

_BINS = np.arange(0, 8.01, 0.2)
_STRONG = 0.006  # largest flux a plaquette: beyond, the field closes channels


class UniversalExplorer(PointsExplorer):
    """Histograms of g without and with a field, and a map of variances that fills up.

    Change length, width and disorder and watch the points pile up. Where do they lie on the dashed
    lines, and where do they leave them?
    """

    name, title = "ucf_universal", "Two hundred wires"
    computed_by = (DisorderedWire, conductance_variance)

    length = traitlets.Int(60).tag(control=slider("Length", "sites", 20, 140, 10))
    width = traitlets.Int(16).tag(control=slider("Width", "sites", 8, 24, 2))
    disorder = traitlets.Float(2.0).tag(control=slider("Disorder W", "t", 1, 4, 0.25))
    seed = traitlets.Int(0).tag(control=seed("Seed of the wires"), group="more")

    def prepare(self):
        figure = new_figure(8.8, 4.8)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.15])
        style_axes(left, "conductance g (e²/h)", "wires", f"{MANY} wires")
        style_axes(right, "mean conductance ⟨g⟩ (e²/h)", "variance of g", grid=True)
        width = _BINS[1] - _BINS[0]
        looks = ((0, "blue", None, "no field"), (1, "orange", "////", "strong field"))
        self._bars = [
            left.bar(
                _BINS[:-1],
                np.zeros(len(_BINS) - 1),
                width,
                align="edge",
                alpha=0.55,
                color=COLORS[colour],
                hatch=hatch,
                edgecolor="white",
                lw=0,
                label=label,
            )
            for _, colour, hatch, label in looks
        ]
        left.set(xlim=(0, 6), ylim=(0, 60))
        left.legend(loc="upper right")
        for value, text, colour in ((2 / 15, "2/15", "blue"), (1 / 15, "1/15", "orange")):
            right.axhline(value, color=COLORS[colour], ls=(0, (5, 3)), lw=1.6)
            right.annotate(text, (7.9, value), ha="right", va="bottom", color="#333333")
        right.set(xlim=(0.1, 8), xscale="log", ylim=(0, 0.3))
        right.set_xticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
        right.minorticks_off()
        self._dots = [
            right.plot([], [], marker, color=COLORS[colour], ms=6, mec="white")[0]
            for colour, marker in (("blue", "o"), ("orange", "s"))
        ]
        self._errors = [
            right.vlines([], [], [], color=COLORS[c], lw=1.6) for c in ("blue", "orange")
        ]
        self._now = right.plot([], [], "o", mfc="none", mec=COLORS["red"], ms=14, mew=2)[0]
        self._axes = left, right
        live = LiveFigure(figure)
        live.animated(*(bar for bars in self._bars for bar in bars))
        live.animated(*self._errors, *self._dots, self._now)
        return live

    def compute(self, length, width, disorder, seed):
        flux = min(_STRONG, 12 / (length * width))
        wire = DisorderedWire(length, width)
        few = few_wires(wire, disorder, seed)
        return {
            "quanta": flux * length * width,
            "channels": wire.open_channels(MANY_ENERGY, [0.0, flux]),
            "g": wire.conductance(MANY_ENERGY, [0.0, flux], few),
        }

    def compute_slow(self, state):
        wire = DisorderedWire(state["length"], state["width"])
        flux = [0.0, min(_STRONG, 12 / (wire.length * wire.width))]
        g = many_wires(
            self,
            wire,
            state["disorder"],
            state["seed"],
            lambda on_site: wire.conductance(MANY_ENERGY, flux, on_site),
        )
        if g is None:
            return None
        return {"g": g, "variance": conductance_variance(g)}

    def draw(self, data, state):
        here = tuple(state.values())
        g = data["g"]
        variance = data.get("variance") or conductance_variance(g)
        if "variance" in data:
            self.points[here] = (g.mean(0), variance.value, variance.error)
        for n, bars in enumerate(self._bars):
            heights = np.histogram(g[:, n], _BINS)[0]
            for bar, height in zip(bars, heights, strict=True):
                bar.set_height(height)
        points = np.array(list(self.points.values())).reshape(-1, 3, 2)
        means, values, errors = np.moveaxis(points, 1, 0)
        for n in (0, 1):
            self._dots[n].set_data(means[:, n], values[:, n])
            ends = [values[:, n] - errors[:, n], values[:, n] + errors[:, n]]
            x = means[:, n]
            self._errors[n].set_segments(np.stack([np.stack([x, e], -1) for e in ends], 1))
        self._now.set_data(g.mean(0), variance.value)
        before, after = data["channels"]
        (v1, v2), (e1, e2) = variance.value, variance.error
        self.readout = (
            f"{len(g)} wires: variance <b>{v1:.3f} ± {e1:.3f}</b> without field, "
            f"<b>{v2:.3f} ± {e2:.3f}</b> with {data['quanta']:.0f} flux quanta; {before} open "
            f"channels, {after} in the field"
        )
        return (
            f"Histograms of g for {len(g)} wires of {state['length']} by {state['width']} sites, "
            f"variance {v1:.3f} without field and {v2:.3f} with one, among {len(self.points)} "
            "settings on a map of variance against mean conductance."
        )

    def table(self, data, state):
        return {"g_no_field": data["g"][:, 0], "g_strong_field": data["g"][:, 1]}
