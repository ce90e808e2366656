"""When a question comes back: one, three and ten days after it is solved, then ever more rarely.

The days are those of FSRS, a schedule fitted to how people forget, in its published library.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

from fsrs import Card, Rating, Scheduler

from .answers import Tries

_DAY = datetime.timedelta(days=1)
# the day on which a question is solved is its first step; a wrong answer leads back to it
_SCHEDULE = Scheduler(
    learning_steps=(_DAY, _DAY, 3 * _DAY, 10 * _DAY),
    relearning_steps=(_DAY,),
    enable_fuzzing=False,
)


def due(answer: object) -> datetime.date | None:
    """Return the day on which a kept question comes back; None before it is solved."""
    if not isinstance(answer, Tries) or not answer.solved:
        return None
    card = _card(answer)
    return card and card.due.date()


def recalled(answer: Tries, ok: bool, today: datetime.date) -> Tries:
    """Return what is kept of a question after it came back.

    Parameters
    ----------
    answer
        What was kept of it; it is solved.
    ok
        Whether the first answer was right.
    today
        The day of the answer.
    """
    card = _card(answer) or _solved(today)
    card, _ = _SCHEDULE.review_card(card, Rating.Good if ok else Rating.Again, _noon(today))
    return replace(answer, memory=card.to_json())


def _card(answer: Tries) -> Card | None:
    """Return the schedule's card of a solved question; None where its day cannot be read."""
    try:
        if answer.memory:
            return Card.from_json(answer.memory)
        return _solved(datetime.date.fromisoformat(answer.day))
    except (json.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def _solved(day: datetime.date) -> Card:
    """Return the card of a question that was solved on that day."""
    card, _ = _SCHEDULE.review_card(Card(card_id=1, due=_noon(day)), Rating.Good, _noon(day))
    return card


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
