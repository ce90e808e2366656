"""The inverse problem as a contest: your hand, a network, and physics, on the same hidden wires."""

from functools import lru_cache

import ipywidgets
import numpy as np
import traitlets

from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, seed, slider, style_axes
from ...ynet import held_out, load_ynet, polish, wires
from ..shared.wire_picture import steady_ticks
from ._wires import FLUX_LABEL, G_LABEL, HIGH, LOW, QUANTA, Panel, hidden, inside, reader, truth

_PLAYERS = (("you", "orange"), ("network", "sky"), ("physics", "green"))
_FLOOR = 0.02  # sites; the smallest distance that the score shows


class GuessExplorer(Explorer):
    """A hidden wire's g(B), an antidot in the student's hand; then the network's, then physics'.

    Move your antidot until the two curves agree as well as you can. Then keep your guess: you see
    the truth, where a network puts it, and what physics makes of the network's place.
    """

    name, title = "ynet_guess", "Where is the antidot?"
    computed_by = (held_out, load_ynet, polish, wires)
    columns = (("flux_quanta", QUANTA), ("hidden", "goal"), ("yours", "mine"))
    path = (
        Stop(
            "Somewhere in a hidden wire is an antidot; the dots are its fingerprint. Drag yours "
            "until your curve meets the dots, and press <em>Keep my guess</em>. How near do you "
            "come?",
            "Within a site, if you had patience; or far off, in a valley in which every small move "
            "makes it worse. Red is the truth, white dashes are where a network puts it, at once "
            "and within 0.3 sites.",
            {"wire": 3, "x": 26.05, "y": 14.05, "kept": ()},
        ),
        Stop(
            "Third player: physics. It begins at the network's place and tries some three hundred "
            "antidots around it with the exact engine, until the curve is met to the last digit. "
            "Keep a guess here, too, and look at the bars. Why does physics need the network?",
            "To know where to begin. From a wrong valley no small step leads out, as you may have "
            "found; three hundred curves are enough near the right place and nowhere else. The "
            "network finds the valley, physics its bottom.",
            {"wire": 5, "x": 12.05, "y": 9.05, "kept": ()},
        ),
        Stop(
            "Take more wires with <em>New</em>, keep a guess for each, and compare the medians "
            "below. Do you get better?",
            "Most people do: they learn that the misfit has a valley along x and one along y, and "
            "that a good fit of the first half of the curve is worth little. That is experience, "
            "and the network has that of tens of thousands of wires.",
            {},
        ),
    )

    x = traitlets.Float(26.05).tag(control=slider("Your antidot x", "sites", LOW[0], HIGH[0], 0.5))
    y = traitlets.Float(14.05).tag(control=slider("Your antidot y", "sites", LOW[1], HIGH[1], 0.5))
    wire = traitlets.Int(3).tag(control=seed("Hidden wire"))
    kept = traitlets.Tuple(()).tag(state=True)
    scores = traitlets.List([]).tag(state=True)  # wire, and the three players' distances

    def prepare(self):
        figure = new_figure(11.0, 4.0)
        left, right, score = figure.subplots(1, 3, width_ratios=[1.1, 1.1, 0.55])
        self._panel = Panel(left, "your wire", 3, ("orange", "red", "white"))
        style_axes(right, FLUX_LABEL, G_LABEL, grid=True)
        self._goal = right.plot([], [], "o", color=COLORS["black"], ms=4.5, label="hidden wire")[0]
        self._mine = right.plot([], [], color=COLORS["orange"], label="your wire")[0]
        right.set(xlim=(0, 32), ylim=(0, 5))
        right.legend(loc="upper right", ncols=2, fontsize=10.5)
        steady_ticks(right)
        style_axes(score, "", "off by (sites)", "score")
        score.set(yscale="log", xlim=(-0.6, 2.6), ylim=(_FLOOR, 40))
        score.set_xticks(range(3), ["you", "net", "physics"])
        score.axhline(1, color="#BBBBBB", lw=1, ls=":")
        self._marks = [
            score.plot([], [], "o", color=COLORS[colour], ms=7, alpha=0.6)[0]
            for _, colour in _PLAYERS
        ]
        self._middles = [
            score.plot([], [], "_", color=COLORS["black"], ms=26, mew=2.5)[0] for _ in _PLAYERS
        ]
        live = LiveFigure(figure)
        live.animated(*self._panel.moving, self._goal, self._mine, *self._marks, *self._middles)
        live.on_drag(left, self._drag)
        live.on_arrows(lambda dx, dy: self._drag(self.x + 0.5 * dx, self.y + 0.5 * dy))
        return live

    def extras(self):
        self.button = ipywidgets.Button(description="Keep my guess").add_class("qml-button")
        self.button.on_click(self.guarded(lambda _: self.keep()))
        return [self.button]

    def keep(self):
        """Keep the present place as the guess, show the truth, and count all three players."""
        place, read = hidden("one", self.wire)[0], _read(self.wire)
        mine = float(np.hypot(*np.subtract((self.x, self.y), place)))
        row = [self.wire, round(mine, 3), *(round(read[name]["off"], 3) for name in _READ)]
        with self.together():
            self.kept = (self.x, self.y)
            # the first guess counts: afterwards the truth is known
            if all(self.wire != known for known, *_ in self.scores):
                self.scores = [*self.scores, row]

    def compute(self, x, y, wire, kept, scores):
        places = hidden("one", wire)
        goal, mine = truth("one", places)["g"], truth("one", ((x, y),))
        read = _read(wire) if kept else None
        return {
            "goal": goal,
            "mine": mine["g"],
            "density": mine["density"],
            "mask": mine["mask"],
            "misfit": float(np.sqrt(((mine["g"] - goal) ** 2).mean())),
            "truth": places[0],
            "found": read and read["network"]["place"],
            "read": read,
            "score": np.array([row[1:] for row in scores]).reshape(-1, 3),
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
            network, physics = (data["read"][name] for name in _READ)
            told += (
                f"; your kept guess is <b>{mine:.1f} sites</b> off, the network's "
                f"<b>{network['off']:.2f}</b> (red ring: truth, white dashes: network); physics, "
                f"after {physics['tried']} curves: "
                + ("<b>the very same sites</b>" if physics["exact"] else "not met")
            )
        for number, (marks, middle) in enumerate(zip(self._marks, self._middles, strict=True)):
            offs = np.maximum(data["score"][:, number], 1.2 * _FLOOR)
            marks.set_data(np.full(len(offs), number), offs)
            middle.set_data([number] if len(offs) else [], [np.median(offs)] if len(offs) else [])
        if len(data["score"]) > 1:
            middles = " / ".join(f"{v:.2f}" for v in np.median(data["score"], 0))
            told += f"; medians of {len(data['score'])} wires, you / network / physics: {middles}"
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


_READ = ("network", "physics")


@lru_cache(maxsize=64)
def _read(wire):
    """Where the network puts the antidot of a hidden wire, and where physics does from there."""
    (place,) = hidden("one", wire)
    goal = truth("one", (place,))["g"]
    found = reader("one").decode(goal)
    exact = reader("one").polish(goal, found)
    return {
        "network": {
            "place": found.antidots[0],
            "off": float(np.hypot(*(found.antidots[0] - place))),
        },
        "physics": {
            # the centre is known as well as the sites tell it: any centre with these sites is one
            "off": 0.0 if exact.exact else float(np.hypot(*(exact.antidots[0][:2] - place))),
            "exact": bool(exact.exact),
            "tried": int(exact.tried),
        },
    }
