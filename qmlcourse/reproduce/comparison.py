"""A number of ours beside the one that it is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """One line of "paper and ours".

    Attributes
    ----------
    quantity : str
        What is compared, in words, with its unit.
    reference, reference_error : float
        The number of the paper, of theory or of the exact solution, and its error; 0 where none is
        stated.
    ours, error : float
        Our number and its error.
    source : str
        Where the reference is from.
    scale : float or None
        What counts as 100 % of a difference; None takes the reference, which must not be zero then.
    """

    quantity: str
    reference: float
    ours: float
    error: float = 0.0
    reference_error: float = 0.0
    source: str = ""
    scale: float | None = None

    def __post_init__(self):
        if not (self.scale or self.reference):
            raise ValueError(f"{self.quantity!r} is compared with zero: say the scale.")

    @property
    def unit(self) -> float:
        """Return what counts as 100 %, positive."""
        return abs(self.scale or self.reference)

    @property
    def difference(self) -> float:
        """Return by how much ours differs, as a share of `unit`."""
        return (self.ours - self.reference) / self.unit
