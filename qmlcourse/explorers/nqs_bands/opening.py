"""The picture that opens the chapter: a ring is pulled apart, and a trusted method fails."""

import numpy as np

from ...reproduce.nqs_bands import STORED
from ...storage import shipped
from ...widgets import COLORS, new_figure, style_axes


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
        ("ccsd_t", "CCSD(T), the gold standard", "red", "-."),
        ("exact", "exact", "black", "-"),
    )
    for key, words, colour, line in looks:
        values = np.array([np.nan if row[key] is None else row[key] for row in rows]) / 6
        ax.plot(spacing, values, line, color=COLORS[colour], label=words)
    ax.set(xlim=(1, 4), ylim=(-0.56, -0.36))
    ax.annotate(
        "below the truth",
        (3.75, -0.507),
        (2.9, -0.55),
        ha="center",
        arrowprops={"arrowstyle": "->", "color": "#555555"},
    )
    ax.legend(loc="upper left", bbox_to_anchor=(0.28, 1.0))
    figure.alt = (
        "Energy per atom of a hydrogen ring against the distance of neighbours: Hartree-Fock lies "
        "far above the exact curve at large distance, CCSD(T) falls below it beyond 2.6 bohr."
    )
    return figure
