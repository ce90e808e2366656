"""The exercises of chapter 1: each is a question with an instant check."""

import numpy as np

from ...reproduce import ab_oscillations
from ...transport import FLUX_QUANTUM, ring_radius
from ...widgets import (
    Column,
    Prediction,
    Sketch,
    ask_choice,
    ask_number,
    ask_setting,
    checks,
    on_page,
)
from ..shared.full_scale import stored
from ..shared.own_curve import ask_of_sample
from .ring import SKETCH

_RADIUS = 0.4e-6
_TWO_PATHS = "ab-two_paths"  # as a line to choose, the exercise that is code elsewhere
_FLUX_OPTIONS = [
    "nothing: the electron never meets the field",
    "g falls steadily as the flux grows",
    "g comes back after one flux quantum h/e",
    "g comes back after half a flux quantum h/2e",
]
_MANY_OPTIONS = [
    "the same oscillation as in one ring, only smoother",
    "no oscillation at all",
    "an oscillation with half the period, h/2e",
]


def predict_flux():
    """The first prediction: what the flux does, chosen and drawn."""
    choice = Prediction(
        "The flux through the hole grows from nothing. The electrons stay in the ring, where there "
        "is no field. What happens to g?",
        _FLUX_OPTIONS,
        key="ab-flux",
    )
    sketch = Sketch(
        "Draw g against the flux as you expect it. It will stand behind the computed curve.",
        key=SKETCH,
        xlabel="flux Φ (h/e)",
        ylabel="g (e²/h)",
        xlim=(0, 2),
        ylim=(0, 2),
    )
    return Column([choice, sketch])


def recall_flux():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "ab-flux",
        _FLUX_OPTIONS[2],
        "The field is absent from the metal, but not the vector potential, and a wave's phase "
        "follows that.",
    )


def predict_many():
    """The second prediction: the average of many rings."""
    return Prediction(
        "You measure 400 rings that differ only in their impurities, and average the curves. "
        "What is left of the oscillation?",
        _MANY_OPTIONS,
        key="ab-many",
    )


def recall_many():
    """The second prediction beside the outcome."""
    return Prediction.recall(
        "ab-many",
        _MANY_OPTIONS[2],
        "A path and its mirror in time have the same phase in every ring: their share survives.",
    )


def half_quantum():
    """One minute: equal arms at half a flux quantum."""
    return ask_choice(
        "A one-channel ring with equal arms encloses half a flux quantum. What is g?",
        {
            "0": "Right: the two paths arrive with opposite signs at every energy.",
            "1/2 e²/h": "Half the flux is not half the current: add amplitudes, then square.",
            "1 e²/h": "That happens when the paths agree; half a quantum turns one by π.",
            "it depends on the energy": (
                "The energy changes both arms alike when they are equal; only the flux is left."
            ),
        },
        ["Set both arms to 9 sites in the explorer above and look at Φ = 0.5."],
        key="ab-half_quantum",
    )


def field_period():
    """Two minutes: the period in millitesla of a ring of known radius."""
    truth = FLUX_QUANTUM / (np.pi * _RADIUS**2) * 1e3
    return ask_number(
        "A gold ring has a mean radius of 0.40 µm. Which change of the magnetic field moves g by "
        "one period h/e?",
        truth,
        "mT",
        ["One period is one flux quantum through the area of the ring.", "h/e = 4.1357e-15 T m²."],
        key="ab-field_period",
        rtol=0.02,
        mistakes=[
            (truth / 4, "This is the period for a radius of 0.8 µm: radius, not diameter."),
            (truth * 4, "This is the period for a radius of 0.2 µm: radius, not diameter."),
            (truth / 2, "This is the h/2e period; the first harmonic has h/e."),
            (truth / 1e3, "The number is right in tesla; the question asks for mT."),
            (truth / (2 * np.pi), "A factor 2π: the quantum is h/e, not ħ/e."),
        ],
    )


def two_paths(function):
    """Five minutes, code: the probability after two paths with amplitudes a and b and a flux.

    Where a page shows no cell to write in, the line is chosen.
    """
    return choose_two_paths() if on_page.served() else check_two_paths(function)


def choose_two_paths():
    """The same as a choice among lines of code."""
    turn = "np.exp(2j * np.pi * flux)"
    return ask_choice(
        "Which line is the probability from amplitudes a, b and the flux in quanta?",
        {
            f"abs(a + b * {turn}) ** 2": "Right: turn, add, then square the length.",
            f"abs(a) ** 2 + abs(b * {turn}) ** 2": (
                "Squared first and added then: no flux can change this sum."
            ),
            f"(a + b * {turn}) ** 2": (
                "The square of a complex number is complex; take its length first."
            ),
            "abs(a + b * np.exp(1j * flux)) ** 2": (
                "This comes back after 2π flux quanta: one quantum is a whole turn, 2π."
            ),
        },
        ["At flux 0.5 two equal amplitudes must cancel: put the numbers in."],
        key=_TWO_PATHS,
    )


@checks.filed("ab-two_paths")
def check_two_paths(function):
    """The check of the student's own function."""
    return checks.function(
        function,
        lambda a, b, flux: abs(a + b * np.exp(2j * np.pi * flux)) ** 2,
        [(0.6, 0.6, 0.0), (0.6, 0.6, 0.5), (0.3, 0.8, 0.21), (0.5, 0.2j, -0.4)],
    )


def dark_ring(explorer):
    """Five minutes, tune to target: a ring that is open but dark at zero flux."""
    data = explorer.data
    if data["channels"] == 0:
        return checks.wrong("No channel is open here: the lead is dark. Raise the Fermi energy.")
    zero = float(data["conductance"][0])
    swing = float(np.ptp(data["conductance"]))
    if zero < 0.05 and swing > 0.3:
        return checks.right(f"Right: g(0) = {zero:.3f} e²/h, and the flux opens it by {swing:.2f}.")
    if zero < 0.05:
        return checks.wrong(
            f"Dark at zero flux, but the flux opens it only by {swing:.2f}; aim at 0.3.", close=True
        )
    return checks.wrong(
        f"g(0) = {zero:.3f} e²/h; bring it below 0.05. Try energy and offset.", close=zero < 0.15
    )


def find_dark_ring(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Find a ring that is dark at zero flux, g(0) &lt; 0.05 e²/h, and opens by at least 0.3 "
        "e²/h when the flux grows. Set the first explorer, then check.",
        explorer,
        dark_ring,
        ["Unequal arms help: move the leads up by one site, then scan the Fermi energy."],
        key="ab-dark_ring",
    )


def hidden_radius(explorer):
    """Five minutes: the radius of the simulated sample on show, in micrometres."""

    def radius(ring):
        right = ring["radius"] * 1e6
        second = ring_radius(FLUX_QUANTUM / (np.pi * ring["radius"] ** 2) / 2) * 1e6
        return right, [
            (second, "You took the h/2e line for h/e: there is a line at half its frequency."),
            (2 * right, "This is the diameter; the question asks for the radius."),
        ]

    return ask_of_sample(
        "What is the mean radius of the simulated ring on show above?",
        explorer,
        radius,
        "µm",
        ["Raise the degree of the background until a line stands apart from zero."],
        key="ab-hidden_radius",
        rtol=0.06,
        unknown="ring",
    )


def overtaking():
    """Ten minutes: after how many rings h/2e overtakes h/e."""
    found = stored(ab_oscillations)
    single, surviving = found["amplitude"][0][0], abs(found["mean_harmonics"][1])
    truth = (single / surviving) ** 2
    wrong = (single / found["amplitude"][0][1]) ** 2
    return ask_number(
        f"In one ring the h/e amplitude is {single:.3f} e²/h (root mean square); the part of h/2e "
        f"that all rings share is {surviving:.4f} e²/h. After how many rings are the two equal?",
        truth,
        "rings",
        ["The h/e amplitude of the mean of N rings is that of one ring over √N."],
        key="ab-overtaking",
        rtol=0.2,
        mistakes=[
            (wrong, "You compared with h/2e of one ring; only the part that survives counts."),
            (np.sqrt(truth), "h/e falls as the square root of N: square the ratio."),
        ],
    )
