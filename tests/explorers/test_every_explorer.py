"""What holds for every explorer of the course."""

import importlib

import pytest

from qmlcourse.course import chapters
from qmlcourse.widgets import Explorer

ROOMS = [path.stem[3:] for path in sorted(chapters.folder().glob("0[1-9]_*.ipynb"))]
EVERY = [
    pytest.param(one, id=f"{room}-{one.__name__}")
    for room in ROOMS
    for one in vars(importlib.import_module(f"qmlcourse.explorers.{room}")).values()
    if isinstance(one, type) and issubclass(one, Explorer)
]


@pytest.mark.parametrize("explorer", EVERY)
def test_a_pasted_bookmark_is_taken(explorer):
    one = explorer()
    one.set_state(f"{one.name}:")
    one.set_state(one.bookmark())
    assert one.state() == one.defaults()


@pytest.mark.parametrize("explorer", EVERY)
def test_it_says_what_to_look_for_and_what_computed_it(explorer):
    assert explorer.title
    assert "?" in explorer.look_for or "." in explorer.look_for
    made = explorer.made_by()
    assert made or "qmlcourse reproduce" in explorer.made_from
    for name in made:
        module, _, item = name.rpartition(".")
        assert hasattr(importlib.import_module(module), item)
        assert not module.startswith(("qmlcourse.widgets", "qmlcourse.explorers"))


def test_names_are_unique():
    names = [param.values[0].name for param in EVERY]
    assert len(set(names)) == len(names)
    assert len(names) >= 50
