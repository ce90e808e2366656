"""The result of chapter 6 as text: networks beside exact diagonalisation and coupled cluster."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...nqs.crystal import CHEMICAL_ACCURACY
from ..comparison import Comparison

EXACT = "exact diagonalisation in the same orbitals, computed here"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return energies and gaps of neural states beside the exact ones."""
    found = [
        Comparison(
            f"{row['name']}: correlation energy (hartree per cell)",
            row["exact"] - row["hartree_fock"],
            row["exact"] + row["error"] - row["hartree_fock"],
            source=EXACT,
        )
        for row in result["crystals"]
    ]
    for row in result["bands"].values():
        gap = row["two"]["gap"]
        words = f"{row['name']}: gap of the bands (hartree)"
        found.append(Comparison(words, row["exact"]["gap"], gap, source=EXACT))
    return found


def report(result: dict[str, Any]) -> str:
    """Return the numbers of a run as a table in plain text.

    Parameters
    ----------
    result
        What `compute` returns, or the stored result of it.

    Returns
    -------
    str
        Errors in millihartree per cell, which is one atom in a ring; gaps in hartree.
    """
    lines = [f"Neural states against exact diagonalisation, tier {result['tier']}"]
    lines += _six(result["six"]) + _ten(result["ten"])
    lines += _crystals(result["crystals"]) + _gaps(result["bands"])
    return "\n".join(lines + _sampling(result["sampling"]))


def _six(rows: list[dict]) -> list[str]:
    lines = [
        "H6 ring: errors in mHa per atom (our worst of all seeds)",
        "   bohr     HF    CCSD  CCSD(T)      NQS   weight of HF",
    ]
    for row in rows:
        worst = 1e3 * max(row["errors"]) / 6
        lines.append(
            f"   {row['spacing']:4.1f} {_peers(row, 6)} {worst:9.5f}   {row['weight']:.3f}"
        )
    return lines


def _ten(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    narrow, wide = rows[0]["narrow"], rows[0]["wide"]
    lines = [
        "H10 ring: errors in mHa per atom",
        f"   (with {narrow['parameters']} and {wide['parameters']} parameters for "
        f"{narrow['amplitudes']} amplitudes)",
        "   bohr     HF    CCSD  CCSD(T)   narrow    wide   weight of HF",
    ]
    for row in rows:
        lines.append(
            f"   {row['spacing']:4.1f} {_peers(row, 10)} {100 * row['narrow']['error']:8.4f} "
            f"{100 * row['wide']['error']:7.4f}   {row['weight']:.3f}"
        )
    return lines


def _crystals(rows: list[dict]) -> list[str]:
    lines = [
        f"crystals: errors in mHa per cell (chemical accuracy: {1e3 * CHEMICAL_ACCURACY:.2f})",
        "                    determinants       HF  CCSD(T)      NQS",
    ]
    for row in rows:
        triples = np.nan if row["ccsd_t"] is None else 1e3 * (row["ccsd_t"] - row["exact"])
        lines.append(
            f"   {row['name']:18s} {row['determinants']:9,d} "
            f"{1e3 * (row['hartree_fock'] - row['exact']):9.2f} {triples:8.3f} "
            f"{1e3 * row['error']:8.3f}"
        )
    return lines


def _gaps(bands: dict[str, dict]) -> list[str]:
    lines = ["gaps (hartree)        HF    1h/1p  2h1p/2p1h   exact"]
    for row in bands.values():
        gaps = [row[key]["gap"] for key in ("hartree_fock", "one", "two", "exact")]
        lines.append("   {:15s} {:7.4f} {:7.4f} {:9.4f} {:9.4f}".format(row["name"], *gaps))
    lines.append(f"   ring by EOM-CCSD {bands['ring']['eom_gap']:.4f}")
    return lines


def _sampling(facts: dict[str, Any]) -> list[str]:
    noise = [f"{row['draws']}: {1e3 * row['noise']:.2f}" for row in facts["rows"]]
    lines = [
        f"noise of a half-trained H6 (mHa) by draws: {', '.join(noise)}",
        "Metropolis acceptance, determinants with 99 % of the weight:",
    ]
    for key, row in facts["chains"].items():
        atoms, spacing = key.split("-")
        lines.append(
            f"   H{atoms} at {spacing} bohr: {100 * row['acceptance']:.1f} %, "
            f"{row['hold_99']} of {row['determinants']}"
        )
    return lines


def _peers(row: dict[str, Any], atoms: int) -> str:
    """Errors of Hartree-Fock and coupled cluster, mHa an atom, in columns."""
    parts = []
    for key in ("hartree_fock", "ccsd", "ccsd_t"):
        value = np.nan if row[key] is None else 1e3 * (row[key] - row["exact"]) / atoms
        parts.append(f"{value:7.3f}")
    return " ".join(parts)
