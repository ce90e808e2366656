"""The lattice ring against Kwant and against exact statements."""

from itertools import pairwise

import kwant
import numpy as np
import pytest

from qmlcourse.transport import ABRing, lead, lowest_energy, open_channels
from qmlcourse.transport.rings import _sweep


def kwant_conductance(ring, energy, ring_flux, flux=0.0):
    system = ring.to_kwant(flux=flux)
    return np.array(
        [
            kwant.smatrix(system, energy, params={"ring_flux": q}).transmission(1, 0)
            for q in ring_flux
        ]
    )


def random_ring(number):
    """A ring, an energy and a uniform field; every third one is clean, every second has a field."""
    rng = np.random.default_rng(1000 + number)
    inner = rng.uniform(2, 8)
    outer = inner + rng.uniform(2.5, 5)
    ring = ABRing(
        outer,
        inner,
        int(rng.integers(2, 7)),
        lead_offset=int(rng.integers(-2, 3)),
        disorder=0.0 if number % 3 == 0 else float(rng.uniform(0.2, 2.5)),
        seed=number,
    )
    energy = rng.uniform(lowest_energy(ring.lead_width) + 0.05, 1.5)
    flux = 0.0 if number % 2 == 0 else float(rng.uniform(-0.01, 0.01))
    return ring, energy, rng.uniform(-1.5, 1.5, 4), flux


@pytest.mark.parametrize("number", range(24))
def test_conductance_agrees_with_kwant(number):
    ring, energy, ring_flux, flux = random_ring(number)
    ours = ring.conductance(energy, ring_flux, flux=flux)
    reference = kwant_conductance(ring, energy, ring_flux, flux)
    assert np.abs(ours - reference).max() < 1e-9


def ring_in_fifteen_lines(outer, inner, width):
    """The Kwant tutorial's way to make a ring, without our lattice: Kwant finds sites and leads."""
    square = kwant.lattice.square(norbs=1)

    def in_ring(position):
        return inner**2 <= position[0] ** 2 + position[1] ** 2 <= outer**2

    ring = kwant.Builder()
    ring[square.shape(in_ring, (0, int(outer)))] = 0.0
    ring[square.neighbors()] = -1.0
    strip = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    strip[(square(0, y - width // 2) for y in range(width))] = 0.0
    strip[square.neighbors()] = -1.0

    def through_hole(to_site, from_site, ring_flux):
        step = to_site.tag[0] - from_site.tag[0]
        return -np.exp(-2j * np.pi * ring_flux * step)

    ring.attach_lead(strip)
    ring.attach_lead(strip.reversed())
    for hopping in list(ring.hoppings()):
        (x1, y1), (x2, y2) = hopping[0].tag, hopping[1].tag
        if {x1, x2} == {0, 1} and y1 == y2 and y1 > 0:
            ring[hopping] = through_hole
    return ring.finalized()


@pytest.mark.parametrize(("outer", "inner", "width"), [(10, 6, 5), (9, 5, 7), (7.5, 3.2, 4)])
def test_geometry_agrees_with_a_ring_that_kwant_builds_itself(outer, inner, width):
    system = ring_in_fifteen_lines(outer, inner, width)
    ring = ABRing(outer, inner, width)
    assert len(system.sites) == len(ring.sites)
    for ring_flux in (0.0, 0.2, 0.5):
        reference = kwant.smatrix(system, -2.3, params={"ring_flux": ring_flux}).transmission(1, 0)
        assert abs(ring.conductance(-2.3, ring_flux) - reference) < 1e-9


@pytest.mark.parametrize("source", ["left", "right"])
def test_wave_function_density_agrees_with_kwant(source):
    ring, energy, ring_flux, flux = random_ring(7)
    system = ring.to_kwant(flux=flux)
    states = kwant.wave_function(system, energy, params={"ring_flux": ring_flux[0]})
    reference = (np.abs(states(0 if source == "left" else 1)) ** 2).sum(0)
    density = ring.density(energy, ring_flux, flux=flux, source=source)[0]
    tags = np.array([site.tag for site in system.sites]) + ring.extent
    found = density[tags[:, 0], tags[:, 1]]
    assert np.abs(found - reference).max() < 1e-8 * reference.max()
    assert abs(density.sum() - reference.sum()) < 1e-8 * reference.sum()
    assert np.array_equal(density > 0, ring.mask & (density > 0))


def test_current_is_conserved_and_carries_the_conductance():
    ring, energy, ring_flux, flux = random_ring(5)
    along_x, along_y = ring.current(energy, ring_flux, flux=flux)
    g = ring.conductance(energy, ring_flux, flux=flux)
    inside = abs(ring.sites[:, 0]).max() - 3
    sections = along_x.sum(-1)[:, ring.extent - inside : ring.extent + inside]
    assert np.abs(sections - g[:, None]).max() < 1e-10
    flow = np.zeros((len(ring_flux), *ring.mask.shape))
    flow[:, :-1] += along_x
    flow[:, 1:] -= along_x
    flow[:, :, :-1] += along_y
    flow[:, :, 1:] -= along_y
    interior = flow[:, ring.extent - inside : ring.extent + inside + 1]
    assert np.abs(interior).max() < 1e-10


def test_sign_convention_a_counter_clockwise_loop_has_the_phase_plus_two_pi_flux():
    path = [(x, 6) for x in range(6, -7, -1)] + [(-6, y) for y in range(5, -7, -1)]
    path += [(x, -6) for x in range(-5, 7)] + [(6, y) for y in range(-5, 7)]
    ring = ABRing(8.6, 4, 3)
    system = ring.to_kwant()
    tags = {site.tag: n for n, site in enumerate(system.sites)}
    around = 1.0
    for here, there in pairwise(path):
        around *= -system.hamiltonian(tags[there], tags[here], params={"ring_flux": 0.1})
    assert around == pytest.approx(np.exp(2j * np.pi * 0.1))
    field = ring.to_kwant(flux=0.001)
    around = 1.0
    for here, there in pairwise(path):
        around *= -field.hamiltonian(tags[there], tags[here], params={"ring_flux": 0.0})
    assert around == pytest.approx(np.exp(2j * np.pi * 0.001 * 144))


def test_azimuthal_gauge_moves_the_phase_and_nothing_else():
    ring, quanta = ABRing(9, 5, 5), 0.37
    cut = ring.wave_function(-2.0, quanta)
    smooth = ring.wave_function(-2.0, quanta, gauge="azimuthal")
    assert np.allclose(np.abs(cut), np.abs(smooth))
    # in this gauge every bond of the upper arm, the cut's too, carries the small phase of its angle
    x, y = 0 + ring.extent, 7 + ring.extent
    here, there = ring.angle_from_cut[x, y], ring.angle_from_cut[x + 1, y]
    hop = np.exp(2j * np.pi * quanta) * np.exp(1j * quanta * (here - there))
    assert abs(np.angle(hop)) == pytest.approx(quanta * 2 * np.arctan(0.5 / 7))


@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_period_and_reciprocity(number):
    ring, energy, ring_flux, flux = random_ring(number)
    g = ring.conductance(energy, ring_flux)
    assert np.abs(ring.conductance(energy, ring_flux + 1) - g).max() < 1e-10
    assert np.abs(ring.conductance(energy, -ring_flux) - g).max() < 1e-10
    both = ring.conductance(energy, -ring_flux, flux=-flux)
    assert np.abs(both - ring.conductance(energy, ring_flux, flux=flux)).max() < 1e-10


@pytest.mark.parametrize("number", range(8))
def test_scattering_matrix_is_unitary_and_bounds_the_conductance(number):
    ring, energy, ring_flux, flux = random_ring(number)
    s = ring.scattering_matrix(energy, ring_flux, flux=flux)
    n = s.shape[-1] // 2
    unit = s @ s.conj().swapaxes(-1, -2)
    assert np.abs(unit - np.eye(2 * n)).max() < 1e-10
    g = ring.conductance(energy, ring_flux, flux=flux)
    assert np.abs((np.abs(s[:, n:, :n]) ** 2).sum((1, 2)) - g).max() < 1e-12
    assert (g >= 0).all()
    assert (g <= n + 1e-10).all()
    reversed_s = ring.scattering_matrix(energy, -ring_flux, flux=-flux)
    if flux == 0:  # Onsager: S(-flux) is the transpose, in the real modes of a lead without field
        assert np.abs(reversed_s - s.swapaxes(-1, -2)).max() < 1e-10


def test_dephasing_loses_electrons_and_flattens_the_oscillation():
    ring = ABRing(9, 6, 4)
    flux = np.linspace(0, 1, 21)
    s = ring.scattering_matrix(-2.5, flux, dephasing=0.02)
    lost = s.shape[-1] / 2 - (np.abs(s) ** 2).sum((1, 2)) / 2
    assert (lost > 0.001).all()
    swings = [np.ptp(ring.conductance(-2.5, flux, dephasing=d)) for d in (0, 0.1, 0.3)]
    assert swings[0] > 2 * swings[1] > 4 * swings[2]


def test_shapes_and_batches():
    flux = np.linspace(0, 1, 6).reshape(2, 3)
    one = ABRing(7, 4, 3, disorder=1.0, seed=11)
    many = ABRing(7, 4, 3, disorder=1.0, seed=[10, 11, 12])
    assert one.conductance(-2.0, flux).shape == (2, 3)
    assert float(one.conductance(-2.0, 0.3)) == pytest.approx(one.conductance(-2.0, [0.3])[0])
    together = many.conductance(-2.0, flux)
    assert together.shape == (3, 2, 3)
    assert np.allclose(together[1], one.conductance(-2.0, flux), atol=1e-13)
    energies = [-2.0, -1.7]
    grid = many.conductance(energies, flux[0])
    assert grid.shape == (3, 2, 3)
    assert np.allclose(grid[:, 0], together[:, 0], atol=1e-13)
    assert np.allclose(
        grid[2, 1], ABRing(7, 4, 3, disorder=1.0, seed=12).conductance(-1.7, flux[0])
    )
    assert ABRing(7, 4, 3, disorder=1.0, seed=[11]).conductance([-2.0], [0.3]).shape == (1, 1, 1)
    assert many.wave_function(energies, flux[0]).shape == (3, 2, 3, 2, 15, 15)
    psi = one.wave_function(energies, flux[0], gauge="azimuthal")
    assert np.allclose(psi[1], one.wave_function(-1.7, flux[0], gauge="azimuthal"), atol=1e-12)
    for found, alone in zip(
        one.current(energies, flux[0]), one.current(-1.7, flux[0]), strict=True
    ):
        assert np.allclose(found[1], alone, atol=1e-12)
    fields = np.array([0.0, 0.001, 0.002])
    swept = one.conductance(-2.0, flux[0], flux=fields)
    alone = [one.conductance(-2.0, q, flux=f) for q, f in zip(flux[0], fields, strict=True)]
    assert np.allclose(swept, alone, atol=1e-12)
    assert many.density(-2.0, flux[0]).shape == (3, 3, 15, 15)
    assert one.density(-2.0).shape == (15, 15)
    large = ABRing(5, 3, 2, disorder=1.0, seed=range(150))  # more than one chunk
    assert large.conductance(-2.0, [0.1, 0.2]).shape == (150, 2)
    last = ABRing(5, 3, 2, disorder=1.0, seed=149).conductance(-2.0, [0.1, 0.2])
    assert np.allclose(large.conductance(-2.0, [0.1, 0.2])[-1], last, atol=1e-13)


def test_a_flux_does_not_see_the_cache_of_another_request():
    ring = ABRing(8, 5, 4)
    first = ring.conductance(-2.0, 0.3)
    ring.density(-2.4, 0.1)
    ring.conductance(-2.0, 0.3, dephasing=0.1)
    assert ring.conductance(-2.0, 0.3) == first


def test_a_ring_is_folded_once_for_all_fluxes_and_pictures_of_an_energy(monkeypatch):
    """Two halves for the conductance; twice more for states, which conductances then share."""
    ring, folded = ABRing(6, 3, 2), []

    def counting(columns, *arguments):
        folded.append(1)
        return sweep(columns, *arguments)

    sweep = _sweep.sweep
    monkeypatch.setattr(_sweep, "sweep", counting)
    for call, expected in (
        (lambda: ring.conductance(-1.0, 0.1), 2),
        (lambda: ring.conductance(-1.0, 0.3), 2),
        (lambda: ring.density(-1.0, 0.3), 4),
        (lambda: ring.density(-1.0, 0.4), 4),
        (lambda: ring.conductance(-1.0, 0.4), 4),
        (lambda: ring.conductance(-1.1, 0.4), 6),
    ):
        call()
        assert len(folded) == expected


def test_a_ring_says_its_size_and_how_many_samples_it_holds():
    ring = ABRing(6, 3, 2)
    sites = len(ring.sites)
    assert repr(ring) == f"ABRing(6, 3, 2: {sites} sites)"
    many = ABRing(6.5, 3, 2, disorder=1, seed=range(4))
    assert repr(many) == f"ABRing(6.5, 3, 2: {len(many.sites)} sites, 4 samples)"


def test_torch_runs_the_same_lines_and_keeps_device_and_precision():
    torch = pytest.importorskip("torch")
    ring = ABRing(8, 5, 4, disorder=0.7, seed=[1, 2])
    flux = np.linspace(-0.4, 0.6, 5)
    reference = ring.conductance(-2.2, flux)
    ours = ring.conductance(-2.2, torch.tensor(flux))
    assert isinstance(ours, torch.Tensor)
    assert ours.dtype == torch.float64
    assert np.abs(ours.numpy() - reference).max() < 1e-12
    single = ring.conductance(-2.2, torch.tensor(flux, dtype=torch.float32))
    assert single.dtype == torch.float32
    assert np.abs(single.numpy() - reference).max() < 1e-3
    assert ring.conductance(-2.2, flux.astype(np.float32)).dtype == np.float32
    psi = ring.wave_function(-2.2, torch.tensor(flux))
    assert np.abs(psi.numpy() - ring.wave_function(-2.2, flux)).max() < 1e-10


def test_no_open_channel_gives_zero():
    ring = ABRing(8, 5, 3)
    energy = (lowest_energy(3) - 4) / 2
    assert ring.open_channels(energy) == 0
    assert not ring.conductance(energy, [0.0, 0.3]).any()
    assert not ring.density(energy, 0.2).any()


@pytest.mark.parametrize("flux", [0.0, 0.003, 0.03, -0.11])
@pytest.mark.parametrize("inward", [1, -1])
def test_lead_self_energy_is_that_of_kwant(flux, inward):
    rows, energy = tuple(range(-3, 5)), -1.37
    square = kwant.lattice.square(norbs=1)
    strip = kwant.Builder(kwant.TranslationalSymmetry((-inward, 0)))
    for y in rows:
        strip[square(0, y)] = 0.0
    strip[kwant.builder.HoppingKind((0, 1), square)] = -1.0
    strip[kwant.builder.HoppingKind((1, 0), square)] = lambda a, b: (
        -np.exp(-2j * np.pi * flux * b.tag[1] * (a.tag[0] - b.tag[0]))
    )
    finite = strip.finalized()
    order = np.argsort([site.tag[1] for site in finite.sites[: finite.cell_size]])
    reference = finite.selfenergy(energy)[np.ix_(order, order)]
    ours = lead(rows, energy, flux, inward)
    assert np.abs(ours.self_energy - reference).max() < 1e-9
    broadening = 1j * (reference - reference.conj().T)
    assert np.abs(ours.injection @ ours.injection.conj().T - broadening).max() < 1e-9
    assert ours.residual < 1e-10


def test_channels_open_at_the_stated_energies():
    for width in (1, 4, 9):
        edge = lowest_energy(width)
        assert open_channels(width, edge - 1e-6) == 0
        assert open_channels(width, edge + 1e-6) == 1
        assert open_channels(width, 0.0) == width


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((10, 10, 3), {}, "must be smaller than the outer radius"),
        ((10, 12, 3), {}, "must be smaller than the outer radius"),
        ((10, 0, 3), {}, "inner radius must be positive"),
        ((10, 6, 25), {}, "wider than the ring"),
        ((10, 6, 0), {}, "at least one site wide"),
        ((10, 6, 2.5), {}, "whole number of sites"),
        ((10, 9.9, 1), {}, "falls apart"),
        ((10, float("nan"), 3), {}, "finite"),
        ((10, 6, 3), {"lead_offset": 12}, "wider than the ring"),
        ((10, 6, 1), {"lead_offset": 10}, "touch each other"),
        ((10, 6, 3), {"disorder": 1.0}, "needs a seed"),
        ((10, 6, 3), {"disorder": -1.0, "seed": 0}, "must not be negative"),
        ((10, 6, 3), {"on_site": np.zeros(5)}, "one value for each of the"),
    ],
)
def test_impossible_rings_are_refused_in_one_sentence(arguments, options, words):
    with pytest.raises(ValueError, match=words) as caught:
        ABRing(*arguments, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: r.conductance(4.2, 0.0), "outside the band"),
        (lambda r: r.conductance(-4.0, 0.0), "outside the band"),
        (lambda r: r.conductance([[-1, -2]], 0.0), "one-dimensional"),
        (lambda r: r.scattering_matrix([-1, -2], 0.0), "one number"),
        (lambda r: r.conductance(float("nan"), 0.0), "NaN"),
        (lambda r: r.conductance(-2, [0.1, float("nan")]), "NaN"),
        (lambda r: r.conductance(-2, "much"), "real numbers"),
        (lambda r: r.conductance(-2, np.zeros(3), flux=np.zeros(4)), "do not fit together"),
        (lambda r: r.conductance(-2, 0.0, dephasing=-1), "must not be negative"),
        (lambda r: r.density(-2, 0.0, source="top"), "'left' or 'right'"),
    ],
)
def test_impossible_questions_are_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call(ABRing(7, 4, 3))


@pytest.mark.parametrize("offset", [0, 1, 3])
@pytest.mark.parametrize("flux", [0.0, 0.004])
def test_energy_zero_where_folded_parts_have_levels_agrees_with_kwant(offset, flux):
    ring = ABRing(10, 6, 5, lead_offset=offset)
    ring_flux = np.array([0.11, 0.3, 0.77])
    ours = ring.conductance(0.0, ring_flux, flux=flux)
    if flux:
        reference = kwant_conductance(ring, 0.0, ring_flux, flux)
    else:
        # levels that no lead reaches make Kwant's own matrix singular here (it returned g = 165):
        # the reference is Kwant at four neighbouring energies, extrapolated
        near = [kwant_conductance(ring, e * 1e-5, ring_flux) for e in (-2, -1, 1, 2)]
        reference = (-near[0] + 4 * near[1] + 4 * near[2] - near[3]) / 6
    assert np.abs(ours - reference).max() < 1e-9
    s = ring.scattering_matrix(0.0, ring_flux, flux=flux)
    assert np.abs(s @ s.conj().swapaxes(-1, -2) - np.eye(10)).max() < 1e-10


def test_levels_of_a_folded_half_are_met_by_the_direct_solution():
    # bound levels of half a ring, found by scanning the growth of its Green's function
    for size, energy in [((9, 5, 1), 0.4219446308143727), ((10, 6, 5), -3.1999044266115804)]:
        ring = ABRing(*size)
        for shift in (0.0, 1e-9, 1e-7, 1e-5):
            ours = ring.conductance(energy - shift, [0.3, 0.77])
            reference = kwant_conductance(ring, energy - shift, [0.3, 0.77])
            assert np.abs(ours - reference).max() < 1e-9


@pytest.mark.parametrize("number", range(6))
def test_the_direct_solution_agrees_with_the_sweep(number, monkeypatch):
    ring, energy, ring_flux, flux = random_ring(number)
    swept = (
        ring.conductance(energy, ring_flux, flux=flux),
        ring.scattering_matrix(energy, ring_flux, flux=flux),
        ring.wave_function(energy, ring_flux, flux=flux),
        ring.wave_function(energy, ring_flux, flux=flux, source="right"),
    )
    monkeypatch.setattr(
        "qmlcourse.transport.rings._solver._SAFE", {"complex128": 0.0, "complex64": 0.0}
    )
    direct = (
        ring.conductance(energy, ring_flux, flux=flux),
        ring.scattering_matrix(energy, ring_flux, flux=flux),
        ring.wave_function(energy, ring_flux, flux=flux),
        ring.wave_function(energy, ring_flux, flux=flux, source="right"),
    )
    for one, other in zip(swept, direct, strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other).max() < 1e-9


def test_a_batch_with_one_unsafe_energy():
    ring = ABRing(10, 6, 5)
    energies, ring_flux = [-0.7, 0.0, 0.4], [0.1, 0.6]
    together = ring.conductance(energies, ring_flux)
    alone = [ring.conductance(energy, ring_flux) for energy in energies]
    assert np.abs(together - alone).max() < 1e-10


def test_fields_with_different_numbers_of_channels_share_a_batch():
    ring, flux = ABRing(8, 4, 6), np.linspace(0, 0.03, 150)
    psi = ring.wave_function(-2.0, 0.2, flux=flux)
    assert psi.shape[0] == 150
    current = ring.current(-2.0, 0.2, flux=float(flux[120]))[0].sum(-1)[ring.extent]
    assert current == pytest.approx(float(ring.conductance(-2.0, 0.2, flux=float(flux[120]))))
