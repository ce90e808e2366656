"""What a reader says, against its network, its memory and its calibration taken apart."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from qmlcourse.storage.quantised import dequantise, quantise
from qmlcourse.ynet import (
    Flow,
    Reader,
    ReaderRecipe,
    centres,
    fingerprints,
    latent_points,
    new_network,
    new_reader,
    position_error,
)
from qmlcourse.ynet.network import SCALE, with_chances
from qmlcourse.ynet.rounding import round_layers, rounded_layer

TINY = ReaderRecipe(latent=4, hidden=32, reader=64, batch_size=32)


@pytest.fixture(scope="module")
def parts():
    samples = fingerprints(160, 12, "two")
    net = new_network(samples, TINY, 0).eval()
    torch.manual_seed(3)
    for weight in net.draw.parameters():  # pictures that differ from wire to wire
        torch.nn.init.normal_(weight, std=0.2)
    torch.nn.init.normal_(net.trace.end[2].weight, std=0.1)
    return samples.at(slice(100)), samples.at(slice(100, 160)), net


@pytest.fixture(scope="module")
def reader(parts):
    training, validation, net = parts
    return new_reader(net, "two", training, validation)


def test_a_picture_is_in_hoppings_and_chances_and_its_spread_is_that_of_twelve_draws(parts, reader):
    trace = parts[1].trace[5]
    found = reader.decode(trace)
    net = reader.net
    with torch.no_grad():
        point, spread = net.trace.both(trace[None])
        drawn = net.draw(point)
        noise = torch.randn(12, 4, generator=torch.Generator().manual_seed(0))
        wide = reader.scales["spread"] * torch.exp(0.5 * spread) * noise
        around = net.draw(point + wide)[:, 0]
    assert found.density == pytest.approx(SCALE * drawn[0, 0].numpy(), rel=1e-5)
    assert found.removed == pytest.approx(1 / (1 + np.exp(-drawn[0, 1].numpy())), rel=1e-4)
    assert found.uncertainty == pytest.approx(SCALE * around.numpy().std(0, ddof=1), rel=1e-3)
    assert found.antidots.shape == (2, 2)
    assert found.latent == pytest.approx(point[0].numpy())
    width = reader.scales["sites"] * np.sqrt(np.exp(spread.numpy()).mean())
    assert found.position_spread == pytest.approx(width, rel=1e-5)
    assert reader.doubt(trace[None]) == pytest.approx([width], rel=1e-5)


def test_a_polish_starts_at_the_read_antidots_drawn_back_into_the_wire(parts, reader, monkeypatch):
    asked = {}

    def polished(wire, energy, flux, fingerprint, guess, **options):
        asked.update(wire=wire, energy=energy, flux=flux, guess=guess, options=options)

    monkeypatch.setattr("qmlcourse.ynet.reader.polish", polished)
    outside = np.array([[40.0, -3.0], [-0.5, 30.0]])
    decoded = replace(reader.decode(parts[1].trace[5]), antidots=outside)
    reader.polish(parts[1].trace[5], decoded, starts=2)
    assert asked["guess"].tolist() == [[35, 0], [0, 23]]
    assert asked["energy"] == -3.2
    assert (asked["wire"].length, asked["wire"].width) == (36, 24)
    assert asked["flux"] == pytest.approx(np.linspace(0, 32, 64) / (36 * 24))
    assert asked["options"] == {"radius": 3.0, "starts": 2}
    reader.polish(parts[1].trace[5])
    read = reader.decode(parts[1].trace[5]).antidots
    assert asked["guess"] == pytest.approx(np.clip(read, 0, [35, 23]))


def test_distance_is_the_larger_of_two_and_in_units_of_the_farthest_hundredth(parts, reader):
    training, validation, net = parts
    with torch.no_grad():
        point = net.trace(validation.trace)
    near = [
        np.linalg.norm(one[:, None] - all_[None], axis=-1).min(1)
        for one, all_ in (
            (validation.trace.numpy(), training.trace.numpy()),
            (point.numpy(), latent_points(net, training).numpy()),
        )
    ]
    for name, distances in zip(("trace", "point"), near, strict=True):
        assert reader.scales[name] == pytest.approx(np.quantile(distances, 0.99), rel=1e-3)
    expected = np.maximum(near[0] / reader.scales["trace"], near[1] / reader.scales["point"])
    assert reader.distance(validation.trace, point) == pytest.approx(expected, rel=1e-3)
    assert reader.decode(training.trace[3]).inside == (
        reader.distance(training.trace[3:4], net.trace(training.trace[3:4]))[0] <= 1
    )


def test_calibration_makes_the_spread_right_in_the_mean_and_the_doubt_for_63_of_100(parts, reader):
    _, validation, net = parts
    with torch.no_grad():
        point, spread = net.trace.both(validation.trace)
        drawn = with_chances(net.draw(point))
    off = (point - latent_points(net, validation)) / torch.exp(0.5 * spread)
    assert (off / reader.scales["spread"]).square().mean() == pytest.approx(1, rel=1e-4)
    error = position_error(centres(drawn[:, 1], 2), validation.antidots)
    within = np.sqrt((error**2).mean(1)) <= reader.doubt(validation.trace) * (1 + 1e-6)
    assert within.mean() == pytest.approx(1 - np.exp(-1), abs=1 / 60)


def test_a_memory_holds_every_nth_wire(parts, monkeypatch):
    from qmlcourse.ynet import reader as module

    monkeypatch.setattr(module, "_SHEET", 25)
    training, validation, net = parts
    kept = new_reader(net, "two", training, validation).memory
    assert torch.equal(kept["trace"], training.trace[::4])
    assert kept["antidots"].numpy() == pytest.approx(training.antidots[::4], rel=1e-6)
    assert torch.allclose(kept["point"], latent_points(net, training.at(slice(None, None, 4))))


@pytest.mark.parametrize("bits", [8, 4])
def test_a_file_has_the_stated_bits_and_the_calibration(parts, reader, bits):
    torch.manual_seed(1)
    with_flow = replace(reader, flow=Flow(4, 64, 96).eval(), about={"command": "a test"})
    data = with_flow.to_bytes(bits)
    again = Reader.from_bytes(data)
    assert again.scales == with_flow.scales
    assert (again.kind, again.about) == ("two", {"command": "a test"})
    length = int.from_bytes(data[:8], "little")
    told = json.loads(data[8 : 8 + length])
    row = told["net.encode.layers.1.weight"]["data_offsets"]
    assert row[1] - row[0] == 32 * 1728 * bits // 8
    step = quantise({"w": reader.net.encode.layers[1].weight}, bits)["w.scale"]
    off = again.net.encode.layers[1].weight - reader.net.encode.layers[1].weight
    inside = reader.net.encode.layers[1].weight.abs() <= step * (2 ** (bits - 1) - 1)
    assert (off.abs() <= 0.5001 * step)[inside].all()
    trace = parts[1].trace[0]
    one, other = with_flow.candidates(trace, 6, 1), again.candidates(trace, 6, 1)
    assert one.shape == (6, 2, 36, 24)
    assert (one - other).abs().mean() < (0.02 if bits == 8 else 0.5)
    assert 0 <= float(one[:, 1].min()) <= float(one[:, 1].max()) <= 1


@pytest.mark.parametrize("bits", [2, 3, 5])
def test_a_rounded_layer_loses_a_fraction_of_what_rounding_each_weight_does(bits):
    generator = torch.Generator().manual_seed(bits)
    mixed = torch.randn(10, 80, generator=generator)  # inputs that say nearly the same
    given = torch.randn(400, 10, generator=generator) @ mixed + 3
    given = given + 0.1 * torch.randn(400, 80, generator=generator)
    weight = torch.randn(20, 80, generator=generator)
    wanted = given @ weight.T + torch.randn(20, generator=generator)
    found, bias, step = rounded_layer(weight, given, wanted, bits)
    whole = found / step
    assert torch.allclose(whole, whole.round(), atol=1e-4)
    assert whole.abs().max() <= 2 ** (bits - 1) - 1 + 1e-4
    off = given @ found.T + bias - wanted
    assert off.mean(0).abs().max() < 1e-3
    simple = torch.round(weight / step).clamp(-(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1) * step
    naive = given @ simple.T - wanted
    naive = naive - naive.mean(0)
    assert off.square().mean() < 0.2 * naive.square().mean()


def test_a_rounded_layer_is_near_the_best_of_all_whole_numbers():
    """Three columns and two bits: all 27 choices are tried."""
    generator = torch.Generator().manual_seed(0)
    given = torch.randn(300, 3, generator=generator) @ torch.tensor(
        [[1.0, 0.8, 0.1], [0.0, 0.5, 0.3], [0.0, 0.0, 1.0]]
    )
    weight = torch.randn(60, 3, generator=generator)
    wanted = given @ weight.T
    found, bias, step = rounded_layer(weight, given, wanted, 2)
    ours = (given @ found.T + bias - wanted).square().mean(0)
    every = torch.cartesian_prod(*[torch.tensor([-1.0, 0.0, 1.0])] * 3)
    off = torch.einsum("sc,ec,r->ser", given, every, step[:, 0]) - wanted[:, None]
    best = (off - off.mean(0)).square().mean(0).amin(0)
    assert (ours >= best * (1 - 1e-4)).all()
    assert ours.sum() < 1.15 * best.sum()


@pytest.mark.parametrize("unit", [2.0**-12, 2.0**12])
def test_the_unit_of_the_inputs_does_not_change_how_a_layer_is_rounded(unit):
    generator = torch.Generator().manual_seed(4)
    mixed = torch.randn(4, 24, generator=generator)
    given = torch.randn(200, 4, generator=generator) @ mixed
    given = given + 0.1 * torch.randn(200, 24, generator=generator)
    weight = torch.randn(6, 24, generator=generator)
    wanted = given @ weight.T + 0.1 * torch.randn(200, 6, generator=generator)
    found, bias, step = rounded_layer(weight, given, wanted, 4)
    scaled, same_bias, finer = rounded_layer(weight / unit, given * unit, wanted, 4)
    assert torch.equal((scaled / finer).round(), (found / step).round())
    assert torch.allclose(finer * unit, step, rtol=1e-5)
    assert torch.allclose(same_bias, bias, atol=1e-5)


def _network():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(80, 64), torch.nn.Tanh(), torch.nn.Linear(64, 90), torch.nn.Linear(90, 2)
    )


def test_later_layers_make_up_for_the_rounding_of_earlier_ones():
    exact, net = _network(), _network()
    x = torch.randn(600, 80)
    steps = round_layers(net, {"": lambda n: n(x)}, {"": 3})
    assert list(steps) == ["0", "2"]  # the last layer is small
    assert torch.equal(net[3].weight, exact[3].weight)
    alone = copy.deepcopy(exact)
    round_layers(alone, {"0": lambda n: n(x)}, {"0": 3})
    assert torch.equal(alone[0].weight, net[0].weight)
    assert torch.equal(alone[2].weight, exact[2].weight)
    second, bias, _ = rounded_layer(exact[2].weight, net[:2](x), exact[:3](x), 3)
    assert torch.allclose(net[2].weight, second)
    assert torch.allclose(net[2].bias, bias)


def test_rounded_layers_are_stored_as_they_are():
    net, x = _network(), torch.randn(200, 80)
    steps = round_layers(net, {"": lambda n: n(x)}, {"": 4})
    stored = dequantise(quantise(net.state_dict(), 4))
    for name in steps:
        key = f"{name}.weight"
        assert torch.allclose(stored[key], net.state_dict()[key], rtol=1e-5, atol=0)
