"""A process that has imported what every chapter needs, and makes kernels by forking itself.

It is started by :mod:`qmlcourse.course.forked_kernels` as ``python -m
qmlcourse.course.fork_server FD MODULE ...``, where FD is one end of a pair of sockets: nobody else
can ask it for anything. Kernels share its memory as long as neither side writes to it. It forks
while it has one thread and no context on a GPU, and ends with the other end of the pair.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

READY = b"ready"
MOST = 1 << 20  # bytes of a request; an environment is some 10 kB


def main() -> None:
    """Import everything, then serve; each kernel leaves this function when it is shut down."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends this one
    prepare(sys.argv[2:])
    request = serve(control)
    if request is not None:
        become_kernel(request)


def prepare(modules: list[str]) -> None:
    """Import what kernels need, and draw once what costs each kernel its first second.

    Parameters
    ----------
    modules
        Their full names.

    Raises
    ------
    RuntimeError
        When an import has started a thread, made a widget or touched a GPU: then a fork would not
        be a whole process.
    """
    # both are read while modules are imported
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in modules:
        importlib.import_module(name)
    import ipywidgets

    draw_once()
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("an import has started a thread.")
    if ipywidgets.Widget.get_manager_state()["state"]:
        raise RuntimeError("an import has made a widget.")
    if "torch" in sys.modules and sys.modules["torch"].cuda.is_initialized():
        raise RuntimeError("an import has touched the GPU.")
    gc.collect()
    gc.freeze()  # the collector of a kernel leaves these pages alone: they stay shared


def draw_once() -> None:
    """Find the fonts, and let Matplotlib read what it reads once."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.set(xlabel="$h/e$", ylabel="g")
    axes.semilogy([1, 2], [1, 10])
    FigureCanvasAgg(figure).draw()


def serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork for each request that comes; return in the kernel with its request, here with None.

    A request is JSON with ``argv``, ``env`` and ``cwd``, and one end of a pair of sockets that
    tells how the kernel fares: first its number, at its end its exit code.
    """
    control.send(READY)
    events = selectors.DefaultSelector()
    events.register(control, selectors.EVENT_READ)
    while True:
        for key, _ in events.select():
            if key.data:  # a kernel has ended
                pid, line = key.data
                events.unregister(key.fileobj)
                os.close(key.fileobj)
                _tell(line, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                line.close()
                continue
            asked, lines, _, _ = socket.recv_fds(control, MOST, 1)
            if not asked:
                return None
            line = socket.socket(fileno=lines[0])
            sys.stdout.flush()
            sys.stderr.flush()
            pid = os.fork()
            if pid == 0:
                line.close()
                _close_all(events)
                return json.loads(asked)
            _tell(line, pid)
            events.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, line))


def _close_all(events: selectors.BaseSelector) -> None:
    """Close what a new kernel has inherited: the control, and the lines of the other kernels."""
    for key in list(events.get_map().values()):
        if key.data:
            os.close(key.fileobj)
            key.data[1].close()
        else:
            key.fileobj.close()
    events.close()


def _tell(line: socket.socket, number: int) -> None:
    with suppress(OSError):  # nobody listens any more
        line.send(str(number).encode())


def become_kernel(request: dict[str, Any]) -> None:
    """Be a kernel as if it had been started by itself: own group, surroundings and randomness."""
    import ipywidgets
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    keep = {"JPY_PARENT_PID": str(os.getppid()), "MPLBACKEND": os.environ["MPLBACKEND"]}
    os.environ.clear()
    os.environ.update(request["env"] | keep)
    if request["cwd"]:
        os.chdir(request["cwd"])
    # Python's own `random` begins anew by itself, and the kernel sets its own signals
    np.random.seed()  # noqa: NPY002  (the one that a reader's own code may use)
    if "torch" in sys.modules:
        sys.modules["torch"].seed()
    sys.argv = ["ipykernel_launcher", *request["argv"]]
    app = IPKernelApp.instance()
    app.initialize(request["argv"])
    ipywidgets.register_comm_target()  # which its import does where a kernel is there already
    app.start()


if __name__ == "__main__":
    main()
