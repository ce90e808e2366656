"""Checks that answer at once and say what kind of mistake it may be.

Pure functions: each compares an answer with the truth and returns a :class:`Verdict`. None of them
raises for a wrong answer, however strange it is.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np

from . import kept
from .words import say

_RIGHT = "Right."
# how well an answer must fit a factor to be told of it: a loose question is not a loose diagnosis
_TIGHT = 0.005


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    ok, close : bool
        Whether the answer is right, and whether it is nearly so.
    message : str
        One sentence.
    key : str
        The exercise that is counted as tried when the verdict is shown; empty for none.
    """

    ok: bool
    close: bool
    message: str
    key: str = ""

    def filed(self, key: str) -> Verdict:
        """Return the same verdict, counted under ``key`` when a student sees it."""
        return replace(self, key=key)

    def __bool__(self):
        return self.ok

    @property
    def tone(self) -> str:
        """``"good"``, ``"close"`` or ``"note"``, as the status line knows them."""
        return "good" if self.ok else "close" if self.close else "note"

    def __repr__(self):
        return f"{'✓' if self.ok else '≈' if self.close else '→'} {say(self.message)}"

    def _repr_html_(self):
        if self.key:
            kept.tried(self.key, self.ok)
        color = {"good": "#00735A", "close": "#8A5A00", "note": "#3C3C3C"}[self.tone]
        return f"<p role='status' style='color:{color};font-weight:600'>{escape(repr(self))}</p>"


def right(message: str) -> Verdict:
    """Return the verdict on a right answer; ``message`` is one sentence."""
    return Verdict(True, True, message)


def wrong(message: str, close: bool = False) -> Verdict:
    """Return the verdict on a wrong answer, which may be close; ``message`` is one sentence."""
    return Verdict(False, close, message)


def nothing_yet() -> Verdict:
    """Return the verdict on an answer that is still None."""
    return wrong("Put your result in place of None, then run this cell again.")


def filed(key: str) -> Callable[[Callable[..., Verdict]], Callable[..., Verdict]]:
    """Let a check of a student's code count as an exercise when its verdict is shown.

    Parameters
    ----------
    key
        Name under which the tries are kept.
    """

    def decorate(check):
        @functools.wraps(check)
        def checked(*args, **kwargs):
            return check(*args, **kwargs).filed(key)

        checked.key = key
        return checked

    return decorate


Hint = tuple[float | Callable[[float], bool], str]

_FACTORS: tuple[tuple[float, str], ...] = (
    (-1.0, "The size is right, the sign is not."),
    (2.0, "Your value is twice too large: where does a factor 2 enter?"),
    (0.5, "Your value is half of it: where does a factor 2 enter?"),
    (-2.0, "A sign and a factor 2 are off."),
    (-0.5, "A sign and a factor 2 are off."),
    (4.0, "Your value is four times too large: is something squared?"),
    (0.25, "Your value is a quarter of it: is something squared?"),
    (2 * np.pi, "Your value is too large by 2π: a frequency or an angular frequency, h or ħ?"),
    (0.5 / np.pi, "Your value is too small by 2π: a frequency or an angular frequency, h or ħ?"),
    (np.pi, "Your value is too large by a factor π."),
    (1 / np.pi, "Your value is too small by a factor π."),
    (180 / np.pi, "Are these degrees? Give radians."),
    (np.pi / 180, "Are these radians? Give degrees."),
    (np.log(10), "Too large by ln 10: which logarithm is it?"),
    (1 / np.log(10), "Too small by ln 10: which logarithm is it?"),
)


def number(
    answer: Any,
    truth: float,
    rtol: float = 0.01,
    atol: float = 0.0,
    hints: Sequence[Hint] = (),
    unit: str = "",
) -> Verdict:
    """Check a number, and name the typical mistake behind a wrong one.

    Parameters
    ----------
    answer
        The student's value; text such as ``"1,5"`` is read as well.
    truth
        The right value.
    rtol, atol
        Right is ``|answer - truth| <= atol + rtol |truth|``; ten times that is called close.
    hints
        Pairs of a wrong value (or a predicate of the answer) and the sentence for it. The wrong
        value that is nearest to the answer speaks, then the first predicate that holds, and only
        then the general diagnosis of sign, factors, angles and logarithms.
    unit
        Named where the answer is right.
    """
    value = _as_number(answer)
    if isinstance(value, Verdict):
        return value
    tolerance = atol + rtol * abs(truth)
    if abs(value - truth) <= tolerance:
        return Verdict(True, True, f"Right: {truth:.4g}{' ' + unit if unit else ''}.")
    if known := _nearest(value, hints, rtol, atol):
        return Verdict(False, False, known)
    if abs(value - truth) <= 10 * tolerance:
        return Verdict(False, True, "Close: look at the last digits, or at a rounding on the way.")
    tight = min(tolerance, _TIGHT * abs(truth))
    for factor, message in _FACTORS:
        if truth and abs(value - factor * truth) <= tight * abs(factor):
            return Verdict(False, False, message)
    if truth and value and abs(value * truth - 1) <= min(rtol, _TIGHT):
        return Verdict(False, False, "This is the inverse of it.")
    return Verdict(False, False, _direction(value, truth))


def curve(
    answer: Any,
    truth: Any,
    rtol: float = 0.01,
    atol: float = 0.0,
    hints: Sequence[tuple[Callable[[np.ndarray], bool], str]] = (),
) -> Verdict:
    """Check an array against the true one.

    Parameters
    ----------
    answer, truth
        Arrays of equal shape, real or complex.
    rtol, atol
        The largest deviation allowed is ``atol + rtol`` times the largest ``|truth|``.
    hints
        Pairs of a predicate of the answer and the sentence for it.
    """
    truth = np.asarray(truth)
    if answer is None or answer is Ellipsis:
        return Verdict(False, False, "Put your own result in place of the dots.")
    try:
        values = np.asarray(answer)
        values = values.astype(complex if values.dtype.kind == "c" else float)
    except (TypeError, ValueError):
        return Verdict(False, False, "This is not an array of numbers.")
    if values.shape != truth.shape:
        shapes = f"{_shape(values)}, but {_shape(truth)} is asked for"
        return Verdict(False, False, f"The shape is {shapes}.")
    if not np.all(np.isfinite(values)):
        count = int(np.sum(~np.isfinite(values)))
        return Verdict(False, False, f"{count} of {values.size} values are not finite.")
    tolerance = atol + rtol * float(np.max(np.abs(truth), initial=0.0))

    def apart(a, b):
        return float(np.max(np.abs(a - b), initial=0.0))

    error = apart(values, truth)
    if error <= tolerance:
        return Verdict(True, True, _RIGHT)
    for predicate, message in hints:
        if predicate(values):
            return Verdict(False, False, message)
    if error <= 10 * tolerance:
        return Verdict(False, True, f"Close: the largest deviation is {error:.2g}.")
    for factor, message in _FACTORS:
        if apart(values, factor * truth) <= tolerance * abs(factor):
            return Verdict(False, False, message)
    shift = np.mean(values - truth)
    if apart(values - shift, truth) <= tolerance:
        return Verdict(False, False, f"The form is right, but all is shifted by {shift:.3g}.")
    if truth.ndim == 1 and apart(values[::-1], truth) <= tolerance:
        return Verdict(False, False, "The curve runs backwards.")
    where = int(np.argmax(np.abs(values - truth)))
    return Verdict(False, False, f"The largest deviation is {error:.2g}, at index {where}.")


def function(
    f: Any,
    truth: Callable,
    cases: Sequence[Any],
    rtol: float = 0.01,
    atol: float = 0.0,
    invariants: Sequence[tuple[Callable[[Callable], bool], str]] = (),
) -> Verdict:
    """Check a student's function on arguments that were not shown.

    Parameters
    ----------
    f
        The student's function.
    truth
        The right function.
    cases
        Arguments of each call: a tuple of positional ones, a dictionary of named ones, or one
        argument.
    rtol, atol
        As in :func:`number` and :func:`curve`.
    invariants
        Pairs of a property of the student's function, such as ``lambda f: f(0) == f(1)``, and the
        sentence for a function that lacks it; they come before the cases.
    """
    if not callable(f):
        return Verdict(False, False, "This is not a function yet: define one and pass its name.")
    for holds, message in invariants:
        with suppress(Exception):  # a function that raises is named with its case below
            if not holds(f):
                return Verdict(False, False, message)
    for case in cases:
        args, kwargs = _arguments(case)
        at = ", ".join([*map(_short, args), *(f"{k}={_short(v)}" for k, v in kwargs.items())])
        expected = truth(*copy.deepcopy(args), **copy.deepcopy(kwargs))
        try:
            result = f(*copy.deepcopy(args), **copy.deepcopy(kwargs))
        except Exception as error:
            said = " ".join(str(error).split())
            message = f"Your function raised {type(error).__name__} at ({at}): {said}"
            return Verdict(False, False, message.rstrip(".: ") + ".")
        if result is None:
            return Verdict(False, False, f"At ({at}) nothing comes back: is a return missing?")
        compare = number if np.ndim(expected) == 0 and np.isrealobj(expected) else curve
        verdict = compare(result, expected, rtol, atol)
        if not verdict.ok:
            return Verdict(False, verdict.close, f"At ({at}): {verdict.message}")
    return Verdict(True, True, f"Right, in all {len(cases)} cases.")


def order(answer: Sequence[str], truth: Sequence[str]) -> Verdict:
    """Check the order of steps.

    Parameters
    ----------
    answer, truth
        The same steps, as the student has them and as they belong.
    """
    if list(answer) == list(truth):
        return Verdict(True, True, "Right, all steps are in order.")
    if list(answer) == list(reversed(truth)):
        return Verdict(False, True, "All is there, from the end to the beginning.")
    wrong = next(n for n, (a, b) in enumerate(zip(answer, truth, strict=True)) if a != b)
    off = sum(a != b for a, b in zip(answer, truth, strict=True))
    if wrong == 0:
        message = "Another step comes first."
    else:
        message = f"The first {wrong} stand right; another step follows them."
    return Verdict(False, off == 2, message)


def drawn(x: Any, y: Any, truth: Callable, within: float = 0.1) -> Verdict:
    """Check a drawn curve by its mean distance from the true one.

    Parameters
    ----------
    x, y
        The drawn points, x from left to right.
    truth
        Function of an array of x.
    within
        Largest mean distance, in parts of the true curve's range.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = np.isfinite(y)
    if known.mean() < 0.8:
        return Verdict(False, False, "Draw the curve over the whole width first.")
    x, y, right = x[known], y[known], np.asarray(truth(x), dtype=float)[known]
    span = float(np.ptp(right)) or 1.0

    def apart(a, b):
        return float(np.mean(np.abs(a - b))) / span

    off = apart(y, right)
    if off <= within:
        return Verdict(True, True, f"Right: off by {100 * off:.0f} % of the range on average.")
    if off <= 2 * within:
        return Verdict(False, True, f"Close: off by {100 * off:.0f} % of the range on average.")
    if apart(2 * np.mean(right) - y, right) <= within:
        return Verdict(False, False, "Upside down: where yours is high, the true one is low.")
    if apart(y - np.mean(y), right - np.mean(right)) <= within:
        return Verdict(False, False, "The form is right, the height is not.")
    half = np.interp(x, x[0] + 2 * (x - x[0]), y, right=np.nan)
    if (
        np.isfinite(half).any()
        and apart(half[np.isfinite(half)], right[np.isfinite(half)]) < within
    ):
        return Verdict(False, False, "Too fast by a factor of two: look at the period.")
    if apart(np.interp(x[0] + 2 * (x[: len(x) // 2] - x[0]), x, y), right[: len(x) // 2]) < within:
        return Verdict(False, False, "Too slow by a factor of two: look at the period.")
    if np.ptp(y) < 0.3 * span:
        return Verdict(False, False, "Yours is too flat.")
    return Verdict(False, False, f"Not yet: off by {100 * off:.0f} % of the range on average.")


def _as_number(answer: Any) -> float | Verdict:
    if answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip()):
        return Verdict(False, False, "Put a number in place of the dots.")
    if isinstance(answer, str):
        answer = answer.strip().replace(",", ".").replace("−", "-")
    try:
        value = np.asarray(answer)
        if value.size != 1 or value.dtype.kind == "b":
            raise ValueError
        if value.dtype.kind == "c":
            if abs(value.imag) > 1e-9 * abs(value):
                return Verdict(False, False, "This is complex, but a real number is asked for.")
            value = value.real
        value = float(value.reshape(()))
    except (TypeError, ValueError):
        return Verdict(False, False, "This is not one number; give it in a form such as 0.25.")
    if not np.isfinite(value):
        return Verdict(False, False, "This is not a finite number.")
    return value


def _nearest(value: float, hints: Sequence[Hint], rtol: float, atol: float) -> str:
    """Return the sentence of the wrong value next to an answer, or of the first predicate."""
    numbers = [one for one in hints if not callable(one[0])]
    near = [one for one in numbers if abs(value - one[0]) <= atol + rtol * abs(one[0])]
    if near:
        return min(near, key=lambda one: abs(value - one[0]) / (abs(one[0]) or 1.0))[1]
    return next((words for holds, words in hints if callable(holds) and holds(value)), "")


def _direction(value: float, truth: float) -> str:
    if value * truth < 0:
        return "Not yet: even the sign is different."
    if truth and value:
        power = np.log10(abs(value / truth))
        if abs(power) > 0.9 and abs(power - round(power)) < 0.005:
            return f"Off by a power of ten (10^{round(power)}): check the units."
    return f"Not yet: your value is too {'large' if abs(value) > abs(truth) else 'small'}."


def _arguments(case: Any) -> tuple[tuple, dict[str, Any]]:
    if isinstance(case, dict):
        return (), case
    return (case, {}) if isinstance(case, tuple) else ((case,), {})


def _short(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    return f"array of shape {_shape(value)}" if np.ndim(value) else repr(value)[:40]


def _shape(value: Any) -> str:
    return " × ".join(map(str, np.shape(value))) or "a single number"
