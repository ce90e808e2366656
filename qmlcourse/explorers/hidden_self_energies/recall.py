"""Four questions to recall: two of this chapter, one of chapter 2, one on a number."""

from ...widgets import Column, ask_choice, ask_number, ask_order


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_choice(
                (
                    "One photoemission curve is fitted perfectly, from many random starts, "
                    "with equal results. What follows?"
                ),
                {
                    "one way to write the functions has one best answer; nature may have another": (
                        "Right: agreement of seeds is not accuracy."
                    ),
                    "both self-energies are known": "A whole family gives the same curve.",
                    "the noise is small": "χ² tells that the noise is as assumed.",
                    "the curve shows a superconductor": (
                        "A pseudogap without pairing gives the same."
                    ),
                },
                key="hidden-recall-1",
            ),
            ask_order(
                "From self-energies to a curve on paper. Put the steps in order.",
                [
                    "Choose densities that are positive, and odd for the anomalous part.",
                    "Kramers-Kronig gives the real parts.",
                    "Build Nambu's matrix and invert it.",
                    "Take the imaginary part of the normal corner.",
                    "Multiply by the Fermi function and blur with the resolution.",
                    "Count electrons: add Poisson noise.",
                ],
                ["Causality comes before the Green's function.", "The counter stands at the end."],
                key="hidden-recall-2",
            ),
            ask_choice(
                "From chapter 2: which measurement told the twins among the wires apart?",
                {
                    "a larger field": "Reversal and mirrors hold at every field.",
                    "a lower temperature": "Twins are twins at every temperature.",
                    "more points": "Equal curves stay equal however dense the points are.",
                    "none on the same wire: a notch in the wall had to break the symmetry": (
                        "Right. Here, too, something new has to be measured."
                    ),
                },
                key="hidden-recall-3",
            ),
            ask_number(
                (
                    "Of a sharp mode the share 1 - c² of the normal peak is left in the "
                    "total self-energy, and c² = 0.91. Which percentage is left?"
                ),
                9.0,
                "%",
                ["What is left is one minus what cancels."],
                key="hidden-recall-4",
                rtol=0.02,
                mistakes=[
                    (91.0, "That share is hidden."),
                    (0.09, "Right as a fraction; per cent are asked."),
                    (4.6, "c² is given, not c."),
                ],
            ),
        ]
    )
