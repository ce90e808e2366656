"""What a measured fingerprint says: its size, its correlation field, and the coherent area."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from .. import arrays
from ..randomness import Rng
from ..statistics.bootstrap import Estimate
from ..statistics.fluctuations import conductance_correlation
from ..wires.disordered_wire import DisorderedWire
from .background import Detrended, detrend, taken
from .curves import FLUX_QUANTUM, MeasuredCurve

FLUX_PER_AREA = 1.0
"""Correlation field times coherent area in flux quanta, with a background of degree 4 taken off.

Fourteen simulated curves of 40 flux quanta (`wire_like_curve`) give 1.03, with a scatter of 0.17
from curve to curve; the test repeats ten of them. It depends on how much background is taken off
(this much makes the correlation field of such a curve about a third smaller than that of the
ensemble of wires), on the shape, and in a real sample on the temperature.
"""

_SPREAD = 0.75  # scatter of B_c, in 1 / sqrt(features), over Gaussian curves: see the tests
_KEPT = 0.65  # a background that leaves less of the correlation field than this is worth a warning


@dataclass(frozen=True)
class CoherentArea:
    """What `coherent_area` finds.

    Attributes
    ----------
    correlation_field : Estimate
        In the unit of the curve's field.
    rms : Estimate
        Root mean square of the fluctuation in the unit of the conductance.
    area : Estimate
        In m^2, or in sites for a curve against flux a plaquette.
    length : Estimate or None
        In m, area / width; None without a width.
    features : float
        Number of independent features that the curve holds.
    lag, correlation : numpy.ndarray
        (lag,) the correlation function, normalised to 1 at zero.
    field_even, detrended, smooth : numpy.ndarray
        (n,) the curve that was analysed, and what was taken off.
    kept : float
        Share of the correlation field that the background leaves, for a Gaussian correlation; NaN
        when it takes all that could be seen.
    """

    correlation_field: Estimate
    rms: Estimate
    area: Estimate
    length: Estimate | None
    features: float
    lag: np.ndarray
    correlation: np.ndarray
    field_even: np.ndarray
    detrended: np.ndarray
    smooth: np.ndarray
    kept: float


def coherent_area(
    curve: MeasuredCurve,
    *,
    background: int = 4,
    low_pass: float | None = None,
    width: float | None = None,
    flux_per_area: float = FLUX_PER_AREA,
    corrected: bool = False,
) -> CoherentArea:
    """Return the coherent area of a wire from the correlation field of its g(B).

    The curve is put on an even grid and its background is taken off (`detrend`). The half width of
    the correlation function is the correlation field B_c; the area is `flux_per_area` flux quanta
    h/e over B_c.

    Parameters
    ----------
    curve
        With 16 points or more.
    background, low_pass
        Polynomial degree 0 to 9, or width of a Gaussian in the field's unit.
    width
        Of the wire in m, for the coherence length.
    flux_per_area
        B_c times area in flux quanta; our own curves give 1.0, see FLUX_PER_AREA.
    corrected
        Whether B_c and rms are enlarged by what the background takes from a curve with a Gaussian
        correlation (more is taken from one with longer tails, as that of our wires).
        `flux_per_area` must then be calibrated in the same way.

    Returns
    -------
    CoherentArea
        A curve of n independent features gives B_c to about 1 / sqrt(n); the errors say so, but
        hold what the background takes only when `corrected`.

    Raises
    ------
    ValueError
        When the curve does not fluctuate, its correlation never falls to one half, or a correction
        is asked for where the background takes more than half of B_c.

    Warns
    -----
    UserWarning
        For fewer than five features, points too coarse for B_c, or a background that takes a third
        of B_c.

    References
    ----------
    P. A. Lee and A. D. Stone, Phys. Rev. Lett. 55, 1622 (1985)
    """
    width = None if width is None else _positive("width of the wire", width, " length in m")
    flux_per_area = _positive("flux_per_area", flux_per_area)
    bare = detrend(curve, background=background, low_pass=low_pass)
    even = bare.field
    found = conductance_correlation(even, bare.wave)
    measured, span = float(found.field), np.ptp(even)
    relative_pass = None if low_pass is None else low_pass / span
    kept, left, strain = taken(measured / span, background, relative_pass)
    rms = bare.wave.std(ddof=bare.parameters)
    half, rms = _correct(measured, bare, kept, left) if corrected else (measured, rms)
    features = max(span / (2 * half), 1.0)
    _warn(features, measured, even, 1.0 if corrected else kept)
    relative = 1 / np.sqrt(features)
    spread = _SPREAD * strain * relative if corrected else relative
    area = flux_per_area * (FLUX_QUANTUM if curve.unit == "T" else 1.0) / half
    return CoherentArea(
        _with(half, spread),
        _with(float(rms), relative / np.sqrt(2)),
        _with(area, spread),
        None if width is None else _with(area / width, spread),
        features,
        found.lag,
        found.value / found.value[0],
        even,
        bare.wave,
        bare.smooth,
        kept,
    )


def _positive(name: str, value: float, kind: str = "") -> float:
    number = arrays.one_number(name, value)
    if not number > 0:
        raise ValueError(f"the {name} is a positive{kind or ' number'}, not {number:g}.")
    return number


def _correct(measured: float, bare: Detrended, kept: float, left: float) -> tuple[float, float]:
    if not kept > 0.5:
        raise ValueError(
            "the background takes more than half of the correlation field: too much to correct; "
            "lower its degree, widen the low pass, or measure over a wider range of fields."
        )
    return measured / kept, np.sqrt((bare.wave**2).mean() / left)


def _with(value: float, relative: float) -> Estimate:
    error = value * relative
    return Estimate(value, error, (value - error, value + error), 1)


def _warn(features: float, half: float, even: np.ndarray, kept: float) -> None:
    if features < 5:
        warnings.warn(
            f"the curve holds only about {features:.0f} independent features: measure over a wider "
            "range of fields for a correlation field that can be trusted.",
            stacklevel=3,
        )
    if half < 2 * (even[1] - even[0]):
        warnings.warn(
            "the correlation field is hardly larger than the distance of two points: the curve may "
            "be noise; measure more densely.",
            stacklevel=3,
        )
    if not kept > _KEPT:
        share = f"about {1 - kept:.0%} of" if np.isfinite(kept) else "most of"
        warnings.warn(
            f"the background takes {share} the correlation field: take off less, measure over a "
            "wider range of fields, or ask for the corrected value.",
            stacklevel=3,
        )


def wire_like_curve(
    seed: Rng,
    *,
    area: float | None = None,
    points: int = 320,
    quanta: float = 40.0,
    noise: float = 0.005,
) -> tuple[MeasuredCurve, dict[str, float]]:
    """Return a computed g(B) that looks like a measurement, and the truth behind it.

    It is the simulation of a disordered wire in a field, with a drift of the apparatus and white
    noise, for trying the analysis where the area is known.

    Parameters
    ----------
    seed
        Wire, drift and noise follow from it.
    area
        Coherent area in m^2; default drawn from 0.05 to 0.4 square micrometres.
    points
        Number of fields, 16 or more.
    quanta
        Flux quanta through the wire at the last field.
    noise
        Standard deviation of the noise in e^2/h.

    Returns
    -------
    curve : MeasuredCurve
        In tesla.
    truth : dict
        `area` in m^2; `length`, `width` and `lattice_constant` in m.

    Raises
    ------
    ValueError
        For fewer than 16 points or quantities out of their range.
    """
    if points < 16 or not quanta > 0 or not noise >= 0:
        raise ValueError("points are 16 or more, quanta positive and noise not negative.")
    rng = np.random.default_rng(seed)
    drawn = float(np.exp(rng.uniform(np.log(0.05e-12), np.log(0.4e-12))))
    area = drawn if area is None else _positive("area", area, " number of m^2")
    wire, energy = DisorderedWire(80, 16), -0.81
    constant = np.sqrt(area / (wire.length * wire.width))  # lattice constant in m
    flux = np.linspace(2.0, 2.0 + quanta, points) / (wire.length * wire.width)
    g = wire.conductance(energy, flux, wire.potential(2.0, int(rng.integers(2**31))))
    drift = rng.normal(size=3) / [2, 4, 8]
    g = g + np.polynomial.chebyshev.chebval(np.linspace(-1, 1, points), drift)
    g = g + noise * rng.normal(size=points)
    truth = {"area": area, "length": wire.length * constant, "width": wire.width * constant}
    truth["lattice_constant"] = constant
    return MeasuredCurve(flux * FLUX_QUANTUM / constant**2, g, "T"), truth
