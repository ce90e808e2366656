"""A class on one server: places are counted, and what ends is said with what to do."""

import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course

from qmlcourse.course.classroom import class_settings, kernels
from qmlcourse.course.forked_kernels import WARM
from qmlcourse.course.serving import environment, running

pytestmark = pytest.mark.browser
CHAPTERS = course.ROOT / "chapters"
PAGE = "voila/render/00_welcome.ipynb"


def served(port, viewers=1):
    light = environment() | {WARM: ""}  # the welcome page calculates nothing
    return running(CHAPTERS, port, class_settings(viewers), light)


@contextmanager
def opened(port):
    """Open the welcome page, which has its map where other pages have a picture."""
    with harness.open_page(f"http://127.0.0.1:{port}/{PAGE}", picture=False) as page:
        wait_for_map(page, harness.READY_SECONDS)
        yield page


def wait_for_map(page, seconds=60):
    page.locator("nav.qml-map li").first.wait_for(timeout=seconds * 1000)


def test_places_are_counted_and_a_lost_kernel_says_what_to_do():
    port = harness.free_port()
    with served(port) as server, opened(port) as page:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{PAGE}", timeout=30)
        assert refused.value.code == 503
        words = refused.value.read().decode()
        assert "All 1 places are taken" in words
        assert "Traceback" not in words

        (kernel,) = kernels(server.pid)
        kernel.kill()
        page.locator("#qml-lost").get_by_text("lost its kernel").wait_for(timeout=60_000)
        page.screenshot(path=str(course.SHOTS / "classroom-lost.png"))
        page.locator("#qml-lost").get_by_role("button", name="Reload").click()
        wait_for_map(page)
        assert page.locator("#qml-lost").is_hidden()
        assert len(kernels(server.pid)) == 1


def test_a_page_meets_a_new_server_at_its_address():
    port = harness.free_port()
    first = served(port)
    first.__enter__()
    with opened(port) as page:
        first.__exit__(None, None, None)
        page.locator("#qml-lost").get_by_text("cannot be reached").wait_for(timeout=60_000)
        with served(port):
            page.locator("#qml-lost").get_by_text("lost its kernel").wait_for(timeout=60_000)
            page.get_by_role("button", name="Reload").click()
            wait_for_map(page)
