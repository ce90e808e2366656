"""A learner at work: read the flux off a picture of the wave."""

from functools import cache, lru_cache

import numpy as np
import traitlets

from ...transport import ABRing, FluxReader, flux_error
from ...widgets import COLORS, LiveFigure, PlayableExplorer, new_figure, seed, slider, style_axes
from ._rings import ring

_POOL, _TEST, _START, _ADDED = 90, 60, 4, 2
_ENERGY = -2.0


class FluxReaderExplorer(PlayableExplorer):
    """Train a small model picture by picture, and see it tell fluxes that it never saw.

    Press play: each frame shows the machine two more pictures of the wave with their fluxes. Points
    on the diagonal are fluxes that it reads right without having seen them.
    """

    name, title = "ab_learn", "Can a machine read the flux?"
    computed_by = (ABRing, FluxReader, flux_error)
    columns = (("true_flux", "truth"), ("read_flux", "read"))
    counts = "shown"
    stride = _ADDED
    interval = 0.12
    plays = "Training"

    shown = traitlets.Int(_START).tag(control=slider("Pictures shown", "", _START, _POOL, _ADDED))
    noise = traitlets.Float(100.0).tag(
        control=slider("Noise in the pictures", "%", 0, 200, 10, help="Of the mean density")
    )
    disorder = traitlets.Float(1.0).tag(control=slider("Disorder W", "t", 0, 2, 0.1))
    seed = traitlets.Int(5).tag(control=seed("Disorder seed"), group="more")

    def prepare(self):
        figure = new_figure(8.8, 4.5)
        left, right = figure.subplots(1, 2)
        self._left = style_axes(left, "true flux (h/e)", "flux as read (h/e)", "new pictures")
        self._right = style_axes(
            right, "pictures shown", "median error (h/e)", "learning curve", grid=True
        )
        left.plot([0, 1], [0, 1], color=COLORS["grey"], ls=":", lw=1.5)
        self._points = left.plot([], [], "o", color=COLORS["blue"], ms=7, alpha=0.75)[0]
        left.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        self._curve = right.plot([], [], color=COLORS["blue"])[0]
        self._now = right.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        right.axhline(0.25, color=COLORS["grey"], ls=":", lw=1.5)
        right.annotate("blind guess", (_POOL, 0.252), ha="right", va="bottom", fontsize=10.5)
        right.set(xlim=(0, _POOL + 2), ylim=(0, 0.3))
        live = LiveFigure(figure)
        live.animated(self._points, self._curve, self._now)
        return live

    def compute(self, shown, noise, disorder, seed):
        task = _task(disorder, seed if disorder else 0, noise)
        counts = np.arange(_START, shown + 1, _ADDED)
        return {
            "truth": task["test_flux"],
            "read": task["read"](shown),
            "counts": counts,
            "errors": np.array([task["error"](int(n)) for n in counts]),
        }

    def draw(self, data, state):
        self._points.set_data(data["truth"], data["read"])
        self._curve.set_data(data["counts"], data["errors"])
        self._now.set_data(data["counts"][-1:], data["errors"][-1:])
        error = data["errors"][-1]
        self.readout = (
            f"after {state['shown']} pictures: median error <b>{error:.3f} h/e</b> "
            f"on {_TEST} new ones"
        )
        return (
            f"Fluxes read from {_TEST} new pictures against the true ones after training on "
            f"{state['shown']}: the median error is {error:.3f} flux quanta."
        )


@lru_cache(maxsize=16)
def _task(disorder, seed, noise):
    """Pictures for training and test, and the reader's results, each computed once."""
    rng = np.random.default_rng(7)
    flux = rng.uniform(size=_POOL + _TEST)
    pictures = ring(9, 4, 4, 0, disorder, seed).density(_ENERGY, flux)
    pictures = pictures + noise / 100 * pictures.mean() * rng.normal(size=pictures.shape)
    new, new_flux = pictures[_POOL:], flux[_POOL:]

    @cache
    def read(count):
        return FluxReader(1e-3).fit(pictures[:count], flux[:count]).read(new)

    def error(count):
        return float(np.median(flux_error(read(count), new_flux)))

    return {"test_flux": new_flux, "read": read, "error": error}
