"""Kramers-Kronig, Nambu, truths: exact fixtures, closed forms, and an independent solver."""

import numpy as np
import pytest
from scipy import constants
from scipy.special import wofz

from qmlcourse.self_energy import (
    BCS,
    DegenerateTruth,
    Eliashberg,
    HiddenFermion,
    gap_budget,
    kramers_kronig,
    matsubara_solution,
    nodes,
    properties,
    pseudogap,
    spectral_function,
    transform_matrix,
)

CLEAN = HiddenFermion(
    coupling=0.075, energy=-0.02, pairing=0.06, width=0, background=0, broadening=1e-9
)


def gaussian_error(count):
    """Hat basis against Faddeeva's function, for a Gaussian of 12 meV at 63 meV."""
    at, energies = nodes(count), np.linspace(-0.3, 0.3, 301)
    found = kramers_kronig(np.exp(-0.5 * ((at - 0.063) / 0.012) ** 2), at, energies)
    exact = -1j * np.pi * wofz((energies - 0.063) / (np.sqrt(2) * 0.012))
    return np.abs(found - exact).max() / np.abs(exact).max()


def test_transform_is_second_order_against_faddeeva():
    errors = [gaussian_error(n) for n in (181, 361, 721)]
    assert errors[0] < 0.012
    assert 3.3 < errors[0] / errors[1] < 4.5
    assert 3.3 < errors[1] / errors[2] < 4.5


def test_transform_is_a_numerical_principal_value():
    rng = np.random.default_rng(0)
    at = nodes(41)
    density = rng.normal(size=41)
    density[[0, -1]] = 0
    for energy in (0.0314, -0.2, 0.9, 2.0):
        # subtract the value at the pole; both parts are then regular or known
        x = np.linspace(at[0], at[-1], 2_000_001)[:-1] + 0.5 * (at[-1] - at[0]) / 2_000_000
        values, here = np.interp(x, at, density), np.interp(energy, at, density, left=0, right=0)
        step = x[1] - x[0]
        real = ((values - here) / (energy - x)).sum() * step
        real += here * np.log(abs((energy - at[0]) / (energy - at[-1])))
        found = kramers_kronig(density, at, np.array([energy]))[0]
        assert found.real == pytest.approx(real, abs=1e-4)
        assert found.imag == pytest.approx(-np.pi * here, abs=1e-9)


def test_transform_at_nodes_and_off_the_axis():
    at = nodes(41)
    density = np.cos(np.linspace(-np.pi / 2, np.pi / 2, 41)) ** 2
    on = kramers_kronig(density, at, at)
    assert -on.imag / np.pi == pytest.approx(density, abs=1e-12)
    above = kramers_kronig(density, at, at, broadening=1e-7)
    assert np.abs(on - above).max() < 1e-3
    assert kramers_kronig(density, at, [50.0])[0].real == pytest.approx(
        np.trapezoid(density, at) / 50, rel=1e-3
    )


def matrix_spectrum(energies, e, ef, d, v, eta=1e-9):
    """-Im G_11 / pi of the 4 x 4 Nambu Hamiltonian of a hidden fermion, by inversion."""
    h = np.array([[e, v, 0, 0], [v, ef, 0, d], [0, 0, -e, -v], [0, d, -v, -ef]])
    w = energies[:, None, None] + 1j * eta
    return np.linalg.inv(w * np.eye(4) - h), np.linalg.eigh(h)


def test_a_hidden_fermion_is_the_four_by_four_model():
    energies = np.linspace(-0.4, 0.4, 401) + 1e-4
    for e in (0.0, 0.03, -0.11):
        green, _ = matrix_spectrum(energies, e, -0.02, 0.06, 0.075, 1e-6)
        clean = HiddenFermion(
            coupling=0.075, energy=-0.02, pairing=0.06, width=0, background=0, broadening=1e-6
        )
        parts = clean.components(energies, e)
        g, f = parts.green(e, 1e-6)
        assert np.abs(g - green[:, 0, 0]).max() < 1e-9 * np.abs(green[:, 0, 0]).max()
        # signs of the hole's amplitudes differ by convention: compare the square
        assert np.abs(f**2 - green[:, 0, 2] ** 2).max() < 1e-9 * np.abs(f**2).max()


def test_fixture_of_the_clean_model():
    _, (values, vectors) = matrix_spectrum(np.zeros(1), 0.0, -0.02, 0.06, 0.075)
    assert 1e3 * values == pytest.approx([-113.02, -49.77, 49.77, 113.02], abs=0.01)
    assert vectors[0] ** 2 == pytest.approx([0.2012, 0.2374, 0.4569, 0.1045], abs=1e-4)
    assert CLEAN.mode == pytest.approx(0.063246, abs=1e-6)
    assert CLEAN.gap_parameter() == pytest.approx(0.084375, abs=1e-9)
    small = CLEAN.components(np.array([1e-5]))
    assert small.gap_function()[0].real == pytest.approx(0.035065, abs=1e-6)


@pytest.mark.parametrize("saturation", [0.0, 0.5, 0.8, 0.9, 0.95])
def test_residue_law(saturation):
    """The pole that stays in S_tot has the share 1 - c^2 of the one in S_nor."""
    truth = HiddenFermion(
        coupling=0.075,
        energy=-0.02,
        pairing=0.06,
        width=0,
        background=0,
        saturation=saturation,
        broadening=1e-7,
    )
    w = truth.mode + np.array([0.0])
    parts = truth.components(w)
    share = parts.total(0.0, truth.broadening).imag[0] / parts.normal.imag[0]
    assert share == pytest.approx(1 - saturation**2, abs=1e-3)


def test_full_saturation_hides_the_mode():
    parts = HiddenFermion(background=0).components(np.array([0.064, -0.064]))
    assert np.abs(parts.normal.imag).min() > 0.25
    assert np.abs(parts.total().imag).max() < 0.06 * np.abs(parts.normal.imag).max()


@pytest.mark.parametrize(
    "truth", [HiddenFermion(), HiddenFermion(energy=-0.02, slope=1.0), pseudogap(), Eliashberg()]
)
def test_truths_are_physical(truth):
    assert all(properties(truth).badges().values())
    x = np.concatenate(
        [-np.geomspace(60, 1, 800), np.linspace(-1, 1, 16_001)[1:-1], np.geomspace(1, 60, 800)]
    )
    assert np.trapezoid(truth.spectral_function(x), x) == pytest.approx(1, abs=2e-3)


def test_bcs_is_two_peaks_with_coherence_factors():
    truth = BCS(gap=0.035, background=0, broadening=1e-4)
    e = 0.02
    energy = np.hypot(e, 0.035)
    x = np.linspace(-0.4, 0.4, 40_001)
    a = truth.spectral_function(x, e)
    above = x > 0
    assert x[above][a[above].argmax()] == pytest.approx(energy, abs=3e-5)
    weight = np.trapezoid(a[above], x[above])
    assert weight == pytest.approx((1 + e / energy) / 2, abs=3e-3)
    assert not properties(truth).badges()["decays"]


@pytest.mark.parametrize("band", [0.0, 0.03, -0.08])
@pytest.mark.parametrize("scale", [0.7, 0.35, 0.0])
def test_the_family_shares_its_spectrum_and_nothing_else(scale, band):
    truth = HiddenFermion(energy=-0.02 if band else 0.0)
    other = DegenerateTruth(truth, scale, band)
    w = np.linspace(-0.4, 0.3, 351)
    a = truth.spectral_function(w, band)
    assert np.abs(other.spectral_function(w, band) - a).max() < 1e-12 * np.abs(a).max() * 10
    # both stay physical: the transform is the independent judge
    found = properties(other)
    assert found.negative > -1e-9
    assert found.odd < 1e-9
    assert found.kramers_kronig < 0.01
    moved = abs(other.gap_parameter() - truth.gap_parameter())
    assert moved > (0.004 if band else 0.03)
    # and one more momentum tells them apart
    elsewhere = band + 0.06
    difference = other.spectral_function(w, elsewhere) - truth.spectral_function(w, elsewhere)
    assert np.abs(difference).max() > 0.03 * np.abs(a).max()


def test_scale_one_is_the_truth_and_beyond_one_is_refused():
    truth, w = HiddenFermion(), np.linspace(-0.3, 0.3, 101)
    same = DegenerateTruth(truth, 1.0).components(w)
    assert same.anomalous == pytest.approx(truth.components(w).anomalous, abs=1e-9)
    with pytest.raises(ValueError, match="between -1 and 1"):
        DegenerateTruth(truth, 1.2)


def test_the_gap_budget_adds_up():
    truth, at = HiddenFermion(), nodes(2001)
    anomalous = -truth.components(at).anomalous.imag / np.pi
    share, whole = gap_budget(at, anomalous)
    assert share == pytest.approx(1)
    assert whole == pytest.approx(truth.gap_parameter(), rel=2e-3)
    peak, _ = gap_budget(at, anomalous, 0.03, 0.1)
    rest = gap_budget(at, anomalous, 0.1)[0] + gap_budget(at, anomalous, 0.0, 0.03)[0]
    assert peak > 0.9
    assert peak + rest == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("coupling", "temperature"), [(1.0, 12.0), (0.8, 12.0)])
def test_real_axis_eliashberg_agrees_with_the_imaginary_axis(coupling, temperature):
    model = Eliashberg(coupling=coupling, temperature=temperature, step=0.0005, broadening=4e-4)
    w, phi, z = matsubara_solution(model.spectrum(), temperature, 800)
    kt = constants.k / constants.e * temperature
    assert w[:3] == pytest.approx(np.pi * kt * np.array([1, 3, 5]))  # odd multiples, for electrons
    x = np.arange(-1200, 1201) * model.step
    parts = model.components(x)
    normal, anomalous = -parts.normal.imag / np.pi, -parts.anomalous.imag / np.pi
    ours = (anomalous / (1j * w[:3, None] - x)).sum(-1).real * model.step
    assert ours == pytest.approx(phi[:3], rel=0.05)
    own = 1 - ((normal / (1j * w[:3, None] - x)).sum(-1) * model.step / (1j * w[:3])).real
    # electrons beyond the edge of the grid, which the imaginary axis has and the real axis not
    _line, weight = model.spectrum()
    beyond = 2 * weight.sum() * model.step / model.edge
    assert own + beyond == pytest.approx(z[:3], rel=0.02)


def test_weak_coupling_gap_of_eliashberg():
    """Delta_0 falls as exp(-(1 + lambda) / lambda): the ratio of two couplings, to 30 %."""
    gaps = [
        Eliashberg(coupling=c, temperature=2.0, step=0.0005, broadening=2e-4).gap_edge()
        for c in (0.7, 1.0)
    ]
    wanted = np.exp(-(1 + 1.0) / 1.0) / np.exp(-(1 + 0.7) / 0.7)
    assert gaps[1] / gaps[0] == pytest.approx(wanted, rel=0.3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nodes(10), "odd"),
        (lambda: transform_matrix([0, 0, 1], [0.0]), "rise strictly"),
        (lambda: transform_matrix(nodes(9), [0.0], -1.0), "advanced"),
        (lambda: kramers_kronig(np.zeros(3), nodes(9), [0.0]), "3 values"),
        (lambda: HiddenFermion(saturation=1.5), "saturation"),
        (lambda: HiddenFermion(energy=0, pairing=0), "both be zero"),
        (lambda: Eliashberg(coupling=-1), "positive"),
        (lambda: Eliashberg(boson=0.3), "five boson energies"),
        (lambda: spectral_function(CLEAN.components([0.0]), 0.0, -1.0), "negative"),
        (lambda: gap_budget(nodes(9), np.zeros(9), 0.2, 0.1), "window"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("count", [3, 6, 5.5, 3.5])
def test_nodes_are_odd_whole_and_five_at_least(count):
    assert len(nodes(5)) == 5
    with pytest.raises(ValueError, match="odd and 5 or more"):
        nodes(count)


@pytest.mark.parametrize(("edge", "stretch"), [(0.0, 4.0), (1.2, 0.0), (-1.0, 0.5)])
def test_edge_and_stretch_of_nodes_are_positive(edge, stretch):
    assert nodes(5, 0.5, 0.5)[-1] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="both are positive"):
        nodes(5, edge, stretch)
