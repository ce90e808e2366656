"""The dataset of fingerprints: wires with random antidots and their g(B)."""

from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache

import numpy as np

from ...storage.dataset import Variable
from .. import arrays
from ._antidot_sites import notch_mask
from .antidot_wire import AntidotWire


@dataclass(frozen=True)
class Fingerprints:
    """Recipe: wires with one to `most` antidots that keep apart, their places and their g(B).

    Lengths in lattice constants, energy in hoppings; the fields go from 0 to `quanta` flux quanta
    through the whole wire. `notch` (x, y, radius) is a bite in the wall: without one, wires that
    are mirror images or shifted along x have one and the same fingerprint.
    """

    length: int = 36
    width: int = 24
    energy: float = -3.2
    notch: tuple = (12.0, 23.5, 4.5)
    fields: int = 64
    quanta: float = 16.0
    most: int = 3
    radius: tuple = (3.0, 4.0)
    chunk: int = 250
    device: str = "cpu"

    name = "fingerprints"

    @property
    def parameters(self):
        return {key: value for key, value in asdict(self).items() if key != "chunk"}

    @property
    def flux(self):
        """(field,) flux quanta a plaquette."""
        return np.linspace(0, self.quanta, self.fields) / (self.length * self.width)

    @property
    def coordinates(self):
        return {"flux": (self.flux, "flux quanta h/e a plaquette")}

    @property
    def variables(self):
        return {
            "conductance": Variable(
                ("flux",), (self.fields,), "e2/h", "conductance per spin, Tr t t^dagger"
            ),
            "antidots": Variable(
                ("antidot", "parameter"),
                (self.most, 3),
                "lattice constants",
                "x, y and radius of the antidots; rows of NaN hold none",
            ),
        }

    def make(self, generator, count):
        antidots = np.array([self._draw(generator) for _ in range(count)])
        wire = prepared_wire(self.length, self.width, self.energy, self.notch)
        if self.device == "cpu":
            g = wire.conductance(antidots, self.flux)
        else:
            import torch

            g = wire.conductance(torch.as_tensor(antidots, device=self.device), self.flux)
        return {"conductance": arrays.to_numpy(g), "antidots": antidots}

    def _draw(self, generator):
        """(most, 3): antidots inside the wire that keep apart from each other and the notch."""
        antidots = np.full((self.most, 3), np.nan)
        count = self._number(generator)
        number = 0
        while number < count:
            radius = generator.uniform(*self.radius)
            room = radius + 0.5
            x, y = generator.uniform([room, room], [self.length - 1 - room, self.width - 1 - room])
            others = antidots[:number]
            apart = np.hypot(others[:, 0] - x, others[:, 1] - y) > others[:, 2] + radius + 1
            bitten = self._bite.size and np.hypot(*(self._bite - [x, y]).T).min() < radius + 1
            if apart.all() and not bitten:
                antidots[number] = x, y, radius
                number += 1
        return antidots

    def _number(self, generator):
        """How many antidots the next wire holds."""
        return int(generator.integers(1, self.most + 1))

    @cached_property
    def _bite(self):
        """(n, 2): sites of the notch."""
        return np.argwhere(notch_mask(self.notch or None, self.length, self.width))


TIERS = {"laptop": Fingerprints(), "gpu": Fingerprints(chunk=10_000, device="cuda")}


def recipe(tier):
    """The recipe of a tier; `gpu` needs a GPU that torch sees."""
    return of_tier(TIERS, tier)


def of_tier(tiers, tier):
    """The recipe of a tier among `tiers`; `gpu` needs a GPU that torch sees."""
    if tier not in tiers:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(tiers)}.")
    if tier == "gpu":
        import torch

        if not torch.cuda.is_available():
            raise RuntimeError("the gpu tier needs a GPU that torch sees; use --tier laptop.")
    return tiers[tier]


@lru_cache(maxsize=2)
def prepared_wire(length, width, energy, notch):
    """One wire for all chunks of this process: its fields are prepared once."""
    return AntidotWire(length, width, energy, notch or None)
