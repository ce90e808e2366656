"""Four questions to recall: two of this chapter, one of chapter 2, one on a number."""

from ...widgets import Column, ask_choice, ask_number, ask_order


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_choice(
                (
                    "A network trained far from the transition is 99 % certain about a state "
                    "near it. What is this certainty worth?"
                ),
                {
                    "the state is 99 % metal": (
                        "A state belongs to one phase; p is the network's opinion."
                    ),
                    "nothing: a network is never right there": (
                        "It is right more often than one number about the state is."
                    ),
                    (
                        "little: it is no error bar; five trainings and a witness that is no "
                        "network tell more"
                    ): "Right.",
                    "99 of 100 such answers are right": (
                        "Only a calibrated classifier keeps that promise; near the transition "
                        "this one does not."
                    ),
                },
                key="anderson-recall-1",
            ),
            ask_order(
                (
                    "How does the library find states in the middle of the band? Put the "
                    "steps in order."
                ),
                [
                    "Choose an energy E inside the band.",
                    "Eliminate the crystal layer by layer, which factorises H - E.",
                    "Apply the inverse to a block of random vectors, again and again.",
                    "Solve the small eigenvalue problem in their span.",
                    "Check the residual of each state against the tolerance.",
                ],
                ["The factorisation is done once, before any vector.", "The check comes last."],
                key="anderson-recall-2",
            ),
            ask_choice(
                "From chapter 2: why do two wires with the same g(B) exist at all?",
                {
                    "disorder averages them": "Nothing is averaged in a single wire.",
                    "mirror images and shifted impurities change no conductance": (
                        "Right: they are symmetries, and a notch breaks them."
                    ),
                    "the measurement is too coarse": "They are equal to the last digit.",
                    "two leads measure only the mean": "Each curve is that of one wire.",
                },
                key="anderson-recall-3",
            ),
            ask_number(
                (
                    "A state spreads evenly over a cube of 12³ sites. What is its inverse "
                    "participation ratio P₂?"
                ),
                12.0**-3,
                "",
                ["|ψ|² is the same on all sites, and sums to one."],
                key="anderson-recall-4",
                rtol=0.02,
                mistakes=[
                    (12.0**3, "That is 1/P₂, the number of sites."),
                    (12.0**-1.5, "That is the amplitude; P₂ sums its fourth power."),
                    (1.0, "That is the norm, the sum of squares."),
                ],
            ),
        ]
    )
