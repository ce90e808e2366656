"""A guided path: a state, a question, what there was to see; and then the next."""

import pytest
from demo_wave import Wave

from qmlcourse.widgets import Stop


class Guided(Wave):
    name, title = "guided", "A wave, step by step"
    look_for = "Look around."
    path = (
        Stop("Which zeros move?", "All but the first.", {"cycles": 2.0}, {"cycles": 3.0}),
        Stop("And now?", "None.", {"cycles": 1.0}),
    )


@pytest.fixture
def explorer():
    return Guided()


@pytest.fixture
def tour(explorer):
    return explorer.view.tour


def words(tour):
    return tour.words.value


def test_the_first_question_stands_there_and_the_answer_does_not(tour):
    assert "1/2" in words(tour)
    assert "Which zeros move?" in words(tour)
    assert "All but the first" not in words(tour)
    assert "Look around" not in words(tour)


def test_one_thing_after_the_other(explorer, tour):
    explorer.cycles = 5.0
    on = tour.buttons["on"]
    assert on.description == "I have looked"
    on.click()
    assert "All but the first" in words(tour)
    assert explorer.cycles == 3.0
    assert on.description == "Next"
    on.click()
    assert "2/2" in words(tour)
    assert explorer.cycles == 1.0
    assert "None." not in words(tour)
    on.click()
    assert on.description == "Finish"
    on.click()
    assert not tour.walking
    assert "Look around." in words(tour)
    on.click()  # once more from the beginning
    assert tour.place == 0
    assert explorer.cycles == 2.0


def test_one_step_back(explorer, tour):
    assert tour.buttons["back"].layout.display == "none"
    tour.go_on()
    tour.go_on()
    tour.go_back()
    assert (tour.place, tour.answered) == (0, False)
    assert explorer.cycles == 2.0
    tour.go_on()
    tour.go_back()
    assert (tour.place, tour.answered) == (0, False)
    for _ in range(3):  # to the answer of the second stop
        tour.go_on()
    tour.go_back()
    assert (tour.place, tour.answered) == (1, False)  # its question, not the stop before


def test_it_can_be_left_at_any_time(explorer, tour):
    tour.go_on()
    tour.buttons["leave"].click()
    assert not tour.walking
    assert explorer.cycles == 3.0  # what is on show stays
    assert tour.buttons["on"].description == "Take the guided path"
    assert tour.buttons["leave"].layout.display == "none"


def test_an_error_on_the_way_is_said():
    class Lost(Wave):
        name, title = "lost", "Lost"
        path = (Stop("?", "!", {}, {"cycles": 1e9}),)

    lost = Lost()
    lost.view.tour.buttons["on"].click()
    assert lost.errors
    assert "must lie between" in lost.status


def test_an_explorer_without_a_path_has_its_sentence():
    assert Wave().view.tour is None
