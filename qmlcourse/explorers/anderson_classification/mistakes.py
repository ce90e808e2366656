"""The states that the network gets wrong, among four hundred near the transition."""

import numpy as np

from ...anderson import AndersonModel, nearest_densities
from ...widgets import COLORS, SEQUENTIAL, new_figure
from ._states import classifier, participation_threshold
from ._voxels import centred, summed
from .game import NEAR, SIZE

_COUNT = 400
_SEED = 7
_CLASSIFIER = "metal-small-8"


def near_states(count=_COUNT, seed=_SEED):
    """Fresh states near the transition, half of them metals, and what both judges say of them.

    Returns
    -------
    dict
        ``density`` (sample, x, y, z), ``strength``, ``metal`` (the truth), ``sites`` (1/P2),
        ``number`` and ``network`` (probabilities of a metal), each of shape (sample,).
    """
    rng = np.random.default_rng(seed)
    strength = np.concatenate([rng.uniform(*window, count // 2) for window in NEAR])
    density = nearest_densities(AndersonModel(SIZE), 0.0, strength, seed)
    network = classifier(_CLASSIFIER).probabilities(density)[..., 1].mean(0).numpy()
    return {
        "density": density.double().numpy(),
        "strength": strength,
        "metal": np.arange(count) < count // 2,
        "sites": 1 / density.double().square().sum((1, 2, 3)).numpy(),
        "number": participation_threshold(SIZE).metal_probability(density).numpy(),
        "network": network,
    }


def mistakes():
    """Figure: four hundred states near the transition, and four that the network gets wrong.

    Returns a Matplotlib figure with an alt text.
    """
    found = near_states()
    metal, p, sites = found["metal"], found["network"], found["sites"]
    figure = new_figure(10.4, 4.6)
    grid = figure.add_gridspec(2, 3, width_ratios=[2.1, 1, 1])
    ax = figure.panel(
        grid[:, 0], "sites that carry the state, 1/P₂", "network: probability p", "four hundred"
    )
    for kind, colour, words in ((metal, "blue", "metals"), (~metal, "orange", "insulators")):
        ax.plot(sites[kind], p[kind], "o", ms=4, alpha=0.6, color=COLORS[colour], label=words)
    ax.axhline(0.5, color="#888888", lw=1)
    ax.set(xscale="log", ylim=(-0.03, 1.03))
    ax.set_xticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
    ax.set_xticks([], minor=True)
    ax.legend(loc="upper left")
    wrong = np.flatnonzero((p > 0.5) != metal)
    worst = [
        *sorted(wrong[metal[wrong]], key=lambda n: p[n])[:2],
        *sorted(wrong[~metal[wrong]], key=lambda n: -p[n])[:2],
    ]
    for place, n in enumerate(worst):
        kind = "a metal" if metal[n] else "an insulator"
        spot = figure.panel(
            grid[place // 2, 1 + place % 2], f"p = {p[n]:.2f}, {sites[n]:.0f} sites", title=kind
        )
        shades = summed(centred(found["density"][n]), 2)
        spot.imshow(shades, vmin=0, vmax=1, cmap=SEQUENTIAL)
        spot.set(xticks=[], yticks=[])
    right = [100 * np.mean((found[who] > 0.5) == metal) for who in ("number", "network")]
    figure.alt = (
        f"{_COUNT} states near the transition: P2 alone tells {right[0]:.0f} percent of them "
        f"right, the network {right[1]:.0f} percent. Beside them two metals that it calls "
        "insulators, each with a high peak, and two insulators that it calls metals, which reach "
        "from wall to wall."
    )
    return figure
