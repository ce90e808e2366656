"""Voila with the course's template: settings, start, and an end that leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .forked_kernels import NAME as PROVISIONER

SHARE = Path(__file__).parents[1] / "share" / "jupyter"
LIKED_PORT = 8870  # the same one each time, so that a browser finds its stored votes again


def template_folder() -> Path:
    """Return where the course's Voila template lies inside the package."""
    return SHARE / "voila" / "templates"


def environment(share: Path | None = None) -> dict[str, str]:
    """Return the environment in which Jupyter finds the template, also in an editable installation.

    Parameters
    ----------
    share
        Further folder with Jupyter data.
    """
    data = [str(SHARE), *([str(share)] if share else []), os.environ.get("JUPYTER_PATH")]
    found = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **os.environ}
    found["JUPYTER_PATH"] = os.pathsep.join(filter(None, data))
    return found


def settings(
    *, lecture: bool, idle: int, pool: Mapping[str, int] | None = None
) -> dict[str, dict[str, Any]]:
    """Return Voila's settings for the course, as a dictionary for its JSON file.

    Parameters
    ----------
    lecture, idle
        Whether the page opens for a lecturer, and seconds after which an idle kernel ends.
    pool
        ``{notebook: kernels}`` that are run beforehand; None preheats nothing.
    """
    pools = {name: {"pool_size": size} for name, size in (pool or {}).items()}
    return {
        "Voila": {
            "ip": "127.0.0.1",
            "kernel_websocket_connection_class": "qmlcourse.course.connections.PageConnection",
        },
        "VoilaConfiguration": {
            "template": "qmlcourse",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "classic_tree": True,  # the list of chapters as our own plain page
            "file_allowlist": [r".*\.(png|svg|jpg)$"],
            "resources": {"qmlcourse": {"lecture": lecture}},
            "multi_kernel_manager_class": "qmlcourse.course.classroom.CappedKernels",
            "preheat_kernel": bool(pool),
            # a preheated page is ready before it is asked for; a cold one fills in cell by cell
            "progressive_rendering": not pool,
        },
        "MappingKernelManager": {
            "cull_interval": 30,
            "cull_idle_timeout": idle,
            "cull_connected": True,  # a forgotten tab is idle as well
        },
        # a kernel that was started again would know none of the page's sliders
        "KernelManager": {"autorestart": False},
        "KernelProvisionerFactory": {"default_provisioner_name": PROVISIONER},
        "VoilaKernelManager": {"kernel_pools_config": {**pools, "default": {"pool_size": 0}}},
    }


def free_port(liked: int | None = None) -> int:
    """Return a TCP port that nobody uses now: the liked one where it is free."""
    if liked:
        with suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", liked))
            return liked
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def running(
    target: Path, port: int, options: Mapping[str, Any], env: Mapping[str, str], wait: int = 90
) -> Iterator[subprocess.Popen]:
    """Run Voila as a child that answers; it and its kernels end with the block.

    Parameters
    ----------
    target
        Notebook or folder.
    port
        Where it listens.
    options
        Settings as :func:`settings` makes them.
    env
        Environment without the settings.
    wait
        Seconds until it has to answer.

    Raises
    ------
    ValueError
        When the port is taken.
    RuntimeError
        When Voila does not start.
    """
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ValueError(f"port {port} is in use; choose another one with --port.")
    with tempfile.TemporaryDirectory(prefix="qmlcourse-") as place:
        (Path(place) / "voila.json").write_text(json.dumps(options), "utf-8")
        known = os.pathsep.join(filter(None, [place, env.get("JUPYTER_CONFIG_PATH")]))
        command = [sys.executable, "-m", "voila", str(target), "--no-browser", f"--port={port}"]
        server = subprocess.Popen(
            command, env={**env, "JUPYTER_CONFIG_PATH": known}, start_new_session=True
        )
        try:
            _until_ready(server, f"http://127.0.0.1:{port}/", wait)
            yield server
        finally:
            stop(server)


@contextmanager
def until_told() -> Iterator[None]:
    """Let Ctrl+C, SIGTERM and SIGHUP end the block, so that nothing stays behind, and say so."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # only the main thread may set handlers
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    except KeyboardInterrupt:
        with suppress(OSError):  # a closed terminal takes no words any more
            print("Stopped.", flush=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop(server: subprocess.Popen) -> None:
    """End Voila and its kernels."""
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


def _until_ready(server: subprocess.Popen, url: str, wait: int) -> None:
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
