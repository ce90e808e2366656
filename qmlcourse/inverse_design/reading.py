"""Reading a design: its fluxes as a table, and the nearest model with a name."""

from __future__ import annotations

from typing import Any

import numpy as np

from .gauge import one_model
from .loops import fluxes, wrapped
from .tight_binding import TightBinding


def flux_table(model: TightBinding, tolerance: float = 0.02) -> list[dict[str, Any]]:
    """Return the fluxes of one model, gathered: one row for each shape of loop and each value.

    Parameters
    ----------
    model
        One model in the plane.
    tolerance
        In pi: loops of one shape whose flux differs by less than this are gathered in a row.

    Returns
    -------
    list of dict
        ``lengths`` (sides, in bond lengths), ``area``, ``flux`` (mean, in units of pi, -1 to 1),
        ``spread`` (largest distance from the mean, in pi) and ``count``. The flux of a path along
        a line has no sign of its own; it is given as positive.

    Raises
    ------
    ValueError
        For a batch.
    """
    one_model(model)
    rows = []
    for loop in fluxes(model):
        value = float(loop.flux) / np.pi
        value = value if loop.area > 1e-9 else abs(value)
        for row in rows:
            apart = float(wrapped(value - row["values"][0], half_turn=1))
            if row["lengths"] == loop.lengths and abs(apart) < tolerance:
                row["values"].append(row["values"][0] + apart)
                break
        else:
            rows.append({"lengths": loop.lengths, "area": loop.area, "values": [value]})
    for row in rows:
        values = np.array(row.pop("values"))
        mean = values.mean()
        row["flux"] = float(wrapped(mean, half_turn=1))
        row["spread"] = float(np.abs(values - mean).max())
        row["count"] = len(values)
    return rows


def haldane_part(model: TightBinding) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (phi, m, t2) of the Haldane model nearest to a model on the honeycomb.

    The mean of the six complex second-neighbour amplitudes, and half the difference of the two
    on-site energies. For a design that is not finished this is a projection.

    Parameters
    ----------
    model
        A model on `honeycomb_lattice`, or a batch.

    Returns
    -------
    phi, m, t2 : numpy.ndarray
        Each of shape (...,): radians, hoppings, hoppings.
    """
    second = model.hoppings.detach()[..., 3:].mean(-1).cpu().numpy()
    on_site = model.on_site.detach().cpu().numpy()
    return np.angle(second), (on_site[..., 0] - on_site[..., 1]) / 2, np.abs(second)
