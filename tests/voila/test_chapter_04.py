"""Chapter 4 in Voila: every control, a dragged antidot, a training that runs, a kept guess."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import chapter_page as course
from chapter_page import no_errors

CHAPTER = course.ROOT / "chapters" / "04_ynet_inversion.ipynb"
EXPLORERS = 8

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "Match the hidden wire") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 4, capsys)


def test_the_network_follows_a_dragged_antidot(page, capsys):
    course.drag(page, 1, (0.16, 0.5), (0.004, 0.005), capsys)


def test_a_guess_is_kept_and_the_truth_is_shown(page):
    explorer = page.locator(".qml-explorer").first
    explorer.scroll_into_view_if_needed()
    explorer.get_by_role("button", name="Keep my guess").click()
    explorer.get_by_text("your kept guess is").wait_for(timeout=10_000)
    explorer.screenshot(path=str(course.SHOTS / "chapter-4-guess.png"))


def test_the_training_runs_and_stops(page):
    course.runs_and_stops(page, 3, 2500, "chapter-4-run.png")


def test_a_prediction_is_kept(page):
    course.keeps_a_prediction(page, "three", "three")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(page, "One antidot of known radius", "64", "what it is given", "2")


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-4-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
