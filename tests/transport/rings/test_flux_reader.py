"""The reader of fluxes: it learns what is in the picture, and only that."""

import numpy as np
import pytest

from qmlcourse.transport import ABRing, FluxReader, flux_error


def pictures(ring, flux):
    return ring.density(-2.0, flux)


def test_it_reads_new_fluxes_and_more_pictures_help():
    rng = np.random.default_rng(0)
    ring = ABRing(9, 5, 4, disorder=1.0, seed=5)
    test = rng.uniform(size=40)
    errors = []
    for count in (8, 60):
        train = rng.uniform(size=count)
        reader = FluxReader().fit(pictures(ring, train), train)
        errors.append(np.median(flux_error(reader.read(pictures(ring, test)), test)))
    assert errors[1] < errors[0]
    assert errors[1] < 0.01


def test_a_mirror_symmetric_ring_shows_the_same_density_up_to_the_mirror():
    """Clean ring, leads in the middle: flux -> -flux mirrors the picture, nothing else."""
    ring = ABRing(9, 5, 5)
    there, back = pictures(ring, [0.3, -0.3])
    assert np.allclose(there, back[:, ::-1], atol=1e-12)


def test_it_is_kernel_ridge_regression_of_cosine_and_sine():
    """By hand: pictures of length one, a Gaussian kernel as wide as their median distance."""
    rng = np.random.default_rng(2)
    known, new, flux = rng.random((7, 3, 2)), rng.random((4, 3, 2)), rng.random(7)

    def kernel(one, other, width):
        unit = [[p / np.linalg.norm(p) for p in part] for part in (one, other)]
        return np.array([[np.exp(-((a - b) ** 2).sum() / width) for b in unit[1]] for a in unit[0]])

    apart = -np.log(kernel(known, known, 1.0))
    width = np.median([apart[i, j] for i in range(7) for j in range(i)])
    angle = 2 * np.pi * flux
    wave = np.stack([np.cos(angle), np.sin(angle)], 1)
    weights = np.linalg.solve(kernel(known, known, width) + 1e-3 * np.eye(7), wave - wave.mean(0))
    cosine, sine = (kernel(new, known, width) @ weights + wave.mean(0)).T
    expected = np.arctan2(sine, cosine) / (2 * np.pi) % 1
    found = FluxReader(ridge=1e-3).fit(known, flux).read(new)
    assert found == pytest.approx(expected)
    assert (found >= 0).all()


def test_shuffled_labels_cannot_be_learned():
    rng = np.random.default_rng(1)
    ring = ABRing(8, 5, 3, disorder=1.0, seed=5)
    train, test = rng.uniform(size=60), rng.uniform(size=60)
    reader = FluxReader().fit(pictures(ring, train), rng.permutation(train))
    error = flux_error(reader.read(pictures(ring, test)), test)
    assert error.mean() > 0.15  # blind guessing has 0.25


def test_circle():
    assert flux_error(0.98, 0.02) == pytest.approx(0.04)
    assert flux_error(3.5, 0.0) == pytest.approx(0.5)


def test_bad_input():
    ring = ABRing(8, 5, 3)
    three = pictures(ring, [0.1, 0.2, 0.3])
    for call, words in [
        (lambda: FluxReader(0), "must be positive"),
        (lambda: FluxReader().read(three), "call fit first"),
        (lambda: FluxReader().fit(three, [0.1]), "one flux for each"),
        (lambda: FluxReader().fit(three, [0.1, 0.2, 0.3]).read(three[:, :-1]), "pixels"),
    ]:
        with pytest.raises(ValueError, match=words):
            call()


def test_likeness_is_one_with_itself_and_falls_with_the_distance():
    rng = np.random.default_rng(3)
    pictures = rng.uniform(size=(6, 4, 4))
    reader = FluxReader().fit(pictures, np.arange(6) / 6)
    likeness = reader.likeness(pictures)
    flat = pictures.reshape(6, -1)
    flat = flat / np.linalg.norm(flat, axis=1)[:, None]
    distance = ((flat[:, None] - flat) ** 2).sum(-1)
    typical = np.median(distance[np.triu_indices(6, 1)])
    np.testing.assert_allclose(likeness, np.exp(-distance / typical), atol=1e-12)
    np.testing.assert_allclose(np.diag(likeness), 1, atol=1e-12)
