"""A cell that runs again leaves no old explorer, question or follower behind."""

import gc
import weakref

import pytest
from demo_wave import Wave
from ipywidgets.widgets import widget
from jupyter_client.manager import start_new_kernel

from qmlcourse.widgets import Prediction, Sketch, kept, on_page


@pytest.fixture
def followers(monkeypatch):
    found = {}
    monkeypatch.setattr(kept, "_followers", found)
    return found


class Events(list):
    def register(self, _, callback):
        self.append(callback)

    def unregister(self, _, callback):
        self.remove(callback)


class Shell:
    """A shell that is told which cell it runs."""

    def __init__(self):
        self.events, self.count = Events(), 0

    def run(self, cell, *things):
        self.count += 1
        self.cell = cell
        for thing in things:
            thing._repr_mimebundle_()
        for callback in [*self.events]:
            callback()


@pytest.fixture
def shell(monkeypatch):
    one = Shell()
    monkeypatch.setattr(on_page, "_shown", {})
    monkeypatch.setattr(on_page, "_running", lambda: (one, one.cell, one.count))
    return one


def make(kind):
    if kind == "prediction":
        return Prediction("What comes?", ["this", "that"], "test-page")
    if kind == "recall":
        return Prediction.recall("test-page", "this")
    return Sketch("Draw it.", "test-page")


@pytest.mark.parametrize("kind", ["prediction", "recall", "sketch"])
def test_of_a_question_that_is_made_twice_only_the_new_one_follows(kind, followers, shell):
    first, second = make(kind), make(kind)
    shell.run("a", first)
    shell.run("a", second)
    assert [one() for one in followers["test-page"]] == [second._show]
    there = weakref.ref(first)
    del first
    gc.collect()
    assert there() is None


def test_a_follower_that_nobody_holds_is_told_nothing_more(followers):
    class Listener:
        heard = 0

        def hear(self):
            Listener.heard += 1

    one = Listener()
    kept.follow("test-page", one.hear)
    kept.clear("test-page")
    assert Listener.heard == 2
    del one
    gc.collect()
    kept.clear("test-page")
    assert Listener.heard == 2


def test_an_explorer_that_is_shown_again_by_its_cell_takes_the_place_of_the_old(shell):
    before = set(widget._instances)
    first = Wave()
    shell.run("a", first)
    first.player.play()
    one_view = set(widget._instances) - before
    second = Wave()
    shell.run("a", second)
    left = set(widget._instances) - before
    assert not one_view & left
    assert len(left) == len(one_view)
    there = weakref.ref(first)
    del first
    gc.collect()
    assert there() is None
    assert second.view.comm is not None


def test_what_another_cell_still_shows_or_the_same_shows_again_stays(shell):
    wave, other = Wave(), Wave()
    shell.run("a", wave)
    shell.run("b", wave)
    shell.run("a", other)
    assert wave.view.comm is not None
    shell.run("b", other, wave)
    assert wave.view.comm is not None
    view = wave.view
    shell.run("b")
    shell.run("b", other)
    assert view.comm is None
    assert other.view.comm is not None


def test_a_closed_explorer_can_be_looked_at_again():
    wave = Wave(cycles=3.0)
    old = wave.view
    wave.close()
    wave.cycles = 4.0
    assert wave.view is not old
    assert "4.0 Hz" in wave.figure.widget.alt
    assert old.bookmark.value == "wave:cycles=3"
    assert wave.errors == []


def test_in_a_kernel_a_cell_that_runs_twice_has_one_explorer():
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        code = "from qmlcourse.widgets import Prediction\n"
        code += "Prediction('What comes?', ['this', 'that'], 'test-page')"
        count = "from qmlcourse.widgets import kept; from ipywidgets.widgets import widget\n"
        count += "there = [one() for one in kept._followers['test-page']]\n"
        count += "print(len(there), sum(type(w).__name__ == 'Prediction'"
        count += " for w in widget._instances.values()))"
        _ask(client, code, "a")
        _ask(client, code, "a")
        assert _ask(client, count, "b") == "1 1\n"
        _ask(client, code, "c")
        assert _ask(client, count, "b") == "2 2\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _ask(client, code, cell):
    """What a cell prints, run as JupyterLab runs it: with the cell's name beside the request."""
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell})
    client.shell_channel.send(message)
    text = ""
    while True:
        heard = client.get_iopub_msg(timeout=60)
        if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if heard["msg_type"] == "stream":
            text += heard["content"]["text"]
        if heard["msg_type"] == "error":
            raise RuntimeError("\n".join(heard["content"]["traceback"]))
        if heard["content"].get("execution_state") == "idle":
            return text
