"""Two machines from the same random numbers, one that cools and one that is cold."""

import numpy as np
import traitlets

from ...inverse_design import berry_curvature, chern_number, cooling, design, haldane_part
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import choice, seed, slider
from ._pictures import SIGMA_LABEL, HexagonPicture, PhaseDiagram, Walker
from .rediscovery import FRAME, STEPS, RediscoveryExplorer

COLD = {"always 0.02 t₁": "0.02", "always 0.2 t₁": "0.2"}
_MACHINES = (("warm", "red"), ("cold", "blue"))


class RaceExplorer(PlayableExplorer):
    """The same start twice: hops, place on the diagram, goal, and length of each step.

    Press Play. Which of the two is topological first, and which goes on moving?
    """

    name, title = "haldane_race", "Warm against cold"
    computed_by = (berry_curvature, chern_number, cooling, design, haldane_part)
    columns = ("sigma_warm", "sigma_cold", "length_warm", "length_cold")
    stride = FRAME
    interval = 0.1
    plays = "Both design"
    runs_kept = 16
    begin = staticmethod(RediscoveryExplorer.begin)
    path = (
        Stop(
            "Two machines begin with the same fourteen random numbers and climb the same σ. Red "
            "starts hotter than the bands are wide and cools, blue is at 0.02 t₁ all the time. "
            "Which of them will be topological (C = 1) first?",
            "Both, after four steps: a random start is mostly a metal, whose σ has a slope at any "
            "temperature. Of 64 starts 44 even have |C| = 1 before the first step. So heat is not "
            "needed to find the phase.",
            {"steps": 0, "seed": 3, "cold": "0.02"},
            {"steps": 4},
        ),
        Stop(
            "Now go on to 100 steps. Watch the two dots on the diagram, and the lengths of the "
            "steps below on the right. What does heat buy?",
            "The model. Blue stands still: its σ is 1 as soon as a gap is open, and a number that "
            "cannot grow has no slope. Red has a slope everywhere: its σ grows with every state "
            "that heat empties less, so it pays to widen the gap and to even out the phases. It "
            "goes on to one point of the diagram and stops there.",
            {"steps": 4, "seed": 3},
            {"steps": 100},
        ),
        Stop(
            "Look at the red machine's hexagon: the energies of the two sites, the colours and the "
            "sense of the six arrows. All six hops are alike. If a person had drawn it, what "
            "would you call it?",
            "Haldane's model, with M = 0 and φ = π/2: no difference between the sites, and every "
            "second hop a quarter turn, in one sense. In blue's hexagon the phases lie up to 0.27 "
            "π away from it. Nobody would have given that a name, though its σ is higher.",
            {"steps": 100, "seed": 3},
        ),
    )

    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, 1))
    seed = traitlets.Int(3).tag(control=seed("Random start of both"))
    cold = traitlets.Unicode("0.02").tag(control=choice("The cold one", COLD))

    def prepare(self):
        figure = new_figure(10.6, 4.7)
        grid = figure.add_gridspec(2, 3, width_ratios=[0.75, 1.15, 1])
        self._hexagons = [
            HexagonPicture(figure.add_subplot(grid[n, 0]), words)
            for n, words in enumerate(("warm: red", "cold: blue"))
        ]
        diagram = PhaseDiagram(figure.add_subplot(grid[:, 1]))
        self._walkers = [Walker(diagram.ax, COLORS[colour], 1.6) for _, colour in _MACHINES]
        goal = figure.panel(grid[0, 2], "", SIGMA_LABEL, "its own goal")
        goal.set(xlim=(0, STEPS), ylim=(-0.15, 1.1))
        length = figure.panel(grid[1, 2], "steps", "length of the step", grid=True)
        length.set(xlim=(0, STEPS), ylim=(1e-7, 3), yscale="log")
        self._goals, self._lengths = (
            [ax.plot([], [], color=COLORS[colour])[0] for _, colour in _MACHINES]
            for ax in (goal, length)
        )
        live = LiveFigure(figure)
        for part in (*self._hexagons, *self._walkers):
            live.animated(*part.moving)
        live.animated(*self._goals, *self._lengths)
        return live

    def compute(self, steps, seed, cold):
        found = {}
        for (name, _), temperature in zip(_MACHINES, ("cooling", cold), strict=True):
            run = self.run(seed=seed, temperature=temperature, mesh=20, optimizer="rmsprop")
            picture = run.picture(steps)
            raw = run.raw(steps)[:, 0].numpy()
            moved = np.linalg.norm(np.diff(raw, axis=0), axis=1)
            found |= {name: picture, f"sigma_{name}": picture["sigma"]}
            found[f"length_{name}"] = np.append(moved, np.nan)
        return found

    def draw(self, data, state):
        told = []
        for n, (name, _) in enumerate(_MACHINES):
            one = data[name]
            self._hexagons[n].show(one["hops"], one["on_site"])
            self._walkers[n].show(one["phi"], one["ratio"])
            count = np.arange(len(one["sigma"]))
            self._goals[n].set_data(count, one["sigma"])
            self._lengths[n].set_data(count, np.maximum(data[f"length_{name}"], 1e-9))
            told.append(
                f"{name}: C = <b>{int(one['chern'][-1])}</b>, σ = {one['sigma'][-1]:.3f}, phases "
                f"within <b>{one['spread']:.3f} π</b> of ±π/2"
            )
        self.readout = f"step {state['steps']}; {'; '.join(told)}".replace("-", "−")
        warm, cold = data["warm"], data["cold"]
        return (
            f"Two designs from start {state['seed']} after {state['steps']} steps: the warm one "
            f"has phases within {warm['spread']:.3f} pi of a quarter turn, the one at "
            f"{state['cold']} t1 within {cold['spread']:.3f} pi."
        )
