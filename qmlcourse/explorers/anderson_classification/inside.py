"""Inside the network: what its layers answer to a state, and where it looks."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...anderson import (
    eigenstates,
    layer_answers,
    metal_probability,
    occlusion,
)
from ...widgets import COLORS, DIVERGING, SEQUENTIAL, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import seed, slider
from ._states import classifier, state
from ._voxels import centred

SIZE = 8
_CLASSIFIER = "metal-small-8"
_SHOWN = 4  # filters of a layer on show


class InsideExplorer(PlayableExplorer):
    """A state, one of the first filters and its answer, the layers behind, and where they look.

    Raise the disorder and watch the last layer. Which of its filters wake up for a metal, which for
    an insulator? And which part of the state decides?
    """

    name, title = "anderson_inside", "Inside the network"
    computed_by = (eigenstates, layer_answers, metal_probability, occlusion)
    columns = ("x", "y", ("log_odds_lost", "lost_each"))
    counts = "place"
    interval = 0.15
    plays = "Slide the filter"
    path = (
        Stop(
            "Upper left: a cut through a state, as the network gets it, ln(1 + N|ψ|²). Beside it "
            "is one filter of the first layer: 27 weights, drawn as three planes. It is laid on "
            "each site, the weights multiply what lies under them, and the sum is its answer "
            "there. Go through the filters. Do you find one that answers to peaks, and one that "
            "answers to the empty space between them?",
            "The answer keeps the place: bright where the pattern of the filter lies under it. "
            "Nobody has drawn these filters. Training found them, as the weights that make the two "
            "numbers at the end right.",
            {"strength": 12.0, "filter": 1},
        ),
        Stop(
            "Where does one bright site of the answer come from? Press Play: the filter slides "
            "over the cut, site by site. When does its answer stay zero?",
            "Where the 27 products add up to less than zero: what is negative is cut off. Beyond a "
            "wall it sees the other side, since the crystal is periodic. All 512 sites are "
            "treated by the same 27 weights, so it finds its pattern wherever it lies.",
            {"strength": 12.0, "filter": 1, "place": 0},
            {"place": 36},
        ),
        Stop(
            "The second row shows the four busiest filters of the next layers. They look at the "
            "answers of the layer before, so each of their sites stands for a larger piece of the "
            "state. Now a strong disorder: what will the last layer do?",
            "Other filters are awake than before. At the end only the mean and the largest "
            "answer of each last filter count, over the whole lattice; two weighted sums of "
            "these, and their softmax exp(a)/(exp(a) + exp(b)), are the two probabilities.",
            {"strength": 12.0},
            {"strength": 24.0},
        ),
        Stop(
            "Lower right: where does it look? A block of 3 × 3 × 3 sites is blanked, around each "
            "site in turn. What will become of the verdict when the peak is blanked?",
            "Blue around the peak: without it the odds of a metal rise, so the peak speaks for an "
            "insulator. Red elsewhere: the faint rest of the wave speaks for a metal. At W = 12 "
            "nearly all is red: there the whole crystal speaks.",
            {"strength": 20.0},
        ),
    )

    strength = traitlets.Float(12.0).tag(control=slider("Disorder W", "t", 4, 30, 0.5))
    filter = traitlets.Int(1).tag(control=slider("Filter of the first layer", "", 1, 16, 1))
    place = traitlets.Int(27).tag(
        control=slider("Where the filter lies", "", 0, SIZE**2 - 1, 1, help="Site of the cut")
    )
    seed = traitlets.Int(3).tag(control=seed("Disorder pattern"), group="more")
    compute_depends = slow_depends = ("strength", "seed")

    def prepare(self):
        figure = new_figure(10.4, 4.8)
        grid = figure.add_gridspec(2, 8, width_ratios=[1.5, 0.55, 0.55, 0.55, 1.5, 1, 1, 1])
        self._state = self._image(figure, grid[0, 0], "the state, a cut", SEQUENTIAL)
        self._planes = [
            self._image(figure, grid[0, 1 + n], "filter" if n == 0 else "", DIVERGING, 3, 6)
            for n in range(3)
        ]
        self._answer = self._image(figure, grid[0, 4], "its answer", SEQUENTIAL)
        bars = figure.panel(grid[0, 5:], "probability", "", "verdict")
        names, colors = ("insulator", "metal"), (COLORS["orange"], COLORS["blue"])
        self._bars = bars.barh([0, 1], [0, 0], color=colors, height=0.6)
        bars.set_yticks([0, 1], names)
        bars.set(xlim=(0, 1.02), ylim=(-0.6, 1.6))
        inner = grid[1, :5].subgridspec(2, _SHOWN + 1, width_ratios=[1.1, *[1] * _SHOWN])
        self._layers = []
        for row in range(2):
            label = figure.panel(inner[row, 0], share=5)
            label.set_axis_off()
            words = f"layer {row + 2}: 32 filters,\n4³ sites, the busiest"
            label.text(1, 0.5, words, ha="right", va="center", transform=label.transAxes)
            self._layers.append(
                [
                    self._image(figure, inner[row, 1 + n], "", SEQUENTIAL, SIZE // 2, 5)
                    for n in range(_SHOWN)
                ]
            )
        self._where = self._image(figure, grid[1, 5:], "where it looks", DIVERGING, share=1)
        self._where.axes.set_xlabel("red speaks for a metal,\nblue for an insulator")
        self._frames = [
            image.axes.plot([], [], color=COLORS["red"], lw=2)[0]
            for image in (self._state, self._answer)
        ]
        live = LiveFigure(figure)
        rows = [image for row in self._layers for image in row]
        live.animated(self._state, *self._planes, self._answer, *self._bars, *rows, self._where)
        live.animated(*self._frames)
        return live

    @staticmethod
    def _image(figure, spot, title, colours, size=SIZE, share=2):
        ax = figure.panel(spot, title=title, share=share)
        ax.set(xticks=[], yticks=[])
        return ax.imshow(np.zeros((size, size)), vmin=0, vmax=1, cmap=colours)

    def compute(self, strength, seed):
        return _looked_through(strength, seed)

    def compute_slow(self, state):
        return {"lost": _lost(state["strength"], state["seed"])}

    def draw(self, data, state):
        cut = data["cut"]
        (network,) = _single().networks
        self._state.set_data(_scaled(data["image"][:, :, cut]))
        weights = network.features[0].weight[state["filter"] - 1, 0].detach().numpy()
        for n, plane in enumerate(self._planes):
            plane.set_data(0.5 + 0.5 * weights[:, :, n].T / np.abs(weights).max())
        first = data["answers"][0][state["filter"] - 1]
        self._answer.set_data(_scaled(first[:, :, cut]))
        y, x = divmod(state["place"], SIZE)
        for frame, far in zip(self._frames, (1.5, 0.5), strict=True):
            frame.set_data(
                [x - far, x + far, x + far, x - far, x - far],
                [y - far, y - far, y + far, y + far, y - far],
            )
        bias = float(network.features[0].bias[state["filter"] - 1].detach())
        added = bias + _laid_on(data["image"], (x, y, cut), weights)
        for images, answers in zip(self._layers, data["answers"][1:], strict=True):
            cuts = answers[:, :, :, cut // 2]
            busiest = np.argsort(-answers.mean((1, 2, 3)))[:_SHOWN]
            for image, n in zip(images, busiest, strict=True):
                image.set_data(_scaled(cuts[n], answers.max()))
        metal = data["probability"]
        for bar, value in zip(self._bars, (1 - metal, metal), strict=True):
            bar.set_width(value)
        lost = data.get("lost")
        most = 0.0
        if lost is not None:
            data["x"], data["y"] = np.indices(lost.shape).reshape(2, -1)
            data["lost_each"] = lost.ravel()
            most = float(lost.flat[np.abs(lost).argmax()])
            self._where.set_data(0.5 + 0.5 * lost.T / max(np.abs(lost).max(), 0.5))
        cut_off = "" if added > 0 else ", which is cut off to zero"
        self.readout = (
            f"the 27 products add up to <b>{added:+.2f}</b>{cut_off}; "
            f"the network gives the metal <b>{100 * metal:.0f} %</b>"
            + (
                ""
                if lost is None
                else f"; without the block that counts most its odds are <b>{_times(most)}</b>"
            )
        )
        return (
            f"A state at disorder {state['strength']:g} inside a network: filter {state['filter']} "
            f"of the first layer, the busiest of the next two; it gives the metal "
            f"{100 * metal:.0f} percent; without the block that counts most the odds of a metal "
            f"are {_times(most)}."
        )


def _laid_on(image, site, weights):
    """The sum of the 27 products where a filter lies on a site of a periodic picture."""
    around = [np.arange(at - 1, at + 2) % SIZE for at in site]
    return float((image[np.ix_(*around)] * weights).sum())


@lru_cache(maxsize=1)
def _single():
    """The first network of the shipped ensemble, by itself."""
    ensemble = classifier(_CLASSIFIER)
    return replace(ensemble, networks=ensemble.networks[:1])


@lru_cache(maxsize=64)
def _density(strength, seed):
    return torch.from_numpy(centred(state("box", SIZE, round(strength, 2), seed)[0])).float()


@lru_cache(maxsize=64)
def _looked_through(strength, seed):
    density, net = _density(strength, seed), _single()
    (network,) = net.networks
    answers = layer_answers(network, density[None])
    peak = np.unravel_index(int(density.argmax()), density.shape)
    return {
        "image": network.picture(density[None])[0, 0].numpy(),
        "answers": [one[0].numpy() for one in answers],
        "probability": float(metal_probability(net, density[None])[0, 0]),
        "cut": int(peak[2]),
    }


@lru_cache(maxsize=64)
def _lost(strength, seed):
    """What the network's verdict loses on the cut, (x, y)."""
    found = occlusion(_single(), _density(strength, seed)).numpy()
    return found[:, :, _looked_through(strength, seed)["cut"]]


def _times(lost):
    """How the odds change that lose this much of their logarithm, in words."""
    change = float(np.exp(-lost))
    if 0.95 < change < 1.05:
        return "the same"
    return f"{change:.3g} times as large" if change > 1 else f"{1 / change:.3g} times smaller"


def _scaled(values, most=None):
    """0 to 1 for the colours; the first axis runs to the right."""
    most = values.max() if most is None else most
    return (values / max(float(most), 1e-6)).T
