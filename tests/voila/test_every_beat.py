"""Every beat of every lecture at four sizes of window: something to see, and nothing cut off."""

import browser as harness
import chapter_page as course
import pytest

from qmlcourse.course.chapters import CHAPTERS

SIZES = ((1024, 768), (1280, 720), (1920, 1080), (3840, 2160))
pytestmark = [pytest.mark.browser, pytest.mark.delivery(1)]

# what stands on the screen now: its words, its pictures, and what sticks out at the right
_LOOK = """
() => {
  const seen = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(one).visibility !== "hidden";
  };
  const pictures = [...document.querySelectorAll("#rendered_cells img, #rendered_cells canvas")];
  return {
    words: document.querySelector("#rendered_cells").innerText.trim().length,
    pictures: pictures.filter(seen).length,
    vote: document.querySelector("#qml-vote")?.innerText.trim().length ?? 0,
    wide: document.documentElement.scrollWidth - innerWidth,
    bar: document.querySelector("#qml-bar").innerText,
  };
}
"""
_SOMETHING = (
    f"() => {{ const now = ({_LOOK.strip()})(); return now.words + now.pictures + now.vote; }}"
)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("chapter", [chapter.number for chapter in CHAPTERS])
def test_a_beat_shows_something_and_nothing_is_cut_off(chapter, size):
    server, address = course.start_lecture(str(chapter))
    try:
        with harness.open_page(address, *size, picture=False) as page:
            bar = page.locator("#qml-bar")
            bar.get_by_text("1 / ").wait_for(timeout=60_000)
            beats = int(bar.inner_text().split("1 / ")[1].split()[0])
            assert beats >= 5
            walk = [*range(1, beats), *range(beats, 0, -1)]  # there, and back again
            for step, beat in enumerate(walk, 1):
                # the kernel may still run the cells of a later beat
                page.wait_for_function(_SOMETHING, timeout=90_000)
                page.wait_for_timeout(300)
                found = page.evaluate(_LOOK)
                assert f"{beat} / {beats}" in found["bar"]
                assert found["wide"] <= 0, f"beat {beat} is {found['wide']} px too wide"
                page.keyboard.press("ArrowRight" if step < beats else "ArrowLeft")
            assert page.errors == []
    finally:
        server.terminate()
        server.wait(20)
