"""Plain gradient and stochastic reconfiguration, on the landscape and on the map of states."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...nqs import Sector, hydrogen_ring, natural_direction, symmetric_basis
from ...nqs.directions import tangent_vectors
from ...widgets import COLORS, SEQUENTIAL, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import slider

STEPS, SPACING = 120, 3.0
_LOW, _HIGH = -5.0, 2.0
_WALKERS = (("gradient", "plain gradient", "orange"), ("sr", "reconfiguration", "sky"))


class TwoSearchesExplorer(PlayableExplorer):
    """Two searches from one start: in the plane of two parameters, and on a map of the states.

    Press Play. Which of them arrives? Then count one of the parameters in other units: which path
    changes?
    """

    name, title = "nqs_two_searches", "The same step, in parameters or in amplitudes"
    computed_by = (Sector, hydrogen_ring, natural_direction, symmetric_basis, tangent_vectors)
    columns = ("gradient_mha", "sr_mha")
    counts = "steps"
    stride = 2
    interval = 0.08
    plays = "Take steps"
    path = (
        Stop(
            "The smallest landscape: two electrons on four atoms, three amplitudes, of which two "
            "are free; p and q are their logarithms. On the left the energy over p and q; on the "
            "right the same states on a map, where distance is the angle between two states. Two "
            "searches begin at the same point. Press Play: which arrives at the star?",
            "Blue, and nearly straight on the map. Orange goes down first where it is steep, and "
            "creeps on: q hardly changes the energy now, although it is still far off.",
            {"p": 1.0, "q": 1.0, "stretch": 1.0, "steps": 0, "damping": -4.0},
            {"steps": 120},
        ),
        Stop(
            "Now q is counted in other units, three times as large: the states are the same, only "
            "the name of one number has changed. Which of the two paths changes?",
            "Only the orange one; in these units it even arrives. But good units are known to "
            "those only who know the landscape. The gradient asks: which small step <em>of the "
            "parameters</em> brings the energy down most? Rename a parameter, and the answer is "
            "another. Reconfiguration asks the same for a small step <em>of the state</em>, and "
            "the state does not know how its parameters are called.",
            {"p": 1.0, "q": 1.0, "stretch": 1.0, "steps": 120, "damping": -4.0},
            {"stretch": 3.0},
        ),
        Stop(
            "A start far down on the left, where both free amplitudes are nearly zero: the mean "
            "field. Here p and q change almost nothing. Who gets away within ten steps?",
            "Blue: it divides by how much a parameter changes the state, so it takes large steps "
            "where little happens. Orange stays, 56 mHa above. The regularisation λ is added to "
            "what blue divides by, so that it never divides by zero. With λ = 0.01 instead of "
            "0.0001 blue begins slowly too: after ten steps 34 mHa are left instead of one.",
            {"p": -4.5, "q": -4.5, "stretch": 1.0, "steps": 10, "damping": -4.0},
            {"damping": -2.0},
        ),
    )

    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, 1))
    stretch = traitlets.Float(1.0).tag(control=slider("Units of q", "", 0.3, 4, 0.1))
    p = traitlets.Float(1.0).tag(control=slider("Start: p", "", _LOW, _HIGH, 0.1))
    q = traitlets.Float(1.0).tag(control=slider("Start: q", "", _LOW, _HIGH, 0.1))
    step = traitlets.Float(0.5).tag(
        control=slider("Step size η", "1/Ha", 0.1, 1.5, 0.1), group="more"
    )
    damping = traitlets.Float(-4.0).tag(
        control=slider("Regularisation λ, log₁₀", "", -6, -1, 0.5), group="more"
    )
    compute_depends = ("stretch", "p", "q", "step", "damping")

    def prepare(self):
        figure = new_figure(10.4, 4.8)
        plane, chart = figure.subplots(1, 2)
        axis = np.linspace(_LOW, _HIGH, 121)
        grid = np.stack(np.meshgrid(axis, axis), -1)
        height = _height(_state(grid))
        look = {"levels": np.linspace(-1, 3, 17), "cmap": SEQUENTIAL, "extend": "both"}
        plane.contourf(axis, axis, height, **look)
        plane.set(xlabel="p", ylabel="q", title="parameters: dark is low", aspect="equal")
        ticks = [-4, -2, 0, 2]
        plane.set(xlim=(_LOW, _HIGH), ylim=(_LOW, _HIGH), xticks=ticks, yticks=ticks)
        reach = np.linspace(-100, 100, 141)
        across = np.stack(np.meshgrid(reach, reach), -1)
        chart.contourf(reach, reach, _height(_from_map(across)), **look)
        chart.set(xlabel="angle (°)", ylabel="angle (°)", title="states: the truth in the middle")
        chart.set(xlim=(-100, 100), ylim=(-100, 100), aspect="equal")
        best = np.log(np.abs(_problem()[2][1:] / _problem()[2][0]))
        for ax, place in ((plane, best), (chart, (0, 0))):
            ax.plot(*place, "*", color="white", ms=17, mec=COLORS["black"], zorder=5)
        self._lines, self._ends, self._nexts = {}, {}, {}
        for ax in (plane, chart):
            for name, words, colour in _WALKERS:
                self._lines[name, ax] = ax.plot(
                    [], [], ".-", color=COLORS[colour], lw=1.6, ms=5, label=words
                )[0]
                self._nexts[name, ax] = ax.plot([], [], ":", color=COLORS[colour], lw=2)[0]
                self._ends[name, ax] = ax.plot(
                    [], [], "o", color=COLORS[colour], mec="white", mew=1.5, ms=11
                )[0]
        chart.legend(loc="upper left")
        self._axes = (plane, chart)
        live = LiveFigure(figure)
        live.animated(*self._lines.values(), *self._nexts.values(), *self._ends.values())
        live.on_drag(plane, lambda x, y: self._start(x, y))
        live.on_arrows(lambda dx, dy: self._start(self.p + dx / 10, self.q + dy / 10))
        live.widget.hint = "Drag the start in the left picture, or move it with the arrow keys."
        return live

    def _start(self, p, q):
        with self.together():
            self.p, self.q = (float(np.clip(round(v, 1), _LOW, _HIGH)) for v in (p, q))

    def compute(self, **setting):
        rounded = {key: round(value, 2) for key, value in setting.items()}
        ways = {name: _walk(name, **rounded) for name, *_ in _WALKERS}
        energy = {name: 1e3 * (_energy(_state(way)) - _problem()[1]) for name, way in ways.items()}
        return {
            "ways": ways,
            "maps": {name: _to_map(_state(way)) for name, way in ways.items()},
            "gradient_mha": energy["gradient"],
            "sr_mha": energy["sr"],
        }

    def draw(self, data, state):
        steps = state["steps"]
        for ax, kind in zip(self._axes, ("ways", "maps"), strict=True):
            for name, *_ in _WALKERS:
                way = data[kind][name]
                self._lines[name, ax].set_data(*way[: steps + 1].T)
                self._ends[name, ax].set_data(*way[[steps]].T)
                self._nexts[name, ax].set_data(*way[steps : steps + 2].T)
        plain, sr = data["gradient_mha"][steps], data["sr_mha"][steps]
        self.readout = (
            f"step {steps}: plain gradient <b>{plain:.2f} mHa</b> above the lowest energy, "
            f"reconfiguration <b>{abs(sr):.4f} mHa</b>"
        )
        return (
            f"Two searches after {steps} steps from p = {state['p']:.1f}, q = {state['q']:.1f}: "
            f"the plain gradient is {plain:.2f} millihartree above the lowest energy, "
            f"reconfiguration {abs(sr):.4f}."
        )


@lru_cache(maxsize=1)
def _problem():
    """Matrix, lowest energy and lowest state of three amplitudes; and the two other states."""
    sector = Sector(hydrogen_ring(4, SPACING), 2)
    basis = symmetric_basis(sector, int(sector.find(1, 1)[0]))
    matrix = basis.matrix.toarray().real
    order = np.argsort(matrix.diagonal())
    matrix = matrix[np.ix_(order, order)]
    energies, states = np.linalg.eigh(matrix)
    lowest = states[:, 0] * np.sign(states[0, 0])
    return matrix, energies[0], lowest, states[:, 1:]


def _state(parameters):
    """(..., 3): normalised amplitudes 1, ∓exp(p), ∓exp(q), with the signs of the lowest state."""
    signs = np.sign(_problem()[2])
    logs = np.concatenate([np.zeros((*parameters.shape[:-1], 1)), parameters], -1)
    state = signs * np.exp(logs)
    return state / np.linalg.norm(state, axis=-1, keepdims=True)


def _energy(state):
    return np.einsum("...i,ij,...j->...", state, _problem()[0], state)


def _height(state):
    """Logarithm of the energy above the lowest, mHa."""
    return np.log10(np.maximum(1e3 * (_energy(state) - _problem()[1]), 1e-2))


def _to_map(state):
    """(..., 2), degrees: as far from the middle as the state is from the lowest one."""
    _, _, lowest, others = _problem()
    aside = state @ others
    angle = np.rad2deg(np.arccos(np.clip(state @ lowest, -1, 1)))
    length = np.linalg.norm(aside, axis=-1)
    return aside * (angle / np.maximum(length, 1e-12))[..., None]


def _from_map(places):
    """(..., 3): the state at a place on the map."""
    _, _, lowest, others = _problem()
    angle = np.linalg.norm(places, axis=-1, keepdims=True)
    way = places / np.maximum(angle, 1e-12)
    turn = np.deg2rad(angle)
    return np.cos(turn) * lowest + np.sin(turn) * (way @ others.T)


@lru_cache(maxsize=64)
def _walk(method, stretch, p, q, step, damping):
    """(step + 1, 2): p and q along a search; q is stretch times the parameter that is moved."""
    matrix = torch.as_tensor(_problem()[0])
    units = torch.tensor([1.0, stretch], dtype=torch.float64)
    here, way = np.array([p, q]), []
    slopes = torch.zeros(3, 2, dtype=torch.complex128)
    slopes[1, 0], slopes[2, 1] = 1, stretch
    for _ in range(STEPS + 1):
        way.append(here)
        psi = torch.as_tensor(_state(here))
        residual = matrix @ psi - (psi @ matrix @ psi) * psi
        psi, residual = psi.to(torch.complex128), residual.to(torch.complex128)
        tangent = tangent_vectors(slopes.clone(), psi)
        if method == "sr":
            move = natural_direction(tangent, residual, 10.0**damping, real=True)
        else:
            move = tangent.conj().T @ residual
        here = here - step * (units * move.real).numpy()
    return np.array(way)
