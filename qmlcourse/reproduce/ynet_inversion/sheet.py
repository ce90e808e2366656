"""The latent sheet: its thickness with and without wave functions, and maps of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np

from ...ynet.latent import KINDS, intrinsic_dimension, latent_map, thickness
from ...ynet.learning import latent_points, new_network, redrawing_fit
from ...ynet.recipes import ReaderRecipe
from ...ynet.wires import Samples
from ..runner import Run
from . import sizes
from .readers import finished_reader
from .wire_sets import WireSets

_CHANNELS = {"with": 2, "without": 1}  # of the pictures: with wave functions and without


def thickness_row(run: Run, sets: WireSets) -> dict[str, list[dict[str, Any]]]:
    """Return measures of sheets that saw wave functions and of sheets that did not, over seeds."""
    training, _, _ = sets.split("one")
    count = run.sizes.thick
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _CHANNELS}
    for seed in range(run.sizes.thick_seeds):
        start = seed * count % max(1, len(training) - count)
        some = training.at(slice(start, start + count))
        for name, channels in _CHANNELS.items():
            recipe = replace(sizes.COMPARED, channels=channels, redraw=20)
            work = partial(sheet_measures, some.to(run.device), recipe, seed, shown=seed == 0)
            given = [asdict(recipe), len(some), start, sizes.SHEET, sizes.PATCHES]
            rows[name].append(run.row(f"sheet-{name}-{seed}", work, given))
    return rows


def sheet_measures(
    samples: Samples, recipe: ReaderRecipe, seed: int, shown: bool = False
) -> dict[str, Any]:
    """Train branches A and B and measure the sheet of their latent points.

    Parameters
    ----------
    samples
        Wires; the first ``SHEET`` of them are measured.
    recipe
        Sizes of the network and of the fit.
    seed
        Of the network and the fit.
    shown
        Whether to return the points too, with what colours them.

    Returns
    -------
    dict
        ``thickness`` is that of 30 nearest neighbours among ``SHEET`` wires: patches of some sites,
        the scale of half a Fermi wavelength. ``fine`` is that of 30 among all wires: patches below
        one site, where jumps from one set of removed sites to the next are seen instead.
        ``directions`` is the participation ratio of the variances along the principal axes.
    """
    net = new_network(samples, recipe, seed)
    redrawing_fit(net, samples, recipe, seed).run(quiet=True)
    samples = samples.to("cpu")
    points = latent_points(net.cpu().eval(), samples).numpy()
    variance = np.linalg.svd(points - points.mean(0), compute_uv=False) ** 2
    few = points[: sizes.SHEET]
    row: dict[str, Any] = {}
    if shown:
        row = {
            "points": np.round(few, 3).tolist(),
            "antidots": np.round(samples.antidots[: sizes.SHEET, 0, :2], 2).tolist(),
            "interference": np.round(interference(samples)[: sizes.SHEET], 3).tolist(),
            "map": np.round(latent_map(few, dimensions=3), 2).tolist(),
        }
    patches = [n for n in sizes.PATCHES if n < len(few)]
    return row | {
        "thickness": float(np.median(thickness(few))),
        "patches": {str(n): float(np.median(thickness(few, n))) for n in patches},
        "fine": float(np.median(thickness(points))),
        "dimension": float(intrinsic_dimension(few)),
        "directions": float(variance.sum() ** 2 / (variance**2).sum()),
    }


def maps_row(run: Run, sets: WireSets) -> dict[str, Any]:
    """Return places of training wires on maps of the latent space, with what colours them."""
    reader = finished_reader(run, sets, "one")
    training, _, _ = sets.split("one")
    some = training.at(slice(run.sizes.mapped))
    points = latent_points(reader.net, some).numpy()
    return {
        "antidots": np.round(some.antidots[:, 0, :2], 2).tolist(),
        "interference": np.round(interference(some), 3).tolist(),
        "points": np.round(points, 3).tolist(),
        "maps": {kind: np.round(latent_map(points, kind), 2).tolist() for kind in KINDS},
    }


def interference(samples: Samples) -> np.ndarray:
    """Return the density at one site in the clear over its mean, shape (sample,).

    It oscillates when the antidot's way to the site changes by half a Fermi wavelength.
    """
    site = samples.picture[:, 0, 30, 12].float().numpy()
    return site / site.mean()
