"""Levels, occupations and gaps against counting and closed forms."""

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import Lattice, TightBinding, fermi_function, fermi_level, gap

torch.set_num_threads(1)


def levels(seed=0, momenta=30, bands=4):
    rng = np.random.default_rng(seed)
    return torch.as_tensor(np.sort(rng.normal(size=(2, momenta, bands)), -1))


def test_occupation_of_an_energy():
    energies = torch.tensor([0.3, 0.5, 0.9], dtype=torch.float64)
    wanted = 1 / (np.exp((energies.numpy() - 0.5) / 0.2) + 1)
    assert fermi_function(energies, 0.5, 0.2).numpy() == pytest.approx(wanted)


@pytest.mark.parametrize("filling", [1e-6, 0.3, 2.0, 3.999999])
@pytest.mark.parametrize("temperature", [1e-3, 0.5, 20.0])
def test_a_cell_holds_the_electrons_that_were_asked_for(filling, temperature):
    energies = levels()
    level = fermi_level(energies, temperature, filling)
    assert level.shape == (2,)
    held = (1 - np.tanh((energies - level[:, None, None]).numpy() / temperature / 2)) / 2
    assert held.sum(-1).mean(-1) == pytest.approx(filling, rel=1e-6)


def test_a_cold_level_lies_in_the_middle_of_the_gap_above_the_last_electron():
    energies = torch.tensor([[[-2.0, 1.0], [-1.5, 0.5]]], dtype=torch.float64)
    assert fermi_level(energies, 0.0, 1.0).tolist() == [-0.5]
    assert fermi_level(energies, 0.0, 0.5).tolist() == [-1.75]
    assert fermi_level(energies, 0.1, 1.0).tolist() == [pytest.approx(-0.5)]


def test_the_level_follows_the_energies_so_that_the_number_stays():
    """d level / d E_n = f_n (1 - f_n) / sum f (1 - f)."""
    energies = levels(1)[0].requires_grad_()
    level = fermi_level(energies, 0.4, 1.3)
    (slope,) = torch.autograd.grad(level, energies)
    f = 1 / (np.exp((energies.detach().numpy() - float(level.detach())) / 0.4) + 1)
    assert slope.numpy() == pytest.approx(f * (1 - f) / (f * (1 - f)).sum(), abs=1e-9)


def test_direct_and_indirect_gap_of_two_bands_of_one_shape():
    """E = +-m + 2 t (cos k_x + cos k_y): the bands are 2 m apart and 8 |t| wide."""
    bonds = [(n, n, *cell) for n in (0, 1) for cell in ((1, 0), (0, 1))]
    lattice = Lattice(np.eye(2), np.zeros((2, 2)), bonds)
    m, t = np.array([3.0, 1.0]), np.array([0.3, -0.4])
    model = TightBinding(lattice, t[:, None] * np.ones(4), np.stack([m, -m], -1))
    direct, indirect = gap(model, 1, mesh=10)
    assert direct.numpy() == pytest.approx(2 * m)
    assert indirect.numpy() == pytest.approx(2 * m - 8 * np.abs(t))
