"""Two large peaks that one spectrum does not show: the hidden fermion by hand."""

import numpy as np
import traitlets

from ...self_energy import HiddenFermion
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, style_axes
from ._axes import fit_range

_W = np.linspace(-0.2, 0.2, 401)


class CancellationExplorer(Explorer):
    """Normal, hidden and total self-energy, and the spectrum.

    At 64 meV two coloured peaks stand where the black line has none; its own peak at zero opens the
    gap. Lower the saturation c: when does the hidden peak come out?
    """

    name, title = "hidden_cancellation", "A peak that hides"
    computed_by = (HiddenFermion,)
    columns = (("energy_mev", 1e3 * _W), "normal", "hidden", "total", "anomalous", "spectrum")
    path = (
        Stop(
            "The electron mixes with a hidden fermion at 64 meV, so the normal self-energy (blue) "
            "has a strong peak there. The pairing makes a second part, W (red). The spectrum "
            "knows only their sum (black). How much of the blue peak is left in the sum?",
            "A tenth. Red is negative where blue is positive, and nearly as large. The large black "
            "peak at zero energy is another one: it opens the gap.",
            {"saturation": 1.0, "coupling": 76.0, "width": 12.0},
        ),
        Stop(
            "Was that fine tuning? Change the coupling V to 40 meV, and the width to 3 meV. What "
            "does the share that is left depend on?",
            "With 3 meV it falls to 2 %. For a sharp mode it is zero, whatever V and D are: one "
            "mode has one strength, which stands in both functions, and the algebra makes the "
            "residues equal. What is left here comes from the width and the background.",
            {"saturation": 1.0, "coupling": 76.0, "width": 12.0},
            {"width": 3.0},
        ),
        Stop(
            "Now lower the saturation c: several modes at one energy, which do not pair in the "
            "same way. When does the hidden peak come out, and what becomes of the gap?",
            "The share 1 − c² is left: 36 % at c = 0.8 by the law of a sharp mode, 42 with the "
            "width. The gap shrinks with c, and at c = 0 there is no pairing and nothing is "
            "hidden.",
            {"saturation": 1.0, "width": 12.0},
            {"saturation": 0.8},
        ),
    )

    saturation = traitlets.Float(1.0).tag(control=slider("Saturation c", "", 0, 1, 0.02))
    coupling = traitlets.Float(76.0).tag(control=slider("Coupling V", "meV", 20, 120, 2))
    energy = traitlets.Float(0.0).tag(control=slider("Energy e_f", "meV", -60, 60, 2))
    pairing = traitlets.Float(64.0).tag(control=slider("Pairing D", "meV", 10, 100, 2))
    width = traitlets.Float(12.0).tag(control=slider("Width", "meV", 2, 25, 1))

    def prepare(self):
        figure = new_figure(9.8, 4.4)
        left, right = figure.subplots(1, 2, width_ratios=[1.2, 1])
        style_axes(
            left, "energy (meV)", "imaginary parts (meV)", "self-energies (computed, no data)"
        )
        style_axes(right, "energy (meV)", "A(ω) (1/eV)", "spectrum at k_F")
        looks = (
            ("−Im Σ_nor (normal)", "blue", "-", 2.2),
            ("−Im W (hidden)", "red", "--", 2.2),
            ("−Im of the sum", "black", "-", 3),
        )
        self._lines = [
            left.plot([], [], color=COLORS[c], ls=s, lw=w, label=t)[0] for t, c, s, w in looks
        ]
        self._anomalous = left.plot(
            [], [], color=COLORS["green"], ls=":", label="Im Σ_ano (anomalous)"
        )[0]
        left.axhline(0, color="#AAAAAA", lw=1)
        left.legend(loc="lower center", fontsize=9.5, ncol=2)
        self._spectrum = right.plot([], [], color=COLORS["orange"])[0]
        for ax in (left, right):
            ax.set_xlim(-200, 200)
            ax.axvline(0, color="#CCCCCC", lw=1)
        left.set_ylim(-450, 450)
        right.set_ylim(0, 25)
        self._left, self._right = left, right
        live = LiveFigure(figure)
        live.animated(*self._lines, self._anomalous, self._spectrum)
        return live

    def compute(self, saturation, coupling, energy, pairing, width):
        truth = HiddenFermion(
            coupling=coupling / 1e3,
            energy=energy / 1e3,
            pairing=pairing / 1e3,
            width=width / 1e3,
            saturation=saturation,
        )
        parts = truth.components(_W)
        at = truth.components(np.array([truth.mode]))
        return {
            "normal": -1e3 * parts.normal.imag,
            "hidden": -1e3 * parts.hidden().imag,
            "total": -1e3 * parts.total().imag,
            "anomalous": 1e3 * parts.anomalous.imag,
            "spectrum": truth.spectral_function(_W),
            "left_over": float(at.total().imag[0] / at.normal.imag[0]),
            "gap": 1e3 * truth.gap_parameter(),
            "weight": truth.quasiparticle_weight(),
            "peak": 1e3 * _first_peak(truth),
        }

    def draw(self, data, state):
        for line, name in zip(self._lines, ("normal", "hidden", "total"), strict=True):
            line.set_data(1e3 * _W, data[name])
        self._anomalous.set_data(1e3 * _W, data["anomalous"])
        self._spectrum.set_data(1e3 * _W, data["spectrum"])
        fit_range(self._left, 1.5 * np.abs(data["normal"]).max())
        fit_range(self._right, data["spectrum"].max(), 0)
        law = 1 - state["saturation"] ** 2
        self.readout = (
            f"at the mode, <b>{100 * data['left_over']:.0f} %</b> of the normal peak is left in "
            f"the total; the law for a sharp mode says 1 − c² = <b>{100 * law:.0f} %</b>. "
            f"Re Σ_ano(0) = {data['gap']:.0f} meV, Z = {data['weight']:.2f}, "
            f"Z Re Σ_ano(0) = {data['weight'] * data['gap']:.0f} meV; the spectrum has its "
            f"first peak at <b>{data['peak']:.0f} meV</b>".replace("-", "−")
        )
        return (
            f"Self-energies of a hidden fermion with saturation {state['saturation']:.2f}: "
            f"{100 * data['left_over']:.0f} percent of the normal peak is left in the total."
        )


def _first_peak(truth):
    """Where the spectrum at k_F has its first maximum from the Fermi level up, in eV."""
    energies = np.linspace(0, 0.25, 2501)
    a = truth.spectral_function(energies)
    falls = np.flatnonzero(np.diff(a) < 0)
    rises = np.flatnonzero(np.diff(a) > 0)
    start = rises[0] if len(rises) and a[0] < 0.5 * a.max() else 0  # a gap: go up its edge
    falls = falls[falls >= start]
    return energies[falls[0]]
