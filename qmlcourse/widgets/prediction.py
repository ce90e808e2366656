"""Predictions: an answer given before the experiment, kept, and shown again beside the outcome.

Nothing here says right or wrong at the time of the prediction.
"""

from __future__ import annotations

from html import escape

import ipywidgets

from . import kept as store
from .answers import CONFIDENCE, Answer
from .following import Follower
from .front import StatusLine, listed
from .guard import guarded, sentence
from .words import say


class Prediction(Follower):
    """Ask what will happen, and keep the answer.

    Parameters
    ----------
    question
        The question, as HTML.
    options
        The possible answers.
    key
        Name under which the answer is kept.
    """

    def __init__(self, question: str, options: list[str], key: str):
        self.key = key
        self.choice = ipywidgets.RadioButtons(
            options=[(say(one), one) for one in options], value=None
        )
        self.choice.add_class("qml-choice")
        self.confidence = ipywidgets.ToggleButtons(
            options=[(say(one), one) for one in CONFIDENCE],
            value=CONFIDENCE[1],
            description=say("How sure are you?"),
        )
        self.button = ipywidgets.Button(description=say("Keep my answer")).add_class("qml-button")
        self.status = StatusLine()
        self.button.on_click(lambda _: self._safely(self.keep))
        head = ipywidgets.HTML(f"<p>{say(question)}</p>").add_class("qml-question")
        self._head = head
        super().__init__([head, self.choice, self.confidence, self.button, self.status])
        self.add_class("qml").add_class("qml-card")
        self.follow()

    def keep(self) -> None:
        """Keep the present choice; it is locked from then on."""
        if self.choice.value is None:
            raise ValueError("Choose one of the answers first.")
        if store.kept(self.key) is None:
            store.keep(self.key, Answer(self.choice.value, self.confidence.value))

    def on_paper(self) -> str:
        """Return the question and its answers, for a page without a kernel."""
        return self._head.value + listed(label for label, _ in self.choice.options)

    def _show(self) -> None:
        answer = store.kept(self.key)
        locked = isinstance(answer, Answer)
        self.choice.disabled = self.confidence.disabled = self.button.disabled = locked
        if locked and answer.choice in dict(self.choice.options).values():
            self.choice.value, self.confidence.value = answer.choice, answer.confidence
            self.status.say("Kept. You will meet your answer again beside the outcome.")
        elif locked:  # kept when the question was put in other words
            self.status.say(f"Kept: {answer}.")
        else:
            self.choice.value = None
            self.status.say("")

    def _safely(self, action) -> None:
        guarded(action, lambda error: self.status.say(sentence(error), "error"))()

    @staticmethod
    def kept(key: str) -> Answer | None:
        """Return the kept answer, or None."""
        return store.kept(key)

    @staticmethod
    def clear(key: str | None = None) -> None:
        """Forget one answer, or all of them."""
        store.clear(key)

    @staticmethod
    def recall(key: str, answer: str | None = None, because: str = "") -> Recall:
        """Make a widget that shows the prediction again beside the outcome.

        Parameters
        ----------
        key
            Name under which the prediction is kept.
        answer
            What the experiment showed; one of the options, so that both can be compared.
        because
            The reason, in one sentence.
        """
        return Recall(key, answer, because)


class Recall(Follower):
    """A prediction beside its outcome; follows the kept answer, also when it is given later."""

    def __init__(self, key: str, answer: str | None, because: str):
        self.key, self._answer, self._because = key, answer, because
        self.text = ipywidgets.HTML()
        self.button = ipywidgets.Button(description=say("Show the outcome without one"))
        self.button.add_class("qml-button").on_click(lambda _: self.reveal())
        self._revealed = False
        super().__init__([self.text, self.button, StatusLine()])
        self.add_class("qml").add_class("qml-card").add_class("qml-outcome")
        self.follow()

    def reveal(self) -> None:
        """Show the outcome although nothing was predicted."""
        self._revealed = True
        self._show()

    def on_paper(self) -> str:
        """Return the outcome in a fold, for a page without a kernel."""
        if self._answer is None:
            return ""
        said = f"<p><b>{escape(say(self._answer))}</b>. {say(self._because)}</p>"
        return f"<details><summary>{say('What happens:')}</summary>{said}</details>"

    def _show(self) -> None:
        kept = store.kept(self.key)
        lines = []
        if kept is None:
            lines.append(say("You have not kept a prediction for this question yet."))
        else:
            choice, confidence = escape(say(kept.choice)), say(kept.confidence)
            lines.append(f"{say('Your prediction:')} <b>{choice}</b> ({confidence}).")
        hidden = kept is None and not self._revealed
        if self._answer is not None and not hidden:
            said = f"<b>{escape(say(self._answer))}</b>. {say(self._because)}"
            lines.append(f"{say('What happens:')} {said}".strip())
            if kept is not None:
                same = kept.choice == self._answer
                lines.append(
                    say("As you predicted." if same else "Not as you predicted: look again.")
                )
        self.text.value = "".join(f"<p>{line}</p>" for line in lines)
        self.button.layout.display = None if hidden and self._answer is not None else "none"
