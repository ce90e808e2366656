"""Pages show each widget of their notebook, also where widgets come late."""

import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course

pytestmark = pytest.mark.browser

CELL = """
import ipywidgets
from qmlcourse.widgets import LiveFigure, new_figure
figure = new_figure(3.0, 2.0)
figure.subplots().plot([0, 1], [0, 1])
picture = LiveFigure(figure)
picture.draw("a line")
display(picture.widget)
display(ipywidgets.Checkbox(description="the second"))
ipywidgets.Checkbox(description="the third")
"""
# What the page is told of its widgets comes late, and by then the time for waiting is over.
LATE = """
const past = Date.now;
let over = 0;
Date.now = () => past() + over;
window.WebSocket = class extends WebSocket {
  set onmessage(handler) {
    const kernel = this.url.includes("/api/kernels/");
    super.onmessage = (event) => {
      if (!kernel) return handler(event);
      setTimeout(() => {
        handler(event);
        const { data } = event;
        const text = typeof data == "string" ? data : new TextDecoder().decode(data);
        if (text.includes("update_states")) over = 3000;
      }, 500);
    };
  }
};
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    place = tmp_path_factory.mktemp("late") / "late.ipynb"
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nbformat.write(book, place)
    return place


@pytest.mark.delivery(1)
@pytest.mark.parametrize("cell_by_cell", [True, False])
def test_what_comes_late_is_shown(notebook, cell_by_cell):
    with (
        course.serve(notebook, progressive_rendering=cell_by_cell) as url,
        harness.open_page(url, script=LATE) as page,
    ):
        for words in ("the second", "the third"):
            page.get_by_text(words).wait_for(timeout=20_000)
        box = page.get_by_label("the third")
        box.check()
        assert box.is_checked()
        assert page.errors == []
