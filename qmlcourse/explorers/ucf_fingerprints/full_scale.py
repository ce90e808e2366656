"""The stored scan of the laptop tier, drawn beside what theory says."""

import numpy as np

from ...reproduce import ucf_fingerprints
from ...widgets import COLORS, new_figure, style_axes
from ..shared.full_scale import stored
from ..shared.paper_and_ours import compared

_LOOKS = {40: ("o", "-"), 60: ("s", "--")}


def full_scale():
    """Figure: variances and the dip at zero field against the length of the wire."""
    found = stored(ucf_fingerprints)
    figure = new_figure(9.6, 4.5)
    left, right = figure.subplots(1, 2)
    _variances(left, found)
    _dips(right, found)
    widest = max(found["wires"], key=lambda row: (row["width"], row["length"]))
    figure.alt = (
        f"Left: the variance of g of {found['samples']} wires against length, falling towards "
        f"2/15 without field and 1/15 with one; {widest['variance'][1]:.3f} in the largest wire. "
        "Right: the dip at zero field against length, below 1/3."
    )
    return figure


def paper_and_ours():
    """Theory beside our numbers, with marks; all numbers in a fold."""
    return compared(ucf_fingerprints, "theory")


def _rows(stored, width):
    return [row for row in stored["wires"] if row["width"] == width]


def _variances(ax, stored):
    style_axes(ax, "length (sites)", "variance of g", f"{stored['samples']:,} wires", grid=True)
    for field, (colour, words) in enumerate((("blue", "no field"), ("orange", "strong field"))):
        for width, (marker, dash) in _LOOKS.items():
            rows = _rows(stored, width)
            ax.errorbar(
                [row["length"] for row in rows],
                [row["variance"][field] for row in rows],
                [row["variance_error"][field] for row in rows],
                color=COLORS[colour],
                marker=marker,
                ls=dash,
                capsize=3,
                label=f"{words}, width {width}",
            )
    for value, text, colour, side in (
        (2 / 15, "2/15", "blue", "bottom"),
        (1 / 15, "1/15", "orange", "top"),
    ):
        ax.axhline(value, color=COLORS[colour], ls=":", lw=1.8)
        ax.annotate(text, (420, value), ha="right", va=side)
    ax.set(ylim=(0, 0.24), xlim=(20, 425))
    ax.legend(fontsize=10)


def _dips(ax, stored):
    style_axes(ax, "length (sites)", "dip at zero field (e²/h)", "weak localisation", grid=True)
    for width, (marker, dash) in _LOOKS.items():
        rows = _rows(stored, width)
        dip = np.array([row["dip"] for row in rows])
        ax.errorbar(
            [row["length"] for row in rows],
            dip[:, 0],
            dip[:, 1],
            color=COLORS["green"],
            marker=marker,
            ls=dash,
            capsize=3,
            label=f"width {width}",
        )
    ax.axhline(1 / 3, color=COLORS["grey"], ls=":", lw=1.8)
    ax.annotate("1/3", (420, 1 / 3), ha="right", va="bottom")
    ax.set(ylim=(0, 0.4), xlim=(20, 425))
    ax.legend(loc="lower right")
