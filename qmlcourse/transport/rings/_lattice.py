"""The sites of a ring with two leads on the square lattice, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np


@dataclass(frozen=True)
class RingLattice:
    """Which lattice sites make up the ring and where its leads touch it.

    Sites have inner_radius <= distance from the centre (a site) <= outer_radius. Each lead is a
    strip of `lead_width` rows whose middle lies `lead_offset` rows above the centre. As in Kwant's
    `attach_lead`, the gap between the straight end of a lead and the round rim is filled with
    sites. Pieces that are not connected to the leads are left out.

    Raises
    ------
    ValueError
        For a geometry that is not a ring.
    """

    outer_radius: float
    inner_radius: float
    lead_width: int
    lead_offset: int = 0

    def __post_init__(self) -> None:
        outer, inner, width = self.outer_radius, self.inner_radius, self.lead_width
        for name in ("outer_radius", "inner_radius"):
            if not np.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be a finite number of lattice constants.")
        if inner <= 0:
            raise ValueError(
                f"the inner radius must be positive (a hole for the flux), not {inner:g}."
            )
        if inner >= outer:
            raise ValueError(
                f"the inner radius ({inner:g}) must be smaller than the outer radius ({outer:g})."
            )
        for name in ("lead_width", "lead_offset"):
            if int(getattr(self, name)) != getattr(self, name):
                raise ValueError(f"{name} is a whole number of sites, not {getattr(self, name)}.")
        if width < 1:
            raise ValueError(f"the lead must be at least one site wide, not {width}.")
        rows = self.lead_rows
        if max(abs(rows[0]), abs(rows[-1])) > outer:
            raise ValueError(
                f"the lead (width {width}, offset {self.lead_offset}) is wider than the ring: its "
                f"rows must lie between -{outer:g} and {outer:g}; make it narrower."
            )
        if self.lead_end < 1:
            raise ValueError(
                "the two leads would touch each other on top of the ring; take a smaller offset."
            )
        self.columns  # noqa: B018  (finds out whether the ring holds together)

    @property
    def lead_rows(self) -> tuple[int, ...]:
        """The y of the lead's rows, from below."""
        start = int(self.lead_offset) - int(self.lead_width) // 2
        return tuple(range(start, start + int(self.lead_width)))

    @cached_property
    def lead_end(self) -> int:
        """|x| of the column on which a lead sits: the ring's outermost within the lead's rows."""
        reach = [_reach(self.outer_radius, y) for y in self.lead_rows]
        return max(reach)

    @cached_property
    def columns(self) -> dict[int, np.ndarray]:
        """Dict from x to the sorted array of the y of its sites."""
        limit = int(np.floor(self.outer_radius))
        x, y = np.meshgrid(
            np.arange(-limit, limit + 1), np.arange(-limit, limit + 1), indexing="ij"
        )
        distance = np.hypot(x, y)
        inside = (distance >= self.inner_radius) & (distance <= self.outer_radius)
        for row in self.lead_rows:
            rim = _reach(self.outer_radius, row)
            gap = (y == row) & (np.abs(x) > rim) & (np.abs(x) <= self.lead_end)
            inside |= gap
        inside = _connected(inside, (limit - self.lead_end, limit + self.lead_rows[0]))
        columns = {int(x[i, 0]): y[i, inside[i]] for i in range(len(x)) if inside[i].any()}
        self._check(columns)
        return columns

    def _check(self, columns: dict[int, np.ndarray]) -> None:
        bonds = np.intersect1d(columns.get(0, []), columns.get(1, []))
        left, right = (columns.get(s * self.lead_end, np.array([])) for s in (-1, 1))
        if not ((bonds > 0).any() and (bonds < 0).any() and len(left) and len(right)) or not set(
            self.lead_rows
        ) <= set(right.tolist()):
            raise ValueError(
                f"a ring from radius {self.inner_radius:g} to {self.outer_radius:g} falls apart on "
                "the lattice; make its arms at least two lattice constants wide."
            )

    @cached_property
    def sites(self) -> np.ndarray:
        """(site, 2) array of x, y: the order of on-site values and of the Kwant twin."""
        return np.concatenate(
            [np.stack([np.full(len(y), x), y], 1) for x, y in sorted(self.columns.items())]
        )

    @cached_property
    def offsets(self) -> dict[int, int]:
        """Dict from x to the number of the first site of that column in `sites`."""
        counts = {x: len(y) for x, y in sorted(self.columns.items())}
        starts = np.concatenate([[0], np.cumsum(list(counts.values()))[:-1]])
        return {x: int(s) for x, s in zip(counts, starts, strict=True)}

    @cached_property
    def extent(self) -> int:
        """Largest |x| and |y| of the sites."""
        return int(np.abs(self.sites).max())


@lru_cache(maxsize=64)
def ring_lattice(
    outer_radius: float, inner_radius: float, lead_width: int, lead_offset: int = 0
) -> RingLattice:
    """Return the `RingLattice` of a geometry, made once for each."""
    return RingLattice(outer_radius, inner_radius, lead_width, lead_offset)


def _reach(outer: float, row: int) -> int:
    """Return the largest |x| of the ring's sites on a row."""
    return int(np.floor(np.sqrt(max(outer**2 - row**2, 0)) + 1e-12))


def _connected(inside: np.ndarray, start: tuple[int, int]) -> np.ndarray:
    """Return the part of a mask that nearest-neighbour steps reach from `start`."""
    from scipy.ndimage import label

    pieces, _ = label(inside)
    return pieces == pieces[start] if inside[start] else inside
