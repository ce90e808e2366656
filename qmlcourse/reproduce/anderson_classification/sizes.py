"""How many states, networks and samples each tier takes."""

from __future__ import annotations

from dataclasses import dataclass

STORED = "anderson_classification_laptop"  # name of the shipped result


@dataclass(frozen=True)
class ClassifierSizes:
    """The sizes of one tier.

    Attributes
    ----------
    seeds : int
        Networks of an ensemble.
    ensembles : tuple of (str, int, int)
        Recipe, lattice size and states of each network, for each ensemble.
    crossing_states : int
        States at each strength of a crossing.
    map_states : int
        States at each point of a phase map.
    map_size : int
        Lattice size of the phase maps.
    map_points : tuple of int
        Strengths and energies of a phase map.
    witness_sizes : tuple of int
        Lattice sizes of level statistics.
    witness_samples : int
        Samples of each strength and size.
    bars : tuple of (int, int)
        Width and slices in all of the box model's bars; the other witnesses take a quarter.
    percolation : tuple of int
        Smaller and larger edge of the cubes, and samples of each share.
    """

    seeds: int = 5
    ensembles: tuple[tuple[str, int, int], ...] = (
        ("small", 8, 2000),
        ("near", 8, 2000),
        ("small", 12, 2000),
        ("paper", 12, 2000),
    )
    crossing_states: int = 30
    map_states: int = 6
    map_size: int = 12
    map_points: tuple[int, int] = (16, 13)
    witness_sizes: tuple[int, ...] = (8, 12)
    witness_samples: int = 60
    bars: tuple[tuple[int, int], ...] = (
        (4, 400000),
        (6, 400000),
        (8, 240000),
        (10, 160000),
        (12, 80000),
    )
    percolation: tuple[int, int, int] = (16, 40, 400)


TIERS = {
    "laptop": ClassifierSizes(),
    "gpu": ClassifierSizes(
        ensembles=(("small", 24, 8000), ("paper", 24, 8000), ("paper", 40, 8000)),
        crossing_states=100,
        map_size=24,
        map_points=(32, 25),
        witness_sizes=(12, 20),
        witness_samples=400,
        bars=((4, 10**6), (6, 10**6), (8, 10**6), (12, 10**6), (16, 10**6)),
    ),
}
