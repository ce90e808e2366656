"""The style reaches every picture and leaves Matplotlib's own settings alone."""

import itertools

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb

from qmlcourse.widgets import COLORS, CYCLIC, DIVERGING, SEQUENTIAL, new_figure, style_axes


def test_global_settings_stay():
    before = dict(matplotlib.rcParams)
    figure = new_figure()
    style_axes(figure.subplots(), "x", "y", "title", grid=True)
    figure.canvas.draw()
    assert dict(matplotlib.rcParams) == before


def test_text_is_large_enough():
    figure = new_figure()
    ax = style_axes(figure.subplots(), "x", "y", "title")
    texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels()]
    assert min(text.get_size() for text in texts) * figure.dpi / 72 >= 14


def test_colours_stay_apart_in_grey_or_hue():
    for a, b in itertools.combinations(COLORS.values(), 2):
        assert np.abs(np.subtract(to_rgb(a), to_rgb(b))).max() > 0.15


def test_colour_maps_exist_and_the_diverging_one_is_white_in_the_middle():
    for name in (SEQUENTIAL, DIVERGING, CYCLIC):
        assert name in matplotlib.colormaps
    assert min(matplotlib.colormaps[DIVERGING](0.5)[:3]) > 0.9
    cyclic = matplotlib.colormaps[CYCLIC]
    np.testing.assert_allclose(cyclic(0.0), cyclic(1.0), atol=0.03)


def test_a_still_figure_shows_itself_with_words():
    figure = new_figure(2, 2, alt="An empty sheet.")
    data, metadata = figure._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == repr(figure).removeprefix("Figure: ")
