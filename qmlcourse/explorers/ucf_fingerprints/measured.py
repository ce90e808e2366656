"""A measured fingerprint, or one that looks measured: correlation field and coherent area."""

import warnings
from functools import lru_cache

import traitlets

from ...transport import FLUX_QUANTUM, coherent_area, read_curve, wire_like_curve
from ...widgets import COLORS, LiveFigure, new_figure, seed, slider, style_axes
from ..shared.own_curve import OwnCurveExplorer, fit_axes

_PIECE = 1e-6  # metres of wire whose flux quantum is marked


class MeasuredWireExplorer(OwnCurveExplorer):
    """Take the background off a fingerprint and read the coherent area from its correlation.

    Take off the slow background until the curve wiggles around zero. Where its correlation falls to
    one half, the field has sent about one more flux quantum through the wire.
    """

    name, title = "ucf_measured", "How large is the coherent part?"
    computed_by = (coherent_area, read_curve, wire_like_curve)

    sample = traitlets.Int(0).tag(control=seed("Simulated sample"))
    background = traitlets.Int(0).tag(control=slider("Background", "degree", 0, 9, 1))
    width = traitlets.Float(200.0).tag(
        control=slider("Width of the wire", "nm", 20, 1000, 10, help="For the coherence length")
    )

    def prepare(self):
        figure = new_figure(8.8, 5.2)
        top, bottom = figure.subplots(2, 1, height_ratios=[1.1, 1])
        self._top = style_axes(top, "field", "conductance (e²/h)")
        self._bottom = style_axes(bottom, "difference of field", "correlation", " ", grid=True)
        self._raw = top.plot([], [], color=COLORS["blue"], lw=1.6, label="curve")[0]
        self._smooth = top.plot([], [], color=COLORS["orange"], ls="--", label="background")[0]
        top.legend(loc="upper right", ncol=2)
        self._line = bottom.plot([], [], color=COLORS["blue"])[0]
        bottom.axhline(0.5, color=COLORS["grey"], ls=":", lw=1.6)
        bottom.axhline(0, color=COLORS["grey"], lw=0.8)
        self._half = bottom.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        self._unit = bottom.axvline(0, color=COLORS["green"], ls="--", lw=1.6)
        bottom.set_ylim(-0.7, 1.05)
        return LiveFigure(figure)

    def compute(self, sample, background, width):
        return {"background": background, "width": width}

    def simulate(self, sample):
        return _simulated(sample)[0]

    def truth(self):
        """Dict with the true area, length and width (m) of the simulated sample, else None."""
        return None if self.own is not None else dict(_simulated(self.sample)[1])

    def draw(self, data, state):
        curve = self.curve(data)
        if curve is None:
            self._top.set_title(f"simulating sample {state['sample']} …")
            return f"Sample {state['sample']} is being computed."
        found, doubts = _analysed(curve, state["background"], state["width"])
        data |= {"curve": curve, "found": found}
        metres = curve.unit == "T"
        scale, unit = (1e3, "mT") if metres and curve.field[-1] < 1 else (1, curve.unit)
        self._raw.set_data(scale * curve.field, curve.conductance)
        self._smooth.set_data(scale * found.field_even, found.smooth)
        fit_axes(self._top, scale * curve.field, curve.conductance)
        self._line.set_data(scale * found.lag, found.correlation)
        half = scale * float(found.correlation_field)
        self._half.set_data([half], [0.5])
        self._bottom.set_xlim(0, min(12 * half, scale * found.lag[-1]))
        self._top.set_xlabel(f"magnetic field B ({unit})" if metres else "flux (h/e)")
        self._bottom.set_xlabel(f"difference of field ({unit})")
        sized = metres and self.own is not None  # of the others, an exercise asks for the size
        self._unit.set_visible(metres)
        if metres:
            one = FLUX_QUANTUM / (state["width"] * 1e-9 * _PIECE)
            self._unit.set_xdata([scale * one])
            self._bottom.set_title(
                f"green: one flux quantum in 1 µm of a {state['width']:.0f} nm wire"
            )
        badge = "simulated data" if self.source == "simulated" else "your data"
        truth = self.truth()
        wide = f", a wire {truth['width'] * 1e9:.0f} nm wide" if truth else ""
        self._top.set_title(f"{badge}: {len(curve.field)} points{wide}")
        self.readout = _words(found, half, unit, scale, sized, doubts)
        return (
            f"A curve of {len(curve.field)} points ({badge}), a background of degree "
            f"{state['background']}, and the correlation function without it, which falls to one "
            f"half at {half:.3g} {unit}; the wire is {state['width']:g} nm wide."
        )

    def table(self, data, state):
        found = data["found"]
        return {"lag": found.lag, "correlation": found.correlation}


def _analysed(curve, background, width):
    """(CoherentArea, sentences of doubt)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        metres = width * 1e-9 if curve.unit == "T" else None
        found = coherent_area(curve, background=background, width=metres)
    return found, [str(one.message) for one in caught]


def _words(found, half, unit, scale, sized, doubts):
    error = scale * found.correlation_field.error
    text = f"correlation field <b>{half:.3g} ± {error:.1g} {unit}</b>"
    if sized:
        area, spread = found.area.value * 1e12, found.area.error * 1e12
        length = found.length.value * 1e6
        text += (
            f", coherent area <b>{area:.3f} ± {spread:.3f} µm²</b>, which is {length:.2f} µm of "
            "this width"
        )
    return text + "".join(f"<br>Note: {doubt}" for doubt in doubts)


@lru_cache(maxsize=8)
def _simulated(sample):
    return wire_like_curve(sample)
