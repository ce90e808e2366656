"""`qmlcourse present 1` in a lecture hall: beats, vote, notes, and no network."""

import browser as harness
import chapter_page as course
import pytest

from qmlcourse.course.present import LARGER

pytestmark = pytest.mark.browser
LARGE = 22 * 96 / 72  # 22 pt in CSS pixels


@pytest.fixture(scope="module")
def page():
    server, address = course.start_lecture("1")
    own = "/".join([*address.split("/")[:3], ""])
    try:
        with harness.open_page("about:blank", 1920, 1080, picture=False) as page:
            page.asked = []

            def only_here(route):
                page.asked.append(route.request.url)
                here = route.request.url.startswith((own, "blob:", "data:"))
                route.continue_() if here else route.abort()

            page.route("**/*", only_here)
            page.goto(address)
            page.locator("#qml-bar").get_by_text("puzzle").wait_for(timeout=60_000)
            page.locator("canvas.qml-picture").first.wait_for(timeout=60_000)
            page.wait_for_timeout(1500)
            yield page
    finally:
        server.terminate()
        server.wait(20)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(500)


def font(page, css):
    script = "(css) => parseFloat(getComputedStyle(document.querySelector(css)).fontSize)"
    return page.evaluate(script, css)


def test_the_puzzle_fills_the_window(page):
    picture = page.locator("canvas.qml-picture").first.bounding_box()
    assert picture["width"] > 1200 or picture["height"] > 800
    assert page.locator(".jp-MarkdownOutput").first.is_hidden()
    assert "1 / 8" in page.locator("#qml-bar").inner_text()


def test_hands_are_counted_by_keys_and_buttons(page):
    press(page, "ArrowRight", "Digit1", "Digit1", "Digit1", "Shift+Digit1", "Digit3")
    page.get_by_label("one hand more for g comes back after one flux quantum h/e").click()
    counts = page.locator("#qml-vote output").all_inner_texts()
    assert counts == ["2", "0", "2", "0"]
    assert page.locator("#qml-vote b").count() == 0  # no bars before the room has voted
    press(page, "r")
    assert page.locator("#qml-vote b").all_inner_texts() == ["50 %", "0 %", "50 %", "0 %"]
    assert font(page, "#qml-vote span") >= LARGE
    page.get_by_role("button", name="Keep these counts").click()
    assert "Counted before: 2, 0, 2, 0" in page.locator("#qml-vote").inner_text()
    page.screenshot(path=str(course.SHOTS / "lecture-vote.png"))


def test_a_beat_shows_its_explorer_in_a_bookmarked_state(page):
    press(page, "ArrowRight")
    explorer = page.locator(".qml-explorer").first
    picture = explorer.locator("canvas.qml-picture").first
    assert picture.bounding_box()["width"] > 1300
    assert explorer.locator("[role=slider]").first.is_hidden()
    press(page, "b", "b")
    page.wait_for_function(
        "document.querySelector('.qml-explorer canvas.qml-picture').alt.includes('flux 0.50')"
    )
    press(page, "c")
    assert explorer.locator("[role=slider]").first.is_visible()
    page.screenshot(path=str(course.SHOTS / "lecture-explorer.png"))
    press(page, "c")
    made_for = picture.evaluate(
        "(one) => parseFloat(one.style.getPropertyValue('--qml-picture-width'))"
    )
    scale = picture.bounding_box()["width"] / made_for
    assert scale * 11.5 * float(LARGER) >= 22  # points of the axis labels on the screen
    assert font(page, ".qml-look-for") >= LARGE


def test_notes_stay_hidden_until_they_are_asked_for(page):
    notes = page.locator("#qml-notes")
    assert notes.is_hidden()
    press(page, "n")
    assert "the period stays" in notes.inner_text()
    assert "Next: why" in notes.inner_text()
    press(page, "n")
    assert notes.is_hidden()


def test_the_clock_runs_and_stops(page):
    press(page, "t")
    page.wait_for_timeout(2200)
    press(page, "t")
    page.wait_for_timeout(1100)
    said = page.locator("#qml-bar").inner_text()
    assert any(f"0:0{n} of 25:00" in said for n in (2, 3, 4))
    page.wait_for_timeout(1500)
    assert page.locator("#qml-bar").inner_text() == said


def test_stored_pictures_come_from_the_disk(page):
    for n in range(3):
        press(page, "p")
        picture = page.locator("#qml-fallback img")
        assert picture.get_attribute("src").endswith(f"-{n}.png")
        assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 300
    press(page, "p")
    assert page.locator("#qml-fallback").is_hidden()


def test_text_is_large_and_the_whole_chapter_is_one_key_away(page):
    press(page, *["ArrowRight"] * 5)  # to the last beat, which is text
    assert "8 / 8" in page.locator("#qml-bar").inner_text()
    assert font(page, ".jp-MarkdownOutput:visible p".replace(":visible", "")) >= LARGE
    page.screenshot(path=str(course.SHOTS / "lecture-why.png"))
    press(page, "Escape")
    assert page.locator(".jp-MarkdownOutput").first.is_visible()
    press(page, "Escape", "?")
    assert "next beat" in page.locator("#qml-help").inner_text()
    press(page, "?")


def test_nothing_was_fetched_from_a_network(page):
    away = [url for url in page.asked if not url.startswith(("http://127.0.0.1", "blob:", "data:"))]
    assert away == []
    assert page.errors == []
