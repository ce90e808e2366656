"""A solution that stays folded until the student opens it."""

from __future__ import annotations

import ipywidgets

from .checks import Verdict
from .front import Fold
from .words import say


def solution(
    text: str, value: float | Verdict | None = None, unit: str = "", digits: int = 4
) -> Fold:
    """Fold a solution away.

    Parameters
    ----------
    text
        The way to the answer, as HTML; formulas between dollar signs are typeset.
    value
        The answer, computed in the same cell: a number, or the verdict of the exercise's own
        check; None where the text says all. A verdict that is not right raises an error, so a
        solution that fails its check cannot stand in a notebook.
    unit
        Its unit.
    digits
        Significant digits shown.
    """
    if isinstance(value, Verdict):
        if not value.ok:
            raise ValueError(f"this solution fails its own check: {value.message}")
        answer = f" {say(value.message)}"
    else:
        answer = "" if value is None else f" <b>{value:.{digits}g} {unit}</b>"
    fold = Fold("Solution", [ipywidgets.HTMLMath(f"<p>{say(text)}{answer}</p>")])
    if isinstance(value, Verdict):  # what a check says may hold numbers of this machine's own
        fold.paper = f"<p>{say(text)}</p>"
    return fold.add_class("qml")
