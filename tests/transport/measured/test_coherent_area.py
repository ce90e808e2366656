"""Coherent area of curves whose area is known, and the sentences for bad ones."""

import warnings

import numpy as np
import pytest

from qmlcourse.transport import (
    FLUX_QUANTUM,
    DisorderedWire,
    MeasuredCurve,
    coherent_area,
    detrend,
    read_curve,
    wire_like_curve,
)


def gaussian_curve(seed, points, width):
    """A curve with the correlation exp(-lag^2 / (2 width^2)), lag and width in points."""
    smear = np.exp(-((np.arange(-5 * width, 5 * width + 1) / width) ** 2))
    noise = np.random.default_rng(seed).normal(size=points + 10 * width)
    wave = np.convolve(noise, smear / np.sqrt((smear**2).sum()), "valid")
    return MeasuredCurve(np.arange(points) * 1e-3, 3 + 0.2 * wave)


HALF = np.sqrt(2 * np.log(2)) * 1e-3  # half width in tesla for a width of one point


def test_simulated_wires_give_their_area_back():
    ratios = []
    for seed in range(10):
        curve, truth = wire_like_curve(seed, points=200)
        found = coherent_area(curve, width=truth["width"])
        ratios.append(found.area.value / truth["area"])
        assert found.length.value == pytest.approx(found.area.value / truth["width"])
        assert found.features > 10
        assert 0.1 < found.rms.value < 0.4
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.12)
    assert np.std(ratios) < 0.3, "as the stated error of some 20 % says"


def test_a_process_of_known_correlation_gives_its_field():
    rng = np.random.default_rng(1)
    field = np.linspace(0, 4, 2000)
    smear = np.exp(-0.5 * (np.arange(-60, 61) / 20) ** 2)  # standard deviation 20 points
    wave = np.convolve(rng.normal(size=2120), smear / np.sqrt((smear**2).sum()), "valid")
    found = coherent_area(MeasuredCurve(field, 5 + 0.3 * field + wave[:2000]), background=1)
    half = 20 * np.sqrt(2) * np.sqrt(2 * np.log(2)) * (field[1] - field[0])
    assert found.correlation_field.value == pytest.approx(half, rel=0.2)
    assert abs(found.correlation_field.value - half) < 2 * found.correlation_field.error
    assert found.area.value == pytest.approx(FLUX_QUANTUM / found.correlation_field.value)
    assert found.rms.value == pytest.approx(1, rel=0.15)
    assert found.correlation[0] == 1
    assert found.correlation[25] == pytest.approx(np.exp(-(25**2) / (4 * 20**2)), abs=0.15)
    assert found.lag[:2] == pytest.approx([0, field[1]])
    double = coherent_area(
        MeasuredCurve(field, wave[:2000]), background=1, flux_per_area=2.0, width=1e-7
    )
    assert double.area.value == pytest.approx(2 * found.area.value, rel=0.05)


def test_curves_against_flux_have_no_metres():
    curve, _ = wire_like_curve(0)
    quanta = MeasuredCurve(np.linspace(0, 0.03, len(curve.field)), curve.conductance, "h/e")
    found = coherent_area(quanta)
    assert found.length is None
    assert found.area.value == pytest.approx(1 / found.correlation_field.value)


def test_a_polynomial_background_goes_exactly():
    field = np.linspace(-0.3, 0.5, 200)
    background = 5 - 2 * field + 7 * field**3
    bare = detrend(MeasuredCurve(field, background + np.cos(200 * field)), background=3)
    assert bare.parameters == 4
    assert np.abs(bare.smooth - background).max() < 0.1
    again = detrend(MeasuredCurve(field, bare.wave + background), background=3)
    assert np.allclose(again.wave, bare.wave, atol=1e-12)


def test_a_low_pass_takes_the_slow_and_leaves_the_fast():
    """A Gaussian of width s keeps exp(-(k s)^2 / 2) of a wave with wave number k."""
    field, width = np.linspace(0, 1, 1001), 0.03
    middle = slice(300, 700)
    for k in (10.0, 30.0, 200.0):
        bare = detrend(MeasuredCurve(field, 2 + np.cos(k * field)), low_pass=width)
        kept = np.exp(-((k * width) ** 2) / 2)
        expected = 2 + kept * np.cos(k * field)
        assert np.abs(bare.smooth - expected)[middle].max() < 1e-4
    gap = (field[:, None] - field) / width
    average = np.exp(-(gap**2) / 2)
    trace = np.trace(average / average.sum(1, keepdims=True))
    assert bare.parameters == pytest.approx(trace, rel=0.01), "the degrees of freedom it takes"


@pytest.mark.parametrize("background", [{"background": 0}, {"background": 4}, {"low_pass": 0.03}])
def test_what_the_background_takes_is_known(background):
    """Curves of some 17 features: the raw half widths are as much too small as `kept` says."""
    raw, mended, rms, covered = [], [], [], 0
    for seed in range(60):
        curve = gaussian_curve(seed, 240, 6)
        found = coherent_area(curve, **background)
        raw.append(float(found.correlation_field) / (6 * HALF))
        better = coherent_area(curve, corrected=True, **background)
        mended.append(float(better.correlation_field) / (6 * HALF))
        rms.append(float(better.rms) / 0.2)
        covered += abs(mended[-1] - 1) < better.correlation_field.error / (6 * HALF)
        assert found.kept == better.kept
        assert better.correlation_field.value == pytest.approx(
            found.correlation_field.value / found.kept
        )
        assert (better.kept < 1) or background == {"background": 0}
    assert np.mean(mended) == pytest.approx(1, abs=0.1)
    assert np.mean(rms) == pytest.approx(1, abs=0.06)
    assert 0.55 < covered / 60 < 0.95
    if background != {"background": 0}:
        assert np.mean(raw) < 0.88, "without the correction they are too small"


def test_rms_errors_cover_the_truth_two_times_out_of_three():
    inside = {"rms": 0, "field": 0}
    for seed in range(200):
        found = coherent_area(gaussian_curve(seed, 480, 6), background=0, corrected=True)
        inside["rms"] += abs(float(found.rms) - 0.2) < found.rms.error
        field = found.correlation_field
        inside["field"] += abs(float(field) - 6 * HALF) < field.error
    for name, count in inside.items():
        assert 0.55 < count / 200 < 0.80, name


def test_a_correction_does_not_hang_on_the_background():
    raw, mended = [], []
    for seed in range(8):
        curve, truth = wire_like_curve(seed)
        for results, corrected in ((raw, False), (mended, True)):
            found = [coherent_area(curve, background=n, corrected=corrected) for n in (4, 6)]
            results.append([truth["area"] / float(one.area) for one in found])
    raw, mended = np.mean(raw, 0), np.mean(mended, 0)
    assert abs(mended[1] / mended[0] - 1) < 0.6 * abs(raw[1] / raw[0] - 1)
    assert (mended > raw).all()


def test_a_file_gives_the_same_area():
    curve, truth = wire_like_curve(2, points=64, quanta=16.0)
    found = coherent_area(curve, width=truth["width"])
    again = coherent_area(read_curve(curve.to_csv()), width=truth["width"])
    assert again.area.value == pytest.approx(found.area.value, rel=1e-5)
    assert truth["length"] * truth["width"] == pytest.approx(truth["area"])
    assert truth["length"] / truth["lattice_constant"] == pytest.approx(80)


def test_doubts_are_said():
    few = np.linspace(0, 1, 100)
    with pytest.warns(UserWarning, match="measure over a wider") as doubts:
        coherent_area(MeasuredCurve(few, np.cos(5 * few)), background=0)
    assert any("independent features" in str(doubt.message) for doubt in doubts)
    noise = np.random.default_rng(0).normal(size=400)
    with pytest.warns(UserWarning, match="measure more densely"):
        coherent_area(MeasuredCurve(np.linspace(0, 1, 400), noise))
    with pytest.warns(UserWarning, match="background takes .* the correlation field"):
        coherent_area(gaussian_curve(0, 90, 6), background=4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"background": 12}, "degree 0 to 9"),
        ({"background": 2.5}, "degree 0 to 9"),
        ({"background": None}, "degree 0 to 9"),
        ({"low_pass": 0.0}, "low pass has a width"),
        ({"low_pass": 3.0}, "low pass has a width"),
        ({"width": -1e-7}, "positive length"),
        ({"width": [1e-7, 2e-7]}, "one number"),
        ({"flux_per_area": 0}, "flux_per_area is a positive number"),
        ({"flat": True}, "does not fluctuate"),
        ({"points": 12}, "only 12 points"),
        ({"corrected": True, "wave": 1.2, "background": 0}, "too much to correct"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(change, words):
    change = dict(change)
    flat, wave = change.pop("flat", False), change.pop("wave", 40)
    field = np.linspace(0, 1, change.pop("points", 64))
    values = 2 + field if flat else np.cos(wave * field)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match=words) as caught:
            coherent_area(MeasuredCurve(field, values), **change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": 8}, "16 or more"),
        ({"quanta": 0}, "quanta positive"),
        ({"noise": -1}, "noise not negative"),
        ({"area": -1e-12}, "area is a positive"),
    ],
)
def test_simulated_wires_are_asked_for_sensibly(change, words):
    with pytest.raises(ValueError, match=words):
        wire_like_curve(0, **change)


def test_the_drift_of_a_simulated_wire_is_a_parabola_of_the_stated_size(monkeypatch):
    """Of a wire whose conductance is one everywhere."""
    monkeypatch.setattr(
        DisorderedWire, "conductance", lambda self, energy, flux, on_site: 1 + 0 * flux
    )
    drifts, areas = [], []
    for seed in range(400):
        curve, truth = wire_like_curve(seed, points=16, noise=0)
        found = np.polynomial.chebyshev.chebfit(np.linspace(-1, 1, 16), curve.conductance - 1, 3)
        assert found[3] == pytest.approx(0, abs=1e-12)
        drifts.append(found[:3])
        areas.append(truth["area"])
        assert (truth["length"], truth["width"]) == pytest.approx(
            np.sqrt([5 * areas[-1], areas[-1] / 5])
        )
        quanta = curve.field * truth["area"] / FLUX_QUANTUM
        assert quanta[[0, -1]] == pytest.approx([2, 42])
    assert np.std(drifts, axis=0) == pytest.approx([1 / 2, 1 / 4, 1 / 8], rel=0.12)
    assert (min(areas), max(areas)) == pytest.approx((0.05e-12, 0.4e-12), rel=0.03)
    noisy = wire_like_curve(1, points=2000, noise=0.3)[0].conductance
    assert (noisy - wire_like_curve(1, points=2000, noise=0)[0].conductance).std() == pytest.approx(
        0.3, rel=0.06
    )


def test_a_simulated_wire_is_a_disordered_wire_of_80_by_16_sites():
    curve, _ = wire_like_curve(5, points=16, quanta=3, noise=0)
    rng = np.random.default_rng(5)
    rng.uniform()
    wire, flux = DisorderedWire(80, 16), np.linspace(2, 5, 16) / 1280
    g = wire.conductance(-0.81, flux, wire.potential(2.0, int(rng.integers(2**31))))
    rest = np.polynomial.chebyshev.chebfit(np.linspace(-1, 1, 16), curve.conductance - g, 6)
    assert rest[3:] == pytest.approx([0] * 4, abs=1e-9)
