"""The stored results of the laptop tier: the ring of ten, the crystals, the gaps."""

import numpy as np

from ...nqs import CHEMICAL_ACCURACY
from ...reproduce import nqs_bands
from ...widgets import COLORS, new_figure, style_axes
from ..shared.full_scale import stored
from ..shared.paper_and_ours import compared


def full_scale():
    """Figure: errors of the H10 ring, of the crystals, and of the gaps."""
    found = stored(nqs_bands)
    figure = new_figure(10.4, 4.4)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.15])
    style_axes(
        left,
        "distance of neighbours (bohr)",
        "|error| per atom (mHa)",
        "a ring of ten: 1,682 amplitudes",
    )
    style_axes(right, "", "|error| per cell (mHa)", "crystals, for each cell")
    rows = found["ten"]
    spacing = [row["spacing"] for row in rows]
    triples = [
        np.nan if row["ccsd_t"] is None else 100 * abs(row["ccsd_t"] - row["exact"]) for row in rows
    ]
    left.semilogy(spacing, triples, "-.v", color=COLORS["red"], label="CCSD(T)")
    for key, colour, mark in (("narrow", "sky", "o"), ("wide", "blue", "s")):
        count = rows[0][key]["parameters"]
        left.semilogy(
            spacing,
            [100 * row[key]["error"] for row in rows],
            mark + "-",
            color=COLORS[colour],
            label=f"network, {count:,} parameters",
        )
    left.legend(loc="upper left", fontsize=9.5)
    left.set_ylim(5e-5, 500)
    left.text(1.25, 1.9, "chemical accuracy", color="#00694C")
    names = [row["name"] for row in found["crystals"]]
    at = np.arange(len(names))
    peers = [
        np.nan if row["ccsd_t"] is None else 1e3 * abs(row["ccsd_t"] - row["exact"])
        for row in found["crystals"]
    ]
    right.semilogy(at, peers, "v", color=COLORS["red"], label="CCSD(T)")
    ours = [max(1e3 * row["error"], 2e-5) for row in found["crystals"]]
    right.semilogy(at, ours, "o", color=COLORS["blue"], label="network")
    right.set_xticks(at, names, rotation=60, ha="right", fontsize=8.5)
    right.legend(loc="lower right", fontsize=9.5)
    right.set_ylim(1e-5, 20)
    for ax in (left, right):
        ax.axhline(1e3 * CHEMICAL_ACCURACY, color=COLORS["green"], lw=1.6)
    worst, narrow = max(ours), rows[0]["narrow"]["parameters"]
    figure.alt = (
        f"Left: errors of the ring of ten atoms; the network with {narrow} parameters is closer "
        "than CCSD(T) from 2.4 bohr on and within "
        f"{100 * max(row['narrow']['error'] for row in rows):.1f} millihartree an atom "
        f"everywhere. Right: for all crystals the network is within {worst:.1f} millihartree a "
        "cell of the exact energy."
    )
    return figure


def paper_and_ours():
    """Exact energies and gaps beside ours, with marks; all numbers in a fold."""
    return compared(nqs_bands, "exact")
