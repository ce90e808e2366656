"""Kernels that are there at once and share their memory: forks of one process that is warm.

A kernel that starts by itself imports PyTorch, Matplotlib and this library for some seconds, and
holds its own copy of them. Where Linux can fork (elsewhere, and where anything is in the way, a
kernel starts as usual), one process imports them once: see :mod:`qmlcourse.course.fork_server`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from .chapters import CHAPTERS
from .fork_server import MOST, READY

NAME = "qmlcourse-fork"  # under which jupyter_client finds it (``pyproject.toml``)
WAIT = 60.0  # seconds until the warm process has to be ready
FORK_SERVER = "qmlcourse.course.fork_server"
# names of the chapters whose kernels are asked for, with commas; all where it is not set
WARM = "QMLCOURSE_WARM"
NEEDED = ("ipykernel.kernelapp", "matplotlib.pyplot", "qmlcourse.widgets")
# torch's own compiler is imported by its first optimizer
CALCULATING = ("torch._dynamo", "lightning_fabric", "kwant")
LAUNCHER = ["-m", "ipykernel_launcher"]


def can_fork() -> bool:
    """Return whether this system can make kernels by forking."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(socket, "recv_fds")


class ForkedKernel:
    """A kernel that the fork server has made, with what jupyter_client asks of a process.

    Attributes
    ----------
    pid : int
        Number of the process.
    returncode : int or None
        Its exit code; negative where a signal ended it, None while it runs.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket):
        self._line = line
        line.settimeout(WAIT)
        self.pid = int(line.recv(32))
        line.setblocking(False)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        if self.returncode is None:
            try:
                said = self._line.recv(32)
            except BlockingIOError:
                return None
            self.returncode = int(said or -signal.SIGKILL)  # without its parent it ends too
            self._line.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code at the end; raise `subprocess.TimeoutExpired` when it is late."""
        end = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout)
            time.sleep(0.02)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to a kernel that runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The warm process, as its starter sees it. It ends with this one.

    Parameters
    ----------
    modules
        What it imports before it forks.
    """

    def __init__(self, modules: Iterable[str]):
        self._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [sys.executable, "-m", FORK_SERVER, str(other.fileno()), *modules],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
        )
        other.close()
        self._control.setblocking(False)
        self._ready = False

    def ready(self) -> bool:
        """Return whether it can fork by now.

        Raises
        ------
        ConnectionError
            When it has ended.
        """
        if not self._ready:
            try:
                self._ready = self._control.recv(32) == READY
            except BlockingIOError:
                return False
        if not self._ready or self.process.poll() is not None:
            raise ConnectionError("the process that forks kernels has ended.")
        return True

    def fork(self, argv: list[str], env: dict[str, str], cwd: str | None) -> ForkedKernel:
        """Make a kernel.

        Parameters
        ----------
        argv
            Arguments of the kernel, such as ``["-f", connection_file]``.
        env, cwd
            Its environment and folder.
        """
        asked = json.dumps({"argv": argv, "env": env, "cwd": cwd}).encode()
        if len(asked) > MOST:
            raise ValueError("the environment of the kernel is too large.")
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            socket.send_fds(self._control, [asked], [there.fileno()])
        return ForkedKernel(here)


@lru_cache(maxsize=1)
def fork_server() -> ForkServer:
    """Return this process's fork server; the first call starts it."""
    every = ",".join(chapter.name for chapter in CHAPTERS)
    names = [name for name in os.environ.get(WARM, every).split(",") if name]
    calculating = CALCULATING if names else ()
    return ForkServer([*NEEDED, *calculating, *(f"qmlcourse.explorers.{name}" for name in names)])


class ForkProvisioner(LocalProvisioner):
    """Let the fork server make a kernel, or start it as usual where that is not possible."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel of a command; how it came is in the log."""
        try:
            self.process = await self._fork(cmd, kwargs)
        except (OSError, ValueError, TimeoutError) as error:
            self.log.warning("This kernel starts by itself: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info

    async def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> ForkedKernel:
        if not can_fork():
            raise ValueError("this system cannot fork it.")
        if [os.path.realpath(cmd[0]), *cmd[1:3]] != [os.path.realpath(sys.executable), *LAUNCHER]:
            raise ValueError("it is not a kernel of the course's Python.")
        server, end = fork_server(), time.monotonic() + WAIT
        while not server.ready():
            if time.monotonic() > end:
                raise TimeoutError("the process that forks kernels is late.")
            await asyncio.sleep(0.05)
        env = {name: str(value) for name, value in (kwargs.get("env") or os.environ).items()}
        return await asyncio.to_thread(server.fork, cmd[3:], env, kwargs.get("cwd"))
