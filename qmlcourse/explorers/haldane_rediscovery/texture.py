"""The same loop on spins: from any texture to the one that turns most light into current."""

from dataclasses import replace

import numpy as np
import traitlets

from ...inverse_design import HONEYCOMB, cooling, design, spin_texture, spins_of, sunlight_objective
from ...inverse_design.sunlight import BOLTZMANN_EV
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, to_come
from ...widgets.controls import choice, seed, slider
from ._designs import DesignFrames
from ._spins import SpinPicture
from .sunlight import KERNELS

STARTS, STEPS, FRAME = 4, 150, 2
_CHOICES = {k: v for k, v in KERNELS.items() if v in ("length", "velocity")}


class TextureExplorer(PlayableExplorer):
    """Four random textures climb; the best one is shown.

    Play. Which arrangement do the random spins find, and how high is its cone? Compare with the
    best height that you found by hand.
    """

    name, title = "haldane_texture", "A machine arranges spins"
    computed_by = (cooling, design, spin_texture, spins_of, sunlight_objective)
    stride = FRAME
    interval = 0.08
    plays = "4 textures"
    path = (
        Stop(
            "Four random arrangements of three spins; the machine turns all of them, uphill in "
            "the current. Which arrangement will the best one be, and how does it compare with "
            "the best cone that you found by hand?",
            "A cone of height 0.69, with 10.7 A/m²: the same as the top of your curve. Nobody told "
            "it that there are cones.",
            {"steps": 0, "sites": 3, "seed": 0},
            {"steps": 150},
        ),
        Stop(
            "Four spins in a cell instead of three. May it find more, since it has more to turn?",
            "Less: 7.5 A/m². A turn of four spins is slower, and left and right differ less.",
            {"sites": 3, "steps": 150, "seed": 0},
            {"sites": 4},
        ),
    )

    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, FRAME))
    sites = traitlets.Int(3).tag(control=choice("Spins in a cell", [3, 4]))
    kernel = traitlets.Unicode("velocity").tag(control=choice("Formula", _CHOICES), group="more")
    seed = traitlets.Int(0).tag(control=seed("Random starts"))

    def prepare(self):
        figure = new_figure(9.8, 5.4)
        grid = figure.add_gridspec(2, 2, height_ratios=[0.75, 1], width_ratios=[1.2, 1])
        self._spins = SpinPicture(figure.add_subplot(grid[0, :]), "the best texture")
        left = figure.panel(grid[1, 0], "steps", "current (A/m²)", "the goal")
        right = figure.panel(grid[1, 1], title="Sᵢ · Sⱼ in the cell")
        self._lines = [left.plot([], [], lw=1.3, color="#AAAAAA")[0] for _ in range(STARTS)]
        self._best = left.plot([], [], color=COLORS["red"], lw=3)[0]
        left.set(xlim=(0, STEPS), ylim=(-4, 16))
        self._coming = to_come(left, "grows here, step by step")
        self._texts = [
            [right.text(j, -i, "", ha="center", va="center") for j in range(4)] for i in range(4)
        ]
        right.set(xlim=(-0.7, 3.7), ylim=(-3.6, 0.6))
        right.set_axis_off()
        self._left = left
        live = LiveFigure(figure)
        live.animated(self._coming)
        live.animated(*self._spins.moving, *self._lines, self._best)
        live.animated(*(text for row in self._texts for text in row))
        return live

    @staticmethod
    def begin(seed, sites, kernel):
        hot, cold = (np.log(1 / (BOLTZMANN_EV * t)) for t in (30_000, 300))
        beta = cooling(hot, cold, 100)
        schedule = replace(HONEYCOMB, steps=STEPS, rate=0.05, late_rate=0.01, switch=120, beta=beta)
        goal = sunlight_objective(
            kernel=kernel,
            broadening_ev=0.05,
            mesh=72 // sites,
            frequencies_ev=np.linspace(0.05, 1.85, 16),
        )
        options = {"seed": seed, "schedule": schedule}
        return DesignFrames(design(goal, spin_texture(sites), starts=STARTS, steps=0, **options))

    def compute(self, steps, **setting):
        frames = self.run(**setting)
        current = frames.goal(steps)
        best = int(current[-1].argmax())
        spins = spins_of(frames.space, frames.raw(steps)[-1, best])
        return {
            "current": current,
            "best": best,
            "spins": spins,
            "overlap": spins @ spins.T,
            "height": float(np.linalg.norm(spins.mean(0))),
        }

    def draw(self, data, state):
        self._coming.set_visible(state["steps"] == 0)
        self._spins.show(data["spins"], upright=True)
        count = np.arange(len(data["current"]))
        for line, current in zip(self._lines, data["current"].T, strict=True):
            line.set_data(count, current)
        self._best.set_data(count, data["current"][:, data["best"]])
        for i, row in enumerate(self._texts):
            for j, text in enumerate(row):
                inside = max(i, j) < state["sites"]
                value = data["overlap"][i, j] if inside else 0
                text.set_text(f"{value:.2f}".replace("-", "−") if inside else "")
        top, bottom = data["current"].max(), data["current"].min()
        low, high = self._left.get_ylim()
        if top > 0.97 * high or bottom < low:
            self._left.set_ylim(min(low, 1.3 * bottom), max(high, 1.4 * top))
        current = data["current"][-1, data["best"]]
        self.readout = (
            f"step {state['steps']}: best current <b>{current:.2f} A/m²</b>; length of the mean "
            f"spin <b>{data['height']:.2f}</b>".replace("-", "−")
        )
        return (
            f"Four spin textures after {state['steps']} steps: the best gives {current:.2f} A/m2; "
            f"its mean spin has the length {data['height']:.2f}."
        )

    def table(self, data, state):
        return dict(zip(("s_x", "s_y", "s_z"), data["spins"].T, strict=True))
