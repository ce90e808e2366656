"""The design loop, live: fourteen random numbers climb to Haldane's model."""

import itertools
import threading
from dataclasses import replace
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.collections import LineCollection

from ...inverse_design import (
    HONEYCOMB,
    Waves,
    berry_curvature,
    chern_number,
    cooling,
    design,
    haldane_part,
    hall_objective,
    honeycomb,
    honeycomb_lattice,
)
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, to_come
from ...widgets.controls import choice, seed, slider
from ._designs import DesignFrames
from ._pictures import SIGMA_LABEL, HexagonPicture, PhaseDiagram, ZonePicture, hold, phase_colour

STEPS = 100
FRAME = 2
MESHES = {"8": 8, "10": 10, "12 (a trap)": 12, "16": 16, "20": 20, "32": 32}
TEMPERATURES = {
    "cooling, 7.4 → 2.7 t₁": "cooling",
    "always 0.2 t₁": "0.2",
    "always 0.02 t₁": "0.02",
}

_USUAL = (-0.12, 0.47)  # range of the goal; a cold run goes farther


class RediscoveryExplorer(PlayableExplorer):
    """One start of the machine: its hops, its goal, its phases, its way on the diagram.

    Press play. Which comes first: the Chern number or the pattern? Then keep the start cold from
    the beginning, and compare where it ends.
    """

    name, title = "haldane_rediscovery", "A machine designs a Hamiltonian"
    computed_by = (
        Waves,
        berry_curvature,
        chern_number,
        cooling,
        design,
        haldane_part,
        hall_objective,
        honeycomb,
        honeycomb_lattice,
    )
    columns = ("sigma", "kt", "chern")
    path = (
        Stop(
            "Fourteen random numbers: two energies, six sizes, six phases. The machine turns all "
            "of them a little, uphill in σ, and again. Press Play. Which comes first, the Chern "
            "number or the pattern of the phases?",
            "The Chern number: it is there within ten steps, when the phases are still scattered. "
            "Then, for another ninety, the six phases gather at a quarter turn, three on one side "
            "of the circle and three on the other in the order of the sites.",
            {"steps": 0, "temperature": "cooling", "seed": 3},
            {"steps": 10},
        ),
        Stop(
            "Go on to the end. The zone on the right shows where the curvature sits. Why does the "
            "machine spread it, and widen the gap?",
            "Because of the heat: states near a small gap are emptied half, and count half. A wide "
            "gap and an even curvature lose least.",
            {"steps": 10, "temperature": "cooling"},
            {"steps": 100},
        ),
    )
    stride = FRAME
    interval = 0.1
    plays = "Designing"
    runs_kept = 12

    seed = traitlets.Int(3).tag(control=seed("Random start"))
    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, 1))
    temperature = traitlets.Unicode("cooling").tag(control=choice("Temperature", TEMPERATURES))
    mesh = traitlets.Int(20).tag(control=choice("Momenta along an axis", MESHES), group="more")
    optimizer = traitlets.Unicode("rmsprop").tag(
        control=choice("Optimiser", {"RMSprop": "rmsprop", "Adam": "adam"}), group="more"
    )

    def prepare(self):
        figure = new_figure(10.4, 6.4)
        grid = figure.add_gridspec(2, 3, width_ratios=[1.15, 1, 1.05])
        self._hexagon = HexagonPicture(figure.add_subplot(grid[0, 0]), "hops in one hexagon")
        trace = figure.panel(grid[0, 1:], "steps", SIGMA_LABEL, "the goal")
        circle = figure.panel(grid[1, 0], title="six phases")
        self._zone = ZonePicture(figure.add_subplot(grid[1, 1]))
        self._diagram = PhaseDiagram(figure.add_subplot(grid[1, 2]))
        self._sigma = trace.plot([], [], color=COLORS["red"], label="σ while it trains")[0]
        self._kt = trace.plot([], [], color=COLORS["grey"], ls="--", lw=1.6, label="kT / 20 t₁")[0]
        self._chern = trace.plot([], [], "|", color=COLORS["blue"], ms=9, label="|C| = 1")[0]
        trace.set(xlim=(0, STEPS), ylim=_USUAL)
        self._coming = to_come(trace, "grows here, step by step")
        trace.legend(loc="upper right", ncol=3)
        turn = np.linspace(0, 2 * np.pi, 100)
        around = np.stack([np.cos(turn), np.sin(turn)], -1)
        wheel = LineCollection(
            list(itertools.pairwise(around)),
            colors=[phase_colour(angle) for angle in turn[:-1]],
            linewidths=5,
        )
        circle.add_collection(wheel)  # and so it is the key to the colours of the hops
        for x, y, text in ((0, 1.17, "π/2"), (0, -1.17, "−π/2"), (1.2, 0, "0"), (-1.2, 0, "π")):
            circle.text(x, y, text, ha="center", va="center")
        circle.set(xlim=(-1.4, 1.4), ylim=(-1.35, 1.35), aspect="equal")
        circle.set_axis_off()
        self._phases = [
            circle.plot([], [], "o", mfc=c, mec=COLORS["black"], ms=9, mew=1.5)[0]
            for c in (COLORS["black"], "white")
        ]
        live = LiveFigure(figure)
        live.animated(self._coming)
        live.animated(*self._hexagon.moving, *self._zone.moving, *self._diagram.moving)
        live.animated(self._kt, self._sigma, self._chern, *self._phases)
        return live

    @staticmethod
    def begin(seed, temperature, mesh, optimizer):
        space = honeycomb()
        goal = hall_objective(space, mesh=waves(mesh))
        cooled = schedule(temperature)
        options = {"seed": seed, "schedule": cooled, "optimizer": optimizer}
        return HoneycombFrames(design(goal, space, starts=1, steps=0, **options))

    def compute(self, steps, **setting):
        return self.run(**setting).picture(steps)

    def draw(self, data, state):
        self._coming.set_visible(state["steps"] == 0)
        self._hexagon.show(data["hops"], data["on_site"])
        for dots, phases in zip(self._phases, np.angle(data["hops"]).reshape(2, 3), strict=True):
            dots.set_data(np.cos(phases), np.sin(phases))
        self._zone.show(data["curvature"])
        self._diagram.show(data["phi"], data["ratio"])
        count = np.arange(len(data["sigma"]))
        self._sigma.set_data(count, data["sigma"])
        hold(self._sigma.axes, data["sigma"], _USUAL)
        self._kt.set_data(count, data["kt"] / 20)
        topological = np.abs(data["chern"]) == 1
        self._chern.set_data(count[topological], np.full(topological.sum(), -0.08))
        now = int(data["chern"][-1])
        self.readout = (
            f"step {state['steps']}: σ = <b>{data['sigma'][-1]:.3f} e²/h</b> at kT = "
            f"{data['kt'][-1]:.2g} t₁, <b>C = {now}</b>, phases within "
            f"<b>{data['spread']:.3f} π</b> of ±π/2".replace("-", "−")
        )
        return (
            f"A design after {state['steps']} steps: Hall conductivity "
            f"{data['sigma'][-1]:.3f} e2/h, Chern number {now}, phases within "
            f"{data['spread']:.3f} pi of a quarter turn."
        )


class HoneycombFrames(DesignFrames):
    """A design on the honeycomb with one start, and all Chern numbers on its way."""

    def __init__(self, run):
        super().__init__(run)
        self._chern = []
        self._counting = threading.Lock()  # the page and a worker may look at the same time

    def picture(self, steps):
        """Return what is drawn after some steps."""
        sigma = self.goal(steps)[:, 0]
        models = self.space.build(self.raw(steps)[:, 0])
        phi, m, t2 = haldane_part(models)
        with self._counting:
            known = len(self._chern)
            if known <= steps:
                new = chern_number(models[known:], mesh=20, undefined=0)
                self._chern.extend(new.tolist())
        hops = models.hoppings[-1, 3:].numpy()
        return {
            "sigma": sigma,
            "kt": np.array([1 / self.computation.schedule.beta(n) for n in range(steps + 1)]),
            "hops": hops,
            "on_site": models.on_site[-1].numpy(),
            "phi": phi,
            "ratio": m / np.maximum(t2, 1e-3),
            "chern": np.array(self._chern[: steps + 1]),
            "curvature": berry_curvature(models[-1], 32).numpy(),
            "spread": float(np.abs(np.abs(np.angle(hops)) / np.pi - 0.5).max()),
        }


def schedule(temperature):
    """The paper's cooling, or a constant temperature given as text."""
    if temperature == "cooling":
        return HONEYCOMB
    level = -np.log(float(temperature))
    return replace(HONEYCOMB, beta=cooling(level, level, 1))


@lru_cache(maxsize=16)
def waves(mesh):
    """Bloch waves of the honeycomb on a mesh; no warning, since the trap is wanted."""
    lattice = honeycomb().lattice
    return Waves(lattice, lattice.mesh(mesh))
