"""The search through the exact engine: its gradient, what it finds, and what it cannot know."""

import numpy as np
import pytest
import torch

from qmlcourse.transport import AntidotWire, DisorderedWire
from qmlcourse.transport.wires.fingerprint_search import FingerprintSearch, soft_impurities

WIRE = DisorderedWire(16, 9, -2.0)
FLUX = np.linspace(0, 6, 9) / (16 * 9)


def test_hills_are_gaussian_and_add():
    hills = soft_impurities([[[3.0, 4.0], [3.0, 4.0]]], 8, 7, height=1.5, size=2.0)
    assert hills.shape == (1, 8, 7)
    assert float(hills[0, 3, 4]) == pytest.approx(3.0)
    assert float(hills[0, 5, 4]) == pytest.approx(3.0 * np.exp(-0.5))


def test_steps_follow_the_gradient_of_the_misfit():
    target = np.full(len(FLUX), 2.0)
    search = FingerprintSearch(WIRE, FLUX, target, 2, starts=3, seed=4, step=1e-6)
    before = search.places
    search.step()
    moved = search.places - before

    def misfit(places):
        g = search.conductance(torch.as_tensor(places)).detach().numpy()
        return ((g - target) ** 2).mean(1)

    slope = np.zeros_like(before)
    for index in np.ndindex(before.shape[1:]):
        step = np.zeros_like(before)
        step[(slice(None), *index)] = 1e-5
        slope[(slice(None), *index)] = (misfit(before + step) - misfit(before - step)) / 2e-5
    assert np.allclose(moved, -1e-6 * np.sign(slope), rtol=1e-2, atol=0), "Adam's first step"


def test_a_shift_along_the_wire_cannot_be_seen():
    """Exact for antidots: the clean wire goes on into its leads."""
    wire = AntidotWire(30, 10, -1.7)
    antidots = np.array([(9.2, 3, 1.7), (14, 6.5, 2.2)])
    g = wire.conductance(np.stack([antidots, antidots + [5, 0, 0]]), FLUX)  # noqa: RUF005
    assert np.abs(g[0] - g[1]).max() < 1e-11
    notched = AntidotWire(30, 10, -1.7, notch=(4, 9.5, 2))
    g = notched.conductance(np.stack([antidots, antidots + [5, 0, 0]]), FLUX)  # noqa: RUF005
    assert np.abs(g[0] - g[1]).max() > 0.05


def test_the_misfit_falls_and_the_run_repeats():
    target = WIRE.conductance(soft_impurities([[[5.3, 3.1]]], 16, 9).numpy(), FLUX)[0]
    runs = []
    for _ in range(2):
        search = FingerprintSearch(WIRE, FLUX, target, 1, starts=6, seed=2)
        for _ in range(15):
            search.step()
        runs.append(np.array(search.history))
    assert np.array_equal(*runs)
    assert runs[0][-1].min() < 0.3 * runs[0][0].min()
    assert search.places.min() >= 0
    assert runs[0][-1].argmin() == search.best


def test_bad_input_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="which has gradients"):
        FingerprintSearch(AntidotWire(9, 9, -1), FLUX, FLUX, 1)
    with pytest.raises(ValueError, match="3 values, but there are 9 fields"):
        FingerprintSearch(WIRE, FLUX, np.zeros(3), 1)
