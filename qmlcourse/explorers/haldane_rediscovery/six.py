"""The triangular lattice: eight starts of 38 numbers, and the fluxes in which they can be read."""

import numpy as np
import traitlets

from ...inverse_design import (
    TRIANGULAR,
    chern_number,
    design,
    fluxes,
    hall_objective,
    symmetries,
    triangular,
)
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, style_axes, to_come
from ...widgets.controls import seed, slider
from ._designs import DesignFrames
from ._pictures import SIGMA_LABEL

STARTS, STEPS, FRAME, MESH = 8, 300, 6, 10
PAPER = 3.0916
_KINDS = {
    (1.0, 1.0, 1.0): "1-1-1",
    (1.0, 1.0, 1.732051): "1-1-2",
    (1.732051, 1.732051, 1.732051): "2-2-2",
    (1.0, 1.732051, 2.0): "1-2-3",
    (1.0, 1.0, 2.0): "1-1-3",
    (2.0, 2.0, 2.0): "3-3-3",
}


class SixExplorer(PlayableExplorer):
    """Goals of eight designs, and all fluxes of the best one.

    Play. On the right, each dot is the flux through one small triangle of the design: at first they
    lie anywhere. How many different values are left at the end?
    """

    name, title = "haldane_six", "Six times Haldane"
    computed_by = (chern_number, design, fluxes, hall_objective, symmetries, triangular)
    stride = FRAME
    interval = 0.06
    plays = "8 designs"
    path = (
        Stop(
            "Eight starts of 38 numbers each. On the right are the fluxes through all small "
            "triangles of the best one, in units of π. Press Play: into how many values do they "
            "gather, and when is C = 6?",
            "C is 6 after some forty steps, long before the design is finished; at the end a few "
            "values of the flux are left for all triangles. So this is a pattern and can be read.",
            {"steps": 0, "seed": 0},
            {"steps": 300},
        ),
    )
    runs_kept = 6

    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, FRAME))
    seed = traitlets.Int(0).tag(control=seed("Random starts"))

    def prepare(self):
        figure = new_figure(10.2, 4.6)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.15])
        style_axes(left, "steps", SIGMA_LABEL, "eight designs")
        self._lines = [left.plot([], [], lw=1.5)[0] for _ in range(STARTS)]
        self._best = left.plot([], [], color=COLORS["red"], lw=3)[0]
        left.axhline(PAPER, color=COLORS["grey"], ls=":", lw=1.5)
        left.text(4, PAPER + 0.05, "the paper: 3.092", color="#333333")
        left.set(xlim=(0, STEPS), ylim=(-0.6, 3.5))
        self._coming = to_come(left, "grows here, step by step")
        words = "sides of the triangle (1st, 2nd, 3rd neighbours)"
        style_axes(right, words, "flux (π)", "all fluxes of the best design", grid=True)
        right.set(xlim=(-0.6, len(_KINDS) - 0.4), ylim=(-1.08, 1.08), yticks=[-1, -0.5, 0, 0.5, 1])
        right.set_xticks(range(len(_KINDS)), list(_KINDS.values()))
        self._dots = right.plot([], [], "o", color=COLORS["blue"], ms=6, alpha=0.45, mew=0)[0]
        live = LiveFigure(figure)
        live.animated(self._coming)
        live.animated(*self._lines, self._best, self._dots)
        return live

    @staticmethod
    def begin(seed):
        space = triangular()
        goal = hall_objective(space, mesh=MESH, filling=2)
        options = {"seed": seed, "schedule": TRIANGULAR}
        return DesignFrames(design(goal, space, starts=STARTS, steps=0, **options))

    def compute(self, steps, seed):
        frames = self.run(seed=seed)
        goal = frames.goal(steps)
        best = int(goal[-1].argmax())
        models = frames.space.build(frames.raw(steps)[-1, best : best + 1])
        model = models[0]
        loops = fluxes(model)
        offset = np.random.default_rng(1).uniform(-0.16, 0.16, len(loops))
        kind = np.array([list(_KINDS).index(loop.lengths) for loop in loops])
        flux = np.array([loop.flux / np.pi for loop in loops])
        flux = np.where(flux < -0.97, flux + 2, flux)  # -pi and pi are one
        # a path along a line has no sense of rotation: its flux has no sign
        flux = np.where([loop.area < 1e-9 for loop in loops], np.abs(flux), flux)
        return {
            "sigma": goal,
            "best": best,
            "kind": kind,
            "place": kind + offset,
            "flux": flux,
            "chern": int(chern_number(models, [0, 1], mesh=16, undefined=0)[0]),
            "uniform": _uniform(model),
        }

    def model(self):
        """The best design on show, as a TightBinding."""
        best, frames = self.data["best"], self.run(seed=self.seed)
        return frames.space.build(frames.raw(self.steps)[-1, best])

    def draw(self, data, state):
        self._coming.set_visible(state["steps"] == 0)
        count = np.arange(len(data["sigma"]))
        for line, sigma in zip(self._lines, data["sigma"].T, strict=True):
            line.set_data(count, sigma)
            line.set_color("#AAAAAA")
        self._best.set_data(count, data["sigma"][:, data["best"]])
        self._dots.set_data(data["place"], data["flux"])
        chern = data["chern"]
        sigma = data["sigma"][-1, data["best"]]
        self.readout = (
            f"step {state['steps']}: best σ = <b>{sigma:.3f} e²/h</b>, C of the two lower bands = "
            f"<b>{chern}</b>; moved by one site, its fluxes change by up to "
            f"<b>{data['uniform']:.3f} π</b>".replace("-", "−")
        )
        return (
            f"Eight designs on the triangular lattice after {state['steps']} steps: the best has a "
            f"Hall conductivity of {sigma:.3f} e2/h and a total Chern number {chern}."
        )

    def table(self, data, state):
        names = np.array(list(_KINDS.values()))[data["kind"]]
        return {"triangle": names, "flux_pi": data["flux"]}


def _uniform(model):
    """Largest change of a flux (in pi) when the pattern is moved by one site."""
    return max(one.deviation for one in symmetries(model, only="translation"))
