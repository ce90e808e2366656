"""Widgets that follow a kept answer until they are closed."""

from __future__ import annotations

import ipywidgets

from . import kept
from .front import Quiet


class Follower(Quiet, ipywidgets.VBox):
    """A widget that shows what is kept under its key, and changes with it."""

    key = ""

    def follow(self) -> None:
        """Show what is kept under the key, now and whenever it changes."""
        kept.follow(self.key, self._show)

    def close(self) -> None:
        """Take the widget off the page and stop following."""
        kept.leave(self._show)
        super().close()

    def _show(self) -> None:
        raise NotImplementedError
