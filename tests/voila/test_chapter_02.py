"""Chapter 2 in Voila: every control, an impurity dragged by mouse and keys, the player."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course
from chapter_page import SHOTS, no_errors

CHAPTER = course.ROOT / "chapters" / "02_ucf_fingerprints.ipynb"
EXPLORERS = 8

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "How long is the coherent wire on show") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 2, capsys)


def test_an_impurity_is_dragged_with_the_mouse(page, capsys):
    explorer = page.locator(".qml-explorer").first
    explorer.scroll_into_view_if_needed()
    picture = explorer.locator("canvas.qml-picture").first
    before = picture.get_attribute("alt")
    times = harness.drag_to_picture(page, (0.77, 0.31), (-0.004, 0.0), 24, picture)
    with capsys.disabled():
        print(
            f"\ndrag: {len(times)} moves, new picture after {harness.percentile(times, 0.5):.0f} ms"
            f" (median), {harness.percentile(times, 0.95):.0f} ms (95 %)",
            end="",
        )
    assert picture.get_attribute("alt") != before
    assert "likeness" in explorer.inner_text()
    explorer.screenshot(path=str(SHOTS / "chapter-2-dragged.png"))
    no_errors(page)


def test_an_impurity_is_moved_with_the_arrow_keys(page):
    explorer = page.locator(".qml-explorer").first
    picture = explorer.locator("canvas.qml-picture").first
    picture.focus()
    before = picture.get_attribute("alt")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    assert picture.get_attribute("alt") != before


def test_walkers_walk_and_stop(page):
    explorer = page.locator(".qml-explorer").nth(7)
    explorer.scroll_into_view_if_needed()
    picture = explorer.locator("canvas.qml-picture").first
    explorer.get_by_role("button", name="Play").click()
    first = picture.get_attribute("alt")
    page.wait_for_timeout(2500)
    assert picture.get_attribute("alt") != first
    explorer.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(600)
    still = picture.get_attribute("alt")
    page.wait_for_timeout(600)
    assert picture.get_attribute("alt") == still
    explorer.screenshot(path=str(SHOTS / "chapter-2-search.png"))


def test_a_prediction_is_kept(page):
    answer = "signal: the second run of a wire repeats the first"
    course.keeps_a_prediction(page, answer, "signal")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(
        page, "One spin direction has the variance", "0.133", "both swing together", "0.533"
    )


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-2-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
