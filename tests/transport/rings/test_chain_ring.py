"""The one-channel ring: matrix, closed form, Kwant and special cases."""

import kwant
import numpy as np
import pytest

from qmlcourse.transport import ChainRing


@pytest.mark.parametrize("number", range(40))
def test_matrix_and_closed_form_agree(number):
    rng = np.random.default_rng(number)
    ring = ChainRing(*rng.integers(1, 60, 2))
    energy, flux = rng.uniform(-1.99, 1.99), rng.uniform(-2, 2, 50)
    difference = np.abs(ring.conductance(energy, flux) - ring.closed_form(energy, flux))
    assert difference.max() < 1e-9


def test_agrees_with_kwant():
    upper, lower, energy = 7, 12, -0.63
    chain = kwant.lattice.chain(norbs=1)
    count = upper + lower + 2
    builder = kwant.Builder()
    builder[(chain(n) for n in range(count))] = 0.0
    for n in range(count):
        builder[chain((n + 1) % count), chain(n)] = -1.0
    builder[chain(1), chain(0)] = lambda a, b, ring_flux: -np.exp(2j * np.pi * ring_flux)
    for end in (0, upper + 1):
        strip = kwant.Builder(kwant.TranslationalSymmetry((-1,)))
        strip[chain(0)] = 0.0
        strip[chain.neighbors()] = -1.0
        finite = strip.finalized()
        builder.leads.append(
            kwant.builder.ModesLead(
                lambda e, args=None, params=None, lead=finite: lead.modes(e, params=params),
                [chain(end)],
                [],
            )
        )
    system = builder.finalized()
    ring = ChainRing(upper, lower)
    for flux in (0.0, 0.13, 0.5, 0.81):
        reference = kwant.smatrix(system, energy, params={"ring_flux": flux}).transmission(1, 0)
        assert abs(ring.conductance(energy, flux) - reference) < 1e-9


def test_equal_arms_go_dark_at_half_a_flux_quantum():
    ring = ChainRing(10, 10)
    assert ring.conductance(-1.1, 0.5) < 1e-20
    assert 0.1 < ring.conductance(-1.1, 0.0) <= 1


def test_period_symmetry_and_bounds():
    ring, flux = ChainRing(5, 9), np.linspace(-1, 1, 41)
    g = ring.conductance(0.4, flux)
    assert np.allclose(g, ring.conductance(0.4, -flux), atol=1e-12)
    assert np.allclose(g, ring.conductance(0.4, flux + 3), atol=1e-12)
    assert (g >= 0).all()
    assert (g <= 1 + 1e-12).all()


def test_a_hidden_level_does_not_give_nan():
    ring, flux = ChainRing(9, 9), np.array([0.0, 0.25, 0.5])
    numerical, closed = ring.conductance(0.0, flux), ring.closed_form(0.0, flux)
    assert np.isfinite(numerical).all()
    assert np.abs(numerical - closed).max() < 1e-9


@pytest.mark.parametrize(
    ("arms", "energy", "words"),
    [
        ((0, 3), 0.0, "at least 1"),
        ((3, 2.5), 0.0, "at least 1"),
        ((3, 3), 2.1, "outside the band"),
    ],
)
def test_bad_input_is_refused(arms, energy, words):
    with pytest.raises(ValueError, match=words):
        ChainRing(*arms).conductance(energy, 0.0)


def test_without_a_flux_there_is_none():
    ring = ChainRing(6, 4)
    assert ring.conductance(0.3) == ring.conductance(0.3, 0.0)
    assert abs(ring.conductance(0.3) - ring.conductance(0.3, 0.5)) > 0.01
