"""How far the field must go until a fingerprint forgets itself, against the area of the wire."""

import numpy as np
import traitlets

from ...transport import DisorderedWire, conductance_correlation
from ...widgets import COLORS, LiveFigure, new_figure, slider, style_axes
from ._points import PointsExplorer

WIRES = 40
ENERGY = -0.85
QUANTA = np.linspace(3, 19, 65)  # through the whole wire: time reversal is broken everywhere


class AreaExplorer(PointsExplorer):
    """The correlation function of fingerprints, and the correlation field against the area.

    Make the wire longer, then wider. The half width of the correlation is a field: what happens to
    it when the area doubles?
    """

    name, title = "ucf_area", "One flux quantum through the wire"
    computed_by = (DisorderedWire, conductance_correlation)

    length = traitlets.Int(60).tag(control=slider("Length", "sites", 30, 100, 10))
    width = traitlets.Int(12).tag(control=slider("Width", "sites", 8, 20, 2))
    disorder = traitlets.Float(2.0).tag(
        control=slider("Disorder W", "t", 1.5, 3, 0.25), group="more"
    )

    def prepare(self):
        figure = new_figure(8.8, 4.8)
        left, right = figure.subplots(1, 2)
        style_axes(left, "difference of flux (10⁻³ h/e a site)", "correlation F / F(0)", grid=True)
        style_axes(right, "area (sites)", "correlation field (10⁻³ h/e a site)", grid=True)
        self._f = left.plot([], [], color=COLORS["blue"])[0]
        self._band = left.fill_between([0, 1], 0, 0, color=COLORS["blue"], alpha=0.2, lw=0)
        left.axhline(0.5, color=COLORS["grey"], ls=":", lw=1.6)
        left.axhline(0, color=COLORS["grey"], lw=0.8)
        self._half = left.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        left.set(xlim=(0, 10), ylim=(-0.4, 1.05))
        area = np.array([200, 2200])
        right.loglog(area, 1e3 / area, ":", color=COLORS["grey"], label="one quantum through it")
        self._dots = right.loglog([], [], "o", color=COLORS["blue"], ms=6, mec="white")[0]
        self._errors = right.vlines([], [], [], color=COLORS["blue"], lw=1.6)
        self._now = right.plot([], [], "o", mfc="none", mec=COLORS["red"], ms=14, mew=2)[0]
        right.set(xlim=area, ylim=(0.3, 20))
        right.set_xticks([250, 500, 1000, 2000], ["250", "500", "1000", "2000"])
        right.set_yticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
        right.minorticks_off()
        right.legend(loc="lower left")
        live = LiveFigure(figure)
        live.animated(self._band, self._f, self._half, self._errors, self._dots, self._now)
        return live

    def compute_slow(self, state):
        wire = DisorderedWire(state["length"], state["width"])
        flux = QUANTA / (wire.length * wire.width)
        parts = []
        for start in range(0, WIRES, 8):
            if self.outdated():
                return None
            on_site = wire.potential(state["disorder"], range(start, start + 8))
            parts.append(wire.conductance(ENERGY, flux, on_site))
        g = np.concatenate(parts)
        return {"flux": flux, "g": g, "correlation": conductance_correlation(flux, g)}

    def draw(self, data, state):
        area = state["length"] * state["width"]
        if "correlation" not in data:  # the ring waits on the line until the wires are there
            self._now.set_data([area], [1e3 / area])
            self.readout = f"computing {WIRES} fingerprints …"
            return f"{len(self.points)} earlier sizes; the wire of {area} sites is being computed."
        found = data["correlation"]
        lag, norm = 1e3 * found.lag, found.value[0]
        self._f.set_data(lag, found.value / norm)
        low, high = ((found.value + s * found.error) / norm for s in (-1, 1))
        self._band.set_verts([np.concatenate([np.c_[lag, low], np.c_[lag, high][::-1]])])
        width, error = 1e3 * float(found.field), 1e3 * found.field.error
        self._half.set_data([width], [0.5])
        self.points[tuple(state.values())] = (area, width, error)
        x, y, e = np.array(list(self.points.values())).T
        self._dots.set_data(x, y)
        ends = [np.c_[x, y - e], np.c_[x, y + e]]
        self._errors.set_segments(np.stack(ends, 1))
        self._now.set_data([area], [width])
        quanta, spread = width * area / 1e3, error * area / 1e3
        self.readout = (
            f"correlation field × area = <b>{quanta:.2f} ± {spread:.2f} h/e</b> in a wire of "
            f"{area} sites"
        )
        return (
            f"The correlation of {WIRES} fingerprints falls to one half at {quanta:.2f} flux "
            f"quanta through the wire of {area} sites; {len(self.points)} sizes on the map."
        )

    def table(self, data, state):
        found = data["correlation"]
        return {"lag_flux": found.lag, "correlation": found.value, "error": found.error}
