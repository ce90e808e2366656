"""How much each tier of chapter 5 computes."""

from __future__ import annotations

from dataclasses import dataclass

from ...inverse_design.photocurrent import KERNELS


@dataclass(frozen=True)
class DesignSizes:
    """The runs of one tier.

    Attributes
    ----------
    starts, larger_starts, texture_starts
        Number of random starts on the two lattices of the paper, on each larger cell, and of each
        spin texture.
    chunk
        Starts that are computed and stored together.
    meshes
        Meshes of the honeycomb, in points along an axis.
    betas
        Constant inverse temperatures of the honeycomb, in inverse hoppings.
    triangular_mesh
        Mesh of the triangular lattice with the paper's cell.
    larger
        The larger cases as (cell, shells of neighbours, electrons a cell, mesh).
    broadenings
        Broadenings at which the kernels are compared, in eV.
    texture_sites
        Numbers of spins in a cell.
    texture_kernels
        Kernels that are compared on cones.
    """

    starts: int = 256
    chunk: int = 64
    meshes: tuple[int, ...] = (8, 10, 12, 14, 16, 20, 24, 32)
    betas: tuple[float, ...] = (0.135, 0.368, 1.0, 5.0, 20.0, 200.0)
    triangular_mesh: int = 10
    larger: tuple[tuple[tuple[int, int], int, int, int], ...] = (
        ((2, 2), 4, 2, 10),
        ((4, 1), 3, 2, 10),
        ((2, 3), 3, 3, 8),
        ((4, 2), 3, 4, 7),
        ((3, 3), 3, 3, 7),
        ((3, 3), 3, 4, 7),
        ((3, 3), 4, 4, 7),
    )
    larger_starts: int = 64
    broadenings: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2)
    texture_sites: tuple[int, ...] = (3, 4, 6, 12)
    texture_starts: int = 10
    texture_kernels: tuple[str, ...] = KERNELS


TIERS = {
    "laptop": DesignSizes(),
    # more starts on finer meshes
    "gpu": DesignSizes(
        starts=1024, chunk=256, triangular_mesh=40, larger_starts=512, texture_starts=100
    ),
}
