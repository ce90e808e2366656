"""The predictions and exercises of chapter 7: each is a question with an instant check."""

import numpy as np

from ...self_energy import DegenerateTruth, HiddenFermion
from ...widgets import Prediction, ask_choice, ask_number, ask_setting, by_form, checks

_COUNT_OPTIONS = [
    "both functions, if one knows the general laws",
    "only their sum, whatever laws one knows",
    "neither: a curve has noise",
]
_PEAK_OPTIONS = [
    "where the curve has its peak, 43 meV",
    "on the flank between peak and dip, 64 meV",
    "where it has its hump, 111 meV",
]
_BEAM_OPTIONS = [
    "a hundred times longer at the same momentum",
    "a second momentum, as long as the first",
    "no difference: the counts decide",
]


def predict_count():
    """The first prediction: what one curve can give."""
    return Prediction(
        "Two functions, the normal and the anomalous self-energy, make one spectrum. Suppose it "
        "could be measured at all energies, and as well as one likes. The laws are known: "
        "causality, positivity, symmetry, decay at high energy. What could be read from it?",
        _COUNT_OPTIONS,
        key="hidden-count",
    )


def recall_count():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "hidden-count",
        _COUNT_OPTIONS[1],
        "A whole family of pairs keeps all the laws and has exactly this spectrum, and so has "
        "their sum. A measured curve, one side with noise, gives even less.",
    )


def predict_peak():
    """Where the hidden peak is, guessed from the curve alone."""
    return Prediction(
        "Both self-energies of this superconductor have one strong peak. At which energy, judging "
        "by the curve alone?",
        _PEAK_OPTIONS,
        key="hidden-peak",
    )


def recall_peak():
    """The guess of the peak beside the truth."""
    return Prediction.recall(
        "hidden-peak",
        _PEAK_OPTIONS[1],
        "The mode sits at 64 meV, on the flank between the peak at 43 meV and the dip at 91 meV: "
        "nothing in the spectrum marks it.",
    )


def predict_beam():
    """The second prediction: how to spend beam time."""
    return Prediction(
        "You may measure longer. What tells more about the anomalous part?",
        _BEAM_OPTIONS,
        key="hidden-beam",
    )


def recall_beam():
    """The second prediction beside the outcome."""
    return Prediction.recall(
        "hidden-beam",
        _BEAM_OPTIONS[1],
        "More counts make the same sum sharper; another momentum adds another equation.",
    )


def mode_energy():
    """One minute: where the peak sits."""
    truth = float(np.hypot(20, 60))
    return ask_number(
        "A hidden fermion has the energy e_f = −20 meV and the pairing D = 60 meV. At which energy "
        "do the peaks of the self-energies stand?",
        truth,
        "meV",
        ["It is the Bogoliubov energy of the hidden fermion."],
        key="hidden-mode_energy",
        rtol=0.005,
        mistakes=[
            (80, "Energies of this kind add as squares: E_f² = e_f² + D²."),
            (40, "Energies of this kind add as squares: E_f² = e_f² + D²."),
            (np.sqrt(60**2 - 20**2), "The squares add; they do not subtract."),
            (truth / 1e3, "The number is right in eV; the question asks for meV."),
        ],
    )


def left_over():
    """One minute: the residue law."""
    return ask_number(
        "The saturation is c = 0.8. How many per cent of a sharp peak of Σ_nor are left in the "
        "total self-energy?",
        36,
        "%",
        ["1 − c²."],
        key="hidden-left_over",
        mistakes=[
            (64, "This is the part that cancels."),
            (20, "The law has c squared: 1 − c²."),
            (0.36, "The number is right as a share; the question asks for per cent."),
        ],
    )


def what_breaks_it():
    """One minute: which measurement removes the degeneracy."""
    return ask_choice(
        "Which further measurement can tell the members of the family apart?",
        {
            "the same curve with a hundred times the counts": "All members have this very curve.",
            "the empty side above the Fermi level at the same momentum": (
                "The members agree at all energies, occupied or not."
            ),
            "a better resolution at the same momentum": "The curves agree before any resolution.",
            "the same curve at another momentum": (
                "Right, as long as the self-energies do not change with momentum."
            ),
        },
        ["Use the explorer of the family, and its second switch."],
        key="hidden-what_breaks_it",
    )


def window_of_the_gap(explorer):
    """Three minutes, tune to target: a narrow window with most of Re Sigma_ano(0)."""
    share, half = explorer.data["share"], explorer.half
    if explorer.truth != "hidden":
        return checks.wrong("Choose the hidden fermion first.")
    if half > 25:
        return checks.wrong(f"Half width {half:.0f} meV: stay below 25.", close=share > 0.9)
    if share >= 0.9:
        return checks.right(f"Right: {100 * share:.0f} % from {2 * half:.0f} meV of energies.")
    return checks.wrong(f"This window makes {100 * share:.0f} %, not yet 90.", close=share > 0.8)


def find_window(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Set the explorer of the budget to a window with a half width of 25 meV or less that makes "
        "nine tenths of the hidden fermion's Re Σ_ano(0). Then check.",
        explorer,
        window_of_the_gap,
        ["Put its middle on the peak, then widen."],
        key="hidden-window",
    )


@by_form(
    "Which scale gives the anomalous part 150 meV at zero energy?",
    "scale",
    start=(0.5,),
)
@checks.filed("hidden-same_curve")
def same_curve(scale):
    """Ten minutes, code: the member of the family with a given anomalous part.

    Parameters
    ----------
    scale : number such that Re Sigma_ano(0) of DegenerateTruth(HiddenFermion(), scale) is 150 meV
    """
    value = checks.number(scale, 0.6, rtol=1e9)
    if not value.ok:
        return value
    try:
        gap = 1e3 * abs(DegenerateTruth(HiddenFermion(), float(scale)).gap_parameter())
    except ValueError as error:
        return checks.wrong(str(error))
    if abs(gap - 150) < 1:
        return checks.right(f"Right: {gap:.1f} meV, and the very same curve.")
    side = "more" if gap < 150 else "less"
    return checks.wrong(f"This one has {gap:.1f} meV; 150 needs {side}.", close=abs(gap - 150) < 15)
