"""A blind contest: four pairs of self-energies for one curve, and then a second momentum."""

from functools import lru_cache

import numpy as np
import traitlets

from ...self_energy import (
    Curves,
    DegenerateTruth,
    Grid,
    HiddenFermion,
    fit,
    measured_curves,
    misfit,
)
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, seed
from ...widgets.controls import choice, toggle

BANDS = (0.0, -0.06)  # eV
STUDENTS = "ABCD"
_COLOURS = ("blue", "orange", "green", "purple")
_FUNCTIONS = ("normal", "anomalous", "sum")
_W = np.linspace(-0.25, 0.15, 401)
NAMES = {
    "truth": "the truth",
    "other": "a relative with three times the pairing",
    "none": "a relative without any pairing",
    "fit": "what a fit found",
}
_SHORT = {"truth": "truth", "other": "3 ×", "none": "none", "fit": "fit"}


class ContestExplorer(Explorer):
    """Four students' self-energies, the curve that all of them explain, and a second curve.

    Which of the four has the true pair? Look, choose one, and only then measure at another
    momentum.
    """

    name, title = "hidden_contest", "A blind contest"
    computed_by = (DegenerateTruth, Grid, HiddenFermion, fit, measured_curves, misfit)
    path = (
        Stop(
            "Four students explain the same synthetic curve at k_F (dots on the left). In the "
            "middle stand the self-energies that each of them offers. All are causal, positive and "
            "fade at high energy, and all have a χ² a point near 1: what noise alone would give. "
            "One of the four has the true pair. Which? Choose a student.",
            "From this curve nobody can tell. The smallest χ² belongs to a pair that has fitted "
            "some of the noise. You may dislike the sharp spikes of two of them, but then it is "
            "you who has added something, a preference for smooth functions, and two are left even "
            "so. One of the four has no pairing at all.",
            {"chosen": "A", "second": False, "names": False, "seed": 0},
        ),
        Stop(
            "Look at the sum on the right, Σ_nor + W, which is what the spectrum is made of (W "
            "is made of the anomalous part). Do the students disagree about the sum as well?",
            "Three agree to the last digit. The fourth agrees roughly at the peak and the dip, "
            "and not elsewhere: above the Fermi level no electron was counted, and far below, "
            "self-energy and background can be traded. So a perfect spectrum gives the sum and no "
            "more; a measured curve, occupied side only, blurred and noisy, gives less than the "
            "sum.",
            {"second": False, "names": False},
        ),
        Stop(
            "Now the same sample is measured at a second momentum, 60 meV below. Nobody may change "
            "anything: the self-energies are those from before. Who predicts the new curve?",
            "One of four: χ² stays below 1, and the others are worse by factors of hundreds. At "
            "another momentum the two functions enter in another proportion, so a wrong pair "
            "cannot hide behind a right sum. This supposes that the self-energies do not change "
            "with momentum.",
            {"second": False, "names": False},
            {"second": True, "names": True},
        ),
    )

    chosen = traitlets.Unicode("A").tag(control=choice("I choose student", list(STUDENTS)))
    second = traitlets.Bool(False).tag(control=toggle("Second momentum"))
    names = traitlets.Bool(False).tag(control=toggle("Who is who"))
    seed = traitlets.Int(0).tag(control=seed("Noise, and who is who"))
    compute_depends = slow_depends = ("seed",)

    def prepare(self):
        figure = new_figure(10.6, 4.7)
        grid = figure.add_gridspec(2, 3, width_ratios=[1.15, 1, 1])
        data = figure.panel(grid[:, 0], "energy (meV)", "counts (shifted)", "SYNTHETIC data")
        data.set(xlim=(-400, 100), ylim=(-0.08, 1.15), yticks=[])
        self._data_axes = data
        data.axvline(0, color="#CCCCCC", lw=1)
        self._where = [
            data.text(-390, n + 0.9, words, color="#555555")
            for n, words in enumerate(("at k_F", "60 meV below"))
        ]
        self._dots = [data.plot([], [], ".", color="#9A9A9A", ms=4)[0] for _ in BANDS]
        self._curves = [[data.plot([], [], color=COLORS[c])[0] for c in _COLOURS] for _ in BANDS]
        words = (
            ("−Im Σ_nor (meV)", "normal", (-30, 620)),
            ("Im Σ_ano (meV)", "anomalous", (-460, 460)),
            ("−Im of the sum (meV)", "sum", (-30, 620)),
        )
        self._panels = []
        for spot, (label, title, limits) in zip(((0, 1), (1, 1), (0, 2)), words, strict=True):
            ax = figure.panel(grid[spot], "energy (meV)" if spot[0] else "", label, title)
            ax.set(xlim=(-250, 150), ylim=limits)
            ax.axvline(0, color="#CCCCCC", lw=1)
            self._panels.append([ax.plot([], [], color=COLORS[c])[0] for c in _COLOURS])
        bars = figure.panel(grid[1, 2], "student", "χ² a point")
        bars.set(yscale="log", ylim=(0.1, 1e5), xlim=(-0.6, 3.6))
        bars.set_xticks(range(4), list(STUDENTS))
        bars.axhline(1, color=COLORS["black"], lw=1)
        at = np.arange(4)
        self._bars = [
            bars.bar(at - 0.2, [0.1] * 4, 0.36, color=[COLORS[c] for c in _COLOURS]),
            bars.bar(
                at + 0.2,
                [0.1] * 4,
                0.36,
                color="white",
                edgecolor=[COLORS[c] for c in _COLOURS],
                linewidth=2,
            ),
        ]
        bars.text(-0.5, 3e4, "filled: k_F, open: second", va="center")
        self._called = [bars.text(n, 2000, "", ha="center", va="center") for n in range(4)]
        live = LiveFigure(figure)
        live.animated(*self._dots, *self._where, *self._called)
        for lines in (*self._curves, *self._panels):
            live.animated(*lines)
        live.animated(*self._bars[0], *self._bars[1])
        return live

    def compute(self, seed):
        return {"curves": _measured(seed), "pairs": _family(seed), "order": _order(seed)}

    def compute_slow(self, state):
        return {"fit": _fitted(state["seed"])}

    def draw(self, data, state):
        curves, pairs, momenta = data["curves"], _pairs(data), 1 + state["second"]
        energies, top = 1e3 * curves.energies, curves.counts.max(1)
        top_of_axis = 2.25 if state["second"] else 1.15
        if self._data_axes.get_ylim()[1] != top_of_axis:
            self._data_axes.set_ylim(-0.08, top_of_axis)
            self.relayout()
        chosen = STUDENTS.index(state["chosen"])
        for n, dots in enumerate(self._dots):
            there = n < momenta
            dots.set_data(
                *((energies, curves.counts[n] / top[n] + 1.12 * n) if there else ([], []))
            )
            self._where[n].set_visible(there)
        told = []
        for student, kind in enumerate(data["order"]):
            pair, wide = pairs.get(kind), student == chosen
            for n, (lines, bars) in enumerate(zip(self._curves, self._bars, strict=True)):
                there = pair is not None and n < momenta
                counts = pair["counts"][n] / top[n] + 1.12 * n if there else []
                lines[student].set_data(energies if there else [], counts)
                lines[student].set_linewidth(3 if wide else 1.4)
                bars[student].set_height(pair["chi2"][n] if there else 0.1)
            for lines, name in zip(self._panels, _FUNCTIONS, strict=True):
                lines[student].set_data(*((1e3 * _W, pair[name]) if pair else ([], [])))
                lines[student].set_linewidth(3.2 if wide else 1.3)
            self._called[student].set_text(_SHORT[kind] if state["names"] else "")
            letter = STUDENTS[student]
            if pair is None:
                told.append(f"{letter} is still fitting")
                continue
            values = f"{pair['chi2'][0]:.2f}"
            if state["second"]:
                values += f" and {pair['chi2'][1]:.{2 if pair['chi2'][1] < 10 else 0}f}"
            name = f" ({NAMES[kind]}, {pair['gap']:.0f} meV)" if state["names"] else ""
            told.append(f"<b>{letter}</b>{name} {values}")
        self.readout = "χ² a point: " + "; ".join(told)
        return (
            f"Four pairs of self-energies for one synthetic curve; student {state['chosen']} is "
            f"chosen; {'two momenta are' if state['second'] else 'one momentum is'} measured, "
            f"names {'told' if state['names'] else 'hidden'}; noise {state['seed']}."
        )

    def table(self, data, state):
        columns = {"energy_mev": 1e3 * _W}
        pairs = _pairs(data)
        for letter, kind in zip(STUDENTS, data["order"], strict=True):
            if kind in pairs:
                columns |= {f"{letter}_{name}": pairs[kind][name] for name in _FUNCTIONS}
        return columns


def _pairs(data):
    """All pairs that are there: that of the fit comes later than the others."""
    return data["pairs"] | ({"fit": data["fit"]} if "fit" in data else {})


def _order(seed):
    """Which pair each student has, drawn from the seed."""
    return [list(NAMES)[n] for n in np.random.default_rng([seed, 7]).permutation(4)]


@lru_cache(maxsize=8)
def _measured(seed):
    return measured_curves(HiddenFermion(), BANDS, counts=1e4, seed=seed)


@lru_cache(maxsize=8)
def _family(seed):
    """The truth and two relatives with the same spectrum at k_F, as the curves see them."""
    truth = HiddenFermion()
    pairs = {
        "truth": truth,
        "other": DegenerateTruth(truth, 0.35),
        "none": DegenerateTruth(truth, 0),
    }
    return {name: _offered(pair, seed) for name, pair in pairs.items()}


@lru_cache(maxsize=8)
def _fitted(seed):
    """The better of two fits to the curve at k_F alone."""
    curves = _measured(seed)
    first = Curves(
        curves.energies, curves.counts[:1], curves.bands[:1], curves.temperature, curves.resolution
    )
    run = fit(first, Grid(), seed=range(2))
    return _offered(run.pair(run.best), seed)


def _offered(pair, seed):
    """What is drawn of a pair."""
    chi2, counts = misfit(_measured(seed), pair)
    parts = pair.components(_W)
    sign = np.sign(pair.gap_parameter()) or 1.0
    return {
        "pair": pair,
        "chi2": chi2,
        "counts": counts,
        "normal": -1e3 * parts.normal.imag,
        "anomalous": 1e3 * sign * parts.anomalous.imag,
        "sum": -1e3 * parts.total(broadening=pair.broadening).imag,
        "gap": 1e3 * abs(pair.gap_parameter()),
    }
