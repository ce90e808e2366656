"""The interface kit: live figures, controls, a player, predictions and checks. No physics."""

from . import checks
from .checks import Verdict
from .controls import choice, seed, slider, toggle
from .explorer import Explorer
from .figure import LiveFigure
from .files import Upload, upload
from .front import Column, Fold, Picture, StatusLine
from .guard import guarded
from .latest import Latest
from .playable import Frames, PlayableExplorer
from .player import Player
from .prediction import Prediction
from .questions import ask_choice, ask_curve, ask_number, ask_order, ask_setting, by_form
from .sketch import Sketch
from .theme import COLORS, CYCLIC, DIVERGING, SEQUENTIAL, new_figure, style, style_axes, to_come
from .tour import Stop
from .veil import Veil

__all__ = [
    "COLORS",
    "CYCLIC",
    "DIVERGING",
    "SEQUENTIAL",
    "Column",
    "Explorer",
    "Fold",
    "Frames",
    "Latest",
    "LiveFigure",
    "Picture",
    "PlayableExplorer",
    "Player",
    "Prediction",
    "Sketch",
    "StatusLine",
    "Stop",
    "Upload",
    "Veil",
    "Verdict",
    "ask_choice",
    "ask_curve",
    "ask_number",
    "ask_order",
    "ask_setting",
    "by_form",
    "checks",
    "choice",
    "guarded",
    "new_figure",
    "seed",
    "slider",
    "style",
    "style_axes",
    "to_come",
    "toggle",
    "upload",
]
