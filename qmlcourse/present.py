"""Chapters as full-window pages: Voila with the course's template, one command for the lecturer."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import contextmanager, suppress
from pathlib import Path

SHARE = Path(__file__).with_name("share") / "jupyter"


def template_folder():
    """Where the course's Voila template lies inside the package."""
    return SHARE / "voila" / "templates"


def environment():
    """Environment in which Jupyter finds the template, also in an editable installation."""
    paths = [str(SHARE), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**threads, **os.environ, "JUPYTER_PATH": os.pathsep.join(paths)}


def voila_command(target, port, *, preheat=True, lecture=True):
    """The command that serves `target`, a notebook or a folder of notebooks."""
    options = [
        f"--port={port}",
        "--no-browser",
        "--template=qmlcourse",
        "--VoilaConfiguration.classic_tree=True",  # the list of chapters as our own plain page
        "--Voila.ip=127.0.0.1",
        "--VoilaConfiguration.file_allowlist=.*\\.(png|svg|jpg|css|woff2)$",
        "--MappingKernelManager.cull_interval=60",
        "--MappingKernelManager.cull_idle_timeout=900",
        f"--VoilaConfiguration.preheat_kernel={preheat}",
        # a preheated page is ready before it is asked for; a cold one fills in cell by cell
        f"--VoilaConfiguration.progressive_rendering={not preheat}",
    ]
    if preheat:
        options += ["--VoilaConfiguration.default_pool_size=2"]
    if lecture:
        resources = "{'qmlcourse': {'lecture': True}}"
        options += [f"--VoilaConfiguration.resources={resources}"]
    return [sys.executable, "-m", "voila", str(target), *options]


def free_port():
    """A TCP port that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def present(target, *, port=None, browser=True, wait=90):
    """Serve a chapter until interrupted; say when it is ready.

    Voila and its kernels end with this process, also when it is told to (SIGTERM) or its terminal
    is closed (SIGHUP).

    Raises ValueError when the port is taken, RuntimeError when Voila does not start.
    """
    port = port or free_port()
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ValueError(f"port {port} is in use; choose another one with --port.")
    notebook = Path(target).suffix == ".ipynb"
    url = f"http://127.0.0.1:{port}/"
    command = voila_command(target, port, preheat=notebook)
    with _signals_interrupt():
        server = subprocess.Popen(command, env=environment(), start_new_session=True)
        try:
            print(f"Preparing {Path(target).stem} ...", flush=True)
            _until_ready(server, url, wait)
            if notebook:
                _until_preheated(url, wait)
            print(f"Ready: {url}   (stop with Ctrl+C)", flush=True)
            if browser:
                webbrowser.open(url)
            server.wait()
        except KeyboardInterrupt:
            with suppress(OSError):  # a closed terminal takes no words any more
                print("Stopped.", flush=True)
        finally:
            _stop(server)


@contextmanager
def _signals_interrupt():
    """Let SIGTERM and SIGHUP end the block as Ctrl+C does, so that nothing stays behind."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # only the main thread may set handlers
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_ready(server, url, wait):
    for _ in range(10 * wait):
        if server.poll() is not None:
            raise RuntimeError(f"Voila ended with code {server.returncode}.")
        try:
            urllib.request.urlopen(f"{url}voila/static/require.min.js", timeout=2).read(1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Voila did not answer within {wait} seconds.")


def _until_preheated(url, wait):
    """Ask for the page once: it comes when the first kernel of the pool has run the chapter."""
    with urllib.request.urlopen(url, timeout=wait) as page:
        page.read()
    time.sleep(1.0)


def _stop(server):
    if server.poll() is not None:
        return
    if os.name == "nt":
        server.terminate()
        return
    os.killpg(server.pid, signal.SIGTERM)  # the kernels too
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
