"""Temperature and dephasing: how the contrast of the oscillation dies."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import (
    ABRing,
    correlation_energy,
    fermi_weight,
    oscillation_spectrum,
    thermal_average,
)
from ...widgets import COLORS, DIVERGING, Explorer, LiveFigure, new_figure, slider, style_axes
from ._rings import fit_top, ring, two_periods

_PERIOD = np.arange(16) / 16
_HALF_WINDOW = 0.4
_ENERGIES = np.linspace(-_HALF_WINDOW, _HALF_WINDOW, 107)  # steps of 0.0075, 5 kT at the edge
_TEMPERATURES = np.geomspace(0.006, 0.08, 19)
_WARM = _TEMPERATURES > 0.02
_RINGS = 24


class WarmRingExplorer(Explorer):
    """g at every energy near the Fermi level, averaged with the thermal weight.

    Raise the temperature until the grey window covers stripes of both colours: they cancel.
    Dephasing is different: it fades all stripes at once. On the right, does one ring follow the
    dotted law of many stripes? Does the mean of many rings?
    """

    name, title = "ab_warm", "A warm ring"
    computed_by = (ABRing, correlation_energy, fermi_weight, oscillation_spectrum, thermal_average)
    columns = (("ring_flux", _PERIOD), "cold", "warm")

    temperature = traitlets.Float(0.012).tag(
        control=slider("Temperature kT", "t", 0.006, 0.08, 0.05, log=True)
    )
    dephasing = traitlets.Float(0.0).tag(control=slider("Dephasing Γ", "t", 0, 0.2, 0.01))
    energy = traitlets.Float(-2.0).tag(control=slider("Fermi energy", "t", -2.4, -1.6, 0.01))
    disorder = traitlets.Float(1.0).tag(control=slider("Disorder W", "t", 0.5, 2, 0.1))

    compute_depends = slow_depends = ("energy", "disorder", "dephasing")

    def prepare(self):
        figure = new_figure(8.8, 4.8)
        self._map_axes, self._curve, self._fall = figure.subplots(1, 3, width_ratios=[1, 1, 1.05])
        style_axes(self._map_axes, "Φ (h/e)", "E - Fermi energy (t)", "oscillation of g")
        style_axes(self._curve, "Φ (h/e)", "g (e²/h)", "warm ring", grid=True)
        style_axes(self._fall, "kT (t)", "amplitude of h/e (e²/h)", "contrast", grid=True)
        self._image = self._map_axes.imshow(
            np.zeros((len(_ENERGIES), len(_PERIOD))),
            aspect="auto",
            cmap=DIVERGING,
            extent=(0, 1, -_HALF_WINDOW, _HALF_WINDOW),
        )
        self._weight = self._map_axes.fill_betweenx(
            _ENERGIES, 0, 0 * _ENERGIES, color="#555555", alpha=0.45, lw=0
        )
        self._map_axes.set_ylim(-0.3, 0.3)
        self._cold = self._curve.plot([], [], color="#BDBDBD", ls=(0, (4, 2)), label="cold")[0]
        self._warm = self._curve.plot([], [], color=COLORS["blue"], label="warm")[0]
        self._curve.set_xlim(0, 2)
        self._curve.legend(loc="upper right", ncol=2)
        self._amplitude = self._fall.loglog([], [], color=COLORS["blue"], label="this ring")[0]
        self._many = self._fall.plot(
            [], [], color=COLORS["orange"], ls="-.", label=f"{_RINGS} rings (rms)"
        )[0]
        self._law = self._fall.plot([], [], color=COLORS["grey"], ls=":", label="$T^{-1/2}$")[0]
        self._fall.legend(loc="lower left", fontsize=10)
        self._now = self._fall.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        self._thouless = self._fall.axvline(0.02, color=COLORS["green"], ls="--", lw=1.8)
        self._fall.set(xlim=(0.0055, 0.09), ylim=(3e-4, 0.6))
        self._fall.set_xticks([0.01, 0.02, 0.04, 0.08], ["0.01", "0.02", "0.04", "0.08"])
        self._fall.minorticks_off()
        self._note = self._fall.annotate(
            "Thouless\nenergy",
            (0.02, 0.3),
            xycoords=("data", "axes fraction"),
            color=COLORS["green"],
            fontsize=10.5,
            xytext=(5, 0),
            textcoords="offset points",
        )
        live = LiveFigure(figure)
        live.animated(self._image, self._weight, self._cold, self._warm)
        live.animated(self._thouless, self._note)
        live.animated(self._law, self._many, self._amplitude, self._now)
        return live

    def compute(self, energy, disorder, dephasing):
        curves = _curves(energy, disorder, dephasing)
        harmonic = oscillation_spectrum(_PERIOD, curves).coefficient(1).real
        cold = oscillation_spectrum(_PERIOD, _curves(energy, disorder, 0.0)).coefficient(1).real
        try:
            thouless = correlation_energy(_ENERGIES, cold - cold.mean())
        except ValueError:
            thouless = float("nan")
        falls = [abs(thermal_average(_ENERGIES, harmonic, t)) for t in _TEMPERATURES]
        return {
            "energies": energy + _ENERGIES,
            "curves": curves,
            "cold": curves[len(_ENERGIES) // 2],
            "temperatures": _TEMPERATURES,
            "amplitudes": np.array(falls),
            "thouless": thouless,
        }

    def compute_slow(self, state):
        falls = []
        for seed in range(100, 100 + _RINGS):
            if self.outdated():
                return None
            curves = _curves(state["energy"], state["disorder"], state["dephasing"], seed)
            harmonic = oscillation_spectrum(_PERIOD, curves).coefficient(1).real
            falls.append([abs(thermal_average(_ENERGIES, harmonic, t)) for t in _TEMPERATURES])
        return {"many": np.sqrt(np.square(falls).mean(0))}

    def draw(self, data, state):
        curves, kt = data["curves"], state["temperature"]
        swing = curves - curves.mean(1, keepdims=True)
        limit = np.quantile(np.abs(swing), 0.99)
        self._image.set_data(swing)
        self._image.set_clim(-limit, limit)
        weight = fermi_weight(_ENERGIES, 0, kt) * 4 * kt
        self._weight.set_data(_ENERGIES, 0, 0.35 * weight)
        warm = thermal_average(_ENERGIES, curves, kt)
        data["warm"] = warm
        self._warm.set_data(*two_periods(warm))
        self._cold.set_data(*two_periods(data["cold"]))
        fit_top(self._curve, np.concatenate([warm, data["cold"]]), 1.2)
        now = abs(oscillation_spectrum(_PERIOD, warm).coefficient(1))
        self._amplitude.set_data(data["temperatures"], data["amplitudes"])
        self._now.set_data([kt], [now])
        many = data.get("many", [])
        warmest = _TEMPERATURES[-1]
        self._many.set_data(_TEMPERATURES[: len(many)], many)
        law = many[-1:] * np.sqrt(warmest / _TEMPERATURES) if len(many) else []
        self._law.set_data(_TEMPERATURES[: len(law)], law)
        known = np.isfinite(data["thouless"])
        for artist in (self._thouless, self._note):
            artist.set_visible(known)
        if known:
            self._thouless.set_xdata([data["thouless"]] * 2)
            self._note.xy = (data["thouless"], 0.3)
        self.readout = f"h/e amplitude <b>{now:.4f} e²/h</b>" + (
            f"; correlation energy of the cold ring {data['thouless']:.3f} t" if known else ""
        )
        if len(many):
            slope = np.polyfit(np.log(_TEMPERATURES[_WARM]), np.log(many[_WARM]), 1)[0]
            self.readout += f"; {_RINGS} rings fall as <b>T<sup>{slope:.2f}</sup></b> above 0.02 t"
        return (
            f"At kT = {kt:.3f} the h/e oscillation has amplitude {now:.4f} e²/h; a map of g over "
            f"energy and flux shows stripes of both signs inside the thermal window."
        )


@lru_cache(maxsize=128)
def _curves(energy, disorder, dephasing, seed=3):
    one = ring(10, 4, 4, 0, disorder, seed)
    return one.conductance(energy + _ENERGIES, _PERIOD, dephasing=dephasing)
