"""Flux in the hole only, against a uniform field that also enters arms and leads."""

import numpy as np
import traitlets

from ...transport import ABRing, oscillation_spectrum
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, style_axes
from ._rings import G_LABEL, fit_top, ring

_FLUX = np.linspace(0, 12, 193)


class UniformFieldExplorer(Explorer):
    """The same ring twice: pure Aharonov-Bohm flux, and the field of a real magnet.

    The blue curve repeats exactly. The red one keeps the rhythm but beats: the arms are thick, so
    paths enclose areas between the two shaded limits.
    """

    name, title = "ab_field", "Hole only, or the whole ring?"
    computed_by = (ABRing, oscillation_spectrum)
    columns = ("flux", "hole_only", "uniform_field")

    path = (
        Stop(
            "Narrow arms of three sites. Does the red curve, in a uniform field, have a period?",
            "Nearly: its maxima come in step with the blue ones for some flux quanta, then "
            "shift. Paths along the inner and the outer rim enclose different areas, here 0.77 "
            "and 1.25 times the one in the middle.",
            {"arm": 3},
        ),
        Stop(
            "Now arms of seven sites. What will become of the line h/e in the spectrum?",
            "It becomes a band, from 0.44 to 1.78, and the beats are quicker: the more the areas "
            "differ, the sooner the paths fall out of step. The band shows an experiment which "
            "ring it has measured.",
            {"arm": 3},
            {"arm": 7},
        ),
    )

    radius = traitlets.Int(14).tag(control=slider("Outer radius", "sites", 10, 16, 1))
    arm = traitlets.Int(4).tag(control=slider("Arm width", "sites", 3, 7, 1))
    energy = traitlets.Float(-2.3).tag(control=slider("Fermi energy", "t", -3.2, -1.0, 0.01))
    disorder = traitlets.Float(0.0).tag(control=slider("Disorder W", "t", 0, 2, 0.1))

    def prepare(self):
        figure = new_figure(8.8, 5.2)
        top, bottom = figure.subplots(2, 1, height_ratios=[1.3, 1])
        self._top = style_axes(top, "flux through the mean circle (h/e)", G_LABEL, grid=True)
        self._bottom = style_axes(
            bottom, "oscillations per flux quantum through the mean circle", "amplitude (e²/h)"
        )
        self._pure = top.plot([], [], color=COLORS["blue"], lw=1.8, label="flux in the hole")[0]
        self._real = top.plot([], [], color=COLORS["red"], lw=2.2, label="uniform field")[0]
        top.set_xlim(0, 12)
        top.legend(loc="upper right", ncol=2)
        self._pure_lines = bottom.plot([], [], color=COLORS["blue"], lw=1.8)[0]
        self._real_lines = bottom.plot([], [], color=COLORS["red"], lw=2.2)[0]
        self._bands = [
            bottom.axvspan(0, 1, color=COLORS["red"], alpha=0.13, lw=0),
            bottom.axvspan(0, 1, color=COLORS["orange"], alpha=0.16, lw=0),
        ]
        self._names = [
            bottom.annotate(
                text,
                (n, 0.93),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="top",
                fontsize=10.5,
            )
            for n, text in ((1, "h/e"), (2, "h/2e"))
        ]
        bottom.set_xlim(0, 4)
        live = LiveFigure(figure)
        live.animated(*self._bands, self._pure, self._real, self._pure_lines, self._real_lines)
        return live

    def compute(self, radius, arm, energy, disorder):
        one = ring(radius, arm, arm, 0, disorder, 1 if disorder else 0)
        mean_area = np.pi * (radius - arm / 2) ** 2
        pure = one.conductance(energy, _FLUX)
        spectrum = oscillation_spectrum(_FLUX, pure, window="hann")
        return {
            "flux": _FLUX,
            "hole_only": pure,
            "frequency": spectrum.frequency,
            "hole_only_spectrum": spectrum.amplitude,
            "limits": (np.pi * (radius - arm) ** 2 / mean_area, np.pi * radius**2 / mean_area),
        }

    def compute_slow(self, state):
        radius, arm, disorder = state["radius"], state["arm"], state["disorder"]
        one = ring(radius, arm, arm, 0, disorder, 1 if disorder else 0)
        flux = _FLUX / (np.pi * (radius - arm / 2) ** 2)
        real = one.conductance(state["energy"], flux=flux)
        return {
            "uniform_field": real,
            "uniform_field_spectrum": oscillation_spectrum(_FLUX, real, window="hann").amplitude,
        }

    def draw(self, data, state):
        self._pure.set_data(_FLUX, data["hole_only"])
        ready = "uniform_field" in data
        for line in (self._real, self._real_lines):
            line.set_alpha(1.0 if ready else 0.25)  # pale: the curve of the state before
        if ready:
            self._real.set_data(_FLUX, data["uniform_field"])
            self._real_lines.set_data(data["frequency"][1:], data["uniform_field_spectrum"][1:])
        fit_top(self._top, np.concatenate([data["hole_only"], self._real.get_ydata()]), 1.2)
        frequency = data["frequency"]
        self._pure_lines.set_data(frequency[1:], data["hole_only_spectrum"][1:])
        shown = np.concatenate([data["hole_only_spectrum"][2:], self._real_lines.get_ydata()[1:]])
        fit_top(self._bottom, shown, 1.2)
        low, high = data["limits"]
        for order, band in enumerate(self._bands, 1):
            band.set_x(order * low)
            band.set_width(order * (high - low))
        if not ready:
            return "Conductance of the ring with flux in the hole; the uniform field is computed."
        inside = np.flatnonzero((frequency >= low) & (frequency <= high))
        strongest = frequency[inside[data["uniform_field_spectrum"][inside].argmax()]]
        self.readout = (
            f"within the band of h/e, from {low:.2f} (inner rim) to {high:.2f} (outer rim), the "
            f"uniform field has its strongest line at <b>{strongest:.2f}</b> per flux quantum"
        )
        return (
            f"Conductance over 12 flux quanta: with flux in the hole only it repeats exactly; in a "
            f"uniform field the strongest line of the band from {low:.2f} to {high:.2f} "
            f"oscillations per flux quantum lies at {strongest:.2f}."
        )
