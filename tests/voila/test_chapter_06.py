"""Chapter 6 in Voila: a bond that is dragged, a training that runs."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 6
    players = ((2, 2500),)

    def test_the_bond_is_dragged(self, page, capsys):
        course.drag(page, 1, (0.12, 0.5), (0.012, 0.0), capsys)
