"""The stored result of chapter 7: parts of it made again, and the runner's promises."""

import json
from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pytest
import torch

from qmlcourse.reproduce import hidden_self_energies, runner
from qmlcourse.reproduce.hidden_self_energies import cases, work
from qmlcourse.reproduce.hidden_self_energies.cases import MOMENTA
from qmlcourse.self_energy import Grid, HiddenFermion, ensemble, measured_curves, nodes, profile
from qmlcourse.storage import shipped

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def stored():
    return shipped.load_json("hidden_self_energies_laptop")


@pytest.mark.delivery(3, of="stored results")
def test_the_first_covered_truths_come_out_again(stored):
    sizes = hidden_self_energies.TIERS["laptop"]
    seeds = runner.chunk_seeds(stored["seed"], 40, 0, sizes.chunk)[:2]
    again = np.array([work.coverage(s % 2**32, device="cpu") for s in seeds])
    wanted = np.array(stored["first_covered"][:2])
    assert again[:, 0] == pytest.approx(wanted[:, 0])  # the truths
    assert again[:, 1:] == pytest.approx(wanted[:, 1:], rel=0.02)


def test_the_stored_result_says_what_the_chapter_says(stored):
    cover = stored["coverage"]
    assert cover["fitted"] >= 200
    assert 0.60 <= cover["share"] <= 0.76
    two = stored["recovery"][:2]
    assert all(row["e11"][1] < 0.105 and row["e12"][1] < 0.1 for row in two)
    assert all(row["accepted"] > 0.9 and row["data"] >= 10 for row in two)
    assert next(r for r in stored["counts"] if r["peak"] == 1e6)["chi2"] < 1.3
    cases = {row["case"]: row for row in stored["switches"]}
    assert cases["three momenta, no pairing"]["chi2"] > 50
    assert cases["one momentum, no pairing"]["chi2"] < 1.2
    assert np.median(stored["slopes"][-1]["chi2"]) > 5
    after = [row["after"] for row in stored["posterior"]]
    assert after[0] / after[1] > 5 > after[0] / stored["posterior_million"]["after"]


def test_coverage_is_judged_by_the_other_half():
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.05, 0.1, 4000)
    sd = np.full(4000, 0.002)
    value = truth + 1.3 * sd * rng.normal(size=4000)  # the stated deviation is too small
    found = work.coverage_summary(np.stack([truth, value, sd, np.ones(4000)], -1))
    assert found["raw_share"] == pytest.approx(0.558, abs=0.03)
    assert found["factor"] == pytest.approx(1.3, abs=0.06)
    assert found["share"] == pytest.approx(0.683, abs=0.03)


@pytest.mark.delivery(3, of="stored results")
def test_profiles_are_flat_for_one_momentum_and_sharp_for_three():
    gaps = np.array([0.06, 0.094, 0.16])
    truth = HiddenFermion()
    few = {"ansatz": Grid(nodes(81)), "seed": range(1), "steps": 30, "held": 20}
    one = profile(measured_curves(truth, (0.0,)), gaps, **few)
    three = profile(measured_curves(truth, MOMENTA), gaps, **few)
    assert np.ptp(one) < 0.25
    assert three[1] < 1.0
    assert min(three[0], three[2]) > three[1] + 0.5


def test_an_ensemble_tells_agreement_from_accuracy():
    data = measured_curves(HiddenFermion(), (0.0,))
    found = ensemble(data, ("grid", Grid(pairing=False)), seed=range(3), steps=3)
    assert set(found.fits) == {"grid"}  # both are grids: the later one stands
    found = ensemble(
        measured_curves(HiddenFermion(), (0.0,)), ("grid", "boltzmann"), seed=range(2), steps=35
    )
    rows = found.summary(HiddenFermion())
    assert [row["ansatz"] for row in rows] == ["grid", "boltzmann"]
    assert all(row["accepted"] >= 1 for row in rows)
    low, high = found.band(np.linspace(-0.2, 0.2, 9))
    assert (low <= high).all()
    with pytest.raises(ValueError, match="no ansatz"):
        ensemble(measured_curves(HiddenFermion()), ("oracle",))


def test_sizes_are_those_of_the_stored_result(stored):
    sizes = json.loads(json.dumps(asdict(hidden_self_energies.TIERS["laptop"])))
    assert stored["settings"] == sizes
    assert list(stored["momenta"]) == list(MOMENTA)
    assert [row["truth"] for row in stored["recovery"]] == list(cases.TRUTHS)
    assert [row["case"] for row in stored["switches"]] == list(cases.CASES)


@pytest.mark.delivery(1, of="whole runs")
def test_a_small_run_writes_a_report_and_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys):
    small = replace(
        hidden_self_energies.TIERS["laptop"],
        **dict.fromkeys(("data_seeds", "starts", "chunk", "ensemble_starts"), 1),
        covered=2,
        peak_counts=(1e4,),
        slopes=(4.0,),
    )
    monkeypatch.setitem(hidden_self_energies.TIERS, "laptop", small)
    for table in (cases.CASES, cases.TRUTHS):
        for name in list(table)[1:]:
            monkeypatch.delitem(table, name)
    monkeypatch.setattr(work, "ENSEMBLE_STEPS", 3)
    monkeypatch.setattr(work, "fit", partial(work.fit, steps=12))
    path = runner.reproduce("hidden_self_energies", "laptop", tmp_path, seed=1)
    assert path == tmp_path / "hidden_self_energies_laptop.json"
    first = path.read_bytes()
    made = (tmp_path / "coverage-00001.npz").stat().st_mtime_ns
    (tmp_path / "coverage-00000.npz").write_bytes(b"damaged")
    runner.reproduce("hidden_self_energies", "laptop", tmp_path, seed=1)
    assert (tmp_path / "coverage-00001.npz").stat().st_mtime_ns == made
    assert path.read_bytes() == first
    assert "posterior sd" in capsys.readouterr().out
    result, stored = json.loads(first), shipped.load_json("hidden_self_energies_laptop")
    assert result["settings"]["starts"] == 1
    assert list(result) == list(stored)  # the names under which results are stored
    for name in ("recovery", "counts", "switches", "slopes", "posterior"):
        assert list(result[name][0]) == list(stored[name][0])
    with pytest.raises(ValueError, match="no tier"):
        runner.reproduce("hidden_self_energies", "cluster", tmp_path)
