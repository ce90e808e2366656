"""Scores, places, latent sheets: against closed forms and by brute force."""

import itertools

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from qmlcourse.ynet import (
    calibration,
    centres,
    correlation,
    intrinsic_dimension,
    latent_map,
    mean_picture,
    nearest_picture,
    position_error,
    random_picture,
    skill,
    ssim,
    thickness,
    wires,
)
from qmlcourse.ynet.wires import Samples


def test_skill_is_zero_for_the_mean_and_one_for_the_truth():
    true = np.random.default_rng(0).normal(size=(20, 6, 5))
    mean = true.mean(0)
    assert skill(np.repeat(mean[None], 20, 0), true, mean) == pytest.approx(0)
    assert skill(true, true, mean) == 1
    assert skill((true + mean) / 2, true, mean) == pytest.approx(0.75)


def test_correlation_is_that_of_numpy_and_zero_for_a_flat_picture():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 3, 8, 7))
    expected = [np.corrcoef(x.ravel(), y.ravel())[0, 1] for x, y in zip(a, b, strict=True)]
    assert correlation(a, b) == pytest.approx(expected)
    assert correlation(np.ones((1, 4, 4)), b[:1, :4, :4]) == pytest.approx([0])


def test_ssim_is_the_formula_of_its_authors():
    rng = np.random.default_rng(2)
    a, b = rng.random((2, 1, 30, 20))
    span = np.ptp(b)

    def blur(x):
        return gaussian_filter(x, 1.5, truncate=3.5, mode="reflect")

    x, y = a[0], b[0]
    mx, my = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - mx**2, blur(y * y) - my**2, blur(x * y) - mx * my
    c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    values = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    assert ssim(a, b)[0] == pytest.approx(values[5:-5, 5:-5].mean(), abs=1e-6)
    assert ssim(b, b) == pytest.approx([1])
    with pytest.raises(ValueError, match="take the same"):
        ssim(a, b[:, 1:])


def test_places_are_matched_as_trying_all_orders_does():
    rng = np.random.default_rng(3)
    found, true = rng.uniform(0, 20, (2, 12, 3, 2))
    errors = position_error(found, true)
    for row in range(12):
        best = min(
            itertools.permutations(range(3)),
            key=lambda order: ((found[row][list(order)] - true[row]) ** 2).sum(),
        )
        expected = np.linalg.norm(found[row][list(best)] - true[row], axis=1)
        assert errors[row] == pytest.approx(expected)
    assert position_error(true[:, ::-1], true) == pytest.approx(np.zeros((12, 3)))
    with pytest.raises(ValueError, match="number of antidots"):
        position_error(found[:, :2], true)


@pytest.mark.parametrize("kind", ["one", "two", "three"])
def test_centres_of_exact_discs_are_found_to_a_fifth_of_a_site(kind):
    recipe = wires(kind)
    true = recipe.draw(np.random.default_rng(4), 60)
    found = centres(torch.as_tensor(recipe.removed(true)), recipe.most)
    errors = position_error(found, true)
    assert np.median(errors) < 0.15
    assert errors.max() < 0.45


def test_calibration_of_gaussian_errors():
    rng = np.random.default_rng(5)
    spread = rng.uniform(0.2, 2, 20_000)
    error = np.hypot(*(rng.normal(size=(2, 20_000)) * spread / np.sqrt(2)))
    found = calibration(spread, error)
    assert found["within_one"] == pytest.approx(1 - np.exp(-1), abs=0.01)
    assert found["within_two"] == pytest.approx(1 - np.exp(-4), abs=0.005)
    assert found["rank_correlation"] > 0.5


def _slab(thick, count=4000):
    """Points of a flat sheet of 10 x 10 with a Gaussian thickness, turned in 16 dimensions."""
    rng = np.random.default_rng(6)
    points = np.zeros((count, 16))
    points[:, :2] = rng.uniform(0, 10, (count, 2))
    points[:, 2] = thick * rng.normal(size=count)
    turn = np.linalg.qr(rng.normal(size=(16, 16)))[0]
    return points @ turn


def test_thickness_grows_with_the_thickness_of_a_slab_and_is_zero_for_a_plane():
    assert np.median(thickness(_slab(0.0))) < 1e-12
    found = [np.median(thickness(_slab(t))) for t in (0.02, 0.05, 0.1)]
    assert found == sorted(found)
    # 30 neighbours of 4,000 points on 100 fill a disc of radius 0.49: variances 0.060 and t^2
    assert found[0] == pytest.approx(0.02**2 / 0.06, rel=0.5)
    with pytest.raises(ValueError, match="neighbours is 3"):
        thickness(_slab(0.0, 50), 3)


def test_thickness_is_the_ratio_of_two_variances_of_a_point_and_its_neighbours():
    points = np.random.default_rng(1).normal(size=(40, 5)) * [3, 2, 1, 0.5, 0.2]
    found = thickness(points, 6)
    for n in range(40):
        near = np.linalg.norm(points - points[n], axis=1).argsort()[:7]
        variances = np.sort(np.linalg.eigvalsh(np.cov(points[near].T)))[::-1]
        assert found[n] == pytest.approx(variances[2] / variances[1])


def test_dimension_is_the_likeliest_for_nine_tenths_of_the_ratios_of_distances():
    """ln of second over first distance is exponential with rate d; the last tenth is censored."""
    points = np.random.default_rng(1).normal(size=(50, 3))
    ratio = []
    for n in range(50):
        first, second = np.sort(np.linalg.norm(points - points[n], axis=1))[1:3]
        ratio.append(np.log(second / first))
    ratio.sort()
    expected = 45 / (sum(ratio[:45]) + 5 * ratio[44])
    assert intrinsic_dimension(points) == pytest.approx(expected)
    assert intrinsic_dimension(np.concatenate([points, points])) == pytest.approx(expected)


def test_principal_axes_come_in_the_order_of_their_spread():
    points = np.random.default_rng(1).normal(size=(60, 4)) * [1, 5, 0.2, 3] + 7
    flat = latent_map(points, "pca", dimensions=3)
    variances = np.sort(np.linalg.eigvalsh(np.cov(points.T)))[::-1]
    assert np.cov(flat.T) == pytest.approx(np.diag(variances[:3]), abs=1e-9)
    assert flat.mean(0) == pytest.approx([0, 0, 0], abs=1e-12)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_intrinsic_dimension_of_a_cube(dimension):
    rng = np.random.default_rng(7)
    points = rng.uniform(size=(3000, dimension)) @ rng.normal(size=(dimension, 12))
    assert intrinsic_dimension(points) == pytest.approx(dimension, rel=0.1)


@pytest.mark.parametrize("kind", ["tsne", "neighbours", "pca"])
def test_maps_keep_neighbours_together(kind):
    points = _slab(0.02, 400)
    flat = latent_map(points, kind, dimensions=2)
    assert flat.shape == (400, 2)
    near = np.argsort(np.linalg.norm(points[:, None] - points, axis=-1), 1)[:, 1:6]
    away = np.linalg.norm(flat[:, None] - flat, axis=-1)
    close = np.take_along_axis(away, near, 1).mean()
    assert close < 0.3 * away.mean()
    assert (latent_map(points, kind, dimensions=2) == flat).all()


def test_an_unknown_map_is_refused():
    with pytest.raises(ValueError, match="tsne, neighbours, pca"):
        latent_map(_slab(0.1, 50), "umap")


def test_the_nearest_fingerprint_of_a_known_wire_is_its_own():
    rng = np.random.default_rng(8)
    trace = torch.as_tensor(rng.normal(size=(30, 5)).astype(np.float32))
    picture = torch.as_tensor(rng.random((30, 2, 4, 3))).half()
    samples = Samples(trace, picture, rng.random((30, 1, 3)), np.zeros(30, int), wires("one"))
    found, places = nearest_picture(samples, trace[[4, 9]] + 1e-3)
    assert (found == picture[[4, 9]].float()).all()
    assert (places == samples.antidots[[4, 9]]).all()
    assert mean_picture(samples).numpy() == pytest.approx(
        picture[:, 0].float().numpy().mean(0), abs=1e-6
    )


def test_a_random_picture_is_a_whole_training_wire_and_follows_from_the_seed():
    rng = np.random.default_rng(9)
    picture = torch.as_tensor(rng.random((40, 2, 4, 3))).half()
    samples = Samples(torch.zeros(40, 5), picture, rng.random((40, 1, 3)), np.zeros(40), None)
    found, places = random_picture(samples, 500, 3)
    number = [int(np.flatnonzero((samples.antidots == p).all((1, 2)))[0]) for p in places]
    assert (found == picture[number].float()).all()
    assert len(set(number)) == 40
    assert (random_picture(samples, 500, 3)[1] == places).all()
    assert (random_picture(samples, 500, 4)[1] != places).any()


def test_two_discs_are_found_where_they_are_and_faint_chance_is_left_alone():
    x, y = np.mgrid[:30, :20]
    chance = np.zeros((1, 30, 20))
    for centre, weight in (((8.0, 7.0), 1.0), ((20.0, 12.0), 0.8)):
        chance[0, np.hypot(x - centre[0], y - centre[1]) <= 3] = weight
    chance[0, 28, 18] = 0.5
    found = centres(torch.as_tensor(chance), 2)[0]
    assert found.tolist() == [pytest.approx([8, 7], abs=1e-5), pytest.approx([20, 12], abs=1e-5)]


def test_a_disc_leaves_nothing_up_to_half_a_site_beyond_its_radius():
    """Sites up to exactly 3.5 away from a centre between two sites; a second search sees none."""
    x, y = np.mgrid[:24, :20]
    removed = (x - 9.5) ** 2 + (y - 8) ** 2 <= 3.5**2
    found = centres(torch.as_tensor(removed[None]), 2)[0]
    assert found[0].tolist() == pytest.approx([9.5, 8])
    assert found[1].tolist() == [0, 0]
    removed[16, 15] = True
    assert centres(torch.as_tensor(removed[None]), 2)[0, 1].tolist() == [16, 15]
