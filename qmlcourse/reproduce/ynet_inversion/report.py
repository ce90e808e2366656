"""Tells the result of chapter 4 as text: each number with its floors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..comparison import Comparison

NEAREST = "the most similar fingerprint among all training wires"
PLAIN = "a plain network of the same training, three seeds"


def comparisons(result: dict[str, Any]) -> list[Comparison]:
    """Return the skill of readers beside that of their strongest rivals; 1 is a perfect picture."""
    words = {"one": "one antidot", "two": "two antidots", "three": "three antidots"}
    found = []
    for name, quantity in words.items():
        row = result["readers"][name]
        rival = row["floors"]["nearest fingerprint"]["skill"]
        quantity = f"{quantity}: skill of the picture"
        found.append(Comparison(quantity, rival, row["scores"]["skill"], 0, 0, NEAREST, 1.0))
    skills = {
        name: np.array([row["skill"] for row in rows])
        for name, rows in result["rivals"]["networks"].items()
    }
    (plain, spread), (own, error) = (
        (float(skills[name].mean()), float(skills[name].std(ddof=1))) for name in ("plain", "y-net")
    )
    quantity = f"{result['rivals']['training_wires']:,} wires: skill of the Y-net"
    return [*found, Comparison(quantity, plain, own, error, spread, PLAIN, 1.0)]


def report(result: dict[str, Any]) -> str:
    """Return the stored result as text."""
    return "\n".join(
        [
            f"tier {result['tier']}; wires that no network saw in training or choices",
            *_reader_lines(result["readers"]),
            *_rival_lines(result["rivals"]),
            *_polish_lines(result["polish"]),
            _symmetric_line(result["symmetric"]),
            *_sheet_lines(result["thickness"]),
            *_laboratory_lines(result["laboratory"]["rows"]),
        ]
    )


def reader_line(name: str, found: dict[str, Any]) -> str:
    """Return one line with the scores of a reader."""
    low, middle, high, tail = found["position"]
    return (
        f"{name:22s} skill {found['skill']:6.3f}, correlation {found['correlation']:.3f}, "
        f"SSIM {found['ssim']:.3f}, place {middle:.2f} sites (quartiles {low:.2f}, {high:.2f}; "
        f"nine in ten {tail:.2f}), sets exact {100 * found['exact']:.0f} %"
    )


def _reader_lines(readers: dict[str, Any]) -> list[str]:
    lines = []
    for name, row in readers.items():
        lines.append(reader_line(name, row["scores"]))
        if "floors" in row:
            lines.append(reader_line("  A and B alone", row["ceiling"]))
            lines += [reader_line(f"  {key}", found) for key, found in row["floors"].items()]
    return lines


def _rival_lines(rivals: dict[str, Any]) -> list[str]:
    lines = [f"one antidot, {rivals['training_wires']} wires, {rivals['passes']} passes, seeds"]
    for name, rows in rivals["networks"].items():
        skills = [row["skill"] for row in rows]
        places = [row["position"][1] for row in rows]
        lines.append(
            f"  {name:6s} skill {np.mean(skills):.3f} +- {np.std(skills, ddof=1):.3f}, place "
            f"{np.mean(places):.3f} +- {np.std(places, ddof=1):.3f} sites"
        )
    for key, unit in (("curve", "wires"), ("fields", "fields")):
        told = ", ".join(f"{row[unit]}: {row['skill']:.2f}" for row in rivals[key])
        lines.append(f"  skill of the Y-net with {unit} {told}")
    return lines


def _polish_lines(polish: dict[str, Any]) -> list[str]:
    return [
        f"polish {name}: {100 * row['exact']:.0f} % of {row['wires']} sets exact, place "
        f"{row['before']:.3f} -> {row['after']:.3f} sites, {row['tried']:.0f} wires tried"
        for name, row in polish.items()
    ]


def _symmetric_line(found: dict[str, Any]) -> str:
    return (
        f"symmetric wire: skill {found['network']:.3f}, mean of the four mirror images "
        f"{found['best_symmetric']:.3f}; the flow's shares "
        + ", ".join(f"{100 * share:.0f} %" for share in found["flow_shares"])
    )


def _sheet_lines(thickness: dict[str, Any]) -> list[str]:
    lines = []
    for name, rows in thickness.items():
        values = [row["thickness"] for row in rows]
        lines.append(
            f"sheet {name} wave functions: thickness {np.mean(values):.4f} +- "
            f"{np.std(values, ddof=1):.4f} on patches of some sites, "
            f"{np.mean([row['fine'] for row in rows]):.4f} below one site; dimension "
            f"{np.mean([row['dimension'] for row in rows]):.2f}"
        )
    return lines


def _laboratory_lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = []
    for row in rows:
        told = f"skill {row['skill']:.2f}, " if "skill" in row else ""
        lines.append(
            f"{row['reader']:5s} {row['what']:18s} {row['level']:<7g} {told}warned "
            f"{100 * row['warned']:.0f} %"
        )
    return lines
