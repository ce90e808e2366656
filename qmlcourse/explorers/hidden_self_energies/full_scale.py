"""The stored fits of the laptop tier: agreement and accuracy, momenta and counts."""

import numpy as np

from ...reproduce import hidden_self_energies as room
from ...self_energy import HiddenFermion
from ...widgets import COLORS, new_figure, style_axes
from ..shared.full_scale import stored
from ..shared.paper_and_ours import compared

_NAMES = {"grid": "grid", "network": "network", "boltzmann": "Boltzmann"}
_MARKS = (("blue", "o"), ("orange", "s"), ("purple", "^"))


def full_scale():
    """Figure: gaps of all accepted fits by ansatz, and what momenta and counts are worth."""
    found = stored(room)
    figure = new_figure(10.2, 4.2)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.1])
    truth = 1e3 * HiddenFermion().gap_parameter()
    for ax, count, words in ((left, "1", "one momentum"), (middle, "3", "three momenta")):
        style_axes(ax, "", "Re Σ_ano(0) (meV)" if count == "1" else "", f"{words}, SYNTHETIC")
        for n, (row, (colour, mark)) in enumerate(
            zip(found["ensembles"][count], _MARKS, strict=True)
        ):
            gaps = 1e3 * np.array(row["gaps"])[np.array(row["accepted"])]
            ax.plot(n + np.linspace(-0.2, 0.2, len(gaps)), gaps, mark, color=COLORS[colour])
        ax.axhline(truth, color=COLORS["red"], ls="--", lw=1.8)
        ax.set(xlim=(-0.5, 2.5), ylim=(0, 700 if count == "1" else 200))
        ax.set_xticks(range(3), [_NAMES[row["ansatz"]] for row in found["ensembles"][count]])
        ax.tick_params(axis="x", labelsize=9.5)
    style_axes(right, "momenta", "sd of Re Σ_ano(0) (meV)", "what a momentum is worth", grid=True)
    rows = found["posterior"]
    right.semilogy(
        [r["momenta"] for r in rows],
        [1e3 * r["after"] for r in rows],
        "o-",
        color=COLORS["green"],
        label="10⁴ counts",
    )
    million = found["posterior_million"]
    right.semilogy([1], [1e3 * million["after"]], "s", color=COLORS["black"], label="10⁶ counts")
    right.set(ylim=(0.3, 1000), xticks=[1, 2, 3, 5, 7])
    right.legend(loc="upper right")
    figure.alt = (
        "Left: anomalous parts of all good fits to one synthetic curve, far from each other and "
        "from the truth; middle: the same for three momenta, all near the truth; right: the "
        "uncertainty falls from "
        f"{1e3 * rows[0]['after']:.0f} to {1e3 * rows[2]['after']:.1f} meV with three momenta."
    )
    return figure


def paper_and_ours():
    """The truths beside what fits found, with marks; all numbers in a fold."""
    return compared(room, "truth")
