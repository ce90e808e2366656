"""Sixty-four starts at once: does the machine always find the same, and what spoils it?"""

import numpy as np
import traitlets

from ...inverse_design import (
    Waves,
    chern_number,
    cooling,
    design,
    haldane_part,
    hall_objective,
    honeycomb,
)
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, style_axes, to_come
from ...widgets.controls import choice, seed, slider
from ._designs import DesignFrames
from ._pictures import SIGMA_LABEL, PhaseDiagram, hold
from .rediscovery import MESHES, STEPS, TEMPERATURES, schedule, waves

STARTS = 64
FRAME = 4
_BINS = np.linspace(-1, 1, 41)

_USUAL = (-0.15, 0.45)  # range of the goal; cold runs go farther


class ManyStartsExplorer(PlayableExplorer):
    """The goal, the phases and the places on the diagram of 64 designs.

    Play to the end. Then choose 12 momenta and play again: how many starts are led astray, and what
    do they have in common?
    """

    name, title = "haldane_starts", "Sixty-four starts"
    computed_by = (Waves, chern_number, cooling, design, haldane_part, hall_objective, honeycomb)
    stride = FRAME
    interval = 0.1
    path = (
        Stop(
            "Sixty-four starts, 384 phases, all over the circle. Press Play. Into how many heaps "
            "do the phases gather?",
            "Into two, at plus and minus a quarter turn, by half of the bonds each: one and the "
            "same model. At the start 44 of 64 had |C| = 1 already; at the end all.",
            {"steps": 0, "mesh": 20, "temperature": "cooling"},
            {"steps": 100},
        ),
        Stop(
            "The same with 12 momenta along each axis instead of 20. Only the sum has become "
            "coarser. Is it still all of them?",
            "58 of 64. The others have found a flaw of the sum: 12 is divisible by 3, so the "
            "corners K lie on the mesh, and a tiny gap there counts as if it filled a whole cell.",
            {"steps": 100, "mesh": 20, "temperature": "cooling"},
            {"mesh": 12},
        ),
        Stop(
            "Back to 20 momenta, and now cold, 0.02 t₁ all the time. How many become topological, "
            "and what becomes of the two heaps?",
            "63 of 64 are topological, and there are no heaps: the phases stay within 0.4 π. A "
            "phase of matter is found without heat, a model is not.",
            {"steps": 100, "mesh": 20, "temperature": "cooling"},
            {"temperature": "0.02"},
        ),
    )
    plays = "64 designs"
    runs_kept = 12

    mesh = traitlets.Int(20).tag(control=choice("Momenta along an axis", MESHES))
    temperature = traitlets.Unicode("cooling").tag(control=choice("Temperature", TEMPERATURES))
    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, FRAME))
    seed = traitlets.Int(0).tag(control=seed("Random starts"), group="more")

    def prepare(self):
        figure = new_figure(10.2, 4.4)
        left, middle, right = figure.subplots(1, 3, width_ratios=[1.2, 1, 1])
        style_axes(left, "steps", SIGMA_LABEL, "the goal")
        style_axes(middle, "phase (π)", "hops", "all 384 phases")
        self._lines = [left.plot([], [], lw=0.9, alpha=0.7)[0] for _ in range(STARTS)]
        left.set(xlim=(0, STEPS), ylim=_USUAL)
        self._coming = to_come(left, "grows here, step by step")
        self._bars = middle.bar(
            _BINS[:-1],
            np.zeros(len(_BINS) - 1),
            _BINS[1] - _BINS[0],
            align="edge",
            color=COLORS["blue"],
        )
        middle.set(xlim=(-1, 1), ylim=(0, 1.05 * 6 * STARTS), xticks=[-1, -0.5, 0, 0.5, 1])
        self._diagram = PhaseDiagram(right)
        self._diagram.dot.set(ms=6, mew=0.8, alpha=0.8)
        live = LiveFigure(figure)
        live.animated(self._coming)
        live.animated(*self._lines, *self._bars, self._diagram.dot)
        return live

    @staticmethod
    def begin(seed, temperature, mesh):
        space = honeycomb()
        goal = hall_objective(space, mesh=waves(mesh))
        options = {"seed": seed, "schedule": schedule(temperature)}
        return DesignFrames(design(goal, space, starts=STARTS, steps=0, **options))

    def compute(self, steps, **setting):
        frames = self.run(**setting)
        goal = frames.goal(steps)
        models = frames.space.build(frames.raw(steps)[-1])
        phi, m, t2 = haldane_part(models)
        return {
            "sigma": goal,
            "phases": np.angle(models.hoppings[:, 3:].numpy()) / np.pi,
            "phi": phi / np.pi,
            "ratio": np.clip(m / np.maximum(t2, 1e-3), -7, 7),
            "chern": chern_number(models, mesh=16, undefined=0).numpy(),
        }

    def draw(self, data, state):
        self._coming.set_visible(state["steps"] == 0)
        count = np.arange(len(data["sigma"]))
        good = np.abs(data["chern"]) == 1
        for line, sigma, topological in zip(self._lines, data["sigma"].T, good, strict=True):
            line.set_data(count, sigma)
            line.set_color(COLORS["red"] if topological else COLORS["grey"])
        hold(self._lines[0].axes, data["sigma"], _USUAL)
        heights, _ = np.histogram(data["phases"], _BINS)
        for bar, height in zip(self._bars, heights, strict=True):
            bar.set_height(height)
        self._diagram.dot.set_data(data["phi"], data["ratio"])
        spread = np.abs(np.abs(data["phases"]) - 0.5).max(1)
        self.readout = (
            f"step {state['steps']}: <b>{good.sum()} of {STARTS}</b> have |C| = 1; phases within "
            f"<b>{np.median(spread):.3f} π</b> of ±π/2 in the middle start"
        )
        return (
            f"64 designs after {state['steps']} steps on a mesh of {state['mesh']}: "
            f"{good.sum()} have a Chern number of one."
        )

    def table(self, data, state):
        return {"sigma": data["sigma"][-1], "chern": data["chern"], "phi_pi": data["phi"]}
