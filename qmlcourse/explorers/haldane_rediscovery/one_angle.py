"""The model behind the 38 numbers: a uniform field and one angle, under the hand."""

from functools import lru_cache

import numpy as np
import traitlets

from ...inverse_design import chern_number, hall_conductivity, one_angle
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, style_axes
from ._pictures import SIGMA_LABEL
from .six import PAPER

_CHI = np.linspace(0, 0.25, 26)
_MESH = 20
_BANDS = ("blue", "orange", "green", "red")


class OneAngleExplorer(Explorer):
    """sigma against the angle, and the four bands with their Chern numbers.

    A uniform field and three numbers instead of 38. Which χ, t₂ and t₃ lift σ above the dotted
    line?
    """

    name, title = "haldane_one_angle", "Beat the machine's paper"
    computed_by = (chern_number, hall_conductivity, one_angle)
    slow_depends = ("t2", "t3")
    path = (
        Stop(
            "What was read from the machine's 38 numbers: a uniform field, three hops and one "
            "angle χ. With χ = 0 and hops of 0.9, how far is σ below the machine's, the dotted "
            "line?",
            "2.83 against 3.09, and C is 6 already. So four numbers hold nearly all that 38 have "
            "found. The rest is left to you: it is an exercise below.",
            {"chi": 0.0, "t2": 0.9, "t3": 0.9},
        ),
    )

    chi = traitlets.Float(0.0).tag(control=slider("Angle χ", "π", 0, 0.25, 0.005))
    t2 = traitlets.Float(0.9).tag(control=slider("Second hop t₂", "t₁", 0, 1, 0.05))
    t3 = traitlets.Float(0.9).tag(control=slider("Third hop t₃", "t₁", 0, 1, 0.05))

    def prepare(self):
        figure = new_figure(9.6, 4.4)
        left, right = figure.subplots(1, 2)
        style_axes(left, "angle χ (π)", SIGMA_LABEL + " at kT = 2.7 t₁", "the goal")
        style_axes(right, "momentum along the cell (2π)", "energy (t₁)", "four bands")
        left.axhline(PAPER, color=COLORS["grey"], ls=":", lw=1.5)
        left.text(0.25, PAPER + 0.012, "the paper: 3.0916", color="#333333", ha="right")
        self._curve = left.plot([], [], color=COLORS["red"])[0]
        self._dot = left.plot([], [], "o", ms=12, color="#222222", mec="white")[0]
        left.set(xlim=(0, 0.25), ylim=(2.2, 3.2))
        self._bands = [
            right.plot([], [], ".", ms=3.5, color=COLORS[colour])[0] for colour in _BANDS
        ]
        self._labels = [
            right.text(1.03, 0, "", color=COLORS[colour], va="center", weight="bold")
            for colour in _BANDS
        ]
        right.set(xlim=(0, 1.22), ylim=(-7, 7), xticks=[0, 0.5, 1])
        self._left = left
        live = LiveFigure(figure)
        live.animated(self._curve, self._dot, *self._bands, *self._labels)
        live.on_drag(left, lambda x, y: setattr(self, "chi", _step(x)))
        live.on_arrows(lambda dx, dy: setattr(self, "chi", _step(self.chi + 0.005 * dx)))
        return live

    def compute(self, chi, t2, t3):
        model = one_angle(np.pi * chi, t2, t3)
        k = model.lattice.mesh(_MESH)
        return {
            "sigma": float(hall_conductivity(model, np.e, filling=2, mesh=_MESH)),
            "kx": k[:, 0] / np.pi,
            "bands": model.bands(k).numpy(),
            "chern": [_chern(chi, t2, t3, n) for n in range(4)],
        }

    def compute_slow(self, state):
        models = one_angle(np.pi * _CHI, np.full(26, state["t2"]), np.full(26, state["t3"]))
        sigma = hall_conductivity(models, np.e, filling=2, mesh=20)
        return {"curve": sigma.numpy(), "curve_of": (state["t2"], state["t3"])}

    def draw(self, data, state):
        there = data.get("curve_of") == (state["t2"], state["t3"])
        self._curve.set_data(_CHI if there else [], data["curve"] if there else [])
        self._dot.set_data([state["chi"]], [data["sigma"]])
        lowest = min(data["sigma"], *(data["curve"] if there else [9]))
        bottom = np.floor(4 * (lowest - 0.05)) / 4 if lowest < 2.2 else 2.2
        if self._left.get_ylim()[0] != bottom:
            self._left.set_ylim(bottom, 3.2)
        kx = data["kx"] % 0.5 * 2
        for dots, label, energies, chern in zip(
            self._bands, self._labels, data["bands"].T, data["chern"], strict=True
        ):
            dots.set_data(kx, energies)
            label.set_text("" if chern is None else f"{chern:+d}".replace("-", "−"))
            label.set_y(energies.mean())
        lower = data["chern"][:2]
        total = "undefined" if None in lower else f"{sum(lower)}".replace("-", "−")
        better = "more than the paper" if data["sigma"] > PAPER else "less than the paper"
        self.readout = (
            f"σ = <b>{data['sigma']:.4f} e²/h</b>, {better}; the two lower bands have "
            f"<b>C = {total}</b>"
        )
        return (
            f"The one-angle model at chi = {state['chi']:.3f} pi, t2 = {state['t2']:.2f}, t3 = "
            f"{state['t3']:.2f}: Hall conductivity {data['sigma']:.4f} e2/h, total Chern number "
            f"{total}."
        )

    def table(self, data, state):
        return {"chi_pi": _CHI, "sigma": data["curve"]} if "curve" in data else {}


def _chern(chi, t2, t3, band):
    """The Chern number of a band; None where it touches another."""
    try:
        return int(chern_number(one_angle([np.pi * chi], t2, t3), band, 16)[0])
    except ValueError:
        return None


def _step(x):
    return round(200 * min(max(x, 0), 0.25)) / 200


@lru_cache(maxsize=1)
def best():
    """(chi / pi, sigma) of the largest Hall conductivity at t2 = t3 = 1, by a fine scan."""
    chi = np.linspace(0.1, 0.14, 41)
    sigma = hall_conductivity(one_angle(np.pi * chi), np.e, filling=2, mesh=20).numpy()
    return float(chi[sigma.argmax()]), float(sigma.max())
