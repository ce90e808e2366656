"""Questions with a check beside them: unlimited tries, and hints that grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets

from . import checks
from .checks import Verdict
from .front import Quiet, StatusLine
from .guard import guarded, sentence

LAST_HINT = "The solution below is yours to open."


class Question(Quiet, ipywidgets.VBox):
    """A question, a field, a check and its verdict.

    Attributes
    ----------
    field : ipywidgets.Widget
        Where the answer is given.
    verdict : Verdict or None
        What the last try was told.
    tries : int
        Number of different wrong answers so far.
    """

    def __init__(
        self,
        question: str,
        field: ipywidgets.Widget,
        check: Callable[[object], Verdict],
        unit: str = "",
        hints: Sequence[str] = (),
    ):
        self.field, self._check, self._hints = field, check, tuple(hints)
        self.verdict: Verdict | None = None
        self.tries = 0
        self._last: object = None
        self.status = StatusLine()
        self.button = ipywidgets.Button(description="Check").add_class("qml-button")
        self.button.on_click(lambda _: self._safely())
        head = ipywidgets.HTML(f"<p>{question}</p>").add_class("qml-question")
        parts = [field, *([ipywidgets.HTML(unit)] if unit else []), self.button]
        across = isinstance(field, ipywidgets.Text)
        box = ipywidgets.HBox(parts).add_class("qml-row") if across else ipywidgets.VBox(parts)
        super().__init__([head, box, self.status])
        self.add_class("qml").add_class("qml-card")

    def try_now(self) -> Verdict:
        """Check what stands in the field now."""
        answer = self.field.value
        self.verdict = self._check(answer)
        if not self.verdict.ok and answer != self._last:
            self.tries += 1
        self._last = answer
        self.status.say(f"{self.verdict!r}{self._hint()}", self.verdict.tone)
        return self.verdict

    def _hint(self) -> str:
        if self.verdict.ok or not self.tries:
            return ""
        if self.tries <= len(self._hints):
            return f" Hint: {self._hints[self.tries - 1]}"
        return f" {LAST_HINT}" if self.tries > max(1, len(self._hints)) else ""

    def _safely(self) -> None:
        guarded(self.try_now, lambda error: self.status.say(sentence(error), "error"))()


def ask_number(
    question: str,
    check: Callable[[object], Verdict] | float,
    unit: str = "",
    hints: Sequence[str] = (),
) -> Question:
    """Ask for a number.

    Parameters
    ----------
    question
        The question, as HTML.
    check
        A function from the typed text to a verdict, such as
        ``lambda value: checks.number(value, 0.5, rtol=0.02)``; or the right number itself.
    unit
        Shown behind the field.
    hints
        Shown one after the other, one more with each wrong answer.
    """
    if not callable(check):
        truth = float(check)

        def check(value):
            return checks.number(value, truth, unit=unit)

    field = ipywidgets.Text(placeholder="a number", continuous_update=False)
    asked = Question(question, field.add_class("qml-number"), check, unit, hints)
    field.observe(lambda change: change.new.strip() and asked._safely(), "value")
    return asked


def ask_choice(
    question: str,
    options: Sequence[str],
    right: str,
    feedback: dict[str, str] | None = None,
    hints: Sequence[str] = (),
) -> Question:
    """Ask for one of several answers.

    Parameters
    ----------
    question
        The question, as HTML.
    options, right
        The possible answers, and the right one among them.
    feedback
        What to say to each answer, wrong or right.
    hints
        Shown one after the other, one more with each wrong answer.
    """
    if right not in options:
        raise ValueError(f"right is {right!r}, but it must be one of the options.")
    says = feedback or {}

    def check(choice):
        if choice is None:
            return Verdict(False, False, "Choose one of the answers first.")
        ok = choice == right
        return Verdict(ok, ok, says.get(choice, "Right." if ok else "Not this one."))

    field = ipywidgets.RadioButtons(options=list(options), value=None).add_class("qml-choice")
    return Question(question, field, check, hints=hints)
