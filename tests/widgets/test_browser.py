"""The kit in a real browser: keys, drags, downloads, uploads, play and pause, wide and narrow."""

import os
from pathlib import Path

import matplotlib
import nbformat
import pytest
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags

from tests.browser import (
    PICTURE,
    drag,
    find_chromium,
    key_to_picture,
    open_page,
    percentile,
    serve_voila,
    wait_for_alt,
)

HERE = Path(__file__).parent
CELLS = (
    "from demo_wave import Wave\nfrom qmlcourse.widgets import *\nwave = Wave()\nwave",
    "Prediction('What becomes of the spectrum when the frequency is doubled?',"
    " ['It moves', 'It widens'], 'spectrum')",
    "Prediction.recall('spectrum', 'It moves', 'Its axis is the frequency.')",
    "Sketch('Draw one period.', 'period', 'time (s)', 'height (m)', ylim=(-1, 1))",
    "ask_number('What is the period of a wave of 4 Hz?', 0.25, 's', ['One over ...'])",
    "upload('Your own curve', '.csv', lambda content: len(content), max_bytes=1000)",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wave")
    notebook = folder / "wave.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    paths = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    with serve_voila(notebook, env={"PYTHONPATH": os.pathsep.join(paths)}) as url:
        yield url


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = os.environ.get("QMLCOURSE_SCREENSHOTS")
    folder = Path(folder) if folder else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def page(address):
    with open_page(address, 1280, 2200) as page:
        page.get_by_text("Your own curve").wait_for()
        yield page


def alt(page):
    return page.locator(PICTURE).first.get_attribute("alt")


def status(page):
    return page.locator(".qml-explorer .qml-stage .qml-status").first


def test_a_key_moves_the_picture_at_once(page, pictures, capsys):
    page.screenshot(path=pictures / "wave-1280.png")
    before = alt(page)
    handle = page.get_by_role("slider", name="Frequency (Hz)")
    times = key_to_picture(page, handle, ["ArrowRight"] * 25)
    middle, high = percentile(times, 0.5), percentile(times, 0.95)
    with capsys.disabled():
        print(f"\nkey to picture: median {middle:.0f} ms, 95th percentile {high:.0f} ms")
    assert alt(page) != before
    assert "4.5 Hz" in alt(page)
    assert len(times) == 25
    assert status(page).inner_text() == ""


def test_dragging_moves_the_marker(page):
    drag(page, (0.3, 0.5), (0.5, 0.3))
    # the moves on the way come first, the last one at the end
    page.wait_for_function(
        """() => {
          const moment = document.querySelector(".qml-readout").innerText.split(" ")[2];
          return parseFloat(moment) > 0.6 && parseFloat(moment) < 0.95;
        }"""
    )
    picture = page.locator(PICTURE).first
    assert len(key_to_picture(page, picture, ["ArrowLeft"] * 3)) == 3


def test_what_is_offered_is_downloaded(page, tmp_path):
    page.get_by_role("button", name="Save and share").first.click()
    for name, start in (
        ("Picture (PNG)", b"\x89PNG"),
        ("Picture (SVG)", b"<?xml"),
        ("Data (CSV)", b"# A wave"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        target = tmp_path / download.value.suggested_filename
        download.value.save_as(target)
        assert target.stem == "wave"
        assert target.read_bytes().startswith(start)


def test_a_bookmark_can_be_pasted_and_reset_undoes_it(page):
    field = page.get_by_label("Bookmark")
    field.fill("wave:cycles=3,height=0.5")
    field.press("Enter")
    page.wait_for_function(
        "(css) => document.querySelector(css).alt.includes('3.0 Hz')", arg=PICTURE
    )
    page.wait_for_timeout(800)  # on a busy machine the field still takes its own echo
    field.fill("wave:cycles=300")
    field.press("Enter")
    page.get_by_text("cycles is 300 Hz, but it must lie between 0.5 and 8 Hz.").wait_for()
    page.locator(".qml-seldom > button", has_text="Reset").click()
    page.wait_for_function(
        "(css) => document.querySelector(css).alt.includes('2.0 Hz')", arg=PICTURE
    )
    assert status(page).inner_text() == ""


def test_play_runs_and_pause_stops(page):
    count = page.locator(".qml-count")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "() => parseInt(document.querySelector('.qml-count').innerText) >= 5", timeout=60_000
    )
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    page.wait_for_timeout(150)
    stopped = count.inner_text()
    page.wait_for_timeout(200)
    assert count.inner_text() == stopped
    assert int(stopped.split()[0]) < 40


def test_an_error_is_seen_and_the_picture_stays(page):
    handle = page.get_by_role("slider", name="Frequency (Hz)")
    handle.focus()
    page.keyboard.press("End")
    page.get_by_text("This frequency is too high for this demonstration.").wait_for()
    assert "2.0 Hz" in alt(page)
    page.keyboard.press("Home")
    page.wait_for_function(
        "(css) => document.querySelector(css).alt.includes('0.5 Hz')", arg=PICTURE
    )
    assert status(page).inner_text() == ""


def test_a_prediction_is_met_again(page):
    page.get_by_text("It widens").click()
    page.get_by_role("button", name="Keep my answer").click()
    page.get_by_text("Not as you predicted: look again.").wait_for()
    assert page.get_by_label("It moves").is_disabled()


def test_a_sketch_is_drawn(page):
    sketch = page.locator(PICTURE).nth(1)
    drag(page, (0.3, 0.5), (0.8, 0.2), picture=sketch)
    wait_for_alt(page, "Your curve so far", picture=1)
    page.get_by_role("button", name="Keep my sketch").click()
    page.get_by_text("Your curve will be drawn over the true one.").wait_for()


def test_a_check_answers(page):
    page.get_by_placeholder("a number").fill("0.5")
    page.get_by_placeholder("a number").press("Enter")
    page.get_by_text("twice too large").wait_for()


def test_files_are_refused_in_the_browser_or_read(page, tmp_path):
    for name, size in (("large.csv", 5000), ("small.csv", 50)):
        (tmp_path / name).write_bytes(b"1" * size)
    button = page.get_by_label("Your own curve")
    button.set_input_files(tmp_path / "large.csv")
    page.get_by_text("large.csv has 5000 bytes; at most 1000 bytes are taken.").wait_for()
    button.set_input_files(tmp_path / "small.csv")
    page.get_by_text("small.csv is read.").wait_for()


def test_the_page_had_no_errors(page, pictures):
    page.get_by_role("button", name="More controls").click()
    page.wait_for_timeout(300)
    page.screenshot(path=pictures / "wave-1280-used.png")
    assert page.errors == []
    assert page.get_by_role("button", name="Form").count() == 0
    assert page.get_by_role("button", name="Sine").get_attribute("aria-pressed") == "true"
    assert "Something went wrong" not in page.inner_text("body")


def test_a_phone_sees_it_all(address, pictures):
    with open_page(address, 400, 2600) as page:
        page.get_by_text("Your own curve").wait_for()
        page.screenshot(path=pictures / "wave-400.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        wide = page.evaluate(
            "() => [...document.querySelectorAll('.qml *')]"
            ".filter((e) => e.getBoundingClientRect().right > 401).map((e) => e.className)"
        )
        assert wide == []
        assert page.errors == []


# a machine that has no DejaVu Sans of its own
_NO_FONT = """
const Own = FontFace;
window.FontFace = class extends Own {
  constructor(name, source, more) {
    super(name, typeof source === "string" ? 'local("nowhere")' : source, more);
  }
};
"""


def test_a_machine_without_the_font_of_pictures_is_given_it(address):
    with open_page(address, 1280, 900, script=_NO_FONT) as page:
        page.wait_for_function(
            "() => [...document.fonts].filter("
            "(one) => one.family.includes('QML') && one.status === 'loaded').length === 2",
            timeout=60_000,
        )
        widths = page.evaluate(
            """() => ["normal", "bold"].map((weight) => {
              const ctx = document.createElement("canvas").getContext("2d");
              ctx.font = `${weight} 100px "QML DejaVu Sans", monospace`;
              return ctx.measureText("conductance").width;
            })"""
        )
        assert page.errors == []
    for width, name in zip(widths, ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), strict=True):
        font = get_font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)))
        font.set_size(100, 72)
        font.set_text("conductance", 0, LoadFlags.NO_HINTING)
        assert width == pytest.approx(font.get_width_height()[0] / 64, rel=0.02)
