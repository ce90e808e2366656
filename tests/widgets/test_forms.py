"""Exercises in code are forms where a page has no cells: numbers and lists are typed."""

import pytest

from qmlcourse.widgets import by_form, checks, on_page
from qmlcourse.widgets.questions import Question


@by_form("Which two numbers?", "first", "second")
@checks.filed("form-two")
def two(first, second):
    if first is None:
        return checks.nothing_yet()
    return checks.right("Right.") if (first, second) == (1.5, -2) else checks.wrong("No.")


@by_form("Which places?", "(x, y), ...")
@checks.filed("form-places")
def places(given):
    return checks.right("Right.") if given == ((1, 2), (3, 4)) else checks.wrong(f"Not {given}.")


@by_form("Which bias?", "bias", start=(0.3,))
@checks.filed("form-bias")
def bias(value):
    return checks.right("Right.") if value == 4 else checks.wrong(f"Not {value}.")


@pytest.fixture
def page(monkeypatch, nothing_kept):
    monkeypatch.setattr(on_page, "served", lambda: True)


def answer(question, text):
    question.field.value = text
    return question.try_now()


def test_in_a_notebook_it_is_a_check():
    assert two(1.5, -2).ok
    assert two(None, None).message == checks.nothing_yet().message
    assert not bias(0.3).ok


def test_on_a_page_it_is_a_form(page):
    asked = two(None, None)
    assert isinstance(asked, Question)
    assert asked.key == "form-two"
    assert answer(asked, "1.5, −2").ok
    assert not answer(asked, "1.5, 2").ok
    assert "comma" in answer(asked, "1.5").message
    assert "comma" in answer(asked, "1.5, two").message
    assert "comma" in answer(asked, "").message
    assert "comma" in answer(asked, "__import__('os')").message
    assert "comma" in answer(asked, "(" * 100_000).message


def test_a_list_is_one_answer(page):
    asked = places(None)
    assert answer(asked, "(1, 2), (3, 4)").ok
    assert answer(asked, "[(1, 2), (3, 4)]").message == "Not [(1, 2), (3, 4)]."


def test_what_is_no_longer_the_start_is_checked_at_once(page):
    assert isinstance(bias(0.3), Question)
    assert bias(4).ok


def test_tries_are_counted_once(page):
    from qmlcourse.widgets import kept

    asked = two(None, None)
    answer(asked, "1, 1")
    answer(asked, "1.5, -2")
    tries = kept.kept("form-two")
    assert tries.solved
    assert tries.wrong == 1
