"""Hamiltonians against their definitions written out, and eigenstates against the whole matrix."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from qmlcourse.anderson import (
    AndersonModel,
    BondPercolation,
    ChernInsulator,
    DopedSemiconductor,
    LayeredChernInsulator,
    SitePercolation,
    SymplecticPlane,
    WilsonDirac,
    eigenstates,
)
from qmlcourse.anderson.percolation import percolates

# model, strength, energy
SMALL = [
    (AndersonModel(6), 16.5, 0.0),
    (AndersonModel(6, "gaussian"), 6.0, 0.0),
    (AndersonModel(6, "cauchy"), 4.0, 0.0),
    (AndersonModel(6, flux=1 / 6), 16.5, 0.0),
    (AndersonModel(6, "gaussian", flux=1 / 3), 6.0, 1.0),
    (AndersonModel(6, "cauchy", flux="random"), 4.0, 0.0),
    (AndersonModel(14, dimensions=2), 5.0, 0.5),
    (AndersonModel(14, flux="random", dimensions=2), 5.0, 0.5),
    (SitePercolation(6), 0.6, 0.5),
    (SitePercolation(6, 1 / 3), 0.6, 0.5),
    (BondPercolation(6), 0.5, 0.5),
    (BondPercolation(6, "random"), 0.5, 0.5),
    (DopedSemiconductor(6), 0.3, 10.3),
    (SymplecticPlane(10), 6.0, 1.0),
    (ChernInsulator(10), 2.0, 0.1),
    (ChernInsulator(10, open_walls=True), 2.0, 0.0),
    (LayeredChernInsulator(4, coupling=1.3), 1.0, 0.1),
    (WilsonDirac(4, open_walls=True), 1.0, 0.1),
]


@pytest.mark.parametrize(("model", "strength", "energy"), SMALL, ids=str)
def test_eigenstates_agree_with_the_whole_matrix(model, strength, energy):
    hamiltonian = model.sample([strength, 0.7 * strength], 5)
    found = eigenstates(hamiltonian, energy, 4)
    assert found.residuals.max() < 1e-8
    matrix = hamiltonian.dense()
    assert (matrix - matrix.mH).abs().max() < 1e-14
    assert np.abs(matrix[1].numpy() - hamiltonian.sparse(1).toarray()).max() == 0
    values, vectors = torch.linalg.eigh(matrix)
    for sample in range(2):
        order = (values[sample] - energy).abs().argsort()
        # whole groups of equal levels are compared by the density of their projectors
        near = values[sample][order[:4]]
        # symmetric levels on both sides of the energy may come in either order
        away = (found.energies[sample] - energy).abs()
        assert torch.allclose(away, (near - energy).abs(), atol=1e-10, rtol=0)
        for level in found.energies[sample]:
            group = (values[sample] - level).abs() < 1e-7
            own = (found.energies[sample] - level).abs() < 1e-7
            if int(group.sum()) != int(own.sum()):
                continue  # the count asked for cuts through a group
            right = vectors[sample][:, group]
            share = right @ right.mH
            states = found.states[sample][own].T
            assert (states @ states.mH - share).abs().max() < 1e-6
    sums = found.density.flatten(2).sum(-1)
    assert torch.allclose(sums, torch.ones_like(sums), atol=1e-12)


def test_single_states_agree_to_ten_digits():
    hamiltonian = AndersonModel(6).sample([16.5] * 3, 5)
    found = eigenstates(hamiltonian, 0.0, 1, tolerance=1e-11)
    values, vectors = torch.linalg.eigh(hamiltonian.dense())
    for sample in range(3):
        at = values[sample].abs().argmin()
        assert abs(float(values[sample][at] - found.energies[sample, 0])) < 1e-10
        density = vectors[sample][:, at].square().reshape(6, 6, 6)
        assert (density - found.density[sample, 0]).abs().max() < 1e-8


def _by_loops(size, energies, phases):
    """The cube's matrix from its definition: phases (axis, x, y, z) of the bonds to the next."""
    matrix = np.diag(energies.ravel()).astype(complex)
    number = np.arange(size**3).reshape((size,) * 3)
    for place in itertools.product(range(size), repeat=3):
        for axis in range(3):
            there = list(place)
            there[axis] = (there[axis] + 1) % size
            a, b = number[place], number[tuple(there)]
            matrix[b, a] += phases[axis][place]
            matrix[a, b] += np.conj(phases[axis][place])
    return matrix


@pytest.mark.parametrize("flux", [0.0, 1 / 5, 2 / 5])
def test_box_model_is_its_definition(flux):
    hamiltonian = AndersonModel(5, flux=flux).sample([3.0], 1)
    energies = hamiltonian.on_site[0].reshape(5, 5, 5).numpy()
    assert -1.5 <= energies.min() < energies.max() <= 1.5
    x = np.arange(5)[None, :, None] * np.ones((5, 5, 5))
    phases = [np.ones((5, 5, 5)), np.ones((5, 5, 5)), np.exp(2j * np.pi * flux * x)]
    own = _by_loops(5, energies, phases)
    assert np.abs(hamiltonian.dense()[0].numpy() - own).max() < 1e-14


def test_clean_bands_with_a_field_are_those_of_harper():
    size, flux = 4, 0.25
    levels = torch.linalg.eigvalsh(AndersonModel(size, flux=flux).sample([0.0], 0).dense())[0]
    x = np.arange(size)
    harper = []
    for ky, kz in itertools.product(2 * np.pi * x / size, repeat=2):
        # exp(2 pi i flux x) on the bonds along the last axis: a cosine of momentum and place
        row = np.diag(2 * np.cos(ky - 2 * np.pi * flux * x) + 2 * np.cos(kz))
        row = row + np.roll(np.eye(size), 1, 0) + np.roll(np.eye(size), -1, 0)
        harper.extend(np.linalg.eigvalsh(row))
    assert np.abs(np.sort(harper) - levels.numpy()).max() < 1e-12


@pytest.mark.parametrize("disorder", ["box", "gaussian", "cauchy"])
def test_energies_follow_their_distribution(disorder):
    energies = AndersonModel(30, disorder).sample([2.0], 3).on_site.flatten()
    quartile = {"box": 0.5, "gaussian": 0.67449 * 2, "cauchy": 2.0}[disorder]
    inside = float((energies.abs() < quartile).double().mean())
    assert abs(inside - 0.5) < 4 * 0.5 / math.sqrt(27000)
    again = AndersonModel(30, disorder).sample([4.0], 3).on_site.flatten()
    assert torch.allclose(again, 2 * energies)


def test_spectrum_does_not_depend_on_the_gauge():
    hamiltonian = AndersonModel(6, flux=1 / 6).sample([5.0], 2)
    matrix = hamiltonian.dense()[0]
    turn = torch.exp(2j * math.pi * torch.rand(216, dtype=torch.float64))
    turned = turn[:, None] * matrix * turn.conj()[None]
    difference = torch.linalg.eigvalsh(turned) - torch.linalg.eigvalsh(matrix)
    assert difference.abs().max() < 1e-12
    # random phases whose plaquettes hold no flux are no field at all
    assert not torch.allclose(
        torch.linalg.eigvalsh(AndersonModel(6).sample([5.0], 2).dense())[0],
        torch.linalg.eigvalsh(matrix),
        atol=1e-3,
    )


@pytest.mark.parametrize("dimensions", [2, 3])
def test_random_phases_fill_the_whole_circle(dimensions):
    size = {2: 30, 3: 9}[dimensions]
    matrix = AndersonModel(size, flux="random", dimensions=dimensions).sample([0.0], 8).dense()[0]
    bonds = matrix[matrix.abs() > 0].numpy()
    assert len(bonds) == 2 * dimensions * size**dimensions
    assert np.abs(np.abs(bonds) - 1).max() < 1e-14
    phases = np.angle(matrix.numpy()[np.triu(matrix.abs() > 0)])
    # uniform in -pi to pi by Kolmogorov and Smirnov, and no bond leans towards any direction
    assert kstest((phases + np.pi) / (2 * np.pi), "uniform").pvalue > 1e-3
    for turn in (1, 2):
        assert abs(np.exp(1j * turn * phases).mean()) < 4 / math.sqrt(len(phases))


def test_a_batch_is_its_single_samples():
    hamiltonian = AndersonModel(8).sample([10.0, 16.5, 25.0], 4)
    together = eigenstates(hamiltonian, 0.0, 2)
    for n in range(3):
        alone = eigenstates(hamiltonian[n : n + 1], 0.0, 2)
        assert torch.allclose(alone.energies[0], together.energies[n], atol=1e-12)
        assert torch.allclose(alone.density[0], together.density[n], atol=1e-8)


@pytest.mark.parametrize("model", [case[0] for case in SMALL], ids=str)
def test_a_seed_for_each_sample_gives_each_its_own_pattern(model):
    strengths, seeds = [0.3, 0.7, 0.5], [4, 9, 4]
    together = model.sample(strengths, seeds).dense()
    for matrix, strength, seed in zip(together, strengths, seeds, strict=True):
        assert torch.equal(matrix, model.sample([strength], seed).dense()[0])
    with pytest.raises(ValueError, match="3 integers for 2 strengths"):
        model.sample(strengths[:2], seeds)


def test_percolation_keeps_what_it_says():
    sites = SitePercolation(12).sample([0.4], 7)
    matrix = sites.dense()[0]
    kept = sites.on_site[0].flatten() == 0
    assert abs(float(kept.double().mean()) - 0.4) < 4 * math.sqrt(0.24 / 1728)
    full = AndersonModel(12).sample([0.0], 0).dense()[0]
    bonds = full * kept[:, None] * kept[None, :]
    assert torch.equal(matrix - torch.diag(matrix.diagonal()), bonds)
    found = eigenstates(sites, 0.5)
    assert float(found.density[0, 0].flatten()[~kept].sum()) < 1e-16
    matrix = BondPercolation(12).sample([0.3], 7).dense()[0]
    assert set(matrix.unique().tolist()) == {0.0, 1.0}
    assert float((matrix * (1 - full)).abs().max()) == 0
    assert abs(float(matrix.sum()) / 2 / (3 * 1728) - 0.3) < 4 * math.sqrt(0.21 / 5184)


def test_impurities_bind_a_band_outside_of_the_host():
    hamiltonian = DopedSemiconductor(8, depth=10.0).sample([0.01], 6)
    levels = torch.linalg.eigvalsh(hamiltonian.dense())[0]
    number = int((hamiltonian.on_site > 0).sum())
    assert int((levels > 6.0).sum()) == number
    # one impurity: 1 = depth * G(E), the lattice sum of 1 / (E - e(k)) over the momenta
    single = DopedSemiconductor(6, depth=10.0).sample([0.0], 0)
    single.on_site[0, 2, 3] = 10.0
    top = float(torch.linalg.eigvalsh(single.dense())[0, -1])
    k = 2 * np.pi * np.arange(6) / 6
    band = 2 * sum(np.cos(part) for part in np.meshgrid(k, k, k))
    assert abs(10.0 * np.mean(1 / (top - band)) - 1) < 1e-10


def test_spins_keep_time_reversal_and_all_bonds():
    hamiltonian = SymplecticPlane(8).sample([3.0], 9)
    matrix = hamiltonian.dense()[0]
    levels = torch.linalg.eigvalsh(matrix)
    assert (levels[::2] - levels[1::2]).abs().max() < 1e-12
    flip = torch.block_diag(*[torch.tensor([[0, 1], [-1, 0]], dtype=torch.complex128)] * 64)
    assert (flip @ matrix.conj() @ flip.T - matrix).abs().max() < 1e-12
    # four bonds of weight one for each spin, and the disorder
    weight = float(matrix.abs().square().sum()) / 128
    assert abs(weight - 4 - float(hamiltonian.on_site.square().mean())) < 1e-12


def test_spins_turn_by_any_rotation_alike():
    bonds = SymplecticPlane(40).sample([0.0], 3).between[0].reshape(-1, 2, 2)
    number = len(bonds)
    # averages over SU(2): no matrix is preferred, and the moments of the trace are 1 and 2
    assert bonds.mean(0).abs().max() < 4 / math.sqrt(number)
    trace = bonds.diagonal(dim1=1, dim2=2).sum(1).real
    assert abs(float(trace.pow(2).mean()) - 1) < 4 / math.sqrt(number)
    assert abs(float(trace.pow(4).mean()) - 2) < 4 * math.sqrt(10 / number)


X, Y, Z = (
    np.array([[0, 1], [1, 0]]),
    np.array([[0, -1j], [1j, 0]]),
    np.array([[1, 0], [0, -1]]),
)


def _bloch(size, dimensions, matrix):
    k = 2 * np.pi * np.arange(size) / size
    levels = [np.linalg.eigvalsh(matrix(*p)) for p in itertools.product(k, repeat=dimensions)]
    return np.sort(np.concatenate(levels))


@pytest.mark.parametrize("mass", [-1.3, 0.4, 2.5])
def test_clean_topological_models_have_their_bloch_bands(mass):
    def chern(kx, ky, more=0.0):
        return np.sin(kx) * X + np.sin(ky) * Y + (mass + np.cos(kx) + np.cos(ky) + more) * Z

    def weyl(kx, ky, kz):
        return chern(kx, ky, 0.7 * np.cos(kz))

    def dirac(kx, ky, kz):
        spins = np.sin(kx) * X + np.sin(ky) * Y + np.sin(kz) * Z
        size = mass + np.cos(kx) + np.cos(ky) + np.cos(kz)
        return np.kron(X, spins) + size * np.kron(Z, np.eye(2))

    cases = [
        (ChernInsulator(6, mass), _bloch(6, 2, chern)),
        (LayeredChernInsulator(4, mass, 0.7), _bloch(4, 3, weyl)),
        (WilsonDirac(4, mass), _bloch(4, 3, dirac)),
    ]
    for model, right in cases:
        levels = torch.linalg.eigvalsh(model.sample([0.0], 0).dense())[0].numpy()
        assert np.abs(levels - right).max() < 1e-12


def test_open_walls_cut_the_first_axis():
    shut = ChernInsulator(6).sample([0.0], 0).dense()[0].reshape(6, 12, 6, 12)
    cut = ChernInsulator(6, open_walls=True).sample([0.0], 0).dense()[0].reshape(6, 12, 6, 12)
    assert cut[0, :, 5].abs().max() == 0
    assert shut[0, :, 5].abs().max() > 0.4
    assert torch.equal(shut[:5, :, :5], cut[:5, :, :5])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AndersonModel(2), "3 or more"),
        (lambda: AndersonModel(6, "flat"), "box, gaussian, cauchy"),
        (lambda: AndersonModel(6, flux=0.25), "multiple of 1/6"),
        (lambda: AndersonModel(6, flux="some"), "a number or 'random'"),
        (lambda: AndersonModel(6, dimensions=4), "2 or 3"),
        (lambda: AndersonModel(6, flux=0.5, dimensions=2), "plane"),
        (lambda: AndersonModel(6).sample([-1.0], 0), "0 or more"),
        (lambda: AndersonModel(6).sample(1.0, 0), "one strength a sample"),
        (lambda: SitePercolation(6).sample([1.5], 0), "0 to 1"),
        (lambda: SitePercolation(6, 0.4), "multiple of 1/6"),
        (lambda: DopedSemiconductor(6, 3.0), "5 or more"),
        (lambda: ChernInsulator(1), "3 or more"),
    ],
)
def test_bad_input_gets_one_sentence(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def _has_a_way(kept):
    """Whether open sites lead from the first face to the last: walls are periodic."""
    seen, waiting = set(), [(0, y, z) for y, z in np.argwhere(kept[0])]
    while waiting:
        site = waiting.pop()
        if site in seen:
            continue
        seen.add(site)
        for axis, step in itertools.product(range(3), (-1, 1)):
            other = list(site)
            other[axis] += step
            if axis:
                other[axis] %= len(kept)
            if 0 <= other[0] < len(kept) and kept[tuple(other)]:
                waiting.append(tuple(other))
    return any(site[0] == len(kept) - 1 for site in seen)


def test_sites_percolate_where_a_walker_gets_through():
    found = []
    for seed in range(150):
        kept = np.random.default_rng(seed).random((5, 5, 5)) < 0.3
        found.append(percolates(5, 0.3, seed))
        assert found[-1] == _has_a_way(kept), seed
    assert 20 < sum(found) < 130
