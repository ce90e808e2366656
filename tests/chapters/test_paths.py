"""Guided paths begin where the notebook opens, and set only what the explorer has."""

import importlib
import re

import pytest

from qmlcourse.course import chapters
from qmlcourse.widgets import Explorer


def explorers(chapter):
    room = importlib.import_module(f"qmlcourse.explorers.{chapter.name}")
    return {n: one for n, one in vars(room).items() if _is_explorer(one) and one.path}


def _is_explorer(one):
    return isinstance(one, type) and issubclass(one, Explorer)


@pytest.fixture(params=chapters.CHAPTERS, ids=lambda one: one.name)
def chapter(request):
    return request.param


def test_the_notebook_opens_at_the_first_stop(chapter):
    cells = chapters.load(chapter.notebook)["cells"]
    source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    for name, one in explorers(chapter).items():
        arguments = re.search(rf"\.{name}\(([^)]*)\)", source)[1]
        opened = one(**eval(f"dict({arguments})"))
        first = one.path[0]
        opens = {key: getattr(opened, key) for key in first.state}
        assert opens == dict(first.state), name


def test_each_stop_changes_something_and_stays_within_the_controls(chapter):
    for name, one in explorers(chapter).items():
        explorer = one()
        for stop in one.path:
            for values in (stop.state, stop.then):
                unknown = set(values) - set(explorer.state())
                assert not unknown, (name, unknown)
                with explorer.hold_trait_notifications():
                    for key, value in values.items():
                        setattr(explorer, key, value)
            assert stop.ask.rstrip().endswith(("?", ".")), name
            assert "?" in stop.ask, name
            assert stop.see, name
