"""A chapter in Voila, as a student and a lecturer meet it: what all chapters are held to."""

import random
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import browser as harness
import pytest
from sample import SAMPLE

from qmlcourse.course.serving import environment

ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "artifacts"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
_ERRORS = ("Traceback", "Something went wrong", "Error:", "Error displaying widget")


@dataclass(frozen=True)
class Words:
    """What a chapter's page has, and what is done there.

    Attributes
    ----------
    explorers, last : int, str
        How many it has, and how its last exercise begins: when that is there, the page is complete.
    prediction : (str, str)
        An answer of the first prediction, and how it is said again.
    exercise : (str, str, str, str)
        How a question begins, a wrong number, a part of its hint, and the right number.
    """

    explorers: int
    last: str
    prediction: tuple[str, str]
    exercise: tuple[str, str, str, str]


CHAPTERS = {
    1: Words(
        11,
        "After how many rings are the two equal",
        ("g comes back after one flux quantum h/e", "g comes back after one flux quantum"),
        ("A gold ring has a mean radius", "2.06", "radius, not diameter", "8.23"),
    ),
    2: Words(
        11,
        "How long is the coherent wire on show",
        ("signal: the second run of a wire repeats the first", "signal"),
        ("One spin direction has the variance", "0.133", "both swing together", "0.533"),
    ),
    3: Words(
        11,
        "Set the explorer of the single state",
        ("about a thousand", "about a thousand"),
        ("A plane wave covers all", "1", "P₂ of a state on one site", "0.000579"),
    ),
    4: Words(
        8,
        "Match the hidden wire",
        ("three", "three"),
        ("One antidot of known radius", "64", "what it is given", "2"),
    ),
    5: Words(
        13,
        "Set the explorer of the one-angle model",
        ("zero: no small step changes σ", "zero"),
        ("at which M (in t₁)", "2.598", "multiply by t₂", "0.5196"),
    ),
    6: Words(
        11,
        "Set the explorer of the pulled ring",
        ("yes, but only through rounding", "yes, but only"),
        ("A ring of 10 atoms has", "635", "Divide by the number of momenta", "6352"),
    ),
    7: Words(
        6,
        "Set the explorer of the budget",
        ("both functions, if one knows the general laws", "both"),
        ("At which energy do the peaks", "80", "add as squares", "63.25"),
    ),
}


class ChapterPage:
    """What the page of every chapter is held to; a subclass says which, and adds its own tests.

    Its `players` are pairs: an explorer that plays, counted from 0, and for how many milliseconds.
    """

    number = 0
    players = ()
    pytestmark = [pytest.mark.browser, pytest.mark.delivery(1, of="chapter pages")]  # noqa: RUF012

    @property
    def words(self):
        return CHAPTERS[self.number]

    @pytest.fixture(scope="class")
    def page(self):
        (chapter,) = (ROOT / "chapters").glob(f"{self.number:02d}_*.ipynb")
        with (
            serve(chapter, progressive_rendering=True) as url,
            open_chapter(url, self.words.explorers, self.words.last) as opened,
        ):
            yield opened

    def test_the_page_has_all_explorers_and_no_code(self, page):
        has_all_explorers_and_no_code(page, self.words.explorers)

    def test_explorers_fit_on_the_screen_of_a_laptop(self, page):
        fit_on_the_screen(page, self.words.explorers)

    def test_every_control_changes_its_picture(self, page, capsys):
        press_all_sliders(page, self.words.explorers, self.number, capsys)

    def test_axe_finds_no_barrier(self, page):
        has_no_barriers(page)

    def test_a_prediction_is_kept(self, page):
        keeps_a_prediction(page, *self.words.prediction)

    def test_an_exercise_answers_at_once(self, page):
        answers_at_once(page, *self.words.exercise)

    def test_all_is_reached_by_keyboard(self, page):
        is_reached_by_keyboard(page, self.words.explorers)

    def test_what_plays_runs_and_stops(self, page):
        assert self.players
        for explorer, milliseconds in self.players:
            runs_and_stops(
                page, explorer, milliseconds, f"chapter-{self.number}-run-{explorer}.png"
            )

    def test_nothing_is_cut_off_on_a_phone(self, page):
        fits_on_a_phone(page, f"chapter-{self.number}-phone.png")

    @pytest.fixture(scope="class", autouse=True)
    def _the_console_stays_silent(self, page):
        yield
        assert page.errors == []
        no_errors(page)


def serve(chapter, veils=False, **options):
    """Serve a chapter with the course's template; nothing is veiled unless asked for."""
    env = environment() | ({} if veils else {"QMLCOURSE_VEILS": "off"})
    return harness.serve_voila(chapter, template="qmlcourse", env=env, **options)


def start_lecture(*chapter, **options):
    """Run `qmlcourse present`; return the server and its address once it is ready."""
    words = ["present", *chapter, "--no-browser", "--port", str(harness.free_port())]
    server = subprocess.Popen(
        [sys.executable, "-m", "qmlcourse.course.command_line", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        **options,
    )
    while "Ready" not in (line := server.stdout.readline()):
        assert line, "the server ended"
    return server, line.split()[1]


@contextmanager
def open_chapter(address, explorers, last_words):
    """The page once explorers and last exercise are there; the cold start is printed."""
    SHOTS.mkdir(exist_ok=True)
    start = time.monotonic()
    with harness.open_page(address, 1280, 900) as page:
        print(f"\nfirst picture {time.monotonic() - start:.1f} s after the request, cold")
        page.wait_for_function(
            "(n) => document.querySelectorAll('.qml-explorer canvas.qml-picture').length >= n",
            arg=explorers,
            timeout=150_000,
        )
        # the last exercise: from here on the kernel listens to the reader alone
        page.get_by_text(last_words).wait_for(timeout=150_000)
        page.wait_for_timeout(1500)
        yield page


def press_every_slider(page, number, shot, capsys):
    """Arrow keys on all sliders of one explorer; how long each picture takes is printed."""
    explorer = page.locator(".qml-explorer").nth(number)
    explorer.scroll_into_view_if_needed()
    for fold in explorer.get_by_text("More controls").all():
        fold.click()
    picture = explorer.locator("canvas.qml-picture").first
    title = explorer.locator(".qml-title").inner_text()
    times, said = [], {picture.get_attribute("alt")}
    for handle in explorer.locator("[role=slider]").all():
        if not handle.is_visible():
            continue
        limit, now = (handle.get_attribute(f"aria-value{w}") for w in ("max", "now"))
        there, back = "ArrowRight", "ArrowLeft"
        if float(now) >= float(limit):
            there, back = back, there
        times += harness.key_to_picture(page, handle, [there], picture)
        said.add(picture.get_attribute("alt"))
        times += harness.key_to_picture(page, handle, [back, there, back], picture)
        page.wait_for_timeout(250)
    if not times:  # it has switches only, which the unit tests press
        return
    assert len(said) > 1, f"the alt text of {title!r} does not follow its controls"
    high = harness.percentile(times, 0.95)
    with capsys.disabled():
        print(
            f"\n{title}: {len(times)} keys, new picture after "
            f"{harness.percentile(times, 0.5):.0f} ms (median), {high:.0f} ms (95 %)",
            end="",
        )
    explorer.screenshot(path=str(SHOTS / shot))


def press_all_sliders(page, explorers, chapter, capsys):
    """Arrow keys on the sliders of half of the explorers; only a picture that never comes fails.

    Which half changes with the date; the sample "all" takes all.
    """
    drawn = random.Random(f"{SAMPLE} {chapter}").sample(range(explorers), (explorers + 1) // 2)
    for n in range(explorers) if SAMPLE == "all" else sorted(drawn):
        press_every_slider(page, n, f"chapter-{chapter}-explorer-{n}.png", capsys)
    no_errors(page)


def has_no_barriers(page):
    """Nothing that axe-core calls serious or critical stands between the page and a reader."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    barriers = [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert barriers == []


def fitted(page, explorer):
    """The picture of an explorer, once it is drawn for the width that the page gives it."""
    explorer.scroll_into_view_if_needed()
    picture = explorer.locator("canvas.qml-picture").first
    page.wait_for_function(
        "(canvas) => canvas.complete && canvas.getBoundingClientRect().width"
        " >= 0.6 * canvas.closest('.qml-explorer').getBoundingClientRect().width",
        arg=picture.element_handle(),
        timeout=150_000,
    )
    page.wait_for_timeout(400)
    return picture


def fit_on_the_screen(page, explorers):
    """At 1280 x 900 each explorer is seen whole, and its picture takes most of the width."""
    for n in range(explorers):
        explorer = page.locator(".qml-explorer").nth(n)
        picture = fitted(page, explorer)
        whole, drawn = explorer.bounding_box(), picture.bounding_box()
        title = explorer.locator(".qml-title").inner_text()
        assert whole["height"] <= 900, title
        assert drawn["width"] >= 0.6 * whole["width"], title


def has_all_explorers_and_no_code(page, explorers):
    """The page shows explorers and formulas, and hides the cells."""
    assert page.locator(".qml-explorer").count() == explorers
    assert not page.get_by_text("from qmlcourse.explorers").count()
    assert page.locator("mjx-container").count() > 20


def drag(page, number, start, step, capsys):
    """Twenty moves of the pointer in one explorer's picture change it; returns the explorer."""
    explorer = page.locator(".qml-explorer").nth(number)
    picture = fitted(page, explorer)
    before = picture.get_attribute("alt")
    times = harness.drag_to_picture(page, start, step, 20, picture)
    with capsys.disabled():
        print(
            f"\ndrag: {len(times)} moves, new picture after {harness.percentile(times, 0.5):.0f} ms"
            f" (median), {harness.percentile(times, 0.95):.0f} ms (95 %)",
            end="",
        )
    assert picture.get_attribute("alt") != before
    no_errors(page)
    return explorer


def runs_and_stops(page, number, milliseconds, shot):
    """Reset, play and pause of one explorer do what they say."""
    explorer = page.locator(".qml-explorer").nth(number)
    explorer.scroll_into_view_if_needed()
    picture = explorer.locator("canvas.qml-picture").first
    explorer.locator(".qml-seldom > button", has_text="Reset").click()
    page.wait_for_timeout(400)
    play = explorer.get_by_role("button", name="Play")
    play.wait_for(timeout=150_000)  # a worker may still be at the first picture
    first = picture.get_attribute("alt")
    play.click()
    page.wait_for_function(
        "([canvas, alt]) => canvas.alt !== alt",
        arg=[picture.element_handle(), first],
        timeout=60_000,
    )
    page.wait_for_timeout(milliseconds)
    explorer.get_by_role("button", name="Pause").click()
    play.wait_for(timeout=60_000)  # the step that was begun has ended
    page.wait_for_timeout(800)
    still = picture.get_attribute("alt")
    page.wait_for_timeout(600)
    assert picture.get_attribute("alt") == still
    explorer.screenshot(path=str(SHOTS / shot))
    no_errors(page)


def keeps_a_prediction(page, answer, said):
    """The first prediction is kept and said again."""
    card = page.locator(".qml-card").first
    card.get_by_label(answer).check()
    card.get_by_role("button", name="Keep my answer").click()
    page.get_by_text(f"Your prediction: {said}").first.wait_for(timeout=60_000)


def answers_at_once(page, question, wrong, hint, right):
    """An exercise answers a mistake with its hint, and the right number with Right."""
    card = page.locator(".qml-card", has_text=question).first
    field = card.locator("input").first
    field.fill(wrong)
    card.get_by_role("button", name="Check").click()
    card.get_by_text(hint).first.wait_for(timeout=60_000)
    field.fill(right)
    card.get_by_role("button", name="Check").click()
    card.get_by_text("Right").first.wait_for(timeout=60_000)


_WALK = """
(n) => {
  const explorer = document.querySelectorAll(".qml-explorer")[n];
  const parts = "button, input, select, [role=slider], img[tabindex]";
  const seen = (part) => part.offsetParent !== null && !part.disabled && part.type !== "hidden";
  const all = [...explorer.querySelectorAll(parts)].filter(seen);
  all.forEach((part) => (part.qmlReached = false));
  all[0]?.focus();
  return all.length;
}
"""
_REACHED = """
(n) => {
  const explorer = document.querySelectorAll(".qml-explorer")[n];
  const now = document.activeElement;
  if (!explorer.contains(now)) return null;
  const look = getComputedStyle(now.type === "file" ? now.parentElement.firstChild : now);
  const part = now.type === "radio" || now.type === "file" ? true : look.outlineStyle !== "none";
  now.qmlReached = true;
  return [part, now.getAttribute("aria-label") || now.labels?.[0]?.textContent || now.title
    || now.textContent || now.alt || ""];
}
"""
_MISSED = """
(n) => {
  const explorer = document.querySelectorAll(".qml-explorer")[n];
  const parts = "button, input, select, [role=slider], img[tabindex]";
  return [...explorer.querySelectorAll(parts)]
    .filter((part) => part.offsetParent !== null && !part.disabled && !part.qmlReached)
    .filter((part) => part.type !== "radio" && part.tabIndex >= 0)
    .map((part) => part.outerHTML.slice(0, 120));
}
"""


def is_reached_by_keyboard(page, explorers):
    """Tab reaches every control of every explorer; each has a name, and shows its focus."""
    for number in range(explorers):
        page.locator(".qml-explorer").nth(number).scroll_into_view_if_needed()
        count = page.evaluate(_WALK, number)
        page.keyboard.press("Shift+Tab")
        for _ in range(2 * count + 10):
            page.keyboard.press("Tab")
            here = page.evaluate(_REACHED, number)
            if here is None:
                if page.evaluate(_MISSED, number) == []:
                    break
                continue
            visible, name = here
            assert visible, f"the focus on {name!r} is not shown"
            assert name.strip(), "a control has no name"
        assert page.evaluate(_MISSED, number) == []


def no_errors(page):
    """No word of an error stands on the page."""
    text = page.locator("body").inner_text()
    for word in _ERRORS:
        assert word not in text, word


def fits_on_a_phone(page, shot):
    """Nothing is cut off 400 pixels wide, nor at 200 % zoom, which leaves 640 of 1280 pixels."""
    for width, height in ((640, 450), (400, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(600)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        widths = page.evaluate(
            "[...document.querySelectorAll('canvas.qml-picture')]"
            ".map((picture) => picture.getBoundingClientRect().right)"
        )
        assert max(widths) <= width + 1
    page.locator(".qml-explorer").first.screenshot(path=str(SHOTS / shot))
    page.set_viewport_size({"width": 1280, "height": 900})
