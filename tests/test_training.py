"""The fit loop: same batches after a stop, honest errors, a log that tells what happened."""

import pytest
import torch
from torch import nn

from qmlcourse.training import Fit


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


def test_learns_a_plane_and_logs_each_epoch():
    model = _model()
    log = _fit(model, validation=_data(20)).run()
    assert [row["epoch"] for row in log] == list(range(1, 41))
    assert log[-1]["validation_loss"] < 1e-3 < log[0]["loss"]
    assert {"loss", "largest", "validation_largest"} <= set(log[-1])
    assert torch.allclose(model.weight, torch.tensor([[1.0, -2.0, 0.5]]), atol=0.05)


def test_a_stopped_run_goes_on_with_the_same_batches(tmp_path):
    whole = _model()
    _fit(whole).run()
    parts = _model()
    first = _fit(parts, tmp_path / "run.ckpt")
    for _ in range(5 * first.steps_per_epoch + 1):  # stopped inside of an epoch
        first.step()
    resumed = _model()
    second = _fit(resumed, tmp_path / "run.ckpt")
    assert second.steps == 5 * second.steps_per_epoch
    second.run()
    assert torch.equal(resumed.weight, whole.weight)
    assert len(second.log) == 40
    assert not list(tmp_path.glob("*.part"))


def test_a_checkpoint_of_another_run_is_left_alone(tmp_path):
    _fit(_model(), tmp_path / "run.ckpt", stamp="one").run()
    assert _fit(_model(), tmp_path / "run.ckpt", stamp="two").steps == 0
    assert _fit(_model(), tmp_path / "run.ckpt", stamp="one", seed=4).steps == 0
    assert _fit(_model(), tmp_path / "run.ckpt", stamp="one").finished


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
