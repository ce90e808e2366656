"""Amplitudes by winding: against Kwant, a closed form, and what time reversal demands."""

import kwant
import numpy as np
import pytest

from qmlcourse.transport import ABRing, windings


@pytest.fixture(scope="module", params=[(0.0, 0, 0), (1.5, 3, 1)], ids=["clean", "disordered"])
def ring(request):
    disorder, seed, offset = request.param
    return ABRing(9, 5, 4, lead_offset=offset, disorder=disorder, seed=seed)


@pytest.mark.parametrize("energy", [-2.3, -1.1])
def test_the_sum_of_all_windings_is_the_scattering_matrix_of_kwant(ring, energy):
    found = windings(ring, energy)
    for flux in (0.0, 0.137, 0.81):
        matrix = kwant.smatrix(ring.to_kwant(), energy, params={"ring_flux": flux})
        passed = matrix.submatrix(1, 0)
        count = len(passed)
        ours = found.at(flux)[count:, :count]
        # Kwant's channels are ordered and signed in its own way; what no basis changes is compared
        ours, kwants = (np.linalg.svd(t, compute_uv=False) for t in (ours, passed))
        np.testing.assert_allclose(ours, kwants, atol=1e-8)


def test_a_path_through_the_upper_arm_turns_once_clockwise():
    """With the lower arm almost closed all goes through the upper one, and flux is one phase."""
    ring = ABRing(9, 5, 3)
    x, y = ring.sites.T
    ring = ABRing(9, 5, 3, on_site=np.where((y < -4) & (abs(x) < 3), 60.0, 0.0))
    found = windings(ring, -2.3)
    through = np.abs(found.amplitude[:, 1, 0])
    assert found.number[through.argmax()] == -1
    assert through.max() > 100 * np.sort(through)[-2]


def test_a_loop_and_its_mirror_image_in_time_return_alike(ring):
    found = windings(ring, -1.1)
    channels = len(found.amplitude[0]) // 2
    back = found.amplitude[:, :channels, :channels]
    assert np.abs(back).max() > 0.05
    for number in (1, 2):
        once, mirrored = found.of(number), found.of(-number)
        np.testing.assert_allclose(once, mirrored.T, atol=1e-8)
    assert np.abs(found.of(1)[:channels, :channels]).max() > 1e-3


def test_it_stops_where_nothing_is_left(ring):
    found = windings(ring, -1.1)
    assert not found.of(10_000).any()
    assert found.of(10_000).shape == found.amplitude.shape[1:]
    exact = ring.scattering_matrix(-1.1, [0.31])[0]
    np.testing.assert_allclose(found.at(0.31), exact, atol=1e-8)


def test_a_closed_lead_has_no_amplitudes():
    assert windings(ABRing(9, 5, 3), -3.9).amplitude.shape[1:] == (0, 0)


def test_several_samples_are_refused():
    with pytest.raises(ValueError, match="single ring, not 2 samples"):
        windings(ABRing(9, 5, 3, disorder=1.0, seed=[0, 1]), -2.0)
