"""Questions come back after one, three and ten days, and tomorrow where they are forgotten."""

import datetime
import json
from itertools import pairwise

import pytest

from qmlcourse.course import spaced_recall
from qmlcourse.course.tasks import recall_keys, tasks
from qmlcourse.widgets import kept, spacing
from qmlcourse.widgets.answers import Answer, Tries
from qmlcourse.widgets.progress_file import ProgressFile

pytestmark = pytest.mark.usefixtures("nothing_kept")

START = datetime.date(2026, 3, 1)


def after(days):
    return START + datetime.timedelta(days=days)


@pytest.fixture
def on(monkeypatch):
    """Set the day on which the page is read."""

    def today(day):
        class Date(datetime.date):
            @classmethod
            def today(cls):
                return cls(day.year, day.month, day.day)

        monkeypatch.setattr(spaced_recall.datetime, "date", Date)

    yield today
    monkeypatch.undo()


def solved(key, day=START):
    kept.keep(key, Tries(1, True, day.isoformat()))


def test_days_are_one_three_and_ten_and_then_more_and_more():
    answer, day, gaps = Tries(0, True, START.isoformat()), START, []
    for _ in range(6):
        back = spacing.due(answer)
        gaps.append((back - day).days)
        answer, day = spacing.recalled(answer, True, back), back
    assert gaps[:3] == [1, 3, 10]
    assert all(later > 2 * earlier for earlier, later in pairwise(gaps[2:]))


@pytest.mark.parametrize("known", [0, 1, 2, 3, 5])
def test_what_is_forgotten_comes_back_tomorrow(known):
    answer, day = Tries(0, True, START.isoformat()), after(1)
    for _ in range(known):
        answer = spacing.recalled(answer, True, day)
        day = spacing.due(answer)
    forgotten = spacing.recalled(answer, False, day)
    assert (spacing.due(forgotten) - day).days == 1
    known_longer = (spacing.due(spacing.recalled(answer, True, day)) - day).days
    anew = spacing.recalled(forgotten, True, spacing.due(forgotten))
    assert (spacing.due(anew) - spacing.due(forgotten)).days < known_longer


def test_only_what_was_solved_comes_back():
    assert spacing.due(None) is None
    assert spacing.due(Answer("a", "certain")) is None
    assert spacing.due(Tries(3, False, START.isoformat())) is None
    assert spacing.due(Tries(0, True, "a long time ago")) is None
    assert spacing.due(Tries(0, True, START.isoformat(), "{}")) is None


def test_the_state_of_a_question_is_kept_in_the_file_of_answers():
    answer = spacing.recalled(Tries(2, True, START.isoformat()), True, after(1))
    content = ProgressFile.encode({"ab-recall-1": answer})
    assert ProgressFile.decode(content)["ab-recall-1"] == answer
    # a question that never came back is written as version 1.0 wrote it
    plain = json.loads(ProgressFile.encode({"k": Tries(2, True, "2026-03-01")}))
    assert set(plain["answers"]["k"]) == {"kind", "wrong", "solved", "day"}


def test_each_chapter_has_its_questions():
    assert set(recall_keys()) == set(range(1, 8))
    for number, keys in recall_keys().items():
        assert len(keys) >= 4
        assert set(keys) < set(tasks()[number])


def test_nothing_waits_at_first_and_the_page_says_how_it_works(on):
    on(START)
    shown = spaced_recall.SpacedRecall()
    assert "one, three and ten days later" in shown.text.value
    assert shown.button.layout.display == "none"
    assert "<input" not in shown.on_paper()
    shown.ask()
    assert shown.question is None


def test_questions_of_two_chapters_come_one_after_the_other(on):
    solved("hidden-recall-1", after(-1))
    solved("ab-recall-4")
    on(START)
    shown = spaced_recall.SpacedRecall()
    assert shown.waiting == ["hidden-recall-1"]
    on(after(1))
    shown._show()
    assert shown.waiting == ["hidden-recall-1", "ab-recall-4"]
    assert shown.button.description == "Ask me"
    shown.ask()
    assert shown.question.key == "hidden-recall-1"
    assert "Chapter 7" in shown.place.children[0].value
    assert shown.button.layout.display == "none"  # first this one


def test_a_question_is_asked_as_if_it_were_new_and_the_first_answer_counts(on):
    solved("ab-recall-4")
    on(after(1))
    shown = spaced_recall.SpacedRecall()
    shown.ask()
    assert shown.question.status.text == ""
    shown.question.field.value = "2.068"  # half of it
    shown.question.try_now()
    assert "tomorrow" in shown.status.text
    shown.question.field.value = "4.136"
    assert shown.question.try_now().ok
    assert kept.kept("ab-recall-4").wrong == 1  # the chapter's own count stays
    assert spacing.due(kept.kept("ab-recall-4")) == after(2)
    assert shown.waiting == []
    assert "The next question comes back tomorrow." in shown.text.value


def test_what_is_known_goes_farther_away(on):
    for key in ("ab-recall-3", "ab-recall-4"):
        solved(key)
    on(after(1))
    shown = spaced_recall.SpacedRecall()
    shown.ask()
    shown.question.field.value = "2"
    assert shown.question.try_now().ok
    assert shown.status.text == "It comes back in 3 days."
    assert shown.button.description == "Next question"
    assert shown.button.layout.display is None
    before = shown.question
    shown.ask()
    assert before.comm is None  # off the page
    assert shown.question.key == "ab-recall-4"
    assert shown.status.text == ""


def test_every_question_can_be_asked_alone():
    for number, keys in recall_keys().items():
        for key in keys:
            chapter = next(c for c in spaced_recall.CHAPTERS if c.number == number)
            assert spaced_recall._question(chapter, key).key == key
