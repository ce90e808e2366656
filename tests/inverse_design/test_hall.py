"""Hall conductivity, curvature and Chern numbers against closed forms and each other."""

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    Lattice,
    TightBinding,
    Waves,
    berry_curvature,
    chern_number,
    gap,
    gauge_transformed,
    haldane,
    hall_conductivity,
    honeycomb,
    one_angle,
    safe_eigh,
    triangular,
)

torch.set_num_threads(1)
E = np.e
# phi, m, t2, direct gap, Chern number, sigma at beta = e^-2, e^-1, 1, 10
TABLE = [
    (np.pi / 2, 0, 1, 2.0, 1, (0.1196, 0.31036, 0.67027, 0.99999)),
    (np.pi / 2, 0, 0.1, 1.0392, 1, (0.05936, 0.15970, 0.40550, 0.99796)),
    (np.pi / 2, 0.3, 0.1, 0.4392, 1, (0.05397, 0.14507, 0.36617, 0.96948)),
    (np.pi / 3, 0, 0.1, 0.9000, 1, (0.05520, 0.14857, 0.37810, 0.9906)),
]


@pytest.mark.parametrize(("phi", "m", "t2", "direct", "chern", "sigma"), TABLE)
def test_haldanes_model(phi, m, t2, direct, chern, sigma):
    """The masses at K are m -+ 3 sqrt(3) t2 sin(phi); the rest is a table of earlier numbers."""
    model = haldane(phi, m, t2)
    assert chern_number(model) == chern
    assert chern_number(model, [1]) == -chern
    corner = np.array([[4 * np.pi / (3 * np.sqrt(3)), 0], [-4 * np.pi / (3 * np.sqrt(3)), 0]])
    masses = np.sort(np.diff(model.bands(corner).numpy(), axis=1).ravel())
    expected = np.sort(2 * np.abs(m + np.array([-1, 1]) * 3 * np.sqrt(3) * t2 * np.sin(phi)))
    assert np.allclose(masses, expected, atol=1e-12)
    assert min(masses[0], float(gap(model, 1, 60)[0])) == pytest.approx(direct, abs=2e-4)
    for beta, value in zip((E**-2, E**-1, 1, 10), sigma, strict=True):
        assert float(hall_conductivity(model, 1 / beta, mesh=50)) == pytest.approx(value, abs=2e-5)


def test_boundary_of_the_phases():
    for phi in (np.pi / 6, np.pi / 3, np.pi / 2):
        edge = 3 * np.sqrt(3) * np.sin(phi)
        for sign in (1, -1):
            assert chern_number(haldane(phi, sign * 0.95 * edge, 1.0), mesh=60) == 1
            assert chern_number(haldane(phi, sign * 1.05 * edge, 1.0), mesh=60) == 0
        assert chern_number(haldane(-phi, 0.0, 1.0)) == -1


def test_closed_form_agrees_with_the_eigenstates_and_so_do_the_gradients():
    space = honeycomb()
    raw = space.starts(6, seed=3).requires_grad_()
    found = {}
    for method in ("closed", "eigh"):
        sigma = hall_conductivity(space.build(raw), 1.3, mesh=20, method=method)
        (slope,) = torch.autograd.grad(sigma.sum(), raw)
        found[method] = sigma.detach(), slope
    assert (found["closed"][0] - found["eigh"][0]).abs().max() < 1e-10
    assert (found["closed"][1] - found["eigh"][1]).abs().max() < 1e-8


@pytest.mark.parametrize("level", [{"chemical_potential": 0.2}, {"filling": 2}])
def test_gradients_agree_with_finite_differences(level):
    space = triangular()
    raw = space.starts(2, seed=1).requires_grad_()

    def sigma(values):
        return hall_conductivity(space.build(values), 1.7, mesh=7, **level).sum()

    (slope,) = torch.autograd.grad(sigma(raw), raw)
    for n in (0, 1, 7, 30):
        step = torch.zeros_like(raw)
        step[1, n] = 1e-5
        with torch.no_grad():
            difference = (sigma(raw + step) - sigma(raw - step)) / 2e-5
        assert float(slope[1, n]) == pytest.approx(float(difference), abs=1e-6)


def random_model(rng, orbitals):
    """A model on a square lattice with all bonds to cells up to one away, gapped or not."""
    cells = [(0, 0), (1, 0), (0, 1), (1, 1), (1, -1)]
    bonds = [
        (a, b, *cell)
        for cell in cells
        for a in range(orbitals)
        for b in range(orbitals)
        if cell != (0, 0) or a > b
    ]
    lattice = Lattice(np.eye(2), rng.uniform(0, 1, (orbitals, 2)), np.array(bonds), "square")
    t = rng.normal(size=len(bonds)) + 1j * rng.normal(size=len(bonds))
    return TightBinding(lattice, t, 3 * rng.normal(size=orbitals))


def test_cold_hall_conductivity_is_the_chern_number_of_gapped_models():
    rng = np.random.default_rng(0)
    seen = []
    while len(seen) < 25:
        orbitals = int(rng.integers(2, 6))
        occupied = int(rng.integers(1, min(orbitals, 5)))
        model = random_model(rng, orbitals)
        if gap(model, occupied, 6)[1] < 0.8:
            continue  # a coarse look first: most models are metals
        if gap(model, occupied, 40)[1] < 0.8:
            continue
        sigma = float(hall_conductivity(model, 0, filling=occupied, mesh=100))
        chern = chern_number(model, range(occupied), mesh=30)
        assert sigma == pytest.approx(chern, abs=0.02)
        seen.append(chern)
    assert len(set(seen)) > 2, "trivial and topological ones are among them"


@pytest.mark.parametrize("band", [0, 1])
@pytest.mark.parametrize("mesh", [12, 20, 40])
def test_a_block_that_touches_another_is_found_between_the_points_of_any_mesh(band, mesh):
    for model in (haldane(0.0, 0.0, 0.1), haldane(np.pi / 2, 3 * np.sqrt(3) * 0.1, 0.1)):
        with pytest.raises(ValueError, match="bands 0 and 1 touch"):
            chern_number(model, band, mesh)


def test_the_mesh_of_the_chern_number_keeps_off_the_corners_where_gaps_are_small():
    """A gap of 5e-9 at K, which a mesh of 12 would hit, decides the sign of two half turns."""
    t2 = 5e-9 / (6 * np.sqrt(3))
    models = haldane([np.pi / 2, -np.pi / 2], 0.0, [t2, t2])
    assert chern_number(models, mesh=12, undefined=99).tolist() == [1, -1]


def test_the_one_angle_model_has_six():
    for chi, sigma in ((0.0, 3.0624), (0.1184 * np.pi, 3.0943)):
        model = one_angle(chi)
        assert float(hall_conductivity(model, E, filling=2, mesh=32)) == pytest.approx(
            sigma, abs=3e-4
        )
        assert chern_number(model, [0, 1], mesh=20) == 6
        assert [chern_number(model, n, mesh=20) for n in range(4)] == [3, 3, -1, -5]


def test_second_and_third_hops_of_the_one_angle_model_have_the_stated_sizes():
    model = one_angle(0.3, t2=[0.5, 0.7], t3=[0.25, 0.1])
    length = np.linalg.norm(model.lattice.steps, axis=1)
    for number, (t2, t3) in enumerate(((0.5, 0.25), (0.7, 0.1))):
        size = model.hoppings[number].abs().numpy()
        for reach, t in ((1, 1), (np.sqrt(3), t2), (2, t3)):
            assert size[np.abs(length - reach) < 1e-9] == pytest.approx([t] * 12)


def test_the_angle_turns_the_second_hops_in_turn_every_sixty_degrees():
    """-chi at 30 degrees, +chi at 90, -chi at 150; the ways back have the opposite phase."""
    with_angle, without = one_angle(0.3), one_angle(0.0)
    turn = torch.angle(with_angle.hoppings / without.hoppings).numpy()
    x, y = with_angle.lattice.steps.T
    degrees = np.round(np.degrees(np.arctan2(y, x))).astype(int)
    second = np.isclose(np.hypot(x, y), np.sqrt(3))
    assert turn[~second] == pytest.approx(0, abs=1e-12)
    for angle, wanted in ((30, -0.3), (90, 0.3), (150, -0.3)):
        assert turn[second & (degrees == angle)] == pytest.approx(wanted)
    assert set(degrees[second]) == {30, 90, 150}


def test_curvature_integrates_to_the_chern_number():
    model = haldane(np.pi / 2, 0.2, 0.3)
    curvature = berry_curvature(model, 50)
    area = abs(np.linalg.det(model.lattice.reciprocal))
    assert float(curvature.mean() * area / (2 * np.pi)) == pytest.approx(1, abs=1e-4)
    both = berry_curvature(model, 20, bands=(0, 1))
    assert both.abs().max() < 1e-10


def test_curvature_and_chern_number_are_those_of_pythtb():
    """PythTB's plaquette fluxes of the lower band, with its own Bloch phases and signs."""
    import pythtb

    phi, m, t2, count = 0.4 * np.pi, 0.3, 0.2, 80
    ours = haldane(phi, m, t2)
    lattice = ours.lattice
    places = np.linalg.solve(lattice.vectors.T, lattice.positions.T).T
    theirs = pythtb.tb_model(2, 2, lattice.vectors.tolist(), places.tolist())
    theirs.set_onsite([m, -m])
    for (to, start, *cell), hop in zip(lattice.bonds.tolist(), ours.hoppings.numpy(), strict=True):
        # PythTB's amplitude is <start| H |to in cell>, which is the conjugate of ours
        theirs.set_hop(complex(hop.conj()), start, to, cell)
    waves = pythtb.wf_array(theirs, [count + 1, count + 1])
    waves.solve_on_grid([0.0, 0.0])
    fluxes = waves.berry_flux([0], individual_phases=True)
    assert abs(fluxes.sum() / (2 * np.pi)) == pytest.approx(1, abs=1e-9)
    assert chern_number(ours) == 1
    area = abs(np.linalg.det(lattice.reciprocal)) / count**2
    corners = berry_curvature(ours, count).numpy() * area
    middle = corners + np.roll(corners, -1, 0) + np.roll(corners, -1, 1)
    middle = (middle + np.roll(corners, (-1, -1), (0, 1))) / 4  # of a plaquette
    sign = np.sign(fluxes.sum())
    assert np.abs(sign * fluxes - middle).max() < 0.02 * np.abs(middle).max()
    energies = theirs.solve_one(np.array([0.21, 0.37]))
    assert ours.bands(np.array([0.21, 0.37]) @ lattice.reciprocal).numpy()[0] == pytest.approx(
        energies, abs=1e-12
    )


def test_velocities_are_the_derivatives_of_the_hamiltonian():
    model = random_model(np.random.default_rng(4), 3)
    k = np.array([[0.3, -1.1]])
    _, slopes = model.with_velocity(Waves(model.lattice, k))
    for axis in (0, 1):
        step = np.zeros(2)
        step[axis] = 1e-5
        difference = (model.hamiltonian(k + step) - model.hamiltonian(k - step)) / 2e-5
        assert (difference - slopes[axis]).abs().max() < 1e-8
        assert (model.derivative(k, 1, axis) - slopes[axis]).abs().max() < 1e-12
        ends = [model.derivative(k + s * step, 1, axis) for s in (1, -1)]
        bend = (ends[0] - ends[1]) / 2e-5
        assert (bend - model.derivative(k, 2, axis)).abs().max() < 1e-8
    h = model.hamiltonian(k)
    assert (h - h.mH).abs().max() < 1e-14


def test_no_gauge_and_no_choice_of_cell_moves_an_observable():
    model = random_model(np.random.default_rng(5), 3)
    turned = gauge_transformed(model, [0.3, -2.0, 1.1])
    assert (model.bands([[0.4, 0.9]]) - turned.bands([[0.4, 0.9]])).abs().max() < 1e-12
    sigma = [float(hall_conductivity(m, 0.7, filling=1, mesh=14)) for m in (model, turned)]
    assert sigma[0] == pytest.approx(sigma[1], abs=1e-12)
    assert chern_number(model, 0) == chern_number(turned, 0)


def test_gradient_of_a_hermitian_matrix_is_hermitian_and_that_of_finite_differences():
    rng = np.random.default_rng(2)
    parts = rng.normal(size=(3, 4, 4)) + 1j * rng.normal(size=(3, 4, 4))
    h, watched, direction = (torch.as_tensor(m + m.conj().T) for m in parts)

    def goal(matrix):
        energies, states = safe_eigh(matrix)
        seen = torch.einsum("in,ij,jn->n", states.conj(), watched, states).real
        return (seen * torch.tensor([1.0, -0.5, 0.0, 2.0]) + energies**2).sum()

    h = h.requires_grad_()
    (slope,) = torch.autograd.grad(goal(h), h)
    assert (slope - slope.mH).abs().max() < 1e-12
    with torch.no_grad():
        difference = (goal(h + 1e-6 * direction) - goal(h - 1e-6 * direction)) / 2e-6
    along = (slope.conj() * direction).sum().real
    assert float(along) == pytest.approx(float(difference), rel=1e-6)


def test_gradient_at_a_degeneracy_is_that_of_the_whole_level():
    """The projector on a degenerate level is smooth where its states are not."""
    h = torch.diag(torch.tensor([1.0, 1.0, 3.0], dtype=torch.complex128)).requires_grad_()
    energies, states = safe_eigh(h)
    weight = (states[0, :2].abs() ** 2).sum() + energies[:2].sum()
    (slope,) = torch.autograd.grad(weight, h)
    assert torch.isfinite(torch.view_as_real(slope)).all()
    expected = torch.diag(torch.tensor([1.0, 1.0, 0.0], dtype=torch.complex128))
    assert (slope - expected).abs().max() < 1e-6


@pytest.mark.filterwarnings("ignore:a mesh of 12")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: hall_conductivity(m, -1), "must not be negative"),
        (
            lambda m: hall_conductivity(m, filling=2),
            "a filling of 2 electrons a cell is imp",
        ),
        (lambda m: hall_conductivity(m, filling=1, chemical_potential=0), "not both"),
        (lambda m: hall_conductivity(m, method="magic"), "'auto', 'closed' or 'eigh'"),
        (lambda m: hall_conductivity(m, mesh=0), "number of points"),
        (lambda m: chern_number(m, 5), "numbered 0 to 1"),
        (lambda m: chern_number(m, []), "numbered 0 to 1"),
        (lambda m: chern_number(haldane(0.0, 0.0, 0.0), 0, mesh=3), "touch"),
        (lambda m: chern_number(one_angle(), [0, 2]), "neighbouring bands"),
        (lambda m: haldane(np.nan, 0, 1), "NaN"),
        (lambda m: TightBinding(m.lattice, np.ones(3)), "9 bonds but hoppings"),
        (lambda m: TightBinding(m.lattice, np.ones(9), np.ones(3)), "2 orbitals but on-site"),
        (
            lambda m: Lattice(np.eye(2), np.zeros((1, 2)), [(0, 3, 0, 0)]),
            "the orbitals 0 to 3",
        ),
        (lambda m: Lattice(np.zeros((2, 2)), np.zeros((1, 2)), []), "two independent ones"),
        (lambda m: hall_conductivity(one_angle(), method="closed"), "two orbitals"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call(haldane(np.pi / 2, 0, 0.1))


def test_a_mesh_through_the_corners_is_warned_of():
    with pytest.warns(UserWarning, match="a mesh of 12 hits the corners"):
        hall_conductivity(haldane(np.pi / 2, 0, 0.1), 1.0, mesh=12)
