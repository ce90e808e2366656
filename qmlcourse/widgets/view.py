"""The page of an explorer: what to look for, the picture, and its controls directly below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import ipywidgets

from .controls import Control
from .figure import LiveFigure
from .front import Fold, Quiet, StatusLine, heading
from .guard import guarded
from .how import how
from .tour import Stop, Tour
from .words import say


class Viewed(Protocol):
    """What a view asks of an explorer: traits of its state, words, a figure and files."""

    name: str
    title: str
    look_for: str
    path: tuple[Stop, ...]
    made_from: str
    computed_by: tuple[Callable[..., Any] | str, ...]
    status: str
    readout: str

    @property
    def figure(self) -> LiveFigure | None: ...

    @property
    def parts(self) -> dict[str, Control]: ...

    @property
    def tone(self) -> str: ...

    def traits(self) -> dict[str, Any]: ...

    def observe(self, handler: Callable[[Any], None], names: str | list[str]) -> None: ...

    def unobserve(self, handler: Callable[[Any], None], names: str | list[str]) -> None: ...

    def report(self, error: Exception) -> None: ...

    def set_state(self, state: dict[str, Any] | str) -> None: ...

    def reset(self) -> None: ...

    def bookmark(self) -> str: ...

    def extras(self) -> list[ipywidgets.Widget]: ...

    def beside(self, name: str) -> list[ipywidgets.Widget]: ...

    def export_png(self) -> bytes: ...

    def export_svg(self) -> bytes: ...

    def export_csv(self) -> bytes: ...


class ExplorerView(Quiet, ipywidgets.VBox):
    """The widget of one explorer, as its attribute `view` holds it."""

    def __init__(self, explorer: Viewed):
        self.explorer = explorer
        self._watched: list[tuple[Callable[[Any], None], str | list[str]]] = []
        self.controls: dict[str, ipywidgets.Widget] = {}
        self.status = StatusLine()
        self.readout = ipywidgets.HTML().add_class("qml-readout")
        self.bookmark = ipywidgets.Text(
            description=say("Bookmark"),
            continuous_update=False,
            tooltip=say("Copy it to share this view; paste one and press Enter to see it."),
        ).add_class("qml-bookmark")
        figure = explorer.figure
        picture = [] if figure is None else [figure.widget]
        note = ipywidgets.HTML(f"<p>{say(explorer.look_for)}</p>").add_class("qml-look-for")
        self.tour: Tour | None = None
        above: list[ipywidgets.Widget] = []
        if explorer.path:
            above.append(note.add_class("qml-in-lecture"))  # where a lecturer leads, no path does
            note = self.tour = Tour(
                explorer.path, explorer.set_state, explorer.look_for, self._guarded
            )
        said = ipywidgets.Box([self.readout, self.status]).add_class("qml-said")
        stage = ipywidgets.VBox([*above, note, *picture, said])
        body = ipywidgets.Box([stage.add_class("qml-stage"), self._dock()])
        top = [heading(explorer.title)] if explorer.title else []
        super().__init__([*top, body.add_class("qml-body")])
        self.add_class("qml").add_class("qml-explorer")

        self._watch(lambda _: self._follow_status(), "status")
        self._watch(lambda _: self._follow_readout(), "readout")
        self._watch(lambda _: self._follow_state(), list(explorer.parts))
        self.bookmark.observe(guarded(self._paste, explorer.report), "value")
        self._follow_status()
        self._follow_readout()
        self._follow_state()

    def close(self) -> None:
        """Take the view off the page and leave the explorer."""
        for handler, names in self._watched:
            self.explorer.unobserve(handler, names)
        self._watched.clear()
        super().close()

    def _guarded(self, action: Callable[[], Any]) -> Callable[[], Any]:
        return guarded(action, self.explorer.report)

    def _watch(self, handler: Callable[[Any], None], names: str | list[str]) -> None:
        self._watched.append((handler, names))
        self.explorer.observe(handler, names)

    def _dock(self) -> ipywidgets.Widget:
        """The controls below the picture; what is needed seldom is folded."""
        groups: dict[str, list[ipywidgets.Widget]] = {"main": [], "more": []}
        for name, control in self.explorer.parts.items():
            tags = self.explorer.traits()[name].metadata
            if "control" in tags:
                group = groups[tags.get("group", "main")]
                first = bool(self.explorer.beside(name))  # what plays stands at the picture
                group.insert(0 if first else len(group), self._control(name, control))
        extras = self.explorer.extras()
        for extra in extras:
            _translate(extra)
        reset = self._button("Reset", self.explorer.reset, "Back to the start")
        more = [Fold("More controls", groups["more"])] if groups["more"] else []
        told = self.explorer.computed_by or self.explorer.made_from
        made = [self._how()] if told else []
        seldom = [*extras, reset, *more, Fold("Save and share", self._share()), *made]
        grid = ipywidgets.Box(groups["main"]).add_class("qml-main")
        last = ipywidgets.Box(seldom).add_class("qml-seldom")
        return ipywidgets.VBox([*([grid] if groups["main"] else []), last]).add_class("qml-dock")

    def _how(self) -> Fold:
        words = ipywidgets.HTML().add_class("qml-made-by")
        fold = Fold("How", [words])

        def follow(_=None):
            if fold.button.value:  # a closed fold costs no message on each move
                words.value = how(self.explorer)

        fold.button.observe(guarded(follow, self.explorer.report), "value")
        self._watch(follow, list(self.explorer.parts))
        return fold

    def _control(self, name: str, control) -> ipywidgets.Widget:
        explorer = self.explorer
        widget = control.build(getattr(explorer, name))
        self.controls[name] = widget

        def follow(_=None):
            widget.value = getattr(explorer, name)

        def moved(change):
            try:
                setattr(explorer, name, change.new)
            finally:
                follow()

        widget.observe(guarded(moved, explorer.report), "value")
        self._watch(follow, name)
        row = control.row(widget)
        beside = explorer.beside(name)
        return ipywidgets.Box([*beside, row]).add_class("qml-beside") if beside else row

    def _share(self) -> list[ipywidgets.Widget]:
        name = self.explorer.name
        buttons = [
            self._button("Picture (PNG)", lambda: self._offer(f"{name}.png", "image/png")),
            self._button("Picture (SVG)", lambda: self._offer(f"{name}.svg", "image/svg+xml")),
            self._button("Data (CSV)", lambda: self._offer(f"{name}.csv", "text/csv")),
        ]
        return [ipywidgets.HBox(buttons).add_class("qml-row"), self.bookmark]

    def _offer(self, file: str, mime: str) -> None:
        explorer = self.explorer
        make = {
            "image/png": explorer.export_png,
            "image/svg+xml": explorer.export_svg,
            "text/csv": explorer.export_csv,
        }
        content = make[mime]()
        explorer.figure.widget.offer(file, content, mime)

    def _button(self, label: str, action, tooltip: str = "") -> ipywidgets.Button:
        button = ipywidgets.Button(description=say(label), tooltip=say(tooltip or label))
        safely = guarded(action, self.explorer.report)
        button.on_click(lambda _: safely())
        return button.add_class("qml-button")

    def _paste(self, change) -> None:
        if change.new == self.explorer.bookmark():
            return
        try:
            self.explorer.set_state(change.new)
        finally:
            self._follow_state()

    def _follow_state(self) -> None:
        self.bookmark.value = self.explorer.bookmark()

    def _follow_status(self) -> None:
        self.status.say(self.explorer.status, self.explorer.tone)

    def _follow_readout(self) -> None:
        self.readout.value = self.explorer.readout
        self.readout.layout.display = None if self.explorer.readout else "none"


def _translate(widget: ipywidgets.Widget) -> None:
    """Say what stands on an explorer's own buttons in the reader's language."""
    if getattr(widget, "description", ""):
        widget.description = say(widget.description)
    for child in getattr(widget, "children", ()):
        _translate(child)
