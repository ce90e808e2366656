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
