"""Four questions to recall: two of this chapter, one of what you knew before, one on a number."""

import numpy as np

from ...transport import FLUX_QUANTUM, ChainRing
from ...widgets import Column, ask_choice, ask_curve, ask_number


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_choice(
                "Why is the period exactly h/e in every ring?",
                {
                    "a whole flux quantum can be removed from Schrödinger's equation": (
                        "Right: it turns every closed loop by 2π, which changes nothing."
                    ),
                    "both arms have the same length": (
                        "Unequal arms shift the curve, they do not change its period."
                    ),
                    "the metal sees a whole number of field lines": (
                        "The metal sees no field at all in this experiment."
                    ),
                    "electrons carry the charge e one at a time": (
                        "Charge alone sets no period: without interference nothing oscillates."
                    ),
                },
                key="ab-recall-1",
            ),
            ask_curve(
                "Draw g(Φ) of a one-channel ring with arms of 9 sites each, at energy -0.8.",
                lambda flux: np.array([ChainRing(9, 9).closed_form(-0.8, one) for one in flux]),
                within=0.22,
                hints=[
                    "What is g where both paths arrive with opposite signs?",
                    "One period is one flux quantum.",
                ],
                key="ab-recall-2",
                xlabel="flux Φ (h/e)",
                ylabel="g (e²/h)",
                xlim=(0, 2),
                ylim=(0, 1.1),
            ),
            ask_choice(
                "Before this course: two waves of amplitude 1 meet with a phase "
                "difference of π/2. What is the intensity of their sum?",
                {
                    "2": "Right: |1 + i|² = 2.",
                    "4": "That needs equal phases.",
                    "0": "That needs opposite phases.",
                    "1": "That is each wave alone.",
                },
                key="ab-recall-3",
            ),
            ask_number(
                "A ring encloses 1 µm². Which change of the field turns g by one period?",
                FLUX_QUANTUM / 1e-12 * 1e3,
                "mT",
                ["ΔB times the area is one flux quantum.", "h/e = 4.136e-15 T m²."],
                key="ab-recall-4",
                rtol=0.02,
                mistakes=[
                    (FLUX_QUANTUM / 2e-12 * 1e3, "That is the h/2e period."),
                    (FLUX_QUANTUM / 1e-12, "Right in tesla; the answer is asked in mT."),
                    (FLUX_QUANTUM / 1e-12 * 1e3 / (2 * np.pi), "The quantum is h/e, not ħ/e."),
                ],
            ),
        ]
    )
