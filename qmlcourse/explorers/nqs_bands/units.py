"""A network that grows unit by unit, and multiplies amplitudes until they are right."""

from functools import lru_cache

import ipywidgets
import numpy as np
import torch
import traitlets

from ...nqs import (
    CHEMICAL_ACCURACY,
    SearchSettings,
    Sector,
    Training,
    hydrogen_ring,
    plain_basis,
)
from ...widgets import COLORS, CYCLIC, Frames, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import choice, seed, slider, toggle
from ._boxes import BoxStrip
from ._units import HiddenUnits

ATOMS, MOMENTUM, MOST, STEPS = 4, 2, 3, 100
_VISIBLE = 2 * ATOMS
_EACH = 1 + _VISIBLE  # numbers of a unit
_REACH = 2.0


class UnitsExplorer(PlayableExplorer):
    """Four electrons on four atoms: ten fillings, and one to three hidden units.

    Drag the weights of a unit and see what it does to each amplitude. Press Play: all units learn.
    How many of them are enough, and of which kind?
    """

    name, title = "nqs_units", "A network, unit by unit"
    computed_by = (SearchSettings, Sector, Training, hydrogen_ring, plain_basis)
    columns = ("phase", ("size", "product"), "exact")
    counts = "steps"
    plays = "Learning"
    interval = 0.06
    runs_kept = 24
    path = (
        Stop(
            "Four electrons, ten fillings. One hidden unit looks at all boxes at once: it adds up "
            "its nine numbers, with + for a filled box and − for an empty one, and multiplies the "
            "amplitude by cosh of the sum. Drag a bar on the left. Does one weight change "
            "one dot, or many?",
            "Many: each weight belongs to a box, and each box is filled in half of the ten. "
            "That is the point. A few numbers set all amplitudes, not one number each.",
            {"units": 1, "unit": 1, "signs": False, "steps": 0, "seed": 1, "weights": []},
        ),
        Stop(
            "Press Play: the unit learns, by steps that bring the energy down. Then let it grow to "
            "two units, and to three. The exact amplitudes stand below. Why does the energy stay "
            "25 mHa an atom too high, however many units there are?",
            "Look at the colours in the lowest row: the two largest amplitudes have opposite "
            "signs. cosh of a real number is positive, and so is any product of them. A network "
            "of real weights cannot say minus, and size does not help.",
            {"units": 1, "unit": 1, "signs": False, "steps": 0, "seed": 1, "weights": []},
            {"units": 3, "steps": 100},
        ),
        Stop(
            "Now weights with a phase: complex numbers, whose cosh may have any sign. "
            "Begin with one unit again. How far does it come, and how far do two?",
            "One unit comes to 1 mHa an atom, two are exact. But count: two units are eighteen "
            "complex numbers for ten amplitudes. A small problem is no place to "
            "save numbers. What one sees here is that units multiply, and that signs must be "
            "possible.",
            {"units": 1, "unit": 1, "signs": True, "steps": 100, "seed": 1, "weights": []},
            {"units": 2},
        ),
    )

    units = traitlets.Int(1).tag(control=slider("Hidden units", "", 1, MOST, 1))
    signs = traitlets.Bool(False).tag(control=toggle("Weights with a phase"))
    steps = traitlets.Int(0).tag(control=slider("Steps learned", "", 0, STEPS, 1))
    unit = traitlets.Int(1).tag(control=slider("Unit on the left", "", 1, MOST, 1))
    part = traitlets.Unicode("real").tag(
        control=choice("Dragged", {"real part": "real", "imaginary part": "imaginary"}),
        group="more",
    )
    spacing = traitlets.Float(1.8).tag(
        control=slider("Distance of neighbours", "bohr", 1, 4, 0.2), group="more"
    )
    seed = traitlets.Int(1).tag(control=seed("Random start"))
    weights = traitlets.List([]).tag(state=True)
    compute_depends = ("units", "signs", "steps", "spacing", "seed", "weights")

    def prepare(self):
        occupations = _system(1.8)[0].occupations
        count = len(occupations)
        figure = new_figure(10.4, 4.6)
        grid = figure.add_gridspec(2, 3, width_ratios=[0.85, 1.6, 0.7], height_ratios=[5, 1])
        bars = figure.panel(
            grid[:, 0], "b, then boxes by m: ↑ and ↓", "weight", "the weights of a unit"
        )
        at = np.arange(_EACH)
        self._real = bars.bar(at - 0.2, 0 * at, 0.38, color=COLORS["blue"], label="real")
        self._imaginary = bars.bar(
            at + 0.2, 0 * at, 0.38, color=COLORS["purple"], label="imaginary"
        )
        bars.axhline(0, color="#999999", lw=1)
        bars.set(xlim=(-0.7, _EACH - 0.3), ylim=(-_REACH, _REACH))
        bars.set_xticks(at, ["b", *2 * ("0", "1", "2", "−1")])
        bars.axvspan(0.5, 4.5, color="#F3F3F3", lw=0)
        for start, arrow in ((1, "↑"), (5, "↓")):
            bars.text(start + 1.5, -0.96 * _REACH, arrow, ha="center", va="bottom", fontsize=15)
        bars.legend(loc="upper right")
        self._name = bars.text(0.03, 0.12, "", weight="bold", transform=bars.transAxes)
        dots = figure.panel(grid[0, 1], title="what each filling gets: dark +, light −")
        rows = ["exact", "product", *(f"unit {n}" for n in range(MOST, 0, -1))]
        dots.set_yticks([0, 1, 2.3, 3.3, 4.3], rows)
        dots.axhline(1.65, color="#999999", lw=1)
        dots.set(xlim=(-0.6, count - 0.4), ylim=(-0.6, 4.9), xticks=[])
        self._dots = dots.scatter(
            [], [], s=[], c=[], cmap=CYCLIC, vmin=-np.pi, vmax=np.pi, edgecolors="#444444", lw=0.7
        )
        strip = figure.add_subplot(grid[1, 1])
        BoxStrip(strip, occupations, 7.5)
        energy = figure.panel(
            grid[:, 2], "steps learned", "above the truth (mHa an atom)", grid=True
        )
        energy.set(xlim=(0, STEPS), ylim=(1e-2, 1e3), yscale="log")
        energy.axhspan(1e-2, 1e3 * CHEMICAL_ACCURACY, color=COLORS["green"], alpha=0.2, lw=0)
        energy.text(STEPS - 3, 1.2, "chemical\naccuracy", color="#00694C", ha="right", va="top")
        self._one = energy.axhline(1, color=COLORS["orange"], ls="--", lw=1.4)
        self._way = energy.plot([], [], color=COLORS["blue"])[0]
        self._now = energy.plot([], [], "o", color=COLORS["black"], ms=8)[0]
        live = LiveFigure(figure)
        live.animated(*self._real, *self._imaginary, self._name, self._dots)
        live.animated(self._one, self._way, self._now)
        live.on_drag(bars, self._pull, start=self._take)
        live.on_arrows(self._steer)
        live.widget.hint = (
            "Drag a bar; or use the arrow keys: sideways to choose one, up and down to move it."
        )
        self._held = 0
        return live

    def extras(self):
        button = ipywidgets.Button(description="Random weights again").add_class("qml-button")
        button.on_click(lambda _: self.guarded(self._again)())
        return [button]

    def _again(self):
        with self.together():
            self.weights, self.steps = [], 0

    def _take(self, x, y):
        self._held = int(np.clip(round(x), 0, _EACH - 1))
        self._pull(x, y)

    def _pull(self, x, y):
        numbers = self.data["numbers"].copy()
        one = numbers[self.unit - 1, self._held]
        y = float(np.clip(y, -_REACH, _REACH))
        new = complex(one.real, y) if self._drags_imaginary() else complex(y, one.imag)
        numbers[self.unit - 1, self._held] = new
        with self.together():
            self.weights, self.steps = _listed(numbers), 0

    def _steer(self, dx, dy):
        self._held = int(np.clip(self._held + np.sign(dx), 0, _EACH - 1))
        one = self.data["numbers"][self.unit - 1, self._held]
        here = one.imag if self._drags_imaginary() else one.real
        self._pull(self._held, here + dy / 20)

    def _drags_imaginary(self):
        return self.signs and self.part == "imaginary"

    @staticmethod
    def begin(units, signs, spacing, seed, weights):
        basis, _ = _system(spacing)
        numbers = _numbers(seed, weights)[:units]
        numbers = torch.tensor(numbers if signs else numbers.real).flatten()
        settings = SearchSettings(method="sr", step=0.3, regularisation=1e-2, tol=1e-13)
        training = Training(basis, HiddenUnits(numbers, _VISIBLE), settings)
        return Frames(training, lambda training: (training.network.parameters, training.energy))

    def compute(self, steps, units, signs, spacing, seed, weights):
        run = self.run(
            units=units,
            signs=signs,
            spacing=round(spacing, 1),
            seed=seed,
            weights=tuple(tuple(one) for one in weights),
        )
        frames = run.until(steps)[: steps + 1]
        parameters = frames[-1][0]
        basis, exact = _system(round(spacing, 1))
        spins = torch.tensor(2.0 * basis.occupations - 1)
        factors = HiddenUnits(parameters, _VISIBLE).factors(spins).numpy().T
        product = factors.prod(0)
        product = product / np.linalg.norm(product)
        turn = np.vdot(product, exact["state"])
        if signs and abs(turn) > 1e-9:  # the phase of all amplitudes together means nothing
            product = product * turn / abs(turn)
        numbers = _numbers(seed, weights).astype(complex)
        numbers[:units] = parameters.numpy().reshape(units, _EACH)
        return {
            "numbers": numbers,
            "factors": factors,
            "amplitudes": product,
            "size": np.abs(product),
            "phase": np.angle(product),
            "exact": exact["state"],
            "off": 1e3 / ATOMS * (np.array([e for _, e in frames]) - exact["energy"]),
            "one": 1e3 / ATOMS * (basis.matrix.diagonal().real.min() - exact["energy"]),
        }

    def draw(self, data, state):
        shown, units = state["unit"] - 1, state["units"]
        for bars, values in zip(
            (self._real, self._imaginary),
            (data["numbers"][shown].real, data["numbers"][shown].imag * state["signs"]),
            strict=True,
        ):
            held = bars is (self._imaginary if self._drags_imaginary() else self._real)
            for bar, value in zip(bars, values, strict=True):
                bar.set_height(value)
                bar.set_alpha((1 if held else 0.6) if shown < units else 0.25)
        self._name.set_text(f"unit {shown + 1}" + ("" if shown < units else "\nnot in use"))
        rows = [data["exact"], data["amplitudes"], *data["factors"]]
        heights = [0, 1, *(4.3 - n for n in range(units))]
        amplitudes = len(data["exact"])
        places = np.stack(np.meshgrid(np.arange(amplitudes), heights), -1).reshape(-1, 2)
        values = np.concatenate([row / np.abs(row).max() for row in rows])
        self._dots.set_offsets(places)
        self._dots.set_sizes(np.maximum(330 * np.abs(values), 3))
        self._dots.set_array(np.angle(values + 0j))
        off = np.maximum(data["off"], 1e-3)
        self._way.set_data(np.arange(len(off)), off)
        self._now.set_data([len(off) - 1], off[-1:])
        self._one.set_ydata([data["one"]] * 2)
        overlap = abs(np.vdot(data["exact"], data["amplitudes"])) ** 2
        count = units * _EACH
        kind = "complex" if state["signs"] else "real"
        self.readout = (
            f"<b>{data['off'][-1]:.2f} mHa an atom</b> above the truth (one filling alone "
            f"{data['one']:.0f}), overlap with it <b>{100 * overlap:.1f} %</b>; {count} {kind} "
            f"numbers for {amplitudes} amplitudes"
        )
        return (
            f"{units} hidden units with {kind} weights after {state['steps']} steps: "
            f"{data['off'][-1]:.2f} millihartree an atom above the exact energy, overlap "
            f"{100 * overlap:.1f} percent; unit {shown + 1} is on the left, its {state['part']} "
            "part is dragged."
        )


def _listed(numbers):
    """A complex array as a list that a bookmark can hold."""
    return [[round(float(z.real), 4), round(float(z.imag), 4)] for z in numbers.ravel()]


def _numbers(seed, weights):
    """(unit, 1 + visible), complex: those that were set by hand, or random ones."""
    if len(weights):
        return (np.array(weights) @ [1, 1j]).reshape(MOST, _EACH)
    draws = np.random.default_rng([seed, 6]).normal(size=(2, MOST, _EACH))
    return 0.3 * (draws[0] + 1j * draws[1])


@lru_cache(maxsize=16)
def _system(spacing):
    """The basis of ten fillings, and its lowest state with energy."""
    sector = Sector(hydrogen_ring(ATOMS, spacing), momentum=MOMENTUM)
    energies, states = sector.ground_state()
    size = np.abs(states[0])
    first = np.flatnonzero(size > 0.99 * size.max())[0]
    return plain_basis(sector), {
        "energy": energies[0],
        "state": states[0] * np.sign(states[0][first]),
    }
