"""Chapter 6 in Voila: every control, a bond that is dragged, a training that runs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import chapter_page as course
from chapter_page import no_errors

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
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 6, capsys)


def test_the_bond_is_dragged(page, capsys):
    course.drag(page, 1, (0.12, 0.5), (0.012, 0.0), capsys)


def test_the_training_runs_and_stops(page):
    course.runs_and_stops(page, 2, 2500, "chapter-6-run.png")


def test_a_prediction_is_kept(page):
    course.keeps_a_prediction(page, "yes, but only through rounding", "yes, but only")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(
        page, "A ring of 10 atoms has", "635", "Divide by the number of momenta", "6352"
    )


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-6-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
