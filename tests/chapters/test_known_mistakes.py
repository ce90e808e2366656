"""Each mistake that a question knows is told by its own sentence, whatever else would fit."""

import importlib
import inspect

import ipywidgets
import pytest

from qmlcourse.course import chapters
from qmlcourse.widgets.questions import Question
from qmlcourse.widgets.words import say

pytestmark = pytest.mark.usefixtures("nothing_kept")


def numbers(chapter):
    """The questions of a chapter that ask for a number and know mistakes."""
    room = importlib.import_module(f"qmlcourse.explorers.{chapter.name}")
    found = list(room.recall().children)
    for function in vars(room.questions).values():
        if inspect.isfunction(function) and not inspect.signature(function).parameters:
            found.append(function())
    for one in found:
        if isinstance(one, ipywidgets.Widget) and not isinstance(one, Question):
            one.close()  # it would follow what other tests keep under its key
    return [one for one in found if isinstance(one, Question) and one.mistakes]


@pytest.mark.parametrize("chapter", chapters.CHAPTERS, ids=lambda one: one.name)
def test_a_known_mistake_is_told_by_its_own_sentence(chapter):
    asked = numbers(chapter)
    assert asked
    for question in asked:
        for value, sentence in question.mistakes:
            if callable(value):
                continue
            question.field.value = repr(float(value))
            verdict = question.try_now()
            assert not verdict.ok
            assert say(sentence) in repr(verdict), (question.key, value, repr(verdict))
