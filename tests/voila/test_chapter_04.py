"""Chapter 4 in Voila: a dragged antidot, a training that runs, a kept guess."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 4
    players = ((3, 2500),)

    def test_the_network_follows_a_dragged_antidot(self, page, capsys):
        course.drag(page, 1, (0.16, 0.5), (0.004, 0.005), capsys)

    def test_a_guess_is_kept_and_the_truth_is_shown(self, page):
        explorer = page.locator(".qml-explorer").first
        explorer.scroll_into_view_if_needed()
        explorer.get_by_role("button", name="Keep my guess").click()
        explorer.get_by_text("your kept guess is").wait_for(timeout=60_000)
        explorer.screenshot(path=str(course.SHOTS / "chapter-4-guess.png"))
