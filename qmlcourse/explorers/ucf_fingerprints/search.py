"""Gradient descent at work: walkers look for a hidden impurity with nothing but its fingerprint."""

from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.collections import LineCollection

from ...transport import DisorderedWire
from ...widgets import (
    COLORS,
    SEQUENTIAL,
    Frames,
    LiveFigure,
    PlayableExplorer,
    Stop,
    new_figure,
    to_come,
)
from ...widgets.controls import choice, seed, slider, toggle
from ..shared.wire_picture import steady_ticks
from ._wires import FLUX_LABEL, G_LABEL, per_plaquette

LENGTH, WIDTH, ENERGY = 24, 12, -2.0
QUANTA = np.linspace(0, 8, 13)
STEPS = 60
_NOTCH = (slice(6, 9), slice(WIDTH - 2, WIDTH))
_WALL = 8.0  # height of the notch, in hoppings
_FAR = 6.0  # sites from the impurity, where the walkers start far away
_LOOKS = 200  # places looked at before the best of them race


class SearchExplorer(PlayableExplorer):
    """The landscape of the misfit, walkers that run down it, and the curve of the best one.

    Press play: each walker is a guess where the impurity sits, and walks down the gradient of its
    misfit. White lines are the watersheds: a walker ends in the valley in which it starts.
    """

    name, title = "ucf_search", "Can the fingerprint be read backwards?"
    computed_by = (
        DisorderedWire,
        "qmlcourse.transport.wires.fingerprint_search.FingerprintSearch",
        "qmlcourse.transport.wires.fingerprint_search.soft_impurities",
    )
    columns = (("flux_quanta", QUANTA), ("measured", "target"), ("best_guess", "fit"))
    interval = 0.1
    plays = "Searching"

    path = (
        Stop(
            "Sixteen walkers start far from the impurity (the star), and none of them sees the "
            "map. They only know how their own misfit changes when they move. Who will find it?",
            "Nobody. Every walker stops where its misfit grows in all directions: at the bottom "
            "of its own valley, and there are dozens. The misfit of each falls and stays high. "
            "Downhill is not the same as towards the goal.",
            {"notch": True, "walkers": 16, "noise": 0.0, "start": "far", "steps": 0},
            {"steps": 60},
        ),
        Stop(
            "Now a race: two hundred places are looked at, one curve for each, and the sixteen "
            "that fit best may walk. Will one of them be in the right valley?",
            "Yes: a valley covers a few sites, so of two hundred random places some lie in it, and "
            "there the misfit is low from the start. The gradient then leads to a fraction of a "
            "site. The price: 200 curves. For one impurity this is cheap; for two it would take "
            "200 × 200 pairs, and so on. This is why chapter 4 trains a network to jump.",
            {"start": "race", "steps": 0},
            {"steps": 60},
        ),
        Stop(
            "Take the notch away. What becomes of the landscape?",
            "It repeats itself along the wire, and is the same upside down: every place has twins "
            "with the same curve. A misfit of zero no longer says where the impurity is.",
            {"steps": 0},
            {"notch": False, "steps": 60},
        ),
    )

    notch = traitlets.Bool(True).tag(control=toggle("Notch in the wall"))
    start = traitlets.Unicode("anywhere").tag(
        control=choice(
            "Start", {"anywhere": "anywhere", "far away": "far", "the best of 200": "race"}
        )
    )
    walkers = traitlets.Int(16).tag(control=slider("Walkers", "", 4, 32, 4), group="more")
    noise = traitlets.Float(0.0).tag(
        control=slider("Noise in g(B)", "e²/h", 0, 0.1, 0.01, help="Of the measured curve"),
        group="more",
    )
    hidden = traitlets.Int(3).tag(control=seed("Hidden impurity"), group="more")
    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, 1))

    slow_depends = ("notch",)

    def prepare(self):
        figure = new_figure(10.4, 4.2)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.25, 1])
        top = figure.panel(grid[:, 0], title="bright: a guess here would fit")
        left = figure.panel(grid[0, 1], FLUX_LABEL, G_LABEL, grid=True)
        right = figure.panel(grid[1, 1], "steps", "misfit (e²/h)", grid=True)
        self._map = top.imshow(
            np.zeros((2, 2)),
            origin="lower",
            cmap=SEQUENTIAL + "_r",
            vmin=-2.6,
            vmax=-0.3,
            extent=(-0.25, LENGTH - 0.75, -0.25, WIDTH - 0.75),
            interpolation="none",
        )
        top.set(xlim=(-0.5, LENGTH - 0.5), ylim=(-0.5, WIDTH - 0.5), aspect="equal")
        top.set_axis_off()
        self._sheds = LineCollection([], colors="white", linewidths=0.8, alpha=0.75)
        top.add_collection(self._sheds)
        self._trails = [top.plot([], [], color="white", lw=1, alpha=0.8)[0] for _ in range(32)]
        self._dots = top.plot([], [], "o", color="white", mec="#222222", ms=7)[0]
        self._best = top.plot([], [], "o", color=COLORS["orange"], mec="#222222", ms=10)[0]
        self._truth = top.plot([], [], "*", color=COLORS["red"], mec="white", ms=19)[0]
        self._bite = top.fill_between([5.5, 8.5], WIDTH - 2.5, WIDTH - 0.5, color="white")
        self._target = left.plot([], [], "o", color="#222222", ms=6, label="measured")[0]
        self._fit = left.plot([], [], color=COLORS["orange"], label="best guess")[0]
        left.set(xlim=(QUANTA[0], QUANTA[-1]), ylim=(0, 6))
        left.legend(loc="upper right", ncol=2)
        steady_ticks(left)
        self._lines = [right.semilogy([], [], color="#BBBBBB", lw=1)[0] for _ in range(32)]
        self._lowest = right.semilogy([], [], color=COLORS["orange"])[0]
        right.set(xlim=(0, STEPS), ylim=(1e-3, 2))
        self._coming = to_come(right, "grows here, step by step")
        self._left = left
        live = LiveFigure(figure)
        live.animated(self._coming)
        live.animated(
            self._map, self._sheds, self._bite, *self._trails, self._dots, self._truth, self._best
        )
        live.animated(self._target, self._fit, *self._lines, self._lowest)
        return live

    @staticmethod
    def begin(notch, start, walkers, noise, hidden):
        return WalkFrames(notch, start, walkers, noise, hidden)

    def compute(self, steps, **setting):
        walk = self.run(**setting)
        track, curves, misfit = walk.way(steps)
        best = int(misfit[-1].argmin())
        return {
            "track": track,
            "misfit": misfit,
            "truth": walk.truth,
            "target": walk.target,
            "fit": curves[best],
            "best": best,
            "error": float(np.hypot(*(track[-1, best] - walk.truth))),
        }

    def compute_slow(self, state):
        return {"landscape_of": state["notch"], "landscape": _landscape(state["notch"])}

    def draw(self, data, state):
        self._coming.set_visible(state["steps"] == 0)
        if data.get("landscape_of") == state["notch"]:
            misfit = np.sqrt(((data["landscape"] - data["target"]) ** 2).mean(-1))
            depth = np.log10(misfit.T + 1e-3)
            self._map.set_data(depth)
            self._map.set_clim(np.quantile(depth, 0.005), np.quantile(depth, 0.9))
            valleys = _valleys(misfit)
            self._sheds.set_segments(_borders(valleys))
            data["valleys"] = int(valleys.max())
        known = data.get("landscape_of") == state["notch"]
        self._map.set_visible(known)
        self._sheds.set_visible(known)
        self._bite.set_visible(state["notch"])
        track, best = data["track"], data["best"]
        for n, (trail, line) in enumerate(zip(self._trails, self._lines, strict=True)):
            there = n < track.shape[1]
            trail.set_data(*(track[:, n].T if there else ([], [])))
            count = np.arange(len(track)) if there else []
            line.set_data(count, data["misfit"][:, n] if there else [])
        self._dots.set_data(*track[-1].T)
        self._best.set_data(*track[-1, best][:, None])
        self._truth.set_data(*data["truth"][:, None])
        self._target.set_data(QUANTA, data["target"])
        self._fit.set_data(QUANTA, data["fit"])
        self._lowest.set_data(np.arange(len(track)), data["misfit"].min(1))
        self._show_range(data)
        lowest = data["misfit"][-1].min()
        self.readout = (
            f"after {state['steps']} steps: best misfit <b>{lowest:.3f} e²/h</b>, and that guess "
            f"is <b>{data['error']:.1f} sites</b> from the impurity (star)"
            + (f"; the landscape has <b>{data['valleys']}</b> valleys" if known else "")
        )
        return (
            f"{track.shape[1]} walkers on the landscape of the misfit after {state['steps']} "
            f"steps; the best one fits to {lowest:.3f} e²/h and is {data['error']:.1f} sites from "
            f"the impurity; the wire has {'a' if state['notch'] else 'no'} notch."
        )

    def _show_range(self, data):
        both = np.concatenate([data["target"], data["fit"]])
        low, high = self._left.get_ylim()
        if both.min() < low or both.max() > high or np.ptp(both) < 0.25 * (high - low):
            room = max(np.ptp(data["target"]), 0.4)
            self._left.set_ylim(both.min() - 0.3 * room, both.max() + 0.7 * room)


class WalkFrames(Frames):
    """Places and curves of all walkers, from step to step.

    Attributes
    ----------
    truth : (2,) where the hidden impurity sits
    target : (field,) its fingerprint as measured, with noise
    """

    def __init__(self, notch, start, walkers, noise, hidden):
        from ...transport.wires.fingerprint_search import FingerprintSearch, soft_impurities

        rng = np.random.default_rng([7, hidden])
        self.truth = rng.uniform([2.0, 2.0], [LENGTH - 3.0, WIDTH - 4.0])
        wire, known = _wire(), _notch(notch)
        flux = per_plaquette(QUANTA, LENGTH, WIDTH)
        hill = soft_impurities(self.truth[None, None], LENGTH, WIDTH).numpy()
        g = wire.conductance(ENERGY, flux, hill[0] + known)
        self.target = g + noise * rng.normal(size=g.shape)
        search = FingerprintSearch(
            wire,
            ENERGY,
            flux,
            self.target,
            1,
            first=self._first(start, walkers, notch),
            known=known,
            rate=0.3,
        )
        super().__init__(search, lambda search: (search.places[:, 0], search.curves, search.misfit))

    def _first(self, start, walkers, notch):
        """Where the walkers start, (walker, 1, 2)."""
        rng = np.random.default_rng(1)
        top = [LENGTH - 2.0, WIDTH - 2.0]
        if start == "anywhere":
            return rng.uniform(1.0, top, (walkers, 1, 2))
        places = rng.uniform(1.0, top, (_LOOKS, 1, 2))
        if start == "far":
            away = np.hypot(*(places[:, 0] - self.truth).T)
            return places[away > _FAR][:walkers]
        misfit = ((_curves(places, notch) - self.target) ** 2).mean(1)
        return places[np.argsort(misfit)[:walkers]]

    def way(self, steps):
        """Return places (step, walker, 2), last curves (walker, field), misfits (step, walker)."""
        places, curves, misfit = zip(*self.until(steps), strict=True)
        return np.array(places), curves[-1], np.array(misfit)


@lru_cache(maxsize=1)
def _wire():
    return DisorderedWire(LENGTH, WIDTH)


def _notch(there):
    known = np.zeros((LENGTH, WIDTH))
    if there:
        known[_NOTCH] = _WALL
    return known


def _curves(places, notch):
    """(place, field): g of wires with one impurity each, at `places` (place, 1, 2)."""
    from ...transport.wires.fingerprint_search import soft_impurities

    hills = soft_impurities(places, LENGTH, WIDTH).numpy()
    return _wire().conductance(ENERGY, per_plaquette(QUANTA, LENGTH, WIDTH), hills + _notch(notch))


@lru_cache(maxsize=2)
def _landscape(notch):
    """(x, y, field): g of wires with one impurity on every half site."""
    x, y = np.mgrid[0 : LENGTH - 0.5 : 0.5, 0 : WIDTH - 0.5 : 0.5]
    places = np.stack([x.ravel(), y.ravel()], -1)[:, None]
    return _curves(places, notch).reshape(*x.shape, -1)


def _valleys(misfit):
    """The number of the valley that each place of the landscape drains into."""
    from skimage.segmentation import watershed

    return watershed(misfit)


def _borders(valleys):
    """The lines between valleys (x, y) of the half-site grid, as segments in sites."""
    across = np.argwhere(valleys[1:] != valleys[:-1]) / 2 + [0.25, 0]
    along = np.argwhere(valleys[:, 1:] != valleys[:, :-1]) / 2 + [0, 0.25]
    half = {0: np.array([0, 0.25]), 1: np.array([0.25, 0])}
    return [
        (place - half[axis], place + half[axis])
        for axis, places in enumerate((across, along))
        for place in places
    ]
