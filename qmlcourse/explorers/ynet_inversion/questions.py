"""Predictions and exercises of chapter 4."""

import numpy as np

from ...widgets import Prediction, ask_choice, ask_number, ask_setting, by_form, checks
from ...ynet import mirror_images, wires
from ._wires import distance, hidden, reader, stored, truth

_TWIN_OPTIONS = ["none: every wire has its own", "one", "three"]
_BLUR_OPTIONS = ["the Y-net, clearly", "the plain network, clearly", "neither by much"]


def predict_twins():
    """The first prediction: how many other wires share a fingerprint."""
    return Prediction(
        "A straight wire with four equal bites in its corners and one antidot away from the "
        "middle lines. How many <i>other</i> places of the antidot give exactly the same g(B)?",
        _TWIN_OPTIONS,
        key="ynet-twins",
    )


def recall_twins():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "ynet-twins",
        _TWIN_OPTIONS[2],
        "Left and right exchanged, up and down exchanged, and both: a mirror turns the field "
        "round, and a wire with two ends has g(B) = g(−B).",
    )


def predict_rival():
    """The second prediction: Y-net or plain network."""
    return Prediction(
        "Two networks of the same size see the same wires equally often. The Y-net first learns to "
        "compress pictures; the plain one goes from g(B) to the picture at once. Which reads wires "
        "better that it never saw?",
        _BLUR_OPTIONS,
        key="ynet-rival",
    )


def recall_rival():
    """The second prediction beside what the stored run found."""
    skills = {
        name: np.array([row["skill"] for row in rows])
        for name, rows in stored()["rivals"]["networks"].items()
    }
    gain = skills["y-net"].mean() - skills["plain"].mean()
    spread = np.hypot(skills["y-net"].std(ddof=1), skills["plain"].std(ddof=1))
    clear = abs(gain) > max(2 * spread, 0.02)
    outcome = _BLUR_OPTIONS[2 if not clear else 0 if gain > 0 else 1]
    return Prediction.recall(
        "ynet-rival",
        outcome,
        f"The Y-net's skill is {skills['y-net'].mean():.3f}, the plain network's "
        f"{skills['plain'].mean():.3f}; the spread over seeds is {spread:.3f}.",
    )


def fields_needed():
    """One minute: how many numbers there are to find and to know."""
    return ask_number(
        "One antidot of known radius in a known wire: how many numbers does the network have to "
        "find from its 64 values of g?",
        2,
        "",
        ["Where is the antidot?"],
        key="ynet-fields_needed",
        mistakes=[
            (64.0, "This is what it is given."),
            (16.0, "This is the size of the latent space, which is larger than it need be."),
            (3.0, "The radius is known."),
            (864.0, "These are the pixels; they all follow from far fewer numbers."),
        ],
    )


def why_floor():
    """One minute: a correlation without its floor."""
    return ask_choice(
        "A paper reports that its readings correlate with the truth at 0.88. What do you ask "
        "first?",
        {
            "how many layers the network has": "That does not say whether 0.88 is much.",
            "a mean picture, which knows nothing of the wire, may score nearly as much": (
                "Right: a correlation without its floor says nothing. Skill starts at zero."
            ),
            "whether a GPU was used": "The same weights give the same picture on both.",
        },
        ["Look at the last bar of the comparison, with the measure SSIM."],
        key="ynet-why_floor",
    )


def matched(explorer, target=0.05):
    """Three minutes, tune to target: a fingerprint matched by hand."""
    misfit = explorer.data["misfit"]
    if misfit <= target:
        return checks.right(f"Right: {misfit:.3f} e²/h. You are the network now.")
    return checks.wrong(
        f"The misfit is {misfit:.3f} e²/h. Follow it downhill along x, then along y; if it stays "
        "above, you sit in a side valley.",
        close=misfit <= 3 * target,
    )


def find_match(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Match the hidden wire of the first explorer to 0.05 e²/h. Then check.",
        explorer,
        matched,
        ["The misfit stands beside the picture; the arrow keys move by half a site."],
        key="ynet-match",
    )


def unseen(seed):
    """(fingerprint (64,), centres (1, 2)) of a wire that no shipped network was trained on."""
    places = hidden("one", seed)
    return truth("one", places)["g"], np.array(places)


@by_form(
    "Which other places have the fingerprint of an antidot at (11, 8)?",
    "(x, y), (x, y), ...",
)
@checks.filed("ynet-twin_places")
def twin_places(places):
    """Ten minutes, code: all places with the fingerprint of an antidot in the symmetric wire.

    places : list of (x, y), the other places whose g(B) equals that of an antidot at (11, 8)
    """
    if places is None:
        return checks.nothing_yet()
    given = np.asarray(places, float).reshape(-1, 2)
    recipe = wires("symmetric")
    start = np.array([[[11.0, 8.0, 3.0]]])
    g = recipe.wire.conductance(recipe.energy, recipe.flux, start)[0]
    others = np.concatenate([given[:, None], np.full((len(given), 1, 1), 3.0)], 2)
    if not len(given):
        return checks.wrong("There are some; the explorer draws them dotted.")
    try:
        found = recipe.wire.conductance(recipe.energy, recipe.flux, others)
    except ValueError as error:
        return checks.wrong(f"Not yet: {error}")
    off = np.abs(found - g).max(1)
    wrong = given[off > 1e-6]
    if len(wrong):
        return checks.wrong(
            f"An antidot at ({wrong[0, 0]:g}, {wrong[0, 1]:g}) has another curve, by up to "
            f"{off.max():.2f} e²/h. The sites run from 0 to 35 and 0 to 23."
        )
    right = {tuple(p) for p in mirror_images(start[0])[1:, 0, :2]}
    if {tuple(p) for p in given} - {(11.0, 8.0)} == right:
        return checks.right("Right: three twins, equal to rounding.")
    return checks.wrong("Those are twins, but not all of them are there.", close=True)


@by_form(
    "Which other place has the fingerprint of an antidot at (5, 9)?",
    "(x, y)",
)
@checks.filed("ynet-one_bite_twin")
def one_bite_twin(place):
    """Ten minutes, code: the twin in a wire with one round bite at x = 9.

    place : (x, y) of the other place whose g(B) equals that of an antidot at (5, 9)
    """
    if place is None:
        return checks.nothing_yet()
    from dataclasses import replace

    from ...ynet.wires import ONE_BITE

    recipe = replace(wires("one"), notch=ONE_BITE)
    x, y = (float(v) for v in place)
    both = np.array([[[5.0, 9.0, 3.0]], [[x, y, 3.0]]])
    try:
        g = recipe.wire.conductance(recipe.energy, recipe.flux, both)
    except ValueError as error:
        return checks.wrong(f"Not yet: {error}")
    off = float(np.abs(g[1] - g[0]).max())
    if off < 1e-6 and (x, y) != (5.0, 9.0):
        return checks.right(
            "Right: the leads go on as the wire does, so only the bite has a place."
        )
    if (x, y) == (30.0, 9.0):
        return checks.wrong(
            "That is the mirror of the whole wire, which moves the bite as well.", close=True
        )
    return checks.wrong(f"The curves differ by up to {off:.2f} e²/h.")


@by_form(
    "What is the skill of the reader on 200 wires of your own?",
    "skill",
)
@checks.filed("ynet-skill_of")
def skill_of(value, count=200):
    """Ten minutes, code: the skill of the shipped reader on wires made by the student.

    value : 1 - MSE(reader) / MSE(mean picture)
    """
    if value is None:
        return checks.nothing_yet()
    expected = next(iter(stored()["readers"]["one"]["scores"].items()))[1]
    value = float(value)
    if abs(value - expected) < 0.06:
        return checks.right(f"Right: {value:.3f}; a thousand held-out wires gave {expected:.3f}.")
    if value > 1:
        return checks.wrong("A skill is at most 1.")
    if abs((1 - value) - expected) < 0.06:
        return checks.wrong("Subtract the ratio of the errors from 1.", close=True)
    return checks.wrong(
        f"Not yet: about {expected:.2f} is expected from {count} wires. Compare the first channel, "
        "and take the mean over the pictures before dividing."
    )


@by_form(
    "Where is the antidot of the unseen wire 4? The same sites must be removed.",
    "(x, y)",
)
@checks.filed("ynet-polished")
def polished(antidots, seed=4):
    """Ten minutes, code: the exact set of removed sites of the unseen wire `seed`.

    antidots : (1, 2) or (1, 3), centre x, y (and radius)
    """
    if antidots is None:
        return checks.nothing_yet()
    given = np.asarray(antidots, float).reshape(1, -1)[:, :2]
    recipe, places = wires("one"), hidden("one", seed)
    sets = [recipe.removed(np.array([[[*p, 3.0]]])) for p in (tuple(given[0]), tuple(places[0]))]
    off = distance(given, places)
    if (sets[0] == sets[1]).all():
        return checks.right(f"Right: the same sites, {off:.2f} from the centre.")
    return checks.wrong(
        f"{off:.2f} sites off, and {int((sets[0] != sets[1]).sum())} sites differ. Let "
        "reader.polish take the network's guess.",
        close=off < 1,
    )


@by_form(
    "How well does the fingerprint of what was read from the unseen wire 6 correlate with the one "
    "that was given?",
    "correlation",
)
@checks.filed("ynet-forward")
def forward(correlation):
    """Ten minutes, code: how well the fingerprint of what was read agrees with the given one.

    correlation : of the two curves, for the unseen wire 6 and the network's own antidot
    """
    if correlation is None:
        return checks.nothing_yet()
    g, _ = unseen(6)
    found = reader("one").decode(g)
    again = truth("one", (tuple(float(v) for v in found.antidots[0]),))["g"]
    expected = float(np.corrcoef(g, again)[0, 1])
    if abs(float(correlation) - expected) < 0.01:
        return checks.right(f"Right: {expected:.3f}. This check needs no truth, only physics.")
    return checks.wrong(f"Not yet: {expected:.2f} is expected, from np.corrcoef of the two curves.")
