"""Chapter 1, Aharonov-Bohm oscillations: eleven explorers, one full-scale picture, the questions.

A package with one module for each explorer, because the chapter has eleven of them.
"""

from ...widgets.solution import solution
from ...widgets.veil import after
from . import questions
from .chain import OneChannelExplorer
from .ensemble import ManyRingsExplorer
from .field import UniformFieldExplorer
from .full_scale import full_scale, paper_and_ours
from .gauge import MovedCutExplorer
from .learn import FluxReaderExplorer
from .loops import MirroredLoopsExplorer
from .measured import MeasuredRingExplorer
from .opening import opening
from .packet import PacketExplorer
from .paths import TwoPathsExplorer
from .recall import recall
from .ring import RingExplorer
from .warm import WarmRingExplorer
