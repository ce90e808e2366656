"""Chapter 4 at full scale: readers of fingerprints, their rivals, and what a laboratory adds.

`sizes.py` says what each tier computes and `work.py` computes it. The sections of the result stand
in `readers.py`, `rivals.py`, `sheet.py`, `symmetric.py`, `laboratory.py` and `polished.py`; they
share `wire_sets.py` and `scores.py`. `report.py` tells the result.
"""

from .report import comparisons, report
from .scores import scores
from .sizes import STORED, TIERS, ReaderSizes
from .work import compute, train

__all__ = ["STORED", "TIERS", "ReaderSizes", "comparisons", "compute", "report", "scores", "train"]
