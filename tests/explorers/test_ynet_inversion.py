"""The explorers of chapter 4, driven without a browser: controls, numbers, players, questions."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from explorer_checks import check_words_and_table, drive_every_control

from qmlcourse.explorers import ynet_inversion as yi

torch.set_num_threads(1)

EXPLORERS = [
    yi.GuessExplorer,
    yi.DragExplorer,
    yi.WhyExplorer,
    yi.TrainingExplorer,
    yi.WalkExplorer,
    yi.SheetExplorer,
    yi.SymmetricExplorer,
    yi.LaboratoryExplorer,
]
_FIRST = {"other_x": {"number": 2}, "other_y": {"number": 2}}


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_every_control_changes_the_picture_and_nothing_fails(explorer_class):
    first = _FIRST if explorer_class is yi.DragExplorer else None
    drive_every_control(explorer_class(), first)


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_alt_text_table_and_bookmark(explorer_class):
    check_words_and_table(explorer_class())
