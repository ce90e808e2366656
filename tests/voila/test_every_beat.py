"""Every beat of every lecture at four sizes of window: something to see, and nothing cut off."""

import browser as harness
import chapter_page as course
import pytest

from qmlcourse.course.chapters import CHAPTERS

SIZES = ((1024, 768), (1280, 720), (1920, 1080), (3840, 2160))
CASES = [(chapter.number, size) for chapter in CHAPTERS for size in SIZES]
pytestmark = [pytest.mark.browser, pytest.mark.delivery(1)]

# what stands on the screen now: its words, its pictures, and what sticks out at the right
_LOOK = """
() => {
  const seen = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(one).visibility !== "hidden";
  };
  const pictures = [...document.querySelectorAll("#rendered_cells img, #rendered_cells canvas")];
  const words = document.querySelector("#rendered_cells").innerText.trim();
  return {
    words: words.length,
    pictures: pictures.filter(seen).length,
    wide: document.documentElement.scrollWidth - innerWidth,
    bar: document.querySelector("#qml-bar").innerText,
  };
}
"""


@pytest.mark.parametrize(("chapter", "size"), CASES)
def test_a_beat_shows_something_and_nothing_is_cut_off(chapter, size):
    server, address = course.start_lecture(str(chapter))
    try:
        with harness.open_page(address, *size, picture=False) as page:
            page.locator("#qml-bar").get_by_text("1 / ").wait_for(timeout=60_000)
            page.wait_for_function(f"() => ({_LOOK.strip()})().pictures > 0", timeout=60_000)
            beats = int(page.locator("#qml-bar").inner_text().split("1 / ")[1].split()[0])
            for beat in range(1, beats + 1):
                page.wait_for_timeout(700)
                found = page.evaluate(_LOOK)
                assert f"{beat} / {beats}" in found["bar"]
                assert found["words"] + found["pictures"] > 0, f"beat {beat} is empty"
                assert found["wide"] <= 0, f"beat {beat} is {found['wide']} px too wide"
                page.keyboard.press("ArrowRight")
            assert page.errors == []
    finally:
        server.terminate()
        server.wait(20)
