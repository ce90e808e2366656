"""Crystals that are shipped: integrals computed with PySCF, stored as small files.

They are made again by `qmlcourse crystals NAME --out FOLDER`, which needs the extra `[pbc]`.
"""

from __future__ import annotations

from ..storage import shipped
from .crystal import Crystal, read_crystal

CRYSTALS = {
    "chain-6": "flat periodic chain of 6 hydrogen atoms, 1.8 bohr",
    "chain-8": "flat periodic chain of 8 hydrogen atoms, 1.8 bohr, half a twist",
    "chain-10": "flat periodic chain of 10 hydrogen atoms, 1.8 bohr",
    "polyacetylene-3": "trans-polyacetylene, pi electrons, 3 momenta",
    "polyacetylene-4": "trans-polyacetylene, pi electrons, 4 momenta",
    "polyacetylene-5": "trans-polyacetylene, pi electrons, 5 momenta",
    "graphene-2x2": "graphene, pi electrons, 2 x 2 momenta with Gamma",
    "graphene-2x2-50": "graphene, pi electrons, 2 x 2 momenta shifted 50 % of the way to K",
    "graphene-2x2-80": "graphene, pi electrons, 2 x 2 momenta shifted 80 % of the way to K",
    "graphene-2x2-95": "graphene, pi electrons, 2 x 2 momenta shifted 95 % of the way to K",
    "graphene-2x3": "graphene, pi electrons, 2 x 3 momenta with Gamma",
    "lih-2x1x1": "lithium hydride, 2 momenta",
    "lih-3x1x1": "lithium hydride, 3 momenta",
}


def load_crystal(name: str) -> Crystal:
    """Return one of the shipped crystals.

    Parameters
    ----------
    name
        A key of `CRYSTALS`.

    Raises
    ------
    ValueError
        Where no crystal has that name.
    RuntimeError
        Where the file does not match its checksum.
    """
    if name not in CRYSTALS:
        raise ValueError(f"no crystal {name!r} is shipped; there is {', '.join(CRYSTALS)}.")
    return read_crystal(shipped.read(f"crystal_{name.replace('-', '_')}"))
