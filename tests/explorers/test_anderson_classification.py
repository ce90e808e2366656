"""The explorers of chapter 3, driven without a browser: controls, numbers, players, questions."""

import html
import re

import numpy as np
import pytest
import torch
from explorer_checks import ExplorerChecks, walked

from qmlcourse.anderson import AndersonModel, eigenstates
from qmlcourse.explorers import anderson_classification as ac
from qmlcourse.explorers.anderson_classification import _voxels as voxels
from qmlcourse.explorers.anderson_classification.mistakes import near_states
from qmlcourse.explorers.anderson_classification.your_network import training_states

torch.set_num_threads(1)


class TestExplorers(ExplorerChecks):
    room = ac

    def first(self, explorer):
        if isinstance(explorer, ac.JudgedExplorer):  # what is painted has to be there
            painted = {"painted": [[3, 3], [3, 4]], "drawn": 0.8}
            return {"drawn": painted, "layers": painted, "every": painted}
        return {}


def test_the_cube_shows_the_state_of_the_library():
    explorer = ac.LookExplorer(strength=16.5, seed=4)
    found = eigenstates(AndersonModel(12).sample([16.5], 4))
    density = explorer.data["density"]
    assert density.sum() == pytest.approx(1)
    assert np.sort(density.ravel()) == pytest.approx(
        np.sort(found.density[0, 0].numpy().ravel()), abs=1e-10
    )
    assert explorer.data["residual"] < 1e-8
    inside = voxels.fewest_sites(density, 0.5)
    assert density[inside].sum() >= 0.5 > density[inside].sum() - density[inside].min()
    assert f"<b>{inside.sum()}</b>" in explorer.readout


def test_the_cube_turns_under_the_pointer_and_the_keys():
    explorer = ac.LookExplorer()
    explorer.figure.draw()
    cube = explorer.figure.figure.axes[0]
    assert len(explorer.figure._drags) == 1
    drag = explorer.figure._drags[0]
    assert drag.ax is cube
    turn, tilt = explorer.turn, explorer.tilt
    drag.answer("down")(0.0, 0.0)
    drag.answer("move")(2.0, -1.0)
    assert explorer.turn != turn
    assert explorer.tilt > tilt
    explorer.tilt = 85.0
    explorer.figure.widget.arrows = {"dx": 1, "dy": 1, "n": 1}
    assert explorer.tilt == 85


def test_voxels_show_only_what_looks_at_the_eye():
    inside = np.zeros((4, 4, 4), bool)
    inside[1, 1, 1] = True
    corners, sites, light = voxels.visible_faces(inside, 30, 20)
    assert corners.shape == (3, 4, 2)
    assert (sites == 1).all()
    assert len(set(light.tolist())) == 3
    inside[2, 1, 1] = True  # the neighbour covers one face and shows three less one
    assert len(voxels.visible_faces(inside, 30, 20)[0]) == 5
    density = np.zeros((6, 6, 6))
    density[0, 5, 0] = 1.0
    assert np.unravel_index(voxels.centred(density).argmax(), (6, 6, 6)) == (3, 3, 3)
    assert voxels.box_edges((4, 4, 4), 30, 20).shape == (12, 2, 2)


def test_own_scaling_grows_with_the_samples():
    explorer = ac.MeasureExplorer(strength=30.0, samples=3)
    explorer.refresh()
    assert explorer.data["shares"].shape[1] in (1, 3)  # the first sample is shown at once
    assert explorer.wait(60)
    assert explorer.data["dimension"] < 1.2
    explorer.strength = 5.0
    assert explorer.wait(60)
    assert explorer.data["dimension"] > 2.3
    explorer.samples = 2
    _ = explorer.view
    explorer.player.advance()
    assert explorer.samples == 3
    assert explorer.wait(60)
    assert explorer.data["shares"].shape == (3, 3)
    explorer.player.restart()
    assert explorer.samples == 1


def test_the_game_counts_answers():
    explorer = ac.GameExplorer(order="far")
    _ = explorer.view
    found = ac.game._set(explorer.seed, "far")
    for n in range(20):
        assert explorer.number == min(n + 1, 20)
        explorer.buttons[0 if found["metal"][n] else 1].click()
    assert explorer.data["done"] == 20
    assert explorer.data["score"][0].tolist() == [100.0, 100.0]
    assert explorer.data["score"][2, 0] >= 90
    explorer.number = 3
    explorer.buttons[1 if found["metal"][2] else 0].click()
    assert explorer.data["score"][0, 0] == 90.0
    explorer.reset()
    assert explorer.data["done"] == 0


def test_the_game_says_after_each_answer_who_was_right():
    explorer = ac.GameExplorer(order="near")
    _ = explorer.view
    found = ac.game._set(explorer.seed, "near")
    assert found["near"].all()
    disagree = np.flatnonzero(found["number"] != found["network"])
    n = int(disagree[0])
    explorer.number = n + 1
    assert "Right" not in explorer.readout
    explorer.buttons[0].click()  # a metal
    right, wrong = explorer.readout.split("; wrong: ")
    for who, said in (
        ("you", 1),
        ("P₂ (", found["number"][n]),
        ("the network (", found["network"][n]),
    ):
        assert (who in right.split("Right: ")[1]) == (said == found["metal"][n])
        assert (who in wrong.split(". ")[0]) == (said != found["metal"][n])
    assert explorer.number == n + 2  # it has gone on, and speaks of the state before


def test_near_the_transition_the_network_sees_more_than_a_count_of_sites():
    found = near_states()
    number, network = (
        ((found[who] > 0.5) == found["metal"]).mean() for who in ("number", "network")
    )
    assert 0.58 < number < 0.72
    assert 0.74 < network < 0.86  # "about eight in ten"
    figure = ac.mistakes()
    assert f"the network {100 * network:.0f} percent" in figure.alt
    # it is the density that decides, and not the order of the states
    turned = torch.from_numpy(found["density"][:50]).float().transpose(1, 3)
    again = ac.game.classifier("metal-small-8").probabilities(turned)[..., 1].mean(0).numpy()
    assert np.mean((again > 0.5) == (found["network"][:50] > 0.5)) > 0.9


def test_mixed_and_painted_states_are_judged_as_the_path_says():
    explorer = ac.JudgedExplorer()
    _ = explorer.view
    says = []
    for place, answered in ((0, False), (0, True), (1, False), (1, True)):
        data = walked(explorer, place, answered)
        says.append((data["number"] > 0.5, data["network"] > 0.5))
    assert says == [(True, True), (False, True), (True, True), (True, False)]
    assert explorer.data["sites"] == pytest.approx(64)
    assert explorer.data["network"] < 0.01
    explorer.reset()
    explorer.mix = 1.0
    assert explorer.data["network"] < 0.01
    np.testing.assert_allclose(explorer.data["density"].sum(), 1)


def test_whoever_paints_sees_it_at_once_and_can_wipe_it_away():
    explorer = ac.JudgedExplorer()
    _ = explorer.view
    explorer._brush(2.2, 5.7)
    explorer._brush(2.0, 6.1)  # the same site
    explorer._brush(9.0, 5.0)  # beyond the edge
    assert explorer.painted == [[2, 6], [7, 5]]
    assert explorer.drawn == 1.0
    density = explorer.data["density"]
    assert np.count_nonzero(density) == 16
    np.testing.assert_allclose(density[2, 6], 1 / 16)
    explorer.figure.widget.arrows = {"dx": -1, "dy": 0, "n": 1}
    assert explorer.painted == [[2, 6], [7, 5], [6, 5]]
    explorer.figure.widget.arrows = {"dx": 1, "dy": 0, "n": 2}
    assert explorer.painted == [[2, 6], [6, 5], [7, 5]]
    explorer.layers = 2
    assert np.count_nonzero(explorer.data["density"]) == 6
    explorer._wipe()
    assert (explorer.painted, explorer.drawn) == ([], 0.0)


@pytest.mark.parametrize(
    "lines",
    [
        {"layers": 2, "filters": 4, "edge": 3, "ending": "mean", "log": True, "seed": 1},
        {"layers": 1, "filters": 2, "edge": 1, "ending": "largest", "log": False, "seed": 0},
    ],
)
def test_the_lines_on_the_page_are_what_is_trained(lines):
    explorer = ac.YourNetworkExplorer(**lines)
    _ = explorer.view
    explorer.steps = 80
    assert explorer.wait(120)
    code = html.unescape(re.search("<pre[^>]*>(.*)</pre>", explorer.code.value, re.S)[1])
    density, label = training_states()
    names = {"density": density, "label": label, "torch": torch, "nn": torch.nn}
    with torch.random.fork_rng([]):
        exec(code, names)
    assert len(code.splitlines()) <= 13
    assert names["loss"].item() == pytest.approx(explorer.data["loss"][-1], rel=1e-5)
    count = sum(one.numel() for one in names["network"].parameters())
    assert count == explorer.data["weights"]


@pytest.mark.delivery(2, of="runs to the end")
def test_far_from_the_transition_almost_anything_will_do():
    def right(**lines):
        explorer = ac.YourNetworkExplorer(**lines)
        explorer.steps = 80
        assert explorer.wait(120)
        return explorer.data["far"], explorer.data["near"]

    plain, single = right(), right(edge=1)
    for far, near in (plain, single, right(layers=1)):
        assert far > 0.95
        assert near < 0.83
    assert plain[1] > single[1]  # near it neighbours count


@pytest.mark.delivery(2, of="runs to the end")
def test_the_network_learns_in_front_of_the_eyes():
    explorer = ac.ClassifierTrainingExplorer(frame=0)
    assert explorer.data["made"] == 0
    explorer.frame = 44  # after a few steps the curve is flat: it has no place to be read off
    assert explorer.wait(60)
    assert np.ptp(explorer.data["said"].mean(0)) < 0.5
    assert explorer.data["crossing"] is None
    assert "p = ½" not in explorer.readout
    explorer.frame = 0
    _ = explorer.view
    explorer.player.advance()
    assert explorer.frame == 1
    assert explorer.data["made"] > 0
    explorer.frame = 130
    data = explorer.data
    assert data["made"] == 400
    assert len(data["loss"]) == 90
    assert data["right"] > 0.9
    assert 14 < data["crossing"] < 19
    explorer.frame = 60
    assert len(explorer.data["loss"]) == 20


def test_a_field_and_a_threshold_move_the_answer():
    explorer = ac.TransferExplorer(model="box", share=0.0)
    assert explorer.data["votes"].mean() > 0.8
    explorer.share = 1.0
    assert explorer.data["votes"].mean() < 0.2
    plain = explorer.data["mean"]
    explorer.model = "box, flux 1/4"
    assert explorer.data["mean"] > plain
    explorer.model = "sites"
    assert explorer.data["votes"].mean() > 0.8


def test_sure_networks_contradict_each_other():
    explorer = ac.HonestyExplorer(strength=16.5)
    said = explorer.data["said"]
    assert said.shape == (5, 8)
    assert np.ptp(said, axis=0).max() > 0.2
    explorer.strength = 8.0
    assert explorer.data["said"].min() > 0.8
    assert explorer.data["centres"].shape == (4, 5)


def test_maps_know_where_there_are_no_states():
    explorer = ac.MapExplorer(model="box", cut=1.0)
    row = explorer.data["p"][:, explorer.data["at"]]
    assert np.isnan(row[:, 0]).all()
    assert not np.isnan(row[:, -1]).any()
    explorer.cut = 0.0
    assert np.nanmean(explorer.data["edges"][:, 0]) == pytest.approx(16.5, abs=1.5)


def test_pictures_of_the_chapter_state_what_they_show():
    for make in (ac.opening, ac.full_scale, ac.witnesses):
        figure = make()
        assert len(figure.alt) > 40
        assert figure._repr_mimebundle_()[0]["image/png"][:4] == b"\x89PNG"
    assert "made by: qmlcourse reproduce" in ac.paper_and_ours().everything


def test_exercises_know_right_from_wrong():
    single = ac.LookExplorer(strength=10.0)
    assert not ac.questions.shrunk(single).ok
    single.strength = 28.0
    assert ac.questions.shrunk(single).ok
    chain = ac.questions.green_chain()
    right = np.linalg.inv(chain)[16:, 16:]
    assert ac.questions.green(right).ok
    assert not ac.questions.green(np.linalg.inv(chain[16:, 16:])).ok
    assert not ac.questions.green(np.eye(3)).ok
    assert not ac.questions.green(None).ok
    assert ac.questions.shuffled(0.93).ok
    assert not ac.questions.shuffled(0.55).ok
    assert not ac.questions.shuffled(7).ok
    assert ac.questions.collapse(16.5, 1.6).ok
    assert not ac.questions.collapse(15.2, 1.6).ok
    assert not ac.questions.collapse(None, None).ok
    assert ac.questions.broken(1e-7, 0.2).ok
    assert not ac.questions.broken(0.2, 1e-7).ok
    assert not ac.questions.broken(0.1, 0.2).ok
    assert not ac.questions.broken(None, 0.2).ok
    assert ac.questions.momentum(0.85).ok
    assert not ac.questions.momentum(0.5).ok
    assert not ac.questions.momentum(5).ok
    pictures, label = ac.questions.momentum_pictures(10, 0)
    assert pictures.shape == (10, 6, 6, 6)
    assert label.sum() == 5


def test_the_path_inside_the_network_says_what_is_to_be_seen():
    explorer = ac.InsideExplorer()
    seen = {}
    for strength in (12.0, 20.0, 24.0):
        explorer.strength = strength
        assert explorer.wait(60)
        seen[strength] = explorer.data
    awake = [
        set(np.argsort(-seen[strength]["answers"][2].mean((1, 2, 3)))[:4])
        for strength in (12.0, 24.0)
    ]
    assert awake[0] != awake[1]
    assert seen[12.0]["probability"] > 0.9 > 0.1 > seen[20.0]["probability"]
    assert (seen[12.0]["lost"] > 0).mean() > 0.8  # nearly all speaks for a metal
    lost = seen[20.0]["lost"]
    peak = np.unravel_index(seen[20.0]["image"][:, :, seen[20.0]["cut"]].argmax(), lost.shape)
    assert lost[peak] < 0  # the peak speaks for an insulator
    assert (lost > 0).mean() > 0.5
    assert explorer.errors == []


def test_the_measures_are_as_the_path_says():
    explorer = ac.MeasureExplorer(samples=16)
    _ = explorer.view
    slopes = [walked(explorer, place)["dimension"] for place in range(3)]
    assert slopes[0] > 2.6
    assert slopes[1] < 0.5
    assert 1 < slopes[2] < 2
    metal = np.mean(walked(explorer, 0)["ratio"])
    insulator = np.mean(walked(explorer, 1)["ratio"])
    assert abs(metal - 0.53) < 0.05
    assert insulator < 0.45


@pytest.mark.delivery(2, of="runs to the end")
def test_the_training_is_as_its_path_says():
    explorer = ac.ClassifierTrainingExplorer(frame=0)
    _ = explorer.view
    wide = walked(explorer, 0)
    assert wide["crossing"] == pytest.approx(16.54, abs=1.0)
    far = walked(explorer, 1)
    assert far["crossing"] < 11
    assert np.mean(far["loss"][-10:]) < 2 * np.mean(wide["loss"][-10:])


@pytest.mark.delivery(2, of="runs to the end")
def test_your_network_is_as_its_path_says():
    explorer = ac.YourNetworkExplorer()
    _ = explorer.view
    whole, single, plain = (walked(explorer, place) for place in range(3))
    assert whole["far"] > 0.97
    assert whole["near"] == pytest.approx(0.75, abs=0.05)
    assert single["far"] > 0.96
    assert single["near"] < whole["near"] - 0.05
    assert plain["near"] == pytest.approx(single["near"], abs=0.05)


def test_the_filter_on_the_page_is_the_layer_of_the_network():
    explorer = ac.InsideExplorer(filter=5)
    _ = explorer.view
    explorer.player.advance()
    assert explorer.place == 28
    image = torch.from_numpy(explorer.data["image"])[None, None]
    network = ac.inside.classifier("metal-small-8").networks[0]
    with torch.no_grad():
        raw = network.features[0](image)[0, 4].numpy()
    for explorer.place in (0, 7, 28, 63):  # corners see the other side
        y, x = divmod(explorer.place, 8)
        said = float(re.search("add up to <b>([^<]*)</b>", explorer.readout)[1])
        value = raw[x, y, explorer.data["cut"]]
        assert said == pytest.approx(value, abs=0.006)
        assert ("cut off to zero" in explorer.readout) == (value <= 0)


def test_softmax_and_loss_are_those_of_the_network():
    left, right = ac.softmax_and_loss().axes
    phases = [line for line in right.lines if line.get_marker() == "o"]
    for points, kind in zip(phases, (1, 0), strict=True):
        x, loss = points.get_data()
        logits = torch.tensor(np.stack([np.zeros_like(x), x], 1))
        label = torch.full((len(x),), kind)
        found = torch.nn.functional.cross_entropy(logits, label, reduction="none")
        np.testing.assert_allclose(loss, found, rtol=1e-4, atol=1e-6)
    x, p = np.concatenate([np.array(line.get_data()) for line in left.lines[1:]], 1)
    np.testing.assert_allclose(p, torch.tensor(np.stack([0 * x, x], 1)).softmax(1)[:, 1], atol=1e-6)
    assert len(x) == 40


def test_doubt_and_topology_are_as_their_paths_say():
    explorer = ac.HonestyExplorer(strength=9.0)
    _ = explorer.view

    def answers(data):
        said = data["said"]
        sure = (np.abs(said - 0.5) > 0.4).mean()
        return sure, ((said > 0.5).any(0) & (said < 0.5).any(0)).mean()

    assert answers(walked(explorer, 0, answered=False)) == (1.0, 0.0)
    sure, contradict = answers(walked(explorer, 0))
    assert 0.4 < sure < 0.5
    assert contradict == 0.25
    cauchy = walked(explorer, 1)
    off = 1 - cauchy["mean"] / cauchy["accepted"]
    assert 0.055 < off.min() < off.max() < 0.115
    assert np.max(cauchy["spread"] / cauchy["mean"]) < 0.02
    maps = ac.TopologyExplorer()
    _ = maps.view
    assert round(100 * walked(maps, 0)["agreement"]["space"]) == 83
    weyl = walked(maps, 1)
    assert round(100 * weyl["agreement"]["space"]) == 71
    assert round(100 * weyl["agreement"]["momentum"], 1) == 87.5
    each = [(p.argmax(-1) == weyl["truth"]).mean() for p in weyl["p"]]
    assert sorted(np.array(each) < 0.9) == [False] * 4 + [True]  # one has not learned it
