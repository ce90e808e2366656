"""Chapter 1 as a lecturer and a student meet it: Voila with our template, in a real browser."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course
from chapter_page import SHOTS, no_errors

from qmlcourse.present import environment, voila_command

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
    assert page.locator(".qml-explorer").count() == EXPLORERS
    assert not page.get_by_text("from qmlcourse.explorers").count()
    assert page.locator("mjx-container").count() > 20  # formulas are typeset without a network


def test_every_control_changes_its_picture(page, capsys):
    slow = [
        course.press_every_slider(page, n, f"chapter-1-explorer-{n}.png", capsys)
        for n in range(EXPLORERS)
    ]
    assert max(slow) < 1000  # printed for the eye; the budget is 100 ms on two quiet cores
    no_errors(page)


def test_the_flux_can_be_dragged_in_the_picture(page):
    explorer = page.locator(".qml-explorer").first
    picture = explorer.locator("img.qml-picture").first
    before = picture.get_attribute("alt")
    harness.drag(page, (0.62, 0.25), (0.9, 0.25), picture=picture)
    page.wait_for_timeout(600)
    after = picture.get_attribute("alt")
    assert before != after
    assert "flux" in after
    no_errors(page)


def test_play_moves_and_pause_stops(page):
    explorer = page.locator(".qml-explorer").first
    picture = explorer.locator("img.qml-picture").first
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
    card = page.locator(".qml-card").first
    card.get_by_label("g comes back after one flux quantum h/e").check()
    card.get_by_role("button", name="Keep my answer").click()
    page.get_by_text("Your prediction: g comes back after one flux quantum").first.wait_for(
        timeout=10_000
    )


def test_an_exercise_answers_at_once(page):
    card = page.locator(".qml-card", has_text="A gold ring has a mean radius").first
    field = card.locator("input").first
    field.fill("2.06")
    card.get_by_role("button", name="Check").click()
    card.get_by_text("radius, not diameter").first.wait_for(timeout=10_000)
    field.fill("8.23")
    card.get_by_role("button", name="Check").click()
    card.get_by_text("Right").first.wait_for(timeout=10_000)


def test_nothing_is_cut_off_on_a_phone(page):
    course.fits_on_a_phone(page, "chapter-1-phone.png")


def test_the_console_stayed_silent(page):
    assert page.errors == []
    no_errors(page)


def test_present_shows_the_chapter_large(tmp_path):
    command = voila_command(CHAPTER, 1234, preheat=True)
    assert "--template=qmlcourse" in command
    with harness.serve_voila(
        CHAPTER, template="qmlcourse", env=environment(),
        **{"VoilaConfiguration.resources": "{'qmlcourse': {'lecture': True}}"},
    ) as url, harness.open_page(url, 1920, 1080) as page:  # fmt: skip
        size = page.evaluate(
            "parseFloat(getComputedStyle("
            "document.querySelector('.jp-RenderedHTMLCommon p')).fontSize)"
        )
        assert size >= 22
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(900)
        assert page.locator("#qml-here").inner_text().startswith("3 /")
        page.screenshot(path=str(SHOTS / "chapter-1-lecture.png"))
        assert page.errors == []
