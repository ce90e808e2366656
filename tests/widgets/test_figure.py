"""A live figure draws what Matplotlib would, faster, and knows where the pointer is."""

import io

import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

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


def test_only_what_is_animated_is_sent_when_only_it_moves(plot):
    live, _, line = plot
    live.animated(line)
    live.draw()
    scene, moving = live.widget.scene, live.widget.moving
    line.set_ydata([5, 0])
    assert not live.figure.stale
    live.draw()
    assert live.widget.scene is scene
    assert live.widget.moving != moving
    assert len(live.widget.moving) < len(scene) / 4


def test_a_still_shows_what_is_animated_too(plot):
    live, _, line = plot
    whole = pixels(live)
    live.animated(line)
    assert (np.abs(pixels(live) - whole).max(2) > 0.1).mean() < 1e-3  # it lies over the axes now


def test_a_change_of_anything_else_is_noticed(plot):
    live, ax, line = plot
    live.animated(line)
    live.draw()
    before = live.widget.scene
    ax.set_title("New")
    live.draw(full=False)
    assert live.widget.scene is before
    live.draw()
    assert b"New" in live.widget.scene
    assert b"New" not in before


def test_a_download_has_two_pixels_for_one_and_text_stays_text(plot):
    live, ax, line = plot
    live.animated(line)
    ax.set_title("Words")
    image = imread(io.BytesIO(live.png(scale=2)))
    assert image.shape == (600, 800, 4)
    assert live.figure.dpi == 100
    drawing = live.svg().decode()
    assert ">Words</text>" in drawing
    assert drawing.count("<path") > 3


def test_the_layout_is_solved_for_the_width_of_the_page(plot):
    live, ax, _ = plot
    live.draw()
    size = ax.title.get_fontsize()
    live.widget.room = 320
    assert live.widget.width == 320
    assert live.figure.bbox.width == 320
    assert ax.title.get_fontsize() == size
    scene = live.widget.scene
    live.widget.room = 320
    assert live.widget.scene is scene
    live.widget.room = 5000
    assert live.widget.width == 520  # no wider than 1.3 times what it was made for


def test_panels_stand_below_each_other_on_a_phone():
    figure = new_figure(9, 3)
    left, right = figure.subplots(1, 2)
    live = LiveFigure(figure)
    live.draw()
    assert left.get_position().y0 == right.get_position().y0
    live.widget.room = 380
    assert left.get_position().y0 > right.get_position().y1
    assert left.get_position().width > 0.7
    live.widget.room = 900
    assert left.get_position().y0 == pytest.approx(right.get_position().y0)


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


def journal(live, ax, *ends):
    """Draw, and list each move of a drag with its place, and its start or end if named."""
    seen = []

    def kept(what):
        return lambda x, y: seen.append((what, round(x, 6), round(y, 6)))

    live.draw()
    live.on_drag(ax, kept("move"), **{end: kept(end) for end in ends})
    return seen


def test_drag_starts_inside_goes_along_the_edge_and_ends(plot):
    live, ax, _ = plot
    seen = journal(live, ax, "end")
    assert live.widget.draggable
    live.widget.pointer = {"x": 0.0, "y": 0.0, "phase": "down", "n": 1}
    live.widget.pointer = pointer(live, ax, 1, 1, "move", 2)
    assert seen == []
    live.widget.pointer = pointer(live, ax, 1, 1, "down", 3)
    live.widget.pointer = pointer(live, ax, 12, 2, "move", 4)
    live.widget.pointer = pointer(live, ax, 3, 3, "up", 5)
    live.widget.pointer = pointer(live, ax, 4, 4, "move", 6)
    assert seen == [("move", 1, 1), ("move", 10, 2), ("move", 3, 3), ("end", 3, 3)]
    assert live.widget.seen == 6


def test_a_drag_of_which_only_the_end_came_through_is_whole(plot):
    live, ax, _ = plot
    seen = journal(live, ax, "start", "end")
    first = {**pointer(live, ax, 1, 1, "down", 2), "n": 2}
    live.widget.pointer = {**pointer(live, ax, 3, 3, "up", 5), "pressed": first}
    whole = [("start", 1, 1), ("move", 3, 3), ("end", 3, 3)]
    assert seen == whole
    # the next drag comes whole, and is not begun twice
    second = {**pointer(live, ax, 2, 2, "down", 7), "n": 7}
    live.widget.pointer = {**second, "pressed": second}
    live.widget.pointer = {**pointer(live, ax, 4, 4, "move", 8), "pressed": second}
    live.widget.pointer = {**pointer(live, ax, 4, 4, "up", 9), "pressed": second}
    assert seen[3:] == [("start", 2, 2), ("move", 4, 4), ("end", 4, 4)]


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


def left_title(ax):
    titles = [one for one in ax.get_children() if isinstance(one, Text) and one not in ax.texts]
    return next(one for one in titles if one.get_text())


def test_a_phone_gets_one_column_of_keys_and_broken_titles():
    figure = new_figure(9, 4)
    left, right = figure.subplots(1, 2)
    for ax in (left, right):
        for name in ("measured", "simulated", "fitted with three numbers"):
            ax.plot([0, 1], [0, 1], label=name)
        ax.legend(ncols=3, loc="upper left")
        ax.set_title("a title that is longer than a phone is wide", loc="left")
    live = LiveFigure(figure)
    live.draw()
    live.fit(376)
    renderer = live.canvas.get_renderer()
    for ax in (left, right):
        assert ax.get_position().width > 0.6
        assert ax.get_legend().get_window_extent(renderer).x1 < 376
        assert left_title(ax).get_window_extent(renderer).x1 < 376
    left.set_title("another title, no shorter than the first one", loc="left")
    live.draw()
    assert left.get_title("left").count("\n") == 1
    live.fit(1000)
    assert left.get_title("left") == "another title, no shorter than the first one"
    assert left.get_legend().get_window_extent(renderer).width > 400
    assert left.get_position().y0 == right.get_position().y0


def test_small_panels_share_a_row_on_a_phone():
    figure = new_figure(10, 4)
    grid = figure.add_gridspec(2, 4)
    wide = figure.panel(grid[0, :], title="a curve")
    small = [figure.panel(grid[1, n], title=f"picture {n}", share=2) for n in range(4)]
    live = LiveFigure(figure)
    live.draw("some")
    live.fit(380)
    boxes = [ax.get_position() for ax in (wide, *small)]
    assert boxes[0].width > 0.7
    rows = sorted({round(box.y1, 2) for box in boxes}, reverse=True)
    assert len(rows) == 3  # the curve, and two pictures in each of two rows
    assert boxes[1].x0 < boxes[2].x0
    assert boxes[1].y1 > boxes[3].y1
    assert all(box.width < 0.5 for box in boxes[1:])
    assert live.widget.height < 3 * 400
    live.fit(1000)
    assert len({round(ax.get_position().y1, 2) for ax in small}) == 1  # as they were made


def test_small_panels_stay_in_their_rows_on_a_phone():
    figure = new_figure(10, 6)
    grid = figure.add_gridspec(2, 2)
    small = [[figure.panel(grid[row, column], share=2) for column in (0, 1)] for row in (0, 1)]
    live = LiveFigure(figure)
    live.draw("some")
    live.fit(380)
    for left, right in small:
        one, other = left.get_position(), right.get_position()
        assert one.y1 == pytest.approx(other.y1, abs=0.02)
        assert one.x1 < other.x0
    assert small[0][0].get_position().y0 > small[1][0].get_position().y1
