"""Callbacks whose exceptions are always seen.

A page served by Voila drops an exception raised in a widget callback: nothing on the page, nothing
in the log. Every callback of the kit therefore passes through :func:`guarded`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from traitlets import TraitError

USER_ERRORS = (ValueError, TraitError)


def sentence(error: BaseException) -> str:
    """Say an exception in one sentence that a student can read.

    Parameters
    ----------
    error
        What was raised. A ``ValueError`` (or ``TraitError``) is taken to be addressed to the user,
        and is said in its own words; anything else is introduced as something that went wrong.
    """
    text = " ".join(str(error).split())
    if isinstance(error, USER_ERRORS) and text:
        return text if text[-1] in ".!?" else text + "."
    return f"Something went wrong: {type(error).__name__}" + (f": {text}" if text else "")


def guarded(function: Callable, report: Callable[[Exception], None]) -> Callable:
    """Wrap a callback so that an exception reaches ``report`` instead of vanishing.

    Parameters
    ----------
    function
        The callback.
    report
        Called with the exception. The wrapped callback then returns ``None``.
    """

    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception as error:
            report(error)
            return None

    return call
