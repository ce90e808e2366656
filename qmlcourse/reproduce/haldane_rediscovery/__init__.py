"""Chapter 5 at full scale: many designs, larger cells, and the currents that light drives.

The design loop runs from many starts on both lattices of K. Inui and Y. Motome, Communications
Physics 6, 37 (2023), looks beyond their cell, and computes the photocurrent of spin textures with
four kernels. `sizes` holds the tiers, `work` puts the parts of `lattices` and `light` together,
`report` prints the paper's numbers beside ours.
"""

from .report import comparisons, report
from .sizes import TIERS
from .work import compute

__all__ = ["TIERS", "comparisons", "compute", "report"]
