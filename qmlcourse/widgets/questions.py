"""Questions with a check beside them: unlimited tries, and hints that grow."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Sequence

import ipywidgets

from . import checks, kept, on_page
from .checks import Verdict
from .figure import still
from .front import Quiet, StatusLine, listed
from .guard import guarded, sentence
from .sketch import Sheet
from .state import freeze
from .steps import Steps
from .theme import CourseFigure
from .words import say

_LONGEST = 400  # letters of an answer that are read
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
    key : str
        Name under which the tries are kept; empty keeps none.
    mistakes : tuple
        Known mistakes and their sentences, of a question for a number.
    told : callable or None
        Hears each verdict, where someone listens.
    """

    def __init__(
        self,
        question: str,
        field: ipywidgets.Widget,
        check: Callable[[object], Verdict],
        unit: str = "",
        hints: Sequence[str] = (),
        key: str = "",
    ):
        self.key = key
        self.field, self._check, self._hints = field, check, tuple(hints)
        self.verdict: Verdict | None = None
        self.tries = 0
        self.mistakes: tuple[checks.Hint, ...] = ()
        self.told: Callable[[Verdict], None] | None = None
        self._last: object = None
        self.status = StatusLine()
        self.button = ipywidgets.Button(description=say("Check")).add_class("qml-button")
        self.button.on_click(lambda _: self._safely())
        head = ipywidgets.HTML(f"<p>{say(question)}</p>").add_class("qml-question")
        parts = [field, *([ipywidgets.HTML(say(unit))] if unit else []), self.button]
        across = isinstance(field, ipywidgets.Text)
        box = ipywidgets.HBox(parts).add_class("qml-row") if across else ipywidgets.VBox(parts)
        self._head, self._unit = head, unit
        super().__init__([head, box, self.status])
        self.add_class("qml").add_class("qml-card")
        before = kept.kept(key) if key else None
        if before is not None and before.solved:
            self.status.say(f"✓ You solved this on {before.day}.", "good")

    def try_now(self) -> Verdict:
        """Check what stands in the field now."""
        answer = self.field.value
        self.verdict = self._check(answer)
        given = freeze(answer)
        fresh = given != self._last
        if not self.verdict.ok and fresh:
            self.tries += 1
        if self.key and (fresh or self.verdict.ok):
            kept.tried(self.key, self.verdict.ok)
        self._last = given
        self.status.say(f"{self.verdict!r}{self._hint()}", self.verdict.tone)
        if self.told:
            self.told(self.verdict)
        return self.verdict

    def afresh(self, told: Callable[[Verdict], None]) -> None:
        """Ask as if it had never been answered; ``told`` hears each verdict."""
        self.told = told
        self.status.say("")

    def on_paper(self) -> str:
        """Return the question and what can be answered, for a page without a kernel."""
        if isinstance(self.field, ipywidgets.RadioButtons):
            return self._head.value + listed(label for label, _ in self.field.options)
        if isinstance(self.field, Steps):
            return self._head.value + listed(say(one) for one in self.field.value)
        return f"{self._head.value}<p>… {say(self._unit)}</p>" if self._unit else self._head.value

    def _hint(self) -> str:
        if self.verdict.ok or not self.tries:
            return ""
        if self.tries <= len(self._hints):
            return f" {say('Hint:')} {say(self._hints[self.tries - 1])}"
        return f" {say(LAST_HINT)}" if self.tries > max(1, len(self._hints)) else ""

    def _safely(self) -> None:
        guarded(self.try_now, lambda error: self.status.say(sentence(error), "error"))()


def ask_number(
    question: str,
    check: Callable[[object], Verdict] | float,
    unit: str = "",
    hints: Sequence[str] = (),
    key: str = "",
    *,
    mistakes: Sequence[checks.Hint] = (),
    rtol: float = 0.01,
    atol: float = 0.0,
) -> Question:
    """Ask for a number.

    Parameters
    ----------
    question, unit
        The question, as HTML, and what stands behind the field.
    check
        The right number; or a function from the typed text to a verdict.
    hints
        Shown one after the other, one more with each wrong answer.
    key
        Name under which the tries are kept; empty keeps none.
    mistakes, rtol, atol
        For the right number: known mistakes and their sentences, and how near is right; as of
        :func:`qmlcourse.widgets.checks.number`.
    """
    if not callable(check):
        truth = float(check)

        def check(value):
            return checks.number(value, truth, rtol, atol, mistakes, unit)

    field = ipywidgets.Text(placeholder=say("a number"), continuous_update=False)
    asked = Question(question, field.add_class("qml-number"), check, unit, hints, key)
    asked.mistakes = tuple(mistakes)
    field.observe(lambda change: change.new.strip() and asked._safely(), "value")
    return asked


def by_form(
    question: str, *names: str, start: Sequence[object] = (), unit: str = ""
) -> Callable[[Callable[..., Verdict]], Callable[..., Verdict | Question]]:
    """Let the check of an exercise in code be a form, where a page has no cell to write in.

    Parameters
    ----------
    question, unit
        What is asked there, as HTML, and what stands behind the field.
    names
        What is to be given, in the order of the check's arguments.
    start
        The values with which the exercise's cell stands in the notebook; None for each by default.

    Notes
    -----
    With other values, as those of a solution, the check is made at once, on every page.
    """
    untouched = tuple(start) or (None,) * len(names)

    def decorate(check):
        @functools.wraps(check)
        def asked(*values):
            if on_page.served() and all(map(_same, values, untouched)):
                return _form(question, names, check, unit)
            return check(*values)

        return asked

    return decorate


def _same(value: object, start: object) -> bool:
    """Whether an argument is still the one of the notebook; what is no plain number is not."""
    return value is start or (isinstance(value, (int, float)) and value == start)


def _form(question: str, names: Sequence[str], check: Callable[..., Verdict], unit: str):
    wanted = ", ".join(names)

    def read(text):
        try:
            values = ast.literal_eval(f"({text[:_LONGEST].replace('−', '-')},)")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            values = ()
        if len(names) == 1 and len(values) > 1:
            values = (values,)  # a list
        if len(values) != len(names):
            return checks.wrong(f"Give {wanted} as numbers, with a comma between two of them.")
        return check(*values)

    field = ipywidgets.Text(placeholder=wanted, continuous_update=False)
    return Question(
        question, field.add_class("qml-number"), read, unit, key=getattr(check, "key", "")
    )


def ask_choice(
    question: str,
    options: Sequence[str] | dict[str, str],
    hints: Sequence[str] = (),
    key: str = "",
    right: str = "",
    picture: CourseFigure | None = None,
) -> Question:
    """Ask for one of several answers.

    Parameters
    ----------
    options
        The possible answers, each with what is said to it; or a list of answers alone.
    question, hints, key
        As for :func:`ask_number`.
    right
        The right answer; by default the one to which something is said that begins with "Right".
    picture
        A figure to look at, between question and answers.
    """
    says = options if isinstance(options, dict) else {}
    right = right or next((one for one in says if says[one].startswith("Right")), "")
    if right not in options:
        raise ValueError(f"right is {right!r}, but it must be one of the options.")

    def check(choice):
        if choice is None:
            return Verdict(False, False, "Choose one of the answers first.")
        ok = choice == right
        return Verdict(ok, ok, says.get(choice, "Right." if ok else "Not this one."))

    field = ipywidgets.RadioButtons(
        options=[(say(one), one) for one in options], value=None
    ).add_class("qml-choice")
    asked = Question(question, field, check, hints=hints, key=key)
    if picture is not None:
        head, *rest = asked.children
        asked.children = (head, still(picture), *rest)
    return asked


def ask_order(
    question: str, steps: Sequence[str], hints: Sequence[str] = (), key: str = ""
) -> Question:
    """Ask for the order of steps.

    Parameters
    ----------
    steps
        Two or more different sentences, in the right order.
    question, hints, key
        As for :func:`ask_number`.
    """
    right = tuple(steps)
    if len(set(right)) < max(2, len(right)):
        raise ValueError("steps must be two or more different sentences.")
    return Question(
        question, Steps(right), lambda answer: checks.order(answer, right), hints=hints, key=key
    )


def ask_setting(
    question: str,
    explorer: object,
    check: Callable[[object], Verdict],
    hints: Sequence[str] = (),
    key: str = "",
) -> Question:
    """Ask for a setting of an explorer, by a button that also works where no code is shown.

    Parameters
    ----------
    explorer
        The explorer that is to be set.
    check
        A function of the explorer that returns a verdict.
    question, hints, key
        As for :func:`ask_number`.
    """
    return Question(question, ipywidgets.HTML(), lambda _: check(explorer), hints=hints, key=key)


def ask_curve(
    question: str,
    truth: Callable,
    within: float = 0.1,
    hints: Sequence[str] = (),
    key: str = "",
    **sheet,
) -> Question:
    """Ask for a curve.

    It is drawn with the pointer or the arrow keys.

    Parameters
    ----------
    truth
        The true curve, a function of an array of x.
    within
        Largest mean distance that is right, in parts of the true curve's range.
    question, hints, key
        As for :func:`ask_number`.
    sheet
        Labels, ranges and size, as of :class:`qmlcourse.widgets.sketch.Sheet`.
    """
    return Question(
        question,
        Sheet(**sheet),
        lambda curve: checks.drawn(*curve, truth, within),
        hints=hints,
        key=key,
    )
