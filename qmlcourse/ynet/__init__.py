"""From a fingerprint g(B) back to the wave function and the antidots: the Y-net and its rivals.

After S. Daimon et al., Nature Communications 13, 3160 (2022). Lengths are in lattice constants,
g in e^2/h per spin, densities in 1/hopping; pictures are (sample, channel, x, y).
"""

from .baselines import mean_picture, nearest_picture, random_picture
from .experiment import noisy_traces, traces_with_background, warm_traces
from .flow import Flow, flow_fit
from .latent import intrinsic_dimension, latent_map, thickness
from .learning import (
    latent_points,
    new_network,
    plain_fit,
    reading_fit,
    redrawing_fit,
    train_plain,
    train_ynet,
    tuning_fit,
)
from .measures import calibration, centres, correlation, position_error, skill, ssim
from .network import YNet, picture_loss, pictures
from .polish import Polished, polish
from .reader import Decoded, Reader, decode, load_ynet, new_reader
from .recipes import RECIPES, ReaderRecipe
from .wires import Samples, Wires, fingerprints, held_out, mirror_images, wires

__all__ = [
    "RECIPES",
    "Decoded",
    "Flow",
    "Polished",
    "Reader",
    "ReaderRecipe",
    "Samples",
    "Wires",
    "YNet",
    "calibration",
    "centres",
    "correlation",
    "decode",
    "fingerprints",
    "flow_fit",
    "held_out",
    "intrinsic_dimension",
    "latent_map",
    "latent_points",
    "load_ynet",
    "mean_picture",
    "mirror_images",
    "nearest_picture",
    "new_network",
    "new_reader",
    "noisy_traces",
    "picture_loss",
    "pictures",
    "plain_fit",
    "polish",
    "position_error",
    "random_picture",
    "reading_fit",
    "redrawing_fit",
    "skill",
    "ssim",
    "thickness",
    "traces_with_background",
    "train_plain",
    "train_ynet",
    "tuning_fit",
    "warm_traces",
    "wires",
]
