"""Four questions to recall: two of this chapter, one of chapter 5, one on a number."""

from math import comb

from ...widgets import Column, ask_choice, ask_number, ask_order


def recall():
    """The questions at the end, to be answered without scrolling back."""
    return Column(
        [
            ask_choice(
                (
                    "Your trained state has an energy above the exact one of another sector. "
                    "What proves that it is an eigenstate?"
                ),
                {
                    "it has many parameters": "Parameters are a possibility, no proof.",
                    "all its amplitudes are positive": "Signs belong to the basis.",
                    "the variance of its local energy vanishes": (
                        "Right: E_loc is then the same for every determinant."
                    ),
                    "its energy stopped falling": "A start may be stuck on a plateau.",
                },
                key="nqs-recall-1",
            ),
            ask_order(
                "One step of stochastic reconfiguration. Put the parts in order.",
                [
                    "Evaluate ψ and its logarithmic derivatives for all determinants.",
                    "Apply H, and form the residual (H - E)ψ.",
                    "Project it on the tangent vectors: solve a damped least-squares problem.",
                    "Move the parameters by the solution times the step size.",
                ],
                ["The residual needs ψ first.", "The parameters move last."],
                key="nqs-recall-2",
            ),
            ask_choice(
                (
                    "From chapter 5: why are the phases of a designed hopping meaningless one"
                    " by one?"
                ),
                {
                    "the optimiser forgets them": "It keeps every number.",
                    "hoppings are real": "With broken time reversal they are complex.",
                    "a gauge changes them; only fluxes through closed paths stay": (
                        "Right: a site's phase may be chosen freely."
                    ),
                    "they are random": "They are what the optimiser found.",
                },
                key="nqs-recall-3",
            ),
            ask_number(
                (
                    "Six electrons, three of each spin, in six orbitals: how many "
                    "determinants are there, without any symmetry?"
                ),
                comb(6, 3) ** 2,
                "",
                ["How many ways are there to put three electrons into six orbitals?"],
                key="nqs-recall-4",
                rtol=1e-6,
                mistakes=[
                    (comb(6, 3), "That is one spin direction."),
                    (comb(12, 6), "Here the number of each spin is fixed."),
                    (
                        2 * comb(6, 3),
                        "Each choice of one spin goes with every choice of the other.",
                    ),
                ],
            ),
        ]
    )
