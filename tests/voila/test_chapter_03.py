"""Chapter 3 in Voila: a cube that is turned, a training that runs, the game."""

import chapter_page as course


class TestChapter(course.ChapterPage):
    number = 3
    players = ((4, 2500),)

    def test_the_cube_is_turned(self, page, capsys):
        course.drag(page, 0, (0.2, 0.5), (0.01, 0.008), capsys)

    def test_an_answer_goes_on_to_the_next_state(self, page):
        game = page.locator(".qml-explorer").nth(1)
        game.scroll_into_view_if_needed()
        game.get_by_role("button", name="insulator").click()
        game.get_by_text("1 of 20 answered").wait_for(timeout=60_000)
        game.screenshot(path=str(course.SHOTS / "chapter-3-game.png"))
