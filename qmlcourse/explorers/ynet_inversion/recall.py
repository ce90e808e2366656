"""Four questions to recall: two of this chapter, one of chapter 3, one on a number."""

from ...widgets import Column, ask_choice, ask_number, ask_order


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_order(
                "How does the Y-net learn? Put the steps in order.",
                [
                    "Branch A presses pictures into points of the latent space.",
                    "Branch B draws the picture again from its point.",
                    "Branch C learns where on the sheet a fingerprint belongs.",
                    "All three branches learn together.",
                    "A new fingerprint goes through C, then B.",
                ],
                ["Pictures come before fingerprints.", "Reading comes last."],
                key="ynet-recall-1",
            ),
            ask_choice(
                (
                    "Three wires share one fingerprint. What does a network draw that was "
                    "trained to be least wrong?"
                ),
                {
                    "one of the three, at random": (
                        "A flow does that; the least-squares answer is a mean."
                    ),
                    "the most frequent one": "They are equally frequent by symmetry.",
                    "an empty wire": "The mean wire still has the walls and the wave.",
                    "the mean of the three, a wire that does not exist": (
                        "Right: the mean minimises the squared error."
                    ),
                },
                key="ynet-recall-2",
            ),
            ask_choice(
                (
                    "From chapter 3: a network is tested on the same crystals it was trained "
                    "on. What is wrong?"
                ),
                {
                    "it may know them by heart; only new ones show what it has learned": (
                        "Right, and in chapter 4 even the sets of removed sites must be new."
                    ),
                    "nothing, if it has many parameters": "Many parameters make it worse.",
                    "the test takes too long": "Time is not the trouble.",
                    "its accuracy comes out too low": "It comes out too high.",
                },
                key="ynet-recall-3",
            ),
            ask_number(
                (
                    "The mean picture is wrong by 0.040 (mean square), a reading by 0.010. "
                    "What is the skill?"
                ),
                0.75,
                "",
                ["S = 1 - (error of the reading) / (error of the mean picture)."],
                key="ynet-recall-4",
                mistakes=[
                    (
                        0.25,
                        "That is the ratio of the errors; the skill is what is missing to one.",
                    ),
                    (0.5, "Mean squares are compared as they are, without a root."),
                    (4.0, "A skill is at most one."),
                ],
            ),
        ]
    )
