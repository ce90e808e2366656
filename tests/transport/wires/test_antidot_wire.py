"""The defect engine against Kwant, against exact statements, and against bad input."""

import os

import kwant
import numpy as np
import psutil
import pytest
import torch
from kwant_wires import kwant_conductance, kwant_density

from qmlcourse.transport import AntidotWire, OutOfMemory, lowest_energy, open_channels
from qmlcourse.transport.wires import prepared

FLUX = np.array([0.0, 0.0031, -0.0047, 0.013])


def random_wire(number):
    """One to four antidots that touch walls, leads and each other; every second has a notch."""
    rng = np.random.default_rng(2000 + number)
    length, width = int(rng.integers(6, 28)), int(rng.integers(3, 20))
    energy = rng.uniform(lowest_energy(width) + 0.1, 2.5)
    notch = (length / 3, -0.5, 0.25 * width) if number % 2 else None
    count = int(rng.integers(1, 5))
    antidots = np.stack(
        [
            rng.uniform(0, length - 1, count),
            rng.uniform(0, width - 1, count),
            rng.uniform(0.3, 0.35 * width, count),
        ],
        axis=-1,
    )
    return AntidotWire(length, width, notch), energy, antidots


@pytest.mark.parametrize("number", range(30))
def test_conductance_and_density_agree_with_kwant(number):
    wire, energy, antidots = random_wire(number)
    ours = wire.conductance(energy, FLUX, antidots)
    assert ours.shape == (4,)
    assert np.abs(ours - kwant_conductance(wire, energy, antidots, FLUX)).max() < 1e-9
    side = number % 2
    density = wire.density(energy, FLUX[3], antidots, source=("left", "right")[side])
    reference = kwant_density(wire, energy, antidots, FLUX[3], side)
    assert np.abs(density - reference).max() < 1e-8 * reference.max()


def test_single_precision_agrees_to_four_digits():
    for number in range(0, 30, 3):
        wire, energy, antidots = random_wire(number)
        exact = wire.conductance(energy, FLUX, antidots)
        single = wire.conductance(energy, FLUX, antidots.astype(np.float32).astype(float))
        rounded = wire.conductance(energy, FLUX, antidots.astype(np.float32))
        assert rounded.dtype == np.float32
        assert np.abs(rounded - single).max() < 1e-4
        assert exact.dtype == np.float64


def wire_that_kwant_builds(length, width, antidots):
    """A wire in Kwant's own words, without our masks and our gauge's code."""
    square = kwant.lattice.square(norbs=1)

    def in_wire(position):
        x, y = position
        away = [np.hypot(x - cx, y - cy) > radius for cx, cy, radius in antidots]
        return -1 <= x <= length and 0 <= y < width and all(away)

    def hopping(to_site, from_site, flux):
        (x1, y1), (x0, y0) = to_site.pos, from_site.pos
        return -np.exp(-1j * np.pi * flux * (x1 - x0) * (y1 + y0))

    wire = kwant.Builder()
    wire[square.shape(in_wire, (-1, 0))] = 0.0
    wire[square.neighbors()] = hopping
    strip = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    strip[(square(0, y) for y in range(width))] = 0.0
    strip[square.neighbors()] = hopping
    wire.attach_lead(strip)
    wire.attach_lead(strip.reversed())
    return wire.finalized()


def test_geometry_agrees_with_a_wire_that_kwant_builds_itself():
    antidots = np.array([(8.3, 6.1, 2.5), (15.0, 3.0, 3.0), (19.7, 9.2, 1.6)])
    system = wire_that_kwant_builds(26, 13, antidots)
    wire, energy = AntidotWire(26, 13), -1.7
    assert len(system.sites) == wire.mask(antidots).sum() + 2 * 13
    reference = [kwant.smatrix(system, -1.7, params={"flux": f}).transmission(1, 0) for f in FLUX]
    assert np.abs(wire.conductance(energy, FLUX, antidots) - reference).max() < 1e-9


@pytest.mark.parametrize(
    ("energy", "radius"),
    [(0.0, 1), (0.0, 2), (0.0, 3), (-2.0, 2), (-np.sqrt(2), 2), (-1.0, 2), (-np.sqrt(2), 3)],
)
def test_levels_inside_a_closed_rim_do_no_harm(energy, radius):
    wire = AntidotWire(16, 10)
    antidots = np.array([(7.0, 5, radius), (11, 4, 1)])
    flux = np.array([0.0, 0.01])
    step = 1e-5  # Kwant may be singular right there: four neighbours, extrapolated
    g = {n: kwant_conductance(wire, energy + n * step, antidots, flux) for n in (-2, -1, 1, 2)}
    reference = (4 * (g[1] + g[-1]) - (g[2] + g[-2])) / 6
    assert np.abs(wire.conductance(energy, flux, antidots) - reference).max() < 1e-9


@pytest.mark.parametrize(
    ("width", "energy"), [(20, -1.0), (11, -2.0), (9, 2.0), (5, 1.0), (7, 2.0), (1, 2 - 1e-15)]
)
@pytest.mark.parametrize("notch", [None, [(4, 0)]])
def test_energies_right_at_the_opening_of_a_channel(width, energy, notch):
    """The clean wire's Green's function diverges there; Kwant is good to the root of its digits."""
    wire = AntidotWire(14, width, notch)
    antidots = np.array([(7.0, width / 2, min(2.0, width / 4)), (11, 0, 0.5)])
    flux = np.array([0.0, 0.004])
    system = wire.to_kwant(antidots)
    ours = wire.conductance(energy, flux, np.stack([antidots, antidots[::-1]]))
    for n, f in enumerate(flux):
        s = kwant.smatrix(system, energy, params={"flux": f})
        assert ours[0, n] == pytest.approx(s.transmission(1, 0), abs=2e-5)
    assert np.abs(ours[0] - ours[1]).max() < 1e-9
    s = wire.scattering_matrix(energy, 0.0, antidots)
    assert np.abs(s @ s.conj().T - np.eye(len(s))).max() < 1e-10
    g = wire.transmission_eigenvalues(energy, flux, antidots).sum(-1)
    assert np.abs(g - ours[0]).max() < 1e-9
    density = wire.density(energy, flux, antidots, source="both")
    assert np.isfinite(density).all()
    assert (density[:, ~wire.mask(antidots)] == 0).all()


@pytest.mark.parametrize("number", range(5))
def test_a_whole_solution_agrees_with_the_corrections(number, monkeypatch):
    wire, energy, antidots = random_wire(number)
    at = energy, FLUX, antidots
    quick = wire.conductance(*at), wire.density(*at, source="both")
    monkeypatch.setattr("qmlcourse.transport.wires._green._FINITE", 0.0)
    fresh = AntidotWire(wire.length, wire.width, wire.notch)
    whole = fresh.conductance(*at), fresh.density(*at, source="both")
    for a, b in zip(quick, whole, strict=True):
        assert np.abs(a - b).max() < 1e-9 * max(1, np.abs(a).max())


def test_a_pocket_closed_by_antidots_and_wall_is_dark():
    wire, energy = AntidotWire(20, 12), -1.1
    around = [(8, y, 1) for y in range(3)] + [(x, 3, 1) for x in range(8, 14)]
    antidots = np.array([*around, *((13, y, 1) for y in range(3))], float)
    assert wire.mask(antidots)[10, 0], "the pocket has sites"
    assert wire.density(energy, 0.004, antidots)[10, 0] == 0
    ours = wire.conductance(energy, FLUX, antidots)
    assert np.abs(ours - kwant_conductance(wire, energy, antidots, FLUX)).max() < 1e-9


def test_a_wire_that_is_cut_does_not_conduct():
    wire, energy = AntidotWire(20, 9), -1.3
    assert np.abs(wire.conductance(energy, FLUX, [(10, 4, 5.0)])).max() < 1e-12


@pytest.mark.parametrize("number", range(6))
def test_scattering_is_unitary_and_eigenvalues_are_probabilities(number):
    wire, energy, antidots = random_wire(number)
    s = wire.scattering_matrix(energy, 0.007, antidots)
    assert np.abs(s @ s.conj().T - np.eye(len(s))).max() < 1e-10
    eigenvalues = wire.transmission_eigenvalues(energy, FLUX, antidots)
    assert eigenvalues.min() > -1e-12
    assert eigenvalues.max() < 1 + 1e-10
    assert np.abs(eigenvalues.sum(-1) - wire.conductance(energy, FLUX, antidots)).max() < 1e-10


@pytest.mark.parametrize("number", range(6))
def test_current_is_conserved(number):
    wire, energy, antidots = random_wire(number)
    g = wire.conductance(energy, FLUX, antidots)
    along_x, along_y = wire.current(energy, FLUX, antidots)
    assert np.abs(along_x.sum(-1) - g[..., None]).max() < 1e-9
    padded = np.pad(along_y, [(0, 0), (0, 0), (1, 1)])
    inner = np.diff(along_x, axis=1) + np.diff(padded, axis=2)[:, 1:-1]
    assert np.abs(inner).max() < 1e-9


def test_onsager_and_mirrors():
    antidots = np.array([(7.2, 4.1, 2.4), (14.5, 8.3, 3.1), (20, 5, 1.7)])
    wire, energy = AntidotWire(28, 12), -1.9
    flux = np.linspace(-0.02, 0.02, 17)
    g = wire.conductance(energy, flux, antidots)
    assert np.abs(g - g[::-1]).max() < 1e-10
    in_x = antidots * [-1, 1, 1] + [27, 0, 0]
    in_y = antidots * [1, -1, 1] + [0, 11, 0]
    for image in (in_x, in_y):
        assert np.abs(wire.conductance(energy, flux, image) - g).max() < 1e-10
    notched = AntidotWire(28, 12, notch=(9, 11.5, 4))
    own = notched.conductance(energy, flux, antidots)
    assert np.abs(own - own[::-1]).max() < 1e-10, "one wire stays symmetric in the field"
    for image in (in_x, in_y):
        difference = notched.conductance(energy, flux, image) - own
        assert np.abs(difference).max() > 0.05, "the notch tells mirror images apart"


def test_clean_wire_has_one_quantum_for_each_channel():
    wire, energy = AntidotWire(15, 11), -1.55
    flux = np.linspace(0, 0.1, 7)
    g = wire.conductance(energy, flux, np.zeros((0, 3)))
    assert np.abs(g - wire.open_channels(energy, flux)).max() < 1e-10
    assert wire.open_channels(energy) == open_channels(11, energy)


def test_a_field_that_closes_all_channels_gives_zero():
    wire, energy = AntidotWire(10, 8), -3.6
    flux = np.array([0.0, 0.1])  # the lowest Landau level rises to about -4 + 2 pi 0.1
    assert wire.open_channels(energy, flux).tolist() == [1, 0]
    antidots = [(4, 3, 1.5)]
    g = wire.conductance(energy, flux, antidots)
    assert g[0] > 0.01
    assert g[1] == 0
    assert wire.conductance(energy, 0.1, antidots) == 0
    assert wire.transmission_eigenvalues(energy, flux, antidots).shape == (2, 1)
    assert wire.density(energy, flux, antidots)[1].max() == 0
    assert wire.scattering_matrix(energy, 0.1, antidots).shape == (0, 0)


def test_batches_and_padding_agree_with_one_by_one():
    rng = np.random.default_rng(5)
    antidots = np.full((7, 3, 3), np.nan)
    for n in range(7):
        for k in range(n % 4):
            antidots[n, k] = rng.uniform(2, 16), rng.uniform(1, 9), rng.uniform(1, 3)
    wire, energy = AntidotWire(18, 11, notch=[(5, 0), (5, 1), (6, 0)]), -1.4
    together = wire.conductance(energy, FLUX, antidots)
    alone = [wire.conductance(energy, FLUX, a[~np.isnan(a[:, 0])]) for a in antidots]
    assert np.abs(together - alone).max() < 1e-12
    some = wire.conductance(energy, FLUX[[2, 0]], antidots)
    assert np.abs(some - together[:, [2, 0]]).max() < 1e-12


def test_torch_gives_the_same_on_its_device_and_pads_as_a_gpu_would(monkeypatch):
    wire, energy, antidots = random_wire(3)
    several = np.stack([antidots, antidots + np.array([0.7, -0.2, 0])])
    several = np.clip(several, 0, [wire.length - 1, wire.width - 1, 9])
    exact = wire.conductance(energy, FLUX, several)
    tensor = wire.conductance(energy, torch.as_tensor(FLUX), torch.as_tensor(several))
    assert tensor.dtype == torch.float64
    assert np.abs(tensor.numpy() - exact).max() < 1e-12
    monkeypatch.setattr("qmlcourse.transport.wires._antidot_solve.on_cpu", lambda device: False)
    tensor = wire.conductance(energy, torch.as_tensor(FLUX), torch.as_tensor(several))
    assert np.abs(tensor.numpy() - exact).max() < 1e-12
    density = wire.density(energy, FLUX, torch.as_tensor(several), source="both")
    exact = wire.density(energy, FLUX, several, source="both")
    assert np.abs(density.numpy() - exact).max() < 1e-11


def test_prepared_fields_are_kept_saved_and_shared(tmp_path):
    wire, energy, antidots = random_wire(5)
    g = wire.conductance(energy, FLUX, antidots)
    assert wire.prepared(energy).tolist() == sorted(FLUX)
    wire.save(tmp_path / "wire")
    again = AntidotWire.load(tmp_path / "wire")
    assert repr(again) == repr(wire)
    assert again.prepared(energy).tolist() == sorted(FLUX)
    assert wire.nbytes > 0
    assert again.nbytes == 0, "the tables stay in the file"
    assert np.abs(again.conductance(energy, FLUX, antidots) - g).max() == 0
    wire.save(tmp_path / "wire")
    with pytest.raises(ValueError, match="no field is prepared"):
        AntidotWire(5, 5).save(tmp_path / "none")
    with pytest.raises(ValueError, match="no prepared wire"):
        AntidotWire.load(tmp_path / "none")
    (tmp_path / "wire" / "green.npy").write_bytes(b"short")
    with pytest.raises(ValueError, match="prepare it again"):
        AntidotWire.load(tmp_path / "wire")


def test_old_fields_are_forgotten_within_the_limit():
    energy = -1.2
    wire = AntidotWire(12, 8, max_bytes=3 * AntidotWire(12, 8).memory(energy, 1))
    antidots = [(5, 4, 2)]
    flux = np.linspace(0, 0.02, 11)
    g = wire.conductance(energy, flux, antidots)
    assert len(wire.prepared(energy)) <= 3
    assert np.abs(wire.conductance(energy, flux[::-1], antidots)[::-1] - g).max() < 1e-13


def test_memory_is_stated_before_it_is_taken(monkeypatch):
    wire, energy = AntidotWire(12, 8), -1.2
    before = wire.memory(energy, 5)
    wire.prepare(energy, np.linspace(0, 0.01, 5))
    assert wire.nbytes == pytest.approx(before, rel=0.01)
    with pytest.raises(OutOfMemory, match=r"would take .* GiB, but .* GiB of memory are free"):
        AntidotWire(3000, 3000).conductance(energy, 0.0, [(50, 50, 4)])
    with pytest.raises(MemoryError):
        AntidotWire(60, 40).prepare(energy, np.linspace(0, 1, 100_000))


@pytest.mark.parametrize(
    ("antidots", "words"),
    [
        ([(100.0, 5, 3)], r"\(100, 5\) of radius 3 lies outside the wire"),
        ([(5, 5, -1)], r"radius of an antidot must not be negative \(-1\)"),
        ([(5, np.nan, 2)], "only whole rows may be NaN"),
        ([(5, np.inf, 2)], "three finite numbers"),
        ([(5, 5)], "with x, y, radius"),
        ([["a", "b", "c"]], "array of numbers"),
    ],
)
def test_bad_antidots_are_refused_in_one_sentence(antidots, words):
    with pytest.raises(ValueError, match=words):
        AntidotWire(20, 10).conductance(-1.3, 0.0, antidots)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 10), "length is a number of sites"),
        ((20, 2.5), "width is a number of sites"),
        ((20, 10, [(25, 3)]), "notch has sites outside"),
        ((20, 10, np.zeros((3, 3), bool)), "shape of the wire"),
        ((20, 10, [1.5, 2]), "a notch is circles"),
    ],
)
def test_bad_wires_are_refused_in_one_sentence(arguments, words):
    with pytest.raises(ValueError, match=words):
        AntidotWire(*arguments)


@pytest.mark.parametrize(
    ("energy", "words"),
    [
        (4.5, "4.5 lies outside the band"),
        ([-1.0, -3.99], "no channel is open at the energy -3.99 in a wire of width 10"),
        (np.nan, "energy contains NaN"),
        ([[-1.0]], "energy is one number or a one-dimensional array"),
    ],
)
def test_bad_energies_are_refused_in_one_sentence(energy, words):
    with pytest.raises(ValueError, match=words):
        AntidotWire(20, 10).conductance(energy, 0.0, [(5, 5, 2)])
    with pytest.raises(ValueError, match=words):
        AntidotWire(20, 10).prepare(energy, 0.0)


def test_axes_are_sample_energy_field_channel_x_y_and_scalars_have_none():
    wire, one = AntidotWire(12, 8), np.array([(5.0, 4.0, 2.0)])
    energies, flux = [-1.2, -2.0, -0.7], [0.0, 0.01]
    g = wire.conductance(energies, flux, [one, one + [1, 0, 0]])  # noqa: RUF005
    assert g.shape == (2, 3, 2)
    assert wire.conductance(-2.0, flux, one) == pytest.approx(g[0, 1], abs=1e-12)
    assert wire.conductance(energies, 0.01, one) == pytest.approx(g[0, :, 1], abs=1e-12)
    assert wire.conductance([-2.0], [0.01], [one]).shape == (1, 1, 1)
    assert np.ndim(wire.conductance(-2.0, 0.01, one)) == 0
    most = int(wire.open_channels(energies, flux).max())
    psi = wire.wave_function(energies, flux, one)
    assert psi.shape == (3, 2, most, 12, 8)
    alone = wire.wave_function(-2.0, 0.01, [one])
    channels = wire.open_channels(-2.0, 0.01)
    assert alone.shape == (1, channels, 12, 8)
    assert np.abs(psi[1, 1, :channels] - alone[0]).max() < 1e-12
    assert not psi[1, 1, channels:].any()
    assert wire.density(energies, flux, one) == pytest.approx((np.abs(psi) ** 2).sum(2))
    along_x, along_y = wire.current(energies, flux, one)
    assert along_x.shape == (3, 2, 11, 8)
    assert along_y.shape == (3, 2, 12, 7)
    assert np.abs(along_x.sum(-1) - g[0][..., None]).max() < 1e-10
    assert wire.transmission_eigenvalues(energies, flux, [one]).shape == (1, 3, 2, most)
    sites, potential = np.array([[3, 9]]), torch.tensor([[0.5, -1.0]], dtype=torch.float64)
    soft = wire.soft_conductance(energies, flux, sites, potential)
    assert soft.shape == (1, 3, 2)
    single = wire.soft_conductance(-2.0, 0.01, sites, potential)
    assert float(soft[0, 1, 1]) == pytest.approx(float(single[0]))
    assert wire.mask(one).shape == (12, 8)
    assert wire.mask([one]).shape == (1, 12, 8)


def test_the_rims_are_counted():
    wire = AntidotWire(12, 8)
    assert wire.rim_sites([(5, 4, 0.5)]) == 1
    assert wire.rim_sites([[(5, 4, 1.0)], [(5, 4, 1.5)]]).tolist() == [4, 8]


def test_other_bad_input():
    wire, energy = AntidotWire(20, 10), -1.3
    with pytest.raises(ValueError, match="flux contains NaN"):
        wire.conductance(energy, [0, np.nan], [(5, 5, 2)])
    with pytest.raises(ValueError, match="one-dimensional"):
        wire.conductance(energy, np.zeros((2, 2)), [(5, 5, 2)])
    with pytest.raises(ValueError, match="source is"):
        wire.density(energy, 0.0, [(5, 5, 2)], source="top")
    with pytest.raises(ValueError, match="one flux at a time"):
        wire.scattering_matrix([-1.3, -1.2], 0.0, [(5, 5, 2)])
    with pytest.raises(ValueError, match="one flux at a time"):
        wire.scattering_matrix(energy, [0, 0.1], [(5, 5, 2)])
    with pytest.raises(ValueError, match="one wire"):
        wire.to_kwant(np.full((2, 1, 3), 4.0))


def test_free_memory_is_asked_of_the_machine(monkeypatch):
    class Nothing:
        available = 1000

    monkeypatch.setattr(psutil, "virtual_memory", Nothing)
    with pytest.raises(OutOfMemory):
        AntidotWire(12, 8).conductance(-1.2, 0.0, [(5, 4, 2)])


def test_a_soft_potential_is_that_of_the_sweep_engine_and_has_its_gradient():
    import torch

    from qmlcourse.transport import DisorderedWire

    wire, energy = AntidotWire(14, 9, (4.0, 8.0, 2.5)), -2.3
    flux = np.array([0.0, 0.013, 0.04])
    rng = np.random.default_rng(0)
    free = np.flatnonzero(~wire.notch.ravel())
    sites = np.array([rng.choice(free, 12, replace=False) for _ in range(2)])
    potential = torch.tensor(rng.normal(size=(2, 12)), requires_grad=True)
    g = wire.soft_conductance(energy, flux, sites, potential)
    whole = torch.zeros(2, 14 * 9, dtype=torch.float64)
    whole.scatter_(1, torch.as_tensor(sites), potential.detach())
    whole = whole.reshape(2, 14, 9) + 1e9 * torch.as_tensor(wire.notch)
    expected = DisorderedWire(14, 9).conductance(energy, flux, whole)
    assert g.detach().numpy() == pytest.approx(expected.numpy(), abs=1e-7)
    assert torch.autograd.gradcheck(
        lambda v: wire.soft_conductance(energy, flux[:2], sites, v), (potential,)
    )


def test_a_very_high_soft_potential_is_an_antidot():
    import torch

    wire, energy = AntidotWire(14, 9), -2.3
    antidot, flux = np.array([[8.0, 4.2, 1.8]]), np.array([0.0, 0.02])
    gone = np.flatnonzero(~wire.mask(antidot).ravel())[None]
    height = torch.full(gone.shape, 1e8, dtype=torch.float64)
    g = wire.soft_conductance(energy, flux, gone, height).numpy()[0]
    assert g == pytest.approx(wire.conductance(energy, flux, antidot), abs=1e-6)


def test_prepared_wires_are_kept_on_the_disk_and_the_oldest_go_first(tmp_path, monkeypatch):
    monkeypatch.setenv("QMLCOURSE_CACHE", str(tmp_path))
    flux, folder = np.linspace(0, 0.02, 3), tmp_path / "wires"
    first = prepared.prepared_wire(12, 8, -1.2, flux)
    (kept,) = folder.iterdir()
    assert prepared.prepared_wire(12, 8, -1.2, flux[::-1]).nbytes == first.nbytes == 0, "a file"
    expected = AntidotWire(12, 8).conductance(-1.2, flux, [[6, 4, 1]])
    assert first.conductance(-1.2, flux, [[6, 4, 1]]) == pytest.approx(expected)
    size = sum(f.stat().st_size for f in kept.iterdir())
    os.utime(kept, (1, 1))
    (folder / ".draft").mkdir()
    for n, room in enumerate((2.5 * size, 2.5 * size, 1.5 * size)):
        monkeypatch.setattr(prepared, "_KEEP", room)
        prepared.prepared_wire(12, 8, -1.3 - 0.1 * n, flux)
        entries = [p for p in folder.iterdir() if p.name != ".draft"]
        assert len(entries) == (2, 2, 1)[n]
        assert kept.exists() == (n == 0)
        for age, entry in enumerate(sorted(entries, key=lambda p: p.stat().st_mtime)):
            os.utime(entry, (10 + n + age, 10 + n + age))
    assert (folder / ".draft").exists()
