"""Photocurrents: exact zeros by symmetry, gauge invariance, and the dipole's derivative."""

from itertools import product

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    Lattice,
    TightBinding,
    cone,
    gauge_transformed,
    photocurrent,
    spin_chain,
)
from qmlcourse.inverse_design.kernels import dipole
from qmlcourse.inverse_design.photocurrent import KERNELS

torch.set_num_threads(1)
OMEGA = np.linspace(0.05, 1.2, 12)
HOPS = {"t1": 0.117, "t2": 0.079, "exchange": 0.25}


def current(spins, kernel, sites_per_mesh=120, **hops):
    model = spin_chain(spins, **(HOPS | hops))
    mesh = sites_per_mesh // len(spins)
    return photocurrent(
        model, OMEGA, temperature=0.026, broadening=0.05, kernel=kernel, mesh=mesh
    ).numpy()


def irregular(sites=4, seed=1):
    spins = np.random.default_rng(seed).normal(size=(sites, 3))
    return spins / np.linalg.norm(spins, axis=1, keepdims=True)


@pytest.mark.parametrize("kernel", KERNELS)
def test_symmetry_forbids_a_current(kernel):
    """Coplanar and collinear textures: a spin rotation with time reversal turns k into -k."""
    coplanar, ferromagnet = cone(3, 0.0), np.tile([0.0, 0.6, 0.8], (3, 1))
    up_down = np.array([[0, 0, 1.0], [0, 0, -1.0]])
    allowed = np.abs(current(irregular(), kernel)).max()
    assert allowed > 1e-4
    for spins in (coplanar, ferromagnet, up_down):
        assert np.abs(current(spins, kernel)).max() < 1e-10 * allowed


def test_a_cone_gives_injection_and_no_shift():
    """A mirror of the chain with time reversal and a spin rotation leaves the cone as it is."""
    injection, shift = (np.abs(current(cone(3, 0.71), k)).max() for k in ("injection", "shift"))
    assert injection > 1e-2
    assert shift < 1e-12


@pytest.mark.parametrize("kernel", ["velocity", "injection", "length"])
def test_chirality_turns_the_current_round(kernel):
    one = current(cone(3, 0.71), kernel)
    assert np.abs(one).max() > 1e-3
    for other in (cone(3, 0.71, chirality=-1), cone(3, -0.71)):
        assert np.abs(current(other, kernel) + one).max() < 1e-10 * np.abs(one).max()


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_mirror_and_time_reversal_do_what_they_must(kernel):
    spins = irregular()
    one = current(spins, kernel)
    size = np.abs(one).max()
    assert np.abs(current(spins[::-1].copy(), kernel) + one).max() < 1e-9 * size, "inversion"
    if kernel in ("shift", "injection"):  # the others hold both kinds
        sign = {"shift": 1, "injection": -1}[kernel]
        assert np.abs(current(-spins, kernel) - sign * one).max() < 1e-9 * size


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_choice_of_cell_and_of_gauge_does_not_matter(kernel):
    spins = irregular(3)
    small, large = (current(np.tile(spins, (n, 1)), kernel) for n in (1, 4))
    assert np.abs(small - large).max() < 1e-8 * np.abs(small).max()
    model = spin_chain(spins, **HOPS)
    turned = gauge_transformed(model, [0.3, 0.3, -1.0, -1.0, 2.0, 2.0])
    a, b = (
        photocurrent(m, OMEGA, temperature=0.03, kernel=kernel, mesh=20) for m in (model, turned)
    )
    assert (a - b).abs().max() < 1e-10 * a.abs().max()


def rice_mele(dimer, mass):
    """Two orbitals at 0 and 0.4: bonds 1 + dimer and 1 - dimer, on-site energies +-mass."""
    lattice = Lattice([[1.0]], [[0.0], [0.4]], [(1, 0, 0), (0, 1, 1)], "Rice-Mele")
    return TightBinding(lattice, [1 + dimer, 1 - dimer], [mass, -mass])


def test_shift_current_needs_broken_inversion():
    shift = {"temperature": 0.02, "kernel": "shift", "mesh": 80, "broadening": 0.1}
    omega = np.linspace(1, 4, 9)
    full = photocurrent(rice_mele(0.3, 0.5), omega, **shift)
    assert full.abs().max() > 0.01
    assert photocurrent(rice_mele(0.3, 0.0), omega, **shift).abs().max() < 1e-12
    swapped = TightBinding(
        Lattice([[1.0]], [[0.0], [-0.4]], [(1, 0, 0), (0, 1, -1)], "mirror image"),
        *([1.3, 0.7], [0.5, -0.5]),
    )
    assert (photocurrent(swapped, omega, **shift) + full).abs().max() < 1e-12
    injection = photocurrent(rice_mele(0.3, 0.5), omega, **(shift | {"kernel": "injection"}))
    assert injection.abs().max() < 1e-12, "time reversal forbids it for linear light"


def test_derivative_of_the_dipole_agrees_with_parallel_transport():
    model = spin_chain(cone(3, 0.4), t1=1.0, t2=0.3, exchange=0.7)
    k, step = np.array([[0.31]]), 1e-5

    def solved(at):
        energies, states = torch.linalg.eigh(model.hamiltonian(at))
        v, w = (states.mH @ model.derivative(at, order) @ states for order in (1, 2))
        return states[0], *(x[0] for x in dipole(energies, v, w))

    states, _, derivative = solved(k)
    moved = []
    for sign in (1, -1):
        there, r_there, _ = solved(k + sign * step)
        overlap = torch.diagonal(states.mH @ there)
        phase = overlap / overlap.abs()
        moved.append(phase[:, None] * r_there * phase.conj()[None, :])
    difference = (moved[0] - moved[1]) / (2 * step)
    apart = ~torch.eye(6, dtype=torch.bool)
    assert (difference - derivative)[apart].abs().max() < 1e-4 * derivative.abs().max()


@pytest.mark.parametrize("spin", [[0.6, 0.0, 0.8], [0.48, 0.6, -0.64], [0.0, -1.0, 0.0]])
def test_the_lower_electrons_point_along_the_spin_of_their_site(spin):
    """H = hops - exchange S . sigma: the lowest state has the spin S and the energy -exchange."""
    model = spin_chain([spin], t1=0.0, exchange=0.7)
    energies, states = np.linalg.eigh(model.hamiltonian([[0.0]]).numpy()[0])
    up, down = states[:, 0]
    seen = [2 * (up.conj() * down).real, 2 * (up.conj() * down).imag, abs(up) ** 2 - abs(down) ** 2]
    assert seen == pytest.approx(spin, abs=1e-12)
    assert energies == pytest.approx([-0.7, 0.7])


def test_energies_of_a_ferromagnetic_chain():
    """E = 2 t1 cos k + 2 t2 cos 2 k -+ exchange, in any cell."""
    model = spin_chain(np.tile([0.0, 0.6, 0.8], (3, 1)), t1=0.3, t2=0.1, exchange=0.9)
    k = 0.37 + 2 * np.pi / 3 * np.arange(3)  # three momenta that fold on one
    band = 2 * 0.3 * np.cos(k) + 2 * 0.1 * np.cos(2 * k)
    wanted = np.sort(np.concatenate([band - 0.9, band + 0.9]))
    assert model.bands([[0.37]]).numpy()[0] == pytest.approx(wanted)


def test_a_cone_winds_as_it_says():
    spins = cone(8, -0.6, turns=2)
    assert np.linalg.norm(spins, axis=1) == pytest.approx(1)
    assert spins[:, 2] == pytest.approx(-0.6)
    angle = np.unwrap(np.arctan2(spins[:, 1], spins[:, 0]))
    assert angle == pytest.approx(np.pi / 2 * np.arange(8))
    assert cone(8, -0.6, turns=2, chirality=-1) == pytest.approx(spins * [1, -1, 1])


def test_the_three_velocities_are_the_sum_that_is_written():
    """A plain loop over all triples of states, term by term."""
    model = spin_chain(irregular(3), t1=1.0, t2=0.3, exchange=0.7)
    omega, d, t, mesh, step = 0.9, 0.2, 0.3, 5, 1e-5
    found = photocurrent(
        model, [omega], temperature=t, chemical_potential=0.1, broadening=d, mesh=mesh
    )
    total = 0.0
    for k in np.arange(mesh)[:, None] / mesh * 2 * np.pi / 3:  # three sites a cell
        h = model.hamiltonian(k).numpy()[0]
        slope = (model.hamiltonian(k + step) - model.hamiltonian(k - step)).numpy()[0] / (2 * step)
        e, u = np.linalg.eigh(h)
        v, f = u.conj().T @ slope @ u, 1 / (1 + np.exp((e - 0.1) / t))
        for a, b, c in product(range(6), repeat=3):
            path = (f[c] - f[a]) * v[a, c] * v[c, b] * v[b, a] / (e[a] - e[b] - 1j * d)
            total += sum((path / (e[a] - e[c] + w - 1j * d)).real for w in (omega, -omega))
    assert abs(total) > 0.01
    assert float(found) == pytest.approx(total / omega**2 / mesh / 3, rel=1e-6)


def test_the_three_velocities_hold_the_injection_part():
    """As the broadening falls, the sum grows as 1 / broadening, as the injection current does."""
    model = spin_chain(cone(3, 0.71), **HOPS)
    at = {"temperature": 0.026, "mesh": 3000}
    grown = [
        photocurrent(model, [0.45, 0.5], broadening=b, kernel="velocity", **at).numpy()
        for b in (0.01, 0.005)
    ]
    assert np.abs(grown[1] / grown[0] - 2).max() < 0.5


def test_the_density_matrix_gives_shift_and_injection_when_the_rate_is_small():
    at = {"temperature": 0.02, "mesh": 3000, "broadening": 0.01}
    omega = np.array([1.5, 2.0, 2.5])  # shift alone: time reversal forbids injection
    shift, length = (
        photocurrent(rice_mele(0.3, 0.5), omega, kernel=kernel, **at).numpy()
        for kernel in ("shift", "length")
    )
    assert np.abs(length - shift).max() < 0.06 * np.abs(shift).max()
    chain, omega = spin_chain(cone(3, 0.71), **HOPS), np.array([0.45, 0.55])
    at = {"temperature": 0.005, "mesh": 6000, "broadening": 0.002}
    injection, length = (
        photocurrent(chain, omega, kernel=one, **at).numpy() for one in ("injection", "length")
    )
    assert np.abs(length / injection - 1).max() < 0.03


def test_the_density_matrix_agrees_with_its_equation_of_motion():
    """The same by plain matrices in the basis of orbitals, where x is i d/dk and nothing else."""
    spins, mesh, rate, t = irregular(3), 240, 0.2, 0.1
    model = spin_chain(spins, t1=1.0, t2=0.3, exchange=0.7)
    omega = 1.3
    found = photocurrent(
        model, [omega], temperature=t, broadening=rate, kernel="length", mesh=mesh
    ).numpy()[0]
    k = model.lattice.mesh(mesh)[:, 0]
    h = model.hamiltonian(k[:, None]).numpy()
    energies, states = np.linalg.eigh(h)
    fermi = states * (1 / (1 + np.exp(energies / t)))[:, None, :] @ states.conj().mT
    x = np.array(model.lattice.positions[:, 0])
    apart = x[:, None] - x[None, :]

    def along(matrix):
        """d/dk on the mesh by a Fourier series, of what is periodic in reciprocal space."""
        wave = np.exp(1j * k[:, None, None] * apart)
        series = np.fft.fft(matrix * wave, axis=0)
        cells = 3.0 * np.fft.fftfreq(mesh, 1 / mesh)[:, None, None]
        back = np.fft.ifft(1j * cells * series, axis=0)
        return back / wave - 1j * apart * matrix

    def solve(frequency, drive):
        """rho from (frequency + i rate) rho - [h, rho] = -drive, by superoperators."""
        size = h.shape[-1]
        one = np.eye(size)
        whole = np.array(
            [
                (frequency + 1j * rate) * np.eye(size**2) - np.kron(m, one) + np.kron(one, m.T)
                for m in h
            ]
        )
        return np.linalg.solve(whole, -drive.reshape(mesh, -1, 1)).reshape(h.shape)

    total, velocity = 0, along(h)
    for sign in (1, -1):
        first = solve(sign * omega, 1j * along(fermi))
        second = solve(0.0, 1j * along(first))
        total += np.einsum("kij,kji->", velocity, second).real
    assert found == pytest.approx(total / mesh / 3.0, rel=1e-6)


def test_the_density_matrix_agrees_with_an_evolution_in_time_and_three_velocities_do_not():
    """A weak field moves all momenta to and fro; the mean current of one late period is read."""
    rate, omega, t, mesh, field = 0.05, 0.7, 0.0258, 16, 2e-3
    model = spin_chain(cone(3, 0.4), t1=0.117, t2=0.079, exchange=0.248)
    k = model.lattice.mesh(mesh)

    def at(moved):
        h = model.hamiltonian(k + moved).numpy()
        energies, states = np.linalg.eigh(h)
        fermi = states * (1 / (1 + np.exp(energies / t)))[:, None, :] @ states.conj().mT
        return h, fermi

    def slope(rho, h, fermi):
        return -1j * (h @ rho - rho @ h) - rate * (rho - fermi)

    each, periods = 60, 24
    step = 2 * np.pi / omega / each
    moves = 2 * field / omega * np.sin(omega * step / 2 * np.arange(2 * each + 1))
    known = [at(moved) for moved in moves[:-1]]  # a whole period, at half steps
    velocity = [model.derivative(k + moved, 1).numpy() for moved in moves[:-1:2]]
    rho, current = known[0][1], 0.0
    for number in range(each * periods):
        n = 2 * (number % each)
        here, middle, there = known[n], known[n + 1], known[(n + 2) % (2 * each)]
        if number >= each * (periods - 1):
            current += np.einsum("kij,kji->", velocity[n // 2], rho).real / each
        a = slope(rho, *here)
        b = slope(rho + step / 2 * a, *middle)
        c = slope(rho + step / 2 * b, *middle)
        d = slope(rho + step * c, *there)
        rho = rho + step / 6 * (a + 2 * b + 2 * c + d)
    measured = current / mesh / 3 / field**2
    options = {"temperature": t, "broadening": rate, "mesh": mesh}
    length, velocities = (
        float(photocurrent(model, [omega], kernel=kernel, **options)[0])
        for kernel in ("length", "velocity")
    )
    assert length == pytest.approx(measured, rel=5e-3)
    assert velocities / measured == pytest.approx(-0.5, abs=0.15)


def test_gradients_flow_to_spins_and_hops():
    angles = torch.tensor([0.3, 2.0, 4.1], dtype=torch.float64, requires_grad=True)
    height = torch.tensor(0.5, dtype=torch.float64)
    hop = torch.tensor(0.117, dtype=torch.float64, requires_grad=True)

    def objective(angles, hop):
        radius = torch.sqrt(1 - height**2)
        spins = torch.stack(
            [radius * torch.cos(angles), radius * torch.sin(angles), height.expand(3)], -1
        )
        model = spin_chain(spins, t1=hop, t2=0.079, exchange=0.25)
        return photocurrent(model, [0.4], temperature=0.03, mesh=12).sum()

    assert torch.autograd.gradcheck(objective, (angles, hop), eps=1e-6, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: photocurrent(m, [0.5], temperature=0.1, kernel="best"), "velocity, shift"),
        (lambda m: photocurrent(m, [-0.5], temperature=0.1), "frequencies must be positive"),
        (lambda m: photocurrent(m, [0.5], temperature=0), "temperature must be positive"),
        (lambda m: photocurrent(m, [0.5], temperature=1, broadening=0), "broadening must be"),
        (lambda m: spin_chain([[1, 1, 1]]), "unit vector"),
        (lambda m: spin_chain([1, 0, 0]), r"\(site, 3\)"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call(spin_chain(cone(3, 0.5)))
