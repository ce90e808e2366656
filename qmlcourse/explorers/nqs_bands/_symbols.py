"""Open symbols, in which bands of several methods stay visible on top of each other."""

from ...widgets import COLORS


def open_symbol(colour, mark):
    """Return the options with which `scatter` draws a mark open; a bar has no edge of its own."""
    if mark == "_":
        return {"color": COLORS[colour], "linewidths": 2.2}
    return {"color": "none", "edgecolors": COLORS[colour], "linewidths": 2.2}
