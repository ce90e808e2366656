"""The convention of signs on the package's first page, line by line, from definitions alone."""

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    Lattice,
    TightBinding,
    berry_curvature,
    chern_number,
    fluxes,
    haldane,
    hall_conductivity,
    one_angle,
    ribbon,
    ribbon_bands,
)

torch.set_num_threads(1)


def test_a_bond_carries_an_amplitude_from_its_start_to_its_end():
    """On a torus of 5 x 4 cells in real space, plane waves exp(i k.r) see H(k)."""
    lattice = Lattice(
        [[1.0, 0.2], [0.3, 1.1]],
        [[0.0, 0.0], [0.4, 0.3]],
        [(1, 0, 0, 0), (0, 1, 1, 0), (0, 0, 0, 1), (1, 0, 1, -1)],
    )
    rng = np.random.default_rng(0)
    t = rng.normal(size=4) + 1j * rng.normal(size=4)
    model = TightBinding(lattice, t, [0.3, -0.7])
    shape = (5, 4)
    sites = [(i, j, o) for i in range(shape[0]) for j in range(shape[1]) for o in (0, 1)]
    number = {site: n for n, site in enumerate(sites)}
    h = np.zeros((40, 40), complex)
    for (to, start, p, q), amplitude in zip(lattice.bonds.tolist(), t, strict=True):
        for i in range(shape[0]):
            for j in range(shape[1]):
                end = number[(i + p) % shape[0], (j + q) % shape[1], to]
                h[end, number[i, j, start]] += amplitude
    h = h + h.conj().T + np.diag([model.on_site[site[2]].item() for site in sites])
    places = np.array([np.array(s[:2]) @ lattice.vectors + lattice.positions[s[2]] for s in sites])
    k = np.array([2 / 5, 3 / 4]) @ lattice.reciprocal
    wave = np.exp(1j * places @ k)
    for state in np.eye(2):
        u = np.array([state[site[2]] for site in sites])
        expected = (model.hamiltonian(k).numpy()[0] @ state)[[site[2] for site in sites]]
        assert h @ (wave * u) == pytest.approx(wave * expected)


def loop_phase(model, k, side, band):
    """Phase that a state takes up anticlockwise around a square: minus arg of its overlaps."""
    corners = k + side * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    _, states = np.linalg.eigh(model.hamiltonian(corners).numpy())
    u = states[:, :, band]
    overlaps = [u[n].conj() @ u[(n + 1) % 4] for n in range(4)]
    return -np.angle(np.prod(overlaps))


@pytest.mark.parametrize("band", [0, 1])
def test_curvature_is_the_phase_around_a_small_loop(band):
    """With A = i <u|du> a link <u_1|u_2> is exp(-i A.dk), and the phase is Omega times the area."""
    model, mesh, side = haldane(0.7, 0.4, 0.2), 7, 1e-3
    curvature = berry_curvature(model, mesh, bands=(band,)).numpy().ravel()
    for n in (0, 10, 25, 40):
        corner = model.lattice.mesh(mesh)[n] - side / 2
        phase = loop_phase(model, corner, side, band)
        assert phase / side**2 == pytest.approx(curvature[n], rel=1e-4)


@pytest.mark.parametrize("phi", [np.pi / 2, -np.pi / 2, 2.0])
def test_hall_current_flows_along_y_in_a_field_along_x(phi):
    """The drift of electrons on a ribbon in a weak potential that rises across it.

    A particle of the charge q in the potential U = q V feels E_y = -(dU/dy) / q. The ribbon has the
    field along y and shows the current along x: j_x = -sigma E_y, since sigma is that of the
    current along y in a field along x. Hence the flow of particles is sigma (dU/dy) / 2 pi.
    """
    model, width, slope, momenta = haldane(phi, 0.0, 0.15), 40, 1e-3, 100
    lattice = model.lattice
    strip = ribbon(model, width)
    length = strip.lattice.vectors[0, 0]
    rows = np.arange(width)[:, None] * lattice.vectors[1, 1]
    y = (rows + lattice.positions[:, 1]).ravel()
    k = (np.arange(momenta) + 0.5)[:, None] / momenta * 2 * np.pi / length
    h, step = strip.hamiltonian(k).numpy(), 1e-5
    velocity = (strip.hamiltonian(k + step) - strip.hamiltonian(k - step)).numpy() / (2 * step)

    def flow(potential):
        """Particles that pass each row, for each length of its height."""
        energies, states = np.linalg.eigh(h + np.diag(potential))
        filled = states * (energies < 0.1)[:, None, :]
        density = filled @ states.conj().mT
        local = np.einsum("kij,kji->ki", velocity, density).real
        return local.reshape(momenta, width, 2).sum(-1).mean(0) / length / lattice.vectors[1, 1]

    drift = (flow(slope * (y - y.mean())) - flow(0 * y))[width // 2 - 3 : width // 2 + 3].mean()
    sigma = float(hall_conductivity(model, 0.0, filling=1, mesh=80))
    assert abs(sigma) > 0.9
    assert drift == pytest.approx(sigma * slope / (2 * np.pi), rel=0.02)


NEAR = np.array([[0.0, 1.0], [np.sqrt(3) / 2, -0.5], [-np.sqrt(3) / 2, -0.5]])  # A to B


def strip_in_plain_words(phi, t2, rows, k):
    """Haldane's ribbon along x from steps and turns: H(k), (k, site, site), and y of each site.

    A hop to a second neighbour is two steps to a nearest one. It has the phase +phi where the path
    turns to the right, -phi where it turns to the left. No two sites of a cell have the same y.
    """
    height = np.array([1.5 * row + up for row in range(rows) for up in (0, 1)])
    h = np.zeros((len(k), len(height), len(height)), complex)

    def hop(start, step, amplitude):
        for end in np.flatnonzero(np.isclose(height, height[start] + step[1])):
            h[:, end, start] += amplitude * np.exp(-1j * k * step[0])

    for start in range(len(height)):
        side = 1 if start % 2 == 0 else -1
        for first in side * NEAR:
            hop(start, first, 1.0)
            for second in -side * NEAR:
                turn = first[0] * second[1] - first[1] * second[0]
                if abs(turn) > 1e-9:
                    hop(start, first + second, t2 * np.exp(-1j * phi * np.sign(turn)))
    assert np.abs(h - h.conj().mT).max() < 1e-12
    return h, height


@pytest.mark.parametrize("phi", [np.pi / 2, -np.pi / 2, 2.4, 0.0])
def test_edge_modes_of_a_plain_ribbon_are_those_that_the_chern_number_demands(phi):
    """Bulk and edge: C modes more to the right than to the left above, the reverse below."""
    rows, level, k = 24, 0.1, np.linspace(0, 2 * np.pi / np.sqrt(3), 301)
    m = 0.0 if phi else 1.0
    h, height = strip_in_plain_words(phi, 0.15, rows, k)
    h = h + np.diag(m * np.tile([1.0, -1.0], rows))
    energies, states = np.linalg.eigh(h)
    below = energies < level
    at, band = np.nonzero(below[1:] != below[:-1])
    place = (np.abs(states[at, :, band]) ** 2) @ height / height.max()
    rightwards = np.where(below[at, band], 1, -1)  # the sign of dE/dk
    chern = chern_number(haldane(phi, m, 0.15))
    assert chern == np.sign(phi)
    assert rightwards[place > 0.7].sum() == chern
    assert rightwards[place < 0.3].sum() == -chern
    ka, ours, _ = ribbon_bands(haldane(phi, m, 0.15), rows, k[::50] * np.sqrt(3))
    assert np.abs(ours.numpy() - energies[::50]).max() < 1e-12
    assert len(ka) == 7


def test_the_edge_of_a_state_is_its_weight_in_the_outer_quarters():
    rows, k = 20, np.array([0.3, 1.1, 2.3])
    h, height = strip_in_plain_words(0.9, 0.15, rows, k)
    energies, states = np.linalg.eigh(h + np.diag(0.2 * np.tile([1.0, -1.0], rows)))
    assert np.diff(energies).min() > 1e-4, "states are those of one energy each"
    weight, quarter = np.abs(states) ** 2, 1.5 * rows / 4
    low = (weight * (height < quarter)[:, None]).sum(1)
    high = (weight * (height >= 3 * quarter)[:, None]).sum(1)
    _, _, edge = ribbon_bands(haldane(0.9, 0.2, 0.15), rows, k * np.sqrt(3))
    assert edge.numpy() == pytest.approx(low - high, abs=1e-9)


def crossings(model, filling, width, along):
    """Net number of modes in the gap along the ribbon's vector: at the first and the last rows."""
    energies = model.bands(model.lattice.mesh(24))
    level = float(energies[:, filling - 1].max() + energies[:, filling].min()) / 2
    _, bands, edge = ribbon_bands(model, width, 241, along)
    below = bands.numpy() < level
    at, band = np.nonzero(below[1:] != below[:-1])
    side, forwards = edge.numpy()[at, band], np.where(below[at, band], 1, -1)
    assert np.abs(side).min() > 0.3, "each crossing lives at one edge"
    return forwards[side > 0].sum(), forwards[side < 0].sum()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("model", "filling", "width"), [(haldane(0.4 * np.pi, 0.1, 0.2), 1, 24), (one_angle(), 2, 40)]
)
def test_edge_modes_run_clockwise_around_a_sample_with_a_positive_chern_number(
    model, filling, width, reverse
):
    if reverse:  # time reversal
        model = TightBinding(model.lattice, model.hoppings.conj(), model.on_site)
    chern = chern_number(model, range(filling), 24)
    assert abs(chern) == {1: 1, 2: 6}[filling]
    assert (chern < 0) == reverse
    # along vector 0 the other vector points to the left: the first rows are the lower edge
    assert crossings(model, filling, width, along=0) == (-chern, chern)
    if filling == 1:
        assert crossings(model, filling, width, along=1) == (chern, -chern)


def test_a_flux_is_counted_anticlockwise():
    """Peierls phases of a field B along +z, charge +1: the flux of a loop is B times its area."""
    field = 0.3
    vectors = np.array([[1.0, 0.0], [0.4, 0.9]])
    positions = np.array([[0.0, 0.0], [0.5, 0.2], [0.1, 0.6]])
    lattice = Lattice(vectors, positions, [(1, 0, 0, 0), (2, 1, 0, 0), (2, 0, 0, 0)])
    start, end = (positions[lattice.bonds[:, n]] for n in (1, 0))
    # A = B/2 (-y, x) along straight bonds
    phase = field / 2 * (start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0])
    (loop,) = fluxes(TightBinding(lattice, 1.7 * np.exp(1j * phase)))
    area = (0.5 * 0.6 - 0.2 * 0.1) / 2
    assert loop.area == pytest.approx(area)
    assert float(loop.flux) == pytest.approx(field * area)
