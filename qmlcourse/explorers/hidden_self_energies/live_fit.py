"""A fit that runs: from a curve to both self-energies, and then the truth."""

import numpy as np
import traitlets

from ...self_energy import BCS, Grid, HiddenFermion, SelfEnergyFit, measured_curves, pseudogap
from ...widgets import COLORS, Frames, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import choice, seed, slider, toggle

STEPS, STARTS = 60, 3
BANDS = {1: (0.0,), 2: (0.0, -0.06), 3: (0.0, -0.06, -0.15)}
LAWS = {
    "all laws": "all",
    "no pairing": "unpaired",
    "no bound on pairing": "unbound",
    "with a static gap": "static",
}
TRUTHS = {
    "hidden fermion": "hidden",
    "coupling changes with k": "changing",
    "BCS": "bcs",
    "pseudogap": "pseudogap",
}
_TRUE = {
    "hidden": HiddenFermion,
    "changing": lambda: HiddenFermion(slope=4.0),
    "bcs": BCS,
    "pseudogap": pseudogap,
}
_OPTIONS = {
    "all": {},
    "unpaired": {"pairing": False},
    "unbound": {"positive": False},
    "static": {"static": True},
}
_SETTING = ("momenta", "truth", "laws", "log_counts", "noise")
_W = np.linspace(-0.3, 0.3, 241)
_LOOKS = (("blue", "o"), ("orange", "s"), ("purple", "^"))


class FitExplorer(PlayableExplorer):
    """Three starts of a fit to synthetic curves; the truth is locked until it is asked for.

    Play to the end. Three starts fit equally well: do they agree with each other? Show the truth.
    Then measure at three momenta and play again.
    """

    name, title = "hidden_fit", "Read two functions from the curve"
    computed_by = (BCS, Grid, HiddenFermion, SelfEnergyFit, measured_curves, pseudogap)
    long_steps = long_start = True
    plays = "Fitting"
    runs_kept = 10
    compute_depends = (*_SETTING, "steps")
    path = (
        Stop(
            "One curve. Press Play: three fits begin at three random functions. At the end all "
            "have a χ² a point near 1. Do they agree on the anomalous part? Then show the truth.",
            "No: 188, 70 and 189 meV, where the truth has 94. Two agree closely and are wrong by a "
            "factor of two. Agreement of starts is not accuracy.",
            {"momenta": 1, "truth": "hidden", "laws": "all", "steps": 0, "shown": False},
            {"steps": 60, "shown": True},
        ),
        Stop(
            "Two curves, at k_F and 60 meV below; Play again. Two functions, two equations: is "
            "that enough?",
            "Not quite: two starts agree on 146 meV with a perfect χ², and the truth has 94. Of "
            "each spectrum only the occupied side is seen, so two curves are less than two "
            "equations. With three, all starts meet the truth.",
            {"momenta": 1, "truth": "hidden", "laws": "all"},
            {"momenta": 2, "steps": 60},
        ),
        Stop(
            "Three momenta, and a truth that keeps a secret: a pseudogap, with no pairing at all. "
            "The fit may pair if it likes. Does a good χ² protect you?",
            "No. Two of three starts find 81 meV of pairing, one 2, all with χ² 0.9. Take the "
            "pairing away in <em>Laws of the fit</em>: the curves are fitted just as well. These "
            "data do not decide, and only who tries both knows it.",
            {"momenta": 3, "truth": "hidden", "laws": "all", "steps": 60},
            {"truth": "pseudogap"},
        ),
        Stop(
            "Last, self-energies that change with momentum, while the fit supposes that they do "
            "not. What would you like to happen?",
            "This: χ² a point is 20. A model that is wrong should fail loudly, and here it does.",
            {"momenta": 3, "truth": "pseudogap", "laws": "all", "steps": 60},
            {"truth": "changing"},
        ),
    )

    momenta = traitlets.Int(1).tag(control=choice("Momenta measured", [1, 2, 3]))
    truth = traitlets.Unicode("hidden").tag(control=choice("Hidden truth", TRUTHS))
    laws = traitlets.Unicode("all").tag(control=choice("Laws of the fit", LAWS))
    steps = traitlets.Int(0).tag(control=slider("Steps taken", "", 0, STEPS, 1))
    shown = traitlets.Bool(False).tag(control=toggle("Show the truth"))
    log_counts = traitlets.Float(4.0).tag(
        control=slider("Counts at the peak, log₁₀", "", 3, 6, 0.5), group="more"
    )
    noise = traitlets.Int(0).tag(control=seed("Seed of the noise"), group="more")

    def prepare(self):
        figure = new_figure(10.2, 4.8)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.1, 1])
        data = figure.panel(
            grid[:, 0],
            "energy (meV)",
            "counts (shifted)",
            "SYNTHETIC curves and fit",
        )
        normal = figure.panel(grid[0, 1], "", "−Im Σ_nor (meV)", "normal")
        across = figure.panel(grid[1, 1], "energy (meV)", "Im Σ_ano (meV)", "anomalous")
        self._dots = [
            data.plot([], [], m, color=COLORS[c], ms=3, alpha=0.5, mew=0)[0] for c, m in _LOOKS
        ]
        self._fits = [data.plot([], [], color="#222222", lw=1.6)[0] for _ in _LOOKS]
        data.set(xlim=(-400, 100), ylim=(-0.1, 1.2), yticks=[])
        data.axvline(0, color="#CCCCCC", lw=1)
        self._normal = [
            normal.plot([], [], lw=1.6, color=COLORS["blue"], alpha=0.8)[0] for _ in range(STARTS)
        ]
        self._across = [
            across.plot([], [], lw=1.6, color=COLORS["green"], alpha=0.8)[0] for _ in range(STARTS)
        ]
        self._truths = [
            ax.plot([], [], color=COLORS["red"], ls="--", lw=2.4)[0] for ax in (normal, across)
        ]
        normal.set(xlim=(-300, 300), ylim=(0, 900))
        across.set(xlim=(-300, 300), ylim=(-700, 700))
        self._axes = data, normal, across
        live = LiveFigure(figure)
        live.animated(*self._dots, *self._fits, *self._normal, *self._across, *self._truths)
        # the first step ever loads what takes derivatives, a second: before a hand is on the slider
        self.run(**{name: getattr(self, name) for name in _SETTING}).until(1)
        return live

    @staticmethod
    def begin(momenta, truth, laws, log_counts, noise):
        true = _TRUE[truth]()
        data = measured_curves(true, BANDS[momenta], counts=10**log_counts, seed=noise)
        run = SelfEnergyFit(data, Grid(**_OPTIONS[laws]), seed=range(STARTS), steps=STEPS)
        own = true.components(_W)
        fixed = {
            "energies": data.energies,
            "counts": data.counts,
            "truth": (-1e3 * own.normal.imag, 1e3 * own.anomalous.imag),
            "true_gap": 1e3 * true.gap_parameter(),
        }
        return Frames(run, lambda run: fixed | _now(run))

    def draw(self, data, state):
        curves, fits = data["counts"], data["fits"]
        top = curves.max(1, keepdims=True)
        for n, (dots, line) in enumerate(zip(self._dots, self._fits, strict=True)):
            there = n < len(curves)
            dots.set_data(
                *((1e3 * data["energies"], curves[n] / top[n] + n) if there else ([], []))
            )
            line.set_data(*((1e3 * data["energies"], fits[n] / top[n] + n) if there else ([], [])))
        if self._axes[0].get_ylim()[1] != len(curves) + 0.2:
            self._axes[0].set_ylim(-0.1, len(curves) + 0.2)
        for n in range(STARTS):
            self._normal[n].set_data(1e3 * _W, data["normal"][n])
            self._across[n].set_data(1e3 * _W, data["anomalous"][n])
        for line, values in zip(self._truths, data["truth"], strict=True):
            line.set_data(1e3 * _W, values if state["shown"] else np.full(len(_W), np.nan))
        gaps = ", ".join(f"{g:.0f}" for g in data["gaps"])
        self.readout = (
            f"step {state['steps']}: χ² a point <b>{data['chi2'].min():.2f}</b> "
            f"(all: {', '.join(f'{c:.1f}' for c in data['chi2'])}); Re Σ_ano(0) of the starts "
            f"<b>{gaps} meV</b>"
            + (f"; the truth has <b>{data['true_gap']:.0f} meV</b>" if state["shown"] else "")
        )
        return (
            f"Fit of {state['momenta']} synthetic curves after {state['steps']} steps: chi squared "
            f"a point {data['chi2'].min():.2f}; the anomalous parts at zero are {gaps} meV"
            + (f", the truth {data['true_gap']:.0f} meV." if state["shown"] else ".")
        )

    def table(self, data, state):
        return {
            "energy_mev": 1e3 * _W,
            "minus_im_normal_mev": data["normal"][0],
            "im_anomalous_mev": data["anomalous"][0],
        }


def _now(run):
    """What is drawn of the fit as it stands."""
    parts = run.components(_W)
    sign = np.sign(run.components(np.zeros(1)).anomalous.real)
    return {
        "fits": run.curves()[run.best],
        "chi2": run.chi2.copy(),
        "normal": -1e3 * parts.normal.imag,
        "anomalous": 1e3 * np.where(sign == 0, 1, sign) * parts.anomalous.imag,
        "gaps": 1e3 * run.gap_parameter(),
    }
