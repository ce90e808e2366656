"""Chapter 1, Aharonov-Bohm oscillations: seven explorers, one full-scale picture, the questions.

A package with one module for each explorer, because the chapter has seven of them.
"""

from ...widgets.solution import solution
from . import questions
from .chain import OneChannelExplorer
from .ensemble import ManyRingsExplorer
from .field import UniformFieldExplorer
from .full_scale import full_scale, paper_and_ours
from .learn import FluxReaderExplorer
from .measured import MeasuredRingExplorer
from .opening import opening
from .recall import recall
from .ring import RingExplorer
from .warm import WarmRingExplorer
