"""The four questions at the end of each chapter: answerable, and never silent."""

import importlib
import math

import ipywidgets
import numpy as np
import pytest

from qmlcourse.explorers.ucf_fingerprints.broken import curves
from qmlcourse.widgets.sketch import Sheet
from qmlcourse.widgets.steps import Steps

# the numbers, from elsewhere than the questions
NUMBERS = {
    "ab_oscillations": 6.62607015e-34 / 1.602176634e-19 / 1e-12 * 1e3,
    "ucf_fingerprints": 0.2582,
    "anderson_classification": 1 / (12 * 12 * 12),
    "ynet_inversion": 0.75,
    "haldane_rediscovery": 1.0,
    "nqs_bands": 400,
    "hidden_self_energies": 9.0,
}


@pytest.fixture(params=NUMBERS)
def room(request):
    return request.param


def questions(room):
    return importlib.import_module(f"qmlcourse.explorers.{room}").recall().children


def test_four_questions_one_of_them_a_number(room):
    asked = questions(room)
    assert len(asked) == 4
    assert [isinstance(one.field, ipywidgets.Text) for one in asked] == [False, False, False, True]
    assert [one.key.rsplit("-", 1)[1] for one in asked] == ["1", "2", "3", "4"]
    assert "chapter" in asked[2].children[0].value or room == "ab_oscillations"


def test_every_answer_gets_its_own_words(room):
    for asked in questions(room):
        if not isinstance(asked.field, ipywidgets.RadioButtons):
            continue
        said = []
        for _, option in asked.field.options:
            asked.field.value = option
            said.append((asked.try_now().ok, asked.verdict.message))
        assert sum(ok for ok, _ in said) == 1
        assert len({message for _, message in said}) == len(said) >= 3


def test_steps_stand_mixed_and_the_first_wrong_one_is_named(room):
    for asked in questions(room):
        if not isinstance(asked.field, Steps):
            continue
        mixed = asked.field.value
        assert not asked.try_now().ok
        order = _right(asked)
        asked.field.value = tuple(reversed(order))
        assert "from the end" in asked.try_now().message
        asked.field.value = order
        assert asked.try_now().ok
        swapped = (*order[:-2], order[-1], order[-2])
        asked.field.value = swapped
        assert f"first {len(order) - 2} stand right" in asked.try_now().message
        assert sorted(mixed) == sorted(order)


def _right(asked):
    """The right order, found by moving steps until the check agrees, as a student might."""
    import itertools

    return next(o for o in itertools.permutations(asked.field.value) if asked._check(o).ok)


def test_the_number_is_right_from_an_independent_source(room):
    asked = questions(room)[3]
    asked.field.value = f"{NUMBERS[room]:.6g}"
    assert asked.verdict.ok, asked.verdict
    asked.field.value = f"{-3.3 * NUMBERS[room]:.6g}"
    assert not asked.verdict.ok
    assert asked.status.text


def test_the_ring_is_drawn():
    asked = questions("ab_oscillations")[1]
    sheet = asked.field
    assert isinstance(sheet, Sheet)
    assert "whole width" in asked.try_now().message
    k = math.acos(0.4)  # energy -0.8, hopping -1; nine sites are ten bonds
    up = 4 * math.sin(k) ** 4 * math.sin(10 * k) ** 2 * abs(1 + np.exp(2j * np.pi * sheet.x)) ** 2
    down = (
        np.exp(2j * k) * math.sin(10 * k) ** 2
        - 2 * np.exp(1j * k) * math.sin(k) * math.sin(20 * k)
        + 2 * math.sin(k) ** 2 * (math.cos(20 * k) - np.cos(2 * np.pi * sheet.x))
    )
    sheet.y = up / abs(down) ** 2
    assert asked.try_now().ok, asked.verdict
    sheet.y = np.zeros_like(sheet.x)
    assert not asked.try_now().ok


def test_two_curves_are_even_and_the_broken_one_is_not():
    _, g = curves()
    assert abs(g[:2] - g[:2, ::-1]).max() < 1e-9
    assert abs(g[2] - g[2, ::-1]).max() > 0.2
    assert abs(np.diff(g[2])).max() < 3 * abs(np.diff(g[:2])).max()  # no jump gives it away
