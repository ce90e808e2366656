"""How a picture was computed: by which functions, and a few lines that do it again."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from html import escape
from typing import Any, Protocol

from .public_name import public_name
from .words import say


class Computed(Protocol):
    """What is read of an explorer."""

    made_from: str
    computed_by: tuple[Callable[..., Any] | str, ...]

    def bookmark(self) -> str: ...


def how(explorer: Computed) -> str:
    """Return, as HTML, the functions behind a picture, and code that gives its numbers now."""
    parts = sorted(explorer.computed_by, key=public_name)
    rows = "".join(f"<li>{_function(part)}</li>" for part in parts)
    told = [f"<ul>{rows}</ul>"] if rows else []
    if explorer.made_from:
        told.append(f"<p>{say(explorer.made_from)}</p>")
    code = snippet(explorer)
    if code:
        told.append(f"<p>{say('These lines give the numbers behind this picture:')}</p>")
        told.append(f"<pre tabindex='0'>{escape(code)}</pre>")
    return "".join(told)


def snippet(explorer: Computed) -> str:
    """Return lines that give the numbers of the present state; empty for a class of a notebook."""
    module, _, name = public_name(type(explorer)).rpartition(".")
    if "." not in module:
        return ""
    return (
        f"from {module} import {name}\n\nexplorer = {name}()\n"
        f"explorer.set_state({explorer.bookmark()!r})\nexplorer.data"
    )


def _function(part: Callable[..., Any] | str) -> str:
    module, _, name = public_name(part).rpartition(".")
    line = f"<code>from {module} import {name}</code>"
    about = "" if isinstance(part, str) else (inspect.getdoc(part) or "").partition("\n")[0]
    return f"{line}<br>{escape(about)}" if about else line
