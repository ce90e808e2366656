"""Chapter 2, UCF fingerprints: eleven explorers, the opening pictures, the questions."""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .area import AreaExplorer
from .fading import FadingExplorer
from .full_scale import full_scale, paper_and_ours
from .impurities import ImpurityExplorer
from .levels import LevelsExplorer
from .localization import WeakLocalizationExplorer
from .measured import MeasuredWireExplorer
from .opening import measured_twice, opening
from .paths import RandomPathsExplorer
from .recall import recall
from .recognise import RecogniseExplorer
from .search import SearchExplorer
from .symmetry import SymmetryExplorer
from .universal import UniversalExplorer
