"""Chapter 5, Haldane rediscovery: thirteen explorers, the opening picture, the questions."""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .berry import BerryLoopExplorer
from .edges import EdgeExplorer
from .full_scale import full_scale, paper_and_ours
from .model import HaldaneExplorer
from .one_angle import OneAngleExplorer
from .opening import opening
from .own import OwnGoalExplorer
from .race import RaceExplorer
from .recall import recall
from .rediscovery import RediscoveryExplorer
from .six import SixExplorer
from .starts import ManyStartsExplorer
from .sunlight import SunlightExplorer
from .tape import TapeExplorer
from .texture import TextureExplorer
from .warm import WarmExplorer
