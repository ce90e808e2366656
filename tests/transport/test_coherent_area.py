"""Coherent area of curves whose area is known, and the sentences for bad ones."""

import warnings

import numpy as np
import pytest

from qmlcourse.transport import FLUX_QUANTUM, MeasuredCurve, coherent_area, wire_like_curve


def test_simulated_wires_give_their_area_back():
    ratios = []
    for seed in range(10):
        curve, truth = wire_like_curve(seed)
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


def test_doubts_are_said():
    few = np.linspace(0, 1, 100)
    with pytest.warns(UserWarning, match="independent features"):
        coherent_area(MeasuredCurve(few, np.cos(5 * few)), background=0)
    noise = np.random.default_rng(0).normal(size=400)
    with pytest.warns(UserWarning, match="measure more densely"):
        coherent_area(MeasuredCurve(np.linspace(0, 1, 400), noise))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"background": 12}, "degree 0 to 9"),
        ({"width": -1e-7}, "positive length"),
        ({"flat": True}, "does not fluctuate"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(change, words):
    field = np.linspace(0, 1, 64)
    flat = change.pop("flat", False)
    curve = MeasuredCurve(field, 2 + field if flat else np.cos(40 * field))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match=words):
            coherent_area(curve, **change)
