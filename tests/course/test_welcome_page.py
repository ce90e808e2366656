"""The welcome page: a map that fills up, and answers that travel."""

import json
import re

import pytest

from qmlcourse.course import welcome
from qmlcourse.course.chapters import CHAPTERS
from qmlcourse.course.linked_map import linked_map, next_step
from qmlcourse.course.tasks import results, tasks
from qmlcourse.widgets import kept
from qmlcourse.widgets.answers import Answer, Tries

pytestmark = pytest.mark.usefixtures("nothing_kept")


def test_the_map_fills_up_by_itself():
    shown = welcome.course_map()
    before = shown.figure.png()
    assert set(shown.counts) == set(range(1, 8))
    assert all(done == 0 and all_ >= 10 for done, all_ in shown.counts.values())
    kept.keep("ab-flux", Answer("anything", "certain"))
    kept.keep("ab-half_quantum", Tries(1, False))
    assert shown.counts[1][0] == 1
    kept.tried("ab-half_quantum", True)
    assert shown.counts[1][0] == 2
    assert shown.figure.png() != before
    assert "1: 2 of" in shown.figure.widget.alt
    bundle, about = shown._repr_mimebundle_()
    assert bundle["image/png"]
    assert about["image/png"]["alt"]


def test_a_served_page_draws_no_still_of_the_map(monkeypatch):
    shown = welcome.course_map()
    monkeypatch.setenv("VOILA_PREHEAT", "False")
    monkeypatch.setattr(shown.figure, "png", lambda: pytest.fail("nobody sees it"))
    bundle, about = shown._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == shown.model_id
    assert not about


def test_blocks_of_the_map_are_links_and_the_next_step_is_one():
    shown = welcome.course_map()
    links = re.findall(r"href='([^']*)'", shown.blocks.value)
    assert links == [CHAPTERS[0].stem + ".ipynb", *(one.stem + ".ipynb" for one in CHAPTERS)]
    for key in tasks()[3]:
        kept.keep(key, Tries(1, False))
    kept.tried(tasks()[3][0], True)
    assert "<a href='03_anderson_classification.ipynb'>Next step: 3" in shown.blocks.value
    assert "1 of " in shown.blocks.value


def test_the_next_step_goes_on_with_what_is_begun():
    counts = {1: (4, 4), 2: (0, 5), 3: (1, 5)}
    assert next_step(counts).number == 3
    assert next_step({**counts, 3: (5, 5)}).number == 2
    assert next_step({1: (4, 4)}) is None
    assert "All chapters are done." in linked_map(
        {1: (4, 4)}, dict.fromkeys({one.subject for one in CHAPTERS}, "black")
    )


def test_answers_leave_and_come_back():
    page = welcome.progress()
    sent = []
    page._sender.offer = lambda name, content, mime: sent.append((name, content))
    kept.keep("ab-flux", Answer("anything", "certain"))
    page.children[0].children[0].click()
    name, content = sent.pop()
    assert name.endswith(".json")
    kept.clear()
    assert page.file.receive(name, len(content), content)
    assert str(kept.kept("ab-flux")) == "anything (certain)"
    assert not page.file.receive("evil.json", 5, b"<html")
    assert "not a progress file" in page.file.status.text
    assert json.loads(content)["qmlcourse"] == 1


def test_results_are_a_table_for_a_teacher():
    kept.tried("ab-half_quantum", False)
    kept.tried("ab-half_quantum", True)
    page = welcome.progress()
    sent = []
    page._sender.offer = lambda name, content, mime: sent.append(content.decode())
    page.name.value = "=Ada"
    page.children[0].children[1].click()
    lines = sent[0].splitlines()
    assert len(lines) == 2 + sum(map(len, tasks().values()))
    (row,) = [line for line in lines if "ab-half_quantum" in line]
    assert row.startswith("'=Ada,1,ab-half_quantum,yes,1,20")
    assert set(map(len, results().values())) == {len(lines) - 2}


def test_to_start_afresh_takes_two_steps():
    kept.keep("ab-flux", Answer("anything", "certain"))
    page = welcome.progress()
    button = page.children[3].inside.children[1]
    button.click()
    assert "Tick the box" in page.status.text
    assert kept.kept("ab-flux")
    page.sure.value = True
    button.click()
    assert kept.kept("ab-flux") is None
    assert not page.sure.value
