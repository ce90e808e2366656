"""What helps to read a chapter: its words as cards, its contents at the side, the glossary."""

import re

import browser as harness
import chapter_page as course
import pytest

from qmlcourse.course import glossary

pytestmark = pytest.mark.browser
CHAPTERS = course.ROOT / "chapters"
WAIT = 60_000
_LIGHT = """
(dark) => {
  document.body.dataset.jpThemeLight = String(!dark);
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => {
    const parts = rgb(text).map((v) => v / 255).map((v) =>
      v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const card = document.querySelector("#qml-word");
  const ground = light(getComputedStyle(card).backgroundColor);
  const found = [...card.querySelectorAll("h2, p, a, svg text")].map((one) => {
    const look = getComputedStyle(one);
    const ink = light(one instanceof SVGElement ? look.fill : look.color);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  });
  document.body.dataset.jpThemeLight = "true";
  return Math.min(...found);
}
"""
_APART = """
() => {
  const card = document.querySelector("#qml-word").getBoundingClientRect();
  const inside = card.left >= 0 && card.right <= innerWidth && card.bottom <= innerHeight;
  return inside && card.top >= 0;
}
"""


def term(page, word):
    return page.locator(f"a.qml-term[href$='#{word}']").first


def card(page):
    return page.locator("#qml-word")


def shown(page, text):
    card(page).get_by_text(text).first.wait_for(timeout=WAIT)


def gone(page):
    card(page).wait_for(state="hidden", timeout=WAIT)


def rest_on(page, word):
    """Move the pointer onto a word, as a hand does."""
    word.scroll_into_view_if_needed()
    page.mouse.move(2, 2)
    word.hover()


@pytest.fixture(scope="module")
def page():
    """Chapter 1 alone, without its folder, as a student finds it: its answers are veiled."""
    chapter = CHAPTERS / "01_ab_oscillations.ipynb"
    with (
        course.serve(chapter, veils=True, progressive_rendering=True) as url,
        harness.open_page(url, 1280, 900, picture=False) as page,
    ):
        # the last exercise: from here on nothing moves under the pointer
        last = page.get_by_text(course.CHAPTERS[1].last)
        last.wait_for(timeout=harness.READY_SECONDS * 1000)
        page.address = url
        yield page
        assert page.errors == []


def test_code_that_the_text_speaks_of_is_shown_and_can_be_folded(page):
    code = page.locator("details.qml-code").nth(1)
    code.scroll_into_view_if_needed()
    assert "kwant.Builder()" in code.inner_text()
    assert code.locator(".highlight span").count() > 20
    assert "from qmlcourse.explorers" not in page.locator("body").inner_text()
    code.locator("summary").click()
    assert not code.locator(".highlight").is_visible()


def test_an_exercise_in_code_is_a_choice_where_no_code_can_be_written(page):
    card = page.locator(".qml-card", has_text="Which line is the probability")
    card.get_by_label("abs(a) ** 2 + abs(b * np.exp", exact=False).check()
    card.get_by_role("button", name="Check").click()
    card.get_by_text("no flux can change this sum").wait_for(timeout=WAIT)


def test_what_answers_a_question_is_covered_until_it_is_answered(page):
    assert page.locator(".qml-veil").count() == 5
    assert not page.locator(".qml-explorer", has_text="A ring, a flux").count()
    page.locator(".qml-veil").first.scroll_into_view_if_needed()
    page.screenshot(path=str(course.SHOTS / "veil.png"))
    card = page.locator(".qml-card").first
    card.get_by_label("g falls steadily as the flux grows").check()
    card.get_by_role("button", name="Keep my answer").click()
    ring = page.locator(".qml-explorer", has_text="A ring, a flux")
    ring.locator("canvas.qml-picture").wait_for(timeout=WAIT)
    assert page.locator(".qml-veil").count() == 1  # the second question is still open
    page.get_by_role("button", name="Show it without an answer").click()
    page.locator(".qml-explorer", has_text="From one ring").wait_for(timeout=WAIT)
    assert page.locator(".qml-veil").count() == 0


def test_a_path_leads_through_an_explorer_by_keys_alone(page):
    ring = page.locator(".qml-explorer", has_text="A ring, a flux").first
    course.fitted(page, ring)
    on = ring.get_by_role("button", name="I have looked")
    assert "1/5" in ring.locator(".qml-tour").inner_text()
    assert "three times as much" not in ring.inner_text()
    on.focus()
    page.keyboard.press("Enter")
    ring.get_by_text("three times as much").wait_for(timeout=WAIT)
    ring.get_by_role("button", name="Next").click()
    ring.get_by_text("2/5").wait_for(timeout=WAIT)
    ring.get_by_role("button", name="I have looked").click()
    picture = ring.locator("canvas.qml-picture").element_handle()
    page.wait_for_function(
        "(one) => one.alt.includes('outer radius 18')", arg=picture, timeout=WAIT
    )
    assert ring.bounding_box()["height"] <= 960
    ring.get_by_role("button", name="Look around on my own").click()
    ring.get_by_role("button", name="Take the guided path").wait_for(timeout=WAIT)


def test_a_word_opens_where_the_pointer_rests_and_closes_where_it_leaves(page):
    rest_on(page, term(page, "Flux-quantum"))
    shown(page, "Flux quantum")
    assert card(page).locator("math").count()
    assert card(page).locator("svg[aria-label]").count() == 1
    assert page.evaluate(_APART)
    page.screenshot(path=str(course.SHOTS / "glossary-card.png"))
    page.mouse.move(1270, 890)
    gone(page)


def test_the_pointer_can_cross_into_the_card(page):
    rest_on(page, term(page, "Flux-quantum"))
    shown(page, "Flux quantum")
    box = card(page).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
    page.wait_for_timeout(700)
    assert card(page).is_visible()
    page.mouse.click(1270, 890)
    gone(page)


def test_keys_open_describe_and_close_it(page):
    word = term(page, "Aharonov-Bohm-effect")
    word.scroll_into_view_if_needed()
    page.keyboard.press("Tab")  # from here on focus is seen
    word.focus()
    shown(page, "Aharonov-Bohm effect")
    assert card(page).get_attribute("role") == "dialog"
    assert word.get_attribute("aria-expanded") == "true"
    text = page.locator(f"#{word.get_attribute('aria-describedby')}").inner_text()
    assert "phase of a wave on a closed path" in text
    page.keyboard.press("Escape")
    gone(page)
    assert word.get_attribute("aria-describedby") is None
    assert word.evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Enter")
    shown(page, "Aharonov-Bohm effect")
    assert card(page).evaluate("(one) => one.contains(document.activeElement)")
    page.keyboard.press("Shift+Tab")
    gone(page)
    assert word.evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "document.querySelector('#qml-word-head')?.textContent !== 'Aharonov-Bohm effect'"
        " || document.querySelector('#qml-word').hidden"
    )


def test_it_is_readable_in_both_themes(page):
    rest_on(page, term(page, "Flux-quantum"))
    shown(page, "Flux quantum")
    page.wait_for_timeout(400)
    assert page.evaluate(_LIGHT, False) >= 4.5
    assert page.evaluate(_LIGHT, True) >= 4.5
    page.keyboard.press("Escape")


def test_other_pages_are_named_where_a_chapter_is_served_alone(page):
    link = page.locator("#rendered_cells a[href='02_ucf_fingerprints.ipynb']").first
    link.scroll_into_view_if_needed()
    link.click()
    shown(page, "qmlcourse present 2")
    assert page.url == page.address
    page.keyboard.press("Escape")


def contents(page):
    return page.get_by_role("navigation", name="Contents of the chapter")


def link(page, section):
    return contents(page).locator("a", has_text=section)


def minutes(page):
    return int(re.search(r"about (\d+) minutes", contents(page).inner_text())[1])


def tap(page, x, y):
    """A finger that touches the window and leaves it."""
    hand = page.context.new_cdp_session(page)
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_tap_opens_it_on_a_phone_within_the_window(page):
    page.set_viewport_size({"width": 400, "height": 800})
    page.emulate_media(reduced_motion="reduce")
    word = term(page, "Flux-quantum")
    word.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(1000)
    box = word.bounding_box()
    tap(page, box["x"] + 8, box["y"] + 8)
    shown(page, "Flux quantum")
    assert page.evaluate(_APART)
    assert card(page).evaluate("(one) => getComputedStyle(one).animationName") == "none"
    page.screenshot(path=str(course.SHOTS / "glossary-phone.png"))
    box = card(page).bounding_box()
    tap(page, 200, box["y"] - 60 if box["y"] > 100 else box["y"] + box["height"] + 60)
    gone(page)


class TestContents:
    """Contents at the side: where we are, what is answered, how long it takes."""

    @pytest.fixture(scope="class", autouse=True)
    def _wide(self, page):
        page.set_viewport_size({"width": 1600, "height": 900})
        page.emulate_media(reduced_motion=None)
        page.evaluate("scrollTo(0, 0)")

    def test_it_stands_beside_the_text_and_leads_to_each_section(self, page):
        assert contents(page).locator("a").count() == page.locator("#rendered_cells h2").count()
        side = contents(page).bounding_box()
        text = page.locator("#rendered_cells h1").bounding_box()
        assert side["x"] + side["width"] <= text["x"]
        promised = int(re.search(r"Time: (\d+) minutes", page.inner_text("body"))[1])
        assert abs(minutes(page) - promised) <= 10
        link(page, "Many rings").click()
        page.locator("#qml-contents a[aria-current]", has_text="Many rings").wait_for(timeout=WAIT)
        assert page.locator("#qml-contents a[aria-current]").count() == 1

    def test_answers_tick_a_section_and_take_their_time_off(self, page):
        before = minutes(page)
        assert link(page, "Exercises").locator(".qml-tick").inner_text() == "0/6"
        course.answers_at_once(page, *course.CHAPTERS[1].exercise)
        page.wait_for_function(
            "() => [...document.querySelectorAll('#qml-contents a')].some((one) =>"
            " one.textContent.includes('1/6'))",
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

    def test_on_a_narrow_window_it_is_a_button_reached_by_keyboard(self, page):
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

    def test_it_makes_room_while_one_scrolls_down(self, page):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.evaluate("document.activeElement.blur()")
        page.mouse.move(640, 300)
        gone = (
            "() => document.querySelector('#qml-contents').getBoundingClientRect().top {}"
            " innerHeight"
        )
        page.mouse.wheel(0, 500)
        page.wait_for_function(gone.format(">="), timeout=WAIT)
        page.mouse.wheel(0, -200)
        page.wait_for_function(gone.format("<"), timeout=WAIT)

    def test_a_lecture_has_none(self, page):
        page.evaluate("document.body.classList.add('qml-beat')")
        assert not contents(page).is_visible()
        page.evaluate("document.body.classList.remove('qml-beat')")


class TestTheGlossaryItself:
    @pytest.fixture(scope="class")
    def page(self):
        with (
            course.serve(CHAPTERS / "glossary.ipynb") as url,
            harness.open_page(f"{url}#Skill", 1280, 900, picture=False) as page,
        ):
            page.get_by_label("Search the glossary").wait_for(timeout=harness.READY_SECONDS * 1000)
            yield page
            assert page.errors == []

    def test_a_link_to_a_word_arrives_at_it(self, page):
        page.wait_for_function(
            "() => { const box = document.querySelector('#Skill')?.getBoundingClientRect();"
            " return box && box.height && box.top > 0 && box.bottom < innerHeight; }",
            timeout=harness.READY_SECONDS * 1000,
        )

    def test_search_leaves_what_fits(self, page):
        field = page.get_by_label("Search the glossary")
        field.fill("flux quantum")
        page.get_by_text(f"2 of {len(glossary.words())} words").wait_for(timeout=WAIT)
        assert page.locator("#Flux-quantum").is_visible()
        assert not page.locator("#Hopping").is_visible()
        page.screenshot(path=str(course.SHOTS / "glossary-search.png"))
        field.fill("")
        assert page.locator("#Hopping").is_visible()

    def test_a_letter_leads_to_its_first_word(self, page):
        page.get_by_role("link", name="L", exact=True).click()
        page.wait_for_timeout(1500)
        box = page.locator("#Latent-space").bounding_box()
        assert 0 <= box["y"] <= 450
        tools = page.locator("#qml-find").bounding_box()
        assert tools["y"] >= 0
        assert box["y"] >= tools["y"] + tools["height"]
        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        page.screenshot(path=str(course.SHOTS / "glossary-letters-phone.png"))
