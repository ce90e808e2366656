"""Chapter 2 in Voila: an impurity moved by mouse and keys, walkers that run."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 2
    players = ((10, 2500),)

    def test_an_impurity_is_dragged_with_the_mouse(self, page, capsys):
        explorer = course.drag(page, 0, (0.77, 0.31), (-0.004, 0.0), capsys)
        assert "likeness" in explorer.inner_text()
        explorer.screenshot(path=str(course.SHOTS / "chapter-2-dragged.png"))

    def test_an_impurity_is_moved_with_the_arrow_keys(self, page):
        picture = page.locator(".qml-explorer").first.locator("canvas.qml-picture").first
        picture.focus()
        before = picture.get_attribute("alt")
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(500)
        assert picture.get_attribute("alt") != before
