"""What a network is trained by: two numbers, their softmax, and the loss."""

import numpy as np
import torch

from ...anderson import AndersonModel, nearest_densities
from ...widgets import COLORS, new_figure
from ._states import CRITICAL, classifier

_CLASSIFIER = "metal-small-8"
_SIZE, _SEED = 8, 11
_STRENGTHS = np.linspace(12.0, 21.0, 40)


def softmax_and_loss():
    """Figure: forty states, the difference of the network's two numbers, and what follows from it.

    Returns a Matplotlib figure with an alt text.
    """
    density = nearest_densities(AndersonModel(_SIZE), 0.0, _STRENGTHS, _SEED)
    network = classifier(_CLASSIFIER).networks[0].eval()
    with torch.no_grad():
        both = network(density.float()).numpy()  # (state, insulator or metal)
    apart = both[:, 1] - both[:, 0]
    metal = CRITICAL > _STRENGTHS
    p = 1 / (1 + np.exp(-apart))
    loss = -np.log(np.where(metal, p, 1 - p))
    figure = new_figure(10.4, 3.7)
    left, right = figure.subplots(1, 2)
    reach = np.linspace(-12, 12, 241)
    for ax, name, title in (
        (left, "probability of a metal p", "softmax"),
        (right, "loss, −ln p of the right phase", "loss"),
    ):
        ax.set_title(title, loc="left", weight="bold")
        ax.set(xlabel="a − b", ylabel=name, xlim=(-12, 12))
    left.plot(reach, 1 / (1 + np.exp(-reach)), color="#B5B5B5")
    for kind, sign, colour, words in (
        (metal, 1, "blue", "metal"),
        (~metal, -1, "orange", "insulator"),
    ):
        right.plot(reach, np.log1p(np.exp(-sign * reach)), color=COLORS[colour], alpha=0.35)
        left.plot(apart[kind], p[kind], "o", color=COLORS[colour], ms=6, alpha=0.8, label=words)
        right.plot(apart[kind], loss[kind], "o", color=COLORS[colour], ms=6, alpha=0.8)
    left.legend(loc="lower right")
    worst = int(loss.argmax())
    right.set(ylim=(-0.3, 1.15 * loss.max()))
    right.annotate(
        "sure and wrong",
        (apart[worst], loss[worst]),
        xytext=(0, 5),
        textcoords="offset points",
        ha="center",
    )
    figure.alt = (
        f"Forty states, W = 12 to 21. Left: the softmax turns the difference of the network's two "
        f"numbers into a probability. Right: the loss of each state, near zero where the network "
        f"is sure and right, and {loss[worst]:.1f} for the one at which it is most wrong."
    )
    return figure
