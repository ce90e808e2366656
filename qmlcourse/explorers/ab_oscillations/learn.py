"""A learner at work: read the flux off a picture of the wave."""

from functools import cache, lru_cache

import numpy as np
import traitlets

from ...transport import ABRing, FluxReader, flux_error
from ...widgets import COLORS, LiveFigure, PlayableExplorer, new_figure, seed, slider
from ._rings import ring

_POOL, _TEST, _START, _ADDED = 90, 60, 4, 2
_ENERGY = -2.0
_NEAREST = 3  # known pictures on show


class FluxReaderExplorer(PlayableExplorer):
    """Train a small model picture by picture, and see it tell fluxes that it never saw.

    Press play: each frame shows the machine two more pictures of the wave with their fluxes. Below,
    one new picture and the three known ones that are most like it. Are their fluxes near its own?
    """

    name, title = "ab_learn", "Can a machine read the flux?"
    computed_by = (ABRing, FluxReader, flux_error)
    columns = (("true_flux", "truth"), ("read_flux", "read"))
    counts = "shown"
    stride = _ADDED
    interval = 0.12
    plays = "Training"

    shown = traitlets.Int(_START).tag(control=slider("Pictures shown", "", _START, _POOL, _ADDED))
    look = traitlets.Int(1).tag(control=slider("New picture", "", 1, _TEST, 1))
    noise = traitlets.Float(100.0).tag(
        control=slider("Noise in the pictures", "%", 0, 200, 10, help="Of the mean density")
    )
    disorder = traitlets.Float(1.0).tag(control=slider("Disorder W", "t", 0, 2, 0.1), group="more")
    seed = traitlets.Int(5).tag(control=seed("Disorder seed"), group="more")

    def prepare(self):
        figure = new_figure(8.8, 5.3)
        grid = figure.add_gridspec(2, 1, height_ratios=[1.25, 1])
        top = grid[0].subgridspec(1, 2)
        self._left = figure.panel(top[0], "true flux (h/e)", "flux as read (h/e)", "new pictures")
        self._right = figure.panel(
            top[1], "pictures shown", "median error (h/e)", "learning curve", grid=True
        )
        left, right = self._left, self._right
        left.plot([0, 1], [0, 1], color=COLORS["grey"], ls=":", lw=1.5)
        self._points = left.plot([], [], "o", color=COLORS["blue"], ms=6, alpha=0.6)[0]
        self._chosen = left.plot([], [], "o", mfc="none", mec=COLORS["red"], ms=13, mew=2.2)[0]
        left.set(xlim=(0, 1), ylim=(0, 1))
        self._curve = right.plot([], [], color=COLORS["blue"])[0]
        self._now = right.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        right.axhline(0.25, color=COLORS["grey"], ls=":", lw=1.5)
        right.annotate("blind guess", (_POOL, 0.252), ha="right", va="bottom", fontsize=10.5)
        right.set(xlim=(0, _POOL + 2), ylim=(0, 0.3))
        bottom = grid[1].subgridspec(1, 1 + _NEAREST)
        self._pictures, self._words = [], []
        for n in range(1 + _NEAREST):
            ax = figure.panel(bottom[n], share=2)
            ax.set(xticks=[], yticks=[])
            for side in ax.spines.values():
                side.set_visible(n == 0)
                side.set_color(COLORS["red"])
                side.set_linewidth(2.2)
            self._pictures.append(ax.imshow(np.zeros((3, 3)), vmin=0, vmax=1))
            words = ax.text(0.5, 1.04, "", ha="center", va="bottom", transform=ax.transAxes)
            self._words.append(words)
        live = LiveFigure(figure)
        live.animated(self._points, self._chosen, self._curve, self._now)
        live.animated(*self._pictures, *self._words)
        live.on_drag(left, self._choose)
        return live

    def _choose(self, x, y):
        """Take the new picture whose point is next to the pointer."""
        data = self.data
        self.look = 1 + int(np.argmin(np.hypot(data["truth"] - x, data["read"] - y)))

    def compute(self, shown, look, noise, disorder, seed):
        task = _task(disorder, seed if disorder else 0, noise)
        counts = np.arange(_START, shown + 1, _ADDED)
        likeness = task["likeness"](shown)[look - 1]
        nearest = np.argsort(-likeness)[:_NEAREST]
        return {
            "truth": task["test_flux"],
            "read": task["read"](shown),
            "counts": counts,
            "errors": np.array([task["error"](int(n)) for n in counts]),
            "nearest": nearest,
            "likeness": likeness[nearest],
            "known_flux": task["flux"][nearest],
            "pictures": task["pictures"][[_POOL + look - 1, *nearest]],
        }

    def draw(self, data, state):
        here = state["look"] - 1
        truth, read = data["truth"][here], data["read"][here]
        self._points.set_data(data["truth"], data["read"])
        self._chosen.set_data([truth], [read])
        self._curve.set_data(data["counts"], data["errors"])
        self._now.set_data(data["counts"][-1:], data["errors"][-1:])
        top = np.quantile(data["pictures"], 0.995)
        for image, picture in zip(self._pictures, data["pictures"], strict=True):
            image.set_data(np.clip(picture.T / top, 0, 1))
        self._words[0].set_text(f"new: Φ = {truth:.2f}\nread as {read:.2f}")
        for words, flux, alike in zip(
            self._words[1:], data["known_flux"], data["likeness"], strict=True
        ):
            words.set_text(f"known: Φ = {flux:.2f}\nlikeness {alike:.2f}")
        error = data["errors"][-1]
        self.readout = (
            f"after {state['shown']} pictures: median error <b>{error:.3f} h/e</b> "
            f"on {_TEST} new ones"
        )
        near = ", ".join(f"{flux:.2f}" for flux in data["known_flux"])
        return (
            f"Fluxes read from {_TEST} new pictures against the true ones after training on "
            f"{state['shown']}: the median error is {error:.3f} flux quanta. Of new picture "
            f"{state['look']}, at flux {truth:.2f}, the most similar known ones have {near}."
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
    def reader(count):
        return FluxReader(1e-3).fit(pictures[:count], flux[:count])

    @cache
    def read(count):
        return reader(count).read(new)

    @cache
    def likeness(count):
        return reader(count).likeness(new)

    def error(count):
        return float(np.median(flux_error(read(count), new_flux)))

    return {
        "test_flux": new_flux,
        "flux": flux,
        "pictures": pictures,
        "read": read,
        "likeness": likeness,
        "error": error,
    }
