"""Measure: the share of a state and the ratio of its levels, by size: one's own scaling."""

import numpy as np
import traitlets

from ...anderson import AndersonModel, eigenstates, fractal_dimension, spacing_ratio
from ...anderson.witnesses import POISSON
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, style_axes
from ...widgets.controls import seed, slider
from ._states import levels

SIZES = (6, 8, 10)
MOST = 40
_GOE = 0.5307


class MeasureExplorer(PlayableExplorer):
    """P2 against the size with its slope D2, and the spacing ratio, for a disorder.

    Take W = 5, 16.5 and 30, and add samples for each. Where does the ratio of spacings fall with
    the size, where does it not? What is the slope D₂?
    """

    name, title = "anderson_measure", "Measure without a network"
    computed_by = (AndersonModel, eigenstates, fractal_dimension, spacing_ratio)
    columns = (
        ("size", np.array(SIZES)),
        ("mean_p2", "mean"),
        ("spacing_ratio", "ratio"),
        ("standard_error", "error"),
    )
    counts = "samples"
    plays = "Add samples"

    path = (
        Stop(
            "A metal, W = 5, in three sizes. How does the number of sites grow with the size, "
            "and what is the mean ratio of spacings?",
            "The slope D₂ is close to 3: twice the edge, nearly eight times the sites. The ratio "
            "lies near 0.53, since states that share sites repel, with the scatter of only "
            "sixteen samples.",
            {"strength": 5.0, "samples": 16},
        ),
        Stop(
            "Now W = 30. What will the two measures say?",
            "The slope is near zero: a larger crystal does not make the state larger. The ratio "
            "has gone down towards 0.386, that of levels that know nothing of each other.",
            {"strength": 5.0},
            {"strength": 30.0},
        ),
        Stop(
            "And W = 16.5, at the transition?",
            "Neither: the slope lies between one and two, for the state is a fractal, with gaps "
            "of all sizes. The ratio shows no trend with the size, within its scatter. This is "
            "what makes a transition visible: only there does nothing change with the size.",
            {"strength": 30.0},
            {"strength": 16.5},
        ),
    )

    strength = traitlets.Float(5.0).tag(control=slider("Disorder W", "t", 2, 40, 0.5))
    samples = traitlets.Int(8).tag(control=slider("Samples of each size", "", 1, MOST, 1))
    seed = traitlets.Int(1).tag(control=seed("First pattern"))
    compute_depends = ("strength", "seed")

    def prepare(self):
        figure = new_figure(10.4, 4.3)
        left, right = figure.subplots(1, 2)
        style_axes(left, "size L", "⟨P₂⟩ of the states near E = 0", "how many sites share it")
        style_axes(right, "size L", "ratio of level spacings ⟨r⟩", "do levels repel?")
        left.set(xscale="log", yscale="log", xlim=(5.4, 11.4), ylim=(8e-4, 1.2))
        left.set_xticks(SIZES, [str(s) for s in SIZES])
        left.minorticks_off()
        right.set(xlim=(5, 11), ylim=(0.3, 0.62), xticks=SIZES)
        self._cloud = left.plot([], [], ".", color="#B5B5B5", ms=5)[0]
        self._share = left.plot([], [], "o", color=COLORS["blue"], ms=9)[0]
        self._slope = left.plot([], [], color=COLORS["blue"], lw=1.6)[0]
        sizes = np.array(SIZES, float)
        left.plot(sizes, 3 / sizes**3, "--", color=COLORS["green"], lw=1.5)
        left.text(6.0, 3.4e-3, "spread over all: 3/N", color=COLORS["green"], fontsize=10)
        self._ratio = right.plot([], [], "o", color=COLORS["orange"], ms=9)[0]
        self._bars = right.vlines(SIZES, 0, 0, color=COLORS["orange"], lw=2)
        right.axhline(_GOE, color=COLORS["green"], ls="--", lw=1.5)
        right.axhline(POISSON, color=COLORS["red"], ls="--", lw=1.5)
        right.text(
            10.9,
            _GOE + 0.006,
            "repelling levels, accepted 0.5307",
            ha="right",
            color=COLORS["green"],
            fontsize=10,
        )
        right.text(
            10.9,
            POISSON - 0.016,
            "free levels, 2 ln 2 − 1",
            ha="right",
            color=COLORS["red"],
            fontsize=10,
        )
        self._words = left.text(
            0.97, 0.95, "", ha="right", va="top", transform=left.transAxes, color=COLORS["blue"]
        )
        live = LiveFigure(figure)
        live.animated(self._cloud, self._share, self._slope, self._ratio, self._bars, self._words)
        return live

    def compute(self, strength, seed):
        return _measured(strength, 1, seed)

    def compute_slow(self, state):
        """All samples; the picture has the first one at once."""
        for n in range(2, state["samples"] + 1):
            if self.outdated():
                return {}
            _measured(state["strength"], n, state["seed"])
        return _measured(**state)

    def draw(self, data, state):
        sizes = np.array(SIZES, float)
        mean, slope = data["mean"], data["dimension"]
        self._cloud.set_data(np.repeat(sizes, data["shares"].shape[1]), data["shares"].ravel())
        self._share.set_data(sizes, mean)
        middle = np.exp(np.log(mean).mean() + slope * np.log(sizes).mean())
        self._slope.set_data(sizes, middle * sizes**-slope)
        self._ratio.set_data(sizes, data["ratio"])
        low, high = data["ratio"] - data["error"], data["ratio"] + data["error"]
        self._bars.set_segments(
            [[(s, a), (s, b)] for s, a, b in zip(sizes, low, high, strict=True)]
        )
        self._words.set_text(f"D₂ = {slope:.2f}")
        self.readout = (
            f"W = {state['strength']:g}, samples: {data['shares'].shape[1]}; "
            f"slope <b>D₂ = {slope:.2f}</b>"
            f" (3 is spread out, 0 is localised); ⟨r⟩ = "
            + ", ".join(
                f"{r:.3f} ± {e:.3f}" for r, e in zip(data["ratio"], data["error"], strict=True)
            )
        )
        return (
            f"Disorder {state['strength']:g}: the slope D2 of the participation is {slope:.2f}, "
            f"and the ratio of spacings at size 10 is {data['ratio'][-1]:.3f}."
        )


def _measured(strength, samples, seed):
    """Shares and ratios of all sizes, with the slope of the shares."""
    found = np.array(
        [
            [levels(size, round(strength, 2), 1000 * seed + n) for n in range(samples)]
            for size in SIZES
        ]
    )
    shares, ratios = found[..., 0], found[..., 1]
    error = ratios.std(1, ddof=1) / np.sqrt(samples) if samples > 1 else np.full(3, 0.1)
    mean = shares.mean(1)
    return {
        "shares": shares,
        "mean": mean,
        "ratio": ratios.mean(1),
        "error": error,
        "dimension": fractal_dimension(SIZES, mean),
    }
