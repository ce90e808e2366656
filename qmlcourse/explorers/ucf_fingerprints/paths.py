"""Very many paths at once: their arrows, their sum, and how much the sum varies."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import DisorderedWire
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import seed, slider
from ._wires import FLUX_LABEL, MANY, MANY_ENERGY

LENGTH, WIDTH, DISORDER = 60, 16, 2.0
_BINS = np.arange(0.0, 6.01, 0.25)
_MOST = 200
_FLUX = np.linspace(0, 20, 401)  # flux quanta through the wire


class RandomPathsExplorer(PlayableExplorer):
    """Paths of one length, with random phases and areas, between two channels; each is an arrow.

    Press Play: the field turns each arrow at the pace of its own area. How far does the sum swing,
    and does it swing less when there are more paths?
    """

    name, title = "ucf_random_paths", "Very many paths at once"
    computed_by = (DisorderedWire,)
    columns = (("flux_quanta", _FLUX), ("probability", "curve"))
    counts = "field"
    stride = 0.25
    interval = 0.06
    plays = "Turn the field"
    path = (
        Stop(
            "Four paths, drawn tip to tail; the black arrow is their sum. Press Play and watch the "
            "curve: what is its mean, and how far does it swing?",
            "In units of its mean it swings from nearly zero to three or four. Each path encloses "
            "another area, so the field turns each arrow at another pace, and now and then they "
            "all point the same way, or cancel.",
            {"paths": 4, "field": 0.0},
        ),
        Stop(
            "Now two hundred paths, each with a two-hundredth of the probability. One might expect "
            "a steady sum, as the mean of two hundred throws of a die is steady. Is it?",
            "No. The sum of two hundred arrows of random direction has a random length too, and "
            "the standard deviation of its square is again the mean, or close to it. Averages are "
            "steady when numbers are added; here arrows are added, and then squared.",
            {"paths": 4},
            {"paths": 200},
        ),
        Stop(
            "On the right below stand real wires: the probabilities from each channel on the left "
            "to each on the right, from Schrödinger's equation. The line is what random arrows "
            "give, exp(−T/⟨T⟩). Do the wires know that they are not random?",
            "Hardly: the bars follow the line, and are only a little wider. So between one pair of "
            "channels a wire is about as random as arrows can be. What is universal must come from "
            "how the pairs hang together.",
            {"paths": 200},
        ),
    )

    field = traitlets.Float(0.0).tag(control=slider("Flux Φ", "h/e", 0, 20, 0.25))
    paths = traitlets.Int(4).tag(control=slider("Paths", "", 2, _MOST, 1))
    seed = traitlets.Int(1).tag(control=seed("Paths drawn"))
    compute_depends = ("paths", "seed")
    slow_depends = ()

    def prepare(self):
        figure = new_figure(10.4, 4.3)
        grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.2])
        plane = figure.panel(grid[:, 0], title="arrows, tip to tail")
        plane.set(xlim=(-2.3, 2.3), ylim=(-2.3, 2.3), aspect="equal", xticks=[], yticks=[])
        plane.axhline(0, color="#DDDDDD", lw=1, zorder=0)
        plane.axvline(0, color="#DDDDDD", lw=1, zorder=0)
        self._chain = plane.plot([], [], color=COLORS["blue"], lw=1.6, solid_joinstyle="round")[0]
        self._joints = plane.plot([], [], "o", color=COLORS["blue"], ms=3)[0]
        self._sum = plane.plot([], [], color=COLORS["black"], lw=3)[0]
        self._tip = plane.plot([], [], "o", color=COLORS["black"], ms=8)[0]
        above = figure.panel(grid[0, 1], FLUX_LABEL, "T / ⟨T⟩", grid=True)
        above.set(xlim=(0, _FLUX[-1]), ylim=(0, 6))
        self._curve = above.plot([], [], color=COLORS["blue"])[0]
        above.axhline(1, color=COLORS["grey"], ls=":", lw=1.5)
        self._now = above.plot([], [], "o", color=COLORS["black"], ms=8)[0]
        below = figure.panel(
            grid[1, 1], "T / ⟨T⟩ between two channels", "% of pairs", "200 real wires"
        )
        below.set(xlim=(0, 6), ylim=(0, 29))
        step = _BINS[1]
        self._bars = below.bar(
            _BINS[:-1], 0 * _BINS[:-1], step, align="edge", color=COLORS["sky"], edgecolor="white"
        )
        x = np.linspace(0, 6, 121)
        below.plot(x, 100 * step * np.exp(-x), color=COLORS["black"], lw=1.5)
        below.annotate("exp(−T/⟨T⟩)", (1.3, 100 * step * np.exp(-1.3)), (1.7, 13))
        live = LiveFigure(figure)
        live.animated(self._chain, self._joints, self._sum, self._tip, self._curve, self._now)
        live.animated(*self._bars)
        live.on_drag(above, lambda x, y: self._go_to(x))
        live.on_arrows(lambda dx, dy: self._go_to(self.field + 0.25 * dx))
        live.widget.hint = "Drag the point on the curve, or use the arrow keys."
        return live

    def _go_to(self, field):
        self.field = min(max(round(4 * field) / 4, 0.0), 20.0)

    def compute(self, paths, seed):
        arrows = _arrows(paths, seed)
        return {"arrows": arrows, "curve": np.abs(arrows.sum(0)) ** 2}

    def compute_slow(self, state):
        return {"pairs": _pairs()}

    def draw(self, data, state):
        at = round(20 * state["field"])
        chain = np.concatenate([[0], np.cumsum(data["arrows"][:, at])])
        self._chain.set_data(chain.real, chain.imag)
        few = chain if state["paths"] <= 40 else chain[:0]
        self._joints.set_data(few.real, few.imag)
        self._sum.set_data([0, chain[-1].real], [0, chain[-1].imag])
        self._tip.set_data([chain[-1].real], [chain[-1].imag])
        self._curve.set_data(_FLUX, data["curve"])
        self._now.set_data([state["field"]], [data["curve"][at]])
        pairs = data.get("pairs")
        said = ""
        if pairs is not None:
            for bar, count in zip(self._bars, np.histogram(pairs, _BINS)[0], strict=True):
                bar.set_height(100 * count / len(pairs))
            said = f"; real wires: standard deviation <b>{pairs.std():.2f}</b> means"
        self.readout = (
            f"T = <b>{data['curve'][at]:.2f}</b> of its mean for random paths; over this field "
            f"the standard deviation is <b>{data['curve'].std():.2f}</b>{said}"
        )
        return (
            f"{state['paths']} arrows tip to tail at {state['field']:g} flux quanta: the square of "
            f"their sum is {data['curve'][at]:.2f} of its mean, and its standard deviation over "
            f"the field is {data['curve'].std():.2f}."
        )


def _arrows(paths, seed):
    """(path, field): arrows of random paths that share the probability, mean 1 in all."""
    rng = np.random.default_rng([3, seed])
    phase, area = rng.uniform(size=(paths, 1)), rng.uniform(-1, 1, (paths, 1))
    return np.exp(2j * np.pi * (phase + area * _FLUX)) / np.sqrt(paths)


@lru_cache(maxsize=1)
def _pairs():
    """T/⟨T⟩ of all pairs of channels of many wires."""
    wire = DisorderedWire(LENGTH, WIDTH)
    potentials = wire.potential(DISORDER, range(MANY))
    s = wire.scattering_matrix(MANY_ENERGY, 0.0, potentials)
    channels = s.shape[1] // 2
    found = np.abs(s[:, channels:, :channels]) ** 2
    return (found / found.mean(0)).ravel()
