"""The branches learn, resume, are stored, and warn; the flow keeps several answers apart."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from qmlcourse.storage import shipped
from qmlcourse.training import Fit
from qmlcourse.ynet import (
    Reader,
    ReaderRecipe,
    YNet,
    decode,
    fingerprints,
    flow_fit,
    latent_points,
    load_ynet,
    new_network,
    new_reader,
    picture_loss,
    reading_fit,
    redrawing_fit,
    skill,
    train_plain,
    train_ynet,
    tuning_fit,
)
from qmlcourse.ynet.experiment import (
    noisy_traces,
    rough_batch,
    temperature_in_hoppings,
    traces_with_background,
    warm_traces,
)

torch.set_num_threads(1)
TINY = ReaderRecipe(latent=6, hidden=64, reader=64, redraw=3, read=2, tune=3, batch_size=32)


@pytest.fixture(scope="module")
def samples():
    return fingerprints(700, 3)


@pytest.fixture(scope="module")
def trained(samples):
    training, validation, held = samples.split()
    net, logs = train_ynet(training, TINY, 0, quiet=True)
    return net, logs, training, validation, held


def test_every_branch_lowers_its_loss(trained):
    _, logs, *_ = trained
    assert list(logs) == ["redrawing", "reading", "tuning"]
    for rows in logs.values():
        assert rows[-1]["loss"] < rows[0]["loss"]


def test_phases_train_only_their_branches(samples):
    net = new_network(samples, TINY, 1)

    def weights():
        return {name: part.clone() for name, part in net.state_dict().items()}

    def moved(before):
        now = net.state_dict()
        return {name.split(".")[0] for name in now if not torch.equal(before[name], now[name])}

    for phase, expected in (
        (redrawing_fit, {"encode", "draw"}),
        (reading_fit, {"trace"}),
        (tuning_fit, {"encode", "draw", "trace"}),
    ):
        before = weights()
        fit = phase(net, samples, TINY, 0)
        fit.advance()
        fit.advance()
        assert moved(before) == expected


def test_the_same_seed_gives_the_same_network_and_another_one_does_not(samples):
    short = replace(TINY, redraw=1, read=1, tune=1)
    first, again, other = (train_ynet(samples, short, s, quiet=True)[0] for s in (4, 4, 5))
    picture = first(samples.trace[:3])
    assert torch.equal(picture, again(samples.trace[:3]))
    assert not torch.equal(picture, other(samples.trace[:3]))


def test_a_training_that_was_stopped_ends_with_the_same_network(samples, tmp_path, monkeypatch):
    whole, _ = train_ynet(samples, TINY, 0, quiet=True)
    steps, plain_advance = [0], Fit.advance

    def failing(self):
        steps[0] += 1
        if steps[0] == 90:
            raise KeyboardInterrupt
        return plain_advance(self)

    monkeypatch.setattr(Fit, "advance", failing)
    with pytest.raises(KeyboardInterrupt):
        train_ynet(samples, TINY, 0, folder=tmp_path, quiet=True)
    monkeypatch.setattr(Fit, "advance", plain_advance)
    resumed, _ = train_ynet(samples, TINY, 0, folder=tmp_path, quiet=True)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_the_plain_network_sees_as_many_passes(samples):
    net, log = train_plain(samples, TINY, 0, quiet=True)
    assert len(log) == TINY.passes == 8
    assert log[-1]["loss"] < log[0]["loss"]
    assert net(samples.trace[:2]).shape == (2, 2, 36, 24)


def test_without_wave_functions_only_the_antidots_are_drawn(samples):
    net = new_network(samples, replace(TINY, channels=1), 0)
    redrawing_fit(net, samples, replace(TINY, channels=1), 0).advance()
    assert net(samples.trace[:2]).shape == (2, 1, 36, 24)
    assert latent_points(net, samples).shape == (700, 6)


def test_the_loss_is_mean_square_and_half_the_cross_entropy():
    drawn = torch.tensor([[[[0.5]], [[0.3]]]])
    picture = torch.tensor([[[[2.0]], [[1.0]]]])
    loss, parts = picture_loss(drawn, picture)
    chance = 1 / (1 + np.exp(-0.3))
    assert float(parts["density"]) == pytest.approx(2.25)
    assert float(loss) == pytest.approx(2.25 - 0.5 * np.log(chance), rel=1e-6)


def test_settings_that_cannot_be_are_refused(samples):
    with pytest.raises(ValueError, match="take 1"):
        YNet(channels=3)
    with pytest.raises(ValueError, match="take one of live, one"):
        new_network(samples, "large", 0)


def test_a_reader_reads_alike_after_it_was_stored(trained):
    net, _, training, validation, held = trained
    reader = new_reader(net, "one", training, validation, {"command": "a test"})
    again = Reader.from_bytes(reader.to_bytes())
    assert again.about == {"command": "a test"}
    before, after = reader.pictures(held.trace), again.pictures(held.trace)
    assert float((before - after).abs().mean()) < 0.01
    one, other = reader.decode(held.trace[0]), again.decode(held.trace[0])
    assert one.density == pytest.approx(other.density, abs=0.1)
    assert one.position_spread == pytest.approx(other.position_spread, rel=0.1)
    with pytest.raises(ValueError, match="64 values"):
        again.decode(held.trace[0][:60])
    with pytest.raises(ValueError, match="not finite"):
        again.decode(np.full(64, np.nan))
    with pytest.raises(ValueError, match="no flow"):
        again.candidates(held.trace[0], 3)


def test_doubt_and_distance_are_calibrated_on_validation_wires(trained):
    net, _, training, validation, _ = trained
    reader = new_reader(net, "one", training, validation)
    with torch.no_grad():
        point = net.trace(validation.trace)
    far = np.array(reader.distance(validation.trace, point))
    assert (far > 1).sum() <= 2  # one for each of the two distances
    strange = validation.trace.flip(1) + 1
    with torch.no_grad():
        point = net.trace(strange)
    assert (np.array(reader.distance(strange, point)) > 1).mean() > 0.9


def test_one_at_a_time_and_many_at_once_give_the_same_pictures(trained):
    net, _, training, validation, held = trained
    reader = new_reader(net, "one", training, validation)
    many = reader.pictures(held.trace)
    one = reader.decode(held.trace[3])
    assert one.density == pytest.approx(0.5 * many[3, 0].numpy(), abs=1e-5)
    assert one.removed == pytest.approx(many[3, 1].numpy(), abs=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_same_weights_give_the_same_picture_on_a_gpu():
    reader = load_ynet("one")
    trace = fingerprints(20, 1).trace
    here = reader.net(trace)
    there = reader.net.cuda()(trace.cuda()).cpu()
    assert float((here - there).abs().max()) < 1e-4


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    name = shipped.about("ynet_one")["file"]
    for file in ("manifest.json", name):
        (tmp_path / file).write_bytes((shipped._FOLDER / file).read_bytes())
    data = bytearray((tmp_path / name).read_bytes())
    data[-5] ^= 1
    (tmp_path / name).write_bytes(bytes(data))
    monkeypatch.setattr(shipped, "_FOLDER", tmp_path)
    with pytest.raises(RuntimeError, match="damaged"):
        load_ynet("one")
    with pytest.raises(ValueError, match="there is"):
        decode(np.zeros(64), "seven")


def test_the_flow_draws_both_of_two_answers():
    rng = np.random.default_rng(0)
    label = torch.as_tensor(rng.integers(0, 2, 1500)).float()
    side = torch.as_tensor(rng.choice([-1.0, 1.0], 1500)).float()
    points = (
        torch.stack([2 * side, label], 1)
        + 0.05 * torch.as_tensor(rng.normal(size=(1500, 2))).float()
    )
    traces = torch.stack([label, 1 - label, label], 1)
    fit = flow_fit(points, traces, epochs=60, hidden=64)
    fit.run(quiet=True)
    flow = fit.model.module.eval()
    drawn = flow.sample(torch.tensor([[1.0, 0.0, 1.0]]), 200, seed=1)[0].numpy()
    assert (abs(abs(drawn[:, 0]) - 2) < 0.5).mean() > 0.9
    assert 0.3 < (drawn[:, 0] > 0).mean() < 0.7
    assert abs(np.median(drawn[:, 1]) - 1) < 0.1
    assert torch.equal(flow.sample(traces[:1], 3, seed=2), flow.sample(traces[:1], 3, seed=2))


def test_noise_background_and_temperature_are_what_they_say():
    generator = torch.Generator().manual_seed(0)
    flat = torch.zeros(4000, 64)
    assert float(noisy_traces(flat, 0.1, generator).std()) == pytest.approx(0.1, rel=0.02)
    smooth = traces_with_background(flat, 0.3, generator)
    assert float(torch.diff(smooth, n=3, dim=1).abs().max()) < 1e-5  # parabolas
    assert float(smooth.abs().max()) <= 0.9
    rough, kept = rough_batch(generator, flat, "rest")
    assert kept == "rest"
    assert rough.shape == flat.shape
    # gallium arsenide, sites 5 nm apart: t = 22.7 meV, 30 mK = 2.585 micro-eV
    assert temperature_in_hoppings(0.03, 5.0) == pytest.approx(2.585e-6 / 22.75e-3, rel=2e-3)


def test_a_background_is_three_legendre_polynomials_with_uniform_coefficients():
    flat = torch.zeros(3000, 21)
    found = traces_with_background(flat, 0.3, 5).numpy()
    field = np.linspace(-1, 1, 21)
    size, rest, *_ = np.linalg.lstsq(np.polynomial.legendre.legvander(field, 2), found.T)
    assert np.allclose(rest, 0, atol=1e-8)
    assert abs(size).max() <= 0.3
    for one in size:
        assert one.std() == pytest.approx(0.3 / np.sqrt(3), rel=0.05)
        assert one.mean() == pytest.approx(0, abs=0.02)
    assert abs(np.corrcoef(size) - np.eye(3)).max() < 0.08
    again = traces_with_background(flat + 1, 0.3, torch.Generator().manual_seed(0))
    assert not np.allclose(again - 1, found)
    assert np.allclose(traces_with_background(flat + 1, 0.3, 5) - 1, found, atol=1e-6)


def test_a_rough_batch_has_noise_of_every_level_up_to_a_tenth():
    (rough,) = rough_batch(torch.Generator().manual_seed(0), torch.zeros(2000, 64))
    field = np.linspace(-1, 1, 64)
    basis = np.polynomial.legendre.legvander(field, 2)
    size, rest, *_ = np.linalg.lstsq(basis, rough.numpy().T)
    level = np.sqrt(rest / 61)  # 64 values less three coefficients
    assert np.quantile(level, [0.1, 0.5, 0.9]) == pytest.approx([0.01, 0.05, 0.09], rel=0.1)
    assert abs(size).max() == pytest.approx(0.4, abs=0.05)


def test_a_warm_curve_is_the_average_over_energies_and_a_cold_one_is_the_curve():
    samples = fingerprints(2, 9)
    recipe = replace(samples.recipe, fields=5)
    cold = warm_traces(recipe, samples.antidots, 1e-6)
    exact = recipe.wire.conductance(recipe.energy, recipe.flux, samples.antidots.astype(np.float32))
    assert cold.numpy() == pytest.approx(exact, abs=2e-3)
    warm = warm_traces(recipe, samples.antidots, 0.005)
    energies = np.linspace(-0.06, 0.06, 121)
    weight = 1 / (4 * 0.005 * np.cosh(energies / 0.01) ** 2)
    there = [replace(recipe, energy=recipe.energy + e) for e in energies]
    fine = [one.wire.conductance(one.energy, one.flux, samples.antidots) for one in there]
    expected = (weight[:, None, None] * np.array(fine)).sum(0) / weight.sum()
    assert warm.numpy() == pytest.approx(expected, abs=5e-3)
    with pytest.raises(ValueError, match="kT above 0"):
        warm_traces(recipe, samples.antidots, 0.0)


def test_a_skill_above_zero_after_seconds(trained):
    net, _, training, _, held = trained
    with torch.no_grad():
        again = net.redraw(held.picture.float())
    mean = training.picture[:, 0].float().mean(0)
    assert skill(again[:, 0], held.picture[:, 0], mean) > 0.0
