"""The predictions and exercises of chapter 2: each is a question with an instant check."""

import numpy as np

from ...widgets import Prediction, ask_choice, ask_number, ask_setting, checks, on_page
from ..shared.own_curve import ask_of_sample
from . import _wires
from ._wires import QUANTA, per_plaquette

_NOISE_OPTIONS = [
    "noise: the second run will wiggle in another way",
    "signal: the second run of a wire repeats the first",
    "half and half: large wiggles repeat, small ones do not",
]
_MIRROR_OPTIONS = [
    "another fingerprint: the impurities are in other places",
    "the same fingerprint",
    "the same average, but other wiggles",
]


def predict_noise():
    """The first prediction: what a second run shows."""
    return Prediction(
        "Both wires are measured a second time, with the same apparatus. What will the second "
        "curves look like?",
        _NOISE_OPTIONS,
        key="ucf-noise",
    )


def recall_noise():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "ucf-noise",
        _NOISE_OPTIONS[1],
        "The wiggles are interference of waves on the impurities, which stay where they are.",
    )


def predict_mirror():
    """The second prediction: the fingerprint of the mirror image."""
    return Prediction(
        "A second wire is the mirror image of the first, left and right swapped. What is its "
        "fingerprint?",
        _MIRROR_OPTIONS,
        key="ucf-mirror",
    )


def recall_mirror():
    """The second prediction beside the outcome."""
    return Prediction.recall(
        "ucf-mirror",
        _MIRROR_OPTIONS[1],
        "A mirror reverses the field, and two leads do not notice a reversed field.",
    )


def spin():
    """One minute: the variance of a wire with two spin directions."""
    truth = 8 / 15
    return ask_number(
        "One spin direction has the variance 2/15 in (e²/h)² without a field. What is the variance "
        "of the whole conductance, with both spin directions and no spin-orbit coupling?",
        truth,
        "(e²/h)²",
        ["Both spins see the same impurities: g doubles.", "Doubling g multiplies var g by four."],
        key="ucf-spin",
        mistakes=[
            (2 / 15, "This is the variance for one spin direction; both swing together."),
            (4 / 15, "Variances of independent things add; the two spins swing alike."),
            (np.sqrt(truth), "This is the root mean square; the question asks for its square."),
        ],
    )


def why_a_notch():
    """One minute: what a known notch is good for."""
    return ask_choice(
        "Why does a known notch help when a fingerprint is to be read backwards?",
        {
            "it makes the wiggles larger": "Their size is universal; a notch does not change it.",
            "without it, different wires have one and the same fingerprint": (
                "Right: mirror images and shifted wires; the notch gives each its own curve."
            ),
            "it keeps the field out": "A notch removes sites; the field is everywhere.",
            "it makes g(B) and g(−B) differ": (
                "With two leads they are equal in every wire, notch or not: see Twins."
            ),
        },
        ["Switch the notch off in the last explorer and look at the landscape."],
        key="ucf-why_a_notch",
    )


def wires_needed():
    """Two minutes: how many wires give a variance to five per cent."""
    return ask_number(
        "The relative error of a variance from S wires is √(2/S). How many wires give it to 5 %?",
        800,
        "wires",
        ["Square both sides: 2/S = 0.0025."],
        key="ucf-wires_needed",
        rtol=0.02,
        mistakes=[
            (400, "This is the number for the error of a mean, 1/√S; here it is √(2/S)."),
            (40, "You solved √(2/S) = 0.05 without squaring both sides."),
            (8, "Five per cent is 0.05."),
        ],
    )


def one_site(explorer):
    """Five minutes, tune to target: one site, half a conductance quantum."""
    if explorer.ghost is None:
        return checks.wrong("Keep a fingerprint first (button, or take hold of an impurity).")
    data, before = explorer.data, explorer.ghost[1]
    if len(before) != len(data["conductance"]) or explorer.kept_antidots is None:
        return checks.wrong("Wait until all fields are there, then keep again.")
    now = data["antidots"]
    if now.shape != explorer.kept_antidots.shape:
        return checks.wrong("Keep the number of impurities as it was.")
    moved = np.hypot(*(now - explorer.kept_antidots)[:, :2].T)
    change = float(np.abs(data["conductance"] - before).max())
    if (moved > 0).sum() != 1:
        return checks.wrong(f"{(moved > 0).sum()} impurities have moved; move one, and only one.")
    if moved.max() > 1.5:
        return checks.wrong(f"It moved by {moved.max():.1f} sites; stay within one and a half.")
    if change >= 0.4:
        return checks.right(
            f"Right: {moved.max():.1f} sites changed g by up to {change:.2f} e²/h. The electron's "
            "wave is a few sites long, and every path over this impurity has changed its phase."
        )
    return checks.wrong(
        f"This changes g by at most {change:.2f} e²/h; find a place where it is 0.4.",
        close=change > 0.25,
    )


def find_one_site(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Move one impurity of the explorer by no more than 1.5 sites so that g changes by 0.4 e²/h "
        "or more at some field. Keep the fingerprint, move, then check.",
        explorer,
        one_site,
        ["Try an impurity in the middle of the wire, and a step across the wire."],
        key="ucf-one_site",
    )


_TWO_WIRES = "ucf-two_wires"  # as a wire to choose, the exercise that is code elsewhere


def two_wires(first, second):
    """Ten minutes, code: two wires with one fingerprint; a choice where no code can be written."""
    return choose_two_wires() if on_page.served() else check_two_wires(first, second)


def choose_two_wires():
    """The same as a choice among wires."""
    return ask_choice(
        "A wire of 60 by 22 sites has antidots of radius 2.5 at (20, 8) and (41, 14). Which other "
        "one has its fingerprint?",
        {
            "(39, 8) and (18, 14)": "Right: x → 59 − x exchanges left and right.",
            "(20, 8) and (40, 14)": (
                "One antidot has moved alone, so every path that touches both has another phase."
            ),
            "(20, 10) and (41, 16)": (
                "Both have moved across the wire, but the walls have not moved with them."
            ),
            "(20, 8) and (20, 14)": "They stand above each other now: the loops are other ones.",
        },
        ["Which images of a wire had the same curve?"],
        key=_TWO_WIRES,
    )


@checks.filed("ucf-two_wires")
def check_two_wires(first, second):
    """Ten minutes, code: two different wires with one fingerprint.

    Parameters
    ----------
    first, second : (K, 3) arrays of antidots x, y, radius in the wire of this chapter
    """
    try:
        first, second = (np.array(one, float).reshape(-1, 3) for one in (first, second))
        g = np.array(
            [
                _wires.wire().conductance(_wires.ENERGY, per_plaquette(QUANTA), one)
                for one in (first, second)
            ]
        )
    except ValueError as error:
        return checks.wrong(str(error))
    if not len(first) or not len(second):
        return checks.wrong("Give each wire at least one antidot.")
    masks = [_wires.wire().mask(one) for one in (first, second)]
    different = int((masks[0] != masks[1]).sum())
    if different < 10:
        return checks.wrong(
            f"These two wires differ in {different} sites only; take different ones."
        )
    apart = float(np.abs(g[0] - g[1]).max())
    if apart < 1e-6:
        return checks.right(f"Right: {different} sites differ, and g is the same at every field.")
    likeness = _wires.similarity(*g)
    return checks.wrong(
        f"The curves differ by up to {apart:.2f} e²/h. Which image of a wire had the same "
        "fingerprint? x runs from 0 to 59, y from 0 to 21.",
        close=likeness > 0.9,
    )


def coherence_length(explorer):
    """Five minutes: the coherent length of the sample on show, in micrometres."""

    def length(wire):
        right, width = wire["length"] * 1e6, wire["width"] * 1e6
        return right, [
            (right * width, "This is the area in µm²; divide it by the width."),
            (np.sqrt(right * width), "The wire is no square: divide the area by its width."),
            (right * 1e3, "The number is right in nm; the question asks for µm."),
        ]

    return ask_of_sample(
        "How long is the coherent wire on show above? Its width stands in the title.",
        explorer,
        length,
        "µm",
        [
            "Raise the degree of the background until the curve wiggles around a flat line.",
            "Such a curve forgets itself after about one flux quantum through the wire. Set the "
            "width: the green line is the field of one flux quantum in 1 µm of it.",
        ],
        key="ucf-coherence_length",
        rtol=0.45,
    )
