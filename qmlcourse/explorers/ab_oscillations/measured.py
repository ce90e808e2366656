"""A measured curve, or one that looks measured: period, spectrum and the radius of the ring."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import estimate_period, measured_like_curve, read_curve
from ...widgets import COLORS, LiveFigure, new_figure, seed, slider, style_axes
from ..shared.own_curve import OwnCurveExplorer, fit_axes


class MeasuredRingExplorer(OwnCurveExplorer):
    """Take the background off a curve, find its period, and read the ring's radius from it.

    Take off the slow background until one line stands out in the spectrum. Its place gives the area
    of the ring, its width the thickness of the arms.
    """

    name, title = "ab_measured", "How large is the ring?"
    computed_by = (estimate_period, measured_like_curve, read_curve)

    sample = traitlets.Int(0).tag(control=seed("Simulated sample"))
    background = traitlets.Int(0).tag(control=slider("Background", "degree", 0, 9, 1))
    shortest = traitlets.Float(0.0).tag(
        control=slider("Ignore periods below", "% of span", 0, 20, 1), group="more"
    )

    def prepare(self):
        figure = new_figure(8.6, 5.2)
        top, bottom = figure.subplots(2, 1, height_ratios=[1.15, 1])
        self._top, self._bottom = style_axes(top, "", "conductance"), style_axes(bottom)
        self._raw = top.plot([], [], color=COLORS["blue"], lw=1.6, label="curve")[0]
        self._smooth = top.plot([], [], color=COLORS["orange"], ls="--", label="background")[0]
        top.legend(loc="upper right", ncol=2)
        self._spectrum = bottom.plot([], [], color=COLORS["blue"])[0]
        self._found = bottom.axvline(0, color=COLORS["red"], lw=1.8)
        self._width = bottom.axvspan(0, 1, color=COLORS["red"], alpha=0.15, lw=0)
        self._ignored = bottom.axvspan(0, 1, color="#777777", alpha=0.25, lw=0)
        style_axes(bottom, "oscillations per unit of field", "amplitude")
        style_axes(top, "field", "conductance")
        return LiveFigure(figure)

    def compute(self, sample, background, shortest):
        return {"background": background, "shortest": shortest}

    def simulate(self, sample):
        return _simulated(sample)[0]

    def _analyse(self, curve, background, shortest):
        span = curve.field[-1] - curve.field[0]
        found = estimate_period(
            curve, background=background, shortest=span * shortest / 100 if shortest else None
        )
        return {"curve": curve, "found": found, "field": curve.field, "g": curve.conductance}

    def draw(self, data, state):
        curve = self.curve(data)
        if curve is None:
            self._top.set_title(f"simulating sample {state['sample']} …")
            return f"Sample {state['sample']} is being computed."
        data |= self._analyse(curve, state["background"], state["shortest"])
        found = data["found"]
        metres = curve.unit == "T"
        scale, unit = (1e3, "mT") if metres and curve.field[-1] < 1 else (1, curve.unit)
        self._raw.set_data(scale * curve.field, curve.conductance)
        self._smooth.set_data(scale * found.field_even, found.smooth)
        fit_axes(self._top, scale * curve.field, curve.conductance)
        top = 4 / found.period
        ignored = _first_ignored(curve, state["shortest"])
        if ignored < found.frequency[-1]:
            top = max(top, 1.1 * ignored)
        shown = found.frequency <= top
        self._spectrum.set_data(found.frequency[shown] / scale, found.amplitude[shown])
        self._bottom.set_xlim(0, top / scale)
        self._bottom.set_ylim(0, 1.15 * found.amplitude[shown].max())
        centre = 1 / found.period
        half = centre * found.period_error / found.period
        self._found.set_xdata([centre / scale] * 2)
        self._width.set_x((centre - half) / scale)
        self._width.set_width(2 * half / scale)
        self._ignored.set_visible(bool(ignored < top))
        if ignored < top:
            self._ignored.set_x(ignored / scale)
            self._ignored.set_width((top - ignored) / scale)
        self._top.set_xlabel(f"magnetic field B ({unit})" if metres else "flux (h/e)")
        self._bottom.set_xlabel(f"oscillations per {unit}" if metres else "oscillations per h/e")
        badge = "simulated data" if self.source == "simulated" else "your data"
        self._top.set_title(f"{badge}: {len(curve.field)} points")
        self.readout = _words(found, unit, scale, metres and self.own is not None)
        return (
            f"A curve of {len(curve.field)} points ({badge}), a background of degree "
            f"{state['background']} and the spectrum without it, above {state['shortest']:g} % of "
            f"the span; the strongest line has the period {scale * found.period:.3g} {unit}."
        )

    def table(self, data, state):
        name = "B_T" if data["curve"].unit == "T" else "ring_flux"
        return {name: data["field"], "g": data["g"]}

    def truth(self):
        """Dict with the true radius (m) of the simulated sample; None for an uploaded curve."""
        return None if self.own is not None else dict(_simulated(self.sample)[1])


def _first_ignored(curve, percent):
    """Frequency above which the slider ignores lines; infinite when it stands at zero."""
    span = curve.field[-1] - curve.field[0]
    return 100 / (percent * span) if percent else np.inf


def _words(found, unit, scale, sized):
    """The period; of a student's own curve the size too, which an exercise asks of the others."""
    period = f"period <b>{scale * found.period:.3g} ± {scale * found.period_error:.2g} {unit}</b>"
    if not sized:
        return period
    return (
        f"{period}, area {found.area * 1e12:.3f} µm², radius "
        f"<b>{found.radius * 1e6:.3f} ± {found.radius_error * 1e6:.3f} µm</b>"
    )


@lru_cache(maxsize=8)
def _simulated(sample):
    return measured_like_curve(sample)
