"""Four questions to recall: two of this chapter, one of chapter 4, one on a number."""

import numpy as np

from ...widgets import Column, ask_choice, ask_number, ask_order


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_choice(
                "Why does the design start hot?",
                {
                    "cold crystals have no bands": "Bands do not depend on temperature here.",
                    "the computer is faster with smooth functions": (
                        "Speed is the same; the slope is not."
                    ),
                    "in the cold σ is a step whose slope is zero almost everywhere": (
                        "Right: heat rounds the cliff to a hill."
                    ),
                    "heat makes the Chern number larger": "Heat makes σ smaller and no integer.",
                },
                key="haldane-recall-1",
            ),
            ask_order(
                "From random numbers to a model with a name. Put the steps in order.",
                [
                    "Draw random numbers for energies, amplitudes and phases.",
                    "Compute σ at a high temperature, and its slope.",
                    "Step uphill, and cool slowly.",
                    "Compute the Chern number of the cold model.",
                    "Read fluxes through closed paths, which no gauge changes.",
                ],
                ["The integer comes when it is cold.", "Reading comes last."],
                key="haldane-recall-2",
            ),
            ask_choice(
                "From chapter 4: a check of a reading that needs no truth?",
                {
                    "compute the curve of what was read, and compare it with the given one": (
                        "Right: the physics itself is the judge."
                    ),
                    "look at the picture": (
                        "Pictures of wires look plausible even where they are wrong."
                    ),
                    "ask the network how sure it is": (
                        "Its doubt is calibrated on strangers only roughly."
                    ),
                    "compare with the mean picture": "That is the floor, not a check.",
                },
                key="haldane-recall-3",
            ),
            ask_number(
                (
                    "Between a trivial phase and C = 1 the sign of the mass at one of the two"
                    " touching points changes. By how much does the Hall conductivity of the "
                    "filled band jump?"
                ),
                1.0,
                "e²/h",
                ["A cone with a mass has the Hall conductivity ± 1/2 e²/h."],
                key="haldane-recall-4",
                mistakes=[
                    (0.5, "Each massive cone has 1/2; the sign changes from -1/2 to +1/2."),
                    (2 * np.pi, "In units of e²/h, not of e²/ħ."),
                ],
            ),
        ]
    )
