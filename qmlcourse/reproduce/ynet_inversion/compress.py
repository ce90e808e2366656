"""Makes the shipped readers small: `python -m qmlcourse.reproduce.ynet_inversion.compress one`.

The weights of a trained reader are rounded to few bits, layer by layer; then the rest learns on, on
the wires of its training. The flow follows on the new latent points, and the doubt is calibrated
again. Readers whose branch A nobody needs are stored without it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from ...storage.atomic import write_bytes
from ...training import seeded_generator
from ...ynet.flow import Flow, flow_fit, flow_matching_loss
from ...ynet.learning import latent_points, tuning_fit
from ...ynet.network import YNet
from ...ynet.reader import Reader, new_reader
from ...ynet.rounding import fixed_whole_numbers, round_layers
from ...ynet.wires import Samples
from ..runner import Run, begin
from .readers import finished_reader, rough_augment, rough_wires
from .sizes import BITS, KNOWN, ROUNDING_EPOCHS, ROUNDING_RATE, ROUNDING_WIRES, WITH_ENCODER
from .wire_sets import WireSets

COMMAND = "python -m qmlcourse.reproduce.ynet_inversion.compress"


def compressed_reader(run: Run, name: str) -> Reader:
    """Return the finished reader of a run with rounded weights.

    Parameters
    ----------
    run
        A run whose folder holds the reader; where it does not, it is trained there first.
    name
        Of the reader; its bits stand in `sizes.py`.
    """
    sets = WireSets(run)
    reader = finished_reader(run, sets, name)
    training, validation, _ = rough_wires(run) if name == "rough" else sets.split(name)
    net, flow = _rounded_net(run, reader.net, training, name), reader.flow
    if flow is not None:
        flow = _rounded_flow(run, flow, latent_points(net, training), training.trace, name)
    about = reader.about | {"command": f"{reader.about['command']}, then {COMMAND} {name}"}
    made = new_reader(net, reader.kind, training, validation, about, flow)
    if name not in WITH_ENCODER:
        made.net = net.without_encoder()
    return made


def _rounded_net(run: Run, net: YNet, training: Samples, name: str) -> YNet:
    """The three branches with rounded weights; what is not rounded learns on."""
    few = training.at(slice(0, None, max(1, len(training) // ROUNDING_WIRES)))
    trace, options = few.trace, {}
    if name == "rough":
        options["augment"] = rough_augment(net)
        (trace,) = rough_augment(net)(seeded_generator(run.seed), few.trace, few.picture)[:1]
    runs = {
        "trace": lambda net: net.trace.both(trace),
        "draw": lambda net: net(trace),
        "encode": lambda net: net.encode(few.picture.float()),
    }
    steps = round_layers(net, runs, {part: BITS[name][f"net.{part}"] for part in runs})
    net.to(run.device)
    with fixed_whole_numbers(net, steps):
        tuning_fit(
            net,
            training.to(run.device),
            "one" if name == "rough" else name,
            run.seed,
            epochs=ROUNDING_EPOCHS[name],
            rate=ROUNDING_RATE,
            checkpoint=run.out / f"fits-{name}" / "rounded.npz",
            stamp=f"{run.tier} {name} {BITS[name]}",
            **options,
        ).run(f"ynet-{name}, rounded")
    return net.eval().cpu()


def _rounded_flow(
    run: Run, flow: Flow, points: torch.Tensor, traces: torch.Tensor, name: str
) -> Flow:
    """The flow with rounded weights, to the points of the rounded network."""
    generator = seeded_generator([run.seed, 1])
    few = slice(0, None, max(1, len(points) // ROUNDING_WIRES))
    point, trace = points[few], traces[few]
    noise = torch.randn(point.shape, generator=generator)
    time = torch.rand(len(point), generator=generator)
    runs = {"": lambda flow: flow_matching_loss(flow, trace, point, noise, time)}
    steps = round_layers(flow, runs, {"": BITS[name]["flow"]})
    flow.to(run.device)
    with fixed_whole_numbers(flow, steps):
        flow_fit(
            points.to(run.device),
            traces.to(run.device),
            run.seed,
            flow=flow,
            epochs=ROUNDING_EPOCHS[name],
            rate=ROUNDING_RATE,
            checkpoint=run.out / f"fits-{name}" / "rounded-flow.npz",
            stamp=f"{run.tier} {name} {BITS[name]}",
        ).run(f"flow {name}, rounded")
    return flow.eval().cpu()


def main(arguments: list[str] | None = None) -> None:
    """Compress one reader and say where it is."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=KNOWN)
    parser.add_argument("--tier", default="laptop")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder of `qmlcourse train ynet-NAME`")
    given = parser.parse_args(arguments)
    folder = given.out or Path(f"train/{given.name}-{given.tier}")
    torch.set_num_threads(1)
    run = begin("ynet_inversion", given.tier, folder, given.seed)
    data = compressed_reader(run, given.name).to_bytes(BITS[given.name])
    path = run.out / "small" / f"ynet_{given.name}.safetensors"
    path.parent.mkdir(exist_ok=True)
    write_bytes(path, data)
    print(f"{len(data)} bytes, stored in {path}")


if __name__ == "__main__":
    main()
