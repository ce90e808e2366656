"""Chapter 3 in Voila: every control, a cube that is turned, a training that runs, the game."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import chapter_page as course
from chapter_page import no_errors

CHAPTER = course.ROOT / "chapters" / "03_anderson_classification.ipynb"
EXPLORERS = 8

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "Set the explorer of the single state") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 3, capsys)


def test_the_cube_is_turned(page, capsys):
    course.drag(page, 0, (0.2, 0.5), (0.01, 0.008), capsys)


def test_an_answer_goes_on_to_the_next_state(page):
    game = page.locator(".qml-explorer").nth(1)
    game.scroll_into_view_if_needed()
    game.get_by_role("button", name="insulator").click()
    game.get_by_text("1 of 20 answered").wait_for(timeout=10_000)
    game.screenshot(path=str(course.SHOTS / "chapter-3-game.png"))


def test_the_training_runs_and_stops(page):
    course.runs_and_stops(page, 3, 2500, "chapter-3-run.png")


def test_a_prediction_is_kept(page):
    course.keeps_a_prediction(page, "about a thousand", "about a thousand")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(
        page, "A plane wave covers all", "1", "P₂ of a state on one site", "0.000579"
    )


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-3-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
