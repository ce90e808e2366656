"""One curve, many answers: a family of self-energies with exactly the same spectrum."""

from functools import lru_cache

import numpy as np
import traitlets

from ...self_energy import DegenerateTruth, HiddenFermion, properties
from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider, style_axes
from ._axes import fit_range

_W = np.linspace(-0.25, 0.15, 401)
_ELSEWHERE = -0.06


class DegeneracyExplorer(Explorer):
    """The spectrum at k_F stands still while both self-energies move.

    Move the slider from 1 to 0. What changes in the spectrum at k_F? Which of the badges turns red?
    Then look at the other momentum.
    """

    name, title = "hidden_degeneracy", "From one world to another"
    computed_by = (DegenerateTruth, HiddenFermion, properties)
    columns = (("energy_mev", 1e3 * _W), "spectrum", "truth", "normal", "anomalous")
    path = (
        Stop(
            "This is the step of the code above, as a slider. At λ = 1 stands the truth. Move λ "
            "down: which of the four laws below the picture is broken first?",
            "None, down to zero. The spectrum stands still to thirteen digits; the peak of the "
            "anomalous part moves and grows, from 94 to 261 meV at λ = 0.35. So not even the "
            "energy of the peak is in the curve.",
            {"scale": 1.0, "momentum": "k_F"},
            {"scale": 0.35},
        ),
        Stop(
            "At λ = 0 the anomalous part is zero: no pairing. What has become of the gap in the "
            "spectrum?",
            "It is there as before. The normal self-energy alone makes it, by a pole at zero "
            "energy. A gap in one spectrum is no proof of superconductivity.",
            {"momentum": "k_F"},
            {"scale": 0.0},
        ),
        Stop(
            "Now look 60 meV below, at another momentum, with the same λ. Does the spectrum stand "
            "still there, too?",
            "No: the grey curve is the truth, the orange one is off by as much as its own peak. "
            "Two equations for two functions.",
            {"scale": 0.35, "momentum": "k_F"},
            {"momentum": "below"},
        ),
    )

    scale = traitlets.Float(1.0).tag(control=slider("Scale of the pairing λ", "", 0, 1, 0.05))
    momentum = traitlets.Unicode("k_F").tag(
        control=choice("Momentum shown", {"at k_F": "k_F", "below, −60 meV": "below"})
    )

    def prepare(self):
        figure = new_figure(9.8, 4.6)
        left, right = figure.subplots(1, 2)
        style_axes(left, "energy (meV)", "A(ω) (1/eV)", "spectrum (computed, no data)")
        style_axes(right, "energy (meV)", "imaginary parts (meV)", "self-energies behind it")
        self._truth = left.plot([], [], color="#BBBBBB", lw=6, label="λ = 1")[0]
        self._spectrum = left.plot([], [], color=COLORS["orange"], label="this λ")[0]
        self._normal = right.plot([], [], color=COLORS["blue"], label="−Im Σ_nor")[0]
        self._anomalous = right.plot([], [], color=COLORS["green"], ls=":", label="Im Σ_ano")[0]
        for ax in (left, right):
            ax.set_xlim(-250, 150)
            ax.axvline(0, color="#CCCCCC", lw=1)
            ax.legend(loc="upper left")
        left.set_ylim(0, 20)
        right.set_ylim(-500, 500)
        right.axhline(0, color="#AAAAAA", lw=1)
        self._left, self._right = left, right
        live = LiveFigure(figure)
        live.animated(self._truth, self._spectrum, self._normal, self._anomalous)
        return live

    def compute(self, scale, momentum):
        band = 0.0 if momentum == "k_F" else _ELSEWHERE
        other, truth = DegenerateTruth(HiddenFermion(), scale), HiddenFermion()
        parts = other.components(_W)
        own, wanted = other.spectral_function(_W, band), truth.spectral_function(_W, band)
        return {
            "spectrum": own,
            "truth": wanted,
            "difference": float(np.abs(own - wanted).max() / wanted.max()),
            "normal": -1e3 * parts.normal.imag,
            "anomalous": 1e3 * parts.anomalous.imag,
            "gap": 1e3 * abs(other.gap_parameter()),
            "badges": _badges(round(scale, 2)),
        }

    def draw(self, data, state):
        self._truth.set_data(1e3 * _W, data["truth"])
        self._spectrum.set_data(1e3 * _W, data["spectrum"])
        self._normal.set_data(1e3 * _W, data["normal"])
        self._anomalous.set_data(1e3 * _W, data["anomalous"])
        fit_range(self._left, data["truth"].max(), 0)
        fit_range(self._right, data["normal"].max())
        badges = " · ".join(
            f"{'✓' if good else '✗'} {name}" for name, good in data["badges"].items()
        )
        self.readout = (
            f"largest change of the spectrum <b>{data['difference']:.0e}</b> of its peak; "
            f"Re Σ_ano(0) = <b>{data['gap']:.0f} meV</b><br>{badges}"
        )
        return (
            f"A pair of self-energies with the pairing scaled by {state['scale']:.2f}: the "
            f"spectrum {'at k_F' if state['momentum'] == 'k_F' else 'elsewhere'} differs by "
            f"{data['difference']:.0e} of its peak, the anomalous part is {data['gap']:.0f} meV."
        )


@lru_cache(maxsize=32)
def _badges(scale):
    return properties(DegenerateTruth(HiddenFermion(), scale), count=601).badges()
