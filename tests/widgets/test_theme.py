"""The style reaches every picture and leaves Matplotlib's own settings alone."""

import itertools
import re
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb

from qmlcourse.widgets import COLORS, CYCLIC, DIVERGING, SEQUENTIAL, new_figure, style_axes, theme


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


def contrast(one, other):
    """Contrast ratio of two colours after WCAG 2."""

    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_of_the_interface_stand_out_from_their_ground():
    css = (Path(theme.__file__).parent / "picture.css").read_text("utf-8")
    inks = re.findall(r"(?<!-)color: (#[0-9a-f]{6})", css)
    assert len(inks) >= 3
    assert min(contrast(ink, "#ffffff") for ink in inks) >= 4.5
    assert contrast("#ffffff", "#0072b2") >= 4.5  # a pressed button
    place = Path(theme.__file__).parents[1] / "share/jupyter/voila/templates/qmlcourse"
    for name in ("course.css", "lecture.css"):
        inks = re.findall(r"[{; ]color: (#[0-9a-f]{6})", (place / name).read_text("utf-8"))
        assert min(contrast(ink, "#ffffff") for ink in inks) >= 4.5, name


def test_motion_is_reduced_where_a_reader_asks_for_it():
    place = Path(theme.__file__).parents[1] / "share/jupyter/voila/templates/qmlcourse"
    css = (place / "course.css").read_text("utf-8")
    assert "prefers-reduced-motion: reduce" in css
    moving = re.findall(r"(?:animation|transition):", (place / "lecture.css").read_text("utf-8"))
    assert moving == []
