"""A wave packet in time, against a matrix exponential and against the conductance."""

import numpy as np
import pytest
import scipy.linalg

from qmlcourse.transport import ABRing, wave_packet

ENERGY = -2.7


@pytest.fixture(scope="module")
def ring():
    return ABRing(6, 3, 3, lead_offset=1, disorder=0.6, seed=4)


def dense(ring, long, flux):
    """The same Hamiltonian, bond by bond from the definition, and its sites."""
    ends = int(abs(ring.sites[:, 0]).max())
    rows = range(ring.lead_offset - 1, ring.lead_offset + 2)
    edge = max(x for x, y in ring.sites if y in rows)
    values = {tuple(site): value for site, value in zip(ring.sites, ring.on_site, strict=True)}
    for step in range(1, long + 1):
        values |= {(side * (edge + step), y): 0.0 for side in (-1, 1) for y in rows}
    assert edge <= ends
    sites = sorted(values)
    index = {site: n for n, site in enumerate(sites)}
    matrix = np.diag([values[site] for site in sites]).astype(complex)
    for (x, y), n in index.items():
        for other in ((x + 1, y), (x, y + 1)):
            if other in index:
                phase = np.exp(-2j * np.pi * flux) if (x, other[0], y > 0) == (0, 1, True) else 1
                matrix[index[other], n] = -phase
                matrix[n, index[other]] = -np.conj(phase)
    return np.array(sites), matrix


def test_it_follows_the_matrix_exponential(ring):
    times, flux = np.array([0.0, 7.0, 16.0]), 0.3
    packet = wave_packet(ring, ENERGY, times, flux, width=3.0)
    long = packet.x[-1] - max(x for x, y in ring.sites if y in range(3))
    sites, matrix = dense(ring, long, flux)
    pixel = tuple((sites - [packet.x[0], packet.y[0]]).T)
    start = packet.wave[(0, *pixel)]
    assert np.linalg.norm(start) == pytest.approx(1, abs=1e-12)
    for n, time in enumerate(times):
        wanted = scipy.linalg.expm(-1j * time * matrix) @ start
        np.testing.assert_allclose(packet.wave[(n, *pixel)], wanted, atol=1e-10)


@pytest.mark.parametrize(("flux", "offset"), [(0.0, 1), (0.5, 1), (0.2, 3)])
def test_what_passes_is_the_transmission_of_its_energies(flux, offset):
    """|c(k)|^2 of the packet, times the transmission at E(k), summed: the long-time limit.

    With an offset of 3 the ring is wider than where its leads begin, beside which it goes on.
    """
    ring = ABRing(6, 3, 3, lead_offset=offset, disorder=0.6, seed=4)
    width = 10.0
    packet = wave_packet(ring, ENERGY, [0.0, 200.0], flux, width=width)
    middle = np.arccos(-(ENERGY + 2 * np.cos(np.pi / 4)) / 2)
    k = middle + np.linspace(-4, 4, 801) / (2 * width)
    weight = np.exp(-2 * width**2 * (k - middle) ** 2)
    energies = -2 * np.cos(k) - 2 * np.cos(np.pi / 4)
    # one open channel at all of them, so that the conductance is the transmission of that channel
    assert {ring.open_channels(energy) for energy in energies} == {1}
    wanted = weight @ ring.conductance(energies, flux) / weight.sum()
    still_inside = 1 - packet.passed[-1] - packet.returned[-1]
    assert 0 < still_inside < 0.03
    assert wanted - still_inside - 1e-3 < packet.passed[-1] < wanted + 1e-3
    assert wanted > 0.02


def test_pictures_show_as_much_of_the_leads_as_is_asked_for(ring):
    packet = wave_packet(ring, ENERGY, [0.0, 3.0], shown=5, width=3.0)
    whole = wave_packet(ring, ENERGY, [0.0, 3.0], width=3.0)
    cut = (len(whole.x) - len(packet.x)) // 2
    np.testing.assert_array_equal(packet.wave, whole.wave[:, cut:-cut])
    np.testing.assert_array_equal(packet.passed, whole.passed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"energy": -3.9}, "closed at the energy -3.9"),
        ({"times": [1.0, 0.0]}, "ascend"),
        ({"times": []}, "ascend"),
        ({"width": 0.0}, "positive, not 0"),
    ],
)
def test_bad_input_gets_a_sentence(ring, change, words):
    with pytest.raises(ValueError, match=words):
        wave_packet(ring, **{"energy": ENERGY, "times": [0.0, 1.0], **change})


def test_several_samples_are_refused():
    with pytest.raises(ValueError, match="single ring, not 2 samples"):
        wave_packet(ABRing(6, 3, 3, disorder=1.0, seed=[0, 1]), ENERGY, [0.0])
