"""A chapter in the lecture hall: warm before it starts, full-window, beat by beat, no network."""

from __future__ import annotations

import tempfile
import time
import urllib.request
import webbrowser
from pathlib import Path

from . import chapters, lectures
from .forked_kernels import WARM
from .serving import LIKED_PORT, environment, free_port, running, settings, until_told

LARGER = "1.25"  # type in pictures, so that 22 pt are reached in the last row
IDLE = 3 * 3600  # seconds; a lecture outlives a coffee break


def present(
    target: str | Path, *, port: int | None = None, browser: bool = True, wait: int = 90
) -> None:
    """Serve a chapter until interrupted; say when it is ready.

    Parameters
    ----------
    target
        Path of a notebook, or of the folder with all of them.
    port
        Where to listen; None takes the same port each time, or another one where it is in use.
    browser
        Whether to open the page.
    wait
        Seconds until it has to be ready.

    Raises
    ------
    ValueError, RuntimeError
        As :func:`qmlcourse.course.serving.running` does.

    Notes
    -----
    Voila and its kernels end with this process, also when it is told to (SIGTERM) or its terminal
    is closed (SIGHUP).
    """
    target = Path(target)
    port = port or free_port(LIKED_PORT)
    notebook = target.suffix == ".ipynb"
    folder = chapters.folder() if notebook else target
    name = target.relative_to(folder).as_posix() if notebook else ""
    pool = {name: 2} if notebook else None
    url = f"http://127.0.0.1:{port}/" + (f"voila/render/{name}" if notebook else "")
    with until_told(), tempfile.TemporaryDirectory(prefix="qmlcourse-") as share:
        lectures.write_share(Path(share))
        options = settings(lecture=True, idle=IDLE, pool=pool)
        print(f"Preparing {target.stem} ...", flush=True)
        # the lecturer's own answers of last year would lock this year's questions; its beats are
        # in their order, so that nothing needs a veil
        mine = {"QMLCOURSE_TYPE": LARGER, "QMLCOURSE_PROGRESS": "off", "QMLCOURSE_VEILS": "off"}
        if notebook:  # its kernels need no other chapter's explorers
            chapter = chapters.chapter_of(target)
            mine[WARM] = chapter.name if chapter else ""
        with running(folder, port, options, environment(share) | mine, wait) as server:
            if notebook:
                _until_preheated(url, wait)
            print(f"Ready: {url}   (stop with Ctrl+C; ? in the page tells the keys)", flush=True)
            if browser:
                webbrowser.open(url)
            server.wait()


def _until_preheated(url: str, wait: int) -> None:
    """Ask for the page once: it comes when the first kernel of the pool has run the chapter."""
    with urllib.request.urlopen(url, timeout=wait) as page:
        page.read()
    time.sleep(1.0)
