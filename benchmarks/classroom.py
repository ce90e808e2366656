"""A class on one machine: viewers who move sliders, and how fast their pictures follow.

Each viewer is a page: it asks for the chapter, runs its cells as the page does, says how wide it
shows each picture, then drags a slider for a second and looks for a few, over and over. Time is
taken once all pages are open. Printed are the time from event to picture, errors, the kernels'
memory (shared pages divided among them), and what this program itself takes of the processors.

    python benchmarks/classroom.py --viewers 20 --minutes 3
"""

import argparse
import asyncio
import json
import os
import random
import re
import time
import urllib.request
import uuid

os.environ.setdefault("OMP_NUM_THREADS", "1")

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.websocket import websocket_connect

from qmlcourse.course import chapters
from qmlcourse.course.classroom import class_settings, memory
from qmlcourse.course.connections import PROTOCOL
from qmlcourse.course.serving import environment, free_port, running

CHAPTERS = ("01_ab_oscillations", "02_ucf_fingerprints")
EVENTS, PACE, LOOK = 8, 0.12, (3.0, 5.0)  # events of one drag, seconds between them, then a look
PATIENCE = 20.0
ROOM = 1100  # CSS pixels that a page on a laptop gives to a picture


class Viewer:
    """One open page."""

    def __init__(self, address, chapter, seed):
        self.address, self.chapter = address, chapter
        self.random = random.Random(seed)
        self.times, self.errors = [], []

    async def open(self):
        """Load the page, run its cells, and find what can be moved."""
        loop = asyncio.get_running_loop()
        url = f"http://{self.address}/voila/render/{self.chapter}.ipynb"
        start = time.monotonic()
        page = await loop.run_in_executor(None, lambda: urllib.request.urlopen(url).read().decode())
        self.kernel = re.search(r'"kernelId": "([0-9a-f-]+)"', page)[1]
        await self._run()
        self.ready = time.monotonic() - start
        where = (
            f"ws://{self.address}/api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}"
        )
        self.socket = await websocket_connect(
            where, max_message_size=50_000_000, subprotocols=[PROTOCOL]
        )
        self.control = uuid.uuid4().hex
        target = {"comm_id": self.control, "target_name": "jupyter.widget.control", "data": {}}
        version = {"version": "1.0.0"}
        await self._send("comm_open", target, version)
        await self._send(
            "comm_msg", {"comm_id": self.control, "data": {"method": "request_states"}}
        )
        while True:
            message = await self._receive()
            data = message["content"].get("data", {})
            if message["msg_type"] == "comm_msg" and data.get("method") == "update_states":
                break
        states = {name: one["state"] for name, one in data["states"].items()}
        for name, state in states.items():
            if state.get("kind") == "picture":
                data = {"method": "update", "state": {"room": ROOM}, "buffer_paths": []}
                await self._send("comm_msg", {"comm_id": name, "data": data})
        self.sliders = [
            (name, state)
            for name, state in states.items()
            if state.get("_model_name") in ("FloatSliderModel", "IntSliderModel")
            and state.get("description")
        ]

    async def _run(self):
        """Execute the chapter cell by cell, as a page does that fills in progressively."""
        where = f"ws://{self.address}/voila/execution/{self.kernel}"
        socket = await websocket_connect(where, max_message_size=50_000_000)
        order = {"action": "execute", "payload": {"kernel_id": self.kernel}}
        await socket.write_message(json.dumps(order))
        while True:
            answer = await socket.read_message()
            if answer is None:
                raise RuntimeError("the page was closed while it filled in")
            said = json.loads(answer)
            if said["action"] == "execution_error":
                raise RuntimeError(said["payload"]["error"])
            done = said["payload"]
            if (
                said["action"] == "execution_result"
                and done["cell_index"] + 1 == done["total_cell"]
            ):
                break
        self.execution = socket  # a page keeps it open

    async def read(self, socket, together):
        """Take what comes, as a page does that is read, until all pages are open."""
        while not together.is_set():
            try:
                if await asyncio.wait_for(socket.read_message(), 1.0) is None:
                    raise RuntimeError("the connection was closed")
            except TimeoutError:
                pass

    async def work(self, together, seconds):
        """Once all pages are open: drag a slider, look, drag another one."""
        await asyncio.gather(*(self.read(one, together) for one in (self.socket, self.execution)))
        await asyncio.sleep(self.random.uniform(0, LOOK[1]))  # a class does not move in step
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            name, state = self.random.choice(self.sliders)
            try:
                await self._drag(name, state)
            except TimeoutError:
                self.errors.append(f"no picture for {state['description']}")
            await asyncio.sleep(self.random.uniform(*LOOK))

    async def _drag(self, name, state):
        low, high, step = state["min"], state["max"], state["step"]
        value, way = state["value"], self.random.choice((-1, 1))
        for _ in range(EVENTS):
            if not low <= value + way * step <= high:
                way = -way
            value = min(max(value + way * step, low), high)
            value = round(value) if state["_model_name"] == "IntSliderModel" else value
            start = time.monotonic()
            data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
            sent = await self._send("comm_msg", {"comm_id": name, "data": data})
            if await asyncio.wait_for(self._picture(sent), PATIENCE):
                self.times.append(time.monotonic() - start)
            await asyncio.sleep(max(0.0, PACE - (time.monotonic() - start)))
        state["value"] = value

    async def _picture(self, sent):
        """Whether this event brought a picture, before the kernel was idle again."""
        while True:
            message = await self._receive()
            content = message["content"]
            if message["msg_type"] == "error":
                self.errors.append(content["evalue"])
            if message["parent_header"].get("msg_id") != sent:
                continue  # a slow part that an earlier event has asked for
            paths = content.get("data", {}).get("buffer_paths", [])
            if ["scene"] in paths or ["moving"] in paths:
                return True
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return False

    async def _send(self, kind, content, metadata=None):
        name = uuid.uuid4().hex
        header = {
            "msg_id": name,
            "msg_type": kind,
            "username": "",
            "session": name,
            "version": "5.3",
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        parts = [json.dumps(part).encode() for part in (header, {}, metadata or {}, content)]
        await self.socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        return name

    async def _receive(self):
        raw = await self.socket.read_message()
        if raw is None:
            raise RuntimeError("the connection was closed")
        _, parts = deserialize_msg_from_ws_v1(raw)
        header, parent, _, content = map(json.loads, parts[:4])
        return {"msg_type": header["msg_type"], "parent_header": parent, "content": content}


def percentile(values, share):
    """The value below which a share of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def drive(address, count, seconds):
    """Open all pages, let all viewers work, and return them."""
    viewers = [Viewer(address, CHAPTERS[n % len(CHAPTERS)], n) for n in range(count)]
    door = asyncio.Semaphore(os.cpu_count() or 1)  # a class does not come in all at once

    together, inside = asyncio.Event(), []

    async def attend(one):
        async with door:
            await one.open()
        print(f"{one.chapter}: page complete after {one.ready:.1f} s", flush=True)
        inside.append(one)
        if len(inside) == count:
            together.set()
        await one.work(together, seconds)

    await asyncio.gather(*map(attend, viewers))
    return viewers


def main():
    """Serve, drive, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=3.0)
    options = parser.parse_args()
    port = free_port()
    env = {**environment(), "QMLCOURSE_PROGRESS": "off"}
    with running(chapters.folder(), port, class_settings(options.viewers), env) as server:
        start, own = time.monotonic(), time.process_time()
        viewers = asyncio.run(drive(f"127.0.0.1:{port}", options.viewers, 60 * options.minutes))
        share = (time.process_time() - own) / (time.monotonic() - start)
        print(memory(server.pid))
        print(f"the viewers' own program took {100 * share:.0f} % of one core")
    times = [1e3 * one for viewer in viewers for one in viewer.times]
    errors = [one for viewer in viewers for one in viewer.errors]
    print(
        f"{options.viewers} viewers, {os.cpu_count()} cores: {len(times)} pictures, "
        f"{percentile(times, 0.5):.0f} ms (median), {percentile(times, 0.95):.0f} ms (95 %), "
        f"{max(times):.0f} ms (longest); {len(errors)} errors"
    )
    for chapter in CHAPTERS:
        part = [1e3 * t for v in viewers if v.chapter == chapter for t in v.times]
        print(
            f"  {chapter}: {percentile(part, 0.5):.0f} ms, {percentile(part, 0.95):.0f} ms (95 %)"
        )
    for error in sorted(set(errors))[:5]:
        print("  ", error)


if __name__ == "__main__":
    main()
