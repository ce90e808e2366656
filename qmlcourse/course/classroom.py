"""A class on one machine: one kernel a viewer, never more than agreed, and memory watched.

For several machines use an existing hub: ``deploy/`` in the repository has the values of a
JupyterHub chart.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web
from traitlets import Float, Int

from .forked_kernels import FORK_SERVER, can_fork, fork_server
from .serving import environment, free_port, running, settings, until_told

RESERVE = 0.8  # GB that stay free for the system
IDLE = 900  # seconds after which a viewer who does nothing gives the place back
FULL = (
    "All {viewers} places are taken. A place is free again {minutes} minutes after somebody has "
    "stopped working; reload this page then, or open the notebook on your own machine."
)
NARROW = (
    "This machine has too little memory left for another viewer ({free:.1f} GB). Reload this page "
    "later, or open the notebook on your own machine."
)


class CappedKernels(AsyncMappingKernelManager):
    """Kernels for a class: one that does not fit is refused before it is started.

    Attributes
    ----------
    viewers : int
        Largest number of kernels.
    reserve : float
        Memory in GB that must stay free.
    """

    viewers = Int(20, config=True)
    reserve = Float(RESERVE, config=True)
    _starting = 0
    _ending = None

    def __init__(self, **options: Any):
        super().__init__(**options)
        if can_fork():
            fork_server()  # it is warm when the first viewer comes

    def kernel_model(self, kernel_id: str) -> dict[str, Any]:
        """Describe a kernel; one whose process has ended is cleared away (HTTP status 404)."""
        process = getattr(self.get_kernel(kernel_id).provisioner, "process", None)
        if process is not None and process.poll() is not None:
            self._ending = asyncio.ensure_future(self.shutdown_kernel(kernel_id, now=True))
            raise web.HTTPError(404, "This kernel has ended.")
        return super().kernel_model(kernel_id)

    async def start_kernel(self, **options: Any) -> str:
        """Start a kernel, or refuse it with a page that says why (HTTP status 503)."""
        if len(self) + self._starting >= self.viewers:
            minutes = round(self.cull_idle_timeout / 60)
            raise web.HTTPError(503, FULL.format(viewers=self.viewers, minutes=minutes))
        free = psutil.virtual_memory().available / 1e9
        if free < self.reserve:
            raise web.HTTPError(503, NARROW.format(free=free))
        self._starting += 1
        try:
            return await super().start_kernel(**options)
        finally:
            self._starting -= 1


def class_settings(
    viewers: int, *, address: str = "127.0.0.1", idle: int = IDLE, reserve: float = RESERVE
) -> dict[str, dict[str, Any]]:
    """Return Voila's settings for a class.

    Parameters
    ----------
    viewers, reserve
        Largest number of kernels, one a viewer and open chapter, and GB of memory that stay free.
    address
        Network address to listen at; ``0.0.0.0`` for all of this machine.
    idle
        Seconds after which an idle kernel ends, also one whose page is open.

    Raises
    ------
    ValueError
        Where there is no place for anybody.
    """
    if viewers < 1:
        raise ValueError(f"--viewers is 1 or more, not {viewers}.")
    found = settings(lecture=False, idle=idle)
    found["Voila"]["ip"] = address
    found["CappedKernels"] = {"viewers": viewers, "reserve": reserve}
    return found


def serve(
    folder: str | Path,
    viewers: int,
    *,
    port: int | None = None,
    address: str = "127.0.0.1",
    idle: int = IDLE,
    watch: float = 60.0,
) -> None:
    """Serve all chapters to a class until interrupted; print kernels and memory now and then.

    Answers are kept in each viewer's page only: viewers share this machine's account.

    Raises
    ------
    ValueError
        When the port is taken, or nobody may view.
    RuntimeError
        When Voila does not start.
    """
    port = port or free_port(8880)
    env = {**environment(), "QMLCOURSE_PROGRESS": "off"}
    options = class_settings(viewers, address=address, idle=idle)
    with until_told(), running(Path(folder), port, options, env) as server:
        print(f"Ready for {viewers} viewers: http://{_shown(address)}:{port}/", flush=True)
        while True:
            with suppress(subprocess.TimeoutExpired):
                server.wait(watch)
                return
            print(memory(server.pid), flush=True)


def kernels(server: int) -> list[psutil.Process]:
    """Return the kernels below a server's process: forks, and those that started by themselves."""
    found = []
    for process in psutil.Process(server).children(recursive=True):
        with suppress(psutil.Error):
            command, parent = process.cmdline(), process.parent()
            by_itself = "ipykernel_launcher" in command
            if by_itself or (FORK_SERVER in command and FORK_SERVER in parent.cmdline()):
                found.append(process)
    return found


def memory(server: int) -> str:
    """Say in one line: kernels below a server's process, their memory, and what is free.

    Pages that kernels share are divided among them (proportional set size).
    """
    found = kernels(server)
    used, free = sum(map(_memory, found)) / 1e9, psutil.virtual_memory().available / 1e9
    return f"{time.strftime('%H:%M')}  {len(found)} kernels, {used:.2f} GB; free {free:.1f} GB"


def _memory(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        full = process.memory_full_info()
        return getattr(full, "pss", full.rss)
    return 0


def _shown(address: str) -> str:
    """Return the address to tell a class: this machine's name where it listens everywhere."""
    return socket.gethostname() if address == "0.0.0.0" else address
