"""The fits beside the truths that made their data, as text."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...self_energy import HiddenFermion
from ..comparison import Comparison
from .cases import TRUTHS

MADE = "the self-energies that made the curves"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return the pairing that fits find beside the one that made the data (all synthetic)."""
    found = []
    for row in result["recovery"]:
        gap, spread = (1e3 * value for value in row["gap"])
        truth = 1e3 * TRUTHS[row["truth"]].gap_parameter()
        words = f"{row['truth']}: Re Σ_ano(0) from three momenta (meV)"
        found.append(Comparison(words, truth, gap, spread, 0, MADE))
    for row in result["switches"]:
        if row["case"] in ("one momentum", "BCS, three momenta"):
            gaps = 1e3 * np.array(row["gaps"])
            words = f"{row['case']}: Re Σ_ano(0) (meV)"
            spread = float(np.ptp(gaps) / 2)
            middle = float((gaps.max() + gaps.min()) / 2)
            found.append(Comparison(words, 1e3 * row["true_gap"], middle, spread, 0, MADE))
    cover = result["coverage"]
    found.append(
        Comparison(
            "share of truths inside a 68 % band",
            0.68,
            cover["share"],
            cover["error"],
            0,
            "what a band of 68 % promises",
        )
    )
    return found


def report(result: dict[str, Any]) -> str:
    """Return what the fits find beside the truths; all data are synthetic."""
    lines = [f"Self-energies from synthetic curves, tier {result['tier']}"]
    lines.append(
        "three momenta, 10,000 counts   chi2   accepted   e(nor)  e(ano)  Re Σ_ano(0) (meV)"
    )
    for row in result["recovery"]:
        gap, spread = (1e3 * v for v in row["gap"])
        true = 1e3 * TRUTHS[row["truth"]].gap_parameter()
        lines.append(
            f"   {row['truth']:<27} {row['chi2']:.2f}   {100 * row['accepted']:>4.0f} %     "
            f"{row['e11'][1]:.2f}    {row['e12'][1]:.2f}    {gap:.1f} +- {spread:.1f} "
            f"(true {true:.1f})"
        )
    for row in result["counts"]:
        lines.append(
            f"   counts {row['peak']:<20.0e} {row['chi2']:.2f}   {100 * row['accepted']:>4.0f} %"
            "     "
            f"{row['e11'][1]:.2f}    {row['e12'][1]:.2f}"
        )
    cover = result["coverage"]
    lines.append(
        f"68 % band of Re Σ_ano(0): as computed it covers {100 * cover['raw_share']:.0f} % of "
        f"{cover['fitted']} truths ({cover['truths']} tried);"
    )
    lines.append(
        f"   times {cover['factor']:.2f}, calibrated on other truths, "
        f"{100 * cover['share']:.0f} +- {100 * cover['error']:.0f} %"
    )
    sds = ", ".join(f"{row['momenta']}: {1e3 * row['after']:.1f}" for row in result["posterior"])
    million = 1e3 * result["posterior_million"]["after"]
    lines.append(
        f"posterior sd of Re Σ_ano(0) (meV), momenta: {sds}; one with 10^6 counts: {million:.0f}"
    )
    for row in result["switches"]:
        gaps = "/".join(f"{1e3 * g:.0f}" for g in row["gaps"])
        lines.append(
            f"   {row['case']:<32} chi2 {row['chi2']:>6.2f}   Re Σ_ano(0) {gaps} meV "
            f"(true {1e3 * row['true_gap']:.0f})"
        )
    each = [f"{row['slope']:g}: {np.median(row['chi2']):.1f}" for row in result["slopes"]]
    slopes = ", ".join(each)
    lines.append(f"chi2 where the coupling changes with momentum, by slope (1/eV): {slopes}")
    for count, rows in result["ensembles"].items():
        lines.append(f"{count} momenta, Re Σ_ano(0) (meV) of the accepted fits, by ansatz:")
        lines += [f"   {_inside(row, HiddenFermion().gap_parameter())}" for row in rows]
    return "\n".join(lines)


def _inside(row: dict[str, Any], truth: float) -> str:
    gaps = np.array(row["gaps"])[np.array(row["accepted"])]
    if not len(gaps):
        return f"{row['ansatz']} none accepted"
    word = "inside" if gaps.min() <= truth <= gaps.max() else "OUTSIDE"
    return (
        f"{row['ansatz']} {1e3 * gaps.min():.0f} to {1e3 * gaps.max():.0f} ({len(gaps)} of "
        f"{len(row['gaps'])}, truth {word})"
    )
