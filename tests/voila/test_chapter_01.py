"""Chapter 1 as a lecturer and a student meet it: Voila with our template, in a real browser."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course
from chapter_page import no_errors

CHAPTER = course.ROOT / "chapters" / "01_ab_oscillations.ipynb"
EXPLORERS = 7

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "After how many rings are the two equal") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 1, capsys)


def test_the_flux_can_be_dragged_in_the_picture(page):
    explorer = page.locator(".qml-explorer").first
    picture = explorer.locator("canvas.qml-picture").first
    before = picture.get_attribute("alt")
    harness.drag(page, (0.62, 0.25), (0.9, 0.25), picture=picture)
    page.wait_for_timeout(600)
    after = picture.get_attribute("alt")
    assert before != after
    assert "flux" in after
    no_errors(page)


def test_play_moves_and_pause_stops(page):
    explorer = page.locator(".qml-explorer").first
    picture = explorer.locator("canvas.qml-picture").first
    explorer.get_by_role("button", name="Play").click()
    first = picture.get_attribute("alt")
    page.wait_for_timeout(1200)
    assert picture.get_attribute("alt") != first
    explorer.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(400)
    still = picture.get_attribute("alt")
    page.wait_for_timeout(500)
    assert picture.get_attribute("alt") == still


def test_a_prediction_is_kept_and_shown_again(page):
    answer = "g comes back after one flux quantum h/e"
    course.keeps_a_prediction(page, answer, "g comes back after one flux quantum")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(
        page, "A gold ring has a mean radius", "2.06", "radius, not diameter", "8.23"
    )


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-1-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
