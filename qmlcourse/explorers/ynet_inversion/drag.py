"""Drag an antidot; the network follows: wire, fingerprint and reading, live."""

import ipywidgets
import numpy as np
import torch
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, slider, toggle
from ...ynet import load_ynet, noisy_traces, position_error, wires
from ..shared.wire_picture import steady_ticks
from ._wires import (
    FLUX_LABEL,
    G_LABEL,
    HIGH,
    LOW,
    QUANTA,
    TOP,
    Panel,
    antidots,
    distance,
    inside,
    reader,
    rest,
    truth,
)

_KINDS = {1: "one", 2: "two"}  # readers by the number of antidots
_OVERLAYS = {"picture": "picture", "difference": "difference", "uncertainty": "uncertainty"}


class DragExplorer(Explorer):
    """True wire left, its g(B) between, what the network reads from it right.

    Drag the antidot through the wire. The network on the right sees nothing but the curve in the
    middle. Where is it wrong, and does it know?
    """

    name, title = "ynet_drag", "Drag an antidot; the network follows"
    computed_by = (load_ynet, noisy_traces, position_error, wires)
    columns = (("flux_quanta", QUANTA), ("conductance", "g"))
    cache_size = 16
    path = (
        Stop(
            "Left a wire, in the middle its fingerprint, and that is all that the network on the "
            "right is given. Drag the antidot to the left, close to the upper bite, where no wire "
            "of the training had one. Does the network still follow?",
            "It does, to a few tenths of a site, and its stated doubt is about as large as its "
            "error. Watch the waves, too: they are drawn from the curve alone.",
            {"x": 20.05, "y": 13.05, "number": 1, "noise": 0.0, "polish": False},
        ),
        Stop(
            "Back to the middle, and now noise of 0.1 e²/h in every value of the curve. What does "
            "the network say?",
            "Something wrong by a site, and that it should not be believed: the curve leads to a "
            "point far from all points of its training. This is what the space of the Y is good "
            "for, as you will see.",
            {"x": 20.05, "y": 13.05, "number": 1, "noise": 0.0, "polish": False},
            {"noise": 0.1},
        ),
        Stop(
            "Without noise again, and two antidots. How much worse does it become?",
            "Four times: 0.7 sites instead of 0.2. There are hundreds of millions of pairs of "
            "antidots, and the network has seen fewer than one in a thousand of them.",
            {"noise": 0.0, "number": 1},
            {"number": 2},
        ),
    )

    x = traitlets.Float(20.05).tag(control=slider("Antidot x", "sites", LOW[0], HIGH[0], 0.25))
    y = traitlets.Float(13.05).tag(control=slider("Antidot y", "sites", LOW[1], HIGH[1], 0.25))
    number = traitlets.Int(1).tag(control=choice("Antidots", {"one": 1, "two": 2}))
    overlay = traitlets.Unicode("picture").tag(control=choice("Right panel", _OVERLAYS))
    noise = traitlets.Float(0.0).tag(control=slider("Noise in g", "e²/h", 0, 0.2, 0.01))
    polish = traitlets.Bool(False).tag(
        control=toggle("Polish by physics", help="Searches for the exact set of removed sites")
    )
    other = traitlets.Tuple((29.05, 14.05)).tag(state=True)

    slow_depends = ("x", "y", "number", "noise", "polish", "other")

    def prepare(self):
        figure = new_figure(11.4, 3.6)
        left, middle, right = figure.subplots(1, 3, width_ratios=[1.25, 1, 1.25])
        self._true = Panel(left, "the wire", 2, ("red",))
        self._read = Panel(right, "read from g(B) alone", 4, ("white", "white", "green", "green"))
        self._error = Panel(right, "read from g(B) alone", cmap="RdBu_r")
        style_axes(middle, FLUX_LABEL, G_LABEL, "its fingerprint", grid=True)
        self._g = middle.plot([], [], color=COLORS["black"], lw=1.8)[0]
        middle.set(xlim=(0, 32), ylim=(0, 4))
        steady_ticks(middle)
        self._middle = middle
        live = LiveFigure(figure)
        live.animated(*self._true.moving, self._error.image, *self._read.moving, self._g)
        live.on_drag(left, self._drag, self._grab)
        live.on_arrows(self._step)
        self._held = 0
        return live

    def extras(self):
        swap = ipywidgets.Button(description="Swap the two", tooltip="The sliders move the other")
        swap.add_class("qml-button").on_click(self.guarded(lambda _: self.swap()))
        return [swap]

    def swap(self):
        """Let the sliders move the other of two antidots."""
        with self.together():
            (self.x, self.y), self.other = self.other, (self.x, self.y)
            self.number = 2

    def places(self, state=None):
        """Tuple of the centres on show."""
        s = state or self.state()
        return ((s["x"], s["y"]), tuple(s["other"]))[: s["number"]]

    def curve(self, state):
        """(field,) the fingerprint that the network gets, with noise."""
        g = truth("one", self.places(state))["g"]
        generator = torch.Generator().manual_seed(7)
        return noisy_traces(torch.as_tensor(g)[None], state["noise"], generator)[0].numpy()

    def compute(self, **state):
        true = truth("one", self.places(state))
        g = self.curve(state)
        found = reader(_KINDS[state["number"]]).decode(g)
        return {
            "g": g,
            "density": true["density"],
            "mask": true["mask"],
            "found": found,
            "error": distance(found.antidots, self.places(state)),
        }

    def compute_slow(self, state):
        if not state["polish"]:
            return {"polished": None}
        read = reader(_KINDS[state["number"]])
        found = read.polish(self.curve(state), starts=8, rounds=6)
        recipe = read.recipe
        true = recipe.removed(antidots(*self.places(state)))
        same = bool((recipe.removed(found.antidots[None]) == true).all())
        return {"polished": found, "same": same, "polished_at": self.places(state)}

    def draw(self, data, state):
        found, places = data["found"], self.places(state)
        self._true.show(data["density"], data["mask"])
        self._g.set_data(QUANTA, data["g"])
        self._middle.set_ylim(0, max(4.0, np.ceil(data["g"].max() + 0.3)))
        left = rest("one", found.removed)
        shown = {
            "picture": found.density,
            "uncertainty": found.uncertainty,
            "difference": found.density - data["density"],
        }[state["overlay"]]
        signed = state["overlay"] == "difference"
        self._error.image.set_visible(signed)
        self._read.image.set_visible(not signed)
        panel = self._error if signed else self._read
        top = {"picture": TOP, "difference": 0.5, "uncertainty": 0.25}[state["overlay"]]
        panel.show(shown, left, top, -top if signed else 0.0)
        polished = data.get("polished") if state["polish"] else None
        polished = polished if polished and data.get("polished_at") == places else None
        for n in range(2):
            self._true.ring(n, places[n] if n < len(places) else None)
            self._read.ring(n, found.antidots[n] if n < len(places) else None, "--")
            self._read.ring(
                n + 2, polished.antidots[n, :2] if polished and n < len(places) else None
            )
        self.readout = self._words(data, found, polished, state)
        return (
            f"A wire with {len(places)} antidots and the picture that the network reads from its "
            f"fingerprint; its antidots are up to {data['error']:.2f} sites off, its stated doubt "
            f"is {found.position_spread:.2f} sites."
        )

    def _words(self, data, found, polished, state):
        told = (
            f"error <b>{data['error']:.2f} sites</b>, stated doubt "
            f"<b>{found.position_spread:.2f}</b>"
        )
        told += {
            "picture": "",
            "difference": "; red: too much, blue: too little (± 0.5 / t)",
            "uncertainty": "; bright: uncertain by 0.25 / t",
        }[state["overlay"]]
        if not found.inside:
            told += "; <b>outside my training</b>: do not believe this picture"
        if polished is not None:
            told += (
                f"; polished: misfit {polished.misfit:.4f} e²/h, "
                + ("the <b>exact</b> set of sites" if data["same"] else "not the exact set")
                + f" ({polished.tried} wires tried)"
            )
        elif state["polish"]:
            told += "; polishing …"
        return told

    def _grab(self, x, y):
        self._held = int(np.argmin([np.hypot(x - a, y - b) for a, b in self.places()]))

    def _drag(self, x, y):
        with self.together():
            if self._held == 0:
                self.x, self.y = inside(x, y)
            else:
                self.other = inside(x, y)

    def _step(self, dx, dy):
        self._held = min(self._held, self.number - 1)
        x, y = self.places()[self._held]
        self._drag(x + 0.5 * dx, y + 0.5 * dy)
