"""Chapter 5 in Voila: the dot dragged over a border, designs that run."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 5
    players = tuple((explorer, 1500) for explorer in (2, 5, 6, 7, 8, 11, 12))

    def test_the_dot_is_dragged_over_the_border(self, page, capsys):
        explorer = course.drag(page, 0, (0.42, 0.72), (0.0, -0.006), capsys)
        assert "Chern number" in explorer.inner_text()
        explorer.screenshot(path=str(course.SHOTS / "chapter-5-dragged.png"))
