"""Chapter 7 at full scale: recovery, coverage, counts against momenta, what a switch costs.

All data are synthetic: the measured curves behind Y. Yamaji et al., Phys. Rev. Research 3, 043099
(2021), are not at hand. Fits are compared with the truths that made their data.
"""

from .report import comparisons, report
from .sizes import TIERS
from .work import compute

__all__ = ["TIERS", "comparisons", "compute", "report"]
