"""Kernels made by forking: whole processes of their own, and none where forking cannot be."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from qmlcourse.course import forked_kernels
from qmlcourse.course.classroom import kernels
from qmlcourse.course.forked_kernels import ForkedKernel

pytestmark = [
    pytest.mark.skipif(not forked_kernels.can_fork(), reason="this system cannot fork kernels"),
]


@pytest.fixture(autouse=True)
def _asked_for(monkeypatch):
    KernelProvisionerFactory.clear_instance()
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", forked_kernels.NAME)
    yield
    KernelProvisionerFactory.clear_instance()


@pytest.fixture
def start():
    """A function that starts kernels, which end with the test."""
    started = []

    def one(**options):
        manager = KernelManager()
        manager.start_kernel(**options)
        client = manager.blocking_client()
        client.start_channels()
        started.append((manager, client))
        client.wait_for_ready(timeout=90)
        return manager, client

    yield one
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def said(client, code):
    """What a kernel prints, shows or fails with."""
    words = []

    def note(message):
        if message["msg_type"] in ("stream", "display_data", "error"):
            words.append(message["content"].get("text") or str(message["content"]))

    client.execute_interactive(code, timeout=60, output_hook=note)
    return "".join(words).strip()


NUMBERS = (
    "import random, numpy, torch; print(random.random(), numpy.random.random(), "
    "torch.rand(1).item(), torch.initial_seed())"
)


def test_it_is_warm_and_a_process_of_its_own(start, tmp_path):
    started = [start(cwd=str(tmp_path), env={**os.environ, "QMLCOURSE_MARK": "here"})]
    began = time.monotonic()
    started.append(start())
    assert time.monotonic() - began < 20, "whatever else this machine does"
    processes = [manager.provisioner.process for manager, _ in started]
    assert all(isinstance(process, ForkedKernel) for process in processes)
    server = psutil.Process(processes[0].pid).parent()
    assert server == psutil.Process(processes[1].pid).parent()
    assert {one.pid for one in kernels(os.getpid())} >= {one.pid for one in processes}
    assert server.pid not in {one.pid for one in kernels(os.getpid())}
    assert os.getpgid(processes[0].pid) == processes[0].pid
    (first, one), (second, other) = started
    assert first.session.key != second.session.key
    for drawn, again in zip(*(said(each, NUMBERS).split() for each in (one, other)), strict=True):
        assert drawn != again
    assert said(one, "import os; print(os.getcwd(), os.environ['QMLCOURSE_MARK'])") == (
        f"{tmp_path} here"
    )
    assert said(other, "import sys; print('torch' in sys.modules, __name__)") == "True __main__"
    targets = (
        "from comm import get_comm_manager as m; print('jupyter.widget.control' in m().targets)"
    )
    assert said(one, targets) == "True"
    assert said(one, "x = 1; print(x)") == "1"
    assert "NameError" in said(other, "print(x)")
    # a figure is shown in the page, as in a kernel that starts by itself
    assert "image/png" in said(one, "import matplotlib.pyplot as p; p.plot([1, 2]); p.show()")
    open_files = {link for _, link in _open(processes[1].pid)}
    assert len(open_files & {link for _, link in _open(processes[0].pid) if "socket" in link}) == 0


def _open(pid):
    place = f"/proc/{pid}/fd"
    return [(name, os.readlink(f"{place}/{name}")) for name in os.listdir(place)]


def test_it_is_interrupted_killed_and_shut_down_like_any_other(start):
    manager, client = start()
    asked = client.execute("while True: pass")
    time.sleep(0.5)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=60)
    while reply["parent_header"].get("msg_id") != asked:
        reply = client.get_shell_msg(timeout=60)
    assert reply["content"]["ename"] == "KeyboardInterrupt"

    process = manager.provisioner.process
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    process.kill()
    assert process.wait(20) == -signal.SIGKILL
    process.terminate()  # a process that has ended is told nothing
    assert not manager.is_alive()

    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    again = manager.provisioner.process
    assert isinstance(again, ForkedKernel)
    client.shutdown()
    assert again.wait(30) == 0


def test_without_its_server_a_kernel_ends_and_the_next_starts_by_itself(start, monkeypatch):
    light = forked_kernels.ForkServer(["ipykernel.kernelapp"])
    monkeypatch.setattr(forked_kernels, "fork_server", lambda: light)
    manager, _ = start()
    kernel = psutil.Process(manager.provisioner.process.pid)
    light.process.kill()
    light.process.wait()
    assert manager.provisioner.process.wait(30) < 0
    psutil.wait_procs([kernel], timeout=10)
    assert not kernel.is_running()
    other, client = start()
    assert isinstance(other.provisioner.process, subprocess.Popen)
    assert said(client, "print(2)") == "2"

    monkeypatch.setattr(forked_kernels, "can_fork", lambda: False)
    third, _ = start()
    assert isinstance(third.provisioner.process, subprocess.Popen)


def test_it_ends_with_whoever_started_it():
    code = (
        "from qmlcourse.course.forked_kernels import ForkServer\n"
        "print(ForkServer(['ipykernel.kernelapp']).process.pid, flush=True)\n"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    pid = int(made.stdout)
    for _ in range(600):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie":
            break
        time.sleep(0.1)
    else:
        os.kill(pid, signal.SIGKILL)
        raise AssertionError("the fork server outlives its starter")
