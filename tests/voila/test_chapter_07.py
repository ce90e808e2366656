"""Chapter 7 in Voila: every control, a window that is dragged, a fit that runs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import chapter_page as course
from chapter_page import no_errors

CHAPTER = course.ROOT / "chapters" / "07_hidden_self_energies.ipynb"
EXPLORERS = 5

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "Set the explorer of the budget") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 7, capsys)


def test_the_window_is_dragged(page, capsys):
    course.drag(page, 4, (0.2, 0.5), (0.01, 0.0), capsys)


def test_the_fit_runs_and_stops(page):
    course.runs_and_stops(page, 2, 2500, "chapter-7-run.png")


def test_a_prediction_is_kept(page):
    course.keeps_a_prediction(page, "both functions, if one knows the general laws", "both")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(page, "At which energy do the peaks", "80", "add as squares", "63.25")


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-7-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
