"""Measured curves: reading a file, taking the background off, telling radius and coherent area.

Fields are in tesla, lengths in metres. `curves` reads files and finds the period of a ring,
`background` says what detrending takes away, `coherent_area` reads a wire's fingerprint,
`recognition` learns to tell which wire a part of a curve belongs to (import it by itself: it needs
torch).
`measured_like_curve` and `wire_like_curve` simulate measurements whose truth is known.
"""

from .background import Detrended, detrend
from .coherent_area import FLUX_PER_AREA, CoherentArea, coherent_area, wire_like_curve
from .curves import (
    FLUX_QUANTUM,
    MeasuredCurve,
    PeriodEstimate,
    estimate_period,
    measured_like_curve,
    read_curve,
    ring_radius,
)

__all__ = [
    "FLUX_PER_AREA",
    "FLUX_QUANTUM",
    "CoherentArea",
    "Detrended",
    "MeasuredCurve",
    "PeriodEstimate",
    "coherent_area",
    "detrend",
    "estimate_period",
    "measured_like_curve",
    "read_curve",
    "ring_radius",
    "wire_like_curve",
]
