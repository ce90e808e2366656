"""A state of one's own: mixed of two crystals' states, or painted, and judged by both judges."""

from functools import lru_cache

import ipywidgets
import numpy as np
import torch
import traitlets

from ...anderson import AndersonModel, eigenstates, load_classifier
from ...anderson.baselines import ParticipationThreshold
from ...widgets import COLORS, SEQUENTIAL, Explorer, LiveFigure, Stop, new_figure
from ...widgets.controls import seed, slider
from ._states import participation_threshold, probabilities, state
from ._voxels import centred, sum_panels, summed

SIZE = 8
METAL, INSULATOR = 8.0, 24.0
_CLASSIFIER = "metal-small-8"


class JudgedExplorer(Explorer):
    """Mix a metal's state with an insulator's, or paint one; what do the two judges say of it?

    Move the mixture from one end to the other: which judge changes its mind first? Then drag on
    the left picture to paint a state. Can you find one on which they disagree?
    """

    name, title = "anderson_judged", "A state of your own"
    computed_by = (AndersonModel, ParticipationThreshold, eigenstates, load_classifier)
    path = (
        Stop(
            "Three tenths of this density come from an insulator's state, the rest from a metal's. "
            "Both judges say metal. Now let it be eight tenths: which of them will change its "
            "mind?",
            "P₂ does: the state now sits on few sites. The network still says metal, until about "
            "nine tenths. It looks at the space between the peaks, as its filters told you, and "
            "there a faint wave still reaches everywhere. Move the mixture on to one, which takes "
            "away the last of it.",
            {"mix": 0.3, "drawn": 0.0},
            {"mix": 0.8},
        ),
        Stop(
            "Now a state that nature never drew: the same weight on every second site of every "
            "second row of every second plane. It is spread over the whole crystal, and 64 sites "
            "carry it. What will the two say?",
            "P₂ counts 64 sites: a metal. The network is certain of the opposite: between the "
            "sites there is nothing at all, as in no metal that it ever saw. Neither is right, "
            "for no random crystal has such a state. It says p = 0.00, as for a true insulator: "
            "its certainty does not tell you that the question is a strange one.",
            {"mix": 0.0, "drawn": 0.0, "painted": []},
            {
                "drawn": 1.0,
                "every": 2,
                "layers": 8,
                "painted": [[x, y] for x in range(1, 8, 2) for y in range(1, 8, 2)],
            },
        ),
    )

    mix = traitlets.Float(0.5).tag(control=slider("Share of the insulator's state", "", 0, 1, 0.05))
    drawn = traitlets.Float(0.0).tag(control=slider("Share of what you paint", "", 0, 1, 0.05))
    layers = traitlets.Int(8).tag(control=slider("Planes painted", "", 1, SIZE, 1), group="more")
    every = traitlets.Int(1).tag(control=slider("Paint every … plane", "", 1, 4, 1), group="more")
    seed = traitlets.Int(3).tag(control=seed("Crystal"))
    painted = traitlets.List([]).tag(state=True)
    columns = ("x", "y", ("density", "density_sum"))

    def prepare(self):
        figure = new_figure(10.4, 4.2)
        grid = figure.add_gridspec(1, 3, width_ratios=[1, 1, 1.1])
        labels = ("sum over z: paint here", "sum over y")
        looks = {"cmap": SEQUENTIAL, "origin": "lower"}
        self._images = sum_panels(figure, grid, labels, SIZE, **looks)
        for image, across in zip(self._images, "yz", strict=True):
            image.axes.set(xlabel="x", ylabel=across)
        bars = figure.panel(grid[0, 2], "probability of a metal", "", "verdict")
        self._bars = bars.barh([1, 0], [0, 0], color=[COLORS["orange"], COLORS["blue"]], height=0.5)
        bars.set_yticks([1, 0], ["P₂ alone", "network"])
        bars.axvline(0.5, color="#BBBBBB", lw=1)
        bars.set(xlim=(0, 1.25), ylim=(-0.6, 1.6), xticks=[0, 0.5, 1])
        self._values = [bars.text(0, y, "", va="center") for y in (1, 0)]
        live = LiveFigure(figure)
        live.animated(*self._images, *self._bars, *self._values)
        live.on_drag(self._images[0].axes, self._brush)
        live.on_arrows(self._go)
        live.widget.hint = "Drag in the left picture to paint a state, or use the arrow keys."
        return live

    def extras(self):
        button = ipywidgets.Button(description="Wipe it clean").add_class("qml-button")
        button.on_click(lambda _: self.guarded(self._wipe)())
        return [button]

    def _brush(self, x, y):
        place = [int(np.clip(round(one), 0, SIZE - 1)) for one in (x, y)]
        if place not in self.painted:
            self._paint_on(self.painted, place)

    def _go(self, dx, dy):
        """Paint from where it was painted last, one site on."""
        x, y = self.painted[-1] if self.painted else (SIZE // 2, SIZE // 2)
        place = [int(np.clip(x + dx, 0, SIZE - 1)), int(np.clip(y + dy, 0, SIZE - 1))]
        # a site that is painted already becomes the last one
        self._paint_on([one for one in self.painted if one != place], place)

    def _paint_on(self, painted, place):
        with self.together():
            self.painted = [*painted, place]
            if self.drawn == 0:
                self.drawn = 1.0

    def _wipe(self):
        with self.together():
            self.painted = []
            self.drawn = 0.0

    def compute(self, mix, drawn, layers, every, seed, painted):
        density = (1 - mix) * _part(METAL, seed) + mix * _part(INSULATOR, seed)
        own = _drawing(painted, layers, every)
        if own.any():
            density = (1 - drawn) * density + drawn * own / own.sum()
        density /= density.sum()
        x, y = np.indices((SIZE, SIZE)).reshape(2, -1)
        return {
            "x": x,
            "y": y,
            "density": density,
            "density_sum": density.sum(2).ravel(),
            "sites": 1 / float((density**2).sum()),
            "number": float(participation_threshold(SIZE).metal_probability(torch.tensor(density))),
            "network": float(probabilities(_CLASSIFIER, density).mean()),
        }

    def draw(self, data, state):
        density = data["density"]
        for image, axis in zip(self._images, (2, 1), strict=True):
            image.set_data(summed(density, axis))
        verdicts = data["number"], data["network"]
        for bar, words, value in zip(self._bars, self._values, verdicts, strict=True):
            bar.set_width(value)
            words.set(x=value + 0.02, text=f"{value:.2f}")
        number, network = (_verdict(one) for one in verdicts)
        self.readout = (
            f"1/P₂ = <b>{data['sites']:.0f}</b> sites; P₂ says <b>{number}</b>, the network "
            f"<b>{network}</b> ({100 * data['network']:.0f} % for a metal)"
        )
        if state["drawn"] and not state["painted"]:
            self.readout += "; drag in the left picture to paint something"
        return (
            f"A state on {data['sites']:.0f} sites; the inverse participation ratio says {number}, "
            f"the network says {network}."
        )


def _verdict(probability):
    return "metal" if probability > 0.5 else "insulator"


@lru_cache(maxsize=64)
def _part(strength, seed):
    """The density of a state of one crystal, its weight in the middle."""
    return centred(state("box", SIZE, strength, seed)[0])


def _drawing(painted, layers, every):
    """What is painted, as a lattice of zeros and ones."""
    own = np.zeros((SIZE, SIZE, SIZE))
    first = (SIZE - layers) // 2
    for x, y in painted:
        own[x, y, first : first + layers : every] = 1
    return own
