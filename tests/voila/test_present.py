"""`qmlcourse present` as the lecturer types it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.browser


def test_the_list_of_chapters_leads_to_a_chapter():
    port = harness.free_port()
    command = [
        sys.executable,
        "-m",
        "qmlcourse.course.command_line",
        "present",
        "--no-browser",
        "--port",
        str(port),
    ]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # the tests may run in the background, where Ctrl+C is ignored, by children too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        end = time.monotonic() + 60
        while "Ready" not in (line := server.stdout.readline()):
            assert time.monotonic() < end
            assert line, "the server ended"
        with harness.open_page(f"http://127.0.0.1:{port}/", picture=False) as page:
            page.get_by_text("01 ab oscillations").click()
            page.locator("#qml-bar").get_by_text("puzzle").wait_for(timeout=60_000)
            page.locator(".jp-RenderedImage img").first.wait_for(timeout=60_000)
            assert "qml-lecture" in page.evaluate("document.body.className")
            assert page.errors == []
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_no_kernel_stays_behind_when_it_is_told_to_stop(told):
    """A closed terminal or a `kill` ends Voila and its kernels with the command."""
    port = harness.free_port()
    command = ["present", "0", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", "qmlcourse.course.command_line", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        while "Ready" not in (line := server.stdout.readline()):
            assert line, "the server ended"
        family = psutil.Process(server.pid).children(recursive=True)
        assert len(family) >= 2, "Voila and a kernel at least"
        server.send_signal(told)
        assert server.wait(20) == 0
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
    finally:
        server.kill()
