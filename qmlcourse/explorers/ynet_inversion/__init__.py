"""Chapter 4, Y-net inversion: eight explorers, the opening picture, the questions."""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .drag import DragExplorer
from .full_scale import full_scale, learning_curves, paper_and_ours
from .guess import GuessExplorer
from .laboratory import LaboratoryExplorer
from .opening import opening
from .recall import recall
from .sheet import SheetExplorer
from .symmetric import SymmetricExplorer
from .training import ReaderTrainingExplorer
from .walk import WalkExplorer
from .why import WhyExplorer
