"""Small pictures of words, for the cards of the glossary: computed, then written as SVG.

Each is a line or two, or a small map, without numbers on its axes. Text and lines take their
colours from the page, so that a picture is right on a light and on a dark one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

_WIDTH, _HEIGHT = 220, 96  # units of the SVG; the card scales it
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 212, 8, 76


def small_pictures() -> dict[str, str]:
    """Compute a small picture for each word that has one.

    Returns
    -------
    dict
        Words of the glossary, each with its picture as SVG.
    """
    return {word: make() for word, make in _MAKERS.items()}


def _flux_quantum() -> str:
    from ..transport import ChainRing

    flux = np.linspace(0, 3, 121)
    g = np.asarray(ChainRing(9, 12).closed_form(-0.8, flux))
    period = _bracket(0.5 / 3, 1.5 / 3, "one flux quantum")
    return _svg(
        "Conductance of a ring over flux: it repeats after each flux quantum.",
        _line(flux, g, (0, 3), (-0.1, 1.35)),
        period,
        _axes("flux through the ring", "g"),
    )


def _aharonov_bohm() -> str:
    x, y, r = 110, 42, 26
    parts = [
        f'<path class="l" d="M8 {y}H{x - r}M{x + r} {y}H212"/>',
        f'<circle class="l" cx="{x}" cy="{y}" r="{r}"/>',
        f'<circle class="m" cx="{x}" cy="{y}" r="11"/>',
        _text(x, y + 4, "Φ", "middle"),
        _text(x, y + r + 18, "two paths around one flux", "middle"),
    ]
    return _svg("A wire that splits into the two arms of a ring around a flux.", *parts)


def _localisation_length() -> str:
    sites, disorder = 160, 2.4
    energies = disorder * (np.random.default_rng(11).random(sites) - 0.5)
    chain = np.diag(energies) - np.eye(sites, k=1) - np.eye(sites, k=-1)
    _, states = np.linalg.eigh(chain)
    x = np.arange(sites)
    middle = np.argmin(np.abs((states**2).T @ x - sites / 2))
    psi = np.abs(states[:, middle])
    peak = int(np.argmax(psi))
    length = _decay_length(psi, peak)
    envelope = psi[peak] * np.exp(-np.abs(x - peak) / length)
    top = 1.1 * psi[peak]
    return _svg(
        "A localised state of a disordered chain, and the exponential under which it falls.",
        _line(x, psi, (0, sites - 1), (0, top)),
        _line(x, envelope, (0, sites - 1), (0, top), "n"),
        _axes("site", "|ψ|"),
    )


def _decay_length(psi: np.ndarray, peak: int) -> float:
    """Return the length of the exponential that fits a state's decay on both sides of its peak."""
    distance = np.abs(np.arange(len(psi)) - peak)
    near = distance < 60
    return -1 / np.polyfit(distance[near], np.log(psi[near] + 1e-12), 1)[0]


def _berry_curvature() -> str:
    from ..inverse_design import berry_curvature, haldane

    values = berry_curvature(haldane(np.pi / 2, 0.35, 0.15), 32).numpy()
    return _svg(
        "Berry curvature over the momenta of Haldane's model: large where the bands come close.",
        _image(values, 62, 8, 96, 68),
        _text(110, 92, "all momenta of a band", "middle"),
    )


def _fano_line() -> str:
    energy = np.linspace(-8, 8, 121)
    q = 1.5
    line = (q + energy) ** 2 / (1 + energy**2)
    return _svg(
        "Fano's line: a dip beside a peak.",
        _line(energy, line, (-8, 8), (0, 3.6)),
        _axes("energy", "g"),
    )


def _fermi_function() -> str:
    energy = np.linspace(-1, 1, 81)
    return _svg(
        "The Fermi function at a low and at a high temperature: a step, and a soft one.",
        _line(energy, 1 / (np.exp(energy / 0.03) + 1), (-1, 1), (0, 1.25)),
        _line(energy, 1 / (np.exp(energy / 0.2) + 1), (-1, 1), (0, 1.25), "n"),
        _text(64, 17, "cold", "middle"),
        _text(150, 52, "warm", "start"),
        _axes("energy", "f"),
    )


def _level_repulsion() -> str:
    spacing = np.linspace(0, 4, 81)
    repelled = np.pi / 2 * spacing * np.exp(-np.pi / 4 * spacing**2)
    return _svg(
        "How often two levels stand at a distance: independent ones often at zero, others never.",
        _line(spacing, repelled, (0, 4), (0, 1.1)),
        _line(spacing, np.exp(-spacing), (0, 4), (0, 1.1), "n"),
        _text(86, 40, "levels that repel", "start"),
        _text(24, 20, "independent", "start"),
        _axes("spacing of neighbours", ""),
    )


def _kramers_kronig() -> str:
    energy = np.linspace(-6, 6, 121)
    response = 1 / (energy + 1j)
    return _svg(
        "Real and imaginary part of one response: each follows from the other.",
        _line(energy, response.real, (-6, 6), (-1.1, 0.8)),
        _line(energy, response.imag, (-6, 6), (-1.1, 0.8), "n"),
        _text(150, 17, "real part", "start"),
        _text(64, 68, "imaginary", "middle"),
        _axes("energy", ""),
    )


def _fingerprint() -> str:
    from ..transport import DisorderedWire

    wire = DisorderedWire(30, 12)
    flux = np.linspace(0, 0.06, 73)
    g = wire.conductance(-1.0, flux, wire.potential(2.0, 3))
    return _svg(
        "Conductance of one disordered wire over field: irregular, and the same each time.",
        _line(flux, g, (0, 0.06), (g.min() - 0.2, g.max() + 0.2)),
        _axes("field B", "g"),
    )


_MAKERS: dict[str, Callable[[], str]] = {
    "Aharonov-Bohm effect": _aharonov_bohm,
    "Berry curvature": _berry_curvature,
    "Fano line": _fano_line,
    "Fermi function": _fermi_function,
    "Fingerprint": _fingerprint,
    "Flux quantum": _flux_quantum,
    "Kramers-Kronig relation": _kramers_kronig,
    "Level repulsion": _level_repulsion,
    "Localisation length": _localisation_length,
}


def _svg(alt: str, *parts: str) -> str:
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{alt}">{inside}</svg>'


def _line(
    x: ArrayLike,
    y: ArrayLike,
    across: Sequence[float],
    up: Sequence[float],
    kind: str = "m",
) -> str:
    """Draw a curve in the ranges `across` and `up`; kinds are the style sheet's classes."""
    right = np.interp(x, across, (_LEFT, _RIGHT))
    down = np.interp(y, up, (_BOTTOM, _TOP))
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(right, down, strict=True))
    return f'<polyline class="{kind}" points="{points}"/>'


def _axes(across: str, up: str) -> str:
    frame = f'<path class="l" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>'
    names = _text(_RIGHT, _BOTTOM + 15, across, "end")
    return frame + names + (_text(_LEFT + 5, _TOP + 8, up, "start") if up else "")


def _bracket(start: float, end: float, words: str) -> str:
    a, b = (round(_LEFT + share * (_RIGHT - _LEFT)) for share in (start, end))
    return f'<path class="l" d="M{a} 24v-5H{b}v5"/>' + _text((a + b) // 2, 15, words, "middle")


def _text(x: int, y: int, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def _image(values: np.ndarray, x: int, y: int, width: int, height: int) -> str:
    """Draw a map of numbers as a picture of one pixel a number."""
    import matplotlib

    from ..widgets.png import encode

    shades = matplotlib.colormaps["cividis"](values / values.max(), bytes=True)
    data = base64.b64encode(encode(shades)).decode("ascii")
    return (
        f'<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )
