"""Chapter 7 in Voila: a window that is dragged, a fit that runs."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 7

    def test_the_window_is_dragged(self, page, capsys):
        course.drag(page, 4, (0.2, 0.5), (0.01, 0.0), capsys)

    def test_the_fit_runs_and_stops(self, page):
        course.runs_and_stops(page, 2, 2500, "chapter-7-run.png")
