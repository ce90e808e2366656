"""The picture that opens the chapter: one photoemission curve, and the question."""

from ...self_energy import HiddenFermion, measured_curves
from ...widgets import COLORS, new_figure, style_axes


def opening():
    """Figure: one synthetic energy distribution curve at k_F.

    Returns a Matplotlib figure with an alt text.
    """
    data = measured_curves(HiddenFermion(), counts=1e4, seed=0)
    figure = new_figure(8.6, 3.8)
    ax = style_axes(figure.subplots(), "energy (meV)", "counts", "SYNTHETIC photoemission at k_F")
    ax.plot(1e3 * data.energies, data.counts[0], ".", color=COLORS["orange"], ms=4)
    ax.axvline(0, color="#CCCCCC", lw=1)
    ax.annotate(
        "the gap: nothing here",
        (0, 900),
        (30, 5200),
        ha="left",
        arrowprops={"arrowstyle": "->", "color": "#555555"},
    )
    for words, at, text in (
        ("a hump", (-112, 4900), (-260, 7200)),
        ("a dip", (-90, 1300), (-260, 2600)),
    ):
        ax.annotate(words, at, text, ha="left", arrowprops={"arrowstyle": "->", "color": "#555555"})
    ax.set(xlim=(-400, 130), ylim=(0, 11_000))
    figure.alt = (
        "One synthetic photoemission curve of a superconductor: a sharp peak at -43 meV, a dip "
        "at -90 meV, a hump at -112 meV, and almost nothing at the Fermi level."
    )
    return figure
