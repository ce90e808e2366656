"""Chapter 6 at full scale: rings, crystals and bands with networks as wave functions.

`sizes.py` says what each tier computes, `work.py` computes it, `report.py` tells it. `crystals.py`
makes the integrals of the shipped crystals, behind `qmlcourse crystals`.
"""

from .report import comparisons, report
from .sizes import STORED, TIERS, CrystalSizes
from .work import compute

__all__ = ["STORED", "TIERS", "CrystalSizes", "comparisons", "compute", "report"]
