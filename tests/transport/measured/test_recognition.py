"""Parts of curves and the wires they belong to: cutting, correlating, the loss, and learning."""

import numpy as np
import pytest
import torch

from qmlcourse.transport.measured.recognition import (
    CurveEncoder,
    best_correlation,
    contrastive_loss,
    random_parts,
    rank_of_own,
    recognition_fit,
)


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


def waves(count, fields=41, seed=0):
    """Smooth random curves: sums of eight waves."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 1, fields)
    height, phase = rng.normal(size=(count, 8, 1)), rng.uniform(0, 2 * np.pi, (count, 8, 1))
    frequency = np.arange(1, 9)[:, None]
    return torch.from_numpy((height * np.cos(2 * np.pi * frequency * x + phase)).sum(1)).float()


def test_a_part_lies_on_its_curve():
    curves = waves(20).double()
    parts, where = random_parts(dice(), curves, 15, stretch=0.3)
    assert parts.shape == where.shape == (20, 15)
    for part, place, curve in zip(parts, where, curves, strict=True):
        np.testing.assert_allclose(part, np.interp(place, np.arange(41), curve), atol=1e-12)
    step = np.diff(where.numpy(), axis=1)
    np.testing.assert_allclose(step, step[:, :1].repeat(14, 1), atol=1e-9)
    assert np.exp(-0.3) - 1e-9 < step.min() < 0.85
    assert 1.15 < step.max() < np.exp(0.3) + 1e-9
    assert where.min() >= 0
    assert where.max() <= 40
    starts = random_parts(dice(1), waves(400), 15)[1][:, 0]
    assert starts.min() < 1.5
    assert starts.max() > 24.5


def test_noise_has_the_size_asked_for():
    curves = torch.zeros(500, 41)
    parts, _ = random_parts(dice(), curves, 30, noise=0.05)
    assert parts.std().item() == pytest.approx(0.05, rel=0.03)


def test_no_part_is_longer_than_its_curve():
    whole, where = random_parts(dice(), waves(5), 41, stretch=0.4)
    assert where.max() <= 40
    assert whole.shape == (5, 41)
    with pytest.raises(ValueError, match="2 to 41 points, not 42"):
        random_parts(dice(), waves(5), 42)
    with pytest.raises(ValueError, match="stretch lies between"):
        random_parts(dice(), waves(5), 10, stretch=0.7)


def test_the_best_correlation_is_numpys():
    curves = waves(6).double()
    parts, _ = random_parts(dice(2), curves, 20, noise=0.1)
    found = best_correlation(parts, curves)
    for n in range(6):
        for m in range(6):
            slid = [np.corrcoef(parts[n], curves[m, at : at + 20])[0, 1] for at in range(22)]
            assert found[n, m] == pytest.approx(max(slid), abs=1e-10)


def test_a_wrong_scale_hides_a_wire_until_it_is_tried():
    curves = waves(30, seed=3).double()
    factor = np.exp(0.25)
    where = 3 + factor * np.arange(20)
    parts = torch.from_numpy(
        np.array([np.interp(where, np.arange(41), curve) for curve in curves.numpy()])
    )
    blind = best_correlation(parts, curves).diagonal()
    told = best_correlation(parts, curves, (1.0, factor)).diagonal()
    assert told.min() > 1 - 1e-9  # it starts at a whole point of the curve
    assert blind.mean() < 0.9
    with pytest.raises(ValueError, match="does not fit"):
        best_correlation(parts, curves, (3.0,))


class Fixed(torch.nn.Module):
    """A likeness that is given."""

    def __init__(self, likeness):
        super().__init__()
        self.given = torch.tensor(likeness)

    def likeness(self, parts, curves):
        return self.given


def test_the_loss_has_its_closed_forms():
    nothing = torch.zeros(4, 1)
    assert contrastive_loss(Fixed(np.ones((4, 4))), nothing, nothing).item() == pytest.approx(
        np.log(4)
    )
    near = contrastive_loss(Fixed(np.eye(4)), nothing, nothing, temperature=0.5).item()
    assert near == pytest.approx(np.log(1 + 3 * np.exp(-2.0)))
    # one part that likes all curves, while two curves like that part as well as their own
    one = np.eye(3)
    one[0] = 1.0
    low = np.log(1 + 2 * np.exp(-10))
    rows = (np.log(3) + 2 * low) / 3
    columns = (low + 2 * np.log(2 + np.exp(-10))) / 3
    found = contrastive_loss(Fixed(one), torch.zeros(3, 1), torch.zeros(3, 1)).item()
    assert found == pytest.approx((rows + columns) / 2)
    assert rows != pytest.approx(columns, rel=0.1)


def test_rank_counts_the_others_that_are_liked_as_much():
    likeness = torch.tensor([[0.9, 0.1, 0.2], [0.5, 0.5, 0.4], [0.3, 0.8, 0.1]])
    assert rank_of_own(likeness).tolist() == [0, 1, 2]


def test_points_have_length_one_and_do_not_know_the_place_of_a_wiggle():
    encoder = CurveEncoder().double()
    curves = waves(4, fields=60).double()
    points = encoder(curves)
    np.testing.assert_allclose(points.norm(dim=1).detach(), np.ones(4), atol=1e-12)
    flat = torch.zeros(1, 80, dtype=torch.float64)
    early, late = flat.clone(), flat.clone()
    early[0, 30:36] = late[0, 45:51] = torch.tensor([0.2, 0.7, 1.0, 0.8, 0.1, -0.4])
    torch.testing.assert_close(encoder(early), encoder(late))


def test_learning_finds_wires_it_never_saw():
    known, asked = waves(300, seed=1), waves(50, seed=2)
    fit = recognition_fit(known, 21, 0, stretch=0.2, epochs=40)
    parts, _ = random_parts(dice(5), asked, 21, stretch=0.2, noise=0.05)

    def recognised():
        with torch.no_grad():
            return (rank_of_own(fit.model.module.eval().likeness(parts, asked)) == 0).mean()

    before = recognised()
    fit.run(quiet=True)
    assert before < 0.2
    assert recognised() > 0.4
    again = recognition_fit(known, 21, 0, stretch=0.2, epochs=40)
    again.run(quiet=True)
    assert again.loss == fit.loss  # a seed says it all


def test_the_scale_of_the_curves_is_taken_off():
    known = waves(50)
    parts, _ = random_parts(dice(), known, 21)
    first = recognition_fit(known, 21, 0).model.module
    second = recognition_fit(10 * known + 3, 21, 0).model.module
    torch.testing.assert_close(first(parts), second(10 * parts + 3), rtol=1e-4, atol=1e-5)
