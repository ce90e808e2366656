"""Build a network in ten lines: choose the lines, and train what they say on the spot."""

from functools import lru_cache
from html import escape

import ipywidgets
import numpy as np
import torch
import traitlets
from torch import nn

from ...anderson import AndersonModel, labelled_states
from ...widgets import COLORS, Frames, LiveFigure, PlayableExplorer, Stop, new_figure, style_axes
from ...widgets.controls import choice, seed, slider
from ._states import CRITICAL, REPEAT, UNSEEN, right_far, unseen
from .mistakes import near_states

SIZE, STATES, STEPS = 8, 400, 80
_BATCH, _RATE = 32, 0.01


class YourNetworkExplorer(PlayableExplorer):
    """The lines below are the whole network; change one of them, and train it anew.

    Press Play, then take something away: the second layer, the neighbours, the logarithm. What is
    needed far from the transition, and what near it?
    """

    name, title = "anderson_your_network", "Build your own network"
    computed_by = (AndersonModel, labelled_states)
    counts = "steps"
    interval = 0.03
    plays = "Train it"
    runs_kept = 8

    path = (
        Stop(
            "Two layers of eight filters. Train it. Is it better far from the transition or near "
            "it?",
            "Far from it, it is nearly always right. Near it, in about three of four states.",
            {"layers": 2, "filters": 8, "edge": 3, "log": True, "steps": 0},
            {"steps": 80},
        ),
        Stop(
            "Now let each filter see a single site, so that no neighbour counts. What will be "
            "lost?",
            "Far from the transition nothing: there the sizes of the peaks are enough, and no "
            "neighbour is needed. Near it a good part of what it had: there it is the shape that "
            "tells.",
            {"edge": 3, "steps": 80},
            {"edge": 1},
        ),
        Stop(
            "Filters of 3 × 3 × 3 sites again, but the density itself in place of its logarithm. "
            "What will be lost?",
            "Near the transition as much as before: one peak now outshines all the rest of the "
            "wave, and the rest is what says that it reaches everywhere.",
            {"edge": 3},
            {"log": False},
        ),
    )

    steps = traitlets.Int(0).tag(control=slider("Training steps", "", 0, STEPS, 1))
    layers = traitlets.Int(2).tag(control=choice("Layers", {"1": 1, "2": 2, "3": 3}))
    filters = traitlets.Int(8).tag(
        control=choice("Filters a layer", {"1": 1, "2": 2, "4": 4, "8": 8, "16": 16})
    )
    edge = traitlets.Int(3).tag(
        control=choice("A filter sees", {"one site": 1, "3 × 3 × 3 sites": 3})
    )
    ending = traitlets.Unicode("mean").tag(
        control=choice("Of its answers counts", {"the mean": "mean", "the largest": "largest"}),
        group="more",
    )
    log = traitlets.Bool(True).tag(
        control=choice("Picture", {"ln(1 + N|ψ|²)": True, "N|ψ|²": False}), group="more"
    )
    seed = traitlets.Int(0).tag(control=seed("Random start"))
    code: ipywidgets.HTML | None = None  # the lines, once the explorer is on a page

    def prepare(self):
        figure = new_figure(10.4, 2.8)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.35])
        style_axes(left, "training steps", "loss (cross-entropy)", "learning")
        left.set(xlim=(0, STEPS), ylim=(3e-4, 2), yscale="log")
        self._loss = left.plot([], [], color=COLORS["blue"])[0]
        style_axes(right, "disorder W", "probability of a metal", "states it never saw")
        right.set(xlim=(7, 27), ylim=(-0.03, 1.03))
        right.axvline(CRITICAL, color=COLORS["black"], ls="--", lw=1.3)
        right.axhline(0.5, color="#BBBBBB", lw=1)
        self._dots = right.plot([], [], ".", color="#9A9A9A", ms=5, alpha=0.6)[0]
        self._curve = right.plot([], [], "o-", color=COLORS["blue"], ms=6)[0]
        live = LiveFigure(figure)
        live.animated(self._loss, self._dots, self._curve)
        return live

    def extras(self):
        self.code = ipywidgets.HTML(_lines(self.state()))
        return [self.code]

    @staticmethod
    def begin(layers, filters, edge, ending, log, seed):
        run = YourTraining(network_of(layers, filters, edge, ending, seed), log, seed)
        return Frames(run, YourTraining.look)

    def draw(self, data, state):
        loss, said = np.array(data["loss"]), data["said"]
        self._loss.set_data(np.arange(1, len(loss) + 1), np.maximum(loss, 4e-4))
        self._dots.set_data(np.tile(UNSEEN, REPEAT), said.ravel())
        self._curve.set_data(UNSEEN, said.mean(0))
        if self.code is not None:
            self.code.value = _lines(state)
        self.readout = (
            f"<b>{data['weights']}</b> weights; of states that it never saw it tells "
            f"<b>{100 * data['far']:.0f} %</b> right far from the transition and "
            f"<b>{100 * data['near']:.0f} %</b> near it"
        )
        return (
            f"A network of {data['weights']} weights after {state['steps']} training steps: right "
            f"for {100 * data['far']:.0f} percent far from the transition, "
            f"{100 * data['near']:.0f} percent near it."
        )

    def table(self, data, state):
        loss = np.array(data["loss"])
        return {"step": np.arange(1, len(loss) + 1), "loss": loss}


def network_of(layers, filters, edge, ending, seed):
    """The network that `code_of` writes down."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        return nn.Sequential(*_parts(layers, filters, edge, ending))


def _parts(layers, filters, edge, ending):
    parts, channels = [], 1
    for _ in range(layers):
        convolution = nn.Conv3d(channels, filters, edge, padding="same", padding_mode="circular")
        parts += [convolution, nn.ReLU()]
        channels = filters
    pool = {"mean": nn.AdaptiveAvgPool3d, "largest": nn.AdaptiveMaxPool3d}[ending]
    return [*parts, pool(1), nn.Flatten(), nn.Linear(filters, 2)]


def code_of(layers, filters, edge, ending, log, seed):
    """The lines that make and train the network, to be read and to be run.

    ``density`` (state, x, y, z) and ``label`` are the states with their phases.
    """
    picture = "torch.log1p(512 * density)" if log else "512 * density"
    pool = {"mean": "AdaptiveAvgPool3d", "largest": "AdaptiveMaxPool3d"}[ending]
    lines = [f"picture = {picture}[:, None]", f"torch.manual_seed({seed})"]
    lines.append("network = nn.Sequential(")
    channels = 1
    for _ in range(layers):
        lines.append(
            f"    nn.Conv3d({channels}, {filters}, {edge}, padding='same', "
            "padding_mode='circular'), nn.ReLU(),"
        )
        channels = filters
    lines += [
        f"    nn.{pool}(1), nn.Flatten(), nn.Linear({filters}, 2))",
        f"adam = torch.optim.Adam(network.parameters(), {_RATE})",
        f"dice = torch.Generator().manual_seed({seed})",
        f"for _ in range({STEPS}):",
        f"    some = torch.randperm(len(label), generator=dice)[:{_BATCH}]",
        "    loss = nn.functional.cross_entropy(network(picture[some]), label[some])",
        "    adam.zero_grad(); loss.backward(); adam.step()",
    ]
    return "\n".join(lines)


def _lines(state):
    """The lines of a state, as they stand on the page."""
    parts = {key: state[key] for key in ("layers", "filters", "edge", "ending", "log", "seed")}
    return f"<pre class='qml-lines'>{escape(code_of(**parts))}</pre>"


class YourTraining:
    """The training of `code_of`, a step at a time."""

    def __init__(self, network, log, seed):
        self.network, self._log = network, log
        self._adam = torch.optim.Adam(network.parameters(), _RATE)
        self._dice = torch.Generator().manual_seed(seed)
        self._loss = []

    def advance(self):
        """Take one step on 32 of the states."""
        density, label = training_states()
        some = torch.randperm(len(label), generator=self._dice)[:_BATCH]
        loss = nn.functional.cross_entropy(self.network(self._picture(density[some])), label[some])
        self._adam.zero_grad()
        loss.backward()
        self._adam.step()
        self._loss.append(float(loss.detach()))

    def look(self):
        """Return what is drawn of the present step."""
        near = _near()
        said = self._metal(unseen()).reshape(REPEAT, len(UNSEEN))
        return {
            "loss": list(self._loss),
            "said": said,
            "weights": sum(one.numel() for one in self.network.parameters()),
            "far": right_far(said),
            "near": float(((self._metal(near[0]) > 0.5) == near[1]).mean()),
        }

    def _metal(self, density):
        with torch.no_grad():
            return self.network(self._picture(density)).softmax(1)[:, 1].numpy()

    def _picture(self, density):
        scaled = SIZE**3 * density
        return (torch.log1p(scaled) if self._log else scaled)[:, None]


@lru_cache(maxsize=1)
def training_states():
    """Four hundred states far from the transition, (state, x, y, z), and their phases."""
    density, label, _ = labelled_states(AndersonModel(SIZE), STATES, 0)
    return density.float(), label


@lru_cache(maxsize=1)
def _near():
    found = near_states(200, 9)
    return torch.from_numpy(found["density"]).float(), found["metal"]
