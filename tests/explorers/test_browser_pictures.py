"""The browser draws what Agg draws: every explorer's first picture in both, side by side."""

import base64
import importlib
import io
import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness

from qmlcourse.course.chapters import CHAPTERS
from qmlcourse.widgets import Explorer, front

pytestmark = [pytest.mark.browser, pytest.mark.delivery(8)]
EVERY = [
    pytest.param(one, id=f"{chapter.name}-{one.__name__}")
    for chapter in CHAPTERS
    for one in vars(importlib.import_module(f"qmlcourse.explorers.{chapter.name}")).values()
    if isinstance(one, type) and issubclass(one, Explorer)
]
_PAGE = """
<!doctype html><meta charset="utf-8"><canvas></canvas><script>
%s
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
function show(lists) {
  const [scene, ...rest] = lists.filter(Boolean).map((one) => unpack(bytes(one)));
  const canvas = document.querySelector("canvas");
  [canvas.width, canvas.height] = [Math.round(scene.width), Math.round(scene.height)];
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = "white";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  for (const list of [scene, ...rest]) replay(ctx, list);
  const wide = [];
  for (const list of [scene, ...rest])
    for (const [kind, text, , , , size, , weight, slant, width] of list.ops)
      if (kind === "t") {
        ctx.font = `${slant} ${weight} ${size}px ${FAMILY}`;
        wide.push([text, ctx.measureText(text).width, width]);
      }
  return [canvas.toDataURL().split(",")[1], wide];
}
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(_PAGE % (Path(front.HERE) / "display.js").read_text("utf-8"), "utf-8")
    with harness.open_page(path.as_uri(), 1400, 900, picture=False) as page:
        yield page


def show(page, *lists):
    data, texts = page.evaluate("show", [base64.b64encode(one).decode() for one in lists])
    return imread(io.BytesIO(base64.b64decode(data)))[..., :3], texts


@pytest.mark.parametrize("explorer", EVERY)
def test_both_pictures_are_the_same(page, explorer):
    one = explorer()
    one.wait(60)
    picture = one.figure.widget
    agg = imread(io.BytesIO(one.figure.png()))[..., :3]
    browser, texts = show(page, picture.scene, picture.moving)
    assert browser.shape == agg.shape
    # edges are smoothed in two ways; compare what two pixels by two say, letters apart
    coarse = [
        image[: len(image) // 4 * 4, : image.shape[1] // 4 * 4]
        .reshape(len(image) // 4, 4, -1, 4, 3)
        .mean((1, 3))
        for image in (agg, browser)
    ]
    different = np.abs(coarse[0] - coarse[1]).max(2) > 0.25
    assert different.mean() < 0.01, f"{100 * different.mean():.2f} % differ"
    for text, here, there in texts:
        assert abs(here - there) <= max(2.0, 0.03 * there), text


def damaged(data):
    """Display lists as a faulty connection or a stranger might bring them."""
    size, count = struct.unpack("<2I", data[4:12])
    yield "empty", b""
    yield "cut", data[: len(data) // 2]
    yield "magic", b"XXXX" + data[4:]
    yield "floats", data[:8] + struct.pack("<I", count * 1000) + data[12:]
    yield "header", data[:12] + b"{" * size + data[12 + size :]
    header = json.loads(data[12 : 12 + size])
    for name, op in [("path", ["p", 0, 10**9, 5, ""]), ("unknown", ["constructor", 1])]:
        text = json.dumps({**header, "ops": [op]}).encode()
        text += b" " * (-len(text) % 4)
        yield name, data[:4] + struct.pack("<2I", len(text), count) + text + data[12 + size :]


def test_a_damaged_list_is_refused_with_a_sentence(page):
    one = EVERY[0].values[0]()
    for name, data in damaged(one.figure.widget.scene):
        said = page.evaluate(
            "(text) => { try { replay(document.createElement('canvas').getContext('2d'),"
            " unpack(bytes(text))); return ''; } catch (error) { return error.message; } }",
            base64.b64encode(data).decode(),
        )
        assert said == "This picture arrived damaged.", name
