"""The sweep engine against Kwant, against exact statements, and its gradients."""

import numpy as np
import psutil
import pytest
import torch
from kwant_wires import kwant_conductance, kwant_density

from qmlcourse.transport import AntidotWire, DisorderedWire, OutOfMemory, lead, lowest_energy
from qmlcourse.transport.wires import _sweep

FLUX = np.array([0.0, 0.0031, -0.0047, 0.013])


def random_wire(number):
    rng = np.random.default_rng(3000 + number)
    width = int(rng.integers(1, 20))
    wire = DisorderedWire(int(rng.integers(1, 28)), width)
    energy = rng.uniform(lowest_energy(width) + 0.1, 1.9)
    return wire, energy, wire.potential(rng.uniform(0.2, 3), [number, 99])


@pytest.mark.parametrize("number", range(30))
def test_conductance_and_density_agree_with_kwant(number):
    wire, energy, on_site = random_wire(number)
    ours = wire.conductance(energy, FLUX, on_site)
    assert ours.shape == (2, 4)
    assert np.abs(ours[0] - kwant_conductance(wire, energy, on_site[0], FLUX)).max() < 1e-9
    side = number % 2
    reference = kwant_density(wire, energy, on_site[1], FLUX[3], side)
    density = wire.density(energy, FLUX, on_site, source=("left", "right")[side])[1, 3]
    assert np.abs(density - reference).max() < 1e-8 * reference.max()


def test_single_precision_agrees_to_four_digits():
    for number in range(0, 30, 3):
        wire, energy, on_site = random_wire(number)
        single = wire.conductance(energy, FLUX, on_site.astype(np.float32))
        assert single.dtype == np.float32
        assert np.abs(single - wire.conductance(energy, FLUX, on_site)).max() < 1e-4


@pytest.mark.parametrize("number", range(6))
def test_exact_statements(number):
    wire, energy, on_site = random_wire(number)
    g = wire.conductance(energy, FLUX, on_site)
    s = wire.scattering_matrix(energy, FLUX[3], on_site)
    assert np.abs(s @ s.conj().swapaxes(-1, -2) - np.eye(s.shape[-1])).max() < 1e-10
    eigenvalues = wire.transmission_eigenvalues(energy, FLUX, on_site)
    assert eigenvalues.min() > -1e-12
    assert eigenvalues.max() < 1 + 1e-10
    assert np.abs(eigenvalues.sum(-1) - g).max() < 1e-10
    fano = (eigenvalues * (1 - eigenvalues)).sum(-1) / g
    assert np.abs(wire.fano_factor(energy, FLUX, on_site) - fano).max() < 1e-8
    assert np.abs(wire.conductance(energy, -FLUX, on_site) - g).max() < 1e-9
    mirrored = wire.conductance(energy, FLUX, on_site[:, ::-1])
    assert np.abs(mirrored - g).max() < 1e-9
    assert np.abs(wire.conductance(energy, FLUX, on_site[:, :, ::-1]) - g).max() < 1e-9


def test_current_is_conserved_from_site_to_site():
    wire, energy = DisorderedWire(17, 9), -1.2
    on_site = wire.potential(1.5, [4])
    g = wire.conductance(energy, FLUX, on_site)
    along_x, along_y = wire.current(energy, FLUX, on_site, source="right")
    assert np.abs(along_x.sum(-1) + g[..., None]).max() < 1e-9
    padded = np.pad(along_y, [(0, 0), (0, 0), (0, 0), (1, 1)])
    assert np.abs(np.diff(along_x, axis=2) + np.diff(padded, axis=3)[:, :, 1:-1]).max() < 1e-9


def test_both_engines_agree_where_both_apply():
    """Antidots as a potential of height V: the difference falls as 1 / V."""
    defects, energy = AntidotWire(16, 9), -1.4
    antidots = np.array([(5.2, 3.1, 1.8), (11, 6, 2)])
    wall = np.where(defects.mask(antidots), 0.0, 1e9)
    sweep = DisorderedWire(16, 9)
    assert (
        np.abs(
            sweep.conductance(energy, FLUX, wall) - defects.conductance(energy, FLUX, antidots)
        ).max()
        < 1e-6
    )


def test_gradient_agrees_with_finite_differences():
    wire, energy = DisorderedWire(9, 6), -1.1
    on_site = torch.tensor(wire.potential(1.0, [3, 4]), requires_grad=True)
    weights = torch.tensor([[1.0, -0.5], [0.3, 2.0]], dtype=torch.float64)

    def objective(values):
        return (weights * wire.conductance(energy, np.array([0.004, 0.011]), values)).sum()

    objective(on_site).backward()
    assert torch.autograd.gradcheck(objective, on_site, eps=1e-6, atol=1e-7)
    step = torch.zeros_like(on_site)
    step[1, 4, 2] = 1e-5
    with torch.no_grad():
        slope = (objective(on_site + step) - objective(on_site - step)) / 2e-5
    assert float(on_site.grad[1, 4, 2]) == pytest.approx(float(slope), rel=1e-6)


def test_torch_and_numpy_agree():
    wire, energy, on_site = random_wire(4)
    tensor = torch.as_tensor(on_site)
    assert (
        np.abs(
            wire.conductance(energy, FLUX, tensor).numpy() - wire.conductance(energy, FLUX, on_site)
        ).max()
        < 1e-12
    )
    density = wire.density(energy, torch.as_tensor(FLUX), tensor, source="both")
    assert (
        np.abs(density.numpy() - wire.density(energy, FLUX, on_site, source="both")).max() < 1e-11
    )


@pytest.mark.parametrize("width", [7, 13])
def test_a_folded_part_with_a_level_is_solved_as_a_whole(width):
    """A site behind a high wall, level right at the energy: singular slice by slice."""
    wire, energy = DisorderedWire(9, width), -1.0
    on_site = wire.potential(1.0, [1])
    on_site[0, 3] = 1e12
    on_site[0, 4, 2] = -1.0 - 1e-12
    on_site[0, 4, [1, 3]] = 1e12
    on_site[0, 5:, :] = 0.0
    g = wire.conductance(energy, [0.0, 0.01], np.concatenate([on_site, 0 * on_site]))
    assert np.abs(g[0]).max() < 1e-12
    assert np.abs(g[1] - wire.open_channels(energy, [0.0, 0.01])).max() < 1e-9


def test_a_batch_with_a_singular_wire_is_halved_until_it_stands_alone(monkeypatch):
    """Wires that the recursion cannot take are solved as a whole, and no other one is."""
    wire, energy = DisorderedWire(7, 4), -0.9
    many = wire.potential(1.5, range(5))
    expected = wire.conductance(energy, FLUX, many), wire.density(energy, FLUX, many)
    bad, sweep, taken = many[3], _sweep.sweep, []

    def stubborn(energies, values, *rest):
        if (values == bad).all((1, 2)).any():
            raise np.linalg.LinAlgError("Singular matrix")
        taken.append(len(values))
        return sweep(energies, values, *rest)

    monkeypatch.setattr(_sweep, "sweep", stubborn)
    found = wire.conductance(energy, FLUX, many), wire.density(energy, FLUX, many)
    assert sum(taken) == 2 * 4 * len(FLUX)
    for a, b in zip(expected, found, strict=True):
        assert np.abs(a - b).max() < 1e-9


def test_direct_solution_equals_the_recursion(monkeypatch):
    wire, energy, on_site = random_wire(8)
    swept = [
        wire.conductance(energy, FLUX, on_site),
        wire.density(energy, FLUX, on_site, source="right"),
        wire.scattering_matrix(energy, 0.004, on_site),
    ]
    monkeypatch.setattr(
        "qmlcourse.transport.wires.disordered_wire._SAFE", {"complex128": 0, "complex64": 0}
    )
    direct = [
        wire.conductance(energy, FLUX, on_site),
        wire.density(energy, FLUX, on_site, source="right"),
        wire.scattering_matrix(energy, 0.004, on_site),
    ]
    for a, b in zip(swept, direct, strict=True):
        assert np.abs(a - b).max() < 1e-9
    with pytest.raises(RuntimeError, match="no gradient"):
        wire.conductance(energy, FLUX, torch.tensor(on_site, requires_grad=True))


def test_ohms_law_and_fano_factor_of_a_diffusive_wire():
    """1/3 in a diffusive wire: Beenakker and Buettiker, Phys. Rev. B 46, 1889 (1992)."""
    wire, energy = DisorderedWire(60, 20), -0.85
    on_site = wire.potential(1.7, range(60))
    fano = wire.fano_factor(energy, 0.004, on_site)
    assert abs(fano.mean() - 1 / 3) < 0.04


def test_axes_are_sample_energy_field_channel_x_y_and_scalars_have_none():
    wire = DisorderedWire(7, 6)
    on_site = wire.potential(1.0, [3, 4])
    energies, flux = [-1.2, -2.0, -0.7], [0.0, 0.01]
    g = wire.conductance(energies, flux, on_site)
    assert g.shape == (2, 3, 2)
    assert wire.conductance(-2.0, flux, on_site[1]) == pytest.approx(g[1, 1], abs=1e-12)
    assert wire.conductance(energies, 0.01, on_site) == pytest.approx(g[:, :, 1], abs=1e-12)
    assert wire.conductance([-2.0], [0.01], on_site[:1]).shape == (1, 1, 1)
    assert np.ndim(wire.conductance(-2.0, 0.01, on_site[0])) == 0
    most = int(wire.open_channels(energies, flux).max())
    psi = wire.wave_function(energies, flux, on_site, source="right")
    assert psi.shape == (2, 3, 2, most, 7, 6)
    channels = wire.open_channels(-2.0, 0.01)
    alone = wire.wave_function(-2.0, 0.01, on_site[1], source="right")
    assert alone.shape == (channels, 7, 6)
    assert np.abs(psi[1, 1, 1, :channels] - alone).max() < 1e-12
    density = wire.density(energies, flux, on_site, source="right")
    assert density == pytest.approx((np.abs(psi) ** 2).sum(3))
    along_x, along_y = wire.current(energies, flux, on_site[0])
    assert along_x.shape == (3, 2, 6, 6)
    assert along_y.shape == (3, 2, 7, 5)
    assert np.abs(along_x.sum(-1) - g[0][..., None]).max() < 1e-10


def test_seeds_make_the_sample():
    wire = DisorderedWire(5, 4)
    assert (wire.potential(2.0, [7])[0] == wire.potential(2.0, [6, 7])[1]).all()
    assert (wire.potential(2.0, 7) == wire.potential(2.0, [6, 7])[1]).all()
    assert (wire.potential(2.0, np.random.default_rng(7)) == wire.potential(2.0, 7)).all()
    assert np.abs(wire.potential(2.0, [7])).max() <= 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda w: w.conductance(-1.0, 0.0, np.zeros((3, 3))), r"on_site must be \(sample, 8, 5\)"),
        (lambda w: w.conductance(-1.0, 0.0, np.full((8, 5), np.nan)), "on_site contains NaN"),
        (lambda w: w.potential(-1, [0]), "must not be negative"),
        (lambda w: w.potential(1, []), "non-empty sequence"),
        (lambda w: w.potential(1, [0.5]), "sequence of such integers"),
        (lambda w: w.conductance(5, 0.0, np.zeros((8, 5))), "outside the band"),
        (lambda w: w.conductance(-3.99, 0.0, np.zeros((8, 5))), "no channel is open"),
        (lambda w: w.density(-1.0, 0.0, np.zeros((8, 5)), source="up"), "source is"),
        (lambda w: w.scattering_matrix(-1.0, [0, 1], np.zeros((8, 5))), "one flux at a time"),
        (lambda w: w.scattering_matrix([-1, -2], 0.0, np.zeros((8, 5))), "one energy and one flux"),
        (lambda w: w.to_kwant(np.zeros((2, 8, 5))), "one wire"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call(DisorderedWire(8, 5))


@pytest.mark.parametrize(("call", "slices"), [("conductance", 1), ("density", 8)])
def test_memory_is_asked_for_sixteen_wires_of_nine_or_more_matrices(call, slices, monkeypatch):
    needed = 16 * 5 * 5 * 16 * (slices + 8)  # wires, matrix, bytes of a complex number, matrices
    wire, free = DisorderedWire(8, 5), needed

    class Memory:
        @property
        def available(self):
            return free

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    assert np.isfinite(getattr(wire, call)(-1.0, 0.0, np.zeros((8, 5)))).all()
    free = needed - 1
    with pytest.raises(OutOfMemory, match="take a smaller wire or fewer fields at a time"):
        getattr(wire, call)(-1.0, 0.0, np.zeros((8, 5)))


@pytest.mark.parametrize(("width", "flux"), [(80, 0.001), (100, 0.003), (60, 0.02)])
def test_leads_of_wide_wires_obey_their_equation(width, flux):
    """Their modes are nearly parallel: the ordered Schur form takes over."""
    for energy in (-3.2, -0.81):
        one = lead(tuple(range(width)), energy, flux)
        assert one.residual < 1e-10
        gamma = 1j * (one.self_energy - one.self_energy.conj().T)
        assert np.abs(one.injection @ one.injection.conj().T - gamma).max() < 1e-9
