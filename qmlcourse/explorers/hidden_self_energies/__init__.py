"""Chapter 7, hidden self-energies: six explorers, the opening picture, the questions."""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .budget import BudgetExplorer
from .cancellation import CancellationExplorer
from .contest import ContestExplorer
from .degeneracy import DegeneracyExplorer
from .full_scale import full_scale, paper_and_ours
from .live_fit import FitExplorer
from .momenta import MomentaExplorer
from .opening import opening
from .recall import recall
