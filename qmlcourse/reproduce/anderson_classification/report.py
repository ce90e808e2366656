"""The accepted values beside ours, as text."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..comparison import Comparison
from .cases import CASES

ACCEPTED = "T. Ohtsuki and T. Mano, J. Phys. Soc. Jpn. 89, 022001 (2020)"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return where networks and transfer matrices see the transitions, beside accepted values."""
    rows = {(row["case"], row["classifier"]): row for row in result["crossings"]}
    best = list(dict.fromkeys(row["classifier"] for row in result["crossings"]))[-1]
    found = []
    for case, known in CASES.items():
        if known.accepted is None:
            continue
        row = rows[case, best]
        words = f"{case}: transition seen by networks"
        found.append(Comparison(words, known.accepted, row["mean"], row["spread"], 0, ACCEPTED))
        if case in (bars := result["witnesses"]["transfer"]):
            fit = bars[case]["fit"]
            value, error = fit["critical"], fit["critical_error"]
            words = f"{case}: transition seen by transfer matrices"
            found.append(Comparison(words, known.accepted, value, error, 0, ACCEPTED))
    return found


def report(result: dict[str, Any]) -> str:
    """Return the crossings of all classifiers beside the accepted ones, then the witnesses."""
    witnesses = result.get("witnesses", {})
    lines = [
        *_crossing_lines(result),
        *_bar_lines(witnesses.get("transfer", {})),
        *_level_lines(witnesses.get("levels", {})),
        *map(_baseline_line, result.get("baselines", [])),
    ]
    for name in ("sites", "bonds"):
        value = witnesses.get(f"classical {name}")
        if value:
            lines.append(f"classical threshold, {name}: {value[0]:.4f} +- {value[1]:.4f}")
    if "rotor" in result:
        row = result["rotor"]
        lines.append(
            f"kicked rotor: LSTM {row['mean']:.2f} +- {row['spread']:.2f}, spread as t^(2/3) at "
            f"K = {row['critical'][0]:.2f} +- {row['critical'][1]:.2f}"
        )
    for case, row in result.get("topology", {}).items():
        shares = ", ".join(f"{k} {v:.3f}" for k, v in row["agreement"].items())
        lines.append(f"topology, {case}: {shares}")
    return "\n".join(lines)


def _crossing_lines(result: dict[str, Any]) -> list[str]:
    names = list(dict.fromkeys(row["classifier"] for row in result["crossings"]))
    rows = {(row["case"], row["classifier"]): row for row in result["crossings"]}
    lines = [
        f"Crossings of p = 1/2, mean and spread of {result['settings']['seeds']} networks, "
        f"tier {result['tier']} (name-size of the training)",
        f"{'model':18}" + "".join(f"{name:>17}" for name in names) + "  accepted",
    ]
    for case in CASES:
        own = [rows[case, name] for name in names]
        accepted = own[0]["accepted"]
        lines.append(
            f"{case:18}"
            + "".join(f"{row['mean']:9.3f} ± {row['spread']:5.3f}" for row in own)
            + ("" if accepted is None else f"  {accepted:8g}")
        )
    return lines


def _bar_lines(rows: dict[str, Any]) -> list[str]:
    fits = {case: row["fit"] for case, row in rows.items()}
    return [
        f"transfer matrix, {case}: W_c {fit['critical']:.3f} +- {fit['critical_error']:.3f}, "
        f"exponent {fit['exponent']:.2f} +- {fit['exponent_error']:.2f}, "
        f"chi2 {fit['chi2']:.0f} of {fit['freedom']}"
        for case, fit in fits.items()
    ]


def _level_lines(levels: dict[str, Any]) -> list[str]:
    if not levels:
        return []
    others = ", ".join(
        f"{case} {row['crossing'][0]:.3g} +- {row['crossing'][1]:.2g}"
        for case, row in levels.items()
        if case != "box"
    )
    return [
        f"shares of states fall as L^-{levels['box']['slope'][0]:.2f}, as at the transition of "
        f"the box, in {others}"
    ]


def _baseline_line(row: dict[str, Any]) -> str:
    return f"right on {row['size']}^3 states, " + "; ".join(
        f"{key}: P2 {found['participation']:.3f}, components {found['components']:.3f}, "
        f"networks {np.mean(found['networks']):.3f} +- {np.std(found['networks'], ddof=1):.3f}"
        for key, found in row["accuracy"].items()
    )
