"""Measured curves: reading a file, taking the background off, telling radius and coherent area.

Fields are in tesla, lengths in metres. `curves` reads files and finds the period of a ring,
`background` says what detrending takes away, `coherent_area` reads a wire's fingerprint,
`recognition` learns to tell which wire a part of a curve belongs to.
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
from .recognition import (
    CurveEncoder,
    best_correlation,
    contrastive_loss,
    random_parts,
    rank_of_own,
    recognition_fit,
)

__all__ = [
    "FLUX_PER_AREA",
    "FLUX_QUANTUM",
    "CoherentArea",
    "CurveEncoder",
    "Detrended",
    "MeasuredCurve",
    "PeriodEstimate",
    "best_correlation",
    "coherent_area",
    "contrastive_loss",
    "detrend",
    "estimate_period",
    "measured_like_curve",
    "random_parts",
    "rank_of_own",
    "read_curve",
    "recognition_fit",
    "ring_radius",
    "wire_like_curve",
]
