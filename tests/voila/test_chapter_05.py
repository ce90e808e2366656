"""Chapter 5 in Voila: every control, the dot dragged over a border, designs that run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import chapter_page as course
from chapter_page import SHOTS, no_errors

CHAPTER = course.ROOT / "chapters" / "05_haldane_rediscovery.ipynb"
EXPLORERS = 10

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with (
        course.serve(CHAPTER, progressive_rendering=True) as url,
        course.open_chapter(url, EXPLORERS, "Set the explorer of the one-angle model") as opened,
    ):
        yield opened


def test_the_page_has_all_explorers_and_no_code(page):
    course.has_all_explorers_and_no_code(page, EXPLORERS)


def test_every_control_changes_its_picture(page, capsys):
    course.press_all_sliders(page, EXPLORERS, 5, capsys)


def test_the_dot_is_dragged_over_the_border(page, capsys):
    explorer = course.drag(page, 0, (0.42, 0.72), (0.0, -0.008), capsys)
    assert "Chern number" in explorer.inner_text()
    explorer.screenshot(path=str(SHOTS / "chapter-5-dragged.png"))


@pytest.mark.parametrize("number", [3, 4, 5, 8, 9])
def test_designs_run_and_stop(page, number):
    course.runs_and_stops(page, number, 1500, f"chapter-5-run-{number}.png")


def test_a_prediction_is_kept(page):
    course.keeps_a_prediction(page, "zero: no small step changes σ", "zero")


def test_an_exercise_answers_at_once(page):
    course.answers_at_once(page, "at which M (in t₁)", "2.598", "multiply by t₂", "0.5196")


def test_all_is_reached_by_keyboard(page):
    course.is_reached_by_keyboard(page, EXPLORERS)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-5-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)
