"""Chapter 1 as a lecturer and a student meet it: the flux is dragged, and grows by itself."""

import browser as harness
import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 1
    players = ((0, 1200),)

    def test_the_flux_can_be_dragged_in_the_picture(self, page):
        explorer = page.locator(".qml-explorer").first
        picture = course.fitted(page, explorer)
        before = picture.get_attribute("alt")
        harness.drag(page, (0.62, 0.25), (0.9, 0.25), picture=picture)
        page.wait_for_timeout(600)
        after = picture.get_attribute("alt")
        assert before != after
        assert "flux" in after
        course.no_errors(page)
