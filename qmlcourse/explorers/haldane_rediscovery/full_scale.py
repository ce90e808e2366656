"""The stored designs of the laptop tier, drawn beside what the paper states."""

import numpy as np

from ...reproduce import haldane_rediscovery as room
from ...widgets import COLORS, new_figure, style_axes
from ..shared.full_scale import stored
from ..shared.paper_and_ours import compared


def full_scale():
    """Figure: which meshes work, what 256 triangular designs find, and what lies beyond."""
    found = stored(room)
    figure = new_figure(10.2, 4.2)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 0.9, 1.25])
    _meshes(left, found["meshes"])
    _chern(middle, found["triangular"])
    _beyond(right, found)
    six = found["triangular"]
    figure.alt = (
        "Left: the share of starts that reach the goal on each mesh, low where 3 divides the "
        f"number. Middle: {six['chern'].get('6', 0)} of {six['starts']} triangular designs have "
        "C = 6. Right: the largest Hall conductivity found on larger cells and with a fourth shell."
    )
    return figure


def paper_and_ours():
    """Paper beside ours, with marks; all numbers in a fold."""
    return compared(room, "paper")


def _meshes(ax, rows):
    style_axes(ax, "momenta along an axis", "starts with σ > 0.305 (%)", "honeycomb")
    trap = [row["mesh"] % 3 == 0 for row in rows]
    bars = ax.bar(
        [str(row["mesh"]) for row in rows],
        [100 * row["reached"] for row in rows],
        color=[COLORS["red"] if bad else COLORS["blue"] for bad in trap],
    )
    for bar, bad in zip(bars, trap, strict=True):
        bar.set_hatch("//" if bad else "")
        bar.set_edgecolor("white")
    ax.set_ylim(0, 105)


def _chern(ax, six):
    style_axes(ax, "C of the two lower bands", "starts", f"triangular, {six['starts']} starts")
    numbers = sorted(int(n) for n in six["chern"])
    ax.bar(numbers, [six["chern"][str(n)] for n in numbers], color=COLORS["blue"])
    ax.set_xticks(numbers)


def _beyond(ax, stored):
    style_axes(ax, "largest σ at kT = 2.7 t₁ (e²/h)", title="larger cells, a fourth shell")
    rows = stored["larger"]
    names = ["2×2, 3 shells"]
    for row in rows:
        cell = "×".join(map(str, row["cell"]))
        names.append(f"{cell}, {row['shells']} shells, {row['filling']} e")
    sigma = [stored["triangular"]["polished_sigma"]] + [row["best"]["sigma"] for row in rows]
    chern = [6] + [row["best"]["chern"] for row in rows]
    order = np.argsort(sigma, kind="stable")
    colours = [COLORS["orange" if "4 shells" in names[n] else "blue"] for n in order]
    ax.barh([names[n] for n in order], [sigma[n] for n in order], color=colours)
    for place, n in enumerate(order):
        ink = COLORS["black"] if "4 shells" in names[n] else "white"
        ax.text(sigma[n] - 0.1, place, f"C = {chern[n]}", va="center", ha="right", color=ink)
    ax.set_xlim(0, 7)
