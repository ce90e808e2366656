"""Four questions to recall: two of this chapter, one of chapter 1, one on a number."""

from ...widgets import Column, ask_choice, ask_number, ask_order
from .broken import broken_curves


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_choice(
                "Three curves that are said to come from wires with two leads. One of "
                "them cannot. Which?",
                {
                    "A": "A repeats itself mirrored at zero field, as it must.",
                    "B": "B repeats itself mirrored at zero field, as it must.",
                    "C": "Right: with two leads g(B) = g(-B). C is joined from two wires.",
                },
                hints=["Compare each curve with its own mirror image at B = 0."],
                key="ucf-recall-1",
                picture=broken_curves(),
            ),
            ask_order(
                "How does a fingerprint come about? Put the steps in order.",
                [
                    "A wave takes many paths between the impurities.",
                    "Each pair of paths encloses an area.",
                    "The field turns their relative phase by the flux through that area.",
                    "Each pair adds a wiggle of its own period to g.",
                    "All wiggles together look like noise, and come back when measured again.",
                ],
                [
                    "It begins with the wave, and ends with the measurement.",
                    "Phases come after areas.",
                ],
                key="ucf-recall-2",
            ),
            ask_choice(
                "From chapter 1: what survives when many rings are averaged?",
                {
                    "the h/e oscillation": "Its sign is random from ring to ring.",
                    "nothing": "Paths and their time reverses keep their common phase.",
                    "the oscillation of the largest ring": "Each ring counts alike.",
                    "an oscillation with h/2e, from paths and their time reverses": (
                        "Right. In a wire the same pairs make the dip at zero field."
                    ),
                },
                key="ucf-recall-3",
            ),
            ask_number(
                (
                    "A wire with time reversal has var g = 2/15 (e²/h)² for each spin "
                    "direction. What is the rms in a field that breaks it?"
                ),
                (1 / 15) ** 0.5,
                "e²/h",
                ["A field halves the variance.", "rms is the square root of the variance."],
                key="ucf-recall-4",
                rtol=0.02,
                mistakes=[
                    (1 / 15, "That is the variance; the rms is its root."),
                    ((2 / 15) ** 0.5, "That is the rms without a field."),
                    (
                        4 / 15,
                        "Both directions of spin double g and make the variance four "
                        "times as large; asked is one.",
                    ),
                ],
            ),
        ]
    )
