"""From a guess to the exact set of removed sites."""

import numpy as np
import pytest
import torch

from qmlcourse.transport import AntidotWire
from qmlcourse.ynet import polish, wires
from qmlcourse.ynet.polish import HEIGHT, _Search, _slide, soft_discs

RECIPE = wires("one")
TRUE = np.array([[[20.31, 12.87, 3.0]]])


@pytest.fixture(scope="module")
def curve():
    return RECIPE.wire.conductance(RECIPE.energy, RECIPE.flux, TRUE[0].astype(np.float32))


def test_a_guess_one_site_off_becomes_exact(curve):
    found = polish(RECIPE.wire, RECIPE.energy, RECIPE.flux, curve, [[21.0, 12.2]], starts=4)
    assert found.exact
    assert (RECIPE.removed(found.antidots[None]) == RECIPE.removed(TRUE)).all()
    assert len(found.history) == 0  # hard discs near the guess were enough


def test_a_guess_three_sites_off_slides_down_the_gradient(curve):
    options = {"starts": 6, "scatter": 1.5, "seed": 1}
    found = polish(RECIPE.wire, RECIPE.energy, RECIPE.flux, curve, [[23.4, 14.6]], **options)
    assert len(found.history) > 10
    assert found.history[-1].min() < 0.8 * found.history[0].min()
    assert found.exact
    assert (RECIPE.removed(found.antidots[None]) == RECIPE.removed(TRUE)).all()


def test_a_curve_of_another_wire_is_not_called_exact(curve):
    found = polish(RECIPE.wire, RECIPE.energy, RECIPE.flux, curve + 0.05, [[20.3, 12.9]], starts=0)
    assert not found.exact
    assert found.misfit == pytest.approx(0.05, abs=0.02)


def test_the_search_tries_half_integer_points_near_a_disc_and_none_far_away(curve):
    search = _Search(RECIPE.wire, RECIPE.energy, RECIPE.flux, curve, 3.0)
    places, reach = np.array([[20.31, 12.87], [7.0, 9.0]]), 1.5
    near = search._around(places, 0, reach, 0.1)
    assert (near[:, 1] == places[1]).all()
    away = np.hypot(*(near[:, 0] - places[0]).T)
    assert away.max() < reach + np.sqrt(2) / 4  # a point moves at most so far to a half-integer one
    tried = {tuple(point) for point in near[:, 0]}
    # one of sixty points is rounded, so those in the middle are sure to be hit
    assert {(20.0, 13.0), (20.5, 12.5), (20.5, 13.0), (21.0, 13.0)} <= tried


def test_the_gradient_of_soft_discs_is_that_of_finite_differences():
    places = torch.tensor([[[20.3, 12.9]]], dtype=torch.float64, requires_grad=True)
    flux = RECIPE.flux[[3, 30]]

    def misfit(where):
        sites, potential = soft_discs(where, 3.0, 0.4, RECIPE.wire)
        return RECIPE.wire.soft_conductance(RECIPE.energy, flux, sites, potential).square().sum()

    misfit(places).backward()
    step = 1e-5
    for axis in range(2):
        shift = torch.zeros_like(places)
        shift[..., axis] = step
        with torch.no_grad():
            slope = (misfit(places + shift) - misfit(places - shift)) / (2 * step)
        assert float(places.grad[0, 0, axis]) == pytest.approx(float(slope), rel=1e-4)


def test_soft_discs_are_high_inside_and_absent_outside_and_in_the_bites():
    sites, potential = soft_discs(torch.tensor([[[9.0, 14.0]]]), 3.0, 0.3, RECIPE.wire)
    x, y = sites[0] // 24, sites[0] % 24
    away = torch.hypot(x - 9.0, y - 14.0)
    assert (potential[0][away < 2] > 0.9 * HEIGHT).all()
    assert (potential[0][away > 5] < 0.02 * HEIGHT).all()
    bitten = torch.as_tensor(RECIPE.wire.notch.ravel())[sites[0]]
    assert (potential[0][bitten] == 0).all()


def test_discs_slide_as_far_as_one_site_from_each_wall():
    """Goals that no place reaches push two discs outwards, into opposite corners."""
    wire = AntidotWire(9, 7)
    flux = np.linspace(0, 0.1, 4)
    curve = wire.conductance(-3.0, flux, np.zeros((0, 3))).astype(np.float32)
    guess = np.array([[[2.0, 1.5]], [[6.5, 4.5]], [[2.0, 4.5]], [[6.5, 1.5]]])
    places, history = _slide(wire, -3.0, flux, curve, guess, 1.0, 60)
    assert places.min() == 1
    assert places[:, 0].max(0) == pytest.approx([7, 5])
    assert history.shape == (62, 4)
    assert (history[-1] <= history[:-1].min(0) + 1e-7).all()


def test_a_guess_outside_the_wire_is_refused(curve):
    with pytest.raises(ValueError, match="outside the wire, 0 to 35 and 0 to 23"):
        polish(RECIPE.wire, RECIPE.energy, RECIPE.flux, curve, [[40.0, 5.0]])
