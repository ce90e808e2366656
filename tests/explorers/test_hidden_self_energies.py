"""The explorers of chapter 7, driven without a browser: controls, numbers, players, questions."""

import numpy as np
import pytest
import torch
from explorer_checks import ExplorerChecks, check_choice, check_number, check_player

from qmlcourse import self_energy as se
from qmlcourse.explorers import hidden_self_energies as hid

torch.set_num_threads(1)


class TestExplorers(ExplorerChecks):
    room = hid

    def first(self, explorer):
        return {name: {"steps": 3} for name in ("laws", "shown")}


def test_full_saturation_hides_the_peak():
    explorer = hid.CancellationExplorer(width=2.0)
    assert explorer.data["left_over"] < 0.1
    explorer.saturation = 0.6
    assert explorer.data["left_over"] == pytest.approx(1 - 0.36, abs=0.1)


def test_the_readout_sets_the_weight_against_the_peak():
    explorer = hid.CancellationExplorer()
    explorer.refresh()
    for words in ("= 94 meV", "Z = 0.34", "= 32 meV", "<b>43 meV</b>"):
        assert words in explorer.readout
    explorer.saturation = 0.0
    assert explorer.data["peak"] == pytest.approx(0, abs=0.2)


def test_four_students_explain_one_curve_and_one_the_other():
    explorer = hid.ContestExplorer()
    assert explorer.wait(60)
    data = explorer.data
    pairs = data["pairs"] | {"fit": data["fit"]}
    assert sorted(data["order"]) == sorted(pairs)
    first = {name: pair["chi2"][0] for name, pair in pairs.items()}
    second = {name: pair["chi2"][1] for name, pair in pairs.items()}
    assert all(0.7 < chi2 < 1.2 for chi2 in first.values())
    assert min(first, key=first.get) == "fit"
    assert second.pop("truth") < 1.2
    assert min(second.values()) > 100
    for name, pair in pairs.items():
        assert all(se.properties(pair["pair"], count=601).badges().values()), name
    # the relatives share the sum, the fit does not share it where nothing was counted
    sums = {name: pair["sum"] for name, pair in pairs.items()}
    assert sums["other"] == pytest.approx(sums["truth"], rel=1e-9)
    assert sums["none"] == pytest.approx(sums["truth"], rel=1e-9)
    assert np.abs(sums["fit"] - sums["truth"])[300:].max() > 100
    assert "three times the pairing" not in explorer.readout
    with explorer.together():
        explorer.second = explorer.names = True
    assert "(the truth, 94 meV) 0.98 and 0.77" in explorer.readout


@pytest.mark.delivery(1, of="other noise")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_contest_is_the_same_for_other_noise(seed):
    explorer = hid.ContestExplorer(seed=seed)
    assert explorer.wait(60)
    assert explorer.data["fit"]["chi2"][0] < explorer.data["pairs"]["truth"]["chi2"][0] < 1.2
    assert explorer.data["fit"]["chi2"][1] > 100


def test_a_pair_is_judged_as_the_fit_judges_itself():
    curves = se.measured_curves(se.HiddenFermion(), counts=1e4, seed=3)
    run = se.SelfEnergyFit(curves, se.Grid(), seed=range(2))
    for _ in range(4):
        run.advance()
    for number in range(2):
        chi2, counts = se.misfit(curves, run.pair(number))
        assert chi2[0] == pytest.approx(run.chi2[number], rel=1e-9)
        np.testing.assert_allclose(counts, run.curves()[number], rtol=1e-9)


def test_a_curve_without_noise_is_met_by_its_truth_and_missed_by_another_momentum():
    truth = se.HiddenFermion()
    clean = se.measured_curves(truth, (0.0, -0.06), counts=np.inf)
    steady = se.Curves(
        clean.energies,
        clean.counts,
        clean.bands,
        clean.temperature,
        clean.resolution,
        variance=np.full(clean.counts.shape, 1e20),  # a hundredth of the peak, squared
    )
    met, counts = se.misfit(steady, truth)
    assert met.max() < 1e-4
    np.testing.assert_allclose(counts, clean.counts, rtol=0, atol=2e-4 * clean.counts.max())
    other, _ = se.misfit(steady, se.DegenerateTruth(truth, 0.35))
    assert other[0] < 1e-4
    assert other[1] > 10


def test_the_spectrum_stands_still_and_all_badges_stay_green():
    explorer = hid.DegeneracyExplorer()
    gaps = []
    for scale in (1.0, 0.6, 0.2, 0.0):
        explorer.scale = scale
        assert explorer.data["difference"] < 1e-12
        assert all(explorer.data["badges"].values())
        gaps.append(explorer.data["gap"])
    assert gaps[1] > gaps[0] + 40
    assert gaps[3] < 1e-6
    explorer.momentum = "below"
    assert explorer.data["difference"] > 0.05


@pytest.mark.delivery(2, of="runs to the end")
def test_one_curve_misleads_and_three_do_not():
    explorer = hid.FitExplorer(steps=60, shown=True)
    explorer.refresh()
    assert explorer.data["chi2"].min() < 1.0
    assert np.ptp(explorer.data["gaps"]) > 30
    explorer.momenta = 3
    good = explorer.data["chi2"] < 1.1
    assert good.sum() >= 2
    assert np.abs(explorer.data["gaps"][good] - explorer.data["true_gap"]).max() < 6
    assert "the truth has" in explorer.readout
    explorer.truth = "changing"
    assert explorer.data["chi2"].min() > 5


def test_the_player_runs_and_goes_back():
    check_player(hid.FitExplorer(), 3)


def test_a_momentum_is_worth_more_than_counts():
    explorer = hid.MomentaExplorer()
    assert explorer.wait(30)
    one = explorer.data["gap"][1]
    explorer.log_counts = 6.0
    assert explorer.wait(30)
    counts = explorer.data["gap"][1]
    explorer.log_counts, explorer.momenta = 4.0, 2
    assert explorer.wait(30)
    assert explorer.data["gap"][1] < 0.3 * counts < 0.3 * one


def test_the_window_follows_the_hand():
    explorer = hid.BudgetExplorer()
    explorer.figure.draw()
    ax = explorer._left
    pixel = ax.transData.transform((120, 100)) / explorer.figure.figure.bbox.size
    explorer.figure.widget.pointer = {
        "phase": "down",
        "x": float(pixel[0]),
        "y": float(pixel[1]),
        "n": 1,
    }
    assert explorer.middle == pytest.approx(120, abs=2)
    assert explorer.data["share"] < 0.1


def test_pictures_state_their_numbers():
    assert "-43 meV" in hid.opening().alt
    assert "meV with three momenta" in hid.full_scale().alt
    text = hid.paper_and_ours().everything
    assert "synthetic" in text
    assert "qmlcourse reproduce hidden_self_energies" in text


@pytest.mark.parametrize(
    ("question", "right", "wrong", "hint"),
    [
        (hid.questions.mode_energy, "63.25", "80", "add as squares"),
        (hid.questions.left_over, "36", "64", "cancels"),
    ],
)
def test_numbers_are_checked_with_the_mistake_in_mind(question, right, wrong, hint):
    check_number(question, right, wrong, hint)


def test_choices_answer_each_option():
    check_choice(hid.questions.what_breaks_it)


def test_tuning_and_code_questions():
    explorer = hid.BudgetExplorer(half=10.0)
    assert not hid.questions.window_of_the_gap(explorer).ok
    explorer.half = 60.0
    assert "below 25" in hid.questions.window_of_the_gap(explorer).message
    explorer.half = 24.0
    assert hid.questions.find_window(explorer).try_now().ok
    explorer.truth = "boson"
    assert not hid.questions.window_of_the_gap(explorer).ok
    assert "needs" in hid.questions.same_curve(0.9).message
    assert "between -1 and 1" in hid.questions.same_curve(3).message
    assert not hid.questions.same_curve("x").ok
    low, high = 0.3, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        gap = se.DegenerateTruth(se.HiddenFermion(), middle).gap_parameter()
        low, high = (middle, high) if gap > 0.15 else (low, middle)
    assert hid.questions.same_curve(middle).ok


def test_predictions_have_their_outcome_among_the_options():
    for ask, recall in (
        (hid.questions.predict_count, hid.questions.recall_count),
        (hid.questions.predict_beam, hid.questions.recall_beam),
        (hid.questions.predict_peak, hid.questions.recall_peak),
    ):
        assert len(ask().choice.options) == 3
        assert recall() is not None
