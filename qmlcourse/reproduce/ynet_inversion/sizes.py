"""How many wires, networks and tries each tier takes, and what all tiers share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...ynet.recipes import recipe_of

STORED = "ynet_inversion_laptop"  # name of the shipped result
SHIPPED = ("one", "two", "symmetric", "rough")  # readers that are shipped
KNOWN = (*SHIPPED, "three")  # readers that can be trained

# how the rivals of the table are trained, on fewer wires and with fewer passes than the readers
COMPARED = replace(recipe_of("one"), redraw=12, read=8, tune=16)
ENERGIES = (-0.02, -0.01, 0.0, 0.01, 0.02)  # of the rough reader, from the recipe's, in hoppings
PATCHES = (8, 12, 20, 30, 50, 80, 120)  # numbers of neighbours in a patch of a sheet
SHEET = 1000  # points of a sheet that are measured and stored
# how readers become small: bits of the weights of each part, by the names in a reader's file
BITS = {"net.encode": 5, "net.draw": 6, "net.trace": 6, "flow": 6}
WITH_ENCODER = ("one",)  # the readers that keep branch A
ROUNDING_WIRES = 8_000  # new wires on which layers make up for their rounding
SHOWN = 24  # held-out wires whose pictures are stored


@dataclass(frozen=True)
class ReaderSizes:
    """The wires and networks of one tier.

    Attributes
    ----------
    one, two, three, symmetric, rough : int
        Wires of each reader, before a tenth is taken out for choices and scores.
    compare : int
        Wires of the comparison of Y-net and plain network.
    seeds : int
        Networks of each kind in the comparison.
    curve : tuple of int
        Smaller numbers of wires that the comparison is repeated with.
    fields : tuple of int
        Smaller numbers of magnetic fields that the comparison is repeated with.
    thick, thick_seeds : int
        Wires of a latent sheet, and sheets of each kind.
    scored : int
        Largest number of held-out wires that a score stands on.
    polish_one, polish_two : int
        Held-out wires with one and two antidots that are polished.
    mapped : int
        Wires on the maps of the latent space.
    """

    one: int = 60_000
    two: int = 200_000
    three: int = 60_000
    symmetric: int = 30_000
    rough: int = 30_000
    compare: int = 20_000
    seeds: int = 3
    curve: tuple[int, ...] = (2_500, 5_000, 10_000)
    fields: tuple[int, ...] = (8, 16, 32)
    thick: int = 8_000
    thick_seeds: int = 5
    scored: int = 1_000
    polish_one: int = 200
    polish_two: int = 40
    mapped: int = 1_500


TIERS = {
    "laptop": ReaderSizes(),
    "gpu": ReaderSizes(
        one=1_000_000,
        two=1_000_000,
        three=1_000_000,
        symmetric=200_000,
        rough=200_000,
        compare=100_000,
        seeds=5,
        thick=20_000,
        polish_one=500,
        polish_two=200,
    ),
}
