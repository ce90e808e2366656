"""Networks that look at |psi|^2 and say metal or insulator, and ensembles of them.

After T. Mano and T. Ohtsuki, J. Phys. Soc. Jpn. 86, 113704 (2017). Padding is circular, as the
walls are, and pooling at the end is global, so that a network reads lattices of any size.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ..storage import safetensors_file
from ..storage.atomic import write_bytes
from ..storage.quantised import dequantise, quantise

SMALL = ((16, 3, 1), (32, 3, 2), (32, 3, 1))
# seven convolutions and two full layers: nine layers with weights, as on the authors' slides
PAPER_STYLE = ((16, 5, 1), (16, 3, 2), (32, 3, 1), (32, 3, 2), (48, 3, 1), (48, 3, 1), (48, 3, 1))


class DensityNetwork(nn.Module):
    """Convolutions on log(1 + N |psi|^2), mean and maximum over the lattice, classes.

    Parameters
    ----------
    layers : tuple of (int, int, int)
        Channels, kernel and pool of each convolution; pool 2 halves the lattice.
    classes : int
        Number of phases.
    hidden : int
        Width of the full layer before the last, 0 for none.
    dimensions : int
        Of the lattice, 2 or 3.
    padding : str
        ``"circular"``, or ``"zeros"`` to break the periodic walls.
    """

    def __init__(
        self,
        layers: Sequence[Sequence[int]] = SMALL,
        classes: int = 2,
        hidden: int = 0,
        dimensions: int = 3,
        padding: str = "circular",
    ):
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

    def picture(self, density: torch.Tensor) -> torch.Tensor:
        """Return what the first layer sees of densities, ln(1 + N |psi|^2), (sample, 1, *lattice).

        Parameters
        ----------
        density
            Shape (sample, *lattice), each with sum 1.
        """
        sites = density[0].numel()
        return torch.log1p(sites * density.to(self.head[-1].weight.dtype)).unsqueeze(1)

    def forward(self, density: torch.Tensor) -> torch.Tensor:
        """Return logits (sample, class) from `density` (sample, *lattice), each with sum 1."""
        axes = tuple(range(2, 2 + self.dimensions))
        found = self.features(self.picture(density))
        return self.head(torch.cat([found.mean(axes), found.amax(axes)], 1))


def lattice_symmetry(
    seed: torch.Generator, density: torch.Tensor, label: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a batch shifted, mirrored and turned at random, each axis alike: the same physics.

    Parameters
    ----------
    seed
        A generator on the CPU.
    density, label
        Shapes (sample, *lattice) and (sample,).
    """
    dimensions = density.dim() - 1
    for axis in range(1, dimensions + 1):
        shift = int(torch.randint(density.shape[axis], (), generator=seed))
        density = density.roll(shift, axis)
        if bool(torch.randint(2, (), generator=seed)):
            density = density.flip(axis)
    order = torch.randperm(dimensions, generator=seed).tolist()
    return density.permute(0, *[a + 1 for a in order]), label


def shifts_and_mirrors(
    seed: torch.Generator, density: torch.Tensor, label: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a batch shifted and mirrored at random, for walls that are open along the first axis.

    Parameters
    ----------
    seed, density, label
        As in :func:`lattice_symmetry`.
    """
    for axis in range(1, density.dim()):
        if axis > 1:
            shift = int(torch.randint(density.shape[axis], (), generator=seed))
            density = density.roll(shift, axis)
        if bool(torch.randint(2, (), generator=seed)):
            density = density.flip(axis)
    return density, label


def cross_entropy(
    model: nn.Module, density: torch.Tensor, label: torch.Tensor
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the loss of a batch and the share of states that are told right."""
    logits = model(density)
    right = (logits.argmax(1) == label).double().mean()
    return nn.functional.cross_entropy(logits, label), {"accuracy": right}


@dataclass(frozen=True)
class Classifier:
    """An ensemble of networks that were trained from different seeds on different states.

    Attributes
    ----------
    networks : tuple of DensityNetwork
        They share their settings.
    temperature : float
        Divides the logits; fitted on validation states.
    names : tuple of str
        What the classes are.
    about : str or None
        How the states of the training were made.
    """

    networks: tuple[nn.Module, ...]
    temperature: float = 1.0
    names: tuple[str, ...] = ("insulator", "metal")
    about: str | None = None

    def probabilities(self, density: torch.Tensor, batch: int = 512) -> torch.Tensor:
        """Return the probabilities that each network gives to each class.

        Parameters
        ----------
        density
            Shape (sample, *lattice), each with sum 1.
        batch
            States that are looked at together.

        Returns
        -------
        torch.Tensor
            Shape (network, sample, class), double precision, on the networks' device.
        """
        device, parts = _device(self.networks[0]), []
        with torch.no_grad():
            for start in range(0, len(density), batch):
                part = density[start : start + batch].to(device)
                logits = torch.stack([net.eval()(part) for net in self.networks])
                parts.append(torch.softmax(logits.double() / self.temperature, -1))
        return torch.cat(parts, 1)

    def save(self, path: Path | str, bits: int = 8) -> None:
        """Write weights and settings as one safetensors file.

        Parameters
        ----------
        path
            File to write.
        bits
            2 to 8, bits of each weight of the large layers, see :func:`quantise`.
        """
        from safetensors.torch import save

        tensors = {}
        for n, net in enumerate(self.networks):
            weights = quantise(net.state_dict(), bits)
            tensors |= {f"{n}.{name}": value for name, value in weights.items()}
        about = {
            "settings": self.networks[0].settings,
            "networks": len(self.networks),
            "temperature": self.temperature,
            "names": self.names,
            "about": self.about,
        }
        write_bytes(Path(path), save(tensors, {"classifier": json.dumps(about)}))

    @staticmethod
    def from_bytes(data: bytes) -> Classifier:
        """Return the classifier of a file written by `save`, also in half precision, as of 1.0.

        Parameters
        ----------
        data
            The bytes of the file.

        Raises
        ------
        ValueError
            Where the bytes hold no classifier; nothing of them is executed.
        """
        about, tensors = safetensors_file.read(data, "classifier", "a classifier")
        networks = []
        for n in range(min(about["networks"], 100)):
            prefix = f"{n}."
            stored = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
            state = dequantise(stored)
            networks.append(
                safetensors_file.rebuild(DensityNetwork, about["settings"], state, "a classifier")
            )
        return Classifier(
            tuple(networks), about["temperature"], tuple(about["names"]), about["about"]
        )


def metal_probability(classifier: Classifier, density: torch.Tensor) -> torch.Tensor:
    """Return the probability of the class 'metal' that each network gives.

    Parameters
    ----------
    classifier
        Knows the class 'metal'.
    density
        Shape (sample, *lattice), each with sum 1.

    Returns
    -------
    torch.Tensor
        Shape (network, sample).

    Raises
    ------
    ValueError
        For a classifier of other classes, or a lattice of other dimensions.
    """
    if "metal" not in classifier.names:
        raise ValueError(f"this classifier knows {', '.join(classifier.names)}, not 'metal'.")
    if density.dim() != 1 + classifier.networks[0].dimensions:
        raise ValueError(
            f"density has {density.dim()} axes; give (sample, *lattice) with "
            f"{classifier.networks[0].dimensions} lattice axes."
        )
    return classifier.probabilities(density)[..., classifier.names.index("metal")]


def load_classifier(name: str) -> Classifier:
    """Return a shipped classifier, checked against its sha256.

    Parameters
    ----------
    name
        ``"metal-small-8"``, ``"metal-near-8"``, ``"metal-small-12"`` or ``"metal-paper-12"`` for
        box disorder; ``"chern-space"``, ``"chern-momentum"`` and the like for topological phases;
        ``"planes"`` for planes with spin.

    Raises
    ------
    ValueError
        For another name.
    RuntimeError
        Where the file is damaged.
    """
    from ..storage import shipped

    known = [k.removeprefix("classifier_") for k in shipped.manifest() if "classifier_" in k]
    if name not in known:
        raise ValueError(f"no classifier {name!r} is shipped; there is {', '.join(known)}.")
    return Classifier.from_bytes(shipped.read(f"classifier_{name}"))


def fitted_temperature(
    networks: Sequence[nn.Module], density: torch.Tensor, label: torch.Tensor
) -> float:
    """Return the temperature, 1 to 10, that makes the labels of held-out states most likely.

    Never below 1: states far from the transition are all told right, and would ask for certainty.

    Parameters
    ----------
    networks
        Give logits (sample, class).
    density, label
        Shapes (sample, *lattice) and (sample,).
    """
    with torch.no_grad():
        logits = torch.cat([net.eval()(density.to(_device(net))) for net in networks]).double()
    label = label.repeat(len(networks)).to(logits.device)
    grid = torch.logspace(0, 1, 41, dtype=torch.float64)
    losses = [nn.functional.cross_entropy(logits / t, label) for t in grid]
    return float(grid[int(torch.stack(losses).argmin())])


def _device(network: nn.Module) -> torch.device:
    """Where a network lies; one without weights lies on the CPU."""
    return next((weight.device for weight in network.parameters()), torch.device("cpu"))
