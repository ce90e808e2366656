"""A map that fills up: each setting that the student visits leaves a point until it is cleared."""

import ipywidgets

from ...widgets import Explorer


class PointsExplorer(Explorer):
    """An explorer with `points`, a dict from a setting (tuple of the state) to its numbers."""

    def __init__(self, **start):
        self.points = {}
        super().__init__(**start)

    def extras(self):
        clear = ipywidgets.Button(description="Clear the points")
        clear.add_class("qml-button")
        clear.on_click(self.guarded(lambda _: self.clear()))
        return [clear]

    def clear(self):
        """Forget all points but the present one."""
        self.points.clear()
        self.refresh()
