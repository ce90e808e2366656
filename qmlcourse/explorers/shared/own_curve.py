"""What explorers of measured curves share: a simulated sample, or the student's own file."""

import numpy as np
import traitlets

from ...transport import read_curve
from ...transport.measured.curves import MAX_BYTES
from ...widgets import Explorer, ask_number, checks, upload


class OwnCurveExplorer(Explorer):
    """An explorer whose curve is simulated from the trait `sample`, until a file is given.

    Subclasses declare `sample`, and say in `simulate` what curve belongs to it; `curve` is the one
    to draw, None while the first one is computed. `own` is the student's curve, or None.
    """

    source = traitlets.Unicode("simulated")
    slow_depends = ("sample",)

    def __init__(self, **start):
        self.own = None
        super().__init__(**start)
        self.observe(self._back_to_simulated, "sample")

    def simulate(self, sample):
        """The MeasuredCurve of a simulated sample; runs in the worker."""
        raise NotImplementedError

    def extras(self):
        box = upload(
            "Your curve (CSV: field, conductance)", ".csv,.txt,.dat", read_curve, MAX_BYTES
        )
        box.observe(self.guarded(lambda change: self._take(change.new)), "value")
        self.upload = box
        return [box]

    def load(self, data):
        """Analyse a curve from the bytes of a CSV file; errors are sentences."""
        self._take(read_curve(data))

    def compute_slow(self, state):
        return {"simulated": self.simulate(state["sample"])}

    def curve(self, data):
        """The curve to draw."""
        return data.get("simulated") if self.own is None else self.own

    def _take(self, curve):
        self.own, self.source = curve, "yours"
        self.refresh()

    def _back_to_simulated(self, _):
        self.own, self.source = None, "simulated"


def ask_of_sample(question, explorer, read, unit, hints, key, rtol, unknown="truth"):
    """Ask for a number that belongs to the simulated sample on show in an `OwnCurveExplorer`.

    `read(truth)` returns the right number and the known mistakes, from what `explorer.truth()`
    says of the sample; a curve of the student's own has none. The rest is as in `ask_number`.
    """

    def check(answer):
        truth = explorer.truth()
        if truth is None:
            return checks.wrong(
                f"This is your own curve, whose {unknown} we do not know: press New first."
            )
        right, mistakes = read(truth)
        return checks.number(answer, right, rtol, hints=mistakes, unit=unit)

    return ask_number(question, check, unit, hints, key)


def fit_axes(ax, x, y):
    """Axes around a curve, with room for a legend above it."""
    ax.set_xlim(float(np.min(x)), float(np.max(x)))
    low, high = float(np.min(y)), float(np.max(y))
    room = (high - low) or 1.0
    ax.set_ylim(low - 0.08 * room, high + 0.25 * room)
