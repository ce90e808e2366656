"""Why the size is universal: the channels through a wire keep their distance from each other."""

import numpy as np
import traitlets

from ...transport import DisorderedWire
from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, seed, slider
from ._wires import MANY_ENERGY, few_wires, many_wires

_ROWS = 24
_BINS = np.arange(0, 8.01, 0.25)
_SPACING = np.linspace(0, 3, 25)
_FAR = 4.0  # where the axis of x ends: a transmission of 0.001


class LevelsExplorer(Explorer):
    """The transmission eigenvalues of many wires, as they are and dealt out anew.

    Each row is one wire, each dot one of its channels, the open ones to the left. Deal the dots of
    all wires out anew: each row has as many as before, and nothing else is changed. What happens to
    the distances in a row, and to the width of the histogram?
    """

    name, title = "ucf_levels", "Channels that keep their distance"
    computed_by = (DisorderedWire,)
    columns = (("g", "g_shown"),)
    path = (
        Stop(
            "Each row is one wire, each dot one channel. A dot at 0 lets everything through, one "
            "at 1 some 40 %, one at 2 hardly anything. Look along a row. Do two dots ever meet?",
            "Hardly ever: they keep a distance. The histogram on the right counts the distances, "
            "in units of their mean, and is empty near zero.",
            {"deal": "as they are", "length": 60},
        ),
        Stop(
            "The conductance of a wire is the sum over its dots. Now deal all dots out anew, so "
            "that a row holds dots of different wires. What do you expect of the spread of g?",
            "It is several times as large. The dots are the same, only their order is gone: now "
            "some rows have many open ones by chance and others few. In a real wire that cannot "
            "happen.",
            {"deal": "as they are"},
            {"deal": "dealt out anew"},
        ),
        Stop(
            "Make the wires shorter, 30 sites, so that more channels are open. Compare the "
            "variance with what it was at 60, dealt out anew and as they are: which has grown?",
            "Dealt out anew it grows with the number of open channels, as counts of independent "
            "things do. As they are it hardly changes: a row that keeps its distances can only be "
            "moved as a whole, so the count at the open end changes by about one, however many "
            "there are. This is why the size is universal.",
            {"deal": "dealt out anew", "length": 30},
            {"deal": "as they are"},
        ),
    )

    length = traitlets.Int(60).tag(control=slider("Length", "sites", 20, 120, 10))
    deal = traitlets.Unicode("as they are").tag(
        control=choice(
            "The dots", {"As they are": "as they are", "Dealt out anew": "dealt out anew"}
        )
    )
    width = traitlets.Int(16).tag(control=slider("Width", "sites", 8, 24, 2), group="more")
    disorder = traitlets.Float(2.0).tag(control=slider("Disorder W", "t", 1, 4, 0.25), group="more")
    seed = traitlets.Int(0).tag(control=seed("Seed of the wires"), group="more")

    compute_depends = slow_depends = ("length", "width", "disorder", "seed")

    def prepare(self):
        figure = new_figure(8.8, 4.7)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.5, 1])
        self._rows = figure.panel(
            grid[:, 0],
            "x, where a channel transmits 1/cosh²x",
            "wires",
            f"{_ROWS} wires, one a row",
        )
        self._g = figure.panel(grid[0, 1], "conductance g (e²/h)", "% of wires")
        self._gaps = figure.panel(grid[1, 1], "distance / mean distance", "% of pairs")
        self._open = self._rows.axvspan(0, 0.88, color=COLORS["green"], alpha=0.14, lw=0)
        self._dots = self._rows.plot([], [], "o", color=COLORS["blue"], ms=5.5)[0]
        self._rows.set(xlim=(0, _FAR), ylim=(_ROWS - 0.2, -2.2), yticks=[])
        self._rows.text(0.44, -1.9, "open", ha="center", va="top", color="#00664A")
        self._heights = self._bars(self._g, _BINS)
        self._pairs = self._bars(self._gaps, _SPACING)
        self._g.set(xlim=(0, 6), ylim=(0, 40))
        self._gaps.set(xlim=(0, 3), ylim=(0, 16))
        live = LiveFigure(figure)
        live.animated(self._dots, *self._heights, *self._pairs)
        return live

    @staticmethod
    def _bars(ax, bins):
        step = bins[1] - bins[0]
        color = COLORS["sky"]
        return ax.bar(bins[:-1], 0 * bins[:-1], step, align="edge", color=color, edgecolor="white")

    def compute(self, length, width, disorder, seed):
        wire = DisorderedWire(length, width)
        few = few_wires(wire, disorder, seed)
        return {"eigenvalues": wire.transmission_eigenvalues(MANY_ENERGY, 0.0, few)}

    def compute_slow(self, state):
        wire = DisorderedWire(state["length"], state["width"])
        found = many_wires(
            self,
            wire,
            state["disorder"],
            state["seed"],
            lambda on_site: wire.transmission_eigenvalues(MANY_ENERGY, 0.0, on_site),
        )
        return None if found is None else {"eigenvalues": found}

    def draw(self, data, state):
        real = data["eigenvalues"]
        mixed = dealt(real, state["seed"])
        shown = mixed if state["deal"] == "dealt out anew" else real
        x = np.sort(np.arccosh(1 / np.sqrt(np.clip(shown, 1e-9, 1))), 1)
        first = x[:_ROWS]
        rows = np.broadcast_to(np.arange(len(first))[:, None], first.shape)
        self._dots.set_data(first.ravel(), rows.ravel())
        g = data["g_shown"] = shown.sum(1)
        gaps = _gaps(x)
        for bars, values, bins in (
            (self._heights, g, _BINS),
            (self._pairs, gaps, _SPACING),
        ):
            counts = np.histogram(values, bins)[0]
            for bar, height in zip(bars, 100 * counts / max(len(values), 1), strict=True):
                bar.set_height(height)
        variance = g.var(ddof=1)
        data["variance"], data["variance_dealt"] = (w.sum(1).var(ddof=1) for w in (real, mixed))
        self.readout = (
            f"{len(g)} wires with ⟨g⟩ = {g.mean():.2f} e²/h: variance of g <b>{variance:.3f}</b> "
            f"({state['deal']}; 2/15 = 0.133)"
        )
        near = float((gaps < 0.25).mean()) if len(gaps) else 0.0
        return (
            f"Transmission eigenvalues of {len(g)} wires of {state['length']} by {state['width']} "
            f"sites, {state['deal']}: {100 * near:.0f} % of the neighbours are closer than a "
            f"quarter of the mean distance, and g has the variance {variance:.3f}."
        )


def dealt(eigenvalues, seed):
    """The eigenvalues of all wires, (wire, channel), mixed: each wire gets as many as before."""
    mixed = np.random.default_rng([seed, 17]).permutation(eigenvalues.ravel())
    return mixed.reshape(eigenvalues.shape)


def _gaps(x):
    """Distances of neighbours in the rows, each in units of its mean over all wires."""
    step = np.diff(x, axis=1)[:, x[:, 1:].mean(0) < _FAR]
    return (step / step.mean(0)).ravel()
