"""Other goals: a flat band, a spin current, entanglement, sunlight on spins."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    FLAT,
    HONEYCOMB,
    SpinCluster,
    TightBinding,
    black_body,
    chern_number,
    cone,
    cooling,
    design,
    entanglement_objective,
    exchange_cluster,
    flatness,
    flatness_objective,
    haldane,
    hall_conductivity,
    honeycomb,
    honeycomb_lattice,
    photocurrent,
    spin_chain,
    spin_hall_objective,
    spin_texture,
    spins_of,
    sunlight_current,
    sunlight_objective,
    two_spins,
)
from qmlcourse.inverse_design.objectives import HAND_FLAT_PHASE

torch.set_num_threads(1)


def test_the_flat_band_made_by_hand():
    """Neupert et al.: cos(phi) = t1 / (4 t2) = 3 sqrt(3 / 43)."""
    t2 = 1 / (4 * np.cos(HAND_FLAT_PHASE))
    ratio, gap, width = flatness(haldane(HAND_FLAT_PHASE, 0, t2), 120)
    assert 5.9 < float(ratio) < 6.1
    assert float(gap / width) == pytest.approx(float(ratio))
    phases = np.linspace(-0.05, 0.05, 5) + HAND_FLAT_PHASE
    around = flatness(haldane(phases, np.zeros(5), np.full(5, t2)), 120)[0]
    assert around.argmax() in (1, 2, 3)


def test_the_machine_comes_close_to_the_flat_band_and_keeps_the_chern_number():
    space = honeycomb()
    run = design(flatness_objective(space), space, starts=8, schedule=FLAT, seed=1)
    assert (chern_number(run.model, mesh=20) == 1).all()
    assert (flatness(run.model, 60)[0] > 5.3).all()
    phases = torch.angle(run.model.hoppings[:, 3:])
    assert (phases.mean(-1) - HAND_FLAT_PHASE).abs().max() < 0.06


def test_the_best_spin_current_is_two_haldane_models_that_are_each_other_s_time_reverse():
    space = two_spins()
    run = design(spin_hall_objective(space), space, starts=6)
    assert chern_number(run.model, mesh=20).tolist() == [[1, -1]] * 6
    charge = hall_conductivity(run.model, 0.05, mesh=40).sum(-1)
    assert charge.abs().max() < 1e-3


def test_the_spin_current_of_two_haldane_models():
    """In the cold, each spin counts its Chern number, +1 and -1: half their difference is 1."""
    up = haldane(np.pi / 2, 0.0, 0.3).hoppings
    pair = TightBinding(honeycomb_lattice(), torch.stack([up, up.conj()])[None])
    goal = spin_hall_objective(two_spins(), mesh=40)
    assert float(goal(pair, 200.0)) == pytest.approx(1, abs=1e-3)
    warm = float(hall_conductivity(haldane(np.pi / 2, 0.0, 0.3), 0.8, mesh=40))
    assert float(goal(pair, 1 / 0.8)) == pytest.approx(warm)


def test_the_flat_goal_goes_from_the_hall_conductivity_to_the_logarithm_of_the_flatness():
    model = haldane([HAND_FLAT_PHASE, 1.2], 0.0, [0.38, 0.3])
    goal = flatness_objective(honeycomb(), mesh=20)
    warm = np.exp(-1.5)
    hall = hall_conductivity(model, 1 / warm, mesh=20)
    assert goal(model, warm).numpy() == pytest.approx(10 * hall.numpy())
    cold = np.log(flatness(model, 20)[0].numpy())
    assert goal(model, 3e4).numpy() == pytest.approx(cold, abs=1e-3)
    # between, at beta = e^-1/2, half of each; the energies are smeared by 1 / (20 beta)
    beta = np.exp(-0.5)
    h = model.hamiltonian(model.lattice.mesh(20))
    energies = torch.linalg.eigvalsh(h).numpy()

    def smooth(values):
        return np.log(np.exp(20 * beta * values).mean(-1)) / (20 * beta)

    top, bottom = smooth(energies[..., 0]), -smooth(-energies[..., 0])
    space = 0.05 * np.log1p(np.exp((-smooth(-energies[..., 1]) - top) / 0.05))
    hall = hall_conductivity(model, 1 / beta, mesh=20).numpy()
    assert goal(model, beta).numpy() == pytest.approx(
        5 * hall + 0.5 * np.log(space / (top - bottom)), rel=1e-6
    )


def clusters():
    heisenberg = torch.ones(9, 3, dtype=torch.float64) / np.sqrt(3)
    kitaev = torch.zeros(9, 3, dtype=torch.float64)
    kitaev[range(9), [0, 1, 2, 1, 2, 0, 2, 0, 1]] = -1
    return SpinCluster(torch.stack([heisenberg, kitaev]))


def test_energies_of_known_clusters():
    """Heisenberg: H = 2 J (S^2 - S_A^2 - S_B^2) on the complete bipartite graph, closed form."""
    energies = torch.linalg.eigvalsh(clusters().hamiltonian())
    j, spin = 1 / np.sqrt(3), 1.5
    lowest = 2 * j * (0 - 2 * spin * (spin + 1))
    assert float(energies[0, 0]) == pytest.approx(lowest)
    assert clusters().is_kitaev().tolist() == [False, True]
    # Kitaev: free Majorana fermions, minus the sum of singular values in the best gauge sector
    signs = np.array(list(product([1.0, -1.0], repeat=9))).reshape(-1, 3, 3)
    majorana = -np.linalg.svd(signs, compute_uv=False).sum(-1).max()
    assert float(energies[1, 0]) == pytest.approx(majorana)


def test_entanglement_is_the_entropy_of_a_dense_partial_trace():
    rng = np.random.default_rng(0)
    exchange = rng.normal(size=(9, 3))
    cluster = SpinCluster(torch.as_tensor(exchange))
    _, states = np.linalg.eigh(cluster.hamiltonian().numpy())
    ground = states[:, 0].reshape((2,) * 6)
    total = []
    for other in [(1, 2), (1, 3), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)]:
        rest = [n for n in range(1, 6) if n not in other]
        rho = np.tensordot(ground, ground.conj(), axes=(rest, rest)).reshape(8, 8)
        weights = np.linalg.eigvalsh(rho)
        total.append(-(weights * np.log2(weights)).sum())
    assert float(cluster.entanglement()) == pytest.approx(np.mean(total), abs=1e-9)


def test_entanglement_finds_bond_dependent_exchange():
    """By chance, a pattern with each axis once at each site has a probability of 12 in 3^9."""
    schedule = replace(HONEYCOMB, steps=300, rate=0.1, late_rate=0.01, switch=220)
    run = design(
        entanglement_objective, exchange_cluster(), starts=8, schedule=schedule, optimizer="adam"
    )
    heisenberg = float(clusters()[0].entanglement())
    assert np.median(run.value) > heisenberg + 0.5
    assert run.model.is_kitaev(0.7).any()


def test_black_body_light():
    energies = np.linspace(1e-4, 20, 200_001)
    assert np.trapezoid(black_body(energies), energies) == pytest.approx(1000, rel=1e-6)
    peak = energies[black_body(energies).argmax()]
    assert peak == pytest.approx(2.82144 * 8.617333262e-5 * 5500, rel=1e-3)  # Wien


def test_a_current_in_ampere_follows_from_the_field_of_the_light():
    """Step by step in SI units: field of each colour, force on a site's distance, current, area."""
    constants = pytest.importorskip("scipy.constants")
    e, hbar = constants.elementary_charge, constants.hbar
    model = spin_chain(cone(3, 0.6), t1=0.117, t2=0.079, exchange=0.248)
    distance, area, light = 0.4e-9, 0.3e-18, 800.0
    at = {"kernel": "length", "mesh": 20}
    energies = np.array([0.3, 0.5, 0.7])
    found = sunlight_current(
        model,
        frequencies_ev=energies,
        broadening_ev=0.08,
        temperature_kelvin=400,
        chemical_potential_ev=0.02,
        lattice_constant=distance,
        cross_section=area,
        irradiance=light,
        **at,
    )
    sigma = photocurrent(
        model,
        energies,
        temperature=constants.Boltzmann * 400 / e,
        chemical_potential=0.02,
        broadening=0.08,
        **at,
    ).numpy()
    total = 0.0
    for one, energy in zip(sigma, energies, strict=True):
        intensity = float(black_body(energy, total=light)) * 0.2  # W / m^2 of this colour
        # E(t) = E exp(-i w t) + c.c. = 2 E cos(w t) carries epsilon_0 c <E(t)^2>
        mean = ((2 * np.cos(2 * np.pi * np.arange(12) / 12)) ** 2).mean()
        square = intensity / (constants.epsilon_0 * constants.c * mean)
        force = distance**2 * square  # (e E a in eV)^2
        total += one * force * e * (e / hbar)  # a current e times a rate of 1 eV / hbar
    assert float(found) == pytest.approx(total / area, rel=1e-6)


@pytest.mark.parametrize("kernel", ["velocity", "injection", "length"])
def test_cones_rank_as_in_the_paper(kernel):
    """S_z of the best cone of three near 0.72, and more current than from a cone of four."""
    heights = np.arange(0.5, 0.95, 0.04)
    hops = {"t1": 0.117, "t2": 0.079, "exchange": 0.248}
    currents = [
        np.abs(
            sunlight_current(
                spin_chain(np.array([cone(n, h) for h in heights]), **hops),
                kernel=kernel,
                broadening_ev=0.05,
                mesh=60,
            )
        )
        for n in (3, 4)
    ]
    assert abs(heights[int(currents[0].argmax())] - 0.72) < 0.05
    assert 0.65 < currents[1].max() / currents[0].max() < 0.82


def test_random_spins_become_a_cone():
    space = spin_texture(3)
    schedule = replace(
        HONEYCOMB,
        steps=120,
        rate=0.05,
        late_rate=0.01,
        switch=90,
        beta=cooling(np.log(1 / 2.6), np.log(1 / 0.026), 70),
    )
    goal = sunlight_objective(
        kernel="velocity", broadening_ev=0.1, mesh=16, frequencies_ev=np.linspace(0.1, 2.3, 12)
    )
    run = design(goal, space, starts=4, schedule=schedule)
    for spins in spins_of(space, run.raw):
        overlap = spins @ spins.T
        assert np.ptp(overlap[~np.eye(3, dtype=bool)]) < 0.02
        assert np.linalg.norm(spins.mean(0)) == pytest.approx(0.7, abs=0.04)
        assert np.linalg.norm(spins, axis=1) == pytest.approx(1)


def test_hops_may_be_free_within_bounds():
    space = spin_texture(3, largest=(0.2, 0.1, 1.0))
    model = space.build(space.starts(5))
    t1 = model.hoppings.real[:, 0]
    assert len(space.names) == 12
    assert ((t1 > 0) & (t1 < 0.2)).all()
    with pytest.raises(ValueError, match="kernel is one of"):
        sunlight_current(model, kernel="magic")
