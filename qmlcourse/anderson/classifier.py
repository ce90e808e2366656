"""Networks that look at |psi|^2 and say metal or insulator, and ensembles of them.

After T. Mano and T. Ohtsuki, J. Phys. Soc. Jpn. 86, 113704 (2017). Padding is circular, as the
walls are, and pooling at the end is global, so that a network reads lattices of any size.
"""

import json
from dataclasses import dataclass

import torch
from torch import nn

from ..storage import safetensors_file

SMALL = ((16, 3, 1), (32, 3, 2), (32, 3, 1))
# seven convolutions and two full layers: nine layers with weights, as on the authors' slides
PAPER_STYLE = ((16, 5, 1), (16, 3, 2), (32, 3, 1), (32, 3, 2), (48, 3, 1), (48, 3, 1), (48, 3, 1))


class DensityNetwork(nn.Module):
    """Convolutions on log(1 + N |psi|^2), mean and maximum over the lattice, classes.

    Parameters
    ----------
    layers : tuple of (channels, kernel, pool) for each convolution; pool 2 halves the lattice
    classes : int; hidden : int, width of the full layer before the last, 0 for none
    dimensions : 2 or 3; padding : 'circular', or 'zeros' to break the periodic walls
    """

    def __init__(self, layers=SMALL, classes=2, hidden=0, dimensions=3, padding="circular"):
        super().__init__()
        self.settings = {
            "layers": layers,
            "classes": classes,
            "hidden": hidden,
            "dimensions": dimensions,
            "padding": padding,
        }
        convolution = {2: nn.Conv2d, 3: nn.Conv3d}[dimensions]
        pool = {2: nn.AvgPool2d, 3: nn.AvgPool3d}[dimensions]
        parts, channels = [], 1
        for width, kernel, shrink in layers:
            parts += [
                convolution(channels, width, kernel, padding=kernel // 2, padding_mode=padding),
                nn.ReLU(),
            ]
            if shrink > 1:
                parts.append(pool(shrink))
            channels = width
        self.features = nn.Sequential(*parts)
        full = [nn.Linear(2 * channels, hidden), nn.ReLU()] if hidden else []
        self.head = nn.Sequential(*full, nn.Linear(hidden or 2 * channels, classes))
        self.dimensions = dimensions

    def forward(self, density):
        """Logits (sample, class) from densities (sample, *lattice) with sum 1."""
        axes = tuple(range(2, 2 + self.dimensions))
        sites = density[0].numel()
        image = torch.log1p(sites * density.to(self.head[-1].weight.dtype))
        found = self.features(image.unsqueeze(1))
        return self.head(torch.cat([found.mean(axes), found.amax(axes)], 1))


def lattice_symmetry(generator, density, label):
    """A batch shifted, mirrored and turned at random, each axis alike: the same physics."""
    dimensions = density.dim() - 1
    for axis in range(1, dimensions + 1):
        shift = int(torch.randint(density.shape[axis], (), generator=generator))
        density = density.roll(shift, axis)
        if bool(torch.randint(2, (), generator=generator)):
            density = density.flip(axis)
    order = torch.randperm(dimensions, generator=generator).tolist()
    return density.permute(0, *[a + 1 for a in order]), label


def shifts_and_mirrors(generator, density, label):
    """As `lattice_symmetry` without exchange of axes: for walls open along the first."""
    for axis in range(1, density.dim()):
        if axis > 1:
            shift = int(torch.randint(density.shape[axis], (), generator=generator))
            density = density.roll(shift, axis)
        if bool(torch.randint(2, (), generator=generator)):
            density = density.flip(axis)
    return density, label


def cross_entropy(model, density, label):
    """Loss of a batch and the share of states that are told right."""
    logits = model(density)
    right = (logits.argmax(1) == label).double().mean()
    return nn.functional.cross_entropy(logits, label), {"accuracy": right}


@dataclass(frozen=True)
class Classifier:
    """An ensemble of networks that were trained from different seeds on different states.

    networks : tuple of DensityNetwork; temperature : divides the logits, fitted on validation
    states; names : what the classes are; about : how they were trained
    """

    networks: tuple
    temperature: float = 1.0
    names: tuple = ("insulator", "metal")
    about: dict | None = None

    def probabilities(self, density, batch=512):
        """(network, sample, class) from densities (sample, *lattice) with sum 1."""
        device, parts = _device(self.networks[0]), []
        with torch.no_grad():
            for start in range(0, len(density), batch):
                part = density[start : start + batch].to(device)
                logits = torch.stack([net.eval()(part) for net in self.networks])
                parts.append(torch.softmax(logits.double() / self.temperature, -1))
        return torch.cat(parts, 1)

    def save(self, path):
        """Weights and settings as one safetensors file."""
        from safetensors.torch import save_file

        tensors = {
            f"{n}.{name}": value.half().contiguous()
            for n, net in enumerate(self.networks)
            for name, value in net.state_dict().items()
        }
        about = {
            "settings": self.networks[0].settings,
            "networks": len(self.networks),
            "temperature": self.temperature,
            "names": self.names,
            "about": self.about,
        }
        save_file(tensors, str(path), {"classifier": json.dumps(about)})

    @staticmethod
    def from_bytes(data):
        """A classifier from the bytes of a file written by `save`."""
        about, tensors = safetensors_file.read(data, "classifier", "a classifier")
        networks = []
        for n in range(min(about["networks"], 100)):
            prefix = f"{n}."
            state = {
                k[len(prefix) :]: v.float() for k, v in tensors.items() if k.startswith(prefix)
            }
            networks.append(
                safetensors_file.rebuild(DensityNetwork, about["settings"], state, "a classifier")
            )
        return Classifier(
            tuple(networks), about["temperature"], tuple(about["names"]), about["about"]
        )


def metal_probability(classifier, density):
    """Probability of the class 'metal', (network, sample), from densities (sample, x, y, z)."""
    if "metal" not in classifier.names:
        raise ValueError(f"this classifier knows {', '.join(classifier.names)}, not 'metal'.")
    if density.dim() != 1 + classifier.networks[0].dimensions:
        raise ValueError(
            f"density has {density.dim()} axes; give (sample, *lattice) with "
            f"{classifier.networks[0].dimensions} lattice axes."
        )
    return classifier.probabilities(density)[..., classifier.names.index("metal")]


def load_classifier(name):
    """A shipped classifier, checked against its sha256.

    name : 'metal-small-8', 'metal-near-8', 'metal-small-12', 'metal-paper-12' see box disorder;
        'chern-space', 'chern-momentum' and the like topological phases; 'planes' planes with spin
    """
    from ..storage import shipped

    known = [k.removeprefix("classifier_") for k in shipped.manifest() if "classifier_" in k]
    if name not in known:
        raise ValueError(f"no classifier {name!r} is shipped; there is {', '.join(known)}.")
    return Classifier.from_bytes(shipped.read(f"classifier_{name}"))


def fitted_temperature(networks, density, label):
    """The temperature, 1 to 10, that makes the probabilities of held-out states most likely.

    Never below 1: states far from the transition are all told right, and would ask for certainty.
    """
    with torch.no_grad():
        logits = torch.cat([net.eval()(density.to(_device(net))) for net in networks]).double()
    label = label.repeat(len(networks)).to(logits.device)
    grid = torch.logspace(0, 1, 41, dtype=torch.float64)
    losses = [nn.functional.cross_entropy(logits / t, label) for t in grid]
    return float(grid[int(torch.stack(losses).argmin())])


def _device(network):
    """Where a network lies; one without weights lies on the CPU."""
    return next((weight.device for weight in network.parameters()), torch.device("cpu"))
