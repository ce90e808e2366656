"""The numbers of the paper beside those of a run of chapter 5."""

from __future__ import annotations

from typing import Any

from ...inverse_design.photocurrent import KERNELS
from ..comparison import Comparison
from .lattices import SIX

INUI = "K. Inui and Y. Motome, Communications Physics 6, 37 (2023)"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return the paper's designs beside ours: how often they are found, and how good they are."""
    done = {row["mesh"]: row for row in result["meshes"]}[20]
    six = result["triangular"]
    share = six["chern"].get(str(SIX), 0) / six["starts"]
    light = {row["kernel"]: row for row in result["kernels"] if row["broadening"] == 0.1}
    return [
        Comparison(
            "honeycomb: share of starts with |C| = 1", 1.0, done["topological"], source=INUI
        ),
        Comparison("honeycomb: σ at kT = e t (e²/h)", 0.309, done["sigma"][1], 0, 0.001, INUI),
        Comparison(
            "triangular: share of starts with C = 6",
            12 / 18,
            share,
            _of_counts(share, six["starts"]),
            _of_counts(12 / 18, 18),
            INUI,
        ),
        Comparison("triangular: best σ (e²/h)", 3.092, six["polished_sigma"], source=INUI),
        *(
            Comparison(f"sunlight, {kernel} kernel: {words}", paper, value, source=INUI)
            for kernel in ("velocity", "length")
            for words, paper, value in (
                ("height of the best cone of 3 spins", 0.72, light[kernel]["heights"][0]),
                ("current of 4 spins over that of 3", 0.74, light[kernel]["ratio"]),
            )
        ),
    ]


def _of_counts(share: float, count: int) -> float:
    """The error of a share of independent tries."""
    return float((share * (1 - share) / count) ** 0.5)


def report(result: dict[str, Any]) -> str:
    """Return the paper's numbers beside ours, as text.

    Parameters
    ----------
    result
        What `compute` returns.
    """
    done = {row["mesh"]: row for row in result["meshes"]}[20]
    six = result["triangular"]
    share = six["chern"].get(str(SIX), 0)
    lines = [
        f"Designs, tier {result['tier']}                       paper        ours",
        f"honeycomb: starts that end with |C| = 1    10 of 10     "
        f"{done['topological'] * done['starts']:.0f} of {done['starts']}",
        f"   their sigma at kT = e t (e2/h)          0.308-0.310  {done['sigma'][0]:.3f}-"
        f"{done['sigma'][2]:.3f}",
        f"triangular: starts with C = 6              12 of 18     {share} of {six['starts']}",
        f"   best sigma at kT = e t (e2/h)           3.092        {six['polished_sigma']:.4f}",
    ]
    lines.append("beyond the paper's cell, best of    sigma   C   gap (t1)   sigma at kT = 0.01 t1")
    for row in result["larger"]:
        best, cell = row["best"], "x".join(map(str, row["cell"]))
        case = f"{cell}, {row['shells']} shells, {row['filling']} electrons"
        lines.append(
            f"   {case:<28}{row['starts']:>4}  {best['sigma']:.3f}  {best['chern']:>2}   "
            f"{best['indirect_gap']:+.2f}      {best['cold_sigma']:.3f}"
        )
    return "\n".join(lines + _light(result))


def _light(result: dict[str, Any]) -> list[str]:
    """The photocurrent's part of the report."""
    widths = sorted({row["broadening"] for row in result["kernels"]})
    lines = ["sunlight: S_z of the best cone of 3, current of 4 over 3 (paper: 0.72, 0.74)"]
    lines.append("   broadening (eV)  " + "".join(f"{width:>14.2f}" for width in widths))
    for kernel in KERNELS:
        rows = [row for row in result["kernels"] if row["kernel"] == kernel]
        if all(row["ratio"] is None for row in rows):
            lines.append(f"   {kernel:<17}  a cone gives none")
            continue
        cells = "".join(f"{row['heights'][0]:>9.2f} {row['ratio']:.2f}" for row in rows)
        lines.append(f"   {kernel:<17}{cells}")
    lines.append("random textures, broadening 0.1 eV: what the best starts become")
    for row in result["textures"]:
        kinds = [kind for kind, _ in row["kinds"]]
        best, height = row["kinds"][0]
        lines.append(
            f"   {row['kernel']}, {row['sites']} spins: {kinds.count(best)} of {len(kinds)} {best}"
            + (f", S_z {height:.2f}" if height is not None else "")
            + f", {row['currents'][0]:.2f} A/m2"
        )
    return lines
