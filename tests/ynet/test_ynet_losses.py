"""What the branches make small, against the formulas written out and torch's own distributions."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

from qmlcourse.ynet import (
    ReaderRecipe,
    YNet,
    latent_points,
    new_network,
    picture_loss,
    pictures,
    plain_fit,
    reading_fit,
    redrawing_fit,
    train_ynet,
    tuning_fit,
    wires,
)
from qmlcourse.ynet.losses import Redrawing, Together
from qmlcourse.ynet.wires import Samples

SHAPE = (5, 4)
SMALL = ReaderRecipe(
    latent=3, hidden=8, reader=8, redraw=2, read=2, tune=2, batch_size=16, rate=0.01
)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def _samples(count=40, seed=0):
    """Wires of 5 x 4 sites that no physics has made: fingerprints of six fields."""
    rng = np.random.default_rng(seed)
    trace = torch.as_tensor(rng.normal(2, 1, (count, 6)).astype(np.float32))
    density, removed = rng.random((count, *SHAPE)), rng.random((count, *SHAPE)) < 0.2
    picture = pictures(density, removed).half()
    return Samples(trace, picture, rng.random((count, 1, 3)), np.full(count, 5), wires("one"))


def _net(seed=0, channels=2):
    torch.manual_seed(seed)
    net = YNet(3, 6, SHAPE, hidden=8, reader=8, channels=channels)
    for part in net.parameters():
        nn.init.normal_(part, std=0.4)
    return net


def test_pictures_are_densities_over_the_scale_and_cut_at_the_clip():
    density = np.array([[[0.0, 0.2, 0.5], [1.0, 1.99, 7.0]]])
    removed = np.array([[[True, False, False], [False, True, False]]])
    found = pictures(density, removed)
    assert found[0, 0].tolist() == [pytest.approx([0, 0.4, 1.0]), pytest.approx([2.0, 3.98, 4.0])]
    assert found[0, 1].tolist() == [[1, 0, 0], [0, 1, 0]]
    assert found.dtype == torch.float32


def test_the_prior_is_the_divergence_of_torch_and_the_noise_has_the_stated_width():
    net, noise = _net(), torch.randn(4, 3)
    picture = _samples(4).picture.float()
    mean, spread = net.encode(picture)
    normal = Normal(mean, torch.exp(0.5 * spread))
    prior = kl_divergence(normal, Normal(0.0, 1.0)).sum(1).mean()
    point = mean + normal.stddev * noise
    drawn, _ = picture_loss(net.draw(point), picture)
    loss, parts = Redrawing(net, 0.3)(picture, noise)
    assert parts["excess"].item() == pytest.approx(prior.item(), rel=1e-5)
    assert loss.item() == pytest.approx((drawn + 0.3 * prior).item(), rel=1e-5)


def test_all_together_is_the_written_sum_of_four_parts():
    net, noise = _net(), torch.randn(9, 3)
    samples = _samples(9)
    picture = samples.picture.float()
    recipe = replace(SMALL, excess=0.2, anchor=0.7, doubt=0.4)
    loss, parts = Together(net, recipe)(samples.trace, picture, noise)
    point, spread = net.trace.both(samples.trace)
    drawn, _ = picture_loss(net.draw(point), picture)
    again, _ = Redrawing(net, 0.2)(picture[:2], noise[:2])  # a quarter of nine, rounded down
    off = point[:2] - net.encode(picture[:2])[0]
    apart = off.square().sum(1).mean()
    # minus the logarithm of a Gaussian, without its constant
    far = -Normal(0.0, torch.exp(0.5 * spread[:2])).log_prob(off) - 0.5 * np.log(2 * np.pi)
    expected = drawn + 0.5 * again + 0.7 * apart + 0.4 * far.sum(1).mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert parts["apart"].item() == pytest.approx(apart.item(), rel=1e-5)


def test_doubt_moves_no_point_and_the_anchor_does_not_move_branch_a():
    samples, noise = _samples(8), torch.zeros(8, 3)
    recipe = replace(SMALL, excess=0.0, anchor=0.0, doubt=0.0)

    def gradient(part, **weights):
        net = _net()
        loss, _ = Together(net, replace(recipe, **weights))(
            samples.trace, samples.picture.float(), noise
        )
        loss.backward()
        return net.get_parameter(part).grad.clone()

    points = "trace.end.2.bias"  # three of points, then three of their log variances
    plain, doubting = gradient(points), gradient(points, doubt=1.0)
    assert torch.equal(doubting[:3], plain[:3])
    assert (doubting[3:] != plain[3:]).all()
    encoder = "encode.layers.5.bias"
    assert torch.equal(gradient(encoder, anchor=1.0), gradient(encoder))
    assert not torch.equal(gradient(points, anchor=1.0), plain)


def test_without_densities_the_loss_is_half_the_cross_entropy():
    drawn, picture = torch.tensor([[[[0.7]]]]), torch.tensor([[[[0.0]]]])
    loss, parts = picture_loss(drawn, picture)
    assert loss.item() == pytest.approx(0.5 * np.log(1 + np.exp(0.7)), rel=1e-6)
    assert set(parts) == {"holes"}


def test_branch_c_learns_points_in_units_of_their_spread():
    samples, net = _samples(), _net()
    points = latent_points(net, samples)
    fit = reading_fit(net, samples, replace(SMALL, batch_size=40), 0)
    away = (net.trace(samples.trace) - points) / points.std(0)
    fit.advance()
    assert fit.loss == pytest.approx(away.square().mean().item(), rel=1e-5)


@pytest.mark.parametrize(
    ("phase", "share", "epochs", "number"),
    [
        (redrawing_fit, 1.0, 2, 0),
        (reading_fit, 0.5, 2, 1),
        (tuning_fit, 0.5, 2, 2),
        (plain_fit, 0.5, 6, 3),
    ],
)
def test_phases_have_the_rates_epochs_and_seeds_of_the_recipe(phase, share, epochs, number):
    fit = phase(_net(), _samples(), replace(SMALL, again=0), 7)
    assert (fit.epochs, fit.seed, fit.batch_size) == (epochs, 70 + number, 16)
    highest = 0.0
    while not fit.done:
        highest = max(highest, fit.optimizer.param_groups[0]["lr"])
        fit.advance()
    # a tenth of the steps is less than one: the first batch has nearly the highest rate
    assert 0.9 < highest / (0.01 * share) <= 1.0


def test_a_second_tuning_is_one_more_phase_with_a_smaller_rate(monkeypatch):
    from qmlcourse.ynet import learning

    made = []

    def seen(*args, **options):
        made.append((args[3], options))
        return tuning_fit(*args, **options)

    monkeypatch.setattr(learning, "tuning_fit", seen)
    recipe = replace(SMALL, again=3)
    net, logs = train_ynet(_samples(), recipe, 5, quiet=True)
    epochs = {name: len(rows) for name, rows in logs.items()}
    assert epochs == {"redrawing": 2, "reading": 2, "tuning": 2, "again": 3}
    assert recipe.passes == 9
    assert [seed for seed, _ in made] == [5, 1005]
    assert made[1][1]["rate"] == pytest.approx(0.0015)
    assert not net.training


def test_fingerprints_are_centred_and_scaled_and_doubt_is_bounded():
    samples = _samples(300)
    net = new_network(samples, SMALL, 0)
    inner = net.trace.start((samples.trace - samples.trace.mean(0)) / samples.trace.std(0))
    for block in net.trace.blocks:
        inner = inner + block(inner)
    point, spread = net.trace.end(inner).chunk(2, 1)
    found = net.trace.both(samples.trace)
    assert torch.allclose(found[0], point, atol=1e-5)
    assert torch.allclose(found[1], spread, atol=1e-5)
    net.trace.end[2].bias.data[3:] = 100.0
    assert (net.trace.both(samples.trace)[1] == 4).all()


def test_drawn_densities_are_never_negative_and_removed_sites_are_logits():
    net = _net()
    drawn = net(_samples().trace)
    raw = net.draw.layers(net.trace(_samples().trace)).unflatten(1, (2, *SHAPE))
    assert torch.allclose(drawn[:, 0], torch.log1p(raw[:, 0].exp()), atol=1e-5)
    assert torch.equal(drawn[:, 1], raw[:, 1])
    assert drawn[:, 1].min() < 0
