"""Display lists hold what Matplotlib drew: places, colours, texts, images by their own values."""

import json
import struct

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import PolyCollection

from qmlcourse.widgets import LiveFigure, new_figure
from qmlcourse.widgets.display_list import MAGIC, record


class List:
    """A display list, read as the browser reads it."""

    def __init__(self, data):
        assert data[:4] == MAGIC
        size, count = struct.unpack("<2I", data[4:12])
        self.header = json.loads(data[12 : 12 + size])
        self.floats = np.frombuffer(data, "<f4", count, 12 + size)
        self.bytes = data[12 + size + 4 * count :]

    def ops(self, kind):
        return [one[1:] for one in self.header["ops"] if one[0] == kind]

    def points(self, first, count):
        return self.floats[first : first + 2 * count].reshape(-1, 2)

    def style(self, number):
        return self.header["styles"][number]


@pytest.fixture
def axes():
    """Axes that fill a figure of 400 by 200 pixels, from 0 to 1."""
    figure = new_figure(4, 2)
    figure.set_layout_engine("none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    return ax


def of(ax):
    return List(record(ax.figure))


def test_a_line_has_its_points_colour_and_width(axes):
    axes.plot([0.25, 0.5, 0.75], [0.1, 0.9, 0.1], color="#0072B2", lw=3.6, ls="--", alpha=0.5)
    found = of(axes)
    style, first, count, letters = found.ops("p")[-1]
    np.testing.assert_allclose(
        found.points(first, count), [[100, 180], [200, 20], [300, 180]], atol=1e-4
    )
    assert letters == ""
    look = found.style(style)
    assert look["line"] == "#0072b280"
    assert look["width"] == pytest.approx(5.0)
    assert look["fill"] == ""
    assert look["dash"][0] > look["dash"][1] > 0
    assert found.header["clips"][look["clip"]] == [0, 0, 400, 200]


def test_what_is_not_a_number_splits_a_line(axes):
    axes.plot([0, 0.2, 0.4, 0.6, 0.8], [0.5, 0.5, np.nan, 0.5, 0.5])
    letters = of(axes).ops("p")[-1][3]
    assert letters == "MLML"


def test_marks_are_one_mark_and_many_places(axes):
    x = np.linspace(0, 1, 50)
    axes.plot(x, x, "o", ms=7.2, color="red")
    found = of(axes)
    (op,) = found.ops("m")
    _, first, count, letters, places, number = op
    assert number == 50
    np.testing.assert_allclose(found.points(places, number)[-1], [400, 0], atol=1e-3)
    mark = found.points(first, count)
    assert set(letters) <= set("MCLZ")
    assert np.ptp(mark, axis=0) == pytest.approx([10, 10], abs=0.2)  # 7.2 points are 10 pixels


def test_marks_of_many_colours_keep_each_colour_at_its_place(axes):
    x = np.array([0.1, 0.5, 0.9])
    colours = [(1, 0, 0, 1), (0, 1, 0, 0.5), (0, 0, 1, 1)]
    axes.scatter(x, x, c=colours, s=36)
    found = of(axes)
    (op,) = found.ops("c")
    np.testing.assert_allclose(found.points(op[4], op[5])[:, 0], 400 * x, atol=1e-3)
    assert list(found.bytes[op[6] : op[6] + 12]) == [255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 255]
    assert op[7] == 1


@pytest.mark.parametrize(("origin", "down", "top"), [("lower", -100, 200), ("upper", 100, 0)])
def test_an_image_travels_as_its_own_values(axes, origin, down, top):
    values = np.arange(6.0).reshape(2, 3)
    axes.imshow(
        values, extent=(0, 1, 0, 1), aspect="auto", interpolation="none", cmap="gray", origin=origin
    )
    found = of(axes)
    (op,) = found.ops("i")
    _, first, columns, rows, a, b, c, d, e, f, smooth, opacity = op
    assert (columns, rows, smooth, opacity) == (3, 2, 0, 1)
    np.testing.assert_allclose([a, b, c, d, e, f], [400 / 3, 0, 0, down, 0, top], atol=1e-3)
    grey = np.frombuffer(found.bytes[first : first + 24], np.uint8).reshape(2, 3, 4)[..., 0]
    np.testing.assert_array_equal(grey, [[0, 51, 102], [153, 204, 255]])


def test_text_is_text_with_its_place_size_and_angle(axes):
    axes.text(0.5, 0.5, "Fluß Φ", size=18, rotation=30, color="#D55E00", weight="bold")
    found = of(axes)
    (op,) = found.ops("t")
    text, x, y, angle, size, colour, weight, slant, width, _ = op
    assert (text, angle, size, colour, weight, slant) == (
        "Fluß Φ",
        30,
        25,
        "#d55e00",
        "bold",
        "normal",
    )
    assert abs(x - 200) < 12
    assert abs(y - 100) < 12
    prop = axes.texts[0].get_fontproperties()
    measured = RendererAgg(400, 200, 100).get_text_width_height_descent(text, prop, False)[0]
    assert width == pytest.approx(measured, abs=0.01)


def test_mathematical_text_is_paths(axes):
    axes.text(0.5, 0.5, "$N^{-1/2}$")
    found = of(axes)
    assert found.ops("t") == []
    assert "Q" in found.ops("p")[-1][3] or "C" in found.ops("p")[-1][3]


def test_curves_that_fill_and_transparent_fills(axes):
    axes.fill_between([0, 1], [0, 0], [0.5, 0.5], color="#009E73", alpha=0.25)
    found = of(axes)
    look = found.style(found.ops("p")[-1][0])
    assert look["fill"] == "#009e7340"


def test_a_frame_is_small():
    """A figure with axes, ticks and two curves stays below ten kilobytes; a frame far below."""
    figure = new_figure(7, 4)
    ax = figure.subplots()
    (line,) = ax.plot(np.linspace(0, 1, 200), np.zeros(200))
    live = LiveFigure(figure)
    live.animated(line)
    live.draw()
    assert len(live.widget.scene) < 10_000
    assert len(live.widget.moving) < 2_500


def test_numbers_on_axes_are_text_and_exponents_are_outlines():
    figure = new_figure(4, 3)
    ax = figure.add_subplot()
    ax.set(xlim=(-1, 1), ylim=(1e-3, 1), yscale="log", xticks=[-0.5, 0.5])
    live = LiveFigure(figure)
    live.draw()
    found = List(live.widget.scene)
    texts = [one[0] for one in found.ops("t")]
    assert sorted(texts) == ["0.5", "\N{MINUS SIGN}0.5"]
    agg = RendererAgg(400, 300, figure.dpi)
    label = ax.get_xticklabels()[1]
    (wide,) = (one[8] for one in found.ops("t") if one[0] == "0.5")
    known, _, _ = agg.get_text_width_height_descent(
        label.get_text(), label.get_fontproperties(), True
    )
    assert wide == pytest.approx(known, abs=1)
    curved = [letters for *_, letters in found.ops("p") if "Q" in letters]
    assert len(curved) == 4, "one outline for each power of ten"


def test_faces_of_one_kind_are_one_operation(axes):
    square = np.array([[0, 0], [0.1, 0], [0.1, 0.2], [0, 0.2]])
    corners = [square + np.array([0.1 * n, 0.5]) for n in range(9)]
    faces = np.linspace([0, 0, 0, 1], [1, 0.5, 0, 0.5], 9)
    rims = np.linspace([0, 1, 0, 1], [0, 0, 1, 1], 9)
    axes.add_collection(PolyCollection(corners, facecolors=faces, edgecolors=rims, linewidths=0.72))
    found = of(axes)
    ((style, first, count, each, byte, own),) = found.ops("f")
    assert (count, each, own) == (9, 4, 1)
    assert found.style(style)["width"] == pytest.approx(1.0)
    points = found.points(first, count * each).reshape(9, 4, 2)
    np.testing.assert_allclose(points[2], [[80, 100], [120, 100], [120, 60], [80, 60]], atol=1e-3)
    colours = np.frombuffer(found.bytes, np.uint8, 2 * 9 * 4, byte).reshape(2, 9, 4)
    np.testing.assert_allclose(colours, np.round(255 * np.array([faces, rims])), atol=1)
