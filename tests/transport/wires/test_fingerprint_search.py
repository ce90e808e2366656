"""The search through the exact engine: its gradient, what it finds, and what it cannot know."""

import numpy as np
import pytest
import torch

from qmlcourse.storage.state_file import read_state, write_state
from qmlcourse.training import LongComputation
from qmlcourse.transport import AntidotWire, DisorderedWire
from qmlcourse.transport.wires.fingerprint_search import FingerprintSearch, soft_impurities

WIRE, ENERGY = DisorderedWire(16, 9), -2.0
FLUX = np.linspace(0, 6, 9) / (16 * 9)


def test_hills_are_gaussian_and_add():
    hills = soft_impurities([[[3.0, 4.0], [3.0, 4.0]]], 8, 7, height=1.5, size=2.0)
    assert hills.shape == (1, 8, 7)
    assert float(hills[0, 3, 4]) == pytest.approx(3.0)
    assert float(hills[0, 5, 4]) == pytest.approx(3.0 * np.exp(-0.5))


def test_steps_follow_the_gradient_of_the_misfit():
    target = np.full(len(FLUX), 2.0)
    search = FingerprintSearch(WIRE, ENERGY, FLUX, target, 2, starts=3, seed=4, rate=1e-6)
    before = search.places
    search.advance()
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
    wire, energy = AntidotWire(30, 10), -1.7
    antidots = np.array([(9.2, 3, 1.7), (14, 6.5, 2.2)])
    g = wire.conductance(energy, FLUX, np.stack([antidots, antidots + [5, 0, 0]]))  # noqa: RUF005
    assert np.abs(g[0] - g[1]).max() < 1e-11
    notched = AntidotWire(30, 10, notch=(4, 9.5, 2))
    g = notched.conductance(energy, FLUX, np.stack([antidots, antidots + [5, 0, 0]]))  # noqa: RUF005
    assert np.abs(g[0] - g[1]).max() > 0.05


def hidden_target():
    return WIRE.conductance(ENERGY, FLUX, soft_impurities([[[5.3, 3.1]]], 16, 9).numpy()[0])


def test_the_misfit_falls_and_the_run_repeats():
    runs = []
    for _ in range(2):
        search = FingerprintSearch(
            WIRE, ENERGY, FLUX, hidden_target(), 1, starts=6, steps=15, seed=2
        )
        first = search.misfit
        while not search.done:
            search.advance()
        runs.append(search)
    assert isinstance(search, LongComputation)
    assert runs[0].history == runs[1].history
    assert len(search.history) == 16
    assert search.history[0] == {"best": first.min(), "median": np.median(first)}
    assert search.misfit.min() == search.history[-1]["best"] < 0.3 * search.history[0]["best"]
    assert search.places.min() >= 0
    assert search.misfit.argmin() == search.best


def test_a_stopped_search_goes_on_as_if_it_had_not_stopped(tmp_path):
    def search(**changes):
        options = {"starts": 3, "steps": 8, "seed": 5} | changes
        return FingerprintSearch(WIRE, ENERGY, FLUX, hidden_target(), 1, **options)

    whole, stopped, again = search(), search(), search(seed=6)
    for _ in range(3):
        whole.advance()
        stopped.advance()
    write_state(tmp_path / "search.npz", stopped.state())
    again.resume(read_state(tmp_path / "search.npz"))
    assert np.array_equal(again.places, whole.places)
    assert np.array_equal(again.misfit, whole.misfit)
    for _ in range(5):
        whole.advance()
        again.advance()
    assert again.done
    assert np.array_equal(again.places, whole.places)
    assert again.history == whole.history
    with pytest.raises(ValueError, match="another search"):
        search(starts=4).resume(stopped.state())
    with pytest.raises(ValueError, match="another search"):
        search(known=np.ones((16, 9))).resume(stopped.state())


def test_bad_input_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="which has gradients"):
        FingerprintSearch(AntidotWire(9, 9), ENERGY, FLUX, FLUX, 1)
    with pytest.raises(ValueError, match="3 values, but there are 9 fields"):
        FingerprintSearch(WIRE, ENERGY, FLUX, np.zeros(3), 1)
    with pytest.raises(ValueError, match=r"first places are \(start, 2, 2\), not \(5, 1, 2\)"):
        FingerprintSearch(WIRE, ENERGY, FLUX, np.zeros(9), 2, first=np.ones((5, 1, 2)))


def test_first_places_are_taken_as_they_are():
    first = np.array([[[4.0, 3.0]], [[9.5, 6.25]]])
    search = FingerprintSearch(WIRE, ENERGY, FLUX, hidden_target(), 1, first=first)
    np.testing.assert_array_equal(search.places, first)
    search.advance()
    assert (search.places != first).any()
    np.testing.assert_array_equal(first[0], [[4.0, 3.0]])  # the caller's array stays
