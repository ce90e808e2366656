"""A prediction is kept, locked, and met again."""

import numpy as np
import pytest

from qmlcourse.widgets import Prediction, Sketch

OPTIONS = ["It doubles", "It stays"]


pytestmark = pytest.mark.usefixtures("nothing_kept")


def test_kept_answer_is_locked_and_shared():
    asked = Prediction("What happens?", OPTIONS, "period")
    asked.button.click()
    assert asked.status.text == "Choose one of the answers first."
    assert Prediction.kept("period") is None
    asked.choice.value = "It stays"
    asked.confidence.value = "certain"
    asked.button.click()
    assert str(Prediction.kept("period")) == "It stays (certain)"
    assert asked.choice.disabled
    assert asked.button.disabled
    again = Prediction("What happens?", OPTIONS, "period")
    assert (again.choice.value, again.choice.disabled) == ("It stays", True)
    assert "right" not in asked.status.text.lower()


def test_recall_follows_a_later_answer_and_hides_the_outcome_until_then():
    recall = Prediction.recall("period", "It stays", "The period is h/e.")
    assert "It stays" not in recall.text.value
    asked = Prediction("What happens?", OPTIONS, "period")
    asked.choice.value = "It doubles"
    asked.button.click()
    assert "Your prediction: <b>It doubles</b> (fairly sure)" in recall.text.value
    assert "What happens: <b>It stays</b>. The period is h/e." in recall.text.value
    assert "Not as you predicted" in recall.text.value
    Prediction.clear("period")
    assert "not kept" in recall.text.value
    assert not asked.choice.disabled


def test_recall_can_be_opened_without_a_prediction():
    recall = Prediction.recall("period", "It stays")
    recall.button.click()
    assert "What happens: <b>It stays</b>" in recall.text.value
    assert recall.button.layout.display == "none"


def point(sketch, x, y, phase, n):
    ax = sketch.figure.figure.axes[0]
    px, py = ax.transData.transform((x, y)) / sketch.figure.figure.bbox.size
    sketch.figure.widget.pointer = {"x": px, "y": py, "phase": phase, "n": n}


def test_sketch_is_drawn_by_dragging_and_kept():
    sketch = Sketch("Draw it", "curve", "x", "y", points=11)
    empty = sketch.figure.png()
    sketch.button.click()
    assert sketch.status.text.startswith("Draw a curve first")
    point(sketch, 0.2, 0.0, "down", 1)
    point(sketch, 0.6, 0.8, "move", 2)
    point(sketch, 0.6, 0.8, "up", 3)
    assert sketch.figure.png() != empty
    np.testing.assert_allclose(sketch.y[2:7], [0, 0.2, 0.4, 0.6, 0.8], atol=1e-6)
    sketch.button.click()
    x, y = Sketch.kept("curve")
    np.testing.assert_allclose(x, [0.2, 0.3, 0.4, 0.5, 0.6])
    point(sketch, 0.6, 0.1, "down", 4)
    np.testing.assert_allclose(Sketch.kept("curve")[1], y)
    np.testing.assert_allclose(sketch.y[2:7], y)
    assert "kept curve" in sketch.figure.widget.alt


def test_sketch_by_keyboard_and_clear():
    sketch = Sketch("Draw it", "curve", points=11, ylim=(-1, 1))
    sketch.figure.widget.arrows = {"dx": 0, "dy": 10, "n": 1}
    sketch.figure.widget.arrows = {"dx": 3, "dy": 0, "n": 2}
    np.testing.assert_allclose(sketch.y[:4], 0.4)
    sketch.again.click()
    assert not np.isfinite(sketch.y).any()
