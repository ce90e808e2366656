"""Automatic differentiation as a tape: three numbers, six operations, and back."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...inverse_design import haldane, honeycomb_lattice
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider

_K = 0.3  # distance from the corner, in units in which the first hops give the same energy
_FACTOR = 3 * np.sqrt(3)
_FORWARD = (
    ("s", "sin φ", ("φ",)),
    ("p", "3√3 t₂ · s", ("t₂", "s")),
    ("d", "M − p", ("M", "p")),
    ("q", "d²", ("d",)),
    ("r", "q + 0.09", ("q",)),
    ("E", "√r", ("r",)),
)
_INPUTS = ("φ", "t₂", "M")
_NAMES = (*_INPUTS, *(name for name, _, _ in _FORWARD))
STEPS = 2 * len(_FORWARD)
# places: inputs at the left, then a column for each operation
_PLACES = {
    "φ": (0, 2),
    "t₂": (0, 1),
    "M": (0, 0),
    "s": (1, 2),
    "p": (2, 1.5),
    "d": (3, 1),
    "q": (4, 1),
    "r": (5, 1),
    "E": (6, 1),
}


class TapeExplorer(Explorer):
    """The energy of a state near K from three numbers, forward and backward, step by step.

    Go forward to the energy, then backward. Which single rule is used at each step back?
    """

    name, title = "haldane_tape", "A tape that runs back"
    computed_by = (haldane, honeycomb_lattice)
    columns = (("quantity", list(_NAMES)), "value", "slope")
    path = (
        Stop(
            "Three numbers, φ, t₂ and M, go in on the left; the energy E of a state near the "
            "corner K comes out on the right. Six small operations are between them. Move the "
            "slider to 6. Which operation knows of all three numbers?",
            "None. Each knows only what goes into it and what comes out; PyTorch writes such a "
            "list, the tape, while it computes.",
            {"step": 0, "phi": 0.4, "t2": 0.15, "m": 0.9},
            {"step": 6},
        ),
        Stop(
            "Now back: the slope of E with respect to each number on the way, in red. The last is "
            "1, since E changes with itself one to one. Go to step 7, then on. What is multiplied "
            "at each step?",
            "The slope that has arrived, times the slope of this one operation: dE/dr = 1/(2√r), "
            "then dE/dq = dE/dr · 1, then dE/dd = dE/dq · 2d. It is the chain rule, and each "
            "operation has to know only its own slope.",
            {"step": 6},
            {"step": 9},
        ),
        Stop(
            "At step 12 all three slopes are there, after one way back. With fourteen numbers, or "
            "a million: how many ways back would be needed?",
            "One. Trying each number by a small step, as the row below the picture does, takes a "
            "computation for each number. This is why gradients of a million numbers cost about as "
            "much as a few evaluations.",
            {"step": 12},
        ),
    )

    step = traitlets.Int(0).tag(control=slider("Steps: 6 forward, 6 back", "", 0, STEPS, 1))
    phi = traitlets.Float(0.4).tag(control=slider("Phase φ", "π", -1, 1, 0.05))
    t2 = traitlets.Float(0.15).tag(control=slider("Second hop t₂", "t₁", 0.02, 0.3, 0.01))
    m = traitlets.Float(0.9).tag(control=slider("Energy M", "t₁", -2, 2, 0.05))
    compute_depends = ("phi", "t2", "m")

    def prepare(self):
        figure = new_figure(10.4, 3.9)
        ax = figure.subplots()
        ax.set(xlim=(-0.55, 6.6), ylim=(-0.62, 2.75))
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        self._values, self._slopes, self._boxes = {}, {}, {}
        for name, words, sources in _FORWARD:
            for source in sources:
                (x0, y0), (x1, y1) = _PLACES[source], _PLACES[name]
                ax.plot([x0, x1], [y0, y1], color="#CCCCCC", lw=1.6, zorder=0)
            x, y = _PLACES[name]
            ax.text(x, y + 0.36, f"{name} = {words}", ha="center", va="bottom", fontsize=11.5)
        for name in _INPUTS:
            x, y = _PLACES[name]
            ax.text(x - 0.3, y, name, ha="right", va="center", fontsize=15)
        for name in _NAMES:
            x, y = _PLACES[name]
            self._boxes[name] = ax.plot(
                [x], [y], "s", ms=44, mfc="white", mec="#777777", mew=1.4, zorder=1
            )[0]
            self._values[name] = ax.text(x, y + 0.1, "", ha="center", va="center", zorder=2)
            self._slopes[name] = ax.text(
                x, y - 0.14, "", ha="center", va="center", color=COLORS["red"], zorder=2
            )
        self._rule = ax.text(3, -0.35, "", ha="center", va="center", fontsize=14)
        live = LiveFigure(figure)
        live.animated(*self._boxes.values(), *self._values.values(), *self._slopes.values())
        live.animated(self._rule)
        live.on_arrows(lambda dx, dy: setattr(self, "step", int(np.clip(self.step + dx, 0, STEPS))))
        return live

    def compute(self, phi, t2, m):
        inputs = {"φ": np.pi * phi, "t₂": t2, "M": m}
        values, rules = _by_hand(inputs)
        tape = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in inputs.values()]
        _energy(*tape).backward()
        small = 1e-5
        steps = []
        for n in range(3):
            ends = [list(inputs.values()) for _ in range(2)]
            ends[0][n] -= small
            ends[1][n] += small
            low, high = (_energy(*torch.tensor(end, dtype=torch.float64)) for end in ends)
            steps.append(float(high - low) / (2 * small))
        return {
            "values": values,
            "at_corner": _at_corner(round(phi, 4), round(t2, 4), round(m, 4)),
            "rules": rules,
            "torch": np.array([float(one.grad) for one in tape]),
            "by_steps": np.array(steps),
            "value": np.array([values[name][0] for name in _NAMES]),
            "slope": np.array([values[name][1] for name in _NAMES]),
        }

    def draw(self, data, state):
        step, count = state["step"], len(_FORWARD)
        for n, name in enumerate(_NAMES):
            known = n < 3 + min(step, count)
            value, slope = data["values"][name]
            self._values[name].set_text(_short(value) if known else "")
            self._boxes[name].set_markerfacecolor("#EEF5FA" if known else "white")
            back = step >= count + _arrives(name)
            self._slopes[name].set_text(_short(slope) if back else "")
        last = None if step == 0 else _FORWARD[step - 1] if step <= count else None
        if step > count:
            self._rule.set_text(data["rules"][step - count - 1])
        else:
            self._rule.set_text(
                f"{last[0]} = {last[1]} = {_short(data['values'][last[0]][0])}" if last else ""
            )
        told = ", ".join(
            f"dE/d{name} = {_short(by_steps)}"
            for name, by_steps in zip(_INPUTS, data["by_steps"], strict=True)
        )
        d = abs(data["values"]["d"][0])
        corner = min(data["at_corner"], key=lambda level: abs(level - d))
        self.readout = f"by small steps of each number: <b>{told}</b>"
        if step == STEPS:
            self.readout += f"; PyTorch's tape: {', '.join(_short(v) for v in data['torch'])}"
        elif 3 <= step <= count:
            self.readout += f". At the corner itself the library's bands lie at ± {_short(corner)}"
        return (
            f"Step {step} of {STEPS} of a tape that computes the energy near K from phase "
            f"{state['phi']:.2f} pi, second hop {state['t2']:.2f} and M {state['m']:.2f}: "
            f"{'forward' if step <= count else 'backward'}; the energy is "
            f"{data['values']['E'][0]:.4f}."
        )


@lru_cache(maxsize=256)
def _at_corner(phi, t2, m):
    """The smallest distance from zero of Haldane's bands at K and K′: |d| at one of them."""
    b = honeycomb_lattice().reciprocal
    corners = np.array([(2 * b[0] + b[1]) / 3, (b[0] + 2 * b[1]) / 3])
    levels = haldane(np.pi * phi, m, t2).bands(corners).numpy()
    return np.ptp(levels, axis=-1) / 2


def _energy(phi, t2, m):
    """The tape's six operations in PyTorch."""
    s = torch.sin(phi)
    p = _FACTOR * t2 * s
    d = m - p
    return torch.sqrt(d**2 + _K**2)


def _by_hand(inputs):
    """name -> (value, slope of E), and the rule of each step back."""
    phi, t2, m = inputs["φ"], inputs["t₂"], inputs["M"]
    s = np.sin(phi)
    p = _FACTOR * t2 * s
    d = m - p
    q = d**2
    r = q + _K**2
    e = np.sqrt(r)
    to_r = 1 / (2 * e)
    to_q = to_r
    to_d = 2 * d * to_q
    to_p = -to_d
    to_t2, to_s = _FACTOR * s * to_p, _FACTOR * t2 * to_p
    to_phi = np.cos(phi) * to_s
    values = {
        "φ": (phi, to_phi),
        "t₂": (t2, to_t2),
        "M": (m, to_d),
        "s": (s, to_s),
        "p": (p, to_p),
        "d": (d, to_d),
        "q": (q, to_q),
        "r": (r, to_r),
        "E": (e, 1.0),
    }
    rules = (
        f"dE/dr = 1 · 1/(2√r) = {_short(to_r)}",
        f"dE/dq = {_short(to_r)} · 1 = {_short(to_q)}",
        f"dE/dd = {_short(to_q)} · 2d = {_short(to_d)}",
        f"dE/dM = {_short(to_d)} · 1,  dE/dp = {_short(to_d)} · (−1) = {_short(to_p)}",
        f"dE/dt₂ = {_short(to_p)} · 3√3 s = {_short(to_t2)},  "
        f"dE/ds = {_short(to_p)} · 3√3 t₂ = {_short(to_s)}",
        f"dE/dφ = {_short(to_s)} · cos φ = {_short(to_phi)}",
    )
    return values, rules


def _arrives(name):
    """At which step back the slope of a quantity is known."""
    readers = (n for n, (_, _, sources) in enumerate(_FORWARD) if name in sources)
    return len(_FORWARD) - next(readers, len(_FORWARD))


def _short(value):
    return f"{value + 0:.3f}".replace("-", "−")
