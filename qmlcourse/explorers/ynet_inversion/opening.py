"""The picture that opens the chapter: a fingerprint, and the wave that a network reads from it."""

from ...widgets import COLORS, new_figure, style_axes
from ._wires import FLUX_LABEL, G_LABEL, QUANTA, Panel, distance, hidden, reader, rest, truth

_SEED = 12


def opening():
    """Figure: g(B) of a wire that no network has seen, its wave, and the network's reading.

    Returns a Matplotlib figure with an alt text.
    """
    places = hidden("one", _SEED)
    true = truth("one", places)
    found = reader("one").decode(true["g"])
    figure = new_figure(11.0, 3.4)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1.25, 1.25])
    style_axes(left, FLUX_LABEL, G_LABEL, "all that is measured", grid=True)
    left.plot(QUANTA, true["g"], color=COLORS["black"])
    left.set(xlim=(0, 32), ylim=(0, None))
    Panel(middle, "what the network reads from it").show(found.density, rest("one", found.removed))
    Panel(right, "the wire as it is").show(true["density"], true["mask"])
    figure.alt = (
        "A conductance curve g(B) of a wire with one antidot, the picture of the electron wave "
        "that a network draws from this curve alone, and the true one; the antidot is "
        f"{distance(found.antidots, places):.2f} sites from its place."
    )
    return figure
