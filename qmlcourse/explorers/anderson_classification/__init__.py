"""Chapter 3, Anderson classification: eleven explorers, the opening picture, the questions."""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .full_scale import full_scale, paper_and_ours, witnesses
from .game import GameExplorer
from .honesty import HonestyExplorer
from .inside import InsideExplorer
from .judged import JudgedExplorer
from .look import LookExplorer
from .loss import softmax_and_loss
from .maps import MapExplorer
from .measure import MeasureExplorer
from .mistakes import mistakes
from .opening import opening
from .recall import recall
from .topology import TopologyExplorer
from .training import ClassifierTrainingExplorer
from .transfer import TransferExplorer
from .your_network import YourNetworkExplorer
