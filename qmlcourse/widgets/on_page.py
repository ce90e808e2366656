"""What each cell has put on the page, so that a cell that runs again takes its old widgets back.

ipywidgets keeps every widget until it is closed, and a kept answer tells whoever follows it. So
each run of a cell would leave one more explorer behind that computes and draws for nobody.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Protocol

import ipywidgets


class Closable(Protocol):
    """What can be taken off the page."""

    def close(self) -> None: ...


_shown: dict[str, tuple[Any, list[Closable]]] = {}  # cell -> its last run, and what that showed


def served() -> bool:
    """Return whether Voila runs this kernel: its page shows widgets and stores no outputs."""
    return "VOILA_PREHEAT" in os.environ


def show(thing: Closable) -> None:
    """Note that the running cell shows a thing; once it has run, close what it showed before."""
    shell, cell, run = _running()
    if cell is None:
        return
    last, things = _shown.get(cell, (run, []))
    if last == run:
        _shown[cell] = (run, [*things, thing])
        return
    _shown[cell] = (run, [thing])

    def close_old(*_: Any) -> None:
        shell.events.unregister("post_run_cell", close_old)
        there = {id(one) for _, still in _shown.values() for one in still}
        for one in things:
            if id(one) not in there:
                one.close()

    shell.events.register("post_run_cell", close_old)


def close_tree(widget: ipywidgets.Widget) -> None:
    """Close all that stands in a widget; the widget itself is closed by its own `close`."""
    for child in getattr(widget, "children", ()):
        if type(child).close is ipywidgets.Widget.close:
            close_tree(child)
        child.close()
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if isinstance(part, ipywidgets.Widget):
            part.close()


def _running() -> tuple[Any, str | None, Any]:
    """The shell, the cell that runs and its run; no cell where the front end does not say."""
    with contextlib.suppress(ImportError, AttributeError, KeyError, TypeError):
        from IPython import get_ipython

        shell = get_ipython()
        parent = shell.get_parent()
        return shell, parent["metadata"]["cellId"], parent["header"]["msg_id"]
    return None, None, None
