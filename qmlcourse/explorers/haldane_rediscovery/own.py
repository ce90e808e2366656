"""Another goal, the same loop: a flat band, a spin current, or entanglement."""

from dataclasses import replace

import numpy as np
import traitlets

from ... import inverse_design as inv
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, style_axes, to_come
from ...widgets.controls import choice, seed, slider
from ._designs import DesignFrames
from ._pictures import HexagonPicture
from .rediscovery import waves

STARTS, STEPS, FRAME = 6, 300, 6
GOALS = {
    "a flat topological band": "flat",
    "spin current without charge": "spin",
    "entangled spins": "entangled",
}
_WORDS = {
    "flat": ("goal: warm σ, then log(gap / width)", (-1.5, 3.6)),
    "spin": ("(σ↑ − σ↓) / 2 (e²/h)", (-0.15, 0.45)),
    "entangled": ("entropy of three spins (bits)", (0.8, 2.7)),
}
_AXES = ("green", "orange", "purple")


class OwnGoalExplorer(PlayableExplorer):
    """Goals of six designs, and the best one in a picture that fits it.

    Choose a goal and play. For the entangled spins: how often does each of x, y and z stand in a
    row and in a column?
    """

    name, title = "haldane_own", "What else would you maximise?"
    computed_by = (
        inv.Waves,
        inv.chern_number,
        inv.cooling,
        inv.design,
        inv.entanglement_objective,
        inv.exchange_cluster,
        inv.flatness,
        inv.flatness_objective,
        inv.honeycomb,
        inv.spin_hall_objective,
        inv.two_spins,
    )
    stride = FRAME
    interval = 0.06
    plays = "6 designs"
    path = (
        Stop(
            "A band that is flat, topological and far from the other: electrons in it would stand "
            "nearly still, as in a strong magnetic field. Six designs climb. How many times wider "
            "than the band does the gap become?",
            "5.8 times, with C = 1. Fourteen numbers and a goal are enough; in 2011 people found "
            "such bands by hand.",
            {"goal": "flat", "steps": 0, "seed": 0, "rank": 1},
            {"steps": 300},
        ),
        Stop(
            "Another goal: a current of spin across, without a current of charge. What will the "
            "machine do for spin up, and what for spin down?",
            "A Haldane model for each, one the other's time reverse: C = 1 and −1. Together they "
            "carry no charge to the side.",
            {"goal": "flat", "steps": 300, "seed": 0, "rank": 1},
            {"goal": "spin"},
        ),
    )

    goal = traitlets.Unicode("flat").tag(control=choice("Goal", GOALS))
    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, FRAME))
    rank = traitlets.Int(1).tag(
        control=slider("Design shown", "", 1, STARTS, 1, help="1 is the best, 6 the worst")
    )
    seed = traitlets.Int(0).tag(control=seed("Random starts"))

    def prepare(self):
        figure = new_figure(10.2, 4.3)
        grid = figure.add_gridspec(1, 3, width_ratios=[1.3, 1, 1])
        self._trace = figure.panel(grid[0, 0], "steps", "goal", "six designs")
        self._trace.set(xlim=(0, STEPS), ylim=(-1.5, 3.6))
        self._coming = to_come(self._trace, "grows here, step by step")
        self._lines = [self._trace.plot([], [], lw=1.3, color="#AAAAAA")[0] for _ in range(STARTS)]
        self._best = self._trace.plot([], [], color=COLORS["red"], lw=3)[0]
        self._hexagons = [HexagonPicture(figure.add_subplot(grid[0, n])) for n in (1, 2)]
        self._square_axes = ax = figure.add_subplot(grid[0, 1:])
        style_axes(ax, "three B sites", "three A sites", "strongest axis of each of nine bonds")
        ax.set(xlim=(-0.5, 2.5), ylim=(2.5, -0.5), xticks=[], yticks=[], aspect="equal")
        for at in (0.5, 1.5):
            ax.axhline(at, color="#CCCCCC", lw=1)
            ax.axvline(at, color="#CCCCCC", lw=1)
        self._letters = [
            ax.text(n % 3, n // 3, "", ha="center", va="center", weight="bold") for n in range(9)
        ]
        self._shown = None
        live = LiveFigure(figure)
        live.animated(self._coming)
        live.animated(*self._lines, self._best, *self._letters)
        for hexagon in self._hexagons:
            live.animated(*hexagon.moving)
        return live

    @staticmethod
    def begin(goal, seed):
        objective, space, schedule, optimizer = _problem(goal)
        options = {"seed": seed, "schedule": schedule, "optimizer": optimizer}
        return DesignFrames(inv.design(objective, space, starts=STARTS, steps=0, **options))

    def compute(self, goal, steps, rank, seed):
        frames = self.run(goal=goal, seed=seed)
        value = frames.goal(steps)
        shown = int(np.argsort(-value[-1])[rank - 1])
        models = frames.space.build(frames.raw(steps)[-1])
        return {"value": value, "shown": shown, **_read(goal, models, shown)}

    def draw(self, data, state):
        self._coming.set_visible(state["steps"] == 0)
        self._arrange(state["goal"])
        count = np.arange(len(data["value"]))
        for line, value in zip(self._lines, data["value"].T, strict=True):
            line.set_data(count, value)
        self._best.set_data(count, data["value"][:, data["shown"]])
        if state["goal"] == "entangled":
            for text, exchange in zip(self._letters, data["exchange"], strict=True):
                axis = int(np.abs(exchange).argmax())
                text.set_text("xyz"[axis])
                text.set_color(COLORS[_AXES[axis]])
                text.set_fontsize(10 + 30 * np.abs(exchange[axis]) ** 4)
        else:
            for hexagon, hops in zip(self._hexagons, data["hops"], strict=False):
                hexagon.show(hops)
        self.readout = f"step {state['steps']}: {data['words']}"
        return f"Six designs for {_name(state['goal'])} after {state['steps']} steps: " + data[
            "words"
        ].replace("<b>", "").replace("</b>", "")

    def table(self, data, state):
        return {f"start_{n}": column for n, column in enumerate(data["value"].T)}

    def _arrange(self, goal):
        if goal == self._shown:
            return
        self._shown = goal
        label, limits = _WORDS[goal]
        style_axes(self._trace, "steps", label, "six designs")
        self._trace.set_ylim(*limits)
        shown = {"flat": 1, "spin": 2, "entangled": 0}[goal]
        for n, hexagon in enumerate(self._hexagons):
            hexagon.sites[0].axes.set_visible(n < shown)
            for artist in hexagon.moving:
                artist.set_visible(n < shown)
            title = "hops in one hexagon" if goal == "flat" else ("spin up", "spin down")[n]
            style_axes(hexagon.sites[0].axes, title=title)
            hexagon.sites[0].axes.set_axis_off()
        self._square_axes.set_visible(goal == "entangled")
        for text in self._letters:
            text.set_visible(goal == "entangled")
        self.relayout()


def _name(goal):
    return next(words for words, value in GOALS.items() if value == goal)


def _read(goal, models, shown):
    """What the picture needs of the design on show, and its reading in words."""
    if goal == "entangled":
        kitaev = models.is_kitaev(0.7)
        entropy = float(models[shown].entanglement())
        own = "has" if kitaev[shown] else "has not"
        words = (
            f"<b>{entropy:.2f} bits</b>; this design {own} one bond of each axis at each site, as "
            f"Kitaev's model does, and <b>{int(kitaev.sum())} of {STARTS}</b> have"
        )
        return {"exchange": models.exchange[shown].numpy(), "words": words}
    model = models[shown : shown + 1]
    chern = inv.chern_number(model, mesh=20, undefined=0)[0]
    hops = np.atleast_2d(model.hoppings[0].numpy())[:, 3:]
    if goal == "flat":
        ratio, gap, width = (float(part[0]) for part in inv.flatness(model, 40))
        words = f"gap {gap:.2f} t₁, width {width:.2f} t₁: gap over width <b>{ratio:.1f}</b>, "
        return {"hops": hops, "words": f"{words}<b>C = {int(chern)}</b>".replace("-", "−")}
    up, down = (f"{int(c):d}".replace("-", "−") for c in chern)
    return {"hops": hops, "words": f"<b>C = {up}</b> for spin up, <b>{down}</b> for spin down"}


def _problem(goal):
    """The objective, the space and how it is searched, for one of the goals."""
    if goal == "flat":
        space = inv.honeycomb()
        return inv.flatness_objective(space, mesh=waves(20)), space, inv.FLAT, "rmsprop"
    if goal == "spin":
        space = inv.two_spins()
        schedule = replace(inv.HONEYCOMB, steps=STEPS, switch=150, beta=inv.cooling(-2, -1, STEPS))
        return inv.spin_hall_objective(space, mesh=waves(20)), space, schedule, "rmsprop"
    schedule = replace(inv.HONEYCOMB, steps=STEPS, rate=0.1, late_rate=0.01, switch=220)
    return inv.entanglement_objective, inv.exchange_cluster(), schedule, "adam"
