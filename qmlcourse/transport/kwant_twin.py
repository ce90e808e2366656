"""Rings and wires built with Kwant: an independent engine for the same physics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import kwant


def kwant_ring(
    sites: np.ndarray, lead_rows: Sequence[int], on_site: np.ndarray, flux: float
) -> kwant.system.FiniteSystem:
    """Return a ring as a finalised Kwant system with the parameter `ring_flux`.

    Its leads are 0 (left) and 1 (right).

    Parameters
    ----------
    sites
        (site, 2), x and y of all sites.
    lead_rows
        The y of the rows of both leads.
    on_site
        (site,) in units of the hopping.
    flux
        Flux quanta h/e through one plaquette, fixed in the system.
    """
    import kwant

    square = kwant.lattice.square(norbs=1)
    builder = kwant.Builder()
    for (x, y), value in zip(sites, on_site, strict=True):
        builder[square(int(x), int(y))] = float(value)

    def along_x(to_site, from_site):
        # Kwant may ask for either direction of a bond
        step = to_site.tag[0] - from_site.tag[0]
        return -np.exp(-2j * np.pi * flux * from_site.tag[1] * step)

    def across_cut(to_site, from_site, ring_flux):
        step = to_site.tag[0] - from_site.tag[0]
        return along_x(to_site, from_site) * np.exp(-2j * np.pi * ring_flux * step)

    builder[square.neighbors()] = -1.0
    for hopping in builder.hoppings():
        (x1, y1), (x2, _) = hopping[0].tag, hopping[1].tag
        if x1 != x2:
            builder[hopping] = across_cut if {x1, x2} == {0, 1} and y1 > 0 else along_x

    for inward in (1, -1):
        strip = kwant.Builder(kwant.TranslationalSymmetry((-inward, 0)))
        for y in lead_rows:
            strip[square(0, y)] = 0.0
        strip[kwant.builder.HoppingKind((0, 1), square)] = -1.0
        strip[kwant.builder.HoppingKind((1, 0), square)] = along_x
        added = builder.attach_lead(strip)
        assert not added, "the lattice already holds every site that the lead needs"
    return builder.finalized()


def kwant_wire(mask: np.ndarray, on_site: np.ndarray) -> kwant.system.FiniteSystem:
    """Return a wire as a finalised Kwant system with the parameter `flux`.

    Its leads are 0 (left) and 1 (right). One full column of the clean wire stands at each end
    between the sample and its lead, so that an antidot may touch the lead.

    Parameters
    ----------
    mask
        (x, y), true where the wire has a site.
    on_site
        (x, y) in units of the hopping.
    """
    import kwant

    square = kwant.lattice.square(norbs=1)
    length, width = mask.shape
    builder = kwant.Builder()
    for x in range(-1, length + 1):
        for y in range(width):
            if x in (-1, length) or mask[x, y]:
                builder[square(x, y)] = float(on_site[x, y]) if 0 <= x < length else 0.0

    def along_x(to_site, from_site, flux):
        step = to_site.tag[0] - from_site.tag[0]
        return -np.exp(-2j * np.pi * flux * from_site.tag[1] * step)

    builder[kwant.builder.HoppingKind((0, 1), square)] = -1.0
    builder[kwant.builder.HoppingKind((1, 0), square)] = along_x
    for inward in (1, -1):
        strip = kwant.Builder(kwant.TranslationalSymmetry((-inward, 0)))
        strip[(square(0, y) for y in range(width))] = 0.0
        strip[kwant.builder.HoppingKind((0, 1), square)] = -1.0
        strip[kwant.builder.HoppingKind((1, 0), square)] = along_x
        builder.attach_lead(strip)
    return builder.finalized()
