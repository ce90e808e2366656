"""Checks name the mistake, and never fail on a strange answer."""

import numpy as np
import pytest

from qmlcourse.widgets import ask_choice, ask_number
from qmlcourse.widgets.checks import Verdict, curve, function, number


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (-0.5, "sign"),
        (1.0, "twice too large"),
        (0.25, "half of it"),
        (-1.0, "sign and a factor 2"),
        (0.5 * 2 * np.pi, "2π"),
        (0.5 * 180 / np.pi, "radians"),
        (0.5 * np.log(10), "logarithm"),
        (500.0, "power of ten (10^3)"),
        (0.7, "too large"),
        (0.37, "too small"),
        (None, "in place of the dots"),
        (..., "in place of the dots"),
        ("half", "not one number"),
        ([1, 2], "not one number"),
        (True, "not one number"),
        (np.nan, "not a finite number"),
        (0.5 + 0.1j, "complex"),
    ],
)
def test_wrong_numbers_are_diagnosed(answer, said):
    verdict = number(answer, 0.5)
    assert not verdict
    assert not verdict.close
    assert said in verdict.message


@pytest.mark.parametrize("answer", [0.5, "0,5", " 0.502 ", np.array([0.499]), 0.5 + 0j, "5e-1"])
def test_right_numbers_are_right_in_any_dress(answer):
    assert number(answer, 0.5, unit="h/e").message == "Right: 0.5 h/e."


def test_close_and_own_hints():
    assert number(0.52, 0.5).close
    hints = [(1.0, "That is the period of h/e."), (lambda v: v > 100, "Far too large.")]
    assert number(1.001, 0.5, hints=hints).message == "That is the period of h/e."
    assert number(101, 0.5, hints=hints).message == "Far too large."
    assert number(2.0, 0.5).message.startswith("Your value is four times")
    assert number(1 / 0.3, 0.3).message == "This is the inverse of it."
    assert not number(0.1, 0.0, atol=0.01)


X = np.linspace(0, 1, 50)
Y = np.sin(7 * X)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (-Y, "sign"),
        (2 * Y, "twice too large"),
        (Y + 0.5, "shifted by 0.5"),
        (Y[::-1], "backwards"),
        (Y[:10], "The shape is 10, but 50 is asked for."),
        (np.where(X > 0.9, np.nan, Y), "5 of 50 values are not finite."),
        (np.cos(7 * X), "largest deviation"),
        ("abc", "not an array of numbers"),
        (None, "in place of the dots"),
    ],
)
def test_wrong_curves_are_diagnosed(answer, said):
    verdict = curve(answer, Y)
    assert not verdict.ok
    assert said in verdict.message


def test_right_and_close_curves():
    assert curve(Y + 0.005, Y)
    assert curve(Y + 0.05 * X, Y).close
    assert curve(1j * Y, 1j * Y)


def power(base, exponent=2):
    return base**exponent


def test_functions_are_tried_on_hidden_arguments():
    cases = [(2.0,), (3.0, 3), {"base": 2.0, "exponent": 0.5}]
    assert function(power, power, cases).message == "Right, in all 3 cases."
    wrong = function(lambda base, exponent=2: -(base**exponent), power, cases)
    assert wrong.message == "At (2): The size is right, the sign is not."
    assert "raised TypeError at (2)" in function(lambda: 1, power, cases).message
    assert "is a return missing" in function(lambda *a, **k: None, power, cases).message
    assert "not a function" in function(3, power, cases).message
    assert function(np.sin, np.sin, [X])


def test_a_function_may_not_spoil_the_arguments_of_the_next():
    def spoil(values):
        values[:] = 0
        return 0.0

    values = np.ones(3)
    function(spoil, np.sum, [(values,)])
    assert values.sum() == 3


def test_verdict_shows_itself():
    verdict = Verdict(False, False, "The sign <b> is not.")
    assert repr(verdict) == "→ The sign <b> is not."
    assert "&lt;b&gt;" in verdict._repr_html_()
    assert bool(Verdict(True, True, "Right."))


def test_question_gives_more_help_with_each_wrong_answer():
    asked = ask_number("How long?", 0.25, "s", ["One over something.", "One over four."])
    asked.field.value = "3"
    assert "Hint: One over something." in asked.status.text
    asked.button.click()  # the same answer again costs nothing
    assert asked.tries == 1
    asked.field.value = "0.9"
    assert "Hint: One over four." in asked.status.text
    asked.field.value = "0.8"
    assert asked.status.text.endswith("The solution below is yours to open.")
    asked.field.value = "0.25"
    assert (asked.status.text, asked.status.tone) == ("✓ Right: 0.25 s.", "good")
    assert asked.verdict.ok
    assert repr(asked) == "Question"


def test_a_broken_check_is_shown():
    asked = ask_number("How long?", lambda value: 1 / 0)
    asked.field.value = "3"
    assert asked.status.text.startswith("Something went wrong: ZeroDivisionError")


def test_choice_has_feedback_for_each_answer():
    asked = ask_choice("Which?", {"a": "That is the other one.", "b": "Right."})
    asked.button.click()
    assert "Choose one" in asked.status.text
    asked.field.value = "a"
    asked.button.click()
    assert "That is the other one." in asked.status.text
    asked.field.value = "b"
    asked.button.click()
    assert asked.verdict.ok
    with pytest.raises(ValueError, match="must be one of the options"):
        ask_choice("Which?", ["a"], right="c")
    with pytest.raises(ValueError, match="must be one of the options"):
        ask_choice("Which?", {"a": "Not this one."})
