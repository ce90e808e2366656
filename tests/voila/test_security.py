"""What a stranger may try on a served page, and what comes back: a clear refusal."""

import asyncio
import json
import re
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import psutil
import pytest
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPClientError
from tornado.websocket import websocket_connect

sys.path.insert(0, str(Path(__file__).parents[1]))
import browser as harness
import chapter_page as course

from qmlcourse.course.classroom import class_settings
from qmlcourse.course.connections import PROTOCOL, well_formed
from qmlcourse.course.serving import environment, running

pytestmark = pytest.mark.browser
CHAPTERS = course.ROOT / "chapters"


@pytest.fixture(scope="module")
def server():
    """A served class with one open page: its port, process and kernel."""
    port = harness.free_port()
    with running(CHAPTERS, port, class_settings(3), environment()) as process:
        url = f"http://127.0.0.1:{port}/voila/render/00_welcome.ipynb"
        page = urllib.request.urlopen(url, timeout=60).read().decode()
        yield port, process, re.search(r'"kernelId": "([0-9a-f-]+)"', page)[1]


def ask(port, path, method="GET", body=None):
    """Status and text of an answer; the path is sent as it stands."""
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request(method, path, body)
    answer = link.getresponse()
    return answer.status, answer.read().decode("utf-8", "replace")


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/../README.md",
        "/voila/files/..%2fREADME.md",
        "/voila/files/%2e%2e/%2e%2e/etc/passwd",
        "/voila/files//etc/passwd",
        "/voila/files/01_ab_oscillations.ipynb",
        "/voila/files/guides/01_ab_oscillations.md",
        "/voila/files/ja/../../pyproject.toml",
        "/voila/templates/qmlcourse/static/../index.html.j2",
        "/voila/templates/lectures/static/..%2f..%2f..%2fetc/passwd",
        "/voila/static/..%2f..%2fapp.py",
        "/voila/render/../README.md",
        "/voila/render/%2e%2e%2fREADME.md",
        "/voila/render/nothing.ipynb",
        "/voila/api/contents/..%2f..%2fREADME.md",
        "/voila/api/contents/../../etc/passwd",
    ],
)
def test_no_path_leads_to_a_file(server, path):
    status, text = ask(server[0], path)
    if status == 302:  # sent to the place for files, which refuses it
        where = "/voila/files/" + path.removeprefix("/voila/render/")
        status, text = ask(server[0], where)
    assert status in (400, 403, 404, 500), path
    assert "root:" not in text
    assert "Traceback" not in text
    assert "make course" not in text  # a line of the README


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_no_notebook_can_be_written(server, method):
    body = json.dumps({"type": "file", "format": "text", "content": "x"})
    status, _ = ask(server[0], "/voila/api/contents/evil.ipynb", method, body)
    assert status in (403, 404, 405)
    assert not (CHAPTERS / "evil.ipynb").exists()


def test_other_kernels_are_neither_listed_nor_guessed(server):
    port, _, kernel = server
    for path in (
        "/api/kernels",
        "/api/sessions",
        "/api/terminals",
        "/api/contents",
        "/api/spec.yaml",
    ):
        assert ask(port, path)[0] in (403, 404), path
    assert ask(port, f"/api/kernels/{uuid.uuid4()}")[0] == 404
    assert ask(port, f"/api/kernels/{kernel}/../")[0] in (403, 404)
    for action in ("restart", "interrupt"):
        assert ask(port, f"/api/kernels/{kernel}/{action}", "POST")[0] in (403, 404, 405)


def message(kind, content):
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "username": "",
        "session": "s",
        "version": "5.3",
        "date": "2026-01-01T00:00:00Z",
    }
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    return serialize_msg_to_ws_v1(parts, "shell")


async def talk(server, raw, seconds=3.0):
    """Send one message to the open page's kernel; what came back within some seconds."""
    port, _, kernel = server
    where = f"ws://127.0.0.1:{port}/api/kernels/{kernel}/channels"
    socket = await websocket_connect(where, subprotocols=[PROTOCOL])
    await socket.write_message(raw, binary=True)
    came = []
    try:
        while True:
            back = await asyncio.wait_for(socket.read_message(), seconds)
            if back is None:
                return came, True
            _, parts = deserialize_msg_from_ws_v1(back)
            came.append((json.loads(parts[0])["msg_type"], json.loads(parts[3])))
    except TimeoutError:
        return came, False
    finally:
        socket.close()


CODE = ("execute_request", "complete_request", "inspect_request", "input_reply", "debug_request")


@pytest.mark.parametrize("kind", CODE)
def test_a_page_cannot_send_code(server, kind, tmp_path):
    mark = tmp_path / "reached"
    code = f"open({str(mark)!r}, 'w').write('x')"
    content = {"code": code, "silent": False, "cursor_pos": 1, "value": code}
    came, _ = asyncio.run(talk(server, message(kind, content)))
    assert not mark.exists()
    assert not any(name in ("execute_result", "execute_reply", "stream") for name, _ in came)


def test_the_older_protocol_is_refused_before_it_costs_memory(server):
    port, process, kernel = server
    before = psutil.Process(process.pid).memory_info().rss

    async def connect():
        return await websocket_connect(f"ws://127.0.0.1:{port}/api/kernels/{kernel}/channels")

    with pytest.raises(HTTPClientError) as refused:
        asyncio.run(connect())
    assert refused.value.code == 400
    assert psutil.Process(process.pid).memory_info().rss < before + 50e6


@pytest.mark.parametrize(
    "raw",
    [
        (2**62).to_bytes(8, "little"),
        (10**9).to_bytes(8, "little") + bytes(64),
        (6).to_bytes(8, "little") + b"".join((2**60).to_bytes(8, "little") for _ in range(6)),
        bytes(8),
        b"hello",
    ],
    ids=["count", "billion", "places", "none", "words"],
)
def test_a_message_that_lies_about_itself_closes_its_connection(server, raw):
    _, process, _ = server
    assert not well_formed(raw)
    before = psutil.Process(process.pid).memory_info().rss
    _, closed = asyncio.run(talk(server, raw))
    assert closed
    assert psutil.Process(process.pid).memory_info().rss < before + 50e6
    assert well_formed(message("comm_msg", {}))


def test_template_and_theme_cannot_be_chosen_from_outside(server):
    port, _, _ = server
    status, text = ask(port, "/voila/render/nothing.ipynb?template=../../../etc&theme=%3Cscript%3E")
    assert status == 404
    assert "<script>%" not in text
    assert "%3Cscript" not in text
    status, text = ask(port, "/voila/tree/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert(1)" not in text
