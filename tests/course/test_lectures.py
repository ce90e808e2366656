"""The guides for lecturers fit their chapters: cells, votes, bookmarks, minutes."""

import importlib
import re

import pytest

from qmlcourse.course import chapters, lectures
from qmlcourse.widgets import Explorer, Prediction

NOTEBOOKS = chapters.notebooks()


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


def room(notebook):
    return importlib.import_module(f"qmlcourse.explorers.{notebook.stem[3:]}")


def test_all_chapters_have_a_guide():
    assert len(NOTEBOOKS) == 7
    assert all(lectures.guide(one).exists() for one in NOTEBOOKS)


def test_both_cuts_last_as_long_as_they_say(notebook):
    lecture = lectures.read(notebook)
    assert sum(beat.minutes for beat in lecture.short) == 25
    assert sum(beat.minutes for beat in lecture.long) == 50
    assert [beat.kind for beat in lecture.short][:2] == ["puzzle", "vote"]
    assert all(lecture.sections.values())
    assert all(beat.cells for beat in (*lecture.short, *lecture.long))


def test_votes_are_the_chapters_own_predictions(notebook):
    asked = {}
    for name, make in vars(room(notebook).questions).items():
        if name.startswith("predict_"):
            card = make()
            card = card if isinstance(card, Prediction) else card.children[0]
            asked[re.sub("<[^>]+>", "", card.children[0].value)] = [
                one for _, one in card.choice.options
            ]
    lecture = lectures.read(notebook)
    votes = [beat.options for beat in lecture.short if beat.kind == "vote"]
    assert len(votes) == 2
    assert all(options in asked.values() for options in votes)
    text = lecture.sections["vote"]
    assert sum(question in text for question in asked) >= 2
    for right, wrong in re.findall(r"Right: \*(.+?)\*\. The common wrong answer: \*(.+?)\*", text):
        (options,) = [one for one in asked.values() if right in one and wrong in one]
        assert right != wrong, options


def test_bookmarks_are_states_of_the_explorers(notebook):
    known = {
        one.name: one
        for one in vars(room(notebook)).values()
        if isinstance(one, type) and issubclass(one, Explorer)
    }
    lecture = lectures.read(notebook)
    marks = [mark for beat in (*lecture.short, *lecture.long) for mark in beat.bookmarks]
    assert marks
    for mark in marks:
        owner = known[mark.split(":")[0]]
        owner().set_state(mark)


def test_three_pictures_are_stored_for_the_worst(notebook):
    pictures = lectures.fallbacks(notebook)
    assert len(pictures) == lectures.FALLBACKS
    assert len(set(pictures)) == lectures.FALLBACKS
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def test_the_page_gets_data_and_pictures(tmp_path):
    lectures.write_share(tmp_path)
    static = tmp_path / "voila" / "templates" / "lectures" / "static"
    assert len(list(static.glob("*.json"))) == 7
    assert len(list(static.glob("*.png"))) == 7 * lectures.FALLBACKS


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("`ab.opening()`", "`ab.nothing()`", "no cell of 01_ab_oscillations contains 'ab.nothing"),
        ("## On the board", "## Blackboard", "lacks: on the board"),
        ("| puzzle | 3 |", "| puzzle |", r"has '`ab\.opening\(\)`' where the minutes stand"),
        ("| puzzle |", "| riddle |", "'riddle'"),
    ],
)
def test_a_guide_that_does_not_fit_is_refused(tmp_path, right, wrong, complaint):
    source = NOTEBOOKS[0]
    book = tmp_path / source.name
    book.write_bytes(source.read_bytes())
    page = lectures.guide(book)
    page.parent.mkdir()
    text = lectures.guide(source).read_text("utf-8")
    page.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(ValueError, match=complaint):
        lectures.read(book)
