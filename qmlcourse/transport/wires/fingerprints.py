"""The dataset of fingerprints: wires with random antidots and their g(B)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np

from ...storage.dataset import Variable
from .. import arrays
from ..randomness import Rng
from ._antidot_sites import notch_mask
from .antidot_wire import AntidotWire

Circle = tuple[float, float, float]  # x, y, radius
_Recipe = TypeVar("_Recipe")
_SHARED = 2**28  # any value: bytes of the prepared fields of a wire that is shared


@dataclass(frozen=True)
class Fingerprints:
    """Recipe of wires with one to `most` antidots that keep apart, their places and their g(B).

    Without a notch, wires that are mirror images or shifted along x have one and the same
    fingerprint.

    Attributes
    ----------
    length, width : int
        Of the wire, in lattice constants.
    energy : float
        In hoppings.
    notch : tuple
        A bite in the wall, x, y, radius; empty for a straight wire.
    fields : int
        Number of fields, from zero on.
    quanta : float
        Flux quanta through the whole wire at the last one.
    most : int
        Largest number of antidots.
    radius : tuple
        Smallest and largest radius of an antidot.
    chunk : int
        Wires that are made and stored together.
    device : str
        ``"cpu"``, or a device of torch.
    """

    length: int = 36
    width: int = 24
    energy: float = -3.2
    notch: Circle | tuple[Circle, ...] | tuple[()] = (12.0, 23.5, 4.5)
    fields: int = 64
    quanta: float = 16.0
    most: int = 3
    radius: tuple[float, float] = (3.0, 4.0)
    chunk: int = 250
    device: str = "cpu"

    name = "fingerprints"

    @property
    def parameters(self) -> dict[str, Any]:
        """JSON values that determine the data besides the seed."""
        return {key: value for key, value in asdict(self).items() if key != "chunk"}

    @property
    def flux(self) -> np.ndarray:
        """(field,) flux quanta h/e through one plaquette."""
        return np.linspace(0, self.quanta, self.fields) / (self.length * self.width)

    @property
    def coordinates(self) -> dict[str, tuple[np.ndarray, str]]:
        """Axes of the data, as values and units."""
        return {"flux": (self.flux, "flux quanta h/e a plaquette")}

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The arrays of the data, by name."""
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

    @property
    def wire(self) -> AntidotWire:
        """The wire without antidots, shared in this process."""
        return shared_wire(self.length, self.width, self.notch)

    def make(self, seed: Rng, count: int) -> dict[str, np.ndarray]:
        """Return `conductance` (count, field) and `antidots` (count, most, 3) of random wires.

        Parameters
        ----------
        seed
            An integer or a generator; all wires follow from it.
        count
            Number of wires.
        """
        rng = np.random.default_rng(seed)
        antidots = self.draw(rng, count)
        given = antidots
        if self.device != "cpu":
            import torch

            given = torch.as_tensor(antidots, device=self.device)
        g = self.wire.conductance(self.energy, self.flux, given)
        return {"conductance": arrays.to_numpy(g), "antidots": antidots}

    def draw(self, generator: np.random.Generator, count: int) -> np.ndarray:
        """Return antidots inside the wire, apart from each other and the notch.

        Parameters
        ----------
        generator
            Of the places.
        count
            Wires.

        Returns
        -------
        numpy.ndarray
            Shape (sample, antidot, 3): x, y and radius in lattice constants.
        """
        return np.array([self._draw(generator) for _ in range(count)])

    def _draw(self, rng: np.random.Generator) -> np.ndarray:
        """Return antidots (most, 3) that keep apart from each other, the walls and the notch."""
        antidots = np.full((self.most, 3), np.nan)
        count = self._number(rng)
        number = 0
        while number < count:
            radius = rng.uniform(*self.radius)
            room = radius + 0.5
            x, y = rng.uniform([room, room], [self.length - 1 - room, self.width - 1 - room])
            others = antidots[:number]
            apart = np.hypot(others[:, 0] - x, others[:, 1] - y) > others[:, 2] + radius + 1
            bitten = self._bite.size and np.hypot(*(self._bite - [x, y]).T).min() < radius + 1
            if apart.all() and not bitten:
                antidots[number] = x, y, radius
                number += 1
        return antidots

    def _number(self, rng: np.random.Generator) -> int:
        """Return how many antidots the next wire holds."""
        return int(rng.integers(1, self.most + 1))

    @cached_property
    def _bite(self) -> np.ndarray:
        """(n, 2): sites of the notch."""
        return np.argwhere(notch_mask(self.notch or None, self.length, self.width))


TIERS = {"laptop": Fingerprints(), "gpu": Fingerprints(chunk=10_000, device="cuda")}


def recipe(tier: str) -> Fingerprints:
    """Return the recipe of a tier; raises as :func:`of_tier` does."""
    return of_tier(TIERS, tier)


def of_tier(tiers: Mapping[str, _Recipe], tier: str) -> _Recipe:
    """Return the recipe of a tier among `tiers`; `gpu` needs a GPU that torch sees.

    Raises
    ------
    ValueError
        For a tier that there is not.
    RuntimeError
        For `gpu` without a GPU.
    """
    if tier not in tiers:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(tiers)}.")
    if tier == "gpu":
        import torch

        if not torch.cuda.is_available():
            raise RuntimeError("the gpu tier needs a GPU that torch sees; use --tier laptop.")
    return tiers[tier]


@lru_cache(maxsize=2)
def shared_wire(
    length: int, width: int, notch: Circle | tuple[Circle, ...] | tuple[()]
) -> AntidotWire:
    """Return one wire for all chunks of this process: its fields are prepared once.

    Parameters
    ----------
    length, width, notch
        Of the :class:`~qmlcourse.transport.AntidotWire`; an empty notch leaves it straight.
    """
    return AntidotWire(length, width, notch or None, max_bytes=_SHARED)
