"""Chapter 7 in Voila: a window that is dragged, a fit that runs."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 7
    players = ((3, 2500),)

    def test_the_window_is_dragged(self, page, capsys):
        course.drag(page, 5, (0.2, 0.5), (0.01, 0.0), capsys)

    def test_the_second_momentum_decides(self, page):
        explorer = page.locator(".qml-explorer").nth(0)
        explorer.scroll_into_view_if_needed()
        explorer.locator(".qml-seldom > button", has_text="Reset").click()
        for name in ("Second momentum", "Who is who"):
            explorer.get_by_label(name, exact=True).click()
        explorer.get_by_text("(the truth, 94 meV) 0.98 and 0.77").wait_for(timeout=60_000)
        explorer.screenshot(path=str(course.SHOTS / "chapter-7-contest.png"))
