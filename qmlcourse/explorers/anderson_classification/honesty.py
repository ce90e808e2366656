"""Honesty: other seeds, sizes and windows; a softmax is not an error bar."""

from functools import lru_cache

import numpy as np
import traitlets

from ...anderson import AndersonModel, load_classifier, nearest_densities
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, seed, slider
from ._states import MODELS, NAMES, classifier, crossings

SIZE = 8
STATES = 8
TABLE = ("small-8", "near-8", "small-12", "paper-12")
_LABELS = ("8³", "8³, near\nwindow", "12³", "12³, nine\nlayers")


class HonestyExplorer(Explorer):
    """Eight states at one strength, as five networks see them, and all crossings in one picture.

    Left: each column is one state, each dot one network. Where do sure networks contradict each
    other? Right: which changes more, the seed, the window, the size, or the model?
    """

    name, title = "anderson_honesty", "A softmax is not an error bar"
    computed_by = (AndersonModel, load_classifier, nearest_densities)

    path = (
        Stop(
            "At W = 9, deep in the metal, all answers are more than 90 % sure, and the five "
            "networks agree on each of the eight states. Now W = 16.5, at the transition. Will "
            "they say that they do not know?",
            "Not all of them: nearly half of the answers are still more than 90 % sure, while on a "
            "quarter of the states the networks contradict each other. So a sure answer need not "
            "be a right one.",
            {"strength": 9.0, "seed": 0},
            {"strength": 16.5},
        ),
        Stop(
            "On the right stand the crossings of the box, with the spread of five networks each. "
            "Now Cauchy's energies, on which none was trained. Will the spread of the five tell "
            "how far they are off?",
            "No: they differ from each other by one or two per cent, and all lie 6 to 11 per cent "
            "too low. All five share what the training left out, so their spread cannot show it.",
            {"model": "box"},
            {"model": "cauchy"},
        ),
    )

    strength = traitlets.Float(16.5).tag(control=slider("Disorder W of the box", "t", 8, 27, 0.25))
    model = traitlets.Unicode("box").tag(control=choice("Crossings of", NAMES))
    window = traitlets.Unicode("small").tag(
        control=choice("Networks trained", {"far from W_c": "small", "near W_c": "near"})
    )
    seed = traitlets.Int(0).tag(control=seed("Eight states"))

    def prepare(self):
        figure = new_figure(10.4, 4.3)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.25])
        style_axes(left, "state", "probability of a metal", "single states, five networks")
        style_axes(right, "", "crossing over the accepted value", "every network's transition")
        left.set(xlim=(0.3, STATES + 0.7), ylim=(-0.04, 1.04), xticks=range(1, STATES + 1))
        left.axhline(0.5, color="#BBBBBB", lw=1)
        self._dots = left.plot([], [], "o", color=COLORS["blue"], ms=6, alpha=0.65)[0]
        self._bars = left.vlines([1], 0, 0, color=COLORS["sky"], lw=6, alpha=0.45)
        right.set(xlim=(-0.6, len(TABLE) - 0.4), ylim=(0.72, 1.28))
        right.set_xticks(range(len(TABLE)), _LABELS, fontsize=10)
        right.axhline(1, color=COLORS["black"], ls="--", lw=1.3)
        right.axhspan(0.97, 1.03, color=COLORS["green"], alpha=0.12, lw=0)
        self._each = right.plot([], [], "o", color=COLORS["orange"], ms=6, alpha=0.7)[0]
        self._mean = right.plot([], [], "_", color=COLORS["red"], ms=24, mew=3)[0]
        self._words = right.text(0.98, 0.97, "", ha="right", va="top", transform=right.transAxes)
        live = LiveFigure(figure)
        live.animated(self._bars, self._dots, self._each, self._mean, self._words)
        return live

    def compute(self, strength, model, window, seed):
        density = _eight(round(strength, 2), seed)
        said = classifier(f"metal-{window}-8").probabilities(density)[..., 1].numpy()
        rows = [crossings()[name, model] for name in TABLE]
        centres = np.array([row["centres"] for row in rows])
        return {
            "said": said,
            "centres": centres,
            "accepted": rows[0]["accepted"],
            "spread": [row["spread"] for row in rows],
            "mean": centres.mean(1),
        }

    def draw(self, data, state):
        said, accepted = data["said"], data["accepted"]
        count = said.shape[1]
        self._dots.set_data(np.tile(np.arange(1, count + 1), len(said)), said.ravel())
        self._bars.set_segments(
            [[(n + 1, said[:, n].min()), (n + 1, said[:, n].max())] for n in range(count)]
        )
        ratio = data["centres"] / accepted
        places = np.arange(len(ratio))
        shift = np.linspace(-0.18, 0.18, ratio.shape[1])
        self._each.set_data((places[:, None] + shift).ravel(), ratio.ravel())
        self._mean.set_data(places, ratio.mean(1))
        letter = MODELS[state["model"]][3]
        self._words.set_text(f"accepted {letter} = {accepted:g}; band: 3 %")
        sure = (np.maximum(said, 1 - said) > 0.9).mean()
        split = ((said > 0.5).any(0) & (said < 0.5).any(0)).mean()
        self.readout = (
            f"W = {state['strength']:g}: <b>{100 * sure:.0f} %</b> of the answers are more than "
            f"90 % sure; on <b>{100 * split:.0f} %</b> of the states the networks disagree. "
            f"Crossings: "
            + ", ".join(
                f"{label.replace(chr(10), ' ')} {m:.3g} ± {s:.2g}"
                for label, m, s in zip(_LABELS, data["mean"], data["spread"], strict=True)
            )
        )
        return (
            f"At disorder {state['strength']:g} the networks disagree on {100 * split:.0f} percent "
            f"of eight states; mean crossings over accepted: "
            + ", ".join(f"{r:.3f}" for r in ratio.mean(1))
        )

    def table(self, data, state):
        return {"classifier": np.array(TABLE)} | {
            f"network_{n + 1}": column for n, column in enumerate(data["centres"].T)
        }


@lru_cache(maxsize=256)
def _eight(strength, seed):
    return nearest_densities(AndersonModel(SIZE), 0.0, np.full(STATES, strength), seed)
