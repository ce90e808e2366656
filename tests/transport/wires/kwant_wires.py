"""What Kwant says of a wire that holds antidots or disorder."""

import kwant
import numpy as np


def kwant_conductance(wire, energy, filling, flux):
    """(field,) conductances of one wire."""
    system = wire.to_kwant(filling)
    return np.array(
        [
            kwant.smatrix(system, energy, params={"flux": f}).transmission(1, 0)
            for f in np.atleast_1d(flux)
        ]
    )


def kwant_density(wire, energy, filling, flux, lead):
    """(x, y) density of the states from one lead."""
    system = wire.to_kwant(filling)
    psi = kwant.wave_function(system, energy, params={"flux": flux})(lead)
    picture = np.zeros((wire.length, wire.width))
    for site, value in zip(system.sites, (np.abs(psi) ** 2).sum(0), strict=True):
        x, y = site.tag
        if 0 <= x < wire.length:
            picture[x, y] = value
    return picture
