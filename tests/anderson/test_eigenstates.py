"""The solver against SciPy, at stubborn energies, and on bad input."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import torch
from scipy.sparse.linalg import eigsh

from qmlcourse.anderson import AndersonModel, LayeredChernInsulator, eigenstates
from qmlcourse.anderson._checkerboard import CheckerboardInverse
from qmlcourse.anderson._ring_inverse import hermitian_inverse, inverse_of


@pytest.mark.parametrize("size", [12, 16])
def test_agrees_with_shift_invert_of_scipy(size):
    hamiltonian = AndersonModel(size).sample([16.5, 10.0], 3)
    found = eigenstates(hamiltonian, 0.0, 2, tolerance=1e-10)
    assert found.residuals.max() < 1e-8
    for sample in range(2):
        values, vectors = eigsh(hamiltonian.sparse(sample).tocsc(), k=2, sigma=0.0)
        order = np.abs(values).argsort()
        assert np.abs(values[order] - found.energies[sample].numpy()).max() < 1e-8
        density = np.abs(vectors[:, order]).T ** 2
        own = found.density[sample].reshape(2, -1).numpy()
        assert np.abs(density - own).max() < 1e-8


@pytest.mark.parametrize(
    ("model", "checkered"),
    [
        (AndersonModel(6), True),
        (AndersonModel(6, flux=1 / 6), True),
        (AndersonModel(8), True),
        (AndersonModel(7), False),
        (AndersonModel(6, flux="random"), False),
        (AndersonModel(8, dimensions=2), False),
        (LayeredChernInsulator(6), False),
    ],
    ids=str,
)
def test_the_ring_of_layers_is_inverted(model, checkered):
    hamiltonian = model.sample([5.0, 9.0, 16.5], 1)
    energy = torch.tensor([0.2, -0.4, 0.0], dtype=torch.float64)
    assert CheckerboardInverse.fits(hamiltonian) == checkered
    solvers = [inverse_of(hamiltonian, energy, pivoted) for pivoted in (False, True)]
    if checkered:
        solvers.append(CheckerboardInverse(hamiltonian, energy))
    layers, row = hamiltonian.layers, hamiltonian.row
    right = torch.randn(3, layers, 3, row, dtype=torch.float64).to(hamiltonian.dtype)
    for solve in solvers:
        found = solve(right)
        back = hamiltonian.apply(found) - energy[:, None, None, None] * found
        assert (back - right).abs().max() < 1e-7
        assert torch.allclose(solve(right[[0, 2]], [0, 2]), found[[0, 2]], atol=1e-7)


@pytest.mark.parametrize("layers", [7, 9])
def test_an_odd_ring_of_layers_is_no_checkerboard(layers):
    six = AndersonModel(6).sample([9.0], 1)
    on_site = torch.cat([six.on_site, six.on_site], 1)[:, :layers]
    ring = replace(six, on_site=on_site, shape=(layers, 6, 6))
    assert not CheckerboardInverse.fits(ring)
    assert CheckerboardInverse.fits(replace(ring, on_site=on_site[:, :6], shape=(6, 6, 6)))


@pytest.mark.parametrize("energy", [-2.3, 0.7])
def test_the_first_space_reaches_states_at_any_energy(energy):
    """No dense diagonalisation and no second space comes to the rescue."""
    solver = import_module("qmlcourse.anderson.eigenstates")
    hamiltonian = AndersonModel(6).sample([16.5, 9.0], 4)
    at = torch.full((2,), energy, dtype=torch.float64)
    energies, _, residuals = solver._iterate(hamiltonian, at, 2, 1e-9)
    assert residuals.max() < 1e-9
    levels = torch.linalg.eigvalsh(hamiltonian.dense())
    nearest = levels.gather(1, (levels - energy).abs().argsort(1)[:, :2])
    assert torch.allclose(energies.sort(1)[0], nearest.sort(1)[0], atol=1e-9)


@pytest.mark.parametrize("size", [5, 47, 150])
def test_inverse_by_halving(size):
    matrix = torch.randn(3, size, size, dtype=torch.complex128)
    matrix = matrix + matrix.mH + 3 * size**0.5 * torch.eye(size)
    inverse = hermitian_inverse(matrix)
    assert torch.allclose(inverse, torch.linalg.inv(matrix), atol=1e-12)
    assert (inverse - inverse.mH).abs().max() < 1e-15


def test_a_degenerate_clean_lattice_gives_states_all_the_same():
    # E = 0 is an eigenvalue of the clean lattice: the shift itself is singular
    hamiltonian = AndersonModel(8).sample([0.0], 0)
    found = eigenstates(hamiltonian, 0.0, 3)
    assert found.residuals.max() < 1e-8
    assert found.energies.abs().max() < 1e-8
    overlap = found.states[0] @ found.states[0].T
    assert (overlap - torch.eye(3)).abs().max() < 1e-6


def test_an_energy_outside_of_the_band_finds_its_edge():
    hamiltonian = AndersonModel(6).sample([3.0, 3.0], 2)
    found = eigenstates(hamiltonian, 20.0, 2)
    levels = torch.linalg.eigvalsh(hamiltonian.dense())
    assert torch.allclose(found.energies, levels.flip(1)[:, :2], atol=1e-8)


def test_a_stubborn_sample_is_diagonalised_as_a_whole_near_its_energy(monkeypatch):
    """Residuals that never fall leave the dense matrix, at an energy that is not zero."""
    solver = import_module("qmlcourse.anderson.eigenstates")
    iterate = solver._iterate

    def never(*arguments, **options):
        energies, states, residuals = iterate(*arguments, **options)
        return energies, states, torch.full_like(residuals, torch.inf)

    hamiltonian = AndersonModel(4, flux=0.25).sample([8.0, 3.0], 2)
    matrix = hamiltonian.dense()
    levels = torch.linalg.eigvalsh(matrix)
    monkeypatch.setattr(solver, "_iterate", never)
    found = eigenstates(hamiltonian, 2.1, 3)
    for n in range(2):
        nearest = levels[n][(levels[n] - 2.1).abs().argsort()[:3]]
        assert torch.allclose(found.energies[n], nearest, atol=1e-10)
        states = found.states[n].mT
        assert torch.allclose(matrix[n] @ states, states * nearest, atol=1e-10)
        assert torch.allclose(states.mH @ states, torch.eye(3).to(states), atol=1e-10)
    assert found.residuals.max() < 1e-10


def test_an_inverse_that_is_off_by_a_hundred_thousandth_is_not_trusted(monkeypatch):
    """The sample that it serves badly is left to the pivoted inverse, the other one is not."""
    solver = import_module("qmlcourse.anderson.eigenstates")

    class Rough(CheckerboardInverse):
        def __call__(self, vectors, chosen=None):
            found = super().__call__(vectors, chosen)
            if chosen is None:
                found[1] *= 1 + 1e-4
            return found

    hamiltonian = AndersonModel(6).sample([9.0, 9.0], 3)
    at = torch.zeros(2, dtype=torch.float64)
    monkeypatch.setattr(solver, "CheckerboardInverse", Rough)
    residuals = solver._iterate(hamiltonian, at, 1, 1e-9)[2]
    assert float(residuals[0]) < 1e-9
    assert torch.isinf(residuals[1])
    levels = torch.linalg.eigvalsh(hamiltonian.dense())
    nearest = levels.gather(1, levels.abs().argsort(1)[:, :1])
    assert torch.allclose(eigenstates(hamiltonian).energies, nearest, atol=1e-9)


def test_every_sample_may_have_its_own_energy():
    hamiltonian = AndersonModel(6).sample([8.0, 8.0], 2)
    both = eigenstates(hamiltonian, torch.tensor([-1.0, 2.0]))
    for n, energy in enumerate((-1.0, 2.0)):
        one = eigenstates(hamiltonian[n : n + 1], energy)
        assert abs(float(one.energies[0, 0] - both.energies[n, 0])) < 1e-12


def test_chunks_do_not_change_the_states():
    hamiltonian = AndersonModel(6).sample([16.5] * 5, 2)
    whole, parts = (eigenstates(hamiltonian, 0.0, chunk=c) for c in (5, 2))
    assert torch.allclose(whole.energies, parts.energies, atol=1e-12)


@pytest.mark.parametrize("count", [0, 60])
def test_bad_count_gets_one_sentence(count):
    with pytest.raises(ValueError, match="1 to 54"):
        eigenstates(AndersonModel(6).sample([5.0], 0), 0.0, count)
