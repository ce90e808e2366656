"""The stored full-scale results: bands of the issue, and parts that are computed again."""

import math

import numpy as np
import pytest
from killed_training import goes_on_with_the_same_bytes

from qmlcourse.anderson import (
    AndersonModel,
    crossing,
    load_classifier,
    spanning_share,
    transfer_matrix_length,
)
from qmlcourse.reproduce import anderson_classification as full
from qmlcourse.reproduce import runner
from qmlcourse.reproduce.anderson_classification.witnesses import level_row
from qmlcourse.storage import shipped
from qmlcourse.training import seeded_generator


@pytest.fixture(scope="module")
def stored():
    return shipped.load_json(full.STORED)


def _rows(stored, classifier):
    return {r["case"]: r for r in stored["crossings"] if r["classifier"] == classifier}


@pytest.mark.parametrize("classifier", ["small-12", "paper-12"])
def test_crossings_lie_where_they_must(stored, classifier):
    rows = _rows(stored, classifier)
    bands = {
        "box": (15.9, 17.0),
        "gaussian": (5.6, 6.4),
        "cauchy": (3.7, 4.5),
        "sites": (0.38, 0.50),
    }
    for case, (low, high) in bands.items():
        assert len(rows[case]["centres"]) >= 5
        assert low <= rows[case]["mean"] <= high, case
    assert rows["box, flux 1/4"]["mean"] > rows["box"]["mean"] + 0.5
    classical = stored["witnesses"]["classical sites"][0]
    assert rows["sites"]["mean"] > classical + 0.03


def test_witnesses_lie_where_they_must(stored):
    fit = stored["witnesses"]["transfer"]["box"]["fit"]
    assert 16.3 < fit["critical"] < 16.8
    assert abs(fit["exponent"] - 1.59) < 2 * fit["exponent_error"] < 0.6
    assert fit["chi2"] < 3 * fit["freedom"]
    for name, accepted in (("sites", 0.3116), ("bonds", 0.2488)):
        value, error = stored["witnesses"][f"classical {name}"]
        assert abs(value - accepted) < 3 * error + 1e-3
    slopes = dict(
        zip(
            stored["witnesses"]["dimension"]["strengths"],
            stored["witnesses"]["dimension"]["dimension"],
            strict=True,
        )
    )
    assert slopes[5] > 2.7 > slopes[16.54] > slopes[30]


@pytest.mark.delivery(3, of="stored results")
def test_a_crossing_comes_out_the_same_again(stored):
    row = _rows(stored, "small-8")["gaussian"]
    again = crossing(
        AndersonModel(8, "gaussian"),
        load_classifier("metal-small-8"),
        0.0,
        row["strengths"],
        stored["settings"]["crossing_states"],
        seeded_generator([stored["seed"], 7, 1]),
    )
    assert again.mean == pytest.approx(row["mean"], abs=0.02)
    assert np.abs(again.probability - np.array(row["probability"])).max() < 0.03


@pytest.mark.delivery(3, of="stored results")
def test_levels_shares_and_bars_come_out_again(stored):
    row = stored["witnesses"]["levels"]["box"]
    again = level_row(AndersonModel, 0.0, row["strengths"][::4], (8,), 20, [9], "cpu")
    for mean, error in (("ratio", "errors"), ("log_share", "share_errors")):
        for own, stray, old, sigma in zip(
            again[mean][0], again[error][0], row[mean][0][::4], row[error][0][::4], strict=True
        ):
            assert abs(own - old) < 4 * math.hypot(stray, sigma)
    row = stored["witnesses"]["transfer"]["box"]
    bars = AndersonModel(4)
    found = transfer_matrix_length(bars, 0.0, row["strengths"][::3], length=3000, bars=4, seed=5)
    off = (np.array(found.reduced) - np.array(row["reduced"][0])[::3]) / np.array(found.error)
    assert np.abs(off).max() < 6


def test_shares_and_bars_agree_where_both_are_there(stored):
    levels = stored["witnesses"]["levels"]
    assert 1.0 < levels["box"]["slope"][0] < 2.0
    for case in ("gaussian", "cauchy"):
        value, error = levels[case]["crossing"]
        fit = stored["witnesses"]["transfer"][case]["fit"]
        assert abs(value - fit["critical"]) < 3 * math.hypot(error, fit["critical_error"])
    assert levels["box, flux 1/4"]["crossing"][0] > levels["box"]["crossing"][0]
    classical = stored["witnesses"]["classical sites"][0]
    assert levels["sites"]["crossing"][0] > classical


def test_clusters_come_out_again(stored):
    small, _, _ = stored["settings"]["percolation"]
    shares = spanning_share(small, [0.27, 0.36], 30, 5)
    assert shares[0] < 0.3 < 0.8 < shares[1]


def test_topology_agrees_with_the_invariant(stored):
    chern = stored["topology"]["chern"]["agreement"]
    assert max(chern["space"], chern["momentum"]) > 0.8


def test_the_report_names_every_classifier(stored):
    text = full.report(stored)
    for row in stored["crossings"]:
        assert row["classifier"] in text
    with pytest.raises(ValueError, match="laptop, gpu"):
        runner.begin("anderson_classification", "huge")


@pytest.mark.delivery(1, of="resumed trainings")
def test_training_goes_on_and_ends_with_the_same_bytes(tmp_path, monkeypatch, capsys):
    small = full.ClassifierSizes(seeds=2, ensembles=(("small", 6, 240),))
    monkeypatch.setitem(full.TIERS, "laptop", small)

    def lost(place):  # a chunk of states, and a network's checkpoint
        return place / "states-6-1-00001.npz", next(place.glob("checkpoints*/seed-0.npz"))

    weights = "classifier_metal_small-6.safetensors"
    goes_on_with_the_same_bytes(tmp_path, "metal-small-6", weights, lost)
    assert "of held-out states" in capsys.readouterr().out
