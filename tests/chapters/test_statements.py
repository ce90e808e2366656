"""Statements of the chapters' text that can be computed, each computed once.

`the_text_says` finds the sentence where it is printed: text and computation change together.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from qmlcourse.nqs import (
    Crystal,
    exact_bands,
    exact_ground_state,
    hydrogen_ring,
    koopmans_bands,
    load_crystal,
    quasiparticle_bands,
)

ROOT = Path(__file__).parents[2]
CHAPTER_6 = "chapters/06_nqs_bands.ipynb"
QUESTIONS_6 = "qmlcourse/explorers/nqs_bands/questions.py"
GUIDE_6 = "chapters/guides/06_nqs_bands.md"


@cache
def printed(name):
    """All text of a notebook's cells, a guide or a module, on one line, strings joined."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    if name.endswith(".py"):
        text = text.replace('"\n', "\n").replace(' "', " ")
    return " ".join(text.split())


def the_text_says(name, sentence):
    assert sentence in printed(name), f"{name} no longer says: {sentence}"


@pytest.fixture(scope="module")
def ring():
    """The ring of six at 1.8 bohr, its exact state, and all states with one electron less."""
    crystal = hydrogen_ring(6, 1.8)
    return crystal, exact_ground_state(crystal)


# chapter 6


def test_which_meshes_hold_k():
    the_text_says(
        CHAPTER_6,
        "graphene's levels meet only at K, which a mesh with Γ holds where both its numbers are "
        "divisible by three; ours are not.",
    )
    for across in (1, 2, 3, 4, 6, 9, 12):
        for along in (2, 3, 6, 8, 12):
            number = across * along
            zeros = np.zeros((number,) * 3 + (1,) * 4)
            mesh = Crystal("a mesh", (across, along), np.zeros((number, 1, 1)), zeros, 0.0, 2)
            there = np.linalg.norm(
                np.exp(2j * np.pi * mesh.wave_vectors()).sum(1, keepdims=True) + 1, axis=1
            )
            # |1 + exp(i k a) + exp(i k b)|, the split of the pi levels, vanishes at K alone
            assert (there.min() < 1e-9) == (across % 3 == 0 and along % 3 == 0)
    for name in ("graphene-2x2", "graphene-2x3"):
        assert any(n % 3 for n in load_crystal(name).mesh)


def test_the_norm_of_a_hole_is_the_whole_weight_of_removal(ring):
    the_text_says(
        CHAPTER_6,
        "The norm $\\langle\\phi|\\phi\\rangle$ is the whole weight of taking this electron out, "
        "shared by all states of $N-1$ electrons.",
    )
    the_text_says(CHAPTER_6, "0.950 of 0.978 for the highest filled level of our ring")
    crystal, state = ring
    # the norm by counting: how much of the state has the orbital m = 1 filled with spin down
    norm = (np.abs(state.state) ** 2)[state.sector.down >> 1 & 1 == 1].sum()
    assert norm == pytest.approx(0.978, abs=5e-4)
    highest = exact_bands(crystal, state)
    assert highest.valence[1] == pytest.approx(np.nanmax(highest.valence), abs=1e-9)
    assert highest.removal_weight[1] == pytest.approx(0.950, abs=5e-4)
    # a space of one hole has no other state, so there the norm is the weight
    assert quasiparticle_bands(crystal, state).removal_weight[1] == pytest.approx(norm, abs=1e-9)


def test_the_frozen_gap_is_too_wide_for_an_exact_parent_and_narrower_from_hartree_fock(ring):
    the_text_says(QUESTIONS_6, "The state of the ring is exact.")
    the_text_says(QUESTIONS_6, "frozen gap is narrower: 0.9436 against 0.9524 hartree.")
    the_text_says(GUIDE_6, "narrower: 0.9436 against 0.9524 hartree.")
    crystal, state = ring
    true = exact_bands(crystal, state).gap
    assert true == pytest.approx(0.9524, abs=5e-5)
    assert quasiparticle_bands(crystal, state).gap > true
    assert koopmans_bands(crystal).gap == pytest.approx(0.9436, abs=5e-5)
    for spacing in (1.0, 1.4, 2.2, 3.0):
        other = hydrogen_ring(6, spacing)
        exact = exact_ground_state(other, momentum=0)
        true = exact_bands(other, exact).gap
        assert koopmans_bands(other).gap < true < quasiparticle_bands(other, exact).gap
