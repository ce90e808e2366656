"""The inverse problem by hand: move an antidot until its fingerprint matches a hidden one."""

import ipywidgets
import numpy as np
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, new_figure, seed, slider, style_axes
from ...ynet import held_out, load_ynet, wires
from ..shared.wire_picture import steady_ticks
from ._wires import FLUX_LABEL, G_LABEL, HIGH, LOW, QUANTA, Panel, hidden, inside, reader, truth


class GuessExplorer(Explorer):
    """A hidden wire's g(B), an antidot in the student's hand, at the end the network's guess.

    Move your antidot until the two curves agree as well as you can. Then keep your guess: you see
    the truth, and where a network puts it.
    """

    name, title = "ynet_guess", "Where is the antidot?"
    computed_by = (held_out, load_ynet, wires)
    columns = (("flux_quanta", QUANTA), ("hidden", "goal"), ("yours", "mine"))

    x = traitlets.Float(26.05).tag(control=slider("Your antidot x", "sites", LOW[0], HIGH[0], 0.5))
    y = traitlets.Float(14.05).tag(control=slider("Your antidot y", "sites", LOW[1], HIGH[1], 0.5))
    wire = traitlets.Int(3).tag(control=seed("Hidden wire"))
    kept = traitlets.Tuple(()).tag(state=True)

    def prepare(self):
        figure = new_figure(10.4, 3.9)
        left, right = figure.subplots(1, 2, width_ratios=[1.15, 1])
        self._panel = Panel(left, "your wire", 3, ("orange", "red", "white"))
        style_axes(right, FLUX_LABEL, G_LABEL, grid=True)
        self._goal = right.plot([], [], "o", color=COLORS["black"], ms=4.5, label="hidden wire")[0]
        self._mine = right.plot([], [], color=COLORS["orange"], label="your wire")[0]
        right.set(xlim=(0, 32), ylim=(0, 5))
        right.legend(loc="upper right", ncols=2, fontsize=10.5)
        steady_ticks(right)
        live = LiveFigure(figure)
        live.animated(*self._panel.moving, self._goal, self._mine)
        live.on_drag(left, self._drag)
        live.on_arrows(lambda dx, dy: self._drag(self.x + 0.5 * dx, self.y + 0.5 * dy))
        return live

    def extras(self):
        self.button = ipywidgets.Button(description="Keep my guess").add_class("qml-button")
        self.button.on_click(self.guarded(lambda _: self.keep()))
        return [self.button]

    def keep(self):
        """Keep the present place as the guess, and show truth and network."""
        self.kept = (self.x, self.y)

    def compute(self, x, y, wire, kept):
        places = hidden("one", wire)
        goal, mine = truth("one", places)["g"], truth("one", ((x, y),))
        found = reader("one").decode(goal).antidots[0] if kept else None
        return {
            "goal": goal,
            "mine": mine["g"],
            "density": mine["density"],
            "mask": mine["mask"],
            "misfit": float(np.sqrt(((mine["g"] - goal) ** 2).mean())),
            "truth": places[0],
            "found": found,
        }

    def draw(self, data, state):
        self._panel.show(data["density"], data["mask"])
        self._panel.ring(0, (state["x"], state["y"]))
        kept = state["kept"]
        self._panel.ring(1, data["truth"] if kept else None)
        self._panel.ring(2, data["found"] if kept else None, "--")
        self._goal.set_data(QUANTA, data["goal"])
        self._mine.set_data(QUANTA, data["mine"])
        told = f"misfit <b>{data['misfit']:.3f} e²/h</b>"
        if kept:
            mine = np.hypot(*np.subtract(kept, data["truth"]))
            network = np.hypot(*(data["found"] - data["truth"]))
            told += (
                f"; your kept guess is <b>{mine:.1f} sites</b> off, the network's "
                f"<b>{network:.2f}</b> (red ring: truth, white dashes: network)"
            )
        self.readout = told
        return (
            f"Your antidot at x = {state['x']:.1f}, y = {state['y']:.1f}, its fingerprint beside "
            f"that of a hidden wire; they differ by {data['misfit']:.3f} e²/h."
        )

    def _drag(self, x, y):
        with self.together():
            self.x, self.y = inside(x, y)

    @traitlets.observe("wire")
    def _another(self, _):
        self.kept = ()
