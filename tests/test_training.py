"""The fit loop: same batches after a stop, honest errors, a history that tells what happened."""

import math

import pytest
import torch
from torch import nn

from qmlcourse.storage.state_file import read_state, write_state
from qmlcourse.training import Fit, LongComputation, rate_share, seeded_generator


def _data(samples=60):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(samples, 3, generator=generator)
    return x, x @ torch.tensor([[1.0], [-2.0], [0.5]])


def _model():
    torch.manual_seed(1)
    return nn.Linear(3, 1)


def _loss(model, x, y):
    error = (model(x) - y).square().mean()
    return error, {"largest": (model(x) - y).abs().max().detach()}


def _fit(model, path=None, **options):
    settings = {"epochs": 40, "batch_size": 16, "rate": 0.1, "seed": 3} | options
    return Fit(model, _data(), _loss, checkpoint=path, **settings)


def _advanced(fit, steps):
    for _ in range(steps):
        fit.advance()
    return fit


def test_learns_a_plane_and_logs_each_epoch():
    model = _model()
    fit = _fit(model, validation=_data(20))
    history = fit.run()
    assert isinstance(fit, LongComputation)
    assert [row["epoch"] for row in history] == list(range(1, 41))
    assert history[-1]["validation_loss"] < 1e-3 < history[0]["loss"]
    assert {"loss", "largest", "validation_largest"} <= set(history[-1])
    assert torch.allclose(model.weight, torch.tensor([[1.0, -2.0, 0.5]]), atol=0.05)


def test_a_stopped_run_goes_on_with_the_same_batches(tmp_path):
    whole = _model()
    _fit(whole).run()
    parts = _model()
    first = _fit(parts, tmp_path / "run.npz")
    _advanced(first, 5 * first.steps_per_epoch + 1)  # stopped inside of an epoch
    resumed = _model()
    second = _fit(resumed, tmp_path / "run.npz")
    assert second.steps == 5 * second.steps_per_epoch
    second.run()
    assert torch.equal(resumed.weight, whole.weight)
    assert len(second.history) == 40
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("stop", [0, 1, 4, 9, 120])
def test_a_state_holds_all_that_a_fit_goes_on_from(stop, tmp_path):
    whole = _fit(_model())
    rows = whole.run(quiet=True)
    first = _advanced(_fit(_model()), stop)
    state = first.state()
    write_state(tmp_path / "state.npz", state)
    if not first.done:
        first.advance()  # must not change the state that was taken
    for taken in (state, read_state(tmp_path / "state.npz")):
        second = _fit(_model())
        second.resume(taken)
        assert second.steps == stop
        assert second.run(quiet=True) == rows
        assert torch.equal(second.model.weight, whole.model.weight)


def test_a_state_of_another_fit_is_refused():
    state = _fit(_model(), stamp="one").state()
    for other in (_fit(_model(), stamp="two"), _fit(_model(), seed=4), _fit(_model(), epochs=3)):
        with pytest.raises(ValueError, match="belongs to the fit"):
            other.resume(state)
    wide = Fit(nn.Linear(3, 2), _data(), _loss, epochs=40, batch_size=16, rate=0.1, seed=3)
    with pytest.raises(ValueError, match="belongs to the fit"):
        wide.resume(_fit(_model()).state())


def test_a_checkpoint_of_another_run_is_left_alone(tmp_path):
    path = tmp_path / "run.npz"
    _fit(_model(), path, stamp="one").run()
    assert _fit(_model(), path, stamp="two").steps == 0
    assert _fit(_model(), path, stamp="one", seed=4).steps == 0
    assert _fit(_model(), path, stamp="one").done
    path.write_bytes(path.read_bytes()[:100])
    assert _fit(_model(), path, stamp="one").steps == 0


def test_the_learning_rate_is_the_written_formula():
    fit = _fit(_model(), epochs=10, rate=0.1)
    assert fit.total == 30
    seen = []
    while not fit.done:
        seen.append(fit.optimizer.param_groups[0]["lr"])
        fit.advance()
    for step, rate in enumerate(seen):
        done = (step + 1) / 30
        share = done / 0.1 if done < 0.1 else 0.505 + 0.495 * math.cos(math.pi * (done - 0.1) / 0.9)
        assert rate == pytest.approx(0.1 * share, rel=1e-12)
    assert seen[2] == pytest.approx(0.1, rel=1e-12)
    assert seen[-1] == pytest.approx(0.001, rel=1e-12)
    assert rate_share(0.55) == pytest.approx(0.505, rel=1e-12)


def test_the_first_batches_are_those_of_adamw_by_hand():
    """AdamW (I. Loshchilov and F. Hutter, arXiv:1711.05101), algorithm 2, with clipped norms."""
    rate, decay, epochs = 0.1, 0.3, 4
    fit = _fit(_model(), epochs=epochs, rate=rate, decay=decay)
    weight = _model().weight.detach().double().requires_grad_()
    bias = _model().bias.detach().double().requires_grad_()
    x, y = (part.double() for part in _data())
    order = torch.randperm(60, generator=seeded_generator([3, 0]))
    first, second = [0.0, 0.0], [0.0, 0.0]
    for step in range(3):
        chosen = order[16 * step : 16 * step + 16]
        loss = (x[chosen] @ weight.T + bias - y[chosen]).square().mean()
        gradients = torch.autograd.grad(loss, (weight, bias))
        norm = math.sqrt(sum(float(g.square().sum()) for g in gradients))
        now = rate * rate_share((step + 1) / (3 * epochs))
        with torch.no_grad():
            for n, (part, g) in enumerate(zip((weight, bias), gradients, strict=True)):
                g = g * min(1.0, 5.0 / norm)
                first[n] = 0.9 * first[n] + 0.1 * g
                second[n] = 0.999 * second[n] + 0.001 * g**2
                mean = first[n] / (1 - 0.9 ** (step + 1))
                size = (second[n] / (1 - 0.999 ** (step + 1))).sqrt() + 1e-8
                part -= now * (decay * part + mean / size)
        fit.advance()
        assert fit.loss == pytest.approx(loss.item(), rel=1e-5)
        assert fit.model.weight.tolist()[0] == pytest.approx(weight.tolist()[0], rel=1e-5)
        assert fit.model.bias.tolist() == pytest.approx(bias.tolist(), rel=1e-5)


def test_an_epoch_sees_each_sample_once_and_reports_the_mean():
    seen, losses = [], []

    def augment(generator, x, y):
        seen.append(x)
        return x, y

    fit = _fit(_model(), epochs=2, batch_size=20, augment=augment)
    while not fit.done:
        fit.advance()
        losses.append(fit.loss)
    for epoch in range(2):
        rows = torch.cat(seen[3 * epoch : 3 * epoch + 3])
        assert torch.equal(rows.sort(0).values, _data()[0].sort(0).values)
        mean = sum(losses[3 * epoch : 3 * epoch + 3]) / 3
        assert fit.history[epoch]["loss"] == pytest.approx(mean, rel=1e-12)
    assert not torch.equal(seen[0], seen[3])


def test_validation_sees_the_network_in_evaluation_and_moves_nothing():
    modes = []

    def loss(model, x, y):
        modes.append(model.training)
        return (model(x) - y).square().mean()

    fit = Fit(
        nn.Linear(3, 1),
        _data(),
        loss,
        epochs=1,
        batch_size=60,
        rate=0.1,
        seed=0,
        validation=_data(7),
    )
    fit.advance()
    assert modes == [True, False]
    x, y = _data(7)
    expected = (fit.model(x) - y).square().mean()
    assert fit.history[0]["validation_loss"] == pytest.approx(expected.item(), rel=1e-6)


def test_the_seed_alone_makes_the_batches():
    weights = []
    for seed in (3, 3, 4):
        model = _model()
        torch.rand(7)  # the global generator must not matter
        _fit(model, epochs=2, seed=seed).run()
        weights.append(model.weight.detach().clone())
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_augmentation_sees_every_batch():
    seen = []

    def augment(generator, x, y):
        seen.append(int(torch.randint(10**6, (), generator=generator)))
        return x, y

    _fit(_model(), epochs=2, augment=augment).run()
    assert len(seen) == len(set(seen)) == 6


def test_errors_in_one_sentence():
    with pytest.raises(ValueError, match="same number"):
        Fit(
            _model(),
            (torch.ones(3, 3), torch.ones(2, 1)),
            _loss,
            epochs=1,
            batch_size=2,
            rate=0.1,
            seed=0,
        )
    with pytest.raises(ValueError, match="1 or more"):
        _fit(_model(), epochs=0)
    with pytest.raises(RuntimeError, match="smaller rate"):
        _fit(_model(), rate=1e30, epochs=20).run()
