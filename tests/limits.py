"""Where an argument stops being possible: the last value that is taken, the first refused."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any


def check_limits(call: Callable[[Any], Any], fine: Sequence, refused: Sequence) -> None:
    """Call with each value that is possible, and see a ValueError for each that is not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for value in fine:
            call(value)
        for value in refused:
            assert _refusal(call, value), f"{value!r} was taken"


def _refusal(call: Callable[[Any], Any], value: Any) -> str:
    try:
        call(value)
    except ValueError as error:
        return str(error)
    return ""
