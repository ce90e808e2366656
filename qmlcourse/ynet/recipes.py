"""Sizes of the Y-nets of the course, and how long each branch learns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReaderRecipe:
    """Sizes of a Y-net and settings of its fits.

    Attributes
    ----------
    latent, hidden, reader, channels : int
        As of :class:`~qmlcourse.ynet.YNet`.
    redraw, read, tune : int
        Epochs of A and B, of C, and of all together.
    batch_size : int
        Wires in a batch.
    rate : float
        Highest learning rate of A and B; C and all together learn with half of it.
    excess : float
        Weight of the latent prior.
    anchor : float
        Weight of the distance from C's point to A's.
    doubt : float
        Weight of the likelihood by which C learns how far it is off.
    again : int
        Epochs of a second tuning, whose rate rises to a third of the first one's.
    """

    latent: int = 16
    hidden: int = 512
    reader: int = 512
    channels: int = 2
    redraw: int = 15
    read: int = 12
    tune: int = 25
    batch_size: int = 256
    rate: float = 2e-3
    excess: float = 1e-4
    anchor: float = 1e-3
    doubt: float = 1e-3
    again: int = 0

    @property
    def passes(self) -> int:
        """Return the passes over the data of all phases together."""
        return self.redraw + self.read + self.tune + self.again


RECIPES = {
    "live": ReaderRecipe(
        latent=8, hidden=256, reader=256, redraw=10, read=10, tune=10, batch_size=64
    ),
    "one": ReaderRecipe(),
    "two": ReaderRecipe(latent=32, hidden=640, reader=768, redraw=5, read=4, tune=18, again=8),
    "three": ReaderRecipe(latent=32, hidden=512, reader=512, redraw=3, read=2, tune=6),
    "symmetric": ReaderRecipe(hidden=384, reader=384, redraw=15, read=8, tune=12),
}


def recipe_of(recipe: str | ReaderRecipe) -> ReaderRecipe:
    """Return the recipe of a name in RECIPES, or the recipe itself.

    Raises
    ------
    ValueError
        For another name.
    """
    if isinstance(recipe, ReaderRecipe):
        return recipe
    if recipe not in RECIPES:
        raise ValueError(f"recipe is {recipe!r}; take one of {', '.join(RECIPES)}.")
    return RECIPES[recipe]
