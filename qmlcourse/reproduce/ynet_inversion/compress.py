"""Stores the shipped readers with fewer bits: `python -m ...ynet_inversion.compress`.

Each layer is rounded so that the next one notices least, on fingerprints of new wires; nothing is
trained again. Readers whose branch A nobody needs are stored without it.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch

from ...storage import shipped
from ...storage.atomic import write_bytes
from ...training import seeded_generator
from ...ynet.baselines import mean_picture
from ...ynet.experiment import rough_batch
from ...ynet.flow import flow_matching_loss
from ...ynet.learning import latent_points
from ...ynet.reader import Reader, load_ynet
from ...ynet.rounding import round_layers
from ...ynet.wires import Samples, fingerprints
from .scores import scores
from .sizes import BITS, ROUNDING_WIRES, SHIPPED, WITH_ENCODER

COMMAND = "python -m qmlcourse.reproduce.ynet_inversion.compress"


def compressed_reader(
    reader: Reader,
    samples: Samples,
    bits: Mapping[str, int],
    encoder: bool = True,
    seed: int = 0,
) -> Reader:
    """Return a reader whose layers hold whole numbers of few bits; the given one stays.

    Parameters
    ----------
    reader
        A trained reader with its branch A. What it keeps of its training wires, and its
        calibration, are taken over.
    samples
        Wires of the reader's kind, on which each layer makes up for its rounding.
    bits
        2 to 8, of the parts ``net.trace``, ``net.draw``, ``net.encode`` and ``flow``.
    encoder
        Whether branch A is kept.
    seed
        Of the times and the noise on which the flow's layers are fitted.
    """
    net = copy.deepcopy(reader.net)
    runs = {
        "trace": lambda net: net.trace.both(samples.trace),
        "draw": lambda net: net(samples.trace),
        "encode": lambda net: net.encode(samples.picture.float()),
    }
    runs = runs if encoder else {name: runs[name] for name in ("trace", "draw")}
    round_layers(net, runs, {part: bits[f"net.{part}"] for part in runs})
    flow = copy.deepcopy(reader.flow)
    if flow is not None:
        point, generator = latent_points(reader.net, samples), seeded_generator(seed)
        noise = torch.randn(point.shape, generator=generator)
        time = torch.rand(len(point), generator=generator)
        lost = {"": lambda flow: flow_matching_loss(flow, samples.trace, point, noise, time)}
        round_layers(flow, lost, {"": bits["flow"]})
    net = net if encoder else net.without_encoder()
    return replace(reader, net=net.eval(), flow=flow)


def compressed_names(
    names: tuple[str, ...] = SHIPPED, seed: int = 0, folder: Path | None = None
) -> dict[str, tuple[float, float]]:
    """Compress shipped readers that have eight bits, and register the smaller files.

    Parameters
    ----------
    names
        Of readers. One that has lost its branch A, or whose file does not become smaller, stays.
    seed
        Of the wires.
    folder
        Where `manifest.json` and the readers lie; default the package's own files.

    Returns
    -------
    dict of str to tuple of float
        For each reader that changed its skill before and after, on wires that neither has seen.
    """
    changed = {}
    for number, name in enumerate(names):
        reader, entry = load_ynet(name), shipped.about(f"ynet_{name}")
        if not hasattr(reader.net, "encode"):
            continue
        fitted, unseen = (_wires(reader, name, [seed, number, part]) for part in (0, 1))
        small = compressed_reader(reader, fitted, BITS, name in WITH_ENCODER, seed)
        command = f"{entry['command']}, then {COMMAND} {name}"
        small.about = reader.about | {"command": command}
        data = small.to_bytes(BITS)
        if len(data) >= len(shipped.read(f"ynet_{name}")):
            continue
        mean = mean_picture(fitted)
        changed[name] = tuple(
            scores(one.pictures(unseen.trace), unseen, mean)["skill"]
            for one in (reader, Reader.from_bytes(data))
        )
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / entry["file"]
            write_bytes(path, data)
            shipped.register(
                f"ynet_{name}",
                path,
                command=command,
                tier=entry["tier"],
                what=entry["what"],
                folder=folder,
            )
    return changed


def _wires(reader: Reader, name: str, seed: list[int]) -> Samples:
    """Return new wires of a reader; those of the rough one are noisy."""
    samples = fingerprints(ROUNDING_WIRES, seed, reader.kind)
    if name == "rough":
        (trace,) = rough_batch(seeded_generator(seed), samples.trace)
        samples = replace(samples, trace=trace)
    return samples


def main(arguments: list[str] | None = None) -> None:
    """Compress shipped readers; say which, and what it cost."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    changed = compressed_names(tuple(given.names) or SHIPPED, given.seed)
    for name, (before, after) in changed.items():
        print(f"{name}: skill {before:.4f} before, {after:.4f} after")
    if not changed:
        print("All readers are as small already.")


if __name__ == "__main__":
    main()
