"""One table of chapters: the rooms, the notebooks and the tasks follow from it."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qmlcourse.course import actions, chapters, lectures, pages
from qmlcourse.course.tasks import keys_of, tasks
from qmlcourse.course.welcome import _COLOURS, two_lines
from qmlcourse.widgets import Prediction

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=chapters.CHAPTERS, ids=lambda chapter: chapter.name)
def chapter(request):
    return request.param


def calls(chapter):
    """Source of the code cells of a chapter, without solutions."""
    book = json.loads(chapter.notebook.read_text("utf-8"))
    return "\n".join(
        "".join(cell["source"])
        for cell in book["cells"]
        if cell["cell_type"] == "code" and "solution" not in cell["metadata"].get("tags", ())
    )


def test_a_row_has_its_rooms(chapter):
    assert chapter.notebook.exists()
    assert (chapter.notebook.parent / "guides" / f"{chapter.stem}.md").exists()
    for room in ("explorers", "reproduce"):
        assert (ROOT / "qmlcourse" / room / chapter.name / "__init__.py").exists()
    assert (ROOT / "qmlcourse" / chapter.package / "__init__.py").exists()
    assert chapter.subject in _COLOURS
    title = json.loads(chapter.notebook.read_text("utf-8"))["cells"][0]["source"][0]
    assert f"{chapter.number}" in title


def test_the_rows_are_in_order_and_nothing_stands_outside_the_table():
    assert [one.number for one in chapters.CHAPTERS] == list(range(1, len(chapters.CHAPTERS) + 1))
    assert chapters.pages() == sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
    assert len({one.prefix for one in chapters.CHAPTERS}) == len(chapters.CHAPTERS)
    for one in chapters.CHAPTERS:
        assert all(before < one.number for before in one.after)
        assert chapters.chapter_of(one.notebook) is one
    assert chapters.chapter_of(ROOT / "chapters" / "00_welcome.ipynb") is None


def test_datasets_and_networks_are_functions_that_are_there():
    for place in chapters.datasets().values():
        assert callable(actions.function(place))
    for one in chapters.networks().values():
        assert importlib.import_module(f"qmlcourse.reproduce.{one.name}")


def test_tasks_are_those_of_the_chapter_in_its_order(chapter):
    """Each task's function is called by a cell of the notebook, in the order of the list."""
    keys = keys_of(chapter.name)
    assert all(key.startswith(f"{chapter.prefix}-") for key in keys)
    assert [key for key in keys if "-recall-" in key] == list(keys[-4:])
    source = calls(chapter)
    assert ".recall()" in source
    places = []
    for key in keys[:-4]:
        name = key.removeprefix(f"{chapter.prefix}-")
        found = [source.find(f".questions.{way}{name}(") for way in ("predict_", "find_", "")]
        assert max(found) >= 0, key
        places.append(max(found))
    predictions = sum(f".predict_{key.split('-')[1]}(" in source for key in keys[:-4])
    assert places[predictions:] == sorted(places[predictions:])
    assert source.count(".questions.predict_") == predictions


def test_the_keys_that_are_read_are_those_that_the_questions_use(chapter):
    """The widgets of all questions that need no argument, and of recall, have these keys."""
    room = importlib.import_module(f"qmlcourse.explorers.{chapter.name}")
    cards = list(room.recall().children)
    for name, make in vars(room.questions).items():
        if name.startswith("predict_"):
            card = make()
            cards.append(card if isinstance(card, Prediction) else card.children[0])
    keys = keys_of(chapter.name)
    assert {card.key for card in cards} <= set(keys)
    assert [card.key for card in room.recall().children] == list(keys[-4:])


def test_tasks_come_without_the_physics():
    script = (
        "import sys; from qmlcourse.course.tasks import tasks;"
        "print(sum(map(len, tasks().values())));"
        "print('torch' in sys.modules, 'qmlcourse.transport' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.split() == [str(sum(map(len, tasks().values()))), "False", "False"]


def test_a_long_name_is_broken_where_both_lines_are_short():
    assert two_lines("a network sees metal or insulator") == "a network sees\nmetal or insulator"
    assert two_lines("bands") == "bands"


@pytest.mark.parametrize("content", ["", "{ half", "[]", '{"cells": 3}'])
def test_a_damaged_chapter_is_named_with_its_cure(tmp_path, content):
    path = tmp_path / "03_anderson_classification.ipynb"
    path.write_text(content)
    for read in (pages.handout, lectures.fallbacks):
        with pytest.raises(ValueError, match=r"is damaged; `qmlcourse restore 3` gives"):
            read(path)
