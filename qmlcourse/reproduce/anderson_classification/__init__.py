"""Chapter 3 at full scale: ensembles of classifiers, their crossings, phase maps and witnesses.

After T. Ohtsuki and T. Mano, J. Phys. Soc. Jpn. 89, 022001 (2020). The networks of the metal learn
at the band centre of the box model alone. `sizes` says what a tier computes and `cases` for which
models; `networks` makes states and trains on them; `topology`, `rotor` and `witnesses` are parts of
the result, which `work` puts together; `report` sets the accepted numbers beside ours.
"""

from .networks import train
from .report import comparisons, report
from .sizes import STORED, TIERS, ClassifierSizes
from .work import compute

__all__ = ["STORED", "TIERS", "ClassifierSizes", "comparisons", "compute", "report", "train"]
