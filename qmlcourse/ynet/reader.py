"""Reading fingerprints with a trained Y-net: picture, latent point, doubt, and a warning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..storage import safetensors_file
from ..storage.quantised import dequantise, quantise
from .flow import Flow
from .learning import latent_points
from .measures import centres, position_error
from .network import SCALE, YNet, with_chances
from .polish import Polished, polish
from .wires import SETS, Samples, Wires, wires

DRAWS = 12  # latent points drawn to see how far the picture is open
PARTS = ("net.encode", "net.draw", "net.trace", "flow")  # of a file, by the names of weights
_SHEET = 2000  # training wires that a reader keeps as its memory


@dataclass(frozen=True)
class Decoded:
    """What a fingerprint tells.

    Attributes
    ----------
    density : numpy.ndarray
        Shape (x, y), in 1/hopping.
    removed : numpy.ndarray
        Shape (x, y): chance that an antidot removed the site.
    latent : numpy.ndarray
        Shape (latent,): the point of branch C.
    antidots : numpy.ndarray
        Shape (antidot, 2): centres in lattice constants.
    uncertainty : numpy.ndarray
        Shape (x, y): standard deviation of the density, in 1/hopping.
    position_spread : float
        Root mean square doubt of the antidots' places, in lattice constants, calibrated.
    distance : float
        Of the fingerprint and of its latent point from the nearest of the training wires, the
        larger of both, in units that 99 of 100 unseen wires stay below.
    """

    density: np.ndarray
    removed: np.ndarray
    latent: np.ndarray
    antidots: np.ndarray
    uncertainty: np.ndarray
    position_spread: float
    distance: float

    @property
    def inside(self) -> bool:
        """Whether the fingerprint resembles what the network was trained on."""
        return self.distance <= 1


@dataclass
class Reader:
    """A trained Y-net with what it needs to read.

    Attributes
    ----------
    net : YNet
        In evaluation mode.
    kind : str
        Of the wires, as in :func:`~qmlcourse.ynet.wires`.
    memory : dict of str to torch.Tensor
        Some training wires: ``trace`` (sample, field), ``point`` (sample, latent), ``antidots``.
    scales : dict of str to float
        Calibration: what ``spread``, ``sites``, ``trace`` and ``point`` are multiplied by or
        measured in.
    about : dict
        How it was trained.
    flow : Flow or None
        Draws several answers.
    """

    net: YNet
    kind: str
    memory: dict[str, torch.Tensor]
    scales: dict[str, float]
    about: dict[str, Any] = field(default_factory=dict)
    flow: Flow | None = None

    @property
    def recipe(self) -> Wires:
        """Return the wires that it was trained on."""
        return wires(self.kind)

    @property
    def flux(self) -> np.ndarray:
        """Return the fields of a fingerprint, shape (field,), in flux quanta a plaquette."""
        return self.recipe.flux

    def decode(self, fingerprint: ArrayLike) -> Decoded:
        """Return what a fingerprint tells: picture, latent point, doubt and distance.

        Parameters
        ----------
        fingerprint
            Shape (field,): g in e^2/h at the fields `flux`.

        Raises
        ------
        ValueError
            For another number of fields, or values that are not finite.
        """
        trace = self._checked(fingerprint)[None]
        with torch.no_grad():
            point, spread = self.net.trace.both(trace)
            wide = self.scales["spread"] * torch.exp(0.5 * spread)
            drawn = self._draw(torch.cat([point, point + wide * self._noise(point)]))
        count = self.recipe.most
        density = SCALE * drawn[:, 0]
        places = centres(drawn[:1, -1], count)[0]
        return Decoded(
            density[0].numpy(),
            drawn[0, -1].numpy(),
            point[0].numpy(),
            places.double().numpy(),
            density[1:].std(0).numpy(),
            self._doubt(spread)[0],
            self.distance(trace, point)[0],
        )

    def pictures(self, traces: ArrayLike) -> torch.Tensor:
        """Return pictures of many fingerprints, shape (sample, channel, x, y).

        Parameters
        ----------
        traces
            Shape (sample, field): fingerprints in e^2/h.

        Returns
        -------
        torch.Tensor
            The channels are the density over SCALE and the chance of removal.
        """
        with torch.no_grad():
            return torch.cat(
                [self._draw(self.net.trace(part)) for part in torch.as_tensor(traces).split(4096)]
            )

    def doubt(self, traces: ArrayLike) -> np.ndarray:
        """Return how far places may be off, calibrated, in sites, shape (sample,).

        Parameters
        ----------
        traces
            Shape (sample, field): fingerprints in e^2/h.
        """
        with torch.no_grad():
            return np.array(self._doubt(self.net.trace.both(torch.as_tensor(traces))[1]))

    def candidates(
        self,
        fingerprint: ArrayLike,
        count: int,
        seed: int | torch.Generator = 0,
    ) -> torch.Tensor:
        """Return pictures (count, channel, x, y) drawn by the flow, in the units of `pictures`.

        Parameters
        ----------
        fingerprint
            Shape (field,), in e^2/h.
        count
            Pictures.
        seed
            Of the draw, an integer or a generator.

        Raises
        ------
        ValueError
            Where this reader has no flow, or as in `decode`.
        """
        if self.flow is None:
            raise ValueError("this reader has no flow; take load_ynet('symmetric').")
        trace = self._checked(fingerprint)[None]
        points = self.flow.sample(trace, count, seed)[0]
        with torch.no_grad():
            return self._draw(points)

    def polish(
        self, fingerprint: ArrayLike, decoded: Decoded | None = None, **options: Any
    ) -> Polished:
        """Return the exact removed sites, from this reader's guess.

        Parameters
        ----------
        fingerprint
            Shape (field,), in e^2/h.
        decoded
            The guess, where it is known.
        options
            Further arguments of :func:`~qmlcourse.ynet.polish`.
        """
        decoded = decoded or self.decode(fingerprint)
        wire = self.recipe.wire
        top = [wire.length - 1.0, wire.width - 1.0]
        guess = np.clip(decoded.antidots, 0, top)
        energy, radius = self.recipe.energy, self.recipe.radius[0]
        return polish(wire, energy, self.flux, fingerprint, guess, radius=radius, **options)

    def distance(self, trace: torch.Tensor, point: torch.Tensor) -> list[float]:
        """Return the distance of fingerprints and latent points from training wires.

        Parameters
        ----------
        trace, point
            Shapes (sample, field) and (sample, latent).

        Returns
        -------
        list of float
            One a sample: ``Decoded.distance``.
        """
        far = torch.cdist(trace, self.memory["trace"]).amin(1) / self.scales["trace"]
        off = torch.cdist(point, self.memory["point"]).amin(1) / self.scales["point"]
        return torch.maximum(far, off).tolist()

    def to_bytes(self, bits: int | Mapping[str, int] = 8) -> bytes:
        """Return everything as one safetensors file.

        Parameters
        ----------
        bits
            Of the weights, as in :func:`~qmlcourse.storage.quantised.quantise`; or those of the
            parts ``net.encode``, ``net.draw``, ``net.trace`` and ``flow``. The training wires
            that the reader keeps have eight, the rest is in half precision.
        """
        from safetensors.torch import save

        weights = {f"net.{k}": v for k, v in self.net.state_dict().items()}
        if self.flow is not None:
            weights |= {f"flow.{k}": v for k, v in self.flow.state_dict().items()}
        parts = dict.fromkeys(PARTS, bits) if isinstance(bits, int) else bits
        tensors = {}
        for part, number in parts.items():
            tensors |= quantise({k: v for k, v in weights.items() if k.startswith(part)}, number)
        memory = {f"memory.{k}": v for k, v in self.memory.items()}
        places = {"memory.antidots": memory.pop("memory.antidots").half().contiguous()}
        tensors |= quantise(memory, 8) | places
        told = {
            "net": self.net.settings,
            "kind": self.kind,
            "scales": self.scales,
            "about": self.about,
            "flow": None if self.flow is None else self.flow.settings,
        }
        return save(tensors, {"reader": json.dumps(told)})

    @staticmethod
    def from_bytes(data: bytes) -> Reader:
        """Return the reader that `to_bytes` has written as `data`.

        Raises
        ------
        ValueError
            Where the bytes are none.
        """
        told, stored = safetensors_file.read(data, "reader", "a reader")
        tensors = dequantise(stored)

        def part(name):
            return {k.split(".", 1)[1]: v for k, v in tensors.items() if k.startswith(f"{name}.")}

        net = safetensors_file.rebuild(YNet, told["net"], part("net"), "a reader")
        flow = None
        if told["flow"] is not None:
            flow = safetensors_file.rebuild(Flow, told["flow"], part("flow"), "a reader")
        return Reader(net, told["kind"], part("memory"), told["scales"], told["about"], flow)

    def _draw(self, points: torch.Tensor) -> torch.Tensor:
        return with_chances(self.net.draw(points))

    def _checked(self, fingerprint: ArrayLike) -> torch.Tensor:
        trace = torch.as_tensor(np.asarray(fingerprint, np.float32))
        fields = self.net.settings["fields"]
        if trace.shape != (fields,):
            raise ValueError(
                f"the fingerprint has shape {tuple(trace.shape)}; give {fields} values of g, at "
                "the fields of this reader."
            )
        if not torch.isfinite(trace).all():
            raise ValueError("the fingerprint holds values that are not finite; leave them out.")
        return trace

    def _noise(self, point: torch.Tensor) -> torch.Tensor:
        generator = torch.Generator().manual_seed(0)
        return torch.randn(DRAWS, point.shape[1], generator=generator)

    def _doubt(self, spread: torch.Tensor) -> list[float]:
        return (self.scales["sites"] * spread.exp().mean(1).sqrt()).tolist()


def new_reader(
    net: YNet,
    kind: str,
    training: Samples,
    validation: Samples,
    about: dict[str, Any] | None = None,
    flow: Flow | None = None,
) -> Reader:
    """Return a reader whose doubt and distances are calibrated on validation wires.

    The spread of latent points is scaled so that it is right in the mean; the doubt of the place so
    that 63 of 100 errors lie within it; the distances so that 99 of 100 wires stay below 1.

    Parameters
    ----------
    net
        A trained network; it is moved to the CPU.
    kind
        Of the wires.
    training, validation
        Wires that it learned from, and wires that it did not.
    about
        How it was trained.
    flow
        Trained on the latent points of `net`.
    """
    net = net.cpu().eval()
    kept = training.at(slice(None, None, max(1, len(training) // _SHEET)))
    memory = {
        "trace": kept.trace,
        "point": latent_points(net, kept),
        "antidots": torch.as_tensor(kept.antidots).float(),
    }
    with torch.no_grad():
        point, spread = net.trace.both(validation.trace)
        drawn = with_chances(net.draw(point))
    off = (point - latent_points(net, validation)).square()
    found = centres(drawn[:, -1], validation.antidots.shape[1])
    error = np.sqrt((position_error(found, validation.antidots) ** 2).mean(1))
    doubt = spread.exp().mean(1).sqrt().numpy()
    scales = {
        "spread": float((off / spread.exp()).mean().sqrt()),
        "sites": float(np.quantile(error / doubt, 1 - np.exp(-1))),
        "trace": float(torch.cdist(validation.trace, memory["trace"]).amin(1).quantile(0.99)),
        "point": float(torch.cdist(point, memory["point"]).amin(1).quantile(0.99)),
    }
    return Reader(net, kind, memory, scales, about or {}, flow)


def load_ynet(name: str = "one") -> Reader:
    """Return a shipped reader, checked against its sha256.

    Parameters
    ----------
    name
        ``"one"``, ``"two"`` or ``"symmetric"``, as in :func:`~qmlcourse.ynet.wires`; ``"rough"``
        for one antidot, trained on noise, backgrounds and several energies.

    Raises
    ------
    ValueError
        For another name.
    RuntimeError
        For a damaged file.
    """
    from ..storage import shipped

    known = [k.removeprefix("ynet_") for k in shipped.manifest() if k.startswith("ynet_")]
    known = [k for k in known if k in SETS or k == "rough"]
    if name not in known:
        raise ValueError(f"no Y-net {name!r} is shipped; there is {', '.join(known)}.")
    return Reader.from_bytes(shipped.read(f"ynet_{name}"))


def decode(fingerprint: ArrayLike, reader: str | Reader = "one") -> Decoded:
    """Return what a fingerprint tells: picture, latent point, doubt and distance.

    Parameters
    ----------
    fingerprint
        Shape (field,): g in e^2/h at the reader's fields.
    reader
        A Reader, or the name of a shipped one.

    Raises
    ------
    ValueError
        As in :meth:`Reader.decode`.
    """
    reader = reader if isinstance(reader, Reader) else load_ynet(reader)
    return reader.decode(fingerprint)
