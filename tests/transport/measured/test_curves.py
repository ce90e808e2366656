"""Reading measured curves: good files, bad files, and radii that are known."""

import numpy as np
import pytest

from qmlcourse.transport import (
    FLUX_QUANTUM,
    ABRing,
    MeasuredCurve,
    estimate_period,
    measured_like_curve,
    read_curve,
    ring_radius,
)


def lines(header, pairs, join=","):
    return "\n".join([header, *(join.join(p) for p in pairs)]).encode()


def pairs(n=20, scale=1.0):
    return [(f"{scale * b:.6f}", f"{1 + 0.1 * np.cos(b):.6f}") for b in range(n)]


def test_units_separators_and_columns():
    tesla = read_curve(lines("B_mT,G", pairs()))
    assert tesla.unit == "T"
    assert tesla.field[-1] == pytest.approx(0.019)
    decimal = [(b.replace(".", ","), g.replace(".", ",")) for b, g in pairs()]
    assert np.allclose(read_curve(lines("B_mT;G", decimal, ";")).field, tesla.field)
    flux = read_curve(lines("conductance\tring_flux", [(g, b) for b, g in pairs()], "\t"))
    assert flux.unit == "h/e"
    assert flux.field[-1] == 19
    for name, size in (
        *(("T", 1), ("tesla", 1), ("mT", 1e-3), ("uT", 1e-6), ("µT", 1e-6)),
        *(("G", 1e-4), ("gauss", 1e-4), ("anything", 1)),
    ):
        found = read_curve(lines(f"field ({name}), conductance", pairs()))
        assert found.field == pytest.approx(size * np.arange(20.0))
    bare = read_curve(lines("# a comment", pairs()))
    assert bare.unit == "T"
    ohm = read_curve(lines("B_T,R", [(b, "4.0") for b, _ in pairs()]))
    assert np.allclose(ohm.conductance, 0.25)
    assert "1/R" in ohm.notes[0]


def test_sorting_and_repeats():
    data = [*pairs()[::-1], ("3.000000", "9.0")]
    curve = read_curve(lines("B_T,g", data))
    assert (np.diff(curve.field) > 0).all()
    assert "1 repeated" in curve.notes[0]
    assert curve.conductance[3] == pytest.approx((9 + 1 + 0.1 * np.cos(3)) / 2, abs=1e-6)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"# only\n# comments\n", "only comments"),
        (b"\x89PNG\0\0\0\0", "not a text file"),
        (b"B_T,g\n", "no numbers below"),
        (lines("B_T,g", pairs(5)), "only 5 points"),
        (lines("B_T,temperature", pairs()), "no column is called a conductance"),
        (lines("time,g", pairs()), "no column is called a field"),
        (lines("B_T,g", [*pairs()[:3], ("4", "nan"), *pairs()[4:]]), "line 5 holds NaN"),
        (lines("B_T,g", [*pairs()[:3], ("4", "broken"), *pairs()[4:]]), "line 5 does not hold"),
        (lines("B_T,g", [(b,) for b, _ in pairs()]), "two columns"),
        (lines("1,2,3", [(b, g, "0") for b, g in pairs()]), "3 columns and no header"),
        (lines("B_T,g", [("1.0", g) for _, g in pairs()]), "all fields in the file are the same"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(data, words):
    with pytest.raises(ValueError, match=words) as caught:
        read_curve(data)
    assert "\n" not in str(caught.value)


def test_a_huge_file_is_refused_by_its_size():
    with pytest.raises(ValueError, match=r"100\.0 MB"):
        read_curve(b"0" * 100_000_000)


def test_period_of_a_known_sine():
    field = np.linspace(-0.05, 0.05, 400)
    g = 3 + 2 * field + 40 * field**2 + 0.2 * np.cos(2 * np.pi * field / 8.2e-3)
    found = estimate_period(MeasuredCurve(field, g))
    assert found.period == pytest.approx(8.2e-3, rel=0.01)
    assert found.radius == pytest.approx(ring_radius(8.2e-3), rel=0.01)
    assert found.radius == pytest.approx(0.4e-6, rel=0.01)  # h/e / (pi (0.4 um)^2) = 8.2 mT


def test_flux_quantum_is_the_defined_one():
    """h and e are exact in the SI since 2019."""
    assert pytest.approx(6.62607015e-34 / 1.602176634e-19, rel=1e-12) == FLUX_QUANTUM


@pytest.mark.parametrize("seed", range(4))
def test_the_radius_of_a_simulated_measurement_is_found(seed):
    curve, truth = measured_like_curve(seed, points=120)
    again = read_curve(curve.to_csv())
    assert np.allclose(again.conductance, curve.conductance, atol=1e-8)
    found = estimate_period(again)
    assert truth["inner_radius"] < found.radius < truth["outer_radius"]
    assert abs(found.radius - truth["radius"]) < 2 * found.radius_error


def test_bounds_without_a_period_are_refused():
    curve, _ = measured_like_curve(0, points=64)
    with pytest.raises(ValueError, match="no period fits"):
        estimate_period(curve, shortest=1.0, longest=0.5)
    with pytest.raises(ValueError, match="degree 0 to 9"):
        estimate_period(curve, background=20)
    flat = MeasuredCurve(np.linspace(0, 1, 50), np.zeros(50))
    with pytest.raises(ValueError, match="does not oscillate"):
        estimate_period(flat)


@pytest.mark.parametrize("cycles", [12, 30])
def test_the_error_of_a_period_is_one_cycle_in_all(cycles):
    """The amplitude of a Hann window falls to one half one bin beside a line."""
    field = np.linspace(0, 0.3, 2000)
    found = estimate_period(MeasuredCurve(field, 2 + np.cos(2 * np.pi * cycles * field / 0.3)))
    assert found.period == pytest.approx(0.3 / cycles, rel=0.01)
    assert found.period_error / found.period == pytest.approx(1 / cycles, rel=0.2)
    assert found.radius_error / found.radius == pytest.approx(0.5 / cycles, rel=0.2)


def test_the_strongest_line_between_four_steps_and_a_third_of_the_curve_is_taken():
    """Stronger lines outside of these bounds are passed over, unless they are asked for."""
    field = np.linspace(0, 1, 201)

    def curve(*lines):
        return MeasuredCurve(field, sum(a * np.cos(2 * np.pi * n * field) for n, a in lines))

    inside = [(8, 0.2), (20, 0.3), (46, 0.1)]
    for outside in ((1.5, 1.0), (53, 1.0)):
        found = estimate_period(curve(*inside, outside), background=0)
        assert found.period == pytest.approx(1 / 20, rel=0.01)
        amplitude = found.amplitude[np.abs(found.frequency - 20).argmin()]
        assert amplitude == pytest.approx(0.3, rel=0.03)
    for edge in (3.5, 49):
        found = estimate_period(curve(*inside, (edge, 1.0)), background=0)
        assert found.period == pytest.approx(1 / edge, rel=0.02)
    asked = estimate_period(curve(*inside, (53, 1.0)), shortest=1 / 60)
    assert asked.period == pytest.approx(1 / 53, rel=0.01)
    asked = estimate_period(curve(*inside), longest=1 / 30)
    assert asked.period == pytest.approx(1 / 46, rel=0.01)
    asked = estimate_period(curve(*inside, (2.5, 1.0)), background=0, longest=1)
    assert asked.period == pytest.approx(1 / 2.5, rel=0.05)


def test_a_curve_against_flux_has_a_period_and_no_radius():
    flux = np.linspace(0, 10, 300)
    found = estimate_period(MeasuredCurve(flux, np.cos(2 * np.pi * flux), "h/e"))
    assert found.period == pytest.approx(1, rel=0.01)
    assert np.isnan([found.area, found.radius, found.radius_error]).all()
    area = estimate_period(MeasuredCurve(flux, np.cos(2 * np.pi * flux))).area
    assert area == pytest.approx(FLUX_QUANTUM / found.period)


def test_a_simulated_measurement_is_a_warm_ring_with_a_cubic_drift_and_noise(monkeypatch):
    """The ring again by hand; then, with a ring that conducts nothing, the drifts of many seeds."""
    curve, truth = measured_like_curve(3, points=12, quanta=2, noise=0)
    rng = np.random.default_rng(3)
    assert truth["radius"] == pytest.approx(rng.uniform(0.3e-6, 0.6e-6))
    assert truth["outer_radius"] / truth["radius"] == pytest.approx(1.2)
    assert truth["inner_radius"] / truth["radius"] == pytest.approx(0.8)
    ring = ABRing(12, 8, 3, disorder=0.6, seed=int(rng.integers(2**31)))
    energies = -2.4 + np.arange(-5, 6) * 0.02
    flux = np.linspace(0, 2, 12) / (100 * np.pi)
    assert curve.field == pytest.approx(flux * FLUX_QUANTUM / (truth["radius"] / 10) ** 2)
    weight = 1 / np.cosh((energies + 2.4) / 0.04) ** 2
    weight[[0, -1]] /= 2
    g = weight @ ring.conductance(energies, flux=flux) / weight.sum()
    line = np.linspace(-1, 1, 12)
    rest = np.polynomial.chebyshev.chebfit(line, curve.conductance - g, 6)
    assert rest[4:] == pytest.approx([0] * 3, abs=1e-9)
    monkeypatch.setattr(
        ABRing, "conductance", lambda self, energies, flux: np.zeros((len(energies), len(flux)))
    )
    drifts = [
        np.polynomial.chebyshev.chebfit(
            line, measured_like_curve(seed, points=12, noise=0)[0].conductance, 3
        )
        for seed in range(400)
    ]
    assert np.std(drifts, axis=0) == pytest.approx([0.15, 0.15, 0.075, 0.05], rel=0.12)
    clean, noisy = (measured_like_curve(1, points=2000, noise=s)[0].conductance for s in (0, 0.3))
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.06)
