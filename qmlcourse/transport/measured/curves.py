"""Measured curves: read a CSV of field and conductance, find the period, tell the ring's radius."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import e as _ELEMENTARY_CHARGE
from scipy.constants import h as _PLANCK

from .. import arrays
from ..randomness import Rng

FLUX_QUANTUM = _PLANCK / _ELEMENTARY_CHARGE  # h/e in T m^2
MAX_BYTES = 5_000_000
_MIN_POINTS = 16
_TESLA = {"t": 1.0, "tesla": 1.0, "mt": 1e-3, "ut": 1e-6, "µt": 1e-6, "g": 1e-4, "gauss": 1e-4}
_FLUX_NAMES = ("flux", "phi", "ring")
_FIELD_NAMES = ("b", "field", "magnetic", *_FLUX_NAMES)
_CONDUCTANCE_NAMES = ("g", "conductance", "cond", "r", "resistance")


@dataclass(frozen=True)
class MeasuredCurve:
    """A conductance curve against magnetic field or flux.

    Attributes
    ----------
    field : numpy.ndarray
        (n,) increasing; tesla, or flux quanta h/e when `unit` is 'h/e'.
    conductance : numpy.ndarray
        (n,) in the unit of the file; a resistance is inverted when read.
    unit : str
        'T' or 'h/e'.
    notes : tuple of str
        Sentences about what the reader did to the data.
    """

    field: np.ndarray
    conductance: np.ndarray
    unit: str = "T"
    notes: tuple[str, ...] = ()

    def to_csv(self) -> bytes:
        """Return the curve as bytes of a CSV that `read_curve` takes."""
        name = "field_T" if self.unit == "T" else "ring_flux"
        rows = [f"{name},conductance"]
        rows += [f"{b:.9g},{g:.9g}" for b, g in zip(self.field, self.conductance, strict=True)]
        return ("\n".join(rows) + "\n").encode()


def read_curve(data: bytes | str, *, max_bytes: int = MAX_BYTES) -> MeasuredCurve:
    """Read a curve from CSV: one column of field or flux, one of conductance.

    Commas, semicolons, tabs and spaces separate; decimal commas are understood with semicolons or
    tabs. A header names the columns and the unit of the field, as in `B_mT,G`; without one, the
    first column is the field in T. Columns called R or resistance are inverted.

    Parameters
    ----------
    data
        Bytes of the file, or its text.
    max_bytes
        Larger files are refused.

    Returns
    -------
    MeasuredCurve
        Sorted by field, repeated fields averaged.

    Raises
    ------
    ValueError
        For an empty or too large file, no text, wrong columns, a line that holds no two finite
        numbers (with its number), or fewer than 16 points.
    """
    size = len(data)
    if size > max_bytes:
        raise ValueError(
            f"this file has {size / 1e6:.1f} MB, more than the {max_bytes / 1e6:g} MB that are "
            "read; keep one curve of field and conductance in it."
        )
    rows, lines, delimiter = _table(_text(data))
    header = rows[0] if not _is_number(rows[0][0], delimiter) else None
    if header is not None:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise ValueError("the file has a header but no numbers below it.")
    where, what, scale, unit, invert = _columns(header, rows[0])
    field, value = _numbers(rows, lines, where, what, delimiter)
    if len(field) < _MIN_POINTS:
        raise ValueError(
            f"the curve has only {len(field)} points; at least {_MIN_POINTS} are needed."
        )
    if np.ptp(field) == 0:
        raise ValueError("all fields in the file are the same; a curve needs a field that changes.")
    notes = []
    if invert:
        if (value == 0).any():
            raise ValueError("the resistance column contains zero; it cannot be turned into g.")
        value = 1 / value
        notes.append("resistance was turned into conductance, 1/R")
    places, inverse = np.unique(field * scale, return_inverse=True)
    if len(places) < len(field):
        notes.append(f"{len(field) - len(places)} repeated fields were averaged")
    mean = np.bincount(inverse, value) / np.bincount(inverse)
    if len(places) < _MIN_POINTS:
        raise ValueError(
            f"the curve has only {len(places)} different fields; at least {_MIN_POINTS} are needed."
        )
    return MeasuredCurve(places, mean, unit, tuple(notes))


def _text(data: bytes | str) -> str:
    if isinstance(data, str):
        text = data
    else:
        data = bytes(data)
        if b"\0" in data[:4096]:
            raise ValueError("this is not a text file; save the curve as CSV.")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if not text.strip():
        raise ValueError("the file is empty; it needs two columns, field and conductance.")
    return text


def _table(text: str) -> tuple[list[list[str]], list[int], str]:
    numbered = [
        (n, line.strip())
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith(("#", "%"))
    ]
    if not numbered:
        raise ValueError("the file holds only comments; it needs two columns of numbers.")
    sample = numbered[min(1, len(numbered) - 1)][1]
    delimiter = next((d for d in (";", "\t", ",") if d in sample), " ")
    rows = list(
        csv.reader(
            io.StringIO("\n".join(line for _, line in numbered)),
            delimiter=delimiter,
            skipinitialspace=True,
        )
    )
    rows = [[cell.strip() for cell in row if cell.strip() or delimiter != " "] for row in rows]
    if any(len(row) < 2 for row in rows):
        bad = next(n for (n, _), row in zip(numbered, rows, strict=True) if len(row) < 2)
        raise ValueError(f"line {bad} has one column; field and conductance are two columns.")
    return rows, [n for n, _ in numbered], delimiter


def _number(text: str, delimiter: str) -> float:
    if delimiter != ",":
        text = text.replace(",", ".")
    return float(text)


def _is_number(text: str, delimiter: str) -> bool:
    try:
        _number(text, delimiter)
    except ValueError:
        return False
    return True


def _columns(header: list[str] | None, first: list[str]) -> tuple[int, int, float, str, bool]:
    """Return the positions of field and conductance, the field's scale and unit, and whether the
    conductance is a resistance."""
    if header is None:
        if len(first) != 2:
            raise ValueError(
                f"there are {len(first)} columns and no header; name them in a first line, for "
                "instance B_T,g."
            )
        return 0, 1, 1.0, "T", False
    names = [re.split(r"[^a-zµ0-9]+", name.lower().strip()) for name in header]
    where = next((i for i, n in enumerate(names) if n[0] in _FIELD_NAMES), None)
    what = next((i for i, n in enumerate(names) if i != where and n[0] in _CONDUCTANCE_NAMES), None)
    if where is None or what is None:
        missing = "a field or flux" if where is None else "a conductance"
        raise ValueError(
            f"no column is called {missing} (found: {', '.join(header)}); name the columns, for "
            "instance B_T,g or ring_flux,g."
        )
    words = names[where]
    if words[0] in _FLUX_NAMES:
        return where, what, 1.0, "h/e", names[what][0] in ("r", "resistance")
    scale = next((_TESLA[word] for word in words[1:] if word in _TESLA), 1.0)
    return where, what, scale, "T", names[what][0] in ("r", "resistance")


def _numbers(
    rows: list[list[str]], lines: list[int], where: int, what: int, delimiter: str
) -> tuple[np.ndarray, np.ndarray]:
    field, value = [], []
    for number, row in zip(lines, rows, strict=True):
        try:
            pair = _number(row[where], delimiter), _number(row[what], delimiter)
        except (ValueError, IndexError):
            raise ValueError(
                f"line {number} does not hold two numbers: {', '.join(row)[:40]!r}."
            ) from None
        if not np.isfinite(pair).all():
            raise ValueError(
                f"line {number} holds NaN or infinity; remove the line or mend the number."
            )
        field.append(pair[0])
        value.append(pair[1])
    return np.array(field), np.array(value)


@dataclass(frozen=True)
class PeriodEstimate:
    """What the spectrum of a measured curve says of the ring.

    Attributes
    ----------
    period, period_error : float
        In the unit of the curve's field. The error is the half width of the line's top half, which
        is also right for a ring with thick arms.
    area : float
        In m^2, (h/e) / period; NaN for a curve against flux.
    radius, radius_error : float
        In m, of the circle of that area; NaN for a curve against flux.
    frequency, amplitude : numpy.ndarray
        (m,) the spectrum, per unit of the field, and in units of the conductance.
    field_even, detrended, smooth : numpy.ndarray
        (n,) the curve that was analysed, and the background that was taken off.
    """

    period: float
    period_error: float
    area: float
    radius: float
    radius_error: float
    frequency: np.ndarray
    amplitude: np.ndarray
    field_even: np.ndarray
    detrended: np.ndarray
    smooth: np.ndarray


def ring_radius(period: ArrayLike) -> np.ndarray | float:
    """Return the radius in m of the circle through which a field sends one flux quantum h/e.

    Parameters
    ----------
    period
        The field, in tesla.
    """
    return np.sqrt(FLUX_QUANTUM / (np.pi * np.asarray(period)))


def estimate_period(
    curve: MeasuredCurve,
    *,
    background: int = 3,
    shortest: float | None = None,
    longest: float | None = None,
) -> PeriodEstimate:
    """Return the h/e period of a measured curve and the radius of its ring.

    The curve is put on an even grid, a polynomial of degree `background` is taken off, and the
    strongest line of its Fourier spectrum (Hann window) between the periods `shortest` and
    `longest` is taken, with h/e = 4.1357e-15 T m^2.

    Parameters
    ----------
    curve
        With 16 points or more.
    background
        Degree 0 to 9 of the polynomial.
    shortest, longest
        Bounds of the period in the field's unit; default 4 steps and a third of the span.

    Raises
    ------
    ValueError
        For another degree, a curve that does not oscillate, or when no period fits between the
        bounds.

    References
    ----------
    R. A. Webb et al., Phys. Rev. Lett. 54, 2696 (1985)
    """
    if not 0 <= int(background) <= 9:
        raise ValueError(f"the background is a polynomial of degree 0 to 9, not {background}.")
    count = len(curve.field)
    even = np.linspace(curve.field[0], curve.field[-1], count)
    value = np.interp(even, curve.field, curve.conductance)
    unit = np.linspace(-1, 1, count)
    smooth = np.polynomial.polynomial.polyval(
        unit, np.polynomial.polynomial.polyfit(unit, value, int(background))
    )
    detrended = value - smooth
    span = even[-1] - even[0]
    window = np.hanning(count)
    padded = 8 * count  # zero padding: reads the line's top between the bins
    waves = np.fft.rfft(detrended * window, padded)
    amplitude = 2 * np.abs(waves) / window.sum()
    frequency = np.fft.rfftfreq(padded, span / (count - 1))
    low = 1 / (longest if longest is not None else span / 3)
    high = 1 / (shortest if shortest is not None else 4 * span / (count - 1))
    allowed = np.flatnonzero((frequency >= low) & (frequency <= high))
    if not len(allowed):
        raise ValueError(
            "no period fits between the bounds; the shortest must be smaller than the longest and "
            "the curve long enough for three periods."
        )
    top = allowed[amplitude[allowed].argmax()]
    if amplitude[top] <= 0:
        raise ValueError("the curve does not oscillate at all once the background is taken off.")
    above = amplitude >= amplitude[top] / 2
    left = top - np.argmin(above[top::-1]) if not above[: top + 1].all() else 0
    right = top + np.argmin(above[top:]) if not above[top:].all() else len(above) - 1
    best = float(frequency[top])
    width = float(frequency[right] - frequency[left]) / 2
    period = 1 / best
    metres = curve.unit == "T"
    radius = float(ring_radius(period)) if metres else float("nan")
    return PeriodEstimate(
        period=period,
        period_error=period * width / best,
        area=FLUX_QUANTUM / period if metres else float("nan"),
        radius=radius,
        radius_error=radius * width / best / 2,
        frequency=frequency,
        amplitude=amplitude,
        field_even=even,
        detrended=detrended,
        smooth=smooth,
    )


def measured_like_curve(
    seed: Rng,
    *,
    radius: float | None = None,
    points: int = 240,
    quanta: float = 10.0,
    noise: float = 0.01,
) -> tuple[MeasuredCurve, dict[str, float]]:
    """Return a computed curve that looks like a measurement, and the truth behind it.

    It is the simulation of a warm, disordered ring, for trying the analysis where the truth is
    known. The field enters arms and leads, the temperature smears the energies, and a drift of the
    apparatus and white noise are added.

    Parameters
    ----------
    seed
        Ring, drift and noise follow from it.
    radius
        Mean radius of the ring in m; default drawn from 0.3 to 0.6 micrometres.
    points, quanta
        Number of fields, and flux quanta through the mean circle at the last one.
    noise
        Standard deviation of the noise in e^2/h.

    Returns
    -------
    curve : MeasuredCurve
        In tesla.
    truth : dict
        `radius`, `inner_radius` and `outer_radius` in m.
    """
    from ..rings.ab_ring import ABRing
    from ..statistics.averages import thermal_average

    rng = np.random.default_rng(seed)
    drawn = float(rng.uniform(0.3e-6, 0.6e-6))
    radius = drawn if radius is None else arrays.one_number("radius", radius)
    outer, inner, temperature = 12.0, 8.0, 0.02
    ring = ABRing(outer, inner, 3, disorder=0.6, seed=int(rng.integers(2**31)))
    middle = (outer + inner) / 2
    constant = radius / middle  # lattice constant in m
    flux = np.linspace(0, quanta / (np.pi * middle**2), points)
    energies = -2.4 + temperature * np.linspace(-5, 5, 11)
    warm = thermal_average(energies, ring.conductance(energies, flux=flux), temperature)
    field = flux * FLUX_QUANTUM / constant**2
    drift = 0.15 * np.polynomial.chebyshev.chebval(
        np.linspace(-1, 1, points), rng.normal(size=4) / [1, 1, 2, 3]
    )
    curve = warm + drift + noise * rng.normal(size=points)
    truth = {
        "radius": radius,
        "inner_radius": inner * constant,
        "outer_radius": outer * constant,
    }
    return MeasuredCurve(field, curve, "T"), truth
