"""The predictions and exercises of chapter 6: each is a question with an instant check."""

import numpy as np

from ...nqs import (
    CHEMICAL_ACCURACY,
    RBM,
    SearchSettings,
    exact_ground_state,
    ground_state,
    hartree_fock,
    hydrogen_ring,
    prepare,
)
from ...widgets import Prediction, ask_choice, ask_number, ask_setting, by_form, checks

_BELOW_OPTIONS = [
    "no: an approximate energy always lies above the exact one",
    "yes, but only through rounding",
    "yes: coupled cluster is not variational",
]
_GAP_OPTIONS = ["too narrow", "too wide", "it may be either"]


def predict_below():
    """The first prediction: may an energy lie below the exact one?"""
    return Prediction(
        "CCSD(T) is the most trusted method of quantum chemistry. Six hydrogen atoms are pulled "
        "apart. Can its energy fall below the exact one?",
        _BELOW_OPTIONS,
        key="nqs-below",
    )


def recall_below():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "nqs-below",
        _BELOW_OPTIONS[2],
        "It projects the equation instead of taking an average in a state, so no bound holds.",
    )


def predict_gap():
    """The second prediction: the sign of the error of the small space."""
    return Prediction(
        "The state of the ring is exact. One electron is taken out or put in, without letting the "
        "others give way. The gap that follows from such holes and particles is …",
        _GAP_OPTIONS,
        key="nqs-gap",
    )


def recall_gap():
    """The second prediction beside the outcome."""
    return Prediction.recall(
        "nqs-gap",
        _GAP_OPTIONS[1],
        "Both charged states are restricted, so both their energies lie too high, and that of the "
        "exact parent does not. From Hartree-Fock, whose own energy is too high as well, the "
        "frozen gap is narrower: 0.9436 against 0.9524 hartree.",
    )


def count_determinants():
    """One minute: what momentum saves."""
    return ask_number(
        "A ring of 10 atoms has 63,504 determinants with five electrons of each spin. About how "
        "many are left when the total momentum is given?",
        6352,
        "",
        ["The classes are almost equal in size."],
        key="nqs-count_determinants",
        rtol=0.02,
        mistakes=[
            (63504, "This is all of them; momentum sorts them into ten classes."),
            (635, "Divide by the number of momenta, which is 10."),
            (252, "This is the number of ways to place one spin."),
        ],
    )


def closed_shell():
    """One minute: which rings are closed shells."""
    return ask_choice(
        "Which of these rings has a closed shell, that is, one lowest determinant?",
        {
            "4 electrons": "After the pair at m = 0, two electrons share m = +1 and −1.",
            "8 electrons": "2 + 4 are placed; two electrons share m = +2 and −2.",
            "12 electrons": "2 + 8 are placed; two electrons share one more pair of levels.",
            "14 electrons": "Right: 4n + 2, as in Hückel's rule.",
        },
        ["Fill the levels m = 0, ±1, ±2, …, two electrons in each."],
        key="nqs-closed_shell",
    )


def certificate():
    """One minute: what a small variance proves."""
    return ask_choice(
        "A trained state has a variance of 10⁻⁶ hartree². What does this prove, without any exact "
        "result?",
        {
            "that its energy is the ground state's to 10⁻³ hartree": (
                "An excited eigenstate has zero variance too."
            ),
            "that some eigenvalue lies within the root of the variance": (
                "Right: an eigenstate is near, though it need not be the lowest one."
            ),
            "nothing: the variance depends on the sampling": (
                "Here it is an exact sum; it measures the distance to an eigenstate."
            ),
        },
        ["Write the state in eigenstates: the variance is a mean square distance of energies."],
        key="nqs-certificate",
    )


def breaking_point(explorer):
    """Three minutes, tune to target: where CCSD(T) leaves chemical accuracy."""
    row = explorer.data["at"]
    curves = explorer.table(explorer.data, explorer.state())
    error = 1e3 * (curves["ccsd_t_hartree_per_atom"] - curves["exact_hartree_per_atom"])
    bad = np.nonzero(np.abs(error) > 1.594)[0]
    first = int(bad[0])
    now = float(curves["spacing_bohr"][row])
    if row == first:
        return checks.right(f"Right: at {now:.1f} bohr it is off by {error[row]:.2f}.")
    side = "nearer together" if row > first else "farther apart"
    return checks.wrong(
        f"At {now:.1f} bohr it is off by {error[row]:.2f} mHa an atom; look {side}.",
        close=abs(row - first) < 3,
    )


def find_breaking_point(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Set the explorer of the pulled ring to the first distance at which CCSD(T) is off by more "
        "than 1.594 mHa an atom. Then check.",
        explorer,
        breaking_point,
        ["The log picture has a line for it."],
        key="nqs-breaking_point",
    )


def six_amplitudes(explorer):
    """Three minutes, tune to target: six amplitudes within chemical accuracy."""
    off, spacing = explorer.data["off"], explorer.spacing
    if spacing < 3:
        return checks.wrong(f"At {spacing:.1f} bohr it is too easy; pull to 3 bohr or more.")
    if off < 1e3 * CHEMICAL_ACCURACY:
        return checks.right(
            f"Right: {off:.2f} mHa an atom above the truth, where one filling alone is "
            f"{explorer.data['one']:.0f} too high."
        )
    return checks.wrong(
        f"Now {off:.2f} mHa an atom above the truth; 1.59 is the goal.", close=off < 4
    )


def find_six_amplitudes(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "In the explorer of the six amplitudes, at 3 bohr or more, bring the energy to within "
        "chemical accuracy, 1.594 mHa an atom. Then check.",
        explorer,
        six_amplitudes,
        ["Let the arrows be shown, and begin with the longest."],
        key="nqs-six_amplitudes",
    )


@by_form(
    "What is the energy of the lowest state of the ring of four at 2 bohr?",
    "energy",
    unit="hartree",
)
@checks.filed("nqs-open_shell")
def open_shell(energy):
    """Ten minutes, code: the ring of four, an open shell.

    Parameters
    ----------
    energy : the energy of the best momentum of `hydrogen_ring(4, 2.0)`, hartree
    """
    exact = exact_ground_state(hydrogen_ring(4, 2.0))
    return checks.number(
        energy,
        exact.energy,
        atol=1e-3,
        unit="hartree",
        hints=[
            (exact.energies[0], "This is the lowest state with momentum 0; another one is lower."),
            (exact.energy / 4, "This is the energy per atom."),
        ],
    )


@by_form(
    "With which bias do twelve steps not even reach Hartree-Fock?",
    "bias",
    start=(0.3,),
)
@checks.filed("nqs-stuck_start")
def stuck_start(bias):
    """Ten minutes, code: a start that does not lean enough on one determinant.

    Parameters
    ----------
    bias : with which the search of H6 at 3 bohr by 12 steps of 'sr', seed 0, ends above the energy
        of Hartree-Fock
    """
    value = checks.number(bias, 0, rtol=0, atol=1e9)
    if not value.ok:
        return value
    crystal = hydrogen_ring(6, 3.0)
    limit = hartree_fock(crystal).energy
    settings = SearchSettings(method="sr")
    energy = prepare(crystal, RBM, 0, bias=float(bias), settings=settings).run(12).energy
    if energy > limit:
        return checks.right(
            f"Right: after 12 steps {energy:.3f} hartree, Hartree-Fock {limit:.3f}."
        )
    return checks.wrong(
        f"This start reaches {energy:.3f} hartree, below Hartree-Fock ({limit:.3f}).",
        close=energy > limit - 0.05,
    )


@by_form(
    "With how many hidden units for each spin orbital does H6 still reach chemical accuracy?",
    "density",
    start=(1.0,),
)
@checks.filed("nqs-compressed")
def compressed(density):
    """Open end: the smallest network that still reaches chemical accuracy for H6.

    Parameters
    ----------
    density : hidden units for each of the 12 spin orbitals
    """
    value = checks.number(density, 1, rtol=0, atol=1e9)
    if not value.ok:
        return value
    crystal = hydrogen_ring(6, 3.0)
    exact = exact_ground_state(crystal, momentum=0).energy
    try:
        found = ground_state(crystal, RBM, seed=0, density=float(density), symmetric=False)
    except (ValueError, RuntimeError) as error:
        return checks.wrong(str(error))
    off, size = 1e3 * (found.energy - exact) / 6, len(found.network.parameters)
    words = f"{found.network.hidden} hidden units, {size} parameters: {off:.3f} mHa an atom."
    if off < 1.594 and size < 68:
        return checks.right(f"Right: {words} Fewer numbers than determinants.")
    return checks.wrong(f"Not yet: {words} 68 determinants are to be beaten.", close=off < 1.594)
