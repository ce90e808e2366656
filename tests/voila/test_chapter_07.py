"""Chapter 7 in Voila: a window that is dragged, a fit that runs."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 7
    players = ((2, 2500),)

    def test_the_window_is_dragged(self, page, capsys):
        course.drag(page, 4, (0.2, 0.5), (0.01, 0.0), capsys)
