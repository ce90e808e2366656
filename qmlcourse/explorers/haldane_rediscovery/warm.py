"""A step that no gradient can climb, and the hill that temperature makes of it."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...inverse_design import Waves, haldane, hall_conductivity, honeycomb_lattice
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, style_axes
from ._pictures import SIGMA_LABEL

T2 = 0.15
_RATIOS = np.arange(0, 9.01, 0.25)
_MESH = 80
_TEMPERATURES = np.geomspace(0.03, 10, 31)


class WarmExplorer(Explorer):
    """sigma against M, and its slope at one M against temperature.

    Start at the cold end with the dot at M/t₂ = 7: which way is uphill? Then warm up. At which
    temperature does the dot begin to feel the hill?
    """

    name, title = "haldane_warm", "What temperature does to a step"
    computed_by = (Waves, haldane, hall_conductivity, honeycomb_lattice)
    columns = (("m_over_t2", "ratio"), "sigma", ("sigma_cold", "cold"))
    path = (
        Stop(
            "The dot stands at M/t₂ = 7, a trivial insulator, at kT = 0.03 t₁. Uphill is to the "
            "left, where σ = 1. Can the dot feel it?",
            "Hardly: the slope is 6 in ten thousand, and colder still it is nothing. σ is a step, "
            "flat where the dot stands and a cliff elsewhere.",
            {"log_kt": -1.5, "ratio": 7.0},
        ),
        Stop(
            "Now warm it up slowly. At which temperature is the slope largest, and what does the "
            "curve look like there?",
            "Near kT = 0.3 t₁ it is nearly a thousand times steeper. Heat fills some of the upper "
            "band and empties some of the lower one, so σ changes with the size of the gap and not "
            "only with its sign: the cliff has become a hill that is felt from afar.",
            {"log_kt": -1.5},
            {"log_kt": -0.5},
        ),
        Stop(
            "On to kT = 10 t₁, hotter than the bands are wide. Is the hill gone?",
            "It is low, but it is everywhere, and it still points the right way. And the price: σ "
            "is no integer any more.",
            {"log_kt": -0.5},
            {"log_kt": 1.0},
        ),
    )

    log_kt = traitlets.Float(-1.5).tag(
        control=slider("Temperature, log₁₀(kT/t₁)", "", -1.5, 1, 0.05)
    )
    ratio = traitlets.Float(7.0).tag(control=slider("M / t₂ of the dot", "", 0, 9, 0.25))

    def prepare(self):
        figure = new_figure(9.6, 4.2)
        left, right = figure.subplots(1, 2)
        style_axes(left, "M / t₂", SIGMA_LABEL, "the goal")
        style_axes(right, "temperature kT (t₁)", "slope −dσ/dM (e²/h t₁)", "what a gradient sees")
        left.axvline(3 * np.sqrt(3), color=COLORS["grey"], ls=":", lw=1.5)
        left.text(5.25, 1.03, "C = 0 →", color="#333333")
        left.text(5.1, 1.03, "← C = 1", ha="right", color="#333333")
        self._cold = left.plot([], [], color="#BBBBBB", lw=1.6, ls="--")[0]
        self._curve = left.plot([], [], color=COLORS["red"])[0]
        self._dot = left.plot([], [], "o", ms=12, color="#222222", mec="white")[0]
        self._slope = right.plot([], [], color=COLORS["blue"])[0]
        self._now = right.plot([], [], "o", ms=12, color="#222222", mec="white")[0]
        left.set(xlim=(0, 9), ylim=(-0.03, 1.12))
        right.set(xscale="log", yscale="log", xlim=(0.03, 10), ylim=(1e-6, 20))
        live = LiveFigure(figure)
        live.animated(self._cold, self._curve, self._dot, self._slope, self._now)
        live.on_drag(left, lambda x, y: setattr(self, "ratio", _quarter(x)))
        live.on_arrows(lambda dx, dy: setattr(self, "ratio", _quarter(self.ratio + 0.25 * dx)))
        return live

    def compute(self, log_kt, ratio):
        kt = 10**log_kt
        sigma, slope = _hall(kt)
        at = round(4 * ratio)
        return {
            "ratio": _RATIOS,
            "sigma": sigma,
            "cold": _hall(0.03)[0],
            "kt": kt,
            "here": (sigma[at], slope[at]),
            "slopes": np.array([_hall(t)[1][at] for t in _TEMPERATURES]),
        }

    def draw(self, data, state):
        self._curve.set_data(data["ratio"], data["sigma"])
        self._cold.set_data(data["ratio"], data["cold"])
        self._dot.set_data([state["ratio"]], [data["here"][0]])
        self._slope.set_data(_TEMPERATURES, np.maximum(data["slopes"], 1e-7))
        self._now.set_data([data["kt"]], [max(data["here"][1], 1e-7)])
        sigma, slope = data["here"]
        slope = f"{slope:.3f}" if slope > 1e-3 else f"{slope:.0e}"
        self.readout = (
            f"kT = {data['kt']:.3g} t₁: σ = <b>{sigma + 0:.3f} e²/h</b>, slope <b>{slope}</b>"
        )
        return (
            f"Hall conductivity against M/t2 at kT = {data['kt']:.3g}: at M/t2 = "
            f"{state['ratio']:.2f} it is {sigma:.3f} e2/h with a slope of {slope}."
        )


def _quarter(x):
    return round(4 * min(max(x, 0), 9)) / 4


@lru_cache(maxsize=1)
def _waves():
    lattice = honeycomb_lattice()
    return Waves(lattice, lattice.mesh(_MESH))


@lru_cache(maxsize=256)
def _hall(kt):
    """(sigma, -d sigma / dM) on the grid of M/t2 at one temperature."""
    m = torch.tensor(_RATIOS * T2, requires_grad=True)
    sigma = hall_conductivity(
        haldane(torch.full_like(m, np.pi / 2), m, torch.full_like(m, T2)),
        kt,
        chemical_potential=0.0,
        mesh=_waves(),
    )
    (slope,) = torch.autograd.grad(sigma.sum(), m)
    return sigma.detach().numpy(), -slope.numpy()
