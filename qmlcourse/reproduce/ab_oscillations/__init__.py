"""Chapter 1 at full scale: what survives the average over thousands of rings, and over energies.

Our numbers stand beside those of the experiment on 1, 3, 10 and 30 silver loops in series (Umbach
et al., Phys. Rev. Lett. 56, 386 (1986)): h/e falls as N^(-1/2), h/2e does not.
"""

from .report import comparisons, report
from .sizes import TIERS
from .work import compute

__all__ = ["TIERS", "comparisons", "compute", "report"]
