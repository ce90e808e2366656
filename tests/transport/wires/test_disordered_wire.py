"""The sweep engine against Kwant, against exact statements, and its gradients."""

import kwant
import numpy as np
import pytest
import torch

from qmlcourse.transport import AntidotWire, DisorderedWire, lead, lowest_energy

FLUX = np.array([0.0, 0.0031, -0.0047, 0.013])


def kwant_conductance(wire, on_site, flux):
    system = wire.to_kwant(on_site)
    return np.array(
        [
            kwant.smatrix(system, wire.energy, params={"flux": f}).transmission(1, 0)
            for f in np.atleast_1d(flux)
        ]
    )


def random_wire(number):
    rng = np.random.default_rng(3000 + number)
    width = int(rng.integers(1, 20))
    wire = DisorderedWire(
        int(rng.integers(1, 28)), width, rng.uniform(lowest_energy(width) + 0.1, 1.9)
    )
    return wire, wire.potential(rng.uniform(0.2, 3), [number, 99])


@pytest.mark.parametrize("number", range(30))
def test_conductance_and_density_agree_with_kwant(number):
    wire, on_site = random_wire(number)
    ours = wire.conductance(on_site, FLUX)
    assert ours.shape == (2, 4)
    assert np.abs(ours[0] - kwant_conductance(wire, on_site[0], FLUX)).max() < 1e-9
    side = number % 2
    system = wire.to_kwant(on_site[1])
    psi = kwant.wave_function(system, wire.energy, params={"flux": FLUX[3]})(side)
    reference = np.zeros((wire.length, wire.width))
    for site, value in zip(system.sites, (np.abs(psi) ** 2).sum(0), strict=True):
        if 0 <= site.tag[0] < wire.length:
            reference[tuple(site.tag)] = value
    density = wire.density(on_site, FLUX, source=("left", "right")[side])[1, 3]
    assert np.abs(density - reference).max() < 1e-8 * reference.max()


def test_single_precision_agrees_to_four_digits():
    for number in range(0, 30, 3):
        wire, on_site = random_wire(number)
        single = wire.conductance(on_site.astype(np.float32), FLUX)
        assert single.dtype == np.float32
        assert np.abs(single - wire.conductance(on_site, FLUX)).max() < 1e-4


@pytest.mark.parametrize("number", range(6))
def test_exact_statements(number):
    wire, on_site = random_wire(number)
    g = wire.conductance(on_site, FLUX)
    s = wire.scattering_matrix(on_site, FLUX[3])
    assert np.abs(s @ s.conj().swapaxes(-1, -2) - np.eye(s.shape[-1])).max() < 1e-10
    eigenvalues = wire.transmission_eigenvalues(on_site, FLUX)
    assert eigenvalues.min() > -1e-12
    assert eigenvalues.max() < 1 + 1e-10
    assert np.abs(eigenvalues.sum(-1) - g).max() < 1e-10
    fano = (eigenvalues * (1 - eigenvalues)).sum(-1) / g
    assert np.abs(wire.fano_factor(on_site, FLUX) - fano).max() < 1e-8
    assert np.abs(wire.conductance(on_site, -FLUX) - g).max() < 1e-9
    mirrored = wire.conductance(on_site[:, ::-1], FLUX)
    assert np.abs(mirrored - g).max() < 1e-9
    assert np.abs(wire.conductance(on_site[:, :, ::-1], FLUX) - g).max() < 1e-9


def test_current_is_conserved_from_site_to_site():
    wire = DisorderedWire(17, 9, -1.2)
    on_site = wire.potential(1.5, [4])
    g = wire.conductance(on_site, FLUX)
    along_x, along_y = wire.current(on_site, FLUX, source="right")
    assert np.abs(along_x.sum(-1) + g[..., None]).max() < 1e-9
    padded = np.pad(along_y, [(0, 0), (0, 0), (0, 0), (1, 1)])
    assert np.abs(np.diff(along_x, axis=2) + np.diff(padded, axis=3)[:, :, 1:-1]).max() < 1e-9


def test_both_engines_agree_where_both_apply():
    """Antidots as a potential of height V: the difference falls as 1 / V."""
    defects = AntidotWire(16, 9, -1.4)
    antidots = np.array([(5.2, 3.1, 1.8), (11, 6, 2)])
    wall = np.where(defects.mask(antidots)[0], 0.0, 1e9)
    sweep = DisorderedWire(16, 9, -1.4)
    assert np.abs(sweep.conductance(wall, FLUX) - defects.conductance(antidots, FLUX)).max() < 1e-6


def test_gradient_agrees_with_finite_differences():
    wire = DisorderedWire(9, 6, -1.1)
    on_site = torch.tensor(wire.potential(1.0, [3, 4]), requires_grad=True)
    weights = torch.tensor([[1.0, -0.5], [0.3, 2.0]], dtype=torch.float64)

    def objective(values):
        return (weights * wire.conductance(values, np.array([0.004, 0.011]))).sum()

    objective(on_site).backward()
    assert torch.autograd.gradcheck(objective, on_site, eps=1e-6, atol=1e-7)
    step = torch.zeros_like(on_site)
    step[1, 4, 2] = 1e-5
    with torch.no_grad():
        slope = (objective(on_site + step) - objective(on_site - step)) / 2e-5
    assert float(on_site.grad[1, 4, 2]) == pytest.approx(float(slope), rel=1e-6)


def test_torch_and_numpy_agree():
    wire, on_site = random_wire(4)
    tensor = torch.as_tensor(on_site)
    assert (
        np.abs(wire.conductance(tensor, FLUX).numpy() - wire.conductance(on_site, FLUX)).max()
        < 1e-12
    )
    density = wire.density(tensor, torch.as_tensor(FLUX), source="both")
    assert np.abs(density.numpy() - wire.density(on_site, FLUX, source="both")).max() < 1e-11


@pytest.mark.parametrize("width", [7, 13])
def test_a_folded_part_with_a_level_is_solved_as_a_whole(width):
    """A site behind a high wall, level right at the energy: singular slice by slice."""
    wire = DisorderedWire(9, width, -1.0)
    on_site = wire.potential(1.0, [1])
    on_site[0, 3] = 1e12
    on_site[0, 4, 2] = -1.0 - 1e-12
    on_site[0, 4, [1, 3]] = 1e12
    on_site[0, 5:, :] = 0.0
    g = wire.conductance(np.concatenate([on_site, 0 * on_site]), [0.0, 0.01])
    assert np.abs(g[0]).max() < 1e-12
    assert np.abs(g[1] - wire.open_channels([0.0, 0.01])).max() < 1e-9


def test_direct_solution_equals_the_recursion(monkeypatch):
    wire, on_site = random_wire(8)
    swept = [
        wire.conductance(on_site, FLUX),
        wire.density(on_site, FLUX, source="right"),
        wire.scattering_matrix(on_site, 0.004),
    ]
    monkeypatch.setattr(
        "qmlcourse.transport.wires.disordered_wire._SAFE", {"complex128": 0, "complex64": 0}
    )
    direct = [
        wire.conductance(on_site, FLUX),
        wire.density(on_site, FLUX, source="right"),
        wire.scattering_matrix(on_site, 0.004),
    ]
    for a, b in zip(swept, direct, strict=True):
        assert np.abs(a - b).max() < 1e-9
    with pytest.raises(RuntimeError, match="no gradient"):
        wire.conductance(torch.tensor(on_site, requires_grad=True), FLUX)


def test_ohms_law_and_fano_factor_of_a_diffusive_wire():
    """1/3 in a diffusive wire: Beenakker and Buettiker, Phys. Rev. B 46, 1889 (1992)."""
    wire = DisorderedWire(60, 20, -0.85)
    on_site = wire.potential(1.7, range(60))
    fano = wire.fano_factor(on_site, 0.004)
    assert abs(fano.mean() - 1 / 3) < 0.04


def test_seeds_make_the_sample():
    wire = DisorderedWire(5, 4, -1.0)
    assert (wire.potential(2.0, [7])[0] == wire.potential(2.0, [6, 7])[1]).all()
    assert np.abs(wire.potential(2.0, [7])).max() <= 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda w: w.conductance(np.zeros((3, 3)), 0.0), r"on_site must be \(sample, 8, 5\)"),
        (lambda w: w.conductance(np.full((8, 5), np.nan), 0.0), "on_site contains NaN"),
        (lambda w: w.potential(-1, [0]), "must not be negative"),
        (lambda w: w.potential(1, []), "non-empty sequence"),
        (lambda w: w.potential(1, [0.5]), "sequence of integers"),
        (lambda w: w.at(5), "outside the band"),
        (lambda w: w.density(np.zeros((8, 5)), 0.0, source="up"), "source is"),
        (lambda w: w.scattering_matrix(np.zeros((8, 5)), [0, 1]), "one flux at a time"),
        (lambda w: w.to_kwant(np.zeros((2, 8, 5))), "one wire"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call(DisorderedWire(8, 5, -1.0))


@pytest.mark.parametrize(("width", "flux"), [(80, 0.001), (100, 0.003), (60, 0.02)])
def test_leads_of_wide_wires_obey_their_equation(width, flux):
    """Their modes are nearly parallel: the ordered Schur form takes over."""
    for energy in (-3.2, -0.81):
        one = lead(tuple(range(width)), energy, flux)
        assert one.residual < 1e-10
        gamma = 1j * (one.self_energy - one.self_energy.conj().T)
        assert np.abs(one.injection @ one.injection.conj().T - gamma).max() < 1e-9
