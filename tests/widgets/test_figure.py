"""A live figure draws what Matplotlib would, faster, and knows where the pointer is."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from qmlcourse.widgets import LiveFigure, new_figure, style_axes
from qmlcourse.widgets.png import encode


@pytest.fixture
def plot():
    figure = new_figure(4, 3)
    ax = style_axes(figure.subplots(), "x", "y")
    ax.set(xlim=(0, 10), ylim=(0, 5))
    (line,) = ax.plot([0, 10], [0, 5])
    return LiveFigure(figure, alt="A line."), ax, line


def pixels(live):
    return imread(io.BytesIO(live.png()))


def pointer(live, ax, x, y, phase="move", n=1):
    px, py = ax.transData.transform((x, y)) / live.figure.bbox.size
    return {"x": px, "y": py, "phase": phase, "n": n}


def test_png_carries_every_pixel():
    image = np.random.default_rng(0).integers(0, 256, (17, 23, 4), dtype=np.uint8)
    decoded = imread(io.BytesIO(encode(image)))
    np.testing.assert_array_equal(np.round(decoded * 255).astype(np.uint8), image)


def test_size_is_fixed_by_the_figure(plot):
    live, _, _ = plot
    assert (live.widget.width, live.widget.height) == (400, 300)
    assert pixels(live).shape == (300, 400, 4)
    assert repr(live.widget) == "Picture"


def test_blitted_frame_equals_a_full_one(plot):
    live, _, line = plot
    live.animated(line)
    live.draw()
    line.set_ydata([5, 0])
    assert not live.figure.stale
    live.draw()
    blitted = pixels(live)
    live.draw(full=True)
    np.testing.assert_array_equal(pixels(live), blitted)


def test_a_change_of_anything_else_is_noticed(plot):
    live, ax, line = plot
    live.animated(line)
    live.draw()
    before = live.png()
    ax.set_title("New")
    live.draw(full=False)
    assert live.png() == before
    live.draw()
    assert live.png() != before


def test_layout_is_solved_once(plot):
    live, ax, _ = plot
    live.draw()
    box = ax.get_position().bounds
    ax.set_ylabel("two\nlines")
    live.draw()
    assert ax.get_position().bounds == box
    live.relayout()
    assert ax.get_position().bounds != box


def test_positions_in_data_coordinates(plot):
    live, ax, _ = plot
    live.draw()
    assert live.data_position(pointer(live, ax, 2.5, 4.0), ax) == pytest.approx((2.5, 4.0))
    assert live.data_position({"x": 0.001, "y": 0.5}, ax) is None


def test_drag_starts_inside_goes_along_the_edge_and_ends(plot):
    live, ax, _ = plot
    live.draw()
    seen = []
    live.on_drag(
        ax,
        lambda x, y: seen.append(("move", round(x, 6), round(y, 6))),
        end=lambda x, y: seen.append(("end", round(x, 6), round(y, 6))),
    )
    assert live.widget.draggable
    live.widget.pointer = {"x": 0.0, "y": 0.0, "phase": "down", "n": 1}
    live.widget.pointer = pointer(live, ax, 1, 1, "move", 2)
    assert seen == []
    live.widget.pointer = pointer(live, ax, 1, 1, "down", 3)
    live.widget.pointer = pointer(live, ax, 12, 2, "move", 4)
    live.widget.pointer = pointer(live, ax, 3, 3, "up", 5)
    live.widget.pointer = pointer(live, ax, 4, 4, "move", 6)
    assert seen == [("move", 1, 1), ("move", 10, 2), ("end", 3, 3)]
    assert live.widget.seen == 6


def test_a_failing_callback_is_reported_and_the_browser_still_answered(plot):
    live, ax, _ = plot
    live.draw()
    reported = []
    live.report = reported.append
    live.on_arrows(lambda dx, dy: 1 / 0)
    live.on_drag(ax, lambda x, y: [][0])
    live.widget.arrows = {"dx": 1, "dy": 0, "n": 7}
    assert live.widget.seen == 7
    live.widget.pointer = pointer(live, ax, 1, 1, "down", 8)
    assert [type(error) for error in reported] == [ZeroDivisionError, IndexError]
    assert live.widget.seen == 8


def test_a_notebook_gets_a_still_picture_with_words(plot):
    data, metadata = plot[0]._repr_mimebundle_()
    assert data["text/plain"] == "Picture"
    assert metadata["image/png"]["alt"] == "A line."
