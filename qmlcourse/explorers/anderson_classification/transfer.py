"""Transfer: the network of the box model looks at models that it never saw."""

import numpy as np
import traitlets

from ...anderson import eigenstates, load_classifier
from ...widgets import COLORS, Explorer, LiveFigure, choice, new_figure, seed, slider
from ._states import MODELS, NAMES, crossings, probabilities, state
from ._voxels import centred

SIZE = 8
CLASSIFIERS = {"8³": "small-8", "12³": "small-12"}


class TransferExplorer(Explorer):
    """Live states of another model, five networks' answers, and the full curves.

    Change the model, then move its strength slowly. Do the five networks agree on single states?
    Where do their mean curves cross one half, and where is the accepted value?
    """

    name, title = "anderson_transfer", "Models it never saw"
    computed_by = (eigenstates, load_classifier)

    share = traitlets.Float(0.4).tag(control=slider("Strength, share of the range", "", 0, 1, 0.02))
    model = traitlets.Unicode("gaussian").tag(control=choice("Model", NAMES))
    seed = traitlets.Int(2).tag(control=seed("Pattern"))
    curves = traitlets.Unicode("small-12").tag(
        control=choice("Curves trained at", CLASSIFIERS), group="more"
    )

    def prepare(self):
        figure = new_figure(10.4, 4.2)
        grid = figure.add_gridspec(1, 3, width_ratios=[0.9, 0.75, 1.45])
        picture = figure.panel(grid[0, 0], title="the state, summed over z")
        picture.set(xticks=[], yticks=[])
        votes = figure.panel(grid[0, 1], "network", "probability of a metal", "five answers")
        votes.set(ylim=(-0.03, 1.03), xlim=(0.4, 5.6), xticks=range(1, 6))
        right = figure.panel(
            grid[0, 2], "strength", "probability of a metal", "averages over many states"
        )
        right.set_ylim(-0.03, 1.03)
        self._image = picture.imshow(np.zeros((SIZE, SIZE)), vmin=0, vmax=1)
        self._bars = votes.bar(range(1, 6), [0] * 5, 0.6, color=COLORS["blue"])
        votes.axhline(0.5, color="#BBBBBB", lw=1)
        right.axhline(0.5, color="#BBBBBB", lw=1)
        self._curves = [right.plot([], [], "-", color=COLORS["sky"], lw=1.2)[0] for _ in range(5)]
        self._mean = right.plot([], [], color=COLORS["blue"], lw=2.6)[0]
        self._accepted = right.plot([], [], "--", color=COLORS["black"], lw=1.4)[0]
        self._now = right.plot([], [], "o", color=COLORS["red"], ms=10)[0]
        self._words = right.text(0.03, 0.06, "", transform=right.transAxes, fontsize=10.5)
        self._right, self._shown = right, None
        live = LiveFigure(figure)
        live.animated(
            self._image,
            *self._bars,
            *self._curves,
            self._mean,
            self._accepted,
            self._now,
            self._words,
        )
        return live

    def compute(self, share, model, seed, curves):
        _, (low, high), _, letter = MODELS[model]
        strength = round(low + share * (high - low), 4)
        density, energy, _ = state(model, SIZE, strength, seed)
        row = crossings()[curves, model]
        return {
            "strength": strength,
            "letter": letter,
            "energy": energy,
            "density": centred(density),
            "votes": probabilities("metal-small-8", density),
            "participation": float(1 / (density**2).sum()),
            "x": np.array(row["strengths"]),
            "p": np.array(row["probability"]),
            "mean": row["mean"],
            "spread": row["spread"],
            "accepted": row["accepted"],
            "scale": (low, high),
        }

    def draw(self, data, state):
        shown = np.log10(np.maximum(SIZE**2 * data["density"].sum(2), 1e-4))
        self._image.set_data(np.clip((shown.T + 3) / 4.5, 0, 1))
        for bar, height in zip(self._bars, data["votes"], strict=True):
            bar.set_height(height)
        for line, p in zip(self._curves, data["p"], strict=True):
            line.set_data(data["x"], p)
        self._mean.set_data(data["x"], data["p"].mean(0))
        accepted, letter = data["accepted"], data["letter"]
        if self._shown != state["model"]:
            self._shown = state["model"]
            label = f"disorder {letter} (t)" if letter == "W" else f"share kept, {letter}"
            self._right.set(xlim=data["scale"], xlabel=label)
        at = np.nan if accepted is None else accepted
        self._accepted.set_data([at, at], [0, 1])
        self._now.set_data([data["strength"]], [data["votes"].mean()])
        self._words.set_text("" if accepted is None else f"dashed: accepted {accepted:g}")
        side = "below" if letter == "W" else "above"
        self.readout = (
            f"{letter} = <b>{data['strength']:.3g}</b>: five networks give "
            f"<b>{100 * data['votes'].mean():.0f} ± {100 * data['votes'].std(ddof=1):.0f} %</b> to "
            f"the metal; the state lives on {data['participation']:.0f} of {SIZE**3} sites. "
            f"Curves cross at <b>{data['mean']:.3g} ± {data['spread']:.2g}</b>, metal {side}."
        )
        return (
            f"{state['model']}, {letter} = {data['strength']:.3g}: the networks give the metal "
            f"{100 * data['votes'].mean():.0f} percent; their curves cross at {data['mean']:.3g}."
        )

    def table(self, data, state):
        return {"strength": data["x"]} | {f"network_{n + 1}": p for n, p in enumerate(data["p"])}
