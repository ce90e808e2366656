"""`qmlcourse present` as the lecturer types it."""

import signal

import browser as harness
import chapter_page as course
import psutil
import pytest

pytestmark = pytest.mark.browser


def test_the_list_of_chapters_leads_to_a_chapter():
    # the tests may run in the background, where Ctrl+C is ignored, by children too
    server, address = course.start_lecture(
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    try:
        with harness.open_page(address, picture=False) as page:
            page.get_by_text("01 ab oscillations").click()
            page.locator("#qml-bar").get_by_text("puzzle").wait_for(timeout=60_000)
            page.locator("canvas.qml-picture").first.wait_for(timeout=60_000)
            assert "qml-lecture" in page.evaluate("document.body.className")
            assert page.errors == []
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


@pytest.mark.delivery(1)
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_no_kernel_stays_behind_when_it_is_told_to_stop(told):
    """A closed terminal or a `kill` ends Voila and its kernels with the command."""
    server, _ = course.start_lecture("0")
    try:
        family = psutil.Process(server.pid).children(recursive=True)
        assert len(family) >= 2, "Voila and a kernel at least"
        server.send_signal(told)
        assert server.wait(20) == 0
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
    finally:
        server.kill()
