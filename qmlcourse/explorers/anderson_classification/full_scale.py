"""The stored results of the laptop tier: six phase diagrams, and the witnesses beside them."""

import matplotlib
import numpy as np

from ...anderson import boundary
from ...reproduce import anderson_classification as full
from ...widgets import COLORS, new_figure, style_axes
from ..shared.paper_and_ours import compared
from ._states import crossings, phase_map, stored

PANELS = (
    ("box", "box"),
    ("gaussian", "Gaussian"),
    ("cauchy", "Cauchy"),
    ("box, flux 1/4", "box, in a field"),
    ("sites", "random sites"),
    ("sites, flux 1/4", "random sites, in a field"),
)


def full_scale():
    """Figure: six phase diagrams, all from networks that saw the box model at E = 0 only.

    Returns a Matplotlib figure with an alt text; the numbers are those of the shipped file
    `anderson_classification_laptop.json`.
    """
    figure = new_figure(10.4, 6.0)
    colours = matplotlib.colormaps["RdYlBu"].with_extremes(bad="#DDDDDD")
    for ax, (case, title) in zip(figure.subplots(2, 3).flat, PANELS, strict=True):
        letter = "share of sites p" if case.startswith("sites") else "disorder W (t)"
        style_axes(ax, letter, "|E| (t)", title)
        x, y, p = phase_map(case)
        image = ax.pcolormesh(x, y, p.mean(0), vmin=0, vmax=1, cmap=colours, shading="nearest")
        edges = boundary(x, p)
        ax.errorbar(edges.mean(0), y, xerr=edges.std(0), fmt=".", color=COLORS["black"], ms=4, lw=1)
        crossing = crossings()["small-12", case]
        if crossing["accepted"] is not None:
            ax.plot(
                crossing["accepted"],
                crossing["energy"],
                "*",
                color="white",
                ms=15,
                mec=COLORS["black"],
                clip_on=False,
                zorder=5,
            )
    figure.colorbar(image, ax=figure.axes, fraction=0.03, label="probability of a metal")
    box = crossings()["small-12", "box"]
    figure.alt = (
        "Six phase diagrams over strength and energy, blue metal and red insulator, drawn by "
        f"networks trained on the box model at E = 0. Their box crossing at E = 0 is "
        f"{box['mean']:.2f} with a spread of {box['spread']:.2f}."
    )
    return figure


def witnesses():
    """Figure: the transition without a network, by bars of several widths and by shares.

    Returns a Matplotlib figure with an alt text.
    """
    found = stored()["witnesses"]
    figure = new_figure(10.4, 4.2)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.2])
    style_axes(left, "disorder W (t)", "localisation length / width M", "transfer matrix, box")
    row = found["transfer"]["box"]
    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.85, len(row["widths"])))
    for width, reduced, error, colour in zip(
        row["widths"], row["reduced"], row["errors"], colours, strict=True
    ):
        left.errorbar(
            row["strengths"], reduced, error, fmt=".-", color=colour, lw=1.3, label=f"M = {width}"
        )
    fit = row["fit"]
    left.axvline(fit["critical"], color=COLORS["red"], ls="--", lw=1.4)
    left.legend(fontsize=9.5)
    style_axes(
        right,
        "crossing over the accepted one (*: over that of the shares)",
        "",
        "networks beside witnesses",
    )
    names = []
    for y, (case, levels) in enumerate(found["levels"].items()):
        crossing = crossings()["small-12", case]
        level, error = levels["crossing"]
        scale = crossing["accepted"] or level
        right.errorbar(
            crossing["mean"] / scale,
            y + 0.13,
            xerr=crossing["spread"] / scale,
            fmt="o",
            color=COLORS["blue"],
            label=None if y else "five networks",
        )
        right.errorbar(
            level / scale,
            y - 0.13,
            xerr=error / scale,
            fmt="s",
            color=COLORS["orange"],
            label=None if y else "shares of states, 8³ to 12³",
        )
        transfer = found["transfer"].get(case)
        if transfer:
            right.errorbar(
                transfer["fit"]["critical"] / scale,
                y,
                fmt="D",
                color=COLORS["green"],
                xerr=transfer["fit"]["critical_error"] / scale,
                label=None if y else "transfer matrix",
            )
        names.append(case if crossing["accepted"] else f"{case} *")
    right.set_yticks(range(len(names)), names, fontsize=10)
    right.axvline(1, color=COLORS["black"], ls="--", lw=1.2)
    right.set(xlim=(0.75, 1.45), ylim=(-0.6, len(names) + 1.2))
    right.legend(fontsize=9.5, loc="upper left", ncols=2)
    figure.alt = (
        f"Left: curves of {len(row['widths'])} widths cross at W = {fit['critical']:.2f} with an "
        f"error of {fit['critical_error']:.2f}. Right: crossings of networks, shares of states and "
        "transfer matrices for ten models, divided by the accepted value or, with a star, by the "
        "crossing of the shares."
    )
    return figure


def paper_and_ours():
    """Accepted transitions beside ours, with marks; all numbers in a fold."""
    return compared(full, "accepted")
