"""A learner at work: read the flux off a picture of the wave."""

import threading
from functools import cache, lru_cache

import numpy as np
import traitlets

from ...transport import ABRing, FluxReader, flux_error
from ...widgets import COLORS, LiveFigure, PlayableExplorer, new_figure, seed, slider
from ._rings import ring

_POOL, _TEST, _START, _ADDED = 90, 60, 4, 2
_ENERGY = -2.0
_NEAREST = 3  # known pictures on show
_HIDDEN, _STEPS, _RATE = 32, 40, 3e-3  # of the network: units, steps for two pictures more


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
    slow_depends = ("shown", "noise", "disorder", "seed")

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
        self._curve = right.plot([], [], color=COLORS["blue"], label="likeness")[0]
        self._network = right.plot([], [], color=COLORS["orange"], label="small network")[0]
        self._now = right.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        right.axhline(0.25, color=COLORS["grey"], ls=":", lw=1.5)
        right.annotate("blind guess", (_POOL, 0.252), ha="right", va="bottom", fontsize=10.5)
        right.set(xlim=(0, _POOL + 2), ylim=(0, 0.3))
        right.legend(loc="upper right", bbox_to_anchor=(1, 0.82))
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
        live.animated(self._points, self._chosen, self._curve, self._network, self._now)
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

    def compute_slow(self, state):
        disorder, noise = state["disorder"], state["noise"]
        errors = _network(disorder, state["seed"] if disorder else 0, noise).errors
        found = []
        for count in range(_START, state["shown"] + 1, _ADDED):
            if self.outdated():
                return None
            found.append(errors(count))
        return {"network": np.array(found), "network_of": (disorder, state["seed"], noise)}

    def draw(self, data, state):
        here = state["look"] - 1
        truth, read = data["truth"][here], data["read"][here]
        self._points.set_data(data["truth"], data["read"])
        self._chosen.set_data([truth], [read])
        self._curve.set_data(data["counts"], data["errors"])
        told = data.get("network_of") == (state["disorder"], state["seed"], state["noise"])
        network = data["network"] if told else np.array([])
        self._network.set_data(data["counts"][: len(network)], network[: len(data["counts"])])
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
            + (f"; the small network <b>{network[-1]:.3f}</b>" if len(network) else "")
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


class SmallNetwork:
    """Every pixel into 32 units, and these into cosine and sine of the flux's angle.

    It goes on learning: for each two pictures more it takes a few steps on all that it knows.
    """

    def __init__(self, pictures, flux):
        import torch
        from torch import nn

        torch.set_num_threads(1)  # two threads on small tensors are far slower
        flat = torch.from_numpy(pictures.reshape(len(pictures), -1)).float()
        self._pictures = (flat - flat[:_POOL].mean()) / flat[:_POOL].std()
        self._flux = flux
        angles = 2 * np.pi * torch.from_numpy(flux).float()
        self._wanted = torch.stack([angles.cos(), angles.sin()], 1)
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            self.network = nn.Sequential(
                nn.Linear(flat.shape[1], _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, 2)
            )
        self._adam = torch.optim.AdamW(self.network.parameters(), _RATE)
        self._found = []
        self._going_on = threading.Lock()

    def errors(self, count):
        """The median error (h/e) on the new pictures once `count` are known."""
        with self._going_on:
            while len(self._found) <= (count - _START) // _ADDED:
                self._learn(_START + _ADDED * len(self._found))
            return self._found[(count - _START) // _ADDED]

    def _learn(self, count):
        known, wanted = self._pictures[:count], self._wanted[:count]
        for _ in range(_STEPS):
            loss = (self.network(known) - wanted).square().mean()
            self._adam.zero_grad()
            loss.backward()
            self._adam.step()
        x, y = self.network(self._pictures[_POOL:]).detach().double().numpy().T
        read = np.arctan2(y, x) / (2 * np.pi) % 1
        self._found.append(float(np.median(flux_error(read, self._flux[_POOL:]))))


@lru_cache(maxsize=16)
def _network(disorder, seed, noise):
    task = _task(disorder, seed, noise)
    return SmallNetwork(task["pictures"], task["flux"])
