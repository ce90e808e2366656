"""From a fingerprint g(B) back to the wave function and the antidots: the Y-net and its rivals.

After S. Daimon et al., Nature Communications 13, 3160 (2022). Lengths in lattice constants, g in
e^2/h per spin, densities in 1/hopping; pictures are (sample, channel, x, y).
"""

from .baselines import mean_picture, nearest_picture, random_picture
from .experiment import noisy, warm_traces, with_background
from .flow import Flow, flowing
from .latent import intrinsic_dimension, latent_map, thickness
from .learning import (
    RECIPES,
    Recipe,
    latent_points,
    new_network,
    plain,
    reading,
    redrawing,
    train_plain,
    train_ynet,
    tuning,
)
from .measures import calibration, centres, correlation, position_error, skill, ssim
from .network import YNet, picture_loss, pictures
from .polish import Polished, polish
from .reader import Decoded, Reader, decode, load_ynet, new_reader
from .wires import Samples, Wires, fingerprints, held_out, mirror_images, wires

__all__ = [
    "RECIPES",
    "Decoded",
    "Flow",
    "Polished",
    "Reader",
    "Recipe",
    "Samples",
    "Wires",
    "YNet",
    "calibration",
    "centres",
    "correlation",
    "decode",
    "fingerprints",
    "flowing",
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
    "noisy",
    "picture_loss",
    "pictures",
    "plain",
    "polish",
    "position_error",
    "random_picture",
    "reading",
    "redrawing",
    "skill",
    "ssim",
    "thickness",
    "train_plain",
    "train_ynet",
    "tuning",
    "warm_traces",
    "wires",
    "with_background",
]
