"""Self-energies and measurement against closed forms, sum rules, quadrature and SciPy."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy import constants, special, stats

from qmlcourse.self_energy import (
    BCS,
    MLP,
    Boltzmann,
    Curves,
    DegenerateTruth,
    Eliashberg,
    Grid,
    HiddenFermion,
    Instrument,
    Truth,
    components_of,
    fermi,
    gap_budget,
    kramers_kronig,
    measured_curves,
    nodes,
    properties,
    shirley_background,
    spectral_function,
    transform_matrix,
    window,
)

TRUTH = HiddenFermion()
BARE = HiddenFermion(background=0.0)


def principal(density, energy):
    """Principal value of int density(x) / (energy - x) dx, folded about the pole, densely."""
    away = np.geomspace(1e-7, 3.5, 8000)
    return np.trapezoid((density(energy - away) - density(energy + away)) / away, away)


@pytest.mark.parametrize("energy", [0.0, 0.03, -0.07, 0.2])
@pytest.mark.parametrize("truth", [TRUTH, HiddenFermion(energy=-0.03, saturation=0.7, width=0.02)])
def test_real_parts_of_a_truth_are_cauchy_integrals_of_its_imaginary_parts(truth, energy):
    for number in (0, 1):
        found = truth.self_energies(np.array([energy]))[number][0]
        wanted = principal(lambda x, n=number: truth.densities(x)[n], energy)
        assert found.real == pytest.approx(wanted, abs=2e-5)


def test_residues_of_a_hidden_fermion_by_moments():
    """Weights and widths of the modes are those of the two-level problem e_f tau_3 + D tau_1."""
    truth = HiddenFermion(background=0.0, energy=-0.03, pairing=0.05, saturation=0.6)
    values, vectors = np.linalg.eigh([[-0.03, 0.05], [0.05, 0.03]])
    x = np.linspace(-0.3, 0.3, 60_001)
    normal, anomalous = truth.densities(x)
    for value, vector in zip(values, vectors.T, strict=True):
        side = np.sign(value) * x > 0
        weight = np.trapezoid(normal[side], x[side])
        assert weight == pytest.approx((0.076 * vector[0]) ** 2, rel=1e-4)
        mean = np.trapezoid((x * normal)[side], x[side]) / weight
        spread = np.trapezoid(((x - mean) ** 2 * normal)[side], x[side]) / weight
        assert mean == pytest.approx(value, rel=1e-4)
        assert np.sqrt(spread) == pytest.approx(truth.width, rel=1e-3)
        across = np.trapezoid(anomalous[side], x[side])
        # the hole couples with -V
        assert across == pytest.approx(-0.6 * 0.076**2 * vector[0] * vector[1], rel=1e-4)


def test_the_background_is_the_stated_one():
    w = np.array([0.0, 0.05, -0.1, 0.3, 0.45])
    truth = HiddenFermion(coupling=1e-9, background=2.0)
    size = np.abs(w)
    wanted = (0.006 + 0.35 * size**2 / (size + 0.1)) * np.exp(-((size / 0.45) ** 2))
    assert -truth.self_energies(w)[0].imag == pytest.approx(2 * wanted, rel=2e-3)
    assert BCS(background=2.0).self_energies(w)[0] == pytest.approx(truth.self_energies(w)[0])


def test_a_slope_changes_the_coupling_with_the_band():
    w, band = np.linspace(-0.2, 0.2, 9), -0.06
    found = HiddenFermion(slope=3.0).self_energies(w, band)
    wanted = HiddenFermion(coupling=0.076 * (1 - 0.18)).self_energies(w)
    assert found[0] == pytest.approx(wanted[0])
    assert found[1] == pytest.approx(wanted[1])


def test_quasiparticle_weight_and_gap_edge_of_closed_forms():
    sharp = HiddenFermion(coupling=0.07, pairing=0.06, width=0, background=0, broadening=1e-7)
    # Sigma_nor = V^2 w / (w^2 - D^2), Sigma_ano = V^2 D / (D^2 - w^2)
    assert sharp.quasiparticle_weight() == pytest.approx(1 / (1 + (0.07 / 0.06) ** 2), rel=1e-5)
    # at k_F the poles are those of w^2 - D w - V^2 and its mirror
    values = np.sort(np.roots([1, 0.06, -(0.07**2)]))
    assert sharp.gap_edge() == pytest.approx(values[-1], rel=1e-4)
    a = sharp.components(np.array([sharp.gap_edge()]))
    assert a.gap_function().real[0] == pytest.approx(sharp.gap_edge(), rel=1e-3)
    assert BCS(gap=0.03, background=0).gap_edge() == pytest.approx(0.03, rel=1e-6)
    assert BCS(background=0).quasiparticle_weight() == pytest.approx(1)
    assert np.isnan(BCS(gap=0.0, background=0).gap_edge())


def test_the_spectrum_is_that_of_the_inverted_nambu_matrix():
    """Both Green's functions by inversion, for self-energies without any symmetry."""
    truth = HiddenFermion(energy=0.02, saturation=0.8)
    w, band, eta = np.linspace(-0.2, 0.2, 41), 0.013, 0.002
    parts = truth.components(w, band)
    for n, energy in enumerate(w):
        z = energy + 1j * eta
        hole = -np.conj(truth.self_energies(np.array([-energy]))[0][0])
        cross = -parts.anomalous[n]
        matrix = [[z - band - parts.normal[n], cross], [cross, z + band - hole]]
        green = np.linalg.inv(matrix)
        g, f = parts.green(band, eta)
        assert g[n] == pytest.approx(green[0, 0], rel=1e-10)
        assert f[n] == pytest.approx(green[0, 1], rel=1e-10)
        assert 1 / g[n] == pytest.approx(z - band - parts.total(band, eta)[n], rel=1e-10)
    wanted = -parts.green(band, eta)[0].imag / np.pi
    assert spectral_function(parts, band, eta) == pytest.approx(wanted)


def test_moments_of_the_spectrum_are_those_of_the_self_energy():
    """int w A = e, and int w^2 A = e^2 + V^2 + the weight of the background."""
    band = 0.02
    x = np.concatenate([-np.geomspace(4, 0.5, 2000), np.linspace(-0.5, 0.5, 40_001)[1:-1]])
    x = np.concatenate([x, np.geomspace(0.5, 4, 2000)])
    a = spectral_function(TRUTH.components(x, band), band)
    weight = np.trapezoid(TRUTH.densities(x)[0] - BARE.densities(x)[0], x)
    assert np.trapezoid(a, x) == pytest.approx(1, abs=1e-4)
    assert np.trapezoid(x * a, x) == pytest.approx(band, abs=1e-4)
    assert np.trapezoid(x**2 * a, x) == pytest.approx(band**2 + 0.076**2 + weight, rel=2e-3)


def test_the_gap_function_is_the_ratio_of_both_green_functions():
    """At k_F and with particle-hole symmetry F / G = Sigma_ano / (w + Sigma_nor(-w)*)."""
    w = np.array([0.01, 0.03, 0.2])
    parts = TRUTH.components(w)
    normal, anomalous = TRUTH.self_energies(w)
    # without a static part Sigma_nor(-w)* = -Sigma_nor(w) here, so that Q = 1 - Sigma_nor / w
    assert parts.gap_function() == pytest.approx(anomalous / (1 - normal / w))
    assert np.isnan(TRUTH.components(np.zeros(1)).gap_function()[0])


@dataclass(frozen=True)
class Broken(Truth):
    """A pair that breaks one law."""

    law: str

    def self_energies(self, energies, band=0.0):
        energies = np.asarray(energies, float)
        normal, anomalous = TRUTH.self_energies(energies)
        if self.law == "causal and positive":
            anomalous = 1.2 * anomalous
        elif self.law == "odd":
            normal = 2 * normal
            anomalous = anomalous + 0.1 * HiddenFermion(energy=0.02).self_energies(energies)[0]
        elif self.law == "Kramers-Kronig":
            normal = normal + 0.02
        elif self.law == "decays":
            normal = 2 * normal
            anomalous = anomalous + 0.1 * (energies > -np.inf)
        return normal, anomalous


@pytest.mark.parametrize("law", ["causal and positive", "odd", "Kramers-Kronig", "decays"])
def test_a_broken_law_turns_its_badge(law):
    badges = properties(Broken(law)).badges()
    assert not badges[law]
    others = {name for name, good in badges.items() if not good} - {law}
    # a constant in Sigma_ano is not the transform of a density either
    assert others <= ({"Kramers-Kronig"} if law == "decays" else set())


@dataclass(frozen=True)
class OneSided(Truth):
    """An anomalous part of 1 meV around zero, and of `below` and `above` eV at the two ends."""

    below: float
    above: float

    def self_energies(self, energies, band=0.0):
        energies = np.asarray(energies, float)
        middle = 1e-3 / (1 + energies**2) ** 8
        ends = self.below * (energies < -5.9) + self.above * (energies > 5.9)
        return TRUTH.self_energies(energies)[0], middle + ends + 0j


@pytest.mark.parametrize(("below", "above"), [(0.0, 5e-4), (5e-4, 0.0), (2e-4, -5e-4)])
def test_the_tail_is_the_larger_of_both_ends(below, above):
    found = properties(OneSided(below, above))
    assert found.tail == pytest.approx(0.5, rel=1e-3)
    assert not found.badges()["decays"]


def test_negative_eigenvalue_of_a_broken_pair_is_that_of_the_matrix():
    at = nodes(2401, 6.0, 6.5)
    parts = Broken("causal and positive").components(at)
    lower = 0.0
    for normal, mirrored, across in zip(parts.normal, parts.mirrored, parts.anomalous, strict=True):
        values = np.linalg.eigvalsh([[-normal.imag, -across.imag], [-across.imag, -mirrored.imag]])
        lower = min(lower, values[0])
    assert lower < -0.01
    assert properties(Broken("causal and positive")).negative == pytest.approx(lower, rel=1e-9)


def test_transform_of_a_triangle_and_its_ends():
    """A triangle on uneven nodes, against its elementary integral; the ends carry no weight."""
    at = np.array([-1.0, -0.3, 0.1, 0.2, 1.5])
    values = np.array([5.0, 0.0, 2.0, 0.0, 5.0])  # what stands at the ends counts as zero
    a, b, c = -0.3, 0.1, 0.2
    for z in (0.5 + 0.2j, 3.0 + 1e-3j, -2.0 + 1e-3j):
        rise = 2 / (b - a) * ((z - a) * np.log((z - a) / (z - b)) - (b - a))
        fall = 2 / (c - b) * ((c - z) * np.log((z - b) / (z - c)) + (c - b))
        found = kramers_kronig(values, at, z.real, z.imag)
        assert found == pytest.approx(rise + fall, rel=1e-9)
        assert found.shape == ()
    assert kramers_kronig(np.ones(5), at, [-1.0, 1.5]).imag == pytest.approx(0, abs=1e-12)
    assert transform_matrix(at, np.zeros((2, 3))).shape == (2, 3, 5)


def test_many_energies_go_in_pieces_without_a_seam():
    at = nodes(1001)
    density = np.exp(-((at / 0.1) ** 2))
    energies = np.linspace(-0.5, 0.5, 2503)
    whole = kramers_kronig(density, at, energies)
    assert whole.shape == (2503,)
    for n in (0, 998, 999, 1000, 1997, 1998, 2502):
        assert whole[n] == pytest.approx(kramers_kronig(density, at, energies[n]), abs=1e-12)


def test_a_matrix_that_is_kept_cannot_be_changed():
    at = nodes(5)
    with pytest.raises(ValueError, match="read-only"):
        transform_matrix(at, [0.1])[0, 0] = 1
    assert transform_matrix(at, [0.1])[0, 0] == 0


def test_components_of_densities_at_nodes():
    at = nodes(301)
    normal, anomalous = BARE.densities(at)
    found = components_of(at, normal, anomalous, 0.007, np.array([0.01, -0.02]))
    wanted = BARE.components(np.array([0.01, -0.02]))
    assert found.normal == pytest.approx(wanted.normal, abs=2e-4)
    assert found.mirrored == pytest.approx(wanted.mirrored, abs=2e-4)
    assert found.anomalous == pytest.approx(wanted.anomalous + 0.007, abs=2e-4)


def test_gap_budget_of_a_square_is_a_logarithm():
    at = np.array([-0.5, -0.200001, -0.2, -0.1, -0.099999, 0, 0.099999, 0.1, 0.2, 0.200001, 0.5])
    density = np.array([0, 0, 1, 1, 0, 0, 0, -1, -1, 0, 0.0])
    share, whole = gap_budget(at, density)
    assert whole == pytest.approx(2 * np.log(2), rel=2e-3)
    share, _ = gap_budget(at, density, 0.1, 0.15)
    assert share == pytest.approx(np.log(1.5) / np.log(2), rel=2e-3)
    share, whole = gap_budget(at, np.stack([density, 0 * density]))
    assert share[0] == pytest.approx(1)
    assert np.isnan(share[1])
    assert whole[1] == 0


def test_fermi_function_is_that_of_a_free_state():
    w = np.array([-0.02, -0.001, 0.0, 0.003, 0.05])
    kt = constants.k / constants.e * 37.0
    assert fermi(w, 37.0) == pytest.approx(special.expit(-w / kt), rel=1e-8)
    # Sommerfeld: int w (step - f) dw = -(pi kT)^2 / 6
    x = np.linspace(-0.2, 0.2, 400_001)
    moment = np.trapezoid(x * (fermi(x, 37.0) - (x < 0)), x)
    assert moment == pytest.approx((np.pi * kt) ** 2 / 6, rel=1e-4)


def test_resolution_turns_a_cold_step_into_an_error_function():
    energies = window(-0.06, 0.06, 0.001)
    seen = Instrument(energies, temperature=0.1, resolution=0.014).matrix.sum(1)
    sigma = 0.014 / (2 * np.sqrt(2 * np.log(2)))
    # the step stands half a spacing below the first empty energy; at 0 half is filled
    wanted = stats.norm.cdf(-energies / sigma)
    assert seen == pytest.approx(wanted, abs=2e-3)
    assert Instrument(energies, 0.1, 0.014).matrix[0].sum() == pytest.approx(1, abs=1e-4)


def test_a_curve_without_noise_is_intensity_and_background():
    data = measured_curves(
        TRUTH, (0.0, -0.06), counts=np.inf, background=0.2, amplitudes=(1.0, 0.25)
    )
    instrument = data.instrument()
    clean = instrument.matrix @ TRUTH.spectral_function(instrument.wide, 0.0)
    other = 0.25 * instrument.matrix @ TRUTH.spectral_function(instrument.wide, -0.06)
    above = np.array([c[n:].sum() for c in (clean, other) for n in range(len(clean))])
    above = above.reshape(2, -1)
    tops = np.array([clean.max(), other.max()])[:, None]
    whole = np.stack([clean, other]) + 0.2 * tops * above / above[:, :1]
    assert data.counts / data.counts.max() == pytest.approx(whole / whole.max(), rel=1e-9)
    noisy = measured_curves(TRUTH, (0.0, -0.06), counts=400.0, amplitudes=(1.0, 0.25), seed=1)
    assert noisy.counts[0].max() == pytest.approx(400, rel=0.2)


def test_noise_has_the_distribution_of_poisson():
    low = [measured_curves(TRUTH, counts=6.0, seed=s).counts[0, 170:190] for s in range(400)]
    clean = measured_curves(TRUTH, counts=np.inf).counts[0, 170:190] * 6e-12
    low = np.array(low)
    assert low.var(0) == pytest.approx(clean, rel=0.35)
    third = ((low - clean) ** 3).mean(0).sum()  # the third moment of Poisson is its mean
    assert third == pytest.approx(clean.sum(), rel=0.35)
    # the share of zeros is exp(-mean)
    assert (low == 0).mean(0) == pytest.approx(np.exp(-clean), abs=0.08)


def test_variances_are_smoothed_counts_and_at_least_one():
    counts = np.zeros((1, 40))
    counts[0, 20] = 64.0
    counts[0, :5] = 7.0
    data = Curves(window(-0.04, 0.038), counts)
    hann = np.sin(np.pi * np.arange(1, 8) / 8) ** 2
    wanted = 64 * hann / hann.sum()
    assert data.variance[0, 17:24] == pytest.approx(np.maximum(wanted, 1))
    assert data.variance[0, 0] == pytest.approx(7)
    assert data.variance[0, 12] == 1
    assert data.mask[0, 17:24].tolist() == (wanted >= 4).tolist()
    assert data.points == (wanted >= 4).sum() + data.mask[0, :10].sum()


def test_shirley_background_scales_with_the_peak():
    rows = np.array([[1.0, 4.0, 2.0, 1.0], [2.0, 0.0, 0.0, 2.0]])
    found = shirley_background(rows)
    assert found == pytest.approx(np.array([[4, 3.5, 1.5, 0.5], [2, 1, 1, 1]]))


def test_electrons_above_the_transition_scatter_as_fan_and_migdal_say():
    """Without pairing and with N = 1 the density of Sigma_nor is a sum over bosons."""
    model = Eliashberg(coupling=0.3, boson=0.03, width=0.004, temperature=140.0, edge=0.6)
    w = np.array([0.0, 0.01, 0.03, 0.05, 0.1])
    kt = constants.k / constants.e * 140.0
    boson, spectrum = model.spectrum()
    step = boson[1] - boson[0]
    assert 2 * (spectrum / boson).sum() * step == pytest.approx(0.3)
    n = 1 / np.expm1(boson / kt)
    f = special.expit
    terms = 2 * n + f((w[:, None] - boson) / kt) + f(-(w[:, None] + boson) / kt)
    wanted = (spectrum * terms).sum(-1) * step
    normal, anomalous = model.self_energies(w)
    assert np.abs(anomalous).max() < 1e-5
    assert -normal.imag / np.pi == pytest.approx(wanted, rel=0.02)


def test_a_degenerate_pair_follows_from_its_green_functions():
    w = np.linspace(-0.2, 0.2, 21)
    other = DegenerateTruth(HiddenFermion(energy=0.02), 0.4, 0.01)
    truth = HiddenFermion(energy=0.02)
    before = truth.components(w, 0.01).green(0.01)
    after = other.components(w).green(0.01)
    assert after[0] == pytest.approx(before[0], rel=1e-9)
    assert after[1] == pytest.approx(0.4 * before[1], rel=1e-9, abs=1e-12)
    assert DegenerateTruth(truth, -0.4, 0.01).self_energies(w)[1] == pytest.approx(
        -other.self_energies(w)[1]
    )


def test_nodes_are_symmetric_and_stretch_as_told():
    at = nodes(401, 0.9, 3.0)
    assert at[-1] == pytest.approx(0.9)
    assert (at == -at[::-1]).all()
    spacing = np.diff(at)
    assert spacing[-1] / spacing[200] == pytest.approx(np.cosh(3.0), rel=0.02)


def test_bits_are_a_gray_code():
    bits = Boltzmann(nodes(41)).bits
    assert bits.shape == (41, 6)
    assert (np.abs(np.diff(bits, axis=0)).sum(1) == 2).all()  # neighbours differ in one bit
    assert len(np.unique(bits, axis=0)) == 41


def test_a_network_is_two_layers_of_hyperbolic_tangents_and_two_outputs():
    """The functions written unit by unit, from the parameters in their order."""
    ansatz = MLP(nodes(9))
    h = ansatz.hidden
    raw = np.random.default_rng(0).normal(size=ansatz.count)
    w1, b1, w2, b2, w3, b3 = np.split(raw, np.cumsum([h, h, h * h, h, 2 * h]))
    u, g = [], []
    for x in np.arcsinh(ansatz.at / 0.05):
        one = [np.tanh(w1[n] * x + b1[n]) for n in range(h)]
        two = [np.tanh(sum(one[n] * w2[n * h + m] for n in range(h)) + b2[m]) for m in range(h)]
        u.append(sum(two[m] * w3[2 * m] for m in range(h)) + b3[0])
        g.append(sum(two[m] * w3[2 * m + 1] for m in range(h)) + b3[1])
    u, odd = np.array(u), (np.array(g) - np.array(g)[::-1]) / 2
    normal, anomalous, static = ansatz.densities(torch.as_tensor(raw))
    expected = 0.5 / (1 + np.exp(-u))
    expected[[0, -1]] = 0
    assert normal.numpy() == pytest.approx(expected)
    size = np.sqrt(expected * expected[::-1])
    assert anomalous.numpy() == pytest.approx(-size * np.tanh(odd), abs=1e-12)
    assert float(static) == 0
    free = MLP(nodes(9), positive=False, static=True)
    _, anomalous, static = free.densities(torch.as_tensor(np.append(raw, 0.7)))
    assert anomalous.numpy()[1:-1] == pytest.approx(-0.1 * odd[1:-1])
    assert float(static) == pytest.approx(0.07)


def test_a_boltzmann_machine_sums_over_its_hidden_spins():
    """ln of the sum over all 2^h hidden spins of exp(-energy), over 2^h, spin by spin."""
    ansatz = Boltzmann(nodes(5))
    v, h = ansatz.bits.shape[1], ansatz.hidden
    raw = np.random.default_rng(0).normal(size=ansatz.count)
    fields = []
    for part in np.split(raw, 2):
        a, b, w, c = np.split(part, np.cumsum([v, h, v * h]))
        row = []
        for spins in ansatz.bits:
            row.append(a @ spins + c[0])
            for hidden in range(h):
                inner = sum(spins[n] * w[n * h + hidden] for n in range(v)) + b[hidden]
                row[-1] += np.log((np.exp(inner) + np.exp(-inner)) / 2)
        fields.append(np.array(row))
    normal, anomalous, _ = ansatz.densities(torch.as_tensor(raw))
    expected = 0.5 / (1 + np.exp(-fields[0]))
    expected[[0, -1]] = 0
    assert normal.numpy() == pytest.approx(expected)
    odd = (fields[1] - fields[1][::-1]) / 2
    wanted = -np.sqrt(expected * expected[::-1]) * np.tanh(odd)
    assert anomalous.numpy() == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("ansatz", "blocks"),
    [
        (
            MLP(nodes(5), static=True),
            # first layer and its offsets, second, third, two last offsets, static part
            [
                *((16, 0, 1), (16, 0, 1.5), (256, 0, 0.3), (16, 0, 0.3), (32, 0, 0.25)),
                *((1, -3.2, 0), (1, 0, 0), (1, 0, 0.3)),
            ],
        ),
        (
            Boltzmann(nodes(5)),
            [
                *((3, 0, 0.1), (20, 0, 0.1), (60, 0, 0.25), (1, -7.6, 0)),
                *((3, 0, 0.1), (20, 0, 0.1), (60, 0, 0.25), (1, -4, 0)),
            ],
        ),
        # eight waves of random phase, each with a mean square of one half
        (Grid(nodes(5)), [(5, -3.2, 1), (2, -0.5, 0.6), (1, 0, 0), (2, 0.5, 0.6)]),
    ],
    ids=["network", "boltzmann", "grid"],
)
def test_starts_are_drawn_with_the_stated_means_and_deviations(ansatz, blocks):
    drawn = ansatz.start(range(1500)).numpy()
    assert sum(count for count, _, _ in blocks) == drawn.shape[1]
    for count, mean, deviation in blocks:
        block, drawn = drawn[:, :count], drawn[:, count:]
        error = max(deviation, 1e-12) / np.sqrt(1500)
        assert np.abs(block.mean(0) - mean).max() < 4.5 * error
        assert np.sqrt(block.var()) == pytest.approx(deviation, rel=0.06, abs=1e-12)


def test_waves_of_a_start_have_one_to_eight_half_turns():
    """The covariance of u at two nodes is 1/8 of the sum of cos(n pi t), n = 1 to 8."""
    drawn = Grid(nodes(17)).start(range(3000)).numpy()[:, :17]
    found = np.cov(drawn.T)
    t = np.linspace(-1, 1, 17)
    apart = t[:, None] - t
    wanted = sum(np.cos(n * np.pi * apart) for n in range(1, 9)) / 8
    assert np.abs(found - wanted).max() < 0.1


def test_a_grid_is_penalised_for_its_bends_alone():
    ansatz = Grid(nodes(9))
    matrix = ansatz.penalty().numpy()
    fields = np.concatenate([np.linspace(1, 3, 9), np.linspace(-1, 1, 9)])
    assert fields @ matrix @ fields == pytest.approx(1e-4 * (fields**2).sum())
    bend = np.zeros(18)
    bend[4] = 1.0  # second differences 1, -2, 1
    assert bend @ matrix @ bend == pytest.approx(6 + 1e-4)
