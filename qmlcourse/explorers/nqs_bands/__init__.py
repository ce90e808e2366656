"""Chapter 6, NQS bands: eleven explorers, the opening picture, the questions."""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .amplitudes import AmplitudesExplorer
from .boxes import BoxesExplorer
from .breaking import BreakingExplorer
from .crystals import CrystalExplorer
from .full_scale import full_scale, paper_and_ours
from .opening import opening
from .quasiparticles import QuasiparticleExplorer
from .recall import recall
from .ring import HydrogenRingExplorer
from .sampling import SamplingExplorer
from .training import StateTrainingExplorer
from .two_fillings import TwoFillingsExplorer
from .two_searches import TwoSearchesExplorer
from .units import UnitsExplorer
