"""Drive a notebook in a real browser: serve it with Voila, open it, measure what a user feels."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

READY_SECONDS = 150
# a picture may be a second's computation, on a machine that is busy with another page
PICTURE_SECONDS = 60.0
CHROMIUM_ARGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PICTURE = "canvas.qml-picture"

# What any page may fail to reach without meaning: nothing of ours.
HARMLESS = re.compile(r"favicon|cdnjs\.cloudflare\.com|fontawesome|font-awesome", re.IGNORECASE)

_running: list = []  # the one Chromium that open pages share

_WATCH = """
(img) => {
  const watch = { pressed: 0, pictures: [] };
  window.qmlWatch = watch;
  for (const event of ["keydown", "pointermove"])
    addEventListener(event, () => { watch.pressed ||= performance.now(); }, true);
  img.addEventListener("load", () => watch.pictures.push(performance.now()));
}
"""


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def free_port() -> int:
    """Return a port that is free on this machine now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve_voila(notebook, template: str = "lab", timeout: float = READY_SECONDS, **options):
    """Serve a notebook with Voila on a free port, and give its address.

    Parameters
    ----------
    notebook
        Path of the notebook.
    template
        Voila template.
    timeout
        Seconds until the server has to answer.
    options
        Further Voila options, such as ``preheat_kernel=True``; the key ``env`` adds to the
        environment.
    """
    notebook = Path(notebook).resolve()
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    env = {**os.environ, **options.pop("env", {})}
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [
        *(sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}"),
        *("--Voila.ip=127.0.0.1", f"--template={template}", *flags),
    ]
    log = Path(tempfile.gettempdir()) / f"voila-{port}.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )
        try:
            _until_listening(server, port, timeout, log)
            yield address
        finally:
            _stop(server)


@contextmanager
def open_page(
    url: str, width: int = 1280, height: int = 900, picture: bool = True, script: str = ""
):
    """Open a page in headless Chromium, and give the Playwright page.

    ``page.errors`` lists console errors and uncaught exceptions of the page.

    Parameters
    ----------
    url
        Address.
    width, height
        Window size in pixels.
    picture
        Whether to wait for the first picture.
    script
        JavaScript that runs before the page does.
    """
    with _chromium() as browser:
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        try:
            page = context.new_page()
            page.add_init_script(script)
            page.errors = []
            page.on("console", lambda message: _note(page, message))
            page.on("pageerror", lambda error: page.errors.append(str(error)))
            page.goto(url, wait_until="domcontentloaded", timeout=READY_SECONDS * 1000)
            if picture:
                page.locator(PICTURE).first.wait_for(timeout=READY_SECONDS * 1000)
                page.wait_for_function("(css) => document.querySelector(css).complete", arg=PICTURE)
            yield page
        finally:
            context.close()


def wait_for_alt(page, text: str, picture: int = 0, timeout: float = PICTURE_SECONDS) -> None:
    """Wait until the alt text of a picture (by its place on the page) contains ``text``."""
    page.wait_for_function(
        "([css, place, text]) => document.querySelectorAll(css)[place].alt.includes(text)",
        arg=[PICTURE, picture, text],
        timeout=timeout * 1000,
    )


def key_to_picture(
    page, locator, keys, picture=None, timeout: float = PICTURE_SECONDS
) -> list[float]:
    """Press keys on a control one by one; return the milliseconds from each to its new picture.

    Parameters
    ----------
    page
        As given by :func:`open_page`.
    locator
        Playwright locator of the control, such as a slider handle.
    keys
        Keys, such as ``["ArrowRight"] * 20``.
    picture
        Locator of the picture; the first one on the page by default.
    timeout
        Seconds after which a missing picture is an error.
    """
    picture = picture or page.locator(PICTURE).first
    picture.evaluate(_WATCH)
    locator.focus()
    times = []
    for key in keys:
        page.evaluate("() => { qmlWatch.pressed = 0; qmlWatch.pictures.length = 0; }")
        page.keyboard.press(key)
        page.wait_for_function("() => qmlWatch.pictures.length", timeout=timeout * 1000)
        times.append(page.evaluate("() => qmlWatch.pictures[0] - qmlWatch.pressed"))
        page.wait_for_timeout(60)
    return times


def drag_to_picture(page, start, step, count, picture) -> list[float]:
    """Drag on a picture in ``count`` steps; the milliseconds from each move to its new picture.

    ``start`` and ``step`` are fractions of the picture's size, from the upper left corner.
    """
    picture.evaluate(_WATCH)
    for _ in range(3):  # a page that moves under the pointer is taken hold of once more
        box = steady_box(page, picture)

        def move(n, box=box):
            x, y = (start[axis] + n * step[axis] for axis in (0, 1))
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])

        move(0)
        page.mouse.down()
        page.wait_for_timeout(400)
        if picture.bounding_box() == box:
            break
        page.mouse.up()
    times = []
    for n in range(1, count + 1):
        page.evaluate("() => { qmlWatch.pressed = 0; qmlWatch.pictures.length = 0; }")
        move(n)
        try:
            page.wait_for_function("() => qmlWatch.pictures.length", timeout=PICTURE_SECONDS * 1000)
        except Exception as error:
            raise AssertionError(
                f"no picture after move {n}: taken at {box}, now at {picture.bounding_box()}: "
                f"{picture.get_attribute('alt')}"
            ) from error
        times.append(page.evaluate("() => qmlWatch.pictures[0] - qmlWatch.pressed"))
        page.wait_for_timeout(30)
    page.mouse.up()
    return times


def steady_box(page, picture) -> dict[str, float]:
    """Bring a picture into sight; return its place once it has stayed there for half a second."""
    picture.scroll_into_view_if_needed()
    box, since, end = None, 0.0, time.monotonic() + PICTURE_SECONDS
    while (now := time.monotonic()) < end:
        if (new := picture.bounding_box()) != box:
            box, since = new, now
        elif now - since > 0.5:
            break
        page.wait_for_timeout(50)
    return box


def drag(page, start, end, steps: int = 12, picture=None) -> None:
    """Drag on a picture from one point to another, both in fractions from the upper left corner."""
    picture = picture or page.locator(PICTURE).first
    box = steady_box(page, picture)

    def place(point):
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    page.mouse.move(*place(start))
    page.mouse.down()
    page.mouse.move(*place(end), steps=steps)
    page.mouse.up()


def percentile(times: list[float], part: float) -> float:
    """Return the value below which ``part`` (0 to 1) of the times lie."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


@contextmanager
def _chromium():
    """Give the running Chromium, or start one; Playwright allows one driver at a time."""
    if _running:
        yield _running[0]
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
        )
        _running.append(browser)
        try:
            yield browser
        finally:
            _running.clear()
            browser.close()


def _note(page, message) -> None:
    where = str(message.location)
    if message.type == "error" and not HARMLESS.search(message.text + where):
        page.errors.append(f"{message.text} ({where})")


def _until_listening(server, port: int, timeout: float, log: Path) -> None:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/voila/static/none", timeout=2)
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.15)
    raise RuntimeError(f"Voila did not start:\n{log.read_text()[-2000:]}")


def _stop(server: subprocess.Popen) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
