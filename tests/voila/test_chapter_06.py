"""Chapter 6 in Voila: every control, a bond that is dragged, a training that runs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course
from chapter_page import SHOTS, no_errors

CHAPTER = course.ROOT / "chapters" / "06_nqs_bands.ipynb"
EXPLORERS = 6

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "Set the explorer of the pulled ring") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    assert page.locator(".qml-explorer").count() == EXPLORERS
    assert not page.get_by_text("from qmlcourse.explorers").count()
    assert page.locator("mjx-container").count() > 20


def test_every_control_changes_its_picture(page, capsys):
    slow = [
        course.press_every_slider(page, n, f"chapter-6-explorer-{n}.png", capsys)
        for n in range(EXPLORERS)
    ]
    assert max(slow) < 2000  # printed for the eye; the budget is 100 ms on two quiet cores
    no_errors(page)


def test_the_bond_is_dragged(page, capsys):
    explorer = page.locator(".qml-explorer").nth(1)
    explorer.scroll_into_view_if_needed()
    picture = explorer.locator("img.qml-picture").first
    before = picture.get_attribute("alt")
    times = harness.drag_to_picture(page, (0.12, 0.5), (0.012, 0.0), 20, picture)
    with capsys.disabled():
        print(
            f"\ndrag: {len(times)} moves, new picture after {harness.percentile(times, 0.5):.0f} ms"
            f" (median), {harness.percentile(times, 0.95):.0f} ms (95 %)",
            end="",
        )
    assert picture.get_attribute("alt") != before
    no_errors(page)


def test_the_training_runs_and_stops(page):
    explorer = page.locator(".qml-explorer").nth(2)
    explorer.scroll_into_view_if_needed()
    picture = explorer.locator("img.qml-picture").first
    explorer.locator(".qml-player").get_by_role("button", name="Reset").click()
    page.wait_for_timeout(400)
    first = picture.get_attribute("alt")
    explorer.get_by_role("button", name="Play").click()
    page.wait_for_timeout(2500)
    assert picture.get_attribute("alt") != first
    explorer.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(800)
    still = picture.get_attribute("alt")
    page.wait_for_timeout(600)
    assert picture.get_attribute("alt") == still
    explorer.screenshot(path=str(SHOTS / "chapter-6-run.png"))
    no_errors(page)


def test_a_prediction_is_kept(page):
    card = page.locator(".qml-card").first
    card.get_by_label("yes, but only through rounding").check()
    card.get_by_role("button", name="Keep my answer").click()
    page.get_by_text("Your prediction: yes, but only").first.wait_for(timeout=10_000)


def test_an_exercise_answers_at_once(page):
    card = page.locator(".qml-card", has_text="A ring of 10 atoms has").first
    field = card.locator("input").first
    field.fill("635")
    card.get_by_role("button", name="Check").click()
    card.get_by_text("Divide by the number of momenta").first.wait_for(timeout=10_000)
    field.fill("6352")
    card.get_by_role("button", name="Check").click()
    card.get_by_text("Right").first.wait_for(timeout=10_000)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-6-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)


def test_the_lecture_shows_the_chapter_large():
    with (
        course.serve(
            CHAPTER, **{"VoilaConfiguration.resources": "{'qmlcourse': {'lecture': True}}"}
        ) as url,
        harness.open_page(url, 1920, 1080) as page,
    ):
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(900)
        page.screenshot(path=str(SHOTS / "chapter-6-lecture.png"))
        assert page.errors == []
