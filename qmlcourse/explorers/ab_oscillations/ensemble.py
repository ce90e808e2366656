"""Many rings: the average loses h/e and keeps h/2e."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport import ABRing, ensemble_harmonics, oscillation_spectrum
from ...widgets import COLORS, LiveFigure, PlayableExplorer, new_figure, seed, slider, style_axes
from ._rings import FLUX_LABEL, two_periods

RINGS = 400
_AT_ONCE = 40  # drawn at once; the others follow from the worker
_FLUX = np.arange(16) / 16
_SHOWN = 12
_SCALES = np.array([0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0])


class ManyRingsExplorer(PlayableExplorer):
    """The average of up to 400 disordered rings, and the amplitudes that survive in it.

    Let rings come one by one, and watch the blue curve: its scale follows it, so that you see a
    ripple of one hundredth as well as one of a half. How often does it dip in one flux quantum, at
    first and in the end?
    """

    name, title = "ab_many", "From one ring to four hundred"
    computed_by = (ABRing, ensemble_harmonics, oscillation_spectrum)
    columns = ("ring_flux", ("mean_conductance", "mean"))
    counts = "rings"
    interval = 0.06
    plays = "Add rings one by one"

    rings = traitlets.Int(1).tag(control=slider("Rings averaged", "", 1, RINGS, 1))
    disorder = traitlets.Float(2.0).tag(control=slider("Disorder W", "t", 0.5, 3, 0.1))
    energy = traitlets.Float(-2.0).tag(
        control=slider("Fermi energy", "t", -2.6, -1.2, 0.05), group="more"
    )
    seed = traitlets.Int(0).tag(control=seed("Seed of the ensemble"), group="more")

    compute_depends = slow_depends = ("disorder", "energy", "seed")

    def prepare(self):
        figure = new_figure(8.8, 4.7)
        left, right = figure.subplots(1, 2, width_ratios=[1.1, 1])
        self._left = style_axes(left, FLUX_LABEL, "g less its average over Φ (e²/h)", grid=True)
        self._right = style_axes(
            right, "number of rings N", "amplitude in the mean (e²/h)", "what survives", grid=True
        )
        self._single = [left.plot([], [], color="#C9C9C9", lw=1)[0] for _ in range(_SHOWN)]
        self._mean = left.plot([], [], color=COLORS["blue"], lw=3)[0]
        self._single[0].set_label("the last rings")
        self._mean.set_label("mean of all so far")
        left.legend(loc="lower center", bbox_to_anchor=(0.5, 0.99), ncol=2)
        left.set_xlim(0, 2)
        left.set_xticks([0, 0.5, 1, 1.5, 2])
        self._first = right.loglog([], [], color=COLORS["blue"], label="h/e")[0]
        self._second = right.loglog([], [], color=COLORS["orange"], ls="-.", label="h/2e")[0]
        self._rule = right.loglog([], [], color=COLORS["grey"], ls=":", label="N$^{-1/2}$")[0]
        self._now = right.axvline(1, color=COLORS["red"], lw=1.8)
        right.set(xlim=(1, RINGS), ylim=(2e-5, 1))
        right.legend(loc="lower left", ncol=3)
        live = LiveFigure(figure)
        live.animated(*self._single, self._mean, self._now)
        live.animated(self._first, self._second, self._rule)
        self._drawn = None
        return live

    def compute(self, disorder, energy, seed):
        return _ensemble(disorder, energy, seed, _AT_ONCE)

    def compute_slow(self, state):
        return _ensemble(state["disorder"], state["energy"], state["seed"], RINGS)

    def draw(self, data, state):
        curves, running = data["curves"], data["running"]
        rings = min(state["rings"], len(curves))
        mean = data["mean"] = curves[:rings].mean(0)
        for n, line in zip(range(rings - 1, rings - 1 - _SHOWN, -1), self._single, strict=True):
            line.set_data(*(two_periods(curves[n] - curves[n].mean()) if n >= 0 else ([], [])))
        ripple = mean - mean.mean()
        self._mean.set_data(*two_periods(ripple))
        self._fit(np.abs(ripple).max())
        if running is not self._drawn:
            self._draw_ensemble(curves, running)
        self._now.set_xdata([state["rings"]] * 2)
        first, second = running[rings - 1]
        if rings == 1:
            self.readout = f"one ring: h/e {first:.4f}, h/2e {second:.4f} e²/h"
        else:
            found = ensemble_harmonics(_FLUX, curves[:rings], resamples=200)
            self.readout = (
                f"h/e {first:.4f} ± {found.error[0]:.4f}, h/2e {second:.4f} ± {found.error[1]:.4f} "
                f"e²/h; <b>h/2e is {found.ratio:.1f} times h/e</b> "
                f"(68 %: {found.ratio_interval[0]:.1f} to {found.ratio_interval[1]:.1f})"
            )
        return (
            f"Mean conductance of {rings} rings against flux: the h/e amplitude is "
            f"{first:.4f} and the h/2e amplitude {second:.4f} e²/h."
        )

    def _fit(self, largest):
        """Scale the left panel to the ripple of the mean, in steps that do not jump each time."""
        half = float(_SCALES[min(np.searchsorted(_SCALES, 1.25 * largest), len(_SCALES) - 1)])
        if self._left.get_ylim() != (-half, half):
            self._left.set_ylim(-half, half)

    def _draw_ensemble(self, curves, running):
        count = np.arange(1, len(curves) + 1)
        self._first.set_data(count, running[:, 0])
        self._second.set_data(count, running[:, 1])
        self._rule.set_data(count, running[:9, 0].mean() * np.sqrt(3 / count))
        self._drawn = running


@lru_cache(maxsize=16)
def _ensemble(disorder, energy, seed, count):
    """Curves of the first `count` rings, and the harmonics in the mean of the first N of them."""
    seeds = np.random.SeedSequence(seed).generate_state(count, np.uint64)
    # rounded to double precision, as in the stored ensemble
    rings = ABRing(12, 7, 5, disorder=disorder, seed=[int(float(s)) for s in seeds])
    curves = rings.conductance(energy, _FLUX)
    spectrum = oscillation_spectrum(_FLUX, curves)
    waves = np.stack([spectrum.coefficient(n) for n in (1, 2)], 1)
    running = np.abs(waves.cumsum(0)) / np.arange(1, count + 1)[:, None]
    return {"ring_flux": _FLUX, "curves": curves, "running": running}
