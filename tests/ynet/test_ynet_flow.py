"""The flow against velocities that are known in closed form."""

import numpy as np
import pytest
import torch

from qmlcourse.ynet.flow import Flow, flow_fit, flow_matching_loss


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


class _Known(Flow):
    """A flow whose velocity is a given function of point, time and features."""

    def __init__(self, velocity):
        super().__init__(latent=2, fields=3, hidden=8)
        self.velocity = velocity

    def forward(self, point, time, features):
        return self.velocity(point, time, features)


def _start(flow, count):
    """Where the points of seed 4 begin: those of a flow that stands still."""
    flow.velocity, kept = (lambda point, time, features: 0 * point), flow.velocity
    start = flow.sample(torch.zeros(1, 3), count, 4)
    flow.velocity = kept
    return start


def test_points_follow_the_velocity_from_time_zero_to_one():
    flow = _Known(lambda point, time, features: time[:, None].expand(-1, 2))
    start = _start(flow, 50)
    moved = flow.sample(torch.zeros(1, 3), 50, 4, steps=3)
    assert torch.allclose(moved, start + 0.5, atol=1e-6)  # the midpoint rule is exact here
    assert start.shape == (1, 50, 2)
    assert start.std() == pytest.approx(1, abs=0.2)


def test_the_midpoint_rule_is_of_second_order():
    flow = _Known(lambda point, time, features: point)
    start = _start(flow, 5)
    off = [
        (flow.sample(torch.zeros(1, 3), 5, 4, steps=n) / start - np.e).abs().max().item()
        for n in (8, 16)
    ]
    assert off[1] < 0.02
    assert off[0] / off[1] == pytest.approx(4, rel=0.15)


def test_points_come_back_in_units_of_the_training_set_each_with_its_fingerprint():
    flow = _Known(lambda point, time, features: features[:, :2] - point)
    flow.adjust(torch.tensor([[1.0, 10.0], [3.0, 50.0]]), torch.randn(5, 3))
    assert flow.centre.tolist() == [2, 30]
    assert flow.spread.tolist() == pytest.approx([2**0.5, 800**0.5])
    still = _Known(lambda point, time, features: 0 * point)
    start = still.sample(torch.zeros(2, 3), 7, 4)
    traces = torch.randn(2, 3)
    drawn = flow.sample(traces, 7, 4, steps=400)
    # x' = f - x from x0: f + (x0 - f) / e
    goal = flow.features(traces)[:, None, :2]
    expected = flow.centre + flow.spread * (goal + (start - goal) / np.e)
    assert torch.allclose(drawn, expected, rtol=1e-3, atol=1e-3)


def test_the_loss_is_zero_for_straight_ways_and_one_for_twice_their_speed():
    point, noise = torch.randn(6, 2), torch.randn(6, 2)
    trace, time = torch.randn(6, 3), torch.rand(6)
    flow = _Known(None)
    flow.adjust(torch.randn(9, 2), torch.randn(9, 3))
    goal = (point - flow.centre) / flow.spread

    def straight(there, when, features):
        assert torch.allclose(features, flow.features(trace))
        return (goal - there) / (1 - when[:, None])  # the speed that is left to do

    flow.velocity = straight
    assert flow_matching_loss(flow, trace, point, noise, time).item() < 1e-9
    flow.velocity = lambda *given: 2 * straight(*given)
    expected = (goal - noise).square().mean().item()
    found = flow_matching_loss(flow, trace, point, noise, time).item()
    assert found == pytest.approx(expected, rel=1e-4)


def test_a_flow_that_learns_further_keeps_its_weights_and_units():
    points, traces = torch.randn(30, 2), torch.randn(30, 3)
    first = flow_fit(points, traces, 1, epochs=1, batch_size=30, hidden=8)
    same = flow_fit(points, traces, 1, epochs=1, batch_size=30, hidden=8)
    first.advance(), same.advance()
    flow = first.model.module
    assert first.loss == same.loss
    kept = {name: value.clone() for name, value in flow.state_dict().items()}
    again = flow_fit(5 * points, traces + 2, 1, flow=flow, epochs=1, batch_size=30)
    assert again.model.module is flow
    for name, value in flow.state_dict().items():
        assert torch.equal(value, kept[name]), name
    times = []
    fit = flow_fit(points, traces, 1, epochs=40, batch_size=30, hidden=8)
    generator = torch.Generator().manual_seed(0)
    for _ in range(40):
        _, _, noise, time = fit.augment(generator, traces, points)
        times.append(time)
        assert noise.shape == points.shape
    assert torch.cat(times).mean() == pytest.approx(0.5, abs=0.03)
    assert 0 <= torch.cat(times).min() < 0.01 < 0.99 < torch.cat(times).max() < 1
