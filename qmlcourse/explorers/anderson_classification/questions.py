"""The predictions and exercises of chapter 3: each is a question with an instant check."""

import numpy as np
import torch

from ...anderson import AndersonModel, collapse_spread, eigenstates, momentum_density
from ...anderson.learning import INSULATOR_WINDOW, METAL_WINDOW, labelled_strengths
from ...widgets import Prediction, ask_choice, ask_number, ask_setting, by_form, checks, on_page
from ._states import stored
from ._voxels import fewest_sites

_COUNT_OPTIONS = ["about ten", "about a hundred", "about a thousand"]
_FIELD_OPTIONS = ["more disorder", "less disorder", "exactly as much"]


def predict_count():
    """The first prediction: how many sites hold half of a metallic state."""
    return Prediction(
        "A metal of 1,728 sites with disorder W = 10: its states reach everywhere. How many sites "
        "hold half of one of them?",
        _COUNT_OPTIONS,
        key="anderson-count",
    )


def recall_count():
    """The first prediction beside the outcome."""
    return Prediction.recall(
        "anderson-count",
        _COUNT_OPTIONS[1],
        "Everywhere does not mean evenly: peaks hold most of it, far from the 864 sites of an even "
        "one.",
    )


def predict_field():
    """The second prediction: what a magnetic field does."""
    return Prediction(
        "The network knows the box model without a field. Now a quarter of a flux quantum goes "
        "through every plaquette. Compared with no field, the states stay metallic up to …",
        _FIELD_OPTIONS,
        key="anderson-field",
    )


def recall_field():
    """The second prediction beside the outcome."""
    return Prediction.recall(
        "anderson-field",
        _FIELD_OPTIONS[0],
        "The field breaks the pairs of reversed paths whose interference helps to localise.",
    )


def plane_wave():
    """One minute: the least P2."""
    return ask_number(
        "A plane wave covers all 1,728 sites evenly. What is its P₂?",
        1 / 1728,
        "",
        ["|ψ|² is 1/N on each of N sites; add up the squares."],
        key="anderson-plane_wave",
        mistakes=[
            (1.0, "This is P₂ of a state on one site."),
            (1728.0, "This is 1/P₂, the number of sites."),
            (3 / 1728, "This is the mean of real random numbers; a plane wave is even."),
        ],
    )


def free_levels():
    """One minute: what the ratio of spacings says."""
    return ask_choice(
        "In a large crystal ⟨r⟩ comes out as 0.386. What does this mean?",
        {
            "states that share sites, so their energies repel": (
                "Then small spacings are rare, and ⟨r⟩ is 0.53."
            ),
            "states that never meet, so their energies know nothing of each other": (
                "Right: random numbers in a row, 2 ln 2 − 1."
            ),
            "a field is on": "With a field and extended states ⟨r⟩ is higher still, near 0.60.",
        },
        ["What is the chance that two such neighbours lie very near each other?"],
        key="anderson-free_levels",
    )


def shrunk(explorer, target=20):
    """Three minutes, tune to target: half of the state on few sites."""
    count = int(fewest_sites(explorer.data["density"], 0.5).sum())
    strength = explorer.state()["strength"]
    if count <= target:
        return checks.right(f"Right: at W = {strength:g} half of it sits on {count} sites.")
    return checks.wrong(
        f"At W = {strength:g} it takes {count} sites; raise the disorder.",
        close=count <= 2 * target,
    )


def find_shrunk(explorer):
    """The same with a button, which also works where no code is shown."""
    return ask_setting(
        "Set the explorer of the single state so that half of it sits on at most 20 sites. Then "
        "check.",
        explorer,
        shrunk,
        ["The number stands beside the picture."],
        key="anderson-shrunk",
    )


def green_chain():
    """The Hamiltonian of exercise 4: two layers of 16 states each, as one matrix (32, 32)."""
    matrix = AndersonModel(4).sample([8.0], 11).dense()[0].numpy()
    return matrix[:32, :32]


_GREEN = "anderson-green"  # as a line to choose, the exercise that is code elsewhere


def green(corner):
    """Ten minutes, code: the corner of an inverse; a line to choose where none can be written."""
    return choose_green() if on_page.served() else check_green(corner)


def choose_green():
    """The same as a choice among lines of code."""
    first, second = "np.linalg.inv(chain[:16, :16])", "chain[16:, 16:]"
    return ask_choice(
        "Which line gives the last 16 × 16 block of the inverse?",
        {
            f"np.linalg.inv({second} - {first})": (
                "Right: the whole first layer acts through one block."
            ),
            f"np.linalg.inv({second})": "This is the second layer alone; the first one is missing.",
            f"np.linalg.inv({second} + {first})": "Look at the sign of the first layer's term.",
            f"np.linalg.inv({second}) - {first}": (
                "The first layer changes what is inverted, not the inverse."
            ),
        },
        ["Solve for the first layer's part of a state, and put it into the second layer's row."],
        key=_GREEN,
    )


@checks.filed("anderson-green")
def check_green(corner):
    """Ten minutes, code: the corner of an inverse, from blocks of one layer.

    Parameters
    ----------
    corner : (16, 16), the last block of the inverse of `green_chain()`
    """
    if corner is None:
        return checks.nothing_yet()
    corner = np.asarray(corner, float)
    if corner.shape != (16, 16):
        return checks.wrong(f"The block is 16 x 16; this is {corner.shape}.")
    matrix = green_chain()
    right = np.linalg.inv(matrix)[16:, 16:]
    if np.abs(corner - right).max() < 1e-8:
        return checks.right("Right: the whole first layer acts through one block.")
    alone = np.linalg.inv(matrix[16:, 16:])
    if np.abs(corner - alone).max() < 1e-8:
        return checks.wrong("This is the second layer alone; the first one is missing.")
    sign = np.linalg.inv(matrix[16:, 16:] + np.linalg.inv(matrix[:16, :16]))
    if np.abs(corner - sign).max() < 1e-8:
        return checks.wrong("Look at the sign of the first layer's term.", close=True)
    return checks.wrong("Not yet: G₁ = (A₁ − G₀)⁻¹ with G₀ = A₀⁻¹.")


def _refused(what, *values):
    """The verdict on answers that are missing or not between 0 and 1; None where all are."""
    if any(value is None for value in values):
        return checks.nothing_yet()
    if not all(0 <= float(value) <= 1 for value in values):
        return checks.wrong(f"{what} lies between 0 and 1.")
    return None


def _learned(accuracy, enough, praise, close, advice):
    """The verdict on a network's accuracy: above `enough` it is right, above `close` nearly so."""
    refused = _refused("An accuracy", accuracy)
    if refused is not None:
        return refused
    accuracy = float(accuracy)
    percent = f"{100 * accuracy:.0f} %"
    if accuracy > enough:
        return checks.right(f"{percent}{praise}")
    return checks.wrong(f"{percent}{advice}", close=accuracy > close)


@by_form(
    "A network that was trained on shuffled states: how large a share of fresh shuffled ones "
    "does it tell right? (Train it in JupyterLab, or guess.)",
    "share",
)
@checks.filed("anderson-shuffled")
def shuffled(accuracy):
    """Ten minutes, code: what a network still learns when the sites are shuffled.

    Parameters
    ----------
    accuracy : share of unseen shuffled states that a network trained on shuffled ones tells right
    """
    return _learned(
        accuracy,
        0.8,
        ": the histogram of |ψ|² alone already tells the phases far from the transition.",
        0.65,
        " is less than P₂ alone reaches, which shuffling does not change; train longer, and "
        "shuffle each state.",
    )


def shuffle(density, seed):
    """Every state with its sites in a random order of its own; densities (sample, x, y, z)."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.rand(density.flatten(1).shape, generator=generator).argsort(1)
    return density.flatten(1).gather(1, order).reshape(density.shape)


def bars():
    """The stored localisation lengths: widths, strengths, and Lambda (width, strength)."""
    row = stored()["witnesses"]["transfer"]["box"]
    return row["widths"], row["strengths"], np.array(row["reduced"])


@by_form(
    "Which critical strength and which exponent put the bars of all widths on one curve?",
    "critical strength",
    "exponent",
)
@checks.filed("anderson-collapse")
def collapse(critical, exponent):
    """Ten minutes, code: curves of all widths on one, by a critical strength and an exponent."""
    if critical is None or exponent is None:
        return checks.nothing_yet()
    fit = stored()["witnesses"]["transfer"]["box"]["fit"]
    widths, strengths, values = bars()
    best = collapse_spread(fit["critical"], fit["exponent"], widths, strengths, np.log(values))
    own = collapse_spread(critical, exponent, widths, strengths, np.log(values))
    words = f"spread {own:.5f}; the fit with corrections has {best:.5f}."
    if own < 1.5 * best:
        return checks.right(f"Right: {words}")
    return checks.wrong(f"Not yet: {words}", close=own < 4 * best)


@by_form(
    "How much does the probability change at most, when states are shifted by two sites: with "
    "circular padding, and with zeros?",
    "circular",
    "zeros",
)
@checks.filed("anderson-broken")
def broken(circular, zeros):
    """Ten minutes, code: how much a network's answer changes when a state is shifted.

    Parameters
    ----------
    circular, zeros : largest change of a probability, 0 to 1, for the two kinds of padding, when
        states are shifted by two sites along each axis
    """
    refused = _refused("A change of a probability", circular, zeros)
    if refused is not None:
        return refused
    circular, zeros = float(circular), float(zeros)
    if circular < 1e-4 and zeros > 1e-3:
        return checks.right(
            f"Right: nothing against {zeros:.2f}. Zeros make walls where the crystal has "
            "none, and the answer depends on where the state lies."
        )
    if circular > zeros:
        return checks.wrong("The two look exchanged.", close=True)
    return checks.wrong("Shift by two sites, since pooling pairs them, and take the same states.")


def momentum_pictures(count, seed):
    """Densities in momentum space (count, 6, 6, 6) and labels, 1 for metal, W as in training."""
    generator = torch.Generator().manual_seed(seed)
    label, strength = labelled_strengths(count, generator, METAL_WINDOW, INSULATOR_WINDOW)
    hamiltonian = AndersonModel(6).sample(strength, generator)
    states = eigenstates(hamiltonian).states
    return momentum_density(states, hamiltonian)[:, 0].float(), label


@by_form(
    "A network that was trained on pictures in momentum space: how large a share of fresh ones "
    "does it tell right?",
    "share",
)
@checks.filed("anderson-momentum")
def momentum(accuracy):
    """Ten minutes, code: the same network on pictures in momentum space.

    Parameters
    ----------
    accuracy : share of unseen momentum pictures that are told right
    """
    return _learned(
        accuracy,
        0.75,
        ": a state that is narrow in space is smooth in momentum, and the grain of the picture "
        "tells it. Real space is easier here.",
        0.6,
        "; train longer, on 240 pictures or more.",
    )
