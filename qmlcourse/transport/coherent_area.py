"""What a measured fingerprint says: its size, its correlation field, and the coherent area."""

import warnings
from dataclasses import dataclass

import numpy as np

from . import _arrays
from .disordered_wire import DisorderedWire
from .fluctuations import Estimate, conductance_correlation
from .measured import FLUX_QUANTUM, MeasuredCurve

FLUX_PER_AREA = 1.0
"""Correlation field times coherent area in flux quanta.

Fourteen simulated curves of 40 flux quanta (`wire_like_curve`) give 1.03, with a scatter of 0.16
from curve to curve; the test repeats it. It depends on how much background is taken off, on the
shape, and in a real sample on the temperature.
"""


@dataclass(frozen=True)
class CoherentArea:
    """What `coherent_area` finds.

    Attributes
    ----------
    correlation_field : Estimate in the unit of the curve's field
    rms : Estimate, root mean square of the fluctuation in the unit of the conductance
    area : Estimate in m^2 (in sites for a curve against flux a plaquette)
    length : Estimate in m, area / width; None without a width
    features : float, number of independent features that the curve holds
    lag, correlation : the correlation function, normalised to 1 at zero
    field_even, detrended, smooth : the curve that was analysed, and what was taken off
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


def coherent_area(curve, *, background=4, width=None, flux_per_area=FLUX_PER_AREA):
    """Coherent area of a wire from the correlation field of its g(B).

    The curve is put on an even grid and a polynomial of degree `background` is taken off. The half
    width of the correlation function is the correlation field B_c; the area is `flux_per_area`
    flux quanta h/e over B_c (P. A. Lee and A. D. Stone, Phys. Rev. Lett. 55, 1622 (1985)).

    Parameters
    ----------
    curve : MeasuredCurve
    background : int, degree 0 to 9
    width : width of the wire in m, for the coherence length
    flux_per_area : B_c times area in flux quanta; our own curves give 1.0, see FLUX_PER_AREA

    Returns
    -------
    CoherentArea. A curve of n independent features gives B_c to about 1 / sqrt(n); the errors say
    so. A UserWarning tells of fewer than five features, or of points too coarse for B_c.

    Raises
    ------
    ValueError when the curve does not fluctuate, or its correlation never falls to one half.
    """
    if not 0 <= int(background) <= 9:
        raise ValueError(f"the background is a polynomial of degree 0 to 9, not {background}.")
    if width is not None and not _arrays.one_number("width", width) > 0:
        raise ValueError(f"the width of the wire is a positive length in m, not {width:g}.")
    count = len(curve.field)
    even = np.linspace(curve.field[0], curve.field[-1], count)
    value = np.interp(even, curve.field, curve.conductance)
    unit = np.linspace(-1, 1, count)
    smooth = np.polynomial.Chebyshev.fit(unit, value, int(background))(unit)
    wave = value - smooth
    if not np.abs(wave).max() > 1e-12 * max(np.abs(value).max(), 1e-300):
        raise ValueError("the curve does not fluctuate at all once the background is taken off.")
    found = conductance_correlation(even, wave[None])
    half = float(found.field)
    features = max((even[-1] - even[0]) / (2 * half), 1.0)
    _warn(features, half, even)
    relative = 1 / np.sqrt(features)
    scale = FLUX_QUANTUM if curve.unit == "T" else 1.0
    area = flux_per_area * scale / half
    return CoherentArea(
        _with(half, relative),
        _with(float(wave.std(ddof=int(background) + 1)), relative / np.sqrt(2)),
        _with(area, relative),
        None if width is None else _with(area / width, relative),
        features,
        found.lag,
        found.value / found.value[0],
        even,
        wave,
        smooth,
    )


def _with(value, relative):
    error = value * relative
    return Estimate(value, error, (value - error, value + error), 1)


def _warn(features, half, even):
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


def wire_like_curve(seed, *, area=None, points=320, quanta=40.0, noise=0.005):
    """A computed g(B) that looks like a measurement, and the truth behind it.

    A disordered wire in a field, with a drift of the apparatus and white noise, all from `seed`.
    What it is: a simulation; what it is for: trying the analysis where the area is known.

    Parameters
    ----------
    area : coherent area in m^2; default drawn from 0.05 to 0.4 square micrometres
    points, quanta : number of fields and flux quanta through the wire at the last one
    noise : standard deviation of the noise in e^2/h

    Returns
    -------
    (MeasuredCurve in tesla, dict of the truth: area in m^2, length and width in m)
    """
    rng = np.random.default_rng(seed)
    drawn = float(np.exp(rng.uniform(np.log(0.05e-12), np.log(0.4e-12))))
    area = drawn if area is None else _arrays.one_number("area", area)
    wire = DisorderedWire(80, 16, -0.81)
    constant = np.sqrt(area / (wire.length * wire.width))  # lattice constant in m
    flux = np.linspace(2.0, 2.0 + quanta, points) / (wire.length * wire.width)
    g = wire.conductance(wire.potential(2.0, [int(rng.integers(2**31))]), flux)[0]
    drift = rng.normal(size=3) / [2, 4, 8]
    g = g + np.polynomial.chebyshev.chebval(np.linspace(-1, 1, points), drift)
    g = g + noise * rng.normal(size=points)
    truth = {"area": area, "length": wire.length * constant, "width": wire.width * constant}
    return MeasuredCurve(flux * FLUX_QUANTUM / constant**2, g, "T"), truth
