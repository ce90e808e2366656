"""Orders, drawn curves, invariants: what the newer questions say to which mistake."""

import numpy as np
import pytest

from qmlcourse.widgets import ask_curve, ask_order, checks

X = np.linspace(0, 1, 101)


def wave(x):
    return np.sin(2 * np.pi * x)


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (wave(X) + 0.02, "Right"),
        (wave(X) * 1.2 + 0.1, "Close"),
        (-wave(X), "Upside down"),
        (wave(X) + 1.2, "the height is not"),
        (wave(2 * X), "Too fast"),
        (wave(X / 2), "Too slow"),
        (np.where(X < 0.5, np.nan, 0.0), "whole width"),
        (0.02 * wave(7 * X), "too flat"),
    ],
    ids=["right", "close", "upside", "height", "fast", "slow", "half", "flat"],
)
def test_a_drawn_curve_is_told_what_is_wrong(y, said):
    assert said in checks.drawn(X, y, wave, within=0.05).message


def test_a_curve_is_drawn_by_keys_and_checked():
    asked = ask_curve("Draw a line", lambda x: x, within=0.1, points=11)
    asked.field.figure.widget.arrows = {"dx": 0, "dy": -25, "n": 1}
    for n in range(10):
        asked.field.figure.widget.arrows = {"dx": 1, "dy": 5, "n": n + 2}
    asked.button.click()
    assert asked.status.text.startswith("✓ Right")


def test_steps_move_by_buttons_and_stop_at_the_ends():
    asked = ask_order("Count", ["one", "two", "three"])
    assert asked.field.value != ("one", "two", "three")
    first = asked.field.children[0].children
    assert first[0].disabled
    assert not first[1].disabled
    assert first[1].tooltip == "Move step 1 down"
    before = asked.field.value
    first[1].click()
    assert asked.field.value == (before[1], before[0], before[2])
    asked.field.move(0, -1)
    asked.field.value = ("one", "two", "three")
    asked.button.click()
    assert asked.verdict.ok
    with pytest.raises(ValueError, match="two or more different"):
        ask_order("Count", ["one", "one"])


def test_an_invariant_is_named_before_the_numbers():
    def truth(flux):
        return np.cos(2 * np.pi * flux)

    periodic = (lambda f: np.isclose(f(0.2), f(1.2)), "A whole flux quantum must change nothing.")
    verdict = checks.function(lambda flux: flux, truth, [0.1, 0.3], invariants=[periodic])
    assert verdict.message == "A whole flux quantum must change nothing."
    assert checks.function(truth, truth, [0.1, 0.3], invariants=[periodic]).ok
    broken = checks.function(lambda flux: 1 / 0, truth, [0.1], invariants=[periodic])
    assert "ZeroDivisionError" in broken.message
