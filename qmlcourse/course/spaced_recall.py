"""Questions that come back: those of all chapters, one at a time, when they are due."""

from __future__ import annotations

import datetime
import importlib

import ipywidgets

from ..widgets import StatusLine, guarded, kept, spacing
from ..widgets.checks import Verdict
from ..widgets.front import Quiet
from ..widgets.guard import sentence
from ..widgets.questions import Question
from ..widgets.words import say
from .chapters import CHAPTERS, Chapter
from .tasks import recall_keys


class SpacedRecall(Quiet, ipywidgets.VBox):
    """What waits to be recalled today, and the next question of it.

    Attributes
    ----------
    waiting : list of str
        Keys of the questions that are due, the longest waiting first.
    question : Question or None
        The question on the page.
    """

    def __init__(self):
        self.waiting: list[str] = []
        self.question: Question | None = None
        self._answered = True  # whether the question on the page had its first answer
        self.text = ipywidgets.HTML()
        self.place = ipywidgets.VBox()
        self.button = ipywidgets.Button().add_class("qml-button")
        self.status = StatusLine()
        safely = guarded(self.ask, lambda error: self.status.say(sentence(error), "error"))
        self.button.on_click(lambda _: safely())
        super().__init__([self.text, self.place, self.button, self.status])
        self.add_class("qml").add_class("qml-card")
        kept.watch(self._show)

    def close(self) -> None:
        """Take it off the page and stop watching."""
        kept.leave(self._show)
        super().close()

    def ask(self) -> None:
        """Put the question that has waited longest on the page."""
        if not self.waiting:
            return
        key = self.waiting[0]
        chapter = _chapter_of(key)
        self.status.say(say("Fetching the question from chapter {}.").format(chapter.number))
        if self.question:
            self.question.close()
        self.question = _question(chapter, key)
        self.question.afresh(self._told)
        self._answered = False
        head = say("Chapter {}: {}").format(chapter.number, say(chapter.title))
        self.place.children = [ipywidgets.HTML(f"<p><b>{head}</b></p>"), self.question]
        self.status.say("")
        self._show()

    def on_paper(self) -> str:
        """Return what stands here before the first chapter is done."""
        return f"<p>{_how()}</p>"

    def _told(self, verdict: Verdict) -> None:
        if self._answered:
            return
        self._answered = True
        key, today = self.question.key, datetime.date.today()
        kept.keep(key, spacing.recalled(kept.kept(key), verdict.ok, today))
        back = _when(spacing.due(kept.kept(key)), today)
        if verdict.ok:
            self.status.say(say("It comes back {}.").format(back), "good")
        else:
            again = say("Try on until you know it: it comes back {}.")
            self.status.say(again.format(back), "note")

    def _show(self) -> None:
        days = {key: spacing.due(kept.kept(key)) for keys in recall_keys().values() for key in keys}
        known = {key: day for key, day in days.items() if day}
        today = datetime.date.today()
        self.waiting = sorted((key for key in known if known[key] <= today), key=known.get)
        self.text.value = f"<p>{self._state(known, today)}</p>"
        self.button.description = say("Next question" if self.question else "Ask me")
        asking = not self._answered
        self.button.layout.display = None if self.waiting and not asking else "none"

    def _state(self, known: dict[str, datetime.date], today: datetime.date) -> str:
        n = len(self.waiting)
        if n == 1:
            return say("One question waits for you today.")
        if n:
            return say("{} questions wait for you today.").format(n)
        if known:
            back = _when(min(known.values()), today)
            return say("Nothing waits today. The next question comes back {}.").format(back)
        return _how()


def _how() -> str:
    return say(
        "Solve the four questions at the end of a chapter, and they come back here one, three and "
        "ten days later, then more and more rarely: to recall a thing just before it is forgotten "
        "is what makes it stay."
    )


def _when(day: datetime.date, today: datetime.date) -> str:
    far = (day - today).days
    if far <= 1:
        return say("tomorrow" if far == 1 else "today")
    return say("in {} days").format(far)


def _chapter_of(key: str) -> Chapter:
    number = next(number for number, keys in recall_keys().items() if key in keys)
    return next(chapter for chapter in CHAPTERS if chapter.number == number)


def _question(chapter: Chapter, key: str) -> Question:
    """Return one of a chapter's questions to recall; the others are closed again."""
    room = importlib.import_module(f"qmlcourse.explorers.{chapter.name}.recall")
    column = room.recall()
    found = next(one for one in column.children if one.key == key)
    for one in column.children:
        if one is not found:
            one.close()
    return found
