"""Reading fingerprints with a trained Y-net: picture, latent point, doubt, and a warning."""

import json
from dataclasses import dataclass, field

import numpy as np
import torch

from ..storage import safetensors_file
from .flow import Flow
from .measures import centres
from .network import SCALE, YNet, with_chances
from .polish import polish
from .wires import SETS, wires

DRAWS = 12  # latent points drawn to see how far the picture is open
_SHEET = 2000  # training wires that a reader keeps as its memory


@dataclass(frozen=True)
class Decoded:
    """What a fingerprint tells.

    Attributes
    ----------
    density : (x, y) in 1/hopping; removed : (x, y), chance that an antidot removed the site
    latent : (latent,) point of branch C; antidots : (K, 2) centres in sites
    uncertainty : (x, y) standard deviation of the density, in 1/hopping
    position_spread : sites, the root mean square doubt of the antidots' places, calibrated
    distance : of the fingerprint and of its latent point from the nearest of the training wires,
        the larger of both, in units that 99 of 100 unseen wires stay below
    """

    density: np.ndarray
    removed: np.ndarray
    latent: np.ndarray
    antidots: np.ndarray
    uncertainty: np.ndarray
    position_spread: float
    distance: float

    @property
    def inside(self):
        """Whether the fingerprint resembles what the network was trained on."""
        return self.distance <= 1


@dataclass
class Reader:
    """A trained Y-net with what it needs to read.

    net : YNet; kind : of wires, as in `wires`; memory : dict of the training wires it keeps
    (trace, point, antidots); scales : dict (trace, point, spread) of calibration; about : how it
    was trained; flow : Flow or None
    """

    net: YNet
    kind: str
    memory: dict
    scales: dict
    about: dict = field(default_factory=dict)
    flow: Flow | None = None

    @property
    def recipe(self):
        """The Wires that it was trained on."""
        return wires(self.kind)

    @property
    def flux(self):
        """(field,) flux quanta a plaquette at which a fingerprint is given."""
        return self.recipe.flux

    def decode(self, fingerprint):
        """Decoded from a fingerprint (field,) in e^2/h at the fields `flux`.

        Raises ValueError for another number of fields, or values that are not finite.
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

    def pictures(self, traces):
        """Pictures (sample, channel, x, y) of many fingerprints (sample, field), as a tensor: the
        density over SCALE and the chance of removal."""
        with torch.no_grad():
            return torch.cat(
                [self._draw(self.net.trace(part)) for part in torch.as_tensor(traces).split(4096)]
            )

    def doubt(self, traces):
        """(sample,) calibrated position spreads of fingerprints (sample, field), in sites."""
        with torch.no_grad():
            return np.array(self._doubt(self.net.trace.both(torch.as_tensor(traces))[1]))

    def candidates(self, fingerprint, count, seed=0):
        """(count, channel, x, y): pictures drawn by the flow, as `pictures`.

        Raises ValueError where this reader has no flow.
        """
        if self.flow is None:
            raise ValueError("this reader has no flow; take load_ynet('symmetric').")
        trace = self._checked(fingerprint)[None]
        points = self.flow.sample(trace, count, seed)[0]
        with torch.no_grad():
            return self._draw(points)

    def polish(self, fingerprint, decoded=None, **options):
        """The exact removed sites, from this reader's guess: see `polish`."""
        decoded = decoded or self.decode(fingerprint)
        wire = self.recipe.wire
        top = [wire.length - 1.0, wire.width - 1.0]
        guess = np.clip(decoded.antidots, 0, top)
        energy, radius = self.recipe.energy, self.recipe.radius[0]
        return polish(wire, energy, self.flux, fingerprint, guess, radius=radius, **options)

    def distance(self, trace, point):
        """(sample,) list: see Decoded."""
        far = torch.cdist(trace, self.memory["trace"]).amin(1) / self.scales["trace"]
        off = torch.cdist(point, self.memory["point"]).amin(1) / self.scales["point"]
        return torch.maximum(far, off).tolist()

    def to_bytes(self):
        """Everything as one safetensors file: weights as whole numbers of 8 bits with a scale for
        each row, the rest in half precision."""
        from safetensors.torch import save

        tensors = {f"net.{k}": v for k, v in self.net.state_dict().items()}
        tensors |= {f"memory.{k}": torch.as_tensor(v) for k, v in self.memory.items()}
        if self.flow is not None:
            tensors |= {f"flow.{k}": v for k, v in self.flow.state_dict().items()}
        told = {
            "net": self.net.settings,
            "kind": self.kind,
            "scales": self.scales,
            "about": self.about,
            "flow": None if self.flow is None else self.flow.settings,
        }
        return save(_packed(tensors), {"reader": json.dumps(told)})

    @staticmethod
    def from_bytes(data):
        """The reader written by `to_bytes`; a ValueError says where the bytes are none."""
        told, packed = safetensors_file.read(data, "reader", "a reader")
        tensors = _unpacked(packed)

        def part(name):
            return {k.split(".", 1)[1]: v for k, v in tensors.items() if k.startswith(f"{name}.")}

        net = safetensors_file.rebuild(YNet, told["net"], part("net"), "a reader")
        flow = None
        if told["flow"] is not None:
            flow = safetensors_file.rebuild(Flow, told["flow"], part("flow"), "a reader")
        return Reader(net, told["kind"], part("memory"), told["scales"], told["about"], flow)

    def _draw(self, points):
        return with_chances(self.net.draw(points))

    def _checked(self, fingerprint):
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

    def _noise(self, point):
        generator = torch.Generator().manual_seed(0)
        return torch.randn(DRAWS, point.shape[1], generator=generator)

    def _doubt(self, spread):
        return (self.scales["sites"] * spread.exp().mean(1).sqrt()).tolist()


def new_reader(net, kind, training, validation, about=None, flow=None):
    """A Reader whose doubt and distances are calibrated on validation wires.

    The spread of latent points is scaled so that it is right in the mean; the doubt of the place so
    that 63 of 100 errors lie within it; the distances so that 99 of 100 wires stay below 1.
    """
    from .learning import latent_points
    from .measures import position_error

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


def _packed(tensors):
    """Tensors for a file; large weight matrices by rows as int8 with a float scale."""
    out = {}
    for name, value in tensors.items():
        if value.dim() == 2 and value.numel() > 8192 and not name.startswith("memory"):
            scale = value.abs().amax(1, keepdim=True).clamp_min(1e-12) / 127
            out[name] = torch.round(value / scale).to(torch.int8)
            out[f"{name}.scale"] = scale.float().contiguous()
        else:
            out[name] = value.half().contiguous()
    return out


def _unpacked(tensors):
    """What `_packed` was given, in single precision."""
    return {
        name: value.float() * tensors.get(f"{name}.scale", 1.0)
        for name, value in tensors.items()
        if not name.endswith(".scale")
    }


def load_ynet(name="one"):
    """A shipped Reader, checked against its sha256.

    name : 'one', 'two' or 'symmetric', see `wires`; 'rough' for one antidot, trained on noise,
        backgrounds and several energies

    Raises ValueError for another name, RuntimeError for a damaged file.
    """
    from ..storage import shipped

    known = [k.removeprefix("ynet_") for k in shipped.manifest() if k.startswith("ynet_")]
    known = [k for k in known if k in SETS or k == "rough"]
    if name not in known:
        raise ValueError(f"no Y-net {name!r} is shipped; there is {', '.join(known)}.")
    return Reader.from_bytes(shipped.read(f"ynet_{name}"))


def decode(fingerprint, reader="one"):
    """Picture, latent point and doubt of a fingerprint (field,), as Decoded.

    reader : a Reader, or the name of a shipped one
    """
    reader = reader if isinstance(reader, Reader) else load_ynet(reader)
    return reader.decode(fingerprint)
