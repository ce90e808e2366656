"""The predictions and exercises of chapter 5: each is a question with an instant check."""

import numpy as np

from ...inverse_design import chern_number, design, honeycomb
from ...widgets import Prediction, ask_choice, ask_number, ask_setting, checks, on_page
from .six import PAPER

_SLOPE_OPTIONS = [
    "small, but it points towards the border",
    "zero: no small step changes σ",
    "different at each of the fourteen numbers, some up, some down",
]
_SAME_OPTIONS = [
    "64 different models",
    "a handful of different models",
    "one and the same model",
]


def predict_slope():
    """The first prediction: the gradient of a quantised number."""
    return Prediction(
        "A trivial insulator at zero temperature, σ = 0. You want to climb to σ = 1 and compute "
        "the gradient of σ. What is it?",
        _SLOPE_OPTIONS,
        key="haldane-slope",
    )


def recall_slope():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "haldane-slope",
        _SLOPE_OPTIONS[1],
        "Within a gapped phase σ is an integer, and an integer cannot change a little.",
    )


def predict_same():
    """The second prediction: what many starts find."""
    return Prediction(
        "64 machines begin with 64 different sets of fourteen random numbers, and nothing ties "
        "these numbers together. What will they have found at the end?",
        _SAME_OPTIONS,
        key="haldane-same",
    )


def recall_same():
    """The second prediction beside the outcome."""
    return Prediction.recall(
        "haldane-same",
        _SAME_OPTIONS[2],
        "All six phases a quarter turn, in one sense of rotation, and no M: Haldane's model.",
    )


def border():
    """Two minutes: where the phase ends."""
    truth = 3 * np.sqrt(3) * 0.2 * 0.5
    return ask_number(
        "For φ = π/6 and t₂ = 0.2 t₁: at which M (in t₁) does the Chern number become zero?",
        truth,
        "t₁",
        ["The gap at one corner K is 2(3√3 t₂ sin φ − M).", "Use the first explorer to check."],
        key="haldane-border",
        mistakes=[
            (truth / 0.2, "This is M/t₂; multiply by t₂ = 0.2."),
            (2 * truth, "Do not forget sin φ; at π/6 it is one half."),
            (truth * np.sqrt(3), "sin(π/6) is 1/2; √3/2 is the cosine."),
            (np.sqrt(3) * 0.1, "At K three hops on A add up, and those on B subtract: 3√3."),
        ],
    )


def trap():
    """One minute: why twelve momenta mislead."""
    return ask_choice(
        "Why do some starts fail on a mesh of 12 × 12 momenta, and none on 20 × 20?",
        {
            "12 × 12 is too coarse": "Then 8 × 8 and 10 × 10 would be worse; they are not.",
            "the corners K lie on it, where the gaps close": (
                "Right: where 3 divides the number, K is sampled, and 1/(E₁ − E₂)² makes a spike "
                "that is worth nothing to the true integral."
            ),
            "12 is even": "So is 20.",
            "the learning rate does not fit": "It is the same for both.",
        },
        ["Where does K lie, in units of the reciprocal vectors?"],
        key="haldane-trap",
    )


def trivial_hall():
    """One minute: why a trivial insulator has a Hall response when it is warm."""
    return ask_choice(
        "Beyond the border, C = 0. Why is σ not zero there at kT = 0.3 t₁?",
        {
            "the formula is only right at zero temperature": "Kubo's formula holds at any kT.",
            "the mesh is too coarse": "A finer mesh gives the same number.",
            "the curvature at K and K′ no longer cancels when they are filled differently": (
                "Right: the integral of the curvature vanishes only if every state counts once."
            ),
            "heat changes the Chern number": "It belongs to the band, not to who sits in it.",
        },
        ["Look at the map of the curvature at M/t₂ = 6: red here, blue there."],
        key="haldane-trivial_hall",
    )


def flux_per_site():
    """Two minutes: read the machine's model."""
    return ask_number(
        "In the machine's best design every triangle of three neighbours carries −3π/4 (or "
        "+3π/4). The lattice has two such triangles for each site. How many flux quanta is that "
        "for one site, in size?",
        0.75,
        "flux quanta",
        ["The phase around both triangles is 2 · 3π/4; one quantum is 2π."],
        key="haldane-flux_per_site",
        mistakes=[
            (0.375, "This is one triangle; there are two for each site."),
            (1.5, "A flux quantum is a phase of 2π, not of π."),
            (1.5 * np.pi, "This is the phase; divide it by 2π."),
            (-0.75, "The size is right; leave out the sign."),
            (0.25, "Equal to −3/4 up to a whole quantum, yes: but take the flux as it is."),
        ],
    )


def other_side(explorer):
    """Three minutes, tune to target: the other Chern number with a robust gap."""
    data = explorer.data
    chern, gap = data["chern"], data["gap"]
    if chern is None:
        return checks.wrong("The bands touch here: move off the border.")
    if abs(explorer.ratio) < 2:
        return checks.wrong("M/t₂ must be 2 or more in size.")
    if chern != -1:
        words = f"{chern:+d}".replace("-", "−") if chern else "0"
        return checks.wrong(f"C is {words}; it must be −1.")
    if gap < 0.9:
        return checks.wrong(f"C = −1; the gap is {gap:.2f} t₁, not yet 0.9.", close=gap > 0.6)
    return checks.right(f"Right: C = −1 with a gap of {gap:.2f} t₁.")


def find_other_side(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Set the first explorer to C = −1 with M/t₂ of 2 or more in size, and a gap of 0.9 t₁ or "
        "more. Then check.",
        explorer,
        other_side,
        ["The left lobe; and what makes the masses at K large?"],
        key="haldane-other_side",
    )


def beaten(explorer):
    """Five minutes, tune to target: more than the paper's number."""
    sigma = explorer.data["sigma"]
    if sigma > PAPER:
        return checks.right(f"Right: {sigma:.4f} > {PAPER}, with a model of one angle.")
    missing = PAPER - sigma
    return checks.wrong(f"{sigma:.4f} e²/h: {missing:.4f} are missing.", close=missing < 0.03)


def beat_the_paper(explorer):
    """The same with a button."""
    return ask_setting(
        "Set the explorer of the one-angle model to a σ above the paper's 3.0916 e²/h. Then check.",
        explorer,
        beaten,
        ["All amplitudes as large as they may be.", "Then the top of the red curve."],
        key="haldane-beat_the_paper",
    )


_OWN = "haldane-own_objective"  # as a line to choose, the exercise that is code elsewhere


def own_objective(objective):
    """Ten minutes, code: an objective with C = -1; a line to choose where none can be written."""
    return choose_objective() if on_page.served() else check_objective(objective)


def choose_objective():
    """The same as a choice among lines of code."""
    return ask_choice(
        "Four designs climb one of these goals. Which one leads to C = −1?",
        {
            "-inv.hall_conductivity(model, 1 / beta, mesh=10)": (
                "Right: the largest value of −σ is where σ is −1."
            ),
            "inv.hall_conductivity(model, 1 / beta, mesh=10)": "This climbs to C = +1.",
            "inv.hall_conductivity(model, 1 / beta, mesh=10).abs()": (
                "Both signs are equally good for it: some starts end with +1, some with −1."
            ),
            "inv.hall_conductivity(model, 1 / beta, mesh=10) ** 2": (
                "A square knows no sign: some starts end with +1, some with −1."
            ),
        },
        ["What is climbed is made as large as possible."],
        key=_OWN,
    )


@checks.filed("haldane-own_objective")
def check_objective(objective):
    """Ten minutes, code: an objective whose maximum has C = -1.

    Parameters
    ----------
    objective : function of (model, beta), a batch of TightBinding and 1 / kT, giving one number for
        each start
    """
    if not callable(objective):
        return checks.wrong("Give a function of (model, beta).")
    try:
        run = design(objective, honeycomb(), starts=4, seed=1, steps=60)
        chern = chern_number(run.model, mesh=20, undefined=0).numpy()
    except Exception as error:
        text = " ".join(str(error).split()).rstrip(".")
        return checks.wrong(f"Your function raised {type(error).__name__}: {text}.")
    found = ", ".join(str(c).replace("-", "−") for c in chern)
    if (chern == -1).sum() >= 3:
        return checks.right(f"Right: four starts end with C = {found}.")
    close = bool((chern == -1).any())
    return checks.wrong(
        f"Four starts end with C = {found}; at least three should have −1.", close=close
    )
