"""Contents of a chapter at the side: where we are, what is answered, how long it takes."""

import re

import browser as harness
import chapter_page as course
import pytest

pytestmark = pytest.mark.browser
WAIT = 60_000


@pytest.fixture(scope="module")
def page():
    chapter = course.ROOT / "chapters" / "01_ab_oscillations.ipynb"
    with (
        course.serve(chapter, progressive_rendering=True) as url,
        harness.open_page(url, 1600, 900, picture=False) as page,
    ):
        last = page.get_by_text(course.CHAPTERS[1].last)
        last.wait_for(timeout=harness.READY_SECONDS * 1000)
        yield page
        assert page.errors == []


def contents(page):
    return page.get_by_role("navigation", name="Contents of the chapter")


def link(page, section):
    return contents(page).locator("a", has_text=section)


def minutes(page):
    return int(re.search(r"about (\d+) minutes", contents(page).inner_text())[1])


def test_it_stands_beside_the_text_and_leads_to_each_section(page):
    assert contents(page).locator("a").count() == page.locator("#rendered_cells h2").count()
    side = contents(page).bounding_box()
    text = page.locator("#rendered_cells h1").bounding_box()
    assert side["x"] + side["width"] <= text["x"]
    assert 40 <= minutes(page) <= 75  # the welcome page promises 45 to 60
    link(page, "Many rings").click()
    page.locator("#qml-contents a[aria-current]", has_text="Many rings").wait_for(timeout=WAIT)
    assert page.locator("#qml-contents a[aria-current]").count() == 1


def test_answers_tick_a_section_and_take_their_time_off(page):
    before = minutes(page)
    assert link(page, "Exercises").locator(".qml-tick").inner_text() == "0/5"
    course.answers_at_once(page, *course.CHAPTERS[1].exercise)
    page.wait_for_function(
        "() => [...document.querySelectorAll('#qml-contents a')].some((one) =>"
        " one.textContent.includes('1/5'))",
        timeout=WAIT,
    )
    assert minutes(page) < before
    # all questions of a section: as when the second prediction is kept as well
    page.evaluate("""() => document.querySelectorAll(".qml-card").forEach((card) =>
      card.querySelectorAll("button.qml-button").forEach((one) => (one.disabled = true)))""")
    tick = link(page, "Predict").locator(".qml-all")
    tick.wait_for(timeout=WAIT)
    assert tick.inner_text() == "✓"
    assert tick.get_attribute("aria-label") == "2 of 2 answered"


def test_on_a_narrow_window_it_is_a_button_reached_by_keyboard(page):
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})
        summary = contents(page).locator("summary")
        assert not link(page, "Learn").is_visible()
        summary.focus()
        page.keyboard.press("Enter")
        link(page, "Learn").wait_for(timeout=WAIT)
        page.screenshot(path=str(course.SHOTS / f"contents-{width}.png"))
        box = contents(page).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
        link(page, "Learn").wait_for(state="hidden", timeout=WAIT)
        assert summary.evaluate("(one) => one === document.activeElement")


def test_it_makes_room_while_one_scrolls_down(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(640, 300)
    gone = (
        "() => document.querySelector('#qml-contents').getBoundingClientRect().top {} innerHeight"
    )
    page.mouse.wheel(0, 500)
    page.wait_for_function(gone.format(">="), timeout=WAIT)
    page.mouse.wheel(0, -200)
    page.wait_for_function(gone.format("<"), timeout=WAIT)


def test_a_lecture_has_none(page):
    page.evaluate("document.body.classList.add('qml-beat')")
    assert not contents(page).is_visible()
    page.evaluate("document.body.classList.remove('qml-beat')")
