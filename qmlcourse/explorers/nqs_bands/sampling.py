"""Sample it: why a rare determinant spoils the average."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...nqs import (
    RBM,
    DirectDraws,
    Metropolis,
    SearchSettings,
    hydrogen_ring,
    prepare,
    sampled_energy,
)
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, seed, slider

_BATCHES = 40


class SamplingExplorer(Explorer):
    """Forty sampled energies of one half-trained state, and the determinants that made them.

    Take four times the draws: does the spread halve? Then let the Markov chain draw. Where do the
    outliers come from?
    """

    name, title = "nqs_sampling", "Draw it instead of summing it"
    computed_by = (
        DirectDraws,
        Metropolis,
        RBM,
        SearchSettings,
        hydrogen_ring,
        prepare,
        sampled_energy,
    )
    path = (
        Stop(
            "Each dot on the left is the energy from 1,024 draws of one and the same state, with "
            "its error bar. On the right are all 68 determinants: blue ones were drawn. The "
            "variance of the state says that the dots should scatter by 2.7 mHa. Do they?",
            "By 0.6 only, and their error bars agree with each other. It looks better than it can "
            "be. Fifty determinants were never drawn (open circles), and those far up on the right "
            "picture would have shaken the average. The error bar does not know of them.",
            {"log_draws": 10, "sampler": "direct"},
        ),
        Stop(
            "Take four times as many draws, 4,096. The scatter should halve. Does it?",
            "It grows, from 0.6 to 0.8 mHa: now and then one of the rare determinants is drawn, "
            "and shakes its batch. More draws make an average better only once everything that "
            "matters has been drawn.",
            {"log_draws": 10, "sampler": "direct"},
            {"log_draws": 12},
        ),
        Stop(
            "Large systems have too many determinants to draw them at random from a list. A Markov "
            "chain hops from one to the next and accepts a hop by the ratio of the weights. Here "
            "one determinant has nearly all the weight. How often will a hop be accepted?",
            "In one case of eighty. The chain sits on the heavy determinant and tries in vain.",
            {"log_draws": 10, "sampler": "direct"},
            {"sampler": "metropolis"},
        ),
    )

    log_draws = traitlets.Int(10).tag(control=slider("Draws a batch, 2 to the power", "", 5, 14, 1))
    sampler = traitlets.Unicode("direct").tag(
        control=choice("Drawn by", {"exact draws": "direct", "Metropolis chain": "metropolis"})
    )
    spacing = traitlets.Float(1.8).tag(control=slider("Distance of neighbours", "bohr", 1, 4, 0.2))
    steps = traitlets.Int(18).tag(control=slider("Training steps before", "", 10, 60, 1))
    seed = traitlets.Int(0).tag(control=seed("Seed of the draws"))

    def prepare(self):
        figure = new_figure(10.2, 4.1)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.1])
        style_axes(left, "batch", "sampled − summed (mHa)", "forty batches")
        style_axes(right, "weight of the determinant", "|local − E| (hartree)", "all determinants")
        left.axhline(0, color="#999999", lw=1.2)
        self._batches = left.errorbar([0], [0], [1], fmt="o", color=COLORS["blue"], ms=4, lw=1.2)
        right.set_xscale("log")
        right.set_yscale("log")
        self._never = right.plot([], [], "o", mfc="none", mec=COLORS["red"], label="not drawn")[0]
        self._seen = right.plot([], [], "o", color=COLORS["blue"], ms=5, label="drawn")[0]
        self._limit = right.axvline(1e-3, color="#888888", ls="--", lw=1.2)
        right.set(xlim=(1e-12, 2), ylim=(1e-5, 100))
        right.legend(loc="lower left")
        left.set_yscale("symlog", linthresh=1)
        left.set(xlim=(-1, _BATCHES), ylim=(-300, 300))
        left.axhspan(-1, 1, color="#F3F3F3", zorder=0)
        live = LiveFigure(figure)
        line, _, (bars,) = self._batches
        live.animated(line, bars, self._never, self._seen, self._limit)
        return live

    def compute(self, log_draws, sampler, spacing, steps, seed):
        training = _trained(round(spacing, 1), steps)
        draws = 2**log_draws
        random = torch.Generator().manual_seed(seed)
        tool = (
            DirectDraws(draws)
            if sampler == "direct"
            else Metropolis(draws, chains=min(64, draws), thin=5)
        )
        found = [sampled_energy(training, tool, random) for _ in range(_BATCHES)]
        places = tool.draw(training, random)[0]
        seen = np.zeros(training.basis.size, bool)
        seen[places.numpy()] = True
        local = torch.abs(training.residual / training.psi).numpy()
        return {
            "off": 1e3 * (np.array([mean for mean, _ in found]) - training.energy),
            "errors": 1e3 * np.array([error for _, error in found]),
            "weights": (training.psi.abs() ** 2).numpy(),
            "local": local,
            "seen": seen,
            "draws": draws,
            "acceptance": getattr(tool, "acceptance", None),
            "true_error": 1e3 * (training.variance / draws) ** 0.5,
        }

    def draw(self, data, state):
        line, _, (bars,) = self._batches
        at = np.arange(_BATCHES)
        line.set_data(at, data["off"])
        low, high = data["off"] - data["errors"], data["off"] + data["errors"]
        bars.set_segments([[(x, a), (x, b)] for x, a, b in zip(at, low, high, strict=True)])
        seen, local = data["seen"], np.maximum(data["local"], 2e-5)
        weights = np.maximum(data["weights"], 2e-12)
        self._seen.set_data(weights[seen], local[seen])
        self._never.set_data(weights[~seen], local[~seen])
        self._limit.set_xdata([1 / data["draws"]] * 2)
        spread = data["off"].std()
        chain = (
            ""
            if data["acceptance"] is None
            else f"; the chain accepts <b>{100 * data['acceptance']:.1f} %</b> of its hops"
        )
        self.readout = (
            f"spread of the batches <b>{spread:.2f} mHa</b>, from the variance expected "
            f"{data['true_error']:.2f}, by the batches' own error bars "
            f"{data['errors'].mean():.2f}; {int(seen.sum())} of {len(seen)} determinants drawn"
            f"{chain}"
        )
        return (
            f"Forty batches of {data['draws']} draws by {state['sampler']}: their energies spread "
            f"by {spread:.2f} mHa, and {int(seen.sum())} of {len(seen)} determinants were drawn."
        )

    def table(self, data, state):
        return {
            "weight": data["weights"],
            "local_energy_off_hartree": data["local"],
            "drawn": data["seen"].astype(int),
        }


@lru_cache(maxsize=32)
def _trained(spacing, steps):
    crystal = hydrogen_ring(6, spacing)
    return prepare(crystal, RBM, 0, symmetric=False, settings=SearchSettings(method="sr")).run(
        steps
    )
