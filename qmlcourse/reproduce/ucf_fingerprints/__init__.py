"""Chapter 2 at full scale: universal fluctuations, weak localisation, correlation field.

The length of disordered wires is scanned without and with a magnetic field. The variance of g
stands beside 2/15 and 1/15 (C. W. J. Beenakker, Rev. Mod. Phys. 69, 731 (1997)), the dip at zero
field beside 1/3, the correlation field beside one flux quantum through the wire.
"""

from .report import comparisons, report
from .sizes import TIERS
from .work import compute

__all__ = ["TIERS", "comparisons", "compute", "report"]
