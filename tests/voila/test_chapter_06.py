"""Chapter 6 in Voila: a bond that is dragged, a training that runs."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 6
    players = ((5, 1500), (6, 1500), (7, 800))

    def test_the_bond_is_dragged(self, page, capsys):
        course.drag(page, 3, (0.12, 0.5), (0.012, 0.0), capsys)

    def test_an_amplitude_is_dragged(self, page, capsys):
        course.drag(page, 4, (0.2, 0.42), (0.0, 0.006), capsys)

    def test_a_weight_is_dragged(self, page, capsys):
        course.drag(page, 5, (0.17, 0.45), (0.0, 0.006), capsys)

    def test_a_click_moves_an_electron(self, page):
        explorer = page.locator(".qml-explorer").nth(0)
        picture = course.fitted(page, explorer)
        explorer.locator(".qml-seldom > button", has_text="Reset").click()
        explorer.get_by_text("filling 1 of 400").wait_for(timeout=30_000)
        box = picture.bounding_box()
        for across in (0.295, 0.35):  # the highest filled box of the upper row, then the next one
            picture.click(position={"x": across * box["width"], "y": 0.28 * box["height"]})
        explorer.get_by_text("filling 1 of 400").wait_for(state="detached", timeout=30_000)
