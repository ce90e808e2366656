"""The picture that opens the chapter: a ring is pulled apart, and one determinant fails."""

import numpy as np

from ...reproduce.nqs_bands import STORED
from ...storage import shipped
from ...widgets import COLORS, new_figure, style_axes

_SHOWN = 2.2  # bohr


def opening():
    """Figure: energies of the H6 ring by three methods, from the stored curves.

    Returns a Matplotlib figure with an alt text.
    """
    rows = shipped.load_json(STORED)["six"]
    spacing = np.array([row["spacing"] for row in rows])
    figure = new_figure(8.6, 3.9)
    ax = style_axes(
        figure.subplots(),
        "distance of neighbours (bohr)",
        "energy per atom (hartree)",
        "six hydrogen atoms in a ring",
    )
    looks = (
        ("hartree_fock", "one determinant (Hartree-Fock)", "orange", "--"),
        ("exact", "exact", "black", "-"),
        ("ccsd_t", "CCSD(T), the most trusted one", "red", "-."),
    )
    for key, words, colour, line in looks:
        values = np.array([np.nan if row[key] is None else row[key] for row in rows]) / 6
        # how the trusted method goes on is the first prediction
        shown = spacing <= (_SHOWN if key == "ccsd_t" else np.inf)
        ax.plot(spacing[shown], values[shown], line, color=COLORS[colour], label=words)
    at = np.flatnonzero(spacing <= _SHOWN)[-1]
    ax.plot(spacing[at], rows[at]["ccsd_t"] / 6, "o", color=COLORS["red"], ms=7)
    end = (spacing[at] + 0.06, rows[at]["ccsd_t"] / 6 - 0.003)
    ax.text(*end, "?", color=COLORS["red"], va="top", fontsize=20, weight="bold")
    ax.set(xlim=(1, 4), ylim=(-0.56, -0.36))
    ax.legend(loc="upper left", bbox_to_anchor=(0.28, 1.0))
    figure.alt = (
        "Energy per atom of a hydrogen ring against the distance of neighbours: Hartree-Fock lies "
        "far above the exact curve at large distance; CCSD(T) lies on the exact curve up to 2.2 "
        "bohr, where its curve ends in a question mark."
    )
    return figure
