"""A solution is folded, shows its number, and cannot be a wrong one."""

import pytest

from qmlcourse.widgets.checks import Verdict
from qmlcourse.widgets.solution import solution


def text(fold):
    return fold.inside.children[0].value


def test_it_is_folded_and_shows_the_number_when_opened():
    fold = solution("The way:", 8.2274, "mT")
    assert fold.inside.layout.display == "none"
    fold.button.value = True
    assert fold.inside.layout.display is None
    assert "8.227 mT" in text(fold)


def test_a_verdict_is_shown_when_right_and_refused_when_wrong():
    assert "In all cases." in text(solution("So:", Verdict(True, True, "In all cases.")))
    with pytest.raises(ValueError, match="fails its own check: Too small"):
        solution("So:", Verdict(False, False, "Too small."))
