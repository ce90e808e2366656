"""The wires of a run: made once, stored, and one kind at a time in memory."""

from __future__ import annotations

from ...storage.dataset import generate, load
from ...ynet.wires import Samples, samples_of, wires
from ..runner import Run

Split = tuple[Samples, Samples, Samples]


class WireSets:
    """Training, validation and held-out wires of each kind.

    Parameters
    ----------
    run
        The run whose folder holds the wires and whose sizes say how many there are.
    """

    def __init__(self, run: Run):
        self.run = run
        self._known: dict[str, Split] = {}

    def split(self, kind: str) -> Split:
        """Return training, validation and held-out wires of a kind; they are made where needed.

        Parameters
        ----------
        kind
            ``"one"``, ``"two"``, ``"three"`` or ``"symmetric"``.
        """
        if kind not in self._known:
            self._known = {}  # one kind at a time fits into memory
            recipe = wires(kind, "gpu" if self.run.device == "cuda" else "laptop")
            count = getattr(self.run.sizes, kind)
            folder = self.run.out / f"wires-{kind}"
            data = load(generate(recipe, count, folder, seed=self.run.seed, workers=1))
            made = samples_of(
                wires(kind), data.conductance.values, data.density.values, data.antidots.values
            )
            self._known[kind] = made.split()
        return self._known[kind]
