"""The numbers of chapter 2 beside those of theory, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..comparison import Comparison

UNIVERSAL = "P. A. Lee and A. D. Stone, Phys. Rev. Lett. 55, 1622 (1985), a long wire, per spin"
WEAK = "P. A. Mello and A. D. Stone, Phys. Rev. B 44, 3559 (1991), a long wire, per spin"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return variances and the dip at zero field beside theory, for the widest wires."""
    width = max(row["width"] for row in result["wires"])
    rows = [row for row in result["wires"] if row["width"] == width]
    found = []
    for field, words, reference in ((0, "no field", 2 / 15), (1, "a strong field", 1 / 15)):
        for row in rows:
            value, error = row["variance"][field], row["variance_error"][field]
            quantity = f"variance of g, {words}, wire of {row['length']} × {width} sites"
            found.append(Comparison(quantity, reference, value, error, 0, UNIVERSAL))
    for row in rows:
        quantity = f"dip of g at zero field, wire of {row['length']} × {width} sites"
        found.append(Comparison(quantity, 1 / 3, *row["dip"], 0, WEAK))
    return found


def report(result: dict[str, Any]) -> str:
    """Return what theory says beside our numbers, as text of at most 73 columns."""
    lines = [
        f"Disordered wires, tier {result['tier']}: {result['samples']} wires for each line",
        "variance of g per spin: 2/15 = 0.1333, in a strong field 1/15 = 0.0667",
        "0.2049(63) means 0.2049 ± 0.0063",
        "                 no field         in a strong field",
        "width length   ⟨g⟩   variance    ⟨g⟩   variance quanta channels      dip",
    ]
    for row in result["wires"]:
        (v1, v2), (e1, e2) = row["variance"], row["variance_error"]
        low, high = row["quanta"]
        before, after = row["channels"]
        lines.append(
            f"{row['width']:>5} {row['length']:>6} {row['mean'][0]:>5.2f} {_short(v1, e1):>10}"
            f" {row['mean'][1]:>6.2f} {_short(v2, e2):>10} {low:>3.0f}-{high:<2.0f}"
            f" {before:>4}>{after:<3} {_short(*row['dip'], 3):>9}"
        )
    widths = dict.fromkeys(row["width"] for row in result["wires"])
    paths = ", ".join(f"{mean_free_path(result['wires'], w):.1f} at width {w}" for w in widths)
    lines += [
        f"mean free path from Ohm's law: {paths} (sites)",
        "dip at zero field: theory 1/3, between mean free path and localisation",
        "correlation field in flux quanta through the wire (half width):",
    ]
    lines += [
        f"  {one['length']:>4} x {one['width']:<3} {_short(one['quanta'], one['error'], 2)}"
        for one in result["correlation"]
    ]
    return "\n".join(lines)


def _short(value: float, error: float, digits: int = 4) -> str:
    """Return a value with its error in the last digits, as in 0.2049(63)."""
    return f"{value:.{digits}f}({error * 10**digits:.0f})"


def mean_free_path(rows: Sequence[dict[str, Any]], width: int) -> float:
    """Return the mean free path l in lattice constants, from Ohm's law in a strong field.

    It follows from the slope of a straight line through the resistances at all lengths:
    1 / g = 1 / N + 2 L / (pi N l) for N channels in two dimensions.

    Parameters
    ----------
    rows
        The entries `wires` of a result.
    width
        Which of them to take.
    """
    chosen = [row for row in rows if row["width"] == width]
    lengths = [row["length"] for row in chosen]
    slope = np.polyfit(lengths, [1 / row["mean"][1] for row in chosen], 1)[0]
    return float(2 / (np.pi * chosen[0]["channels"][0] * slope))
